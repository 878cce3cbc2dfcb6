"""Alerts: one row for each that stands or stood, and the figures of the account that they need."""

from __future__ import annotations

from sqlite_utils import Database


def up(db: Database) -> None:
    """Add the table and the columns; of readings so far the new figures are unknown."""
    db.execute(
        "CREATE TABLE alerts ("
        " mark TEXT PRIMARY KEY,"  # kind and subject; figures that change are no other alert
        " name TEXT NOT NULL,"
        " subject TEXT,"
        " clause TEXT NOT NULL,"
        " figure ANY,"
        " threshold ANY,"
        " message TEXT NOT NULL,"
        " remedy TEXT NOT NULL,"
        " first_at TEXT NOT NULL,"
        " since_at TEXT NOT NULL,"  # begins its present spell
        " last_at TEXT NOT NULL,"  # when it was last reported
        " ended_at TEXT) STRICT, WITHOUT ROWID"
    )
    db.execute("ALTER TABLE standings ADD COLUMN hit_and_runs INTEGER")
    db.execute("ALTER TABLE standings ADD COLUMN connectable INTEGER CHECK (connectable IN (0, 1))")


def down(db: Database) -> None:
    """Drop them."""
    db.execute("ALTER TABLE standings DROP COLUMN connectable")
    db.execute("ALTER TABLE standings DROP COLUMN hit_and_runs")
    db.execute("DROP TABLE alerts")
