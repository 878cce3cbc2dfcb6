"""What the catalogues answered about each book: links to their records, or why there is none."""

from __future__ import annotations

from sqlite_utils import Database

_TABLE = """
CREATE TABLE catalogue_answers (
  book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
  catalogue TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('match', 'ambiguous', 'none', 'unavailable')),
  chosen_by TEXT NOT NULL CHECK (chosen_by IN ('search', 'asin', 'person')),
  reason TEXT NOT NULL,
  record_id TEXT,
  region TEXT,
  title TEXT,
  score REAL,
  series TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(series)),
  rating REAL,
  ratings_count INTEGER,
  url TEXT,
  asked_at TEXT NOT NULL,
  run_id INTEGER REFERENCES runs (id),
  PRIMARY KEY (book_id, catalogue)
) STRICT, WITHOUT ROWID
"""
_VIEW = """
CREATE VIEW enrichment AS
  SELECT l.id, l.path, l.title, l.authors, l.narrators,
    (SELECT group_concat(catalogue || ':' || record_id, ' ') FROM catalogue_answers
      WHERE book_id = l.id AND outcome = 'match') AS records,
    (SELECT group_concat(catalogue || ': ' || reason, '; ') FROM catalogue_answers
      WHERE book_id = l.id AND outcome <> 'match') AS without,
    (SELECT max(asked_at) FROM catalogue_answers WHERE book_id = l.id) AS asked_at
  FROM library l
"""


def up(db: Database) -> None:
    """Create the table and its view."""
    db.execute(_TABLE)
    db.execute(_VIEW)


def down(db: Database) -> None:
    """Drop them."""
    db.execute("DROP VIEW enrichment")
    db.execute("DROP TABLE catalogue_answers")
