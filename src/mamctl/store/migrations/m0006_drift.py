"""Drift: what the catalogues no longer supported, what was corrected, and how to undo it."""

from __future__ import annotations

from sqlite_utils import Database

_STATEMENTS = (
    """
CREATE TABLE drift_runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id INTEGER REFERENCES runs (id),
  begun_at TEXT NOT NULL
) STRICT
""",
    # `before` and `after` are the agreed row and the catalogues' observations of the field, as JSON: for undoing.
    """
CREATE TABLE drift_changes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  drift_run_id INTEGER NOT NULL REFERENCES drift_runs (id),
  book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
  field TEXT NOT NULL,
  old TEXT CHECK (old IS NULL OR json_valid(old)),
  new TEXT NOT NULL CHECK (json_valid(new)),
  source TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('safe', 'needs_person', 'protected')),
  reason TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('made', 'told', 'undone')),
  before TEXT CHECK (before IS NULL OR json_valid(before)),
  after TEXT CHECK (after IS NULL OR json_valid(after)),
  made_at TEXT NOT NULL,
  undone_at TEXT,
  CHECK (kind = 'safe' OR state = 'told'),
  CHECK ((state = 'undone') = (undone_at IS NOT NULL))
) STRICT
""",
    "CREATE INDEX drift_changes_by_book ON drift_changes (book_id, field)",
    "CREATE INDEX drift_changes_by_run ON drift_changes (drift_run_id)",
    """
CREATE TABLE looked_at (
  book_id INTEGER PRIMARY KEY REFERENCES books (id) ON DELETE CASCADE,
  looked_at TEXT NOT NULL,
  drift_run_id INTEGER REFERENCES drift_runs (id)
) STRICT
""",
    """
CREATE VIEW drift AS
  SELECT c.id, c.drift_run_id, l.title, c.field, json_extract(c.old, '$') AS old, json_extract(c.new, '$') AS new,
    c.source, c.kind, c.state, c.reason, c.made_at, c.undone_at
  FROM drift_changes c JOIN library l ON l.id = c.book_id ORDER BY c.id DESC
""",
)


def up(db: Database) -> None:
    """Create the tables and the view."""
    for statement in _STATEMENTS:
        db.execute(statement)


def down(db: Database) -> None:
    """Drop them."""
    db.execute("DROP VIEW drift")
    for name in ("looked_at", "drift_changes", "drift_runs"):
        db.execute(f"DROP TABLE {name}")
