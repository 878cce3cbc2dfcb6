"""The ratio guard: its transitions, the journal of torrents, figures in three grains, the paid gate's answers."""

from __future__ import annotations

from sqlite_utils import Database

_TABLES = """
-- The newest row is the guard as it stands. Each row names the one it follows, and only one can follow it: whoever
-- read an older state changes nothing.
CREATE TABLE guard_transitions (
  id INTEGER PRIMARY KEY,
  follows INTEGER NOT NULL UNIQUE,
  run_id INTEGER REFERENCES runs (id),
  at TEXT NOT NULL,
  from_state TEXT NOT NULL CHECK (from_state IN ('normal', 'emergency')),
  to_state TEXT NOT NULL CHECK (to_state IN ('normal', 'emergency')),
  decided_by TEXT NOT NULL CHECK (decided_by IN ('guard', 'person')),
  reason TEXT NOT NULL,
  source TEXT,
  ratio REAL,
  uploaded_bytes INTEGER,
  downloaded_bytes INTEGER,
  hold_until TEXT,
  hold_ratio REAL,
  announced_at TEXT,
  CHECK (from_state <> to_state)
) STRICT;

-- Every torrent that the guard touched or is about to touch, with its state before. `emergency_id` is the transition
-- that began the emergency.
CREATE TABLE torrent_journal (
  id INTEGER PRIMARY KEY,
  client TEXT NOT NULL,
  hash TEXT NOT NULL,
  name TEXT NOT NULL,
  emergency_id INTEGER NOT NULL REFERENCES guard_transitions (id),
  run_id INTEGER REFERENCES runs (id),
  role TEXT NOT NULL CHECK (role IN ('frozen', 'seeded', 'undecided')),
  phase TEXT NOT NULL
    CHECK (phase IN ('waiting', 'intended', 'done', 'reverting', 'reverted', 'left_alone', 'gone')),
  state_before TEXT NOT NULL,
  forced_before INTEGER NOT NULL,
  tagged_before INTEGER NOT NULL,
  reason TEXT NOT NULL,
  written_at TEXT NOT NULL,
  frozen_at TEXT,
  closed_at TEXT,
  CHECK ((closed_at IS NULL) = (phase IN ('waiting', 'intended', 'done', 'reverting')))
) STRICT;
CREATE UNIQUE INDEX torrent_journal_open ON torrent_journal (client, hash) WHERE closed_at IS NULL;
CREATE INDEX torrent_journal_by_emergency ON torrent_journal (emergency_id, client, phase);

-- Clients on which an emergency was set up: complete, paused torrents are started only then.
CREATE TABLE emergency_clients (
  emergency_id INTEGER NOT NULL REFERENCES guard_transitions (id),
  client TEXT NOT NULL,
  begun_at TEXT NOT NULL,
  PRIMARY KEY (emergency_id, client)
) STRICT, WITHOUT ROWID;

-- One row a pass, kept for some weeks.
CREATE TABLE figures (
  id INTEGER PRIMARY KEY,
  run_id INTEGER REFERENCES runs (id),
  seen_at TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('normal', 'emergency')),
  source TEXT NOT NULL,
  ratio REAL,
  unknown_because TEXT,
  tracker_ratio REAL,
  uploaded_bytes INTEGER,
  downloaded_bytes INTEGER,
  upspeed INTEGER,
  dlspeed INTEGER,
  active_uploads INTEGER NOT NULL,
  active_downloads INTEGER NOT NULL,
  frozen INTEGER NOT NULL,
  torrents INTEGER NOT NULL,
  flowing_left_bytes INTEGER NOT NULL,
  frozen_left_bytes INTEGER NOT NULL,
  clients INTEGER NOT NULL,
  clients_unknown INTEGER NOT NULL,
  hours_low REAL,
  hours REAL,
  hours_high REAL
) STRICT;
CREATE INDEX figures_by_time ON figures (seen_at);

-- What each client said in a pass.
CREATE TABLE client_figures (
  client TEXT NOT NULL,
  seen_at TEXT NOT NULL,
  uploaded_bytes INTEGER,
  downloaded_bytes INTEGER,
  upspeed INTEGER NOT NULL,
  dlspeed INTEGER NOT NULL,
  torrents INTEGER NOT NULL,
  PRIMARY KEY (client, seen_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE figures_hourly (
  starts_at TEXT PRIMARY KEY,
  passes INTEGER NOT NULL,
  unknown_passes INTEGER NOT NULL,
  emergency_passes INTEGER NOT NULL,
  ratio_low REAL,
  ratio_high REAL,
  ratio_last REAL,
  uploaded_bytes INTEGER,
  downloaded_bytes INTEGER,
  upspeed REAL,
  dlspeed REAL,
  frozen_most INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE figures_daily (
  starts_at TEXT PRIMARY KEY,
  passes INTEGER NOT NULL,
  unknown_passes INTEGER NOT NULL,
  emergency_passes INTEGER NOT NULL,
  ratio_low REAL,
  ratio_high REAL,
  ratio_last REAL,
  uploaded_bytes INTEGER,
  downloaded_bytes INTEGER,
  upspeed REAL,
  dlspeed REAL,
  frozen_most INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE paid_answers (
  id INTEGER PRIMARY KEY,
  run_id INTEGER REFERENCES runs (id),
  asked_at TEXT NOT NULL,
  subject TEXT NOT NULL,
  answer TEXT NOT NULL CHECK (answer IN ('allowed', 'blocked_ratio_emergency')),
  reason TEXT NOT NULL,
  emergency_id INTEGER REFERENCES guard_transitions (id)
) STRICT;

CREATE VIEW guard_now AS
  SELECT to_state AS state, at AS since, reason, decided_by, ratio, hold_until
  FROM guard_transitions ORDER BY id DESC LIMIT 1;

CREATE VIEW frozen_now AS
  SELECT client, hash, name, state_before, frozen_at
  FROM torrent_journal WHERE role = 'frozen' AND closed_at IS NULL;

-- Years of the ratio in one list: days, then hours, then passes.
CREATE VIEW ratio_history AS
  SELECT starts_at AS at, 'day' AS grain, ratio_last AS ratio, uploaded_bytes, downloaded_bytes FROM figures_daily
  UNION ALL
  SELECT starts_at, 'hour', ratio_last, uploaded_bytes, downloaded_bytes FROM figures_hourly
  UNION ALL
  SELECT seen_at, 'pass', ratio, uploaded_bytes, downloaded_bytes FROM figures
  ORDER BY 1;
"""


def up(db: Database) -> None:
    """Create the tables and views."""
    for statement in _TABLES.split(";\n"):
        if statement.strip():
            db.execute(statement)


def down(db: Database) -> None:
    """Drop them; children before their parents."""
    for view in ("ratio_history", "frozen_now", "guard_now"):
        db.execute(f"DROP VIEW {view}")
    for table in (
        "paid_answers", "figures_daily", "figures_hourly", "client_figures", "figures", "emergency_clients",
        "torrent_journal", "guard_transitions",
    ):  # fmt: skip
        db.execute(f"DROP TABLE {table}")
