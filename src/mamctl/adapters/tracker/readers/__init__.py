"""Versioned readers of the site's pages: saved by a person, or fetched where a person allowed it."""
