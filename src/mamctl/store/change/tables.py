"""The tables of a database compared: each one's rows as a digest, and a consistent copy of the whole."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path

from mamctl.domain.change.ledgers import is_ledger, is_restored
from mamctl.sqlite import open_read_only, snapshot


def tables_of(db: sqlite3.Connection, schema: str = "main") -> tuple[str, ...]:
    """The names of all tables, SQLite's own apart."""
    rows = db.execute(
        f"SELECT name FROM {schema}.sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*' ORDER BY name"  # noqa: S608
    )
    return tuple(row[0] for row in rows)


def columns_of(db: sqlite3.Connection, table: str, schema: str = "main") -> tuple[str, ...]:
    """The names of a table's columns, in their order."""
    return tuple(row[1] for row in db.execute(f"PRAGMA {schema}.table_info({quoted(table)})"))


def quoted(name: str) -> str:
    """A name as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'


def digest_tables(db: sqlite3.Connection, tables: Iterable[str]) -> dict[str, str]:
    """Each table's rows as text "rows:sha256", whatever order they lie in."""
    return {table: _digest(db, table) for table in tables}


def _digest(db: sqlite3.Connection, table: str) -> str:
    from hashlib import sha256  # here: a list of changes needs none

    columns = columns_of(db, table)
    order = ", ".join(str(number) for number in range(1, len(columns) + 1))
    sha, rows = sha256(), 0
    for row in db.execute(f"SELECT * FROM {quoted(table)} ORDER BY {order}"):  # noqa: S608
        sha.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
        rows += 1
    return f"{rows}:{sha.hexdigest()}"


def ledgers_of(db: sqlite3.Connection) -> tuple[str, ...]:
    """The tables that a rollback leaves as they are."""
    return tuple(table for table in tables_of(db) if is_ledger(table))


def restored_of(db: sqlite3.Connection) -> tuple[str, ...]:
    """The tables whose rows a rollback replaces."""
    return tuple(table for table in tables_of(db) if is_restored(table))


def copy_database(db: sqlite3.Connection, target: Path) -> Mapping[str, str]:
    """A consistent copy of the store at `target`, 0600, and the digest of every table as it is in the store.

    Raises sqlite3.Error or OSError; then nothing is left at `target`.
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with snapshot(db):
            digests = digest_tables(db, tables_of(db))
            with contextlib.closing(sqlite3.connect(target)) as copy:
                db.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return digests


def examine_copy(path: Path, expected: Mapping[str, str]) -> list[str]:
    """What is wrong with the copy at `path`: it is read as it is, and compared table by table."""
    try:
        with contextlib.closing(open_read_only(path, immutable=True)) as db:
            verdict = str(db.execute("PRAGMA integrity_check").fetchone()[0])
            if verdict != "ok":
                return [f"the database is damaged: {verdict}"]
            found = [f"a row of {row[0]} refers to none of {row[2]}" for row in db.execute("PRAGMA foreign_key_check")]
            now = digest_tables(db, tables_of(db))
    except sqlite3.Error as error:
        return [f"the database cannot be read: {error}"]
    found += [
        f"table {name} differs from when the point was made" for name in expected if now.get(name) != expected[name]
    ]
    return found + [f"table {name} was not there when the point was made" for name in now if name not in expected]
