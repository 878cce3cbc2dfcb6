"""Small SQLite files beside the store that can be fetched or begun again: what is broken is replaced."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

Journal = Literal["persist", "wal"]

_BESIDE = ("wal", "shm", "journal")
_PATIENCE = 30.0  # seconds to wait for another process
_LONGEST_JOURNAL = 1024**2  # bytes that stay on disk between transactions


def prepare_file(path: Path) -> None:
    """A file for its owner only, empty or an SQLite database. Raises OSError."""
    path.parent.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    # Looked at before the file: another process that begins it just now makes it first, and these then.
    beside = [part for kind in _BESIDE if (part := path.with_name(f"{path.name}-{kind}")).exists()]
    if not path.exists():  # a log of what is gone belongs to no new file
        _remove(beside)
    elif not _is_database(path):
        _remove([path, *beside])
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def connect(path: Path, journal: Journal = "persist") -> sqlite3.Connection:
    """The prepared file, which threads may share one after the other; transactions are begun by hand.

    Nothing waits for the disk: what a power cut could lose can be begun again. With a write-ahead log reading and
    writing cost half, opening and closing twice as much, and the file must not be replaced while it is open; without
    one the journal stays where it is, because making, deleting or cutting it takes as long as writing.
    """
    prepare_file(path)
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=_PATIENCE)
    with contextlib.suppress(sqlite3.Error):
        db.execute("pragma synchronous = off")
        db.execute(f"pragma journal_mode = {journal}")
        db.execute(f"pragma journal_size_limit = {_LONGEST_JOURNAL}")
    return db


class SharedFile:
    """A file with these tables that is written to again and again: it is opened once, by whichever thread comes first.

    A file that was deleted or replaced meanwhile is opened again, and one that is not a database is begun again.
    """

    def __init__(self, path: Path, tables: str, journal: Journal = "persist") -> None:
        self.path = path
        self._tables = tables
        self._journal: Journal = journal
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None
        self._opened: tuple[int, int] | None = None

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """The file, alone in it: kept when the block ends well, and undone when it raises.

        Raises OSError or sqlite3.Error.
        """
        with self._lock:
            db = self._begin()
            try:
                with db:
                    yield db
            except sqlite3.DatabaseError:
                self._close()
                raise

    def close(self) -> None:
        """Let the file go; a later transaction opens it again."""
        with self._lock:
            self._close()

    def _begin(self) -> sqlite3.Connection:
        db = self._db
        if db is not None and self._opened == _identity(self.path):
            try:
                db.execute("begin immediate")
            except sqlite3.OperationalError:
                raise  # locked, full or out of reach
            except sqlite3.DatabaseError:
                pass  # overwritten; opening it again begins it again
            else:
                return db
        self._close()
        self._db = db = connect(self.path, self._journal)
        db.executescript(self._tables)
        self._opened = _identity(self.path)
        db.execute("begin immediate")
        return db

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file stands at the path; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _remove(parts: Iterable[Path]) -> None:
    for part in parts:
        part.unlink(missing_ok=True)


def _is_database(path: Path) -> bool:
    try:
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.execute("select count(*) from sqlite_master").fetchone()
    except sqlite3.OperationalError:
        return True  # locked or out of reach: not ours to delete
    except sqlite3.DatabaseError:
        return False
    return True
