"""The log of changes: one row a change, and what was last known of version, schema and configuration."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from mamctl.dataclass import dataclass
from mamctl.domain.timestamps import timestamp
from mamctl.sqlite import transaction
from mamctl.store.values import moment, storable, sure_moment

# How the reason of a change begins that failed before anything was changed.
NOTHING_CHANGED = "nothing was changed"
NOT_WRITTEN = "it was interrupted before the file was written"


class ChangeKind(StrEnum):
    """What was changed; the last two are the log's own."""

    VERSION = "version"
    SCHEMA = "schema"
    CONFIG = "config"
    POINT = "point"
    ROLLBACK = "rollback"


class ChangeOutcome(StrEnum):
    """How a change ended. `noticed`: it was made outside of mamctl."""

    ACTIVE = "active"
    FAILED_ROLLED_BACK = "failed_rolled_back"
    ROLLBACK_INCOMPLETE = "rollback_incomplete"
    NOTICED = "noticed"


@dataclass(frozen=True, slots=True)
class Change:
    """One row. `outcome` is None while it is under way; `failing_since` when its self-tests count against it."""

    id: int
    at: datetime
    kind: ChangeKind
    summary: str
    before: Any
    after: Any
    outcome: ChangeOutcome | None
    reason: str | None
    point: str | None
    written: str | None
    run: int | None
    failing_since: datetime | None
    accepted_at: datetime | None


def is_taken_back(outcome: str | None, reason: str | None) -> bool:
    """Whether a change was made, failed, and was taken back by mamctl itself."""
    unmade = (reason or "").startswith((NOTHING_CHANGED, NOT_WRITTEN))
    return outcome == ChangeOutcome.FAILED_ROLLED_BACK and not unmade


def begin_change(
    db: sqlite3.Connection,
    kind: ChangeKind,
    summary: str,
    now: datetime,
    *,
    before: Any = None,
    after: Any = None,
    point: str | None = None,
    written: str | None = None,
    run_id: int | None = None,
    outcome: ChangeOutcome | None = None,
) -> int:
    """A new row, under way unless it has an `outcome` already; its id."""
    row = db.execute(
        "INSERT INTO change_log (at, kind, summary, before, after, point, written, run_id, outcome, closed_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (timestamp(now), kind.value, storable(summary), _json(before), _json(after), point, written, run_id,
         outcome and outcome.value, timestamp(now) if outcome else None),
    )  # fmt: skip
    return int(row.lastrowid or 0)


def finish_change(
    db: sqlite3.Connection,
    change_id: int,
    outcome: ChangeOutcome,
    now: datetime,
    reason: str | None = None,
    *,
    failing: bool = False,
) -> None:
    """Close a row that is under way; one that is closed stays as it is."""
    db.execute(
        "UPDATE change_log SET outcome = ?, reason = ?, closed_at = ?, failing_since = ?"
        " WHERE id = ? AND outcome IS NULL",
        (outcome.value, storable(reason), timestamp(now), timestamp(now) if failing else None, change_id),
    )


def set_point(db: sqlite3.Connection, change_id: int, point: str) -> None:
    """The rollback point that was made for this change."""
    db.execute("UPDATE change_log SET point = ? WHERE id = ?", (point, change_id))


def set_failing(db: sqlite3.Connection, change_id: int, now: datetime, reason: str | None) -> None:
    """Note that the change's self-tests fail, or with `reason` None that they no longer do."""
    db.execute(
        "UPDATE change_log SET failing_since = CASE WHEN ?1 IS NULL THEN NULL ELSE coalesce(failing_since, ?2) END,"
        " reason = coalesce(?1, reason), accepted_at = NULL WHERE id = ?3",
        (storable(reason), timestamp(now), change_id),
    )


def accept_failing(db: sqlite3.Connection, now: datetime) -> tuple[Change, ...]:
    """Take every failing change as it is; those that were taken."""
    with transaction(db):
        found = failing_changes(db)
        db.execute(
            "UPDATE change_log SET accepted_at = ? WHERE failing_since IS NOT NULL AND accepted_at IS NULL",
            (timestamp(now),),
        )
        db.execute("UPDATE change_tests SET counts = 0")
    return found


def failing_changes(db: sqlite3.Connection) -> tuple[Change, ...]:
    """Changes whose self-tests count against them, neither mended nor accepted; oldest first."""
    rows = db.execute("SELECT * FROM change_log WHERE failing_since IS NOT NULL AND accepted_at IS NULL ORDER BY id")
    return tuple(map(_change, rows))


def newest_change(db: sqlite3.Connection) -> Change | None:
    """The newest change that holds: of version, schema or configuration."""
    row = db.execute(
        "SELECT * FROM change_log WHERE kind IN ('version', 'schema', 'config') AND outcome IN ('active', 'noticed')"
        " ORDER BY id DESC LIMIT 1"
    ).fetchone()
    return _change(row) if row else None


def open_changes(db: sqlite3.Connection) -> tuple[Change, ...]:
    """Changes under way: of a run that was killed, when the caller holds the lock."""
    return tuple(map(_change, db.execute("SELECT * FROM change_log WHERE outcome IS NULL ORDER BY id")))


def read_change(db: sqlite3.Connection, change_id: int) -> Change | None:
    """One change; None when there is none of this id."""
    row = db.execute("SELECT * FROM change_log WHERE id = ?", (change_id,)).fetchone()
    return _change(row) if row else None


def list_changes(db: sqlite3.Connection, since: datetime) -> tuple[Change, ...]:
    """Every change since then, newest first."""
    rows = db.execute("SELECT * FROM change_log WHERE at >= ? ORDER BY id DESC", (timestamp(since),))
    return tuple(map(_change, rows))


@dataclass(frozen=True, slots=True)
class Mark:
    """What was last known of version, schema or configuration."""

    mark: str
    content: Any


def read_marks(db: sqlite3.Connection) -> Mapping[ChangeKind, Mark]:
    """What was last known; empty before the first run."""
    rows = db.execute("SELECT kind, mark, content FROM change_marks")
    return {ChangeKind(row["kind"]): Mark(row["mark"], json.loads(row["content"])) for row in rows}


def set_mark(db: sqlite3.Connection, kind: ChangeKind, mark: Mark, now: datetime) -> None:
    """From now on this is what is known."""
    db.execute(
        "INSERT INTO change_marks (kind, mark, content, seen_at) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET mark = excluded.mark, content = excluded.content, seen_at = excluded.seen_at",
        (kind.value, mark.mark, _json(mark.content), timestamp(now)),
    )


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=True)


def _change(row: sqlite3.Row) -> Change:
    return Change(
        id=row["id"],
        at=sure_moment(row["at"]),
        kind=ChangeKind(row["kind"]),
        summary=row["summary"],
        before=json.loads(row["before"]) if row["before"] else None,
        after=json.loads(row["after"]) if row["after"] else None,
        outcome=ChangeOutcome(row["outcome"]) if row["outcome"] else None,
        reason=row["reason"],
        point=row["point"],
        written=row["written"],
        run=row["run_id"],
        failing_since=moment(row["failing_since"]),
        accepted_at=moment(row["accepted_at"]),
    )
