"""Run rows with their problems, and the lock of a job."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path

from mamctl.dataclass import dataclass
from mamctl.domain.problem import Problem
from mamctl.domain.timestamps import timestamp
from mamctl.errors import ExitCode, LockedError
from mamctl.regex import regex
from mamctl.sqlite import transaction
from mamctl.store.values import moment, storable, sure_moment

_SAME_SPELL = timedelta(days=1)  # away for less than this, a problem has not ended: it comes and goes
_FIGURES = regex(r"\d+(?:[.,:]\d+)*")

Key = tuple[str, str | None, str]


# What holds a job's lock, where that is not the command of the same name: one of several commands, or another name.
_HOLDERS = {
    "abs.correction": "a command that sends a correction to Audiobookshelf",
    "address": "`mamctl tracker ip update`",
    "change": "a change or rollback of the configuration",
    "cron": "`mamctl cron`",
    "drift": "`mamctl drift`",
    "pending": "`mamctl vip pending check`",
    "queue": "`mamctl queue run`",
    "ratio": "`mamctl ratio`",
    "rules": "`mamctl rules`",
    "spec": "`mamctl spec check`",
    "vip": "`mamctl vip`",
}


@contextlib.contextmanager
def job_lock(store_path: Path, job: str, *, remedy: str = "wait for it to end; nothing was changed") -> Iterator[None]:
    """Holds the job's lock; the kernel lets go of it however the process ends. Raises LockedError at once.

    The time of the lock's file is when it was taken; the error says it, and names the command.
    """
    folder = store_path.parent / "locks"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / f"{job}.lock"
    release = _lock(file)
    if release is None:
        raise LockedError(f"{_holder(job)} is already under way{_since(file)}", subject=job, remedy=remedy)
    try:
        with contextlib.suppress(OSError):
            os.utime(file)
        yield
    finally:
        release()


def _lock(file: Path) -> Callable[[], object] | None:
    """Lock the file: what lets go of it again, or None where another process holds it."""
    held = _lock_at_once(file)
    if held is not None:
        return partial(_unlock, held)
    import filelock  # here: a lock that is free, which is nearly every one, is had without it

    lock = filelock.FileLock(file, timeout=0, mode=0o600)
    try:
        lock.acquire()
    except filelock.Timeout:
        return None
    return lock.release


def _lock_at_once(file: Path) -> int | None:
    """The file, made if need be, locked as `filelock` does it, but without the 13 ms that importing it takes.

    None where anything is out of the ordinary: another holder, a link, a file that was removed meanwhile or is another
    user's, a file system that knows no such locks. The library makes of it what it does.
    """
    held, is_new = _open_lock(file)
    if held is None:
        return None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        state = os.fstat(held)
        if state.st_nlink and state.st_uid == os.geteuid():
            return held
    except OSError as error:
        if is_new and error.errno == errno.ENOSYS:
            file.unlink(missing_ok=True)  # without such locks, that the file is there says that it is held
    os.close(held)
    return None


def _open_lock(file: Path) -> tuple[int | None, bool]:
    """A descriptor of the lock's file, None where it cannot be opened, and whether the file was made."""
    flags = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with contextlib.suppress(OSError):
        try:
            return os.open(file, flags), False
        except FileNotFoundError:
            return os.open(file, flags | os.O_CREAT | os.O_EXCL, 0o600), True
    return None, False


def _unlock(held: int) -> None:
    fcntl.flock(held, fcntl.LOCK_UN)  # closing alone would leave it to a child that has the same descriptor
    os.close(held)


def _holder(job: str) -> str:
    return _HOLDERS.get(job) or f"`mamctl {job.replace('.', ' ')}`"


def _since(file: Path) -> str:
    """ ", since …", of a lock that another process holds; empty when that is not known."""
    try:
        taken = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    except (OSError, ValueError, OverflowError):
        return ""
    return f", since {taken:%Y-%m-%d %H:%M} UTC"


class Trigger(StrEnum):
    """What began a run: a line of cron (or of another scheduler), or someone at a terminal."""

    SCHEDULED = "scheduled"
    BY_HAND = "by_hand"


def begin_run(db: sqlite3.Connection, job: str, now: datetime, trigger: Trigger = Trigger.BY_HAND) -> int:
    """A new run row. Runs of this job that never ended were killed, for the caller holds the lock."""
    with transaction(db):
        db.execute("UPDATE runs SET status = 'killed' WHERE job = ? AND status IS NULL", (job,))
        row = db.execute(
            'INSERT INTO runs (job, started_at, "trigger") VALUES (?, ?, ?)', (job, timestamp(now), trigger.value)
        )
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


def drop_run(db: sqlite3.Connection, run_id: int) -> bool:
    """Take a run row away again, for a run that never began its work; False when something already refers to it."""
    try:
        with transaction(db):
            db.execute("DELETE FROM runs WHERE id = ?", (run_id,))
    except sqlite3.IntegrityError:
        return False
    return True


def note_problem(db: sqlite3.Connection, run_id: int, problem: Problem, now: datetime) -> None:
    """Add a problem to a run that has ended."""
    with transaction(db):
        record_problems(db, run_id, (problem,), now, judged=False)


@dataclass(frozen=True, slots=True)
class LastRun:
    """The newest run of one job. `status` is None while it is under way, or when it was killed and none came after.

    `trigger` is None for runs of an older mamctl, `problem` the first of its problems in words. `last_success_at` is
    when the newest run began that ended well, `last_scheduled_at` when the newest scheduled one began, which ended as
    `last_scheduled_status` says.
    """

    job: str
    started_at: datetime
    finished_at: datetime | None
    status: str | None
    exit_code: int | None
    problems: int
    trigger: Trigger | None
    last_success_at: datetime | None
    last_scheduled_at: datetime | None
    last_scheduled_status: str | None
    problem: str | None = None


