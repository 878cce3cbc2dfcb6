"""Drift: the books that were compared without anything coming of it, and by what they are known again."""

from __future__ import annotations

from sqlite_utils import Database


def up(db: Database) -> None:
    """Create the table; each book is compared once before it is in it."""
    # `state` is a digest of all that a comparison saw of the book, `words` those of the catalogues' answers by name.
    db.execute("""
CREATE TABLE compared_books (
  book_id INTEGER PRIMARY KEY REFERENCES books (id) ON DELETE CASCADE,
  state BLOB NOT NULL,
  words TEXT NOT NULL CHECK (json_valid(words))
) STRICT
""")


def down(db: Database) -> None:
    """Drop it: the books are compared again."""
    db.execute("DROP TABLE compared_books")
