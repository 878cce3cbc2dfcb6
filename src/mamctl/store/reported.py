"""What was reported by each job and way of reporting: table `told`, or empty files while the database fails."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mamctl.domain.problem import Notice, Problem
from mamctl.domain.reporting import SITE_WIDE, Due, ReminderPolicy, Reported, decide_reports, fingerprint, is_due
from mamctl.domain.timestamps import timestamp
from mamctl.sqlite import transaction
from mamctl.store.values import moment, storable, sure_moment

_FORGOTTEN_AFTER = timedelta(days=60)
_SITE = "site"


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
    """What is to be reported now; it counts as reported from now on. Raises sqlite3.Error.

    Events of the whole site have one memory for all jobs; a run that states any of them states them all.
    """
    now = now.replace(microsecond=0)  # as the table holds it
    notices = tuple(notices)
    site = tuple(notice for notice in notices if notice.code in SITE_WIDE)
    own = tuple(notice for notice in notices if notice.code not in SITE_WIDE)
    with transaction(db):
        due = _due(db, job, problems, own, now, policy, judged=judged)
        if site:
            shared = f"notify.{_SITE}" if job.startswith("notify.") else _SITE
            due = replace(due, notices=(*due.notices, *_due(db, shared, (), site, now, policy).notices))
    return due


def _due(
    db: sqlite3.Connection,
    job: str,
    problems: Iterable[Problem],
    notices: Iterable[Notice],
    now: datetime,
    policy: ReminderPolicy,
    *,
    judged: bool = True,
) -> Due:
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


def due_by_markers(
    job: str, problems: Iterable[Problem], notices: Iterable[Notice], now: datetime, policy: ReminderPolicy
) -> Due:
    """What is to be reported now, by the time of each problem's marker in the folder for temporary files.

    An empty file needs no room on the disk. Without that folder everything is reported: twice is better than never.
    """
    folder = _folder()
    due = tuple(p for p in problems if folder is None or _mark(folder / f"{job}.{fingerprint(p)}", now, policy))
    events = tuple(n for n in notices if not n.standing)
    if folder is not None:
        _tidy(folder, now)
    return Due(due, events)


def _folder() -> Path | None:
    """The folder, of this user alone; None when it cannot be made or is not theirs."""
    import tempfile  # here: every run has this module, and hardly any needs the folder

    folder = Path(tempfile.gettempdir()) / f"mamctl-reported-{os.geteuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    return folder if stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() else None


def _mark(marker: Path, now: datetime, policy: ReminderPolicy) -> bool:
    try:
        last = datetime.fromtimestamp(marker.lstat().st_mtime, UTC)
        if not is_due(last, now, policy):
            return False
    except (OSError, ValueError, OverflowError):
        pass  # never reported
    try:
        marker.touch(mode=0o600)
        os.utime(marker, (now.timestamp(), now.timestamp()))
    except OSError:
        pass  # reported again the next time
    return True


def _tidy(folder: Path, now: datetime) -> None:
    try:
        for marker in folder.iterdir():
            if abs(now.timestamp() - marker.lstat().st_mtime) > _FORGOTTEN_AFTER.total_seconds():
                marker.unlink(missing_ok=True)
    except OSError:
        return
