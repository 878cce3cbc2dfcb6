"""The journal of torrents: what is about to be touched is here before it is touched."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mamctl.domain.ratio.client import TorrentState
from mamctl.domain.ratio.torrent_journal import Journal, JournalEntry, Phase, Role
from mamctl.store.database import moment, timestamp, transaction
from mamctl.store.runs import storable


@dataclass(frozen=True, slots=True)
class FrozenTorrent:
    """A frozen download as it is shown."""

    client: str
    hash: str
    name: str
    state_before: str
    frozen_at: datetime | None


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
    values = (
        entry.role.value, entry.phase.value, entry.state.value, entry.forced, entry.tagged, entry.reason,
        at if entry.role is Role.FROZEN and entry.phase is Phase.INTENDED else None,
        None if entry.phase.is_open else at,
    )  # fmt: skip
    updated = db.execute(
        "UPDATE torrent_journal SET role = ?, phase = ?, state_before = ?, forced_before = ?, tagged_before = ?,"
        " reason = ?, frozen_at = coalesce(?, frozen_at), closed_at = ?"
        " WHERE client = ? AND hash = ? AND closed_at IS NULL",
        (*values, client, entry.hash),
    )
    if updated.rowcount == 0 and emergency_id is not None and entry.phase.is_open:
        db.execute(
            "INSERT INTO torrent_journal (role, phase, state_before, forced_before, tagged_before, reason, frozen_at,"
            " closed_at, client, hash, name, emergency_id, run_id, written_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*values, client, entry.hash, storable(entry.name), emergency_id, run_id, at),
        )


def thaw_broke_off(db: sqlite3.Connection, client: str) -> bool:
    """Whether a torrent of the client was asked to be as before, and did not show it yet."""
    row = db.execute(
        "SELECT 1 FROM torrent_journal WHERE client = ? AND closed_at IS NULL AND phase = 'reverting' LIMIT 1",
        (client,),
    ).fetchone()
    return row is not None


def clients_on_record(db: sqlite3.Connection) -> frozenset[str]:
    """The clients with open entries."""
    rows = db.execute("SELECT DISTINCT client FROM torrent_journal WHERE closed_at IS NULL")
    return frozenset(row["client"] for row in rows)


def list_frozen(db: sqlite3.Connection) -> tuple[FrozenTorrent, ...]:
    """The downloads that are frozen now."""
    rows = db.execute("SELECT * FROM frozen_now ORDER BY client, name")
    return tuple(
        FrozenTorrent(row["client"], row["hash"], row["name"], row["state_before"], moment(row["frozen_at"]))
        for row in rows
    )


def count_left_alone(db: sqlite3.Connection, emergency_id: int | None) -> int:
    """Torrents that a person's decision took from the guard in this emergency."""
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
        tagged=bool(row["tagged_before"]),
        reason=row["reason"],
    )
