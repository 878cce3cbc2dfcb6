"""Files of the catalogues next to the database, shared by all runs: kept answers, and counters beside the pace.

Answers are kept whatever the servers' caching
headers ask for, and so is the answer that there is no such book.
"""

from __future__ import annotations

import contextlib
import math
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from mamctl.adapters.catalogues.answer import Answer
from mamctl.adapters.sqlite_file import SharedFile, connect
from mamctl.sqlite import transaction

KEEP_SECONDS = 60 * 86400.0  # how long an old answer can still stand in for a catalogue that is down
MAX_BYTES = 512 * 1024**2  # of packed bodies
_AFTER_PURGE = 0.9  # of MAX_BYTES
_PURGE_EVERY = 200  # answers
_VERSION = 3  # 1 was another program's layout, 2 had no digests
_ANSWERS = """
create table if not exists answers (
  key text primary key, fetched_at real not null, status integer not null, content_type text not null,
  digest blob, body blob not null
) strict;
create index if not exists answers_by_age on answers (fetched_at, length(body));
"""
_EVER = (-math.inf, math.inf)
_RECALL = (
    "select fetched_at, status, content_type, body from answers where key = ? and fetched_at > ? and fetched_at < ?"
)
_KEEPS = "select 1 from answers where key = ? and fetched_at > ? and fetched_at < ?"
_RENEW = "update answers set fetched_at = ? where key = ? and digest = ?"
# What is replaced keeps its place in the index of keys.
_REMEMBER = (
    "insert into answers (key, fetched_at, status, content_type, digest, body) values (?, ?, ?, ?, ?, ?)"
    " on conflict do update set fetched_at = excluded.fetched_at, status = excluded.status,"
    " content_type = excluded.content_type, digest = excluded.digest, body = excluded.body"
)
COUNTERS = ("asked", "answered", "found", "cached", "stale", "failed")
COUNTER_TABLE = """
create table if not exists tallies (
  day text not null, catalogue text not null, what text not null, count integer not null,
  primary key (day, catalogue, what)
) strict;
"""


class AnswerCache:
    """One file with the newest answer under each key. Keys are digests; addresses and request headers are not kept.

    Threads may share it. A file that cannot be read or written costs requests, and is not a failure.
    """

    def __init__(self, path: Path, *, max_bytes: int = MAX_BYTES, keep_seconds: float = KEEP_SECONDS) -> None:
        self._max_bytes = max_bytes
        self._keep_seconds = keep_seconds
        self._written = 0
        self._lock = threading.Lock()
        self._db = _open(path)

    def recall(self, key: str, fetched: tuple[float, float] = _EVER) -> Answer | None:
        """The newest answer under the key, where it was fetched between these moments (unix seconds)."""
        with self._lock, contextlib.suppress(sqlite3.Error, ValueError, OverflowError):
            row = self._db.execute(_RECALL, (key, *fetched)).fetchone()
            if row is not None:
                fetched_at = datetime.fromtimestamp(row[0], UTC)
                try:
                    return Answer(row[1], zlib.decompress(row[3]), fetched_at, row[2], from_cache=True)
                except zlib.error:
                    self._db.execute("delete from answers where key = ?", (key,))
        return None

    def keeps(self, key: str, fetched: tuple[float, float] = _EVER) -> bool:
        """Whether `recall` has an answer, without reading it."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            return self._db.execute(_KEEPS, (key, *fetched)).fetchone() is not None
        return False

    def remember(self, key: str, answer: Answer) -> None:
        """Keep the answer instead of any older one under the key."""
        self.remember_all([(key, answer)])

    def remember_all(self, answers: Iterable[tuple[str, Answer]]) -> None:
        """Keep these answers in one transaction; of one that is kept already only the time is written."""
        entries = list(answers)
        with self._lock, contextlib.suppress(sqlite3.Error):
            with transaction(self._db) if len(entries) > 1 else contextlib.nullcontext():
                for key, one in entries:
                    self._remember(key, one)
            if entries and -self._written % _PURGE_EVERY < len(entries):
                self._purge(max(one.fetched_at for _, one in entries).timestamp())
            self._written += len(entries)

    def _remember(self, key: str, answer: Answer) -> None:
        at, digest = answer.fetched_at.timestamp(), answer.digest
        if not self._db.execute(_RENEW, (at, key, digest)).rowcount:
            body = zlib.compress(answer.body, 1)
            self._db.execute(_REMEMBER, (key, at, answer.status, answer.content_type, digest, body))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def _purge(self, now: float) -> None:
        """Delete what is too old, and the oldest answers while the file is too large."""
        self._db.execute("delete from answers where fetched_at < ?", (now - self._keep_seconds,))
        if self._file_size() > self._max_bytes and (size := self._body_size()) > self._max_bytes:
            self._db.execute(
                "delete from answers where key in (select key from (select key, sum(length(body)) over (order by"
                " fetched_at, key) as up_to_here from answers) where up_to_here <= ?)",
                (size - self._max_bytes * _AFTER_PURGE,),
            )
        self._db.execute("pragma incremental_vacuum").fetchall()

    def _file_size(self) -> int:
        """Size of the file in bytes, without counting; an upper bound of the bodies' size."""
        pages, size = (self._db.execute(f"pragma {what}").fetchone()[0] for what in ("page_count", "page_size"))
        return int(pages * size)

    def _body_size(self) -> int:
        return int(self._db.execute("select coalesce(sum(length(body)), 0) from answers").fetchone()[0])


