"""Exports: the content that was written, and how the file lay there afterwards.

The content tells which values another program only repeats; size and time tell that the file is still mamctl's own.
"""

from __future__ import annotations

from sqlite_utils import Database


def up(db: Database) -> None:
    """Add the columns; of earlier exports nothing but their digest is known."""
    db.execute("ALTER TABLE exports ADD COLUMN content TEXT")
    db.execute("ALTER TABLE exports ADD COLUMN size INTEGER")
    db.execute("ALTER TABLE exports ADD COLUMN mtime_ns INTEGER")


def down(db: Database) -> None:
    """Drop them."""
    for column in ("content", "size", "mtime_ns"):
        db.execute(f"ALTER TABLE exports DROP COLUMN {column}")
