"""Speech: transcripts kept by the sound itself, and what each book's ends were found to say."""

from __future__ import annotations

from sqlite_utils import Database


def up(db: Database) -> None:
    """Add both tables."""
    db.execute(
        "CREATE TABLE transcripts ("
        " key TEXT NOT NULL,"  # hash of the decoded samples
        " engine TEXT NOT NULL,"  # name, model and reading rules
        " asked_language TEXT NOT NULL,"  # '' where the engine finds it
        " transcript TEXT NOT NULL,"
        " made_at TEXT NOT NULL,"
        " PRIMARY KEY (key, engine, asked_language)) STRICT, WITHOUT ROWID"
    )
    db.execute(
        "CREATE TABLE book_speech ("
        " book_id INTEGER PRIMARY KEY REFERENCES books (id) ON DELETE CASCADE,"
        " stamp TEXT NOT NULL,"  # of the book's files when it was listened to
        " engine TEXT NOT NULL,"
        " heard TEXT NOT NULL CHECK (heard IN"
        "  ('credits', 'no_credits', 'other_language', 'music_or_silence', 'unusable')),"
        " verdict TEXT NOT NULL,"
        " listened_at TEXT NOT NULL,"
        " run_id INTEGER,"
        " seconds REAL) STRICT"  # NULL when all of it came from the cache
    )
    db.execute(
        "CREATE TABLE book_windows ("
        " book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,"
        " key TEXT NOT NULL,"
        " PRIMARY KEY (book_id, key)) STRICT, WITHOUT ROWID"
    )
    db.execute("CREATE INDEX book_windows_key ON book_windows (key)")


def down(db: Database) -> None:
    """Drop them."""
    for table in ("book_windows", "book_speech", "transcripts"):
        db.execute(f"DROP TABLE {table}")
