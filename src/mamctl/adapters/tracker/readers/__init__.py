"""Versioned readers of the site's pages: saved by you, or fetched where the configuration allows it."""
