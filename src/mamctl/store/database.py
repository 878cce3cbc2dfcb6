"""Opening the one SQLite file: owner-only, WAL, foreign keys, at the newest schema."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from mamctl.errors import StoreError
from mamctl.sqlite import open_read_only
from mamctl.store.migrate import MIGRATIONS, migrate, schema_version

_NO_FILE = "it is a folder, pipe or device, not a file"
_TEMPORARY = ""  # a database of this name is private, and gone when it is closed
_REMEDIES = {
    _NO_FILE: "name a file in store.path, such as …/mamctl.db",
    "database or disk is full": "free some space on the disk; nothing was lost, and the next run continues",
    "disk I/O error": "check the disk: it may be full or failing; nothing was lost, and the next run continues",
    "attempt to write a readonly database": "make the file and its folder writable for the user that runs mamctl",
    "Read-only file system": "let mamctl write there, or set store.path",
    "Permission denied": "let mamctl's user write there, or set store.path",
    "unable to open database file": "check that the folder exists and is writable, or set store.path",
    "file is not a database": "restore a backup (files ending in .bak beside it), or move the file away to start over",
    "database disk image is malformed": "restore a backup (files ending in .bak beside it)",
    "database is locked": "another program holds the database; close it and try again",
}


def open_store(path: Path) -> sqlite3.Connection:
    """The store at `path`, made if need be, at the newest schema; rows are `sqlite3.Row`.

    Connections are in autocommit mode: use `sqlite.transaction` around what belongs together. Raises StoreError.
    """
    with store_errors(path):
        _refuse_special(path)
        _make_private(path)
        db = sqlite3.connect(path, timeout=10, isolation_level=None)
        try:
            _prepare(db)
            db.execute("PRAGMA journal_mode = WAL")
            if schema_version(db) != len(MIGRATIONS):
                migrate(db, path)
        except BaseException:
            db.close()
            raise
        return db


def open_copy(path: Path) -> sqlite3.Connection:
    """A copy of the store, for a dry run: it decides the same and leaves the file as it is. Of a large store SQLite
    keeps most of the copy in a temporary file without a name; where there is no place for one, all of it is in memory.
    """
    with store_errors(path):
        _refuse_special(path)
        try:
            db = _copy_of(path, _TEMPORARY)
        except sqlite3.OperationalError:
            db = _copy_of(path, ":memory:")
        _prepare(db)
        migrate(db, None)
        return db


def _copy_of(path: Path, place: str) -> sqlite3.Connection:
    db = sqlite3.connect(place, isolation_level=None)
    try:
        if path.exists():
            with contextlib.closing(open_read_only(path)) as source:
                source.backup(db)
    except BaseException:
        db.close()
        raise
    return db


def others_version(db: sqlite3.Connection) -> int:
    """A number that changes whenever another connection has changed the file: what was read while it stayed the same
    is still true."""
    return int(db.execute("PRAGMA data_version").fetchone()[0])


@contextlib.contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Turns an error of SQLite or the disk into a StoreError with its remedy."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        text = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
        remedy = next((advice for sign, advice in _REMEDIES.items() if sign in text), "check the disk and the file")
        raise StoreError(f"{path}: {text}", subject=str(path), remedy=remedy) from error


def quick_check(db: sqlite3.Connection) -> str:
    """What SQLite finds wrong with its file; "ok" when nothing is."""
    return str(db.execute("PRAGMA quick_check").fetchone()[0])


def broken_references(db: sqlite3.Connection) -> tuple[str, ...]:
    """The tables with rows that refer to a row that is not there, each once."""
    return tuple(sorted({str(row[0]) for row in db.execute("PRAGMA foreign_key_check")}))


def file_of(db: sqlite3.Connection) -> Path:
    """The file behind a connection; the current folder for one in memory."""
    return Path(db.execute("PRAGMA database_list").fetchone()["file"])


def _prepare(db: sqlite3.Connection) -> None:
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA synchronous = FULL")  # a claim must be on disk before the request that it covers


def _refuse_special(path: Path) -> None:
    """Raises OSError for a folder, pipe or device: it is neither opened nor made private."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, _NO_FILE, str(path))


def _make_private(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    elif path.stat().st_mode & 0o077 and path.stat().st_uid == os.geteuid():
        path.chmod(0o600)
