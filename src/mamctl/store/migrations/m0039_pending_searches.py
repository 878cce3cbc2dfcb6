"""When a wanted title was last searched for, by which of its forms it is searched next, and how many found nothing."""

from __future__ import annotations

from sqlite_utils import Database

_COLUMNS = (
    "searched_at TEXT",
    "search_form INTEGER NOT NULL DEFAULT 0 CHECK (search_form >= 0)",
    "empty_searches INTEGER NOT NULL DEFAULT 0 CHECK (empty_searches >= 0)",
)


def up(db: Database) -> None:
    """Add the columns; a look was a search until now."""
    for column in _COLUMNS:
        db.execute(f"ALTER TABLE pending ADD COLUMN {column}")
    db.execute("UPDATE pending SET searched_at = checked_at")


def down(db: Database) -> None:
    """Drop them."""
    for column in reversed(_COLUMNS):
        db.execute(f"ALTER TABLE pending DROP COLUMN {column.split()[0]}")
