"""Every schema that was ever released: the data of a lived-in store goes down to it and comes up again."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from mamctl.store.change.tables import columns_of, quoted, tables_of
from mamctl.store.migrate import MIGRATIONS, migrate
from tests.story.jobs.change.conftest import Household

# What this migration made of several rows is one row: below it they are others, and as many come up again.
RESHAPED = {"m0011_reports": {"run_problems", "told", "exchange_counts"}}


def rows(db: sqlite3.Connection, table: str, columns: tuple[str, ...]) -> list[tuple[object, ...]]:
    names = ", ".join(map(quoted, columns))
    return [tuple(row) for row in db.execute(f"SELECT {names} FROM {quoted(table)} ORDER BY {names}")]


@pytest.mark.spec("CFG-2")
def test_every_released_schema_goes_down_and_up_with_its_data(shelved: Household, tmp_path: Path) -> None:
    world = shelved.client.world
    shelved.member.expire_in(days=10)
    shelved.member.points(190_000)
    shelved.call("vip", "pending", "add", "Another", "--author", "B")
    shelved.call("vip", "check")
    world.downloaded = world.uploaded * 2
    shelved.call("ratio", "watch")
    shelved.call("config", "set", "vip.min_points", "600")
    with shelved.member.store() as db:
        filled = [table for table in tables_of(db) if rows(db, table, columns_of(db, table))]
        assert len(filled) >= 25
        for target in range(1, len(MIGRATIONS)):
            changed = {name for step, names in RESHAPED.items() if MIGRATIONS.index(step) >= target for name in names}
            with contextlib.closing(sqlite3.connect(tmp_path / f"{target}.db", isolation_level=None)) as copy:
                db.backup(copy)
                migrate(copy, None, target)
                held = {
                    table: tuple(name for name in columns_of(db, table) if name in columns_of(copy, table))
                    for table in set(tables_of(copy)) - changed - {"_sqlite_migrations"}
                }
                for _ in range(2):  # down, and up again
                    for table, common in held.items():
                        assert rows(copy, table, common) == rows(db, table, common), (table, target)
                    assert copy.execute("PRAGMA foreign_key_check").fetchall() == []
                    migrate(copy, None)
