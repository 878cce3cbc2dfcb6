"""The two files next to the database that catalogues need, shared by all runs: kept answers, and pace with counters.

Both can be fetched or begun again, so that a broken file is replaced. Answers are kept whatever the servers' caching
headers ask for, and so is the answer that there is no such book.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import zlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from mamctl.adapters.catalogues.answer import Answer

KEEP_SECONDS = 60 * 86400.0  # how long an old answer can still stand in for a catalogue that is down
MAX_BYTES = 512 * 1024**2  # of packed bodies
_AFTER_PURGE = 0.9  # of MAX_BYTES
_PURGE_EVERY = 200  # answers
_VERSION = 2  # 1 was another program's layout
_ANSWERS = """
create table if not exists answers (
  key text primary key, fetched_at real not null, status integer not null, content_type text not null,
  body blob not null
) strict;
create index if not exists answers_by_age on answers (fetched_at, length(body));
"""
COUNTERS = ("asked", "answered", "found", "cached", "stale", "failed")
_PACE_TABLES = """
create table if not exists hosts (host text primary key, next_at real not null) strict;
create table if not exists tallies (
  day text not null, catalogue text not null, what text not null, count integer not null,
  primary key (day, catalogue, what)
) strict;
"""
_FURTHEST = 3600.0


def prepare_file(path: Path) -> None:
    """A file for its owner only, empty or an SQLite database."""
    path.parent.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if path.exists() and not _is_database(path):
        for part in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
            part.unlink(missing_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def _is_database(path: Path) -> bool:
    try:
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.execute("select count(*) from sqlite_master").fetchone()
    except sqlite3.OperationalError:
        return True  # locked or out of reach: not ours to delete
    except sqlite3.DatabaseError:
        return False
    return True


class AnswerCache:
    """One file with the newest answer under each key. Keys are digests; addresses and request headers are not kept.

    Threads may share it. A file that cannot be read or written costs requests, and is no failure.
    """

    def __init__(self, path: Path, *, max_bytes: int = MAX_BYTES, keep_seconds: float = KEEP_SECONDS) -> None:
        self._max_bytes = max_bytes
        self._keep_seconds = keep_seconds
        self._written = 0
        self._lock = threading.Lock()
        prepare_file(path)
        self._db = _open(path)

    def recall(self, key: str) -> Answer | None:
        """The newest answer under the key."""
        with self._lock, contextlib.suppress(sqlite3.Error, zlib.error, ValueError, OverflowError):
            row = self._db.execute(
                "select fetched_at, status, content_type, body from answers where key = ?", (key,)
            ).fetchone()
            if row is not None:
                fetched_at = datetime.fromtimestamp(row[0], UTC)
                return Answer(row[1], zlib.decompress(row[3]), fetched_at, row[2], from_cache=True)
        return None

    def remember(self, key: str, answer: Answer) -> None:
        """Keep the answer instead of any older one under the key."""
        moment = answer.fetched_at.timestamp()
        entry = (key, moment, answer.status, answer.content_type, zlib.compress(answer.body, 1))
        with self._lock, contextlib.suppress(sqlite3.Error):
            self._db.execute("insert or replace into answers values (?, ?, ?, ?, ?)", entry)
            if self._written % _PURGE_EVERY == 0:
                self._purge(moment)
            self._written += 1

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def _purge(self, now: float) -> None:
        """Let go of what is too old, and of the oldest while the whole is too large."""
        self._db.execute("delete from answers where fetched_at < ?", (now - self._keep_seconds,))
        (size,) = self._db.execute("select coalesce(sum(length(body)), 0) from answers").fetchone()
        if size > self._max_bytes:
            self._db.execute(
                "delete from answers where key in (select key from (select key, sum(length(body)) over (order by"
                " fetched_at, key) as up_to_here from answers) where up_to_here <= ?)",
                (size - self._max_bytes * _AFTER_PURGE,),
            )
        self._db.execute("pragma incremental_vacuum").fetchall()


def _open(path: Path) -> sqlite3.Connection:
    """The file with its one table; another layout's tables hold nothing that cannot be fetched again."""
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
    with contextlib.suppress(sqlite3.Error):
        if db.execute("pragma user_version").fetchone()[0] != _VERSION:
            names = [row[0] for row in db.execute("select name from sqlite_master where type = 'table'")]
            for name in names:
                db.execute(f'drop table if exists "{name.replace(chr(34), "")}"')
            db.execute("pragma auto_vacuum = incremental")
            db.execute("vacuum")
        # Not waiting for the disk: what a power cut could lose is fetched again.
        db.executescript(f"pragma synchronous = off; {_ANSWERS} pragma user_version = {_VERSION};")
    return db


class Pace:
    """The shared limiter. Each caller reserves the next free moment of a host, so that calls of several
    processes queue up one behind the other. Moments are seconds since 1970.
    """

    def __init__(self, path: Path) -> None:
        prepare_file(path)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        # Not waiting for the disk: what a power cut could lose is a moment's pace.
        self._db.executescript(f"pragma busy_timeout = 30000; pragma synchronous = off; {_PACE_TABLES}")

    def reserve(self, host: str, interval: float, now: float, patience: float = _FURTHEST) -> float | None:
        """Seconds to wait before the host may be asked; None, and nothing is reserved, if above `patience`."""
        with self._lock, self._db:
            self._db.execute("begin immediate")
            row = self._db.execute("select next_at from hosts where host = ?", (host,)).fetchone()
            # A moment further off than any honest wait was left by a clock that was wrong.
            moment = max(now, row[0]) if row and row[0] - now <= 24 * _FURTHEST else now
            if moment - now > patience:
                return None
            self._put(host, moment + interval)
            return moment - now

    def hold(self, host: str, until: float) -> None:
        """The host asked for no request before then."""
        with self._lock, self._db:
            self._db.execute("begin immediate")
            row = self._db.execute("select next_at from hosts where host = ?", (host,)).fetchone()
            self._put(host, max(until, row[0] if row else until))

    def _put(self, host: str, moment: float) -> None:
        self._db.execute("insert or replace into hosts (host, next_at) values (?, ?)", (host, moment))

    def add(self, day: date, catalogue: str, counts: Mapping[str, int]) -> None:
        """Add to the day's counters; counters older than a month are dropped."""
        with self._lock, self._db:
            self._db.execute("begin immediate")
            self._db.executemany(
                "insert into tallies values (?, ?, ?, ?) on conflict do update set count = count + excluded.count",
                [(day.isoformat(), catalogue, what, count) for what, count in counts.items() if count],
            )
            self._db.execute("delete from tallies where day < date(?, '-31 days')", (day.isoformat(),))

    def counters(self, day: date, catalogue: str) -> dict[str, int]:
        """The day's counters of a catalogue; every key of COUNTERS is there."""
        with self._lock:
            rows = self._db.execute(
                "select what, count from tallies where day = ? and catalogue = ?", (day.isoformat(), catalogue)
            ).fetchall()
        return dict.fromkeys(COUNTERS, 0) | {str(what): int(count) for what, count in rows}

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()
