"""Runs: what began each, a line of cron or someone at a terminal."""

from __future__ import annotations

from sqlite_utils import Database


def up(db: Database) -> None:
    """Add the column; of runs so far it is not known."""
    db.execute("""ALTER TABLE runs ADD COLUMN "trigger" TEXT CHECK ("trigger" IN ('scheduled', 'by_hand'))""")
    db.execute("""CREATE INDEX runs_scheduled ON runs (job, id) WHERE "trigger" = 'scheduled'""")


def down(db: Database) -> None:
    """Drop it."""
    db.execute("DROP INDEX runs_scheduled")
    db.execute('ALTER TABLE runs DROP COLUMN "trigger"')
