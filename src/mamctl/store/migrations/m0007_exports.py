"""Exports: what mamctl wrote beside the books, so that it knows its own words from others'."""

from __future__ import annotations

from sqlite3 import Connection

_TABLE = """
CREATE TABLE exports (
  path TEXT PRIMARY KEY,
  book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
  sha256 TEXT NOT NULL,
  written_at TEXT NOT NULL,
  run_id INTEGER REFERENCES runs (id)
) STRICT, WITHOUT ROWID
"""


def up(db: Connection) -> None:
    """Create the table."""
    db.execute(_TABLE)


def down(db: Connection) -> None:
    """Drop it."""
    db.execute("DROP TABLE exports")
