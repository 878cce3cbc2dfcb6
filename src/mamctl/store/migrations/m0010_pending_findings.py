"""What a look found of a wanted title: for sure, perhaps, or not at all; and whether it is free through VIP only."""

from __future__ import annotations

from sqlite_utils import Database

_COLUMNS = {
    "pending": ("finding TEXT CHECK (finding IN ('found', 'perhaps', 'not_found'))", "needs_vip INTEGER"),
    "pending_matches": ("needs_vip INTEGER NOT NULL DEFAULT 0", "sure INTEGER NOT NULL DEFAULT 1"),
}


def up(db: Database) -> None:
    """Add the columns; NULL in `finding` and `needs_vip` is a title that this mamctl has not looked for yet."""
    for table, columns in _COLUMNS.items():
        for column in columns:
            db.execute(f"ALTER TABLE {table} ADD COLUMN {column}")


def down(db: Database) -> None:
    """Drop them."""
    for table, columns in _COLUMNS.items():
        for column in columns:
            db.execute(f"ALTER TABLE {table} DROP COLUMN {column.split()[0]}")
