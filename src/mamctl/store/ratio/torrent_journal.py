"""The journal of torrents: what is about to be touched is here before it is touched."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from mamctl.dataclass import dataclass
from mamctl.domain.ratio.client import TorrentState
from mamctl.domain.ratio.torrent_journal import Journal, JournalEntry, Phase, Role
from mamctl.domain.timestamps import timestamp
from mamctl.sqlite import transaction
from mamctl.store.values import moment, storable


@dataclass(frozen=True, slots=True)
class FrozenTorrent:
    """A frozen download as it is shown; `held_back` waits for its turn after the emergency."""

    client: str
    hash: str
    name: str
    state_before: str
    frozen_at: datetime | None
    held_back: bool = False


def read_journal(db: sqlite3.Connection, client: str, emergency_id: int | None) -> Journal:
    """What is on record of a client. Entries that an earlier emergency left open are among them."""
    rows = db.execute("SELECT * FROM torrent_journal WHERE client = ? AND closed_at IS NULL ORDER BY id", (client,))
    entries = {row["hash"]: _entry(row) for row in rows}
    alone = db.execute(
        "SELECT * FROM torrent_journal WHERE client = ?1 AND phase = 'left_alone' AND emergency_id ="
        " coalesce(?2, (SELECT max(id) FROM guard_transitions WHERE to_state = 'emergency')) ORDER BY id",
        (client, emergency_id),
    )
    begun = db.execute(
        "SELECT 1 FROM emergency_clients WHERE emergency_id = ? AND client = ?", (emergency_id, client)
    ).fetchone()
    return Journal(entries, {row["hash"]: _entry(row) for row in alone}, begun is not None)


def write_entries(
    db: sqlite3.Connection,
    client: str,
    entries: Iterable[JournalEntry],
    now: datetime,
    *,
    emergency_id: int | None = None,
    run_id: int | None = None,
) -> None:
    """All of the entries in one transaction: an open entry of the same torrent is taken on, else a row is added.

    With `emergency_id` the client's emergency counts as begun from the same moment, and open entries belong to it.
    """
    at = timestamp(now)
    with transaction(db):
        if emergency_id is not None:
            db.execute("INSERT OR IGNORE INTO emergency_clients VALUES (?, ?, ?)", (emergency_id, client, at))
            db.execute(
                "UPDATE torrent_journal SET emergency_id = ?1 WHERE client = ?2 AND closed_at IS NULL"
                " AND emergency_id <> ?1",
                (emergency_id, client),
            )
        for entry in entries:
            _write(db, client, entry, at, emergency_id, run_id)


def _write(
    db: sqlite3.Connection, client: str, entry: JournalEntry, at: str, emergency_id: int | None, run_id: int | None
) -> None:
    frozen = entry.role is Role.FROZEN and entry.phase in (Phase.INTENDED, Phase.DONE)
    row = {
        "role": entry.role.value, "phase": entry.phase.value, "state": entry.state.value, "forced": entry.forced,
        "tagged": entry.tagged + 2 * entry.tag_unreliable, "reason": entry.reason, "at": at,
        "frozen_at": at if frozen else None, "closed_at": None if entry.phase.is_open else at,
        "missing": at if entry.missing else None, "client": client, "hash": entry.hash,
        "name": storable(entry.name), "emergency": emergency_id, "run": run_id,
    }  # fmt: skip
    updated = db.execute(
        "UPDATE torrent_journal SET role = :role, phase = :phase, state_before = :state, forced_before = :forced,"
        " tagged_before = :tagged, reason = :reason, closed_at = :closed_at,"
        " frozen_at = iif(:phase = 'intended', coalesce(:frozen_at, frozen_at), frozen_at),"
        " missing_since = iif(:missing IS NULL, NULL, coalesce(missing_since, :missing))"
        " WHERE client = :client AND hash = :hash AND closed_at IS NULL",
        row,
    )
    if updated.rowcount == 0 and emergency_id is not None and entry.phase.is_open:
        db.execute(
            "INSERT INTO torrent_journal (role, phase, state_before, forced_before, tagged_before, reason, frozen_at,"
            " closed_at, missing_since, client, hash, name, emergency_id, run_id, written_at)"
            " VALUES (:role, :phase, :state, :forced, :tagged, :reason, :frozen_at, :closed_at, :missing, :client,"
            " :hash, :name, :emergency, :run, :at)",
            row,
        )


def thaw_broke_off(db: sqlite3.Connection, client: str) -> bool:
    """Whether a torrent of the client was asked to be as before, and did not show it yet."""
    row = db.execute(
        "SELECT 1 FROM torrent_journal WHERE client = ? AND closed_at IS NULL AND phase = 'reverting' LIMIT 1",
        (client,),
    ).fetchone()
    return row is not None


def clients_on_record(db: sqlite3.Connection) -> frozenset[str]:
    """The clients with open entries of torrents that were there when they were last read."""
    rows = db.execute("SELECT DISTINCT client FROM torrent_journal WHERE closed_at IS NULL AND missing_since IS NULL")
    return frozenset(row["client"] for row in rows)


def count_missing(db: sqlite3.Connection) -> dict[str, int]:
    """Torrents that the guard changed and that their client no longer shows, by client."""
    rows = db.execute(
        "SELECT client, count(*) FROM torrent_journal WHERE missing_since IS NOT NULL AND closed_at IS NULL GROUP BY 1"
    )
    return {row[0]: row[1] for row in rows}


def forget_missing(db: sqlite3.Connection, before: datetime, now: datetime) -> None:
    """Torrents that are missing since before then are taken for removed."""
    with transaction(db):
        db.execute(
            "UPDATE torrent_journal SET phase = 'gone', closed_at = ?, reason = 'removed from the client'"
            " WHERE closed_at IS NULL AND missing_since < ?",
            (timestamp(now), timestamp(before)),
        )


def list_frozen(db: sqlite3.Connection) -> tuple[FrozenTorrent, ...]:
    """The downloads that are frozen now, held back ones among them; without those that are missing."""
    rows = db.execute(
        "SELECT * FROM torrent_journal WHERE role = 'frozen' AND closed_at IS NULL AND missing_since IS NULL"
        " ORDER BY client, name"
    )
    return tuple(
        FrozenTorrent(
            client=row["client"],
            hash=row["hash"],
            name=row["name"],
            state_before=row["state_before"],
            frozen_at=moment(row["frozen_at"]),
            held_back=row["phase"] == Phase.HELD_BACK,
        )
        for row in rows
    )


def count_left_alone(db: sqlite3.Connection, emergency_id: int | None) -> int:
    """Torrents that your decision took from the guard in this emergency."""
    row = db.execute(
        "SELECT count(*) FROM torrent_journal WHERE emergency_id = ? AND phase = 'left_alone'", (emergency_id,)
    ).fetchone()
    return int(row[0])


def _entry(row: sqlite3.Row) -> JournalEntry:
    return JournalEntry(
        hash=row["hash"],
        name=row["name"],
        role=Role(row["role"]),
        phase=Phase(row["phase"]),
        state=TorrentState(row["state_before"]),
        forced=bool(row["forced_before"]),
        tagged=bool(row["tagged_before"] & 1),  # and in the next bit whether its absence means nothing
        tag_unreliable=bool(row["tagged_before"] & 2),
        reason=row["reason"],
        missing=row["missing_since"] is not None,
    )
