"""Exports: what mamctl wrote beside the books, so that it knows its own words from others'."""

from __future__ import annotations

from sqlite_utils import Database

_TABLE = """
CREATE TABLE exports (
  path TEXT PRIMARY KEY,
  book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
  sha256 TEXT NOT NULL,
  written_at TEXT NOT NULL,
  run_id INTEGER REFERENCES runs (id)
) STRICT, WITHOUT ROWID
"""


def up(db: Database) -> None:
    """Create the table."""
    db.execute(_TABLE)


def down(db: Database) -> None:
    """Drop it."""
    db.execute("DROP TABLE exports")