def _open(path: Path) -> sqlite3.Connection:
    """The file with its one table; another layout's tables hold nothing that cannot be fetched again."""
    db = connect(path, "wal")
    with contextlib.suppress(sqlite3.Error):
        version = db.execute("pragma user_version").fetchone()[0]
        if version == _VERSION - 1:
            with transaction(db):
                db.execute("alter table answers add column digest blob")
                db.execute(f"pragma user_version = {_VERSION}")
        elif version != _VERSION:
            names = [row[0] for row in db.execute("select name from sqlite_master where type = 'table'")]
            for name in names:
                db.execute(f'drop table if exists "{name.replace(chr(34), "")}"')
            db.execute("pragma auto_vacuum = incremental")
            db.execute("vacuum")
        db.executescript(f"{_ANSWERS} pragma user_version = {_VERSION};")
    return db


class Counters:
    """Each day's counts of requests and answers, of all runs together; `file` has COUNTER_TABLE."""

    def __init__(self, file: SharedFile) -> None:
        self._file = file
        self._tidied: date | None = None

    def add(self, day: date, counts: Mapping[str, Mapping[str, int]]) -> None:
        """Add to the day's counters of these catalogues; counters older than a month are dropped."""
        with self._file.transaction() as db:
            self.add_within(db, day, counts)

    def add_within(self, db: sqlite3.Connection, day: date, counts: Mapping[str, Mapping[str, int]]) -> None:
        """The same within a transaction of the file."""
        db.executemany(
            "insert into tallies values (?, ?, ?, ?) on conflict do update set count = count + excluded.count",
            [(day.isoformat(), catalogue, what, count)
             for catalogue, tally in counts.items() for what, count in tally.items() if count],
        )  # fmt: skip
        if self._tidied != day:
            db.execute("delete from tallies where day < date(?, '-31 days')", (day.isoformat(),))
            self._tidied = day

    def of(self, day: date, catalogue: str) -> dict[str, int]:
        """The day's counters of a catalogue; every key of COUNTERS is there."""
        with self._file.transaction() as db:
            rows = db.execute(
                "select what, count from tallies where day = ? and catalogue = ?", (day.isoformat(), catalogue)
            ).fetchall()
        return dict.fromkeys(COUNTERS, 0) | {str(what): int(count) for what, count in rows}
