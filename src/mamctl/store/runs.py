"""Run rows, the lock of a job, and which problems a person has been told already."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from mamctl.domain.problem import Problem
from mamctl.errors import LockedError
from mamctl.store.database import moment, sure_moment, timestamp, transaction


@contextlib.contextmanager
def job_lock(store_path: Path, job: str) -> Iterator[None]:
    """Holds the job's lock; the kernel lets go of it however the process ends. Raises LockedError at once."""
    import filelock

    folder = store_path.parent / "locks"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = filelock.FileLock(folder / f"{job}.lock", timeout=0, mode=0o600)
    try:
        lock.acquire()
    except filelock.Timeout as error:
        raise LockedError(
            f"another run of {job} is under way", subject=job, remedy="wait for it to end; nothing was changed"
        ) from error
    try:
        yield
    finally:
        lock.release()


def begin_run(db: sqlite3.Connection, job: str, now: datetime) -> int:
    """A new run row. Runs of this job that never ended were killed, for the caller holds the lock."""
    with transaction(db):
        db.execute("UPDATE runs SET status = 'killed' WHERE job = ? AND status IS NULL", (job,))
        row = db.execute("INSERT INTO runs (job, started_at) VALUES (?, ?)", (job, timestamp(now)))
        return int(row.lastrowid or 0)


def end_run(
    db: sqlite3.Connection, run_id: int, now: datetime, status: str, exit_code: int, problems: Iterable[Problem]
) -> None:
    """Close the run row, with its problems."""
    with transaction(db):
        db.execute(
            "UPDATE runs SET finished_at = ?, status = ?, exit_code = ? WHERE id = ?",
            (timestamp(now), status, exit_code, run_id),
        )
        db.executemany(
            "INSERT INTO run_problems (run_id, code, message, subject, remedy) VALUES (?, ?, ?, ?, ?)",
            [(run_id, p.code, storable(p.message), storable(p.subject), p.remedy) for p in problems],
        )


@dataclass(frozen=True, slots=True)
class LastRun:
    """The newest run of one job. `status` is None while it is under way, or when it was killed and none came after."""

    job: str
    started_at: datetime
    finished_at: datetime | None
    status: str | None
    exit_code: int | None
    problems: int


def last_runs(db: sqlite3.Connection) -> tuple[LastRun, ...]:
    """The newest run of every job, the latest first."""
    rows = db.execute(
        "SELECT r.*, (SELECT count(*) FROM run_problems p WHERE p.run_id = r.id) AS problems FROM runs r"
        " WHERE r.id IN (SELECT max(id) FROM runs GROUP BY job) ORDER BY r.id DESC"
    )
    return tuple(_last(row) for row in rows)


def _last(row: sqlite3.Row) -> LastRun:
    started_at = sure_moment(row["started_at"])
    return LastRun(row["job"], started_at, moment(row["finished_at"]), row["status"], row["exit_code"], row["problems"])


def due_to_tell(
    db: sqlite3.Connection, job: str, problems: Iterable[Problem], now: datetime, remind_after: timedelta
) -> tuple[Problem, ...]:
    """The problems that a person has not been told within `remind_after`; they count as told from now on.

    What is no longer a problem of the job is forgotten, so that it is told at once when it comes back.
    """
    current = {fingerprint(problem): problem for problem in problems}
    with transaction(db):
        told = {
            row["fingerprint"]: moment(row["last_at"])
            for row in db.execute("SELECT fingerprint, last_at FROM told WHERE job = ?", (job,))
        }
        stale = [(job, mark) for mark in told if mark not in current]
        db.executemany("DELETE FROM told WHERE job = ? AND fingerprint = ?", stale)
        due = {mark: p for mark, p in current.items() if _is_due(told.get(mark), now, remind_after)}
        db.executemany(
            "INSERT INTO told VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET last_at = excluded.last_at",
            [(job, mark, timestamp(now), timestamp(now)) for mark in due],
        )
    return tuple(due.values())


def _is_due(last: datetime | None, now: datetime, remind_after: timedelta) -> bool:
    # A clock that was set back must not silence a reminder for ever.
    return last is None or now - last >= remind_after or last > now


def fingerprint(problem: Problem) -> str:
    """What makes two problems the same: kind and subject, not figures that change from day to day."""
    return hashlib.sha256(f"{problem.code}\0{storable(problem.subject)}".encode()).hexdigest()[:16]


def storable(text: str | None) -> str | None:
    """Text as SQLite can hold it: bytes of a name that is no Unicode are kept as \\udcXX escapes."""
    return text if text is None else os.fspath(text).encode("utf-8", "backslashreplace").decode("utf-8")
