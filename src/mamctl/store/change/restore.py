"""A point's rows put back into the living store, in one transaction; the ledgers stay where they are.

Other connections see all of it or nothing, and a kill leaves nothing. That the restored tables equal the point and the
ledgers equal what they were is compared before the transaction ends.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from mamctl.dataclass import dataclass
from mamctl.domain.change.ledgers import is_ledger, is_restored
from mamctl.errors import StoreError
from mamctl.sqlite import open_read_only, transaction
from mamctl.store.change.tables import columns_of, digest_tables, ledgers_of, quoted, restored_of, tables_of
from mamctl.store.migrate import MIGRATIONS, migrate, schema_version

# Rows of these may be added (a run that the point still refers to) or dropped (a sidecar of a book that is not there).
_GROWS, _SHRINKS = "runs", "exports"


class RestoreRefusedError(StoreError):
    """The point cannot be restored without losing what must not be lost; nothing was changed."""

    code = "rollback_refused"


@dataclass(frozen=True, slots=True)
class _Reference:
    """A column of one table that names a row of another."""

    table: str
    column: str
    parent: str
    key: str


def prepare_copy(source: Path, target: Path) -> int:
    """Copy a point's database to `target` and bring the copy to the present schema; the schema that it had."""
    target.unlink(missing_ok=True)
    target.touch(mode=0o600)
    with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as copy:
        with contextlib.closing(open_read_only(source, immutable=True)) as point:
            point.backup(copy)
        copy.row_factory = sqlite3.Row
        version = schema_version(copy)
        migrate(copy, None)
        copy.execute("PRAGMA journal_mode = DELETE")
    return version


def restore_rows(db: sqlite3.Connection, copy: Path, settle: Callable[[], None]) -> None:
    """Replace the rows of every restored table by those of the copy, which has the present schema.

    `settle` runs inside the transaction, so that what it notes is true exactly when the rows are there. Raises
    RestoreRefusedError when the ledgers refer to something that cannot be kept, or when a comparison fails.
    """
    db.execute("ATTACH ? AS point", (str(copy),))
    db.execute("PRAGMA foreign_keys = OFF")  # no row may vanish because another one does
    try:
        with transaction(db):
            _swap(db)
            settle()
    finally:
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("DETACH point")


def _swap(db: sqlite3.Connection) -> None:
    tables = restored_of(db)
    kept = tuple(table for table in ledgers_of(db) if table not in (_GROWS, _SHRINKS))
    before = digest_tables(db, kept)
    runs = {tuple(row) for row in db.execute("SELECT * FROM runs")}
    triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for trigger in triggers:
        db.execute(f"DROP TRIGGER {quoted(trigger['name'])}")
    references = tuple(_references(db))
    _move_exports(db)
    with _needed_parents(db, references):
        for table in tables:
            names = ", ".join(map(quoted, columns_of(db, table)))
            db.execute(f"DELETE FROM main.{quoted(table)}")  # noqa: S608
            db.execute(
                f"INSERT INTO main.{quoted(table)} ({names}) SELECT {names} FROM point.{quoted(table)}"  # noqa: S608
            )
    _bring_runs(db, references)
    for trigger in triggers:
        db.execute(trigger["sql"])
    _prove(db, tables, before, runs)


def _move_exports(db: sqlite3.Connection) -> None:
    """Sidecars belong to the book at the same path; those of a book that is not there are left out."""
    same = "FROM point.books p JOIN main.books m ON m.path = p.path WHERE m.id = main.exports.book_id"
    db.execute(f"DELETE FROM main.exports WHERE NOT EXISTS (SELECT 1 {same})")  # noqa: S608
    db.execute(f"UPDATE main.exports SET book_id = (SELECT p.id {same})")  # noqa: S608


def _references(db: sqlite3.Connection) -> Iterator[_Reference]:
    for table in tables_of(db):
        for row in db.execute(f"PRAGMA main.foreign_key_list({quoted(table)})").fetchall():
            yield _Reference(table, row["from"], row["table"], row["to"] or "id")


