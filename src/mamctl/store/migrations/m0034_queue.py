"""The download queue: items, their history, verdicts, tried torrents, filed files, and what the slots remember."""

from __future__ import annotations

from sqlite_utils import Database

_TABLES = """
-- One row for one wanted book and one torrent of it. A torrent that is replaced keeps its row, and `replaces` of the
-- next one names it. `paid` and `size_bytes` are reserved from the claim on; NULL in `paid` is not known yet.
-- `site_row` is the site's row of the torrent, `named_*` your own word on the names to file under.
-- `add_sent_at` is written before the torrent leaves for the client: without it nothing was sent for certain.
CREATE TABLE queue_items (
  id INTEGER PRIMARY KEY,
  book_key TEXT NOT NULL,
  title TEXT NOT NULL,
  author TEXT NOT NULL,
  wanted_torrent_id INTEGER,
  pending_id INTEGER REFERENCES pending (id),
  added_at TEXT NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 1 CHECK (attempt >= 1),
  replaces INTEGER UNIQUE REFERENCES queue_items (id),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'claimed', 'handed_over', 'downloading', 'complete', 'verified',
    'filed', 'settled', 'held', 'blocked_ratio_emergency', 'refused', 'failed', 'unclear')),
  since TEXT NOT NULL,
  reason TEXT NOT NULL,
  held_state TEXT,
  hold_code TEXT,
  not_before TEXT,
  run_id INTEGER REFERENCES runs (id),
  torrent_id INTEGER,
  torrent_title TEXT,
  free TEXT CHECK (free IN ('site', 'vip', 'personal')),
  paid INTEGER CHECK (paid IN (0, 1)),
  size_bytes INTEGER CHECK (size_bytes >= 0),
  ratio_after TEXT,
  claimed_at TEXT,
  wedge_sent_at TEXT,
  wedges_before INTEGER,
  wedges_after INTEGER,
  add_sent_at TEXT,
  handed_over_at TEXT,
  info_hash TEXT,
  client TEXT,
  contents TEXT,
  site_row TEXT,
  named_title TEXT,
  named_author TEXT,
  progress REAL,
  left_bytes INTEGER,
  left_since TEXT,
  gone_since TEXT,
  seeding_s REAL,
  content_path TEXT,
  emergency_id INTEGER REFERENCES guard_transitions (id),
  frozen_at TEXT,
  frozen_ratio REAL,
  folder TEXT,
  removed_at TEXT,
  CHECK ((held_state IS NOT NULL) = (state IN ('held', 'blocked_ratio_emergency'))),
  CHECK (hold_code IS NULL OR state = 'held'),
  CHECK ((frozen_at IS NOT NULL) = (state = 'blocked_ratio_emergency')),
  CHECK (state NOT IN ('claimed', 'unclear') OR (claimed_at IS NOT NULL AND paid IS NOT NULL
    AND torrent_id IS NOT NULL)),
  CHECK (state NOT IN ('handed_over', 'downloading', 'complete', 'verified', 'filed', 'settled')
    OR (info_hash IS NOT NULL AND client IS NOT NULL)),
  CHECK (state NOT IN ('filed', 'settled') OR folder IS NOT NULL)
) STRICT;

-- A book is never fetched twice: of one book one item is open, a torrent and an info-hash have one item.
CREATE UNIQUE INDEX queue_items_one_per_book ON queue_items (book_key)
  WHERE removed_at IS NULL AND state NOT IN ('refused', 'failed');
CREATE UNIQUE INDEX queue_items_one_per_torrent ON queue_items (torrent_id)
  WHERE removed_at IS NULL AND torrent_id IS NOT NULL;
CREATE UNIQUE INDEX queue_items_one_per_hash ON queue_items (info_hash)
  WHERE removed_at IS NULL AND info_hash IS NOT NULL;
CREATE INDEX queue_items_by_state ON queue_items (state) WHERE removed_at IS NULL;

CREATE TABLE queue_history (
  id INTEGER PRIMARY KEY,
  item_id INTEGER NOT NULL REFERENCES queue_items (id),
  at TEXT NOT NULL,
  run_id INTEGER REFERENCES runs (id),
  from_state TEXT,
  to_state TEXT NOT NULL,
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX queue_history_by_item ON queue_history (item_id);
CREATE INDEX queue_history_by_state ON queue_history (to_state, at);

-- Every rule's answer on every torrent that was looked at, before the download and after it.
CREATE TABLE queue_verdicts (
  item_id INTEGER NOT NULL REFERENCES queue_items (id),
  torrent_id INTEGER NOT NULL,
  stage TEXT NOT NULL CHECK (stage IN ('claimed', 'measured')),
  rule TEXT NOT NULL,
  place INTEGER NOT NULL,
  holds INTEGER CHECK (holds IN (0, 1)),
  found TEXT,
  wanted TEXT NOT NULL,
  detail TEXT NOT NULL,
  judged_at TEXT NOT NULL,
  PRIMARY KEY (item_id, torrent_id, stage, rule)
) STRICT, WITHOUT ROWID;

-- Torrents that are never taken again, and why.
CREATE TABLE queue_tried (
  torrent_id INTEGER PRIMARY KEY,
  item_id INTEGER NOT NULL REFERENCES queue_items (id),
  reason TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;

-- What was filed, by the file's identity, so that an undo removes only that.
CREATE TABLE queue_files (
  item_id INTEGER NOT NULL REFERENCES queue_items (id),
  path TEXT NOT NULL,
  device INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  size INTEGER NOT NULL,
  method TEXT NOT NULL CHECK (method IN ('reflink', 'hardlink', 'copy', 'written')),
  made_at TEXT NOT NULL,
  PRIMARY KEY (item_id, path)
) STRICT, WITHOUT ROWID;

-- What the slots remember: a block by the site, the allowance's hysteresis, the last look at the clients.
CREATE TABLE queue_memory (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  until TEXT,
  at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""
_TRIGGERS = """
CREATE TRIGGER queue_history_begins AFTER INSERT ON queue_items BEGIN
  INSERT INTO queue_history (item_id, at, run_id, from_state, to_state, reason)
  VALUES (NEW.id, NEW.since, NEW.run_id, NULL, NEW.state, NEW.reason);
