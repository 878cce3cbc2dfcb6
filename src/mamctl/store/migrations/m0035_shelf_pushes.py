"""What was sent to Audiobookshelf: each field of each item, and what stood there before, to be put back."""

from __future__ import annotations

from sqlite_utils import Database

_TABLE = """
CREATE TABLE shelf_pushes (
  id INTEGER PRIMARY KEY,
  run_id INTEGER REFERENCES runs (id),
  book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
  item_id TEXT NOT NULL,
  field TEXT NOT NULL,
  before TEXT NOT NULL,
  sent TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('claimed', 'sent', 'not_sent', 'undone')),
  claimed_at TEXT NOT NULL,
  settled_at TEXT
) STRICT"""


def up(db: Database) -> None:
    """Make the table."""
    db.execute(_TABLE)
    db.execute("CREATE INDEX shelf_pushes_by_book ON shelf_pushes (book_id, field, id)")


def down(db: Database) -> None:
    """Drop it: what was sent cannot be told from what somebody set any more."""
    db.execute("DROP TABLE shelf_pushes")
