"""The guard remembers torrents that are missing, downloads that are held back, and statistics that fell."""

from __future__ import annotations

from sqlite_utils import Database

_COLUMNS = (
    "id, client, hash, name, emergency_id, run_id, role, phase, state_before, forced_before, tagged_before, reason,"
    " written_at, frozen_at, closed_at"
)
_COPY = f"INSERT INTO journal_of_torrents ({_COLUMNS}) SELECT {_COLUMNS} FROM torrent_journal"  # noqa: S608
_VIEW = """
CREATE VIEW frozen_now AS
  SELECT client, hash, name, state_before, frozen_at
  FROM torrent_journal WHERE role = 'frozen' AND closed_at IS NULL"""


def _journal(phases: tuple[str, ...], closed: tuple[str, ...], more: str) -> str:
    every, open_ = ", ".join(map(repr, phases + closed)), ", ".join(map(repr, phases))
    return f"""
CREATE TABLE journal_of_torrents (
  id INTEGER PRIMARY KEY,
  client TEXT NOT NULL,
  hash TEXT NOT NULL,
  name TEXT NOT NULL,
  emergency_id INTEGER NOT NULL REFERENCES guard_transitions (id),
  run_id INTEGER REFERENCES runs (id),
  role TEXT NOT NULL CHECK (role IN ('frozen', 'seeded', 'undecided')),
  phase TEXT NOT NULL CHECK (phase IN ({every})),
  state_before TEXT NOT NULL,
  forced_before INTEGER NOT NULL,
  tagged_before INTEGER NOT NULL,
  reason TEXT NOT NULL,
  written_at TEXT NOT NULL,
  frozen_at TEXT,
  closed_at TEXT{more},
  CHECK ((closed_at IS NULL) = (phase IN ({open_})))
) STRICT"""


_INDEXES = (
    "CREATE UNIQUE INDEX torrent_journal_open ON torrent_journal (client, hash) WHERE closed_at IS NULL",
    "CREATE INDEX torrent_journal_by_emergency ON torrent_journal (emergency_id, client, phase)",
)
_OPEN = ("waiting", "intended", "done", "reverting")
_CLOSED = ("reverted", "left_alone", "gone")

# A client's statistics fell: `lost` is added to what it says since, `before` is the most that it had said.
_BASELINES = """
CREATE TABLE client_baselines (
  client TEXT PRIMARY KEY,
  fell_at TEXT NOT NULL,
  before_uploaded INTEGER NOT NULL,
  before_downloaded INTEGER NOT NULL,
  lost_uploaded INTEGER NOT NULL,
  lost_downloaded INTEGER NOT NULL
) STRICT, WITHOUT ROWID"""


def up(db: Database) -> None:
    """Give the journal a time since when a torrent is missing and a phase for what is held back; add baselines."""
    _rebuild(db, _journal((*_OPEN, "held_back"), _CLOSED, ",\n  missing_since TEXT"))
    db.execute(_BASELINES)
    db.execute("ALTER TABLE client_figures ADD COLUMN without_record INTEGER NOT NULL DEFAULT 0")
    db.execute("ALTER TABLE client_figures ADD COLUMN session_paused INTEGER")


def down(db: Database) -> None:
    """What is held back is frozen again for an older mamctl, whose next pass restores it."""
    db.execute("UPDATE torrent_journal SET phase = 'done' WHERE phase = 'held_back'")
    _rebuild(db, _journal(_OPEN, _CLOSED, ""))
    db.execute("DROP TABLE client_baselines")
    db.execute("ALTER TABLE client_figures DROP COLUMN session_paused")
    db.execute("ALTER TABLE client_figures DROP COLUMN without_record")


def _rebuild(db: Database, table: str) -> None:
    """SQLite cannot change a check: the rows move to a new table of the same name."""
    db.execute("DROP VIEW frozen_now")
    db.execute(table)
    db.execute(_COPY)
    db.execute("DROP TABLE torrent_journal")
    db.execute("ALTER TABLE journal_of_torrents RENAME TO torrent_journal")
    for index in _INDEXES:
        db.execute(index)
    db.execute(_VIEW)
