"""The guard's transitions: one chain of rows, moved by compare-and-set."""

from __future__ import annotations

import math
import sqlite3
from datetime import datetime, timedelta

from mamctl.dataclass import dataclass
from mamctl.domain.ratio.guard import Guard, GuardState, Override
from mamctl.domain.ratio.reading import RatioReading
from mamctl.domain.timestamps import timestamp
from mamctl.errors import LockedError
from mamctl.sqlite import transaction
from mamctl.store.values import moment, sure_moment


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of the guard, with the figures of that moment (RAT-4, RAT-5)."""

    id: int
    at: datetime
    from_state: GuardState
    to_state: GuardState
    decided_by: str
    reason: str
    ratio: float | None
    uploaded_bytes: int | None
    downloaded_bytes: int | None
    announced: bool


@dataclass(frozen=True, slots=True)
class GuardRow:
    """The guard with the row that it was read from, which the next transition must follow."""

    guard: Guard
    row: int


def read_guard(db: sqlite3.Connection) -> GuardRow:
    """The guard as it stands; normal, since ever, before the first transition."""
    row = db.execute("SELECT * FROM guard_transitions ORDER BY id DESC LIMIT 1").fetchone()
    if row is None:
        return GuardRow(Guard(), 0)
    state = GuardState(row["to_state"])
    until = moment(row["hold_until"])
    hold = Override(until, row["hold_ratio"]) if until and state is GuardState.NORMAL else None
    emergency = row["id"] if state is GuardState.EMERGENCY else None
    return GuardRow(Guard(state, moment(row["at"]), hold, emergency), row["id"])


def move_guard(
    db: sqlite3.Connection,
    read: GuardRow,
    reason: str,
    reading: RatioReading,
    now: datetime,
    *,
    run_id: int | None = None,
    hold: Override | None = None,
    by: str = "guard",
) -> Transition:
    """The guard in its other state. Raises LockedError when someone moved it since it was read."""
    other = GuardState.NORMAL if read.guard.state is GuardState.EMERGENCY else GuardState.EMERGENCY
    finite = reading.ratio if reading.ratio is not None and math.isfinite(reading.ratio) else None
    values = (
        read.row, run_id, timestamp(now), read.guard.state.value, other.value, by, reason, reading.source.value,
        finite, reading.uploaded, reading.downloaded, timestamp(hold.until) if hold else None,
        hold.ratio if hold else None,
    )  # fmt: skip
    with transaction(db):
        newest = db.execute("SELECT coalesce(max(id), 0) FROM guard_transitions").fetchone()[0]
        if newest != read.row:
            raise LockedError("the guard was moved by another run", subject="guard", remedy="run: mamctl ratio status")
        cursor = db.execute(
            "INSERT INTO guard_transitions (follows, run_id, at, from_state, to_state, decided_by, reason, source,"
            " ratio, uploaded_bytes, downloaded_bytes, hold_until, hold_ratio)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            values,
        )
    row = db.execute("SELECT * FROM guard_transitions WHERE id = ?", (cursor.lastrowid,)).fetchone()
    return _transition(row)


def end_override(db: sqlite3.Connection, read: GuardRow) -> None:
    """The floor is hard again."""
    with transaction(db):
        db.execute("UPDATE guard_transitions SET hold_until = NULL WHERE id = ?", (read.row,))


def claim_notification(db: sqlite3.Connection, now: datetime) -> Transition | None:
    """The newest transition if it was not reported yet; it counts as reported from now on."""
    with transaction(db):
        row = db.execute("SELECT * FROM guard_transitions ORDER BY id DESC LIMIT 1").fetchone()
        if row is None or row["announced_at"] is not None:
            return None
        db.execute("UPDATE guard_transitions SET announced_at = ? WHERE id = ?", (timestamp(now), row["id"]))
    return _transition(row)


def count_freezes(db: sqlite3.Connection, until: datetime, within: timedelta) -> int:
    """How many emergencies began in the time before `until`."""
    row = db.execute(
        "SELECT count(*) FROM guard_transitions WHERE to_state = 'emergency' AND at > ? AND at <= ?",
        (timestamp(until - within), timestamp(until)),
    ).fetchone()
    return int(row[0])


def ended_by_guard(db: sqlite3.Connection) -> bool:
    """Whether the guard itself ended the newest emergency, and not your word."""
    row = db.execute("SELECT to_state, decided_by FROM guard_transitions ORDER BY id DESC LIMIT 1").fetchone()
    return row is not None and row["to_state"] == "normal" and row["decided_by"] == "guard"


def list_transitions(db: sqlite3.Connection, since: datetime) -> tuple[Transition, ...]:
    """The transitions since then, oldest first."""
    rows = db.execute("SELECT * FROM guard_transitions WHERE at >= ? ORDER BY id", (timestamp(since),))
    return tuple(_transition(row) for row in rows)


def _transition(row: sqlite3.Row) -> Transition:
    at = sure_moment(row["at"])
    return Transition(
        id=row["id"],
        at=at,
        from_state=GuardState(row["from_state"]),
        to_state=GuardState(row["to_state"]),
        decided_by=row["decided_by"],
        reason=row["reason"],
        ratio=row["ratio"],
        uploaded_bytes=row["uploaded_bytes"],
        downloaded_bytes=row["downloaded_bytes"],
        announced=row["announced_at"] is not None,
    )
