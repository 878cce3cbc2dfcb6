"""Numbered schema changes, each with its way back."""
