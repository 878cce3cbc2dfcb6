"""What Audiobookshelf reads of a book by itself: a value that is still there later was not set by anybody."""

from __future__ import annotations

from sqlite_utils import Database

_TABLE = """
CREATE TABLE shelf_values (
  book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
  field TEXT NOT NULL,
  item_id TEXT NOT NULL,
  value TEXT NOT NULL CHECK (json_valid(value)),
  seen_at TEXT NOT NULL,
  PRIMARY KEY (book_id, field)
) STRICT, WITHOUT ROWID"""


def up(db: Database) -> None:
    """Make the table."""
    db.execute(_TABLE)


def down(db: Database) -> None:
    """Drop it, and with it what the server says: an older mamctl does not know that source. What was agreed from it
    stays, as if from Audiobookshelf's file; a scan of the book decides again, but for what you verified.
    """
    db.execute("DROP TABLE shelf_values")
    db.execute("DELETE FROM observations WHERE source = 'audiobookshelf'")
    (guard,) = db.execute("SELECT sql FROM sqlite_master WHERE name = 'agreed_guards_update'").fetchone()
    db.execute("DROP TRIGGER agreed_guards_update")  # the value of a verified row stays, its source gets another name
    db.execute("UPDATE agreed SET source = 'abs_json' WHERE source = 'audiobookshelf'")
    db.execute(guard)
