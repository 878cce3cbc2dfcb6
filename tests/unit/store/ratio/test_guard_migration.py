"""The guard's journal moves to its new form and back with every row."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from mamctl.store.database import open_store
from mamctl.store.migrate import MIGRATIONS, migrate

BEFORE = MIGRATIONS.index("m0009_guard")
ROW = (
    "INSERT INTO torrent_journal (client, hash, name, emergency_id, role, phase, state_before, forced_before,"
    " tagged_before, reason, written_at) VALUES ('home', ?, 'A', 1, 'frozen', ?, 'downloading', 0, 0, 'r', 't')"
)


def schema(db: sqlite3.Connection) -> set[tuple[str, str]]:
    rows = db.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
    return {(row[0], " ".join(row[1].replace('"', "").split())) for row in rows}


def test_rows_survive_up_and_down(tmp_path: Path) -> None:
    db = open_store(tmp_path / "mamctl.db")
    try:
        newest = schema(db)
        db.execute(
            "INSERT INTO guard_transitions (follows, at, from_state, to_state, decided_by, reason)"
            " VALUES (0, 't', 'normal', 'emergency', 'guard', 'r')"
        )
        db.execute(ROW, ("a", "done"))
        db.execute(ROW, ("b", "held_back"))
        db.execute("UPDATE torrent_journal SET missing_since = 't' WHERE hash = 'a'")
        migrate(db, None, BEFORE)
        assert [tuple(row) for row in db.execute("SELECT hash, phase FROM torrent_journal ORDER BY id")] == [
            ("a", "done"),
            ("b", "done"),
        ]
        assert db.execute("SELECT count(*) FROM frozen_now").fetchone()[0] == 2
        migrate(db, None)
        assert schema(db) == newest
        assert db.execute("SELECT count(*), count(missing_since) FROM torrent_journal").fetchone()[:] == (2, 0)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    finally:
        db.close()
