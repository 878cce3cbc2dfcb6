"""Changes: the log of version, schema, configuration and rollbacks; the last self-tests; what a rollback did."""

from __future__ import annotations

from sqlite_utils import Database

_TABLES = (
    # `outcome` is NULL while a change is under way. `before` and `after` are JSON with secrets masked. `written` is the
    # digest of the file that mamctl wrote, so that a rollback by itself never overwrites a later edit.
    """
CREATE TABLE change_log (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('version', 'schema', 'config', 'point', 'rollback')),
  summary TEXT NOT NULL,
  before TEXT CHECK (before IS NULL OR json_valid(before)),
  after TEXT CHECK (after IS NULL OR json_valid(after)),
  outcome TEXT CHECK (outcome IN ('active', 'failed_rolled_back', 'rollback_incomplete', 'noticed')),
  reason TEXT,
  point TEXT,
  written TEXT,
  run_id INTEGER REFERENCES runs (id),
  failing_since TEXT,
  accepted_at TEXT,
  closed_at TEXT,
  CHECK ((outcome IS NULL) = (closed_at IS NULL))
) STRICT
""",
    "CREATE INDEX change_log_failing ON change_log (id) WHERE failing_since IS NOT NULL AND accepted_at IS NULL",
    # What was last known of version, schema and configuration: `mark` is compared, `content` shows what differs.
    """
CREATE TABLE change_marks (
  kind TEXT PRIMARY KEY CHECK (kind IN ('version', 'schema', 'config')),
  mark TEXT NOT NULL,
  content TEXT NOT NULL CHECK (json_valid(content)),
  seen_at TEXT NOT NULL
) STRICT, WITHOUT ROWID
""",
    # Each self-test as it last ended, and how it ended when it could last be made. One that `counts` failed because of
    # the change, and keeps mamctl from acting until it passes.
    """
CREATE TABLE change_tests (
  name TEXT PRIMARY KEY,
  outcome TEXT NOT NULL CHECK (outcome IN ('passed', 'failed', 'refused', 'not_tested')),
  detail TEXT NOT NULL,
  remedy TEXT,
  tested_at TEXT NOT NULL,
  made TEXT CHECK (made IN ('passed', 'failed', 'refused')),
  counts INTEGER NOT NULL DEFAULT 0,
  change_id INTEGER REFERENCES change_log (id)
) STRICT, WITHOUT ROWID
""",
    # What a rollback restores, item by item: an interrupted one goes on from here.
    """
CREATE TABLE change_acts (
  change_id INTEGER NOT NULL REFERENCES change_log (id),
  part TEXT NOT NULL CHECK (part IN ('database', 'config', 'sidecars', 'client')),
  subject TEXT NOT NULL,
  aspect TEXT NOT NULL,
  before TEXT,
  after TEXT,
  done_at TEXT,
  reason TEXT,
  PRIMARY KEY (change_id, part, subject, aspect)
) STRICT, WITHOUT ROWID
""",
    """
CREATE VIEW changes AS
  SELECT id, at, kind, summary, outcome, reason, point, accepted_at FROM change_log ORDER BY id DESC
""",
)


def up(db: Database) -> None:
    """Create the tables and the view."""
    for statement in _TABLES:
        db.execute(statement)


def down(db: Database) -> None:
    """Drop them."""
    db.execute("DROP VIEW changes")
    for name in ("change_acts", "change_tests", "change_marks", "change_log"):
        db.execute(f"DROP TABLE {name}")
