"""The one SQLite file: migrations, and a small module per table group."""
