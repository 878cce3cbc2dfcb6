"""Listening to the library's books."""
