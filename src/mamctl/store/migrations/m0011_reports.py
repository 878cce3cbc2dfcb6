"""What was reported keeps its spells; a problem of a job has one row while it lasts; exchanges are counted."""

from __future__ import annotations

import re

from sqlite_utils import Database

_PROBLEMS = """
-- One row from when a problem begins or changes until it is over; `run_id` is the run it began in.
CREATE TABLE run_problems (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs (id),
  last_run_id INTEGER NOT NULL REFERENCES runs (id),
  job TEXT NOT NULL,
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  subject TEXT,
  remedy TEXT,
  began_at TEXT NOT NULL,
  last_seen_at TEXT NOT NULL,
  ended_at TEXT
) STRICT
"""
_COUNTS = """
CREATE TABLE exchange_counts (
  day TEXT NOT NULL,
  service TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('answered', 'refused', 'unreachable', 'unreadable')),
  count INTEGER NOT NULL,
  PRIMARY KEY (day, service, outcome)
) STRICT, WITHOUT ROWID
"""
_OLD_PROBLEMS = """
CREATE TABLE run_problems (
  run_id INTEGER NOT NULL REFERENCES runs (id),
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  subject TEXT,
  remedy TEXT
) STRICT
"""
_OLD_TOLD = """
CREATE TABLE told (
  job TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  first_at TEXT NOT NULL,
  last_at TEXT NOT NULL,
  PRIMARY KEY (job, fingerprint)
) STRICT, WITHOUT ROWID
"""
_NEW_COLUMNS = ("since_at", "ended_at", "code", "subject", "message")


def up(db: Database) -> None:
    """Each problem's rows become one, with its first and its last run; none is lost."""
    for column in _NEW_COLUMNS:
        db.execute(f"ALTER TABLE told ADD COLUMN {column} TEXT")
    db.execute("UPDATE told SET job = 'notify.' || substr(job, 10) WHERE job GLOB 'announce.*'")
    rows = db.execute(
        "SELECT r.job, p.code, p.message, p.subject, p.remedy, p.run_id, r.started_at,"
        " p.run_id = (SELECT max(id) FROM runs WHERE job = r.job) FROM run_problems p JOIN runs r ON r.id = p.run_id"
        " ORDER BY p.run_id, p.rowid"
    ).fetchall()
    spells: dict[tuple[object, ...], list[object]] = {}
    for job, code, message, subject, remedy, run, at, stands in rows:
        key = (job, code, subject, re.sub(r"\d+(?:[.,:]\d+)*", "#", message))
        spell = spells.setdefault(key, [run, run, job, code, message, subject, remedy, at, at, None])
        spell[1], spell[4], spell[6], spell[8], spell[9] = run, message, remedy, at, None if stands else at
    db.execute("DROP TABLE run_problems")
    db.execute(_PROBLEMS)
    for spell in spells.values():
        db.execute(
            "INSERT INTO run_problems (run_id, last_run_id, job, code, message, subject, remedy, began_at,"
            " last_seen_at, ended_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            spell,
        )
    db.execute("CREATE INDEX run_problems_by_run ON run_problems (run_id)")
    db.execute("CREATE INDEX run_problems_by_last_run ON run_problems (last_run_id)")
    db.execute("CREATE INDEX run_problems_by_job ON run_problems (job, ended_at)")
    db.execute(_COUNTS)


def down(db: Database) -> None:
    """Each problem is a row of its last run again; spells and counts are dropped."""
    db.execute("DROP TABLE exchange_counts")
    kept = db.execute("SELECT last_run_id, code, message, subject, remedy FROM run_problems ORDER BY id").fetchall()
    db.execute("DROP TABLE run_problems")
    db.execute(_OLD_PROBLEMS)
    for row in kept:
        db.execute("INSERT INTO run_problems VALUES (?, ?, ?, ?, ?)", list(row))
    db.execute("CREATE INDEX run_problems_by_run ON run_problems (run_id)")
    # The older version knows only what stands.
    told = db.execute("SELECT job, fingerprint, first_at, last_at FROM told WHERE ended_at IS NULL").fetchall()
    db.execute("DROP TABLE told")
    db.execute(_OLD_TOLD)
    for job, *rest in told:
        name = f"announce.{job[7:]}" if job.startswith("notify.") else job
        db.execute("INSERT INTO told VALUES (?, ?, ?, ?)", [name, *rest])
