"""The files beside the store that catalogues need; what they hold can be had again, so a broken one is replaced."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path


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
