"""The specification: acts that were refused, each with its clause; and requests to the site by their path."""

from __future__ import annotations

from sqlite_utils import Database

_TABLES = (
    """
CREATE TABLE clause_refusals (
  id INTEGER PRIMARY KEY,
  run_id INTEGER REFERENCES runs (id),
  at TEXT NOT NULL,
  act TEXT NOT NULL,
  clause TEXT NOT NULL,
  reason TEXT NOT NULL
) STRICT
""",
    "CREATE INDEX clause_refusals_by_time ON clause_refusals (at)",
    """
CREATE TABLE site_requests (
  day TEXT NOT NULL,
  path TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (day, path)
) STRICT, WITHOUT ROWID
""",
)


def up(db: Database) -> None:
    """Create both tables."""
    for statement in _TABLES:
        db.execute(statement)


def down(db: Database) -> None:
    """Drop them."""
    db.execute("DROP TABLE site_requests")
    db.execute("DROP TABLE clause_refusals")
