"""Quick scans: what a book's files look like in any order, how far all of them were decoded, problems by kind."""

from __future__ import annotations

from sqlite_utils import Database

# How far the decoding of the book's files reaches: as far as the least of them.
_REACHED = """
UPDATE books SET decoded = coalesce((
  SELECT CASE WHEN min(f.decoded = 'whole') THEN 'whole' WHEN min(f.decoded <> 'no') THEN 'edges' ELSE 'no' END
  FROM files f WHERE f.book_id = books.id), 'no')
"""


def up(db: Database) -> None:
    """Add two columns and an index; the marks come with the next scan, which reads nothing again for it."""
    db.execute("ALTER TABLE books ADD COLUMN mark BLOB")
    db.execute("ALTER TABLE books ADD COLUMN decoded TEXT NOT NULL DEFAULT 'no'")
    db.execute(_REACHED)
    db.execute("CREATE INDEX library_problems_by_code ON library_problems (code)")


def down(db: Database) -> None:
    """Drop them."""
    db.execute("DROP INDEX library_problems_by_code")
    db.execute("ALTER TABLE books DROP COLUMN decoded")
    db.execute("ALTER TABLE books DROP COLUMN mark")
