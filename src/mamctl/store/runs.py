"""Run rows, and the lock of a job."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from mamctl.domain.problem import Problem
from mamctl.errors import LockedError
from mamctl.store.database import moment, sure_moment, timestamp, transaction
from mamctl.store.run_problems import record_problems


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
    """Close the run row, and note its problems."""
    with transaction(db):
        db.execute(
            "UPDATE runs SET finished_at = ?, status = ?, exit_code = ? WHERE id = ?",
            (timestamp(now), status, exit_code, run_id),
        )
        record_problems(db, run_id, problems, now, judged=status != "failed")


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
        "SELECT r.*, (SELECT count(*) FROM run_problems p WHERE p.last_run_id = r.id) AS problems FROM runs r"
        " WHERE r.id IN (SELECT max(id) FROM runs GROUP BY job) ORDER BY r.id DESC"
    )
    return tuple(_last(row) for row in rows)


def _last(row: sqlite3.Row) -> LastRun:
    started_at = sure_moment(row["started_at"])
    return LastRun(row["job"], started_at, moment(row["finished_at"]), row["status"], row["exit_code"], row["problems"])


def compact_runs(db: sqlite3.Connection, job: str, keep: timedelta, now: datetime) -> int:
    """Drop finished runs of `job` that began longer than `keep` ago, where nothing refers to them; how many.

    The newest run stays, however old. Every table that refers to runs is asked, also those of later versions.
    """
    before = db.execute(
        "SELECT started_at FROM runs WHERE job = ? ORDER BY id DESC LIMIT 1 OFFSET 1", (job,)
    ).fetchone()
    if before is None or before["started_at"][:10] == timestamp(now)[:10]:
        return 0  # once a day is enough
    in_use = " UNION ".join(
        f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL"  # noqa: S608
        for table, column in _references(db)
    )
    # That nothing refers to them is known then: SQLite would look through every table again for each of them.
    db.execute("PRAGMA foreign_keys = OFF")
    try:
        with transaction(db):
            dropped = db.execute(
                "DELETE FROM runs WHERE job = ?1 AND started_at < ?2 AND status IS NOT NULL"  # noqa: S608
                f" AND id < (SELECT max(id) FROM runs WHERE job = ?1) AND id NOT IN (SELECT 0 UNION {in_use})",
                (job, timestamp(now - keep)),
            )
            return dropped.rowcount
    finally:
        db.execute("PRAGMA foreign_keys = ON")


def _references(db: sqlite3.Connection) -> tuple[tuple[str, str], ...]:
    rows = db.execute(
        'SELECT m.name, f."from" AS reference FROM sqlite_master m, pragma_foreign_key_list(m.name) f'
        " WHERE m.type = 'table' AND f.\"table\" = 'runs' ORDER BY 1, 2"
    )
    return tuple((row["name"], row["reference"]) for row in rows)


def last_start(db: sqlite3.Connection, job: str | None = None) -> datetime | None:
    """When the newest run of `job`, or of any job, began."""
    row = db.execute("SELECT max(started_at) FROM runs WHERE ?1 IS NULL OR job = ?1", (job,)).fetchone()
    return moment(row[0])