@contextlib.contextmanager
def _needed_parents(db: sqlite3.Connection, references: tuple[_Reference, ...]) -> Iterator[None]:
    """Rows that a ledger refers to stay, where the point does not have them."""
    needed = [one for one in references if is_ledger(one.table) and is_restored(one.parent) and one.table != _SHRINKS]
    for number, one in enumerate(needed):
        db.execute(
            f"CREATE TEMP TABLE needed_{number} AS SELECT * FROM main.{quoted(one.parent)} WHERE {quoted(one.key)}"  # noqa: S608
            f" IN (SELECT {quoted(one.column)} FROM main.{quoted(one.table)})"
        )
    yield
    for number, one in enumerate(needed):
        db.execute(f"INSERT OR IGNORE INTO main.{quoted(one.parent)} SELECT * FROM temp.needed_{number}")  # noqa: S608
        db.execute(f"DROP TABLE temp.needed_{number}")


def _bring_runs(db: sqlite3.Connection, references: tuple[_Reference, ...]) -> None:
    """Runs that the restored rows refer to and that were dropped since for their age."""
    names = ", ".join(map(quoted, columns_of(db, _GROWS)))
    for one in references:
        if one.parent == _GROWS and is_restored(one.table):
            db.execute(
                f"INSERT INTO main.runs ({names}) SELECT {names} FROM point.runs WHERE id NOT IN"  # noqa: S608
                f" (SELECT id FROM main.runs) AND id IN (SELECT {quoted(one.column)} FROM main.{quoted(one.table)})"
            )


def _prove(
    db: sqlite3.Connection, tables: tuple[str, ...], before: dict[str, str], runs: set[tuple[object, ...]]
) -> None:
    broken = [str(row[0]) for row in db.execute("PRAGMA main.foreign_key_check")]
    if broken:
        raise _refused(f"rows of {', '.join(sorted(set(broken)))} would refer to what the point does not have")
    changed = [table for table, digest in digest_tables(db, before).items() if digest != before[table]]
    if changed or not runs <= {tuple(row) for row in db.execute("SELECT * FROM runs")}:
        raise _refused(f"{', '.join(changed) or _GROWS} would have changed, which is never rolled back")
    for table in tables:
        names = ", ".join(map(quoted, columns_of(db, table)))
        lost = db.execute(
            f"SELECT 1 FROM (SELECT {names} FROM point.{quoted(table)} EXCEPT"  # noqa: S608
            f" SELECT {names} FROM main.{quoted(table)}) LIMIT 1"
        ).fetchone()
        if lost:
            raise _refused(f"{table} would differ from the point")


def _refused(text: str) -> RestoreRefusedError:
    return RestoreRefusedError(
        f"the database cannot be restored: {text}; nothing was changed",
        remedy="restore another point, or the other parts alone with --only",
    )


def find_unheld(db: sqlite3.Connection, target: int, aside: Path) -> list[str]:
    """What an older schema could not hold of the ledgers, tried on a copy at `aside`; empty when it holds them all."""
    if target >= len(MIGRATIONS):
        return []
    aside.unlink(missing_ok=True)
    aside.touch(mode=0o600)
    try:
        with contextlib.closing(sqlite3.connect(aside, isolation_level=None)) as copy:
            db.backup(copy)
            copy.row_factory = sqlite3.Row
            migrate(copy, None, target)
            return list(_compare_older(db, copy))
    except sqlite3.IntegrityError as error:
        return [f"schema {target}: {error}"]
    finally:
        aside.unlink(missing_ok=True)


def _compare_older(db: sqlite3.Connection, older: sqlite3.Connection) -> Iterator[str]:
    there = set(tables_of(older))
    for table in ledgers_of(db):
        if table not in there:
            if db.execute(f"SELECT 1 FROM {quoted(table)} LIMIT 1").fetchone():  # noqa: S608
                yield f"the rows of {table}"
            continue
        kept = set(columns_of(older, table))
        for column in columns_of(db, table):
            held = f"SELECT 1 FROM {quoted(table)} WHERE {quoted(column)} IS NOT NULL LIMIT 1"  # noqa: S608
            if column not in kept and db.execute(held).fetchone():
                yield f"{table}.{column}"
        common = ", ".join(quoted(name) for name in columns_of(db, table) if name in kept)
        rows = f"SELECT {common} FROM {quoted(table)} ORDER BY {common}"  # noqa: S608
        if [tuple(row) for row in db.execute(rows)] != [tuple(row) for row in older.execute(rows)]:
            yield f"values of {table}"
