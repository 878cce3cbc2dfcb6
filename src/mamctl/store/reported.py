"""The memory of what was reported, one for each job and way: table `told`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta

from mamctl.domain.problem import Notice, Problem
from mamctl.domain.reporting import Due, ReminderPolicy, Reported, decide_reports
from mamctl.store.database import moment, storable, sure_moment, timestamp, transaction

_FORGOTTEN_AFTER = timedelta(days=60)


def due_reports(
    db: sqlite3.Connection,
    job: str,
    problems: Iterable[Problem],
    notices: Iterable[Notice],
    now: datetime,
    policy: ReminderPolicy,
    *,
    judged: bool = True,
) -> Due:
    """What is to be reported now; it counts as reported from now on. Raises sqlite3.Error."""
    now = now.replace(microsecond=0)  # as the table holds it
    with transaction(db):
        due = decide_reports(_load(db, job), problems, notices, now, policy, judged=judged)
        db.executemany(
            "INSERT INTO told (job, fingerprint, first_at, last_at, since_at, ended_at, code, subject, message)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET last_at = excluded.last_at, since_at = excluded.since_at,"
            " ended_at = excluded.ended_at, code = excluded.code, subject = excluded.subject,"
            " message = excluded.message",
            [(job, mark, *_values(row)) for mark, row in due.changes.items()],
        )
        forgotten = timestamp(now - max(_FORGOTTEN_AFTER, 2 * policy.remind_after))
        db.execute("DELETE FROM told WHERE job = ? AND ended_at < ?", (job, forgotten))
    return due


def _load(db: sqlite3.Connection, job: str) -> dict[str, Reported]:
    rows = db.execute("SELECT * FROM told WHERE job = ?", (job,))
    return {
        row["fingerprint"]: Reported(
            first_at=sure_moment(row["first_at"]),
            last_at=sure_moment(row["last_at"]),
            since_at=sure_moment(row["since_at"] or row["first_at"]),
            ended_at=moment(row["ended_at"]),
            code=row["code"],
            subject=row["subject"],
            message=row["message"],
        )
        for row in rows
    }


def _values(row: Reported) -> tuple[str | None, ...]:
    ended = timestamp(row.ended_at) if row.ended_at else None
    times = (timestamp(row.first_at), timestamp(row.last_at), timestamp(row.since_at), ended)
    return (*times, row.code, storable(row.subject), storable(row.message))
