"""The clauses: what the program reads of its samples, so that the same code need not read them again."""

from __future__ import annotations

from sqlite_utils import Database


def up(db: Database) -> None:
    """Create the table; the next check of the clauses, or the next report, fills it."""
    # `code` is a mark of the code that reads, `misread` what it does not read as it stands there.
    db.execute("""
CREATE TABLE spec_samples (
  code TEXT PRIMARY KEY,
  misread TEXT NOT NULL CHECK (json_valid(misread))
) STRICT
""")


def down(db: Database) -> None:
    """Drop it: the samples are read at each judgement."""
    db.execute("DROP TABLE spec_samples")
