"""Export intents: the digest of a sidecar that is about to be written, noted before the file is."""

from __future__ import annotations

from sqlite_utils import Database


def up(db: Database) -> None:
    """Add the column."""
    db.execute("ALTER TABLE exports ADD COLUMN next_sha256 TEXT")


def down(db: Database) -> None:
    """Drop it."""
    db.execute("ALTER TABLE exports DROP COLUMN next_sha256")
