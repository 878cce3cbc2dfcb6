"""The library's tables come and go again without a trace."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from mamctl.store.database import open_store
from mamctl.store.migrate import MIGRATIONS, migrate


def names(db: sqlite3.Connection) -> set[str]:
    return {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")}


def test_up_and_down_and_up_again(tmp_path: Path):
    db = open_store(tmp_path / "mamctl.db")
    try:
        before = names(db)
        assert {"books", "files", "observations", "agreed", "library", "agreed_guards_update"} <= before
        migrate(db, None, MIGRATIONS.index("m0003_library"))
        assert not {"books", "files", "observations", "agreed", "library", "agreed_guards_update"} & names(db)
        migrate(db, None)
        assert names(db) == before
    finally:
        db.close()
