"""Answers of catalogues on disk, whatever the servers' caching headers say; that there is no such book is kept too."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import zlib
from datetime import UTC, datetime
from pathlib import Path

from mamctl.adapters.catalogues.answer import Answer
from mamctl.adapters.catalogues.disk import prepare_file

KEEP_SECONDS = 60 * 86400.0  # how long an old answer can still stand in for a catalogue that is down
MAX_BYTES = 512 * 1024**2  # of packed bodies
_AFTER_PURGE = 0.9  # of MAX_BYTES
_PURGE_EVERY = 200  # answers
_VERSION = 2  # 1 was another program's layout
_SCHEMA = """
create table if not exists answers (
  key text primary key, fetched_at real not null, status integer not null, content_type text not null,
  body blob not null
) strict;
create index if not exists answers_by_age on answers (fetched_at, length(body));
"""


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
        db.executescript(f"pragma synchronous = off; {_SCHEMA} pragma user_version = {_VERSION};")
    return db