# Wrong usage is not a run of the job: a typing error must not hide how the job fares.
_JOBS = """
SELECT r.*, (SELECT count(*) FROM run_problems p WHERE p.last_run_id = r.id) AS problems,
  (SELECT message FROM run_problems p WHERE p.last_run_id = r.id ORDER BY p.id LIMIT 1) AS problem,
  (SELECT started_at FROM runs g WHERE g.job = r.job AND g.status IN ('ok', 'attention') ORDER BY g.id DESC LIMIT 1)
    AS last_success_at,
  s.started_at AS scheduled_at, s.status AS scheduled_status
FROM (SELECT DISTINCT job FROM runs) jobs
JOIN runs r ON r.id = (SELECT id FROM runs n WHERE n.job = jobs.job AND n.exit_code IS NOT :usage
  ORDER BY n.id DESC LIMIT 1)
LEFT JOIN runs s ON s.id = (
  SELECT id FROM runs n WHERE n.job = jobs.job AND n."trigger" = 'scheduled' ORDER BY n.id DESC LIMIT 1)
ORDER BY r.id DESC
"""


def last_runs(db: sqlite3.Connection) -> tuple[LastRun, ...]:
    """The newest run of every job, the latest first; calls with wrong usage are left out."""
    return tuple(_last(row) for row in db.execute(_JOBS, {"usage": int(ExitCode.USAGE)}))


def store_made_at(db: sqlite3.Connection) -> datetime | None:
    """When the database was made: at its first migration. None where that is not on record."""
    try:
        (text,) = db.execute("SELECT min(applied_at) FROM _sqlite_migrations").fetchone()
        found = datetime.fromisoformat(text) if text else None
    except (sqlite3.OperationalError, ValueError):
        return None
    return found and (found if found.tzinfo else found.replace(tzinfo=UTC))


def first_record(db: sqlite3.Connection) -> datetime | None:
    """When the oldest run, reading of the account or figure of the clients that is on record was made."""
    row = db.execute(
        "SELECT min(at) FROM (SELECT * FROM (SELECT started_at AS at FROM runs ORDER BY id LIMIT 1)"
        " UNION ALL SELECT min(seen_at) FROM standings UNION ALL SELECT min(starts_at) FROM figures_daily"
        " UNION ALL SELECT min(starts_at) FROM figures_hourly UNION ALL SELECT min(seen_at) FROM figures)"
    ).fetchone()
    return moment(row[0])


def first_scheduled(db: sqlite3.Connection, job: str) -> datetime | None:
    """When the first run of `job` that is still on record was begun by a scheduler."""
    row = db.execute("SELECT min(started_at) FROM runs WHERE job = ? AND \"trigger\" = 'scheduled'", (job,)).fetchone()
    return moment(row[0])


def _last(row: sqlite3.Row) -> LastRun:
    return LastRun(
        job=row["job"],
        started_at=sure_moment(row["started_at"]),
        finished_at=moment(row["finished_at"]),
        status=row["status"],
        exit_code=row["exit_code"],
        problems=row["problems"],
        trigger=Trigger(row["trigger"]) if row["trigger"] else None,
        last_success_at=moment(row["last_success_at"]),
        last_scheduled_at=moment(row["scheduled_at"]),
        last_scheduled_status=row["scheduled_status"],
        problem=row["problem"],
    )


def open_problems(db: sqlite3.Connection, code: str) -> tuple[Problem, ...]:
    """The problems of one kind that stand, as the newest run that stated each of them did."""
    rows = db.execute("SELECT * FROM run_problems WHERE code = ? AND ended_at IS NULL ORDER BY id", (code,))
    return tuple(Problem(row["code"], row["message"], row["subject"], row["remedy"]) for row in rows)


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


def record_problems(
    db: sqlite3.Connection, run_id: int, problems: Iterable[Problem], now: datetime, *, judged: bool
) -> None:
    """Note the problems of a run, inside the caller's transaction.

    One that stands already has its row renewed: new figures in its message are not a change. What a run that has
    `judged` does not mention is over.
    """
    (job,) = db.execute("SELECT job FROM runs WHERE id = ?", (run_id,)).fetchone()
    at = timestamp(now)
    rows = db.execute(
        "SELECT id, code, subject, message, ended_at FROM run_problems WHERE job = ?"
        " AND (ended_at IS NULL OR ended_at > ?) ORDER BY id",
        (job, timestamp(now - _SAME_SPELL)),
    ).fetchall()
    known = {key(row["code"], row["subject"], row["message"]): row for row in rows}
    current = {key(p.code, storable(p.subject), str(storable(p.message))): p for p in problems}
    db.executemany(
        "UPDATE run_problems SET last_run_id = ?, last_seen_at = ?, ended_at = NULL, message = ?, remedy = ?"
        " WHERE id = ?",
        [
            (run_id, at, storable(p.message), storable(p.remedy), known[mark]["id"])
            for mark, p in current.items()
            if mark in known
        ],
    )
    db.executemany(
        "INSERT INTO run_problems (run_id, last_run_id, job, code, message, subject, remedy, began_at, last_seen_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (run_id, run_id, job, p.code, storable(p.message), storable(p.subject), storable(p.remedy), at, at)
            for mark, p in current.items()
            if mark not in known
        ],
    )
    if judged:
        over = [(at, row["id"]) for mark, row in known.items() if row["ended_at"] is None and mark not in current]
        db.executemany("UPDATE run_problems SET ended_at = ? WHERE id = ?", over)


def key(code: str, subject: str | None, message: str) -> Key:
    """What makes two notes of a problem the same: everything but the figures in its message."""
    return code, subject, _FIGURES.sub("#", message)
