"""Small SQLite files beside the store that can be fetched or begun again: what is broken is replaced."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PATIENCE = 30.0  # seconds to wait for another process


def prepare_file(path: Path) -> None:
    """A file for its owner only, empty or an SQLite database. Raises OSError."""
    path.parent.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if path.exists() and not _is_database(path):
        for part in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
            part.unlink(missing_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def connect(path: Path) -> sqlite3.Connection:
    """The prepared file, which threads may share one after the other; transactions are begun by hand.

    Nothing waits for the disk: what a power cut could lose can be begun again.
    """
    prepare_file(path)
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=_PATIENCE)
    with contextlib.suppress(sqlite3.Error):
        db.execute("pragma synchronous = off")
    return db


@contextmanager
def transaction(path: Path, tables: str) -> Iterator[sqlite3.Connection]:
    """The file with these tables, alone in it: kept when the block ends well, and undone when it raises.

    Raises OSError or sqlite3.Error.
    """
    with contextlib.closing(connect(path)) as db:
        db.executescript(tables)
        db.execute("begin immediate")
        with db:
            yield db


def _is_database(path: Path) -> bool:
    try:
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.execute("select count(*) from sqlite_master").fetchone()
    except sqlite3.OperationalError:
        return True  # locked or out of reach: not ours to delete
    except sqlite3.DatabaseError:
        return False
    return True