END;

CREATE TRIGGER queue_history_goes_on AFTER UPDATE OF state ON queue_items WHEN NEW.state <> OLD.state BEGIN
  INSERT INTO queue_history (item_id, at, run_id, from_state, to_state, reason)
  VALUES (NEW.id, NEW.since, NEW.run_id, OLD.state, NEW.state, NEW.reason);
END;

-- The freeze stamps every paid download that waits or runs, with its time and figures, in the very transaction that
-- begins the emergency; the thaw lifts exactly those.
CREATE TRIGGER queue_freeze AFTER INSERT ON guard_transitions WHEN NEW.to_state = 'emergency' BEGIN
  UPDATE queue_items SET held_state = state, hold_code = NULL, state = 'blocked_ratio_emergency', since = NEW.at,
    frozen_at = NEW.at, frozen_ratio = NEW.ratio, emergency_id = NEW.id, run_id = NEW.run_id, reason = NEW.reason
  WHERE paid = 1 AND removed_at IS NULL AND state IN ('waiting', 'handed_over', 'downloading');
END;

CREATE TRIGGER queue_thaw AFTER INSERT ON guard_transitions WHEN NEW.to_state = 'normal' BEGIN
  UPDATE queue_items SET state = held_state, held_state = NULL, since = NEW.at, frozen_at = NULL, run_id = NEW.run_id,
    reason = NEW.reason
  WHERE state = 'blocked_ratio_emergency';
END;
"""
_NAMES = ("queue_memory", "queue_files", "queue_tried", "queue_verdicts", "queue_history", "queue_items")


def up(db: Database) -> None:
    """Make the tables and triggers."""
    for statement in (*_TABLES.split(";\n"), *_TRIGGERS.split(";\n\n")):
        if statement.strip():
            db.execute(statement)


def down(db: Database) -> None:
    """Drop them; the triggers on the guard's table first, children before their parents."""
    for trigger in ("queue_freeze", "queue_thaw"):
        db.execute(f"DROP TRIGGER {trigger}")
    for table in _NAMES:
        db.execute(f"DROP TABLE {table}")
