"""What every SQLite file of mamctl shares, the store as well as the small files beside it.

Connections are in autocommit mode (`isolation_level=None`); what belongs together is put into a transaction by hand.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing; the write lock is taken at once, so that what is read inside stays true.

    Where the commit fails it is undone as well, so that no lock is kept. Raises sqlite3.Error.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # the first error says why
            db.rollback()
        raise


@contextmanager
def snapshot(db: sqlite3.Connection) -> Iterator[None]:
    """All that is read inside is as of one moment; others may write meanwhile. Raises sqlite3.Error."""
    db.execute("BEGIN")
    with db:
        yield


def open_read_only(path: Path, *, immutable: bool = False, timeout: float = 5.0) -> sqlite3.Connection:
    """The file at `path`, which must exist, for reading only; raises sqlite3.Error.

    `immutable` is for a file that no other program writes: it is read without locks or journals beside it. `timeout`
    is how many seconds to wait for another program.
    """
    uri = f"{path.resolve().as_uri()}?mode=ro{'&immutable=1' if immutable else ''}"
    return sqlite3.connect(uri, uri=True, timeout=timeout)
