"""The store: private, migrated under a lock with a backup, reversible, and clear about what is wrong with it."""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor, wait
from importlib.resources import files
from pathlib import Path

import pytest

from mamctl.errors import StoreError
from mamctl.store.account.purchases import Intent, RingFencedError, claim_purchase
from mamctl.store.database import open_copy, open_store
from mamctl.store.migrate import MIGRATIONS, migrate, schema_text, schema_version
from mamctl.store.runs import begin_run
from tests.kit.practice_fixtures import NOW


def schema(db: sqlite3.Connection) -> list[tuple[str, str]]:
    query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE '%sqlite_%' ORDER BY name"
    return [tuple(row) for row in db.execute(query)]


def test_a_new_store_is_private_strict_and_at_the_newest_schema(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "mamctl.db"
    db = open_store(path)
    assert schema_version(db) == len(MIGRATIONS)
    assert path.stat().st_mode & 0o777 == 0o600
    assert db.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    tables = [sql for name, sql in schema(db) if sql.startswith("CREATE TABLE")]
    assert tables
    assert all("STRICT" in sql.upper() for sql in tables)
    with pytest.raises(sqlite3.IntegrityError):
        db.execute("INSERT INTO runs (job, started_at) VALUES (1, ?)", (b"x",))
    db.close()


@pytest.mark.spec("CFG-2")
def test_every_migration_goes_down_and_up_again_with_a_backup_before(tmp_path: Path) -> None:
    path = tmp_path / "mamctl.db"
    db = open_store(path)
    newest = schema(db)
    run = begin_run(db, "vip", NOW)
    for version in reversed(range(len(MIGRATIONS))):
        backup = migrate(db, path, version)
        assert schema_version(db) == version
        assert backup is not None
        assert backup.stat().st_mode & 0o777 == 0o600
        with sqlite3.connect(backup) as copy:
            assert schema_version(copy) == version + 1
            assert copy.execute("SELECT id FROM runs").fetchone()[0] == run
        copy.close()
    assert schema(db) == []
    migrate(db, path)
    assert schema(db) == newest
    db.close()


@pytest.mark.spec("CFG-2")
def test_a_failing_migration_leaves_everything_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    db = open_store(tmp_path / "mamctl.db")
    migrate(db, tmp_path / "mamctl.db", len(MIGRATIONS) - 1)
    before = schema(db)
    db.close()
    last = importlib.import_module(f"mamctl.store.migrations.{MIGRATIONS[-1]}")

    def half(db) -> None:
        db.execute("CREATE TABLE half (a)")
        raise RuntimeError("the disk died")

    monkeypatch.setattr(last, "up", half)
    with pytest.raises(RuntimeError, match="the disk died"):
        open_store(tmp_path / "mamctl.db")
    db = sqlite3.connect(tmp_path / "mamctl.db")
    assert schema_version(db) == len(MIGRATIONS) - 1
    assert schema(db) == before
    db.close()


def test_a_new_database_is_what_all_migrations_make(tmp_path: Path) -> None:
    db = open_store(tmp_path / "mamctl.db")
    applied = [name for (name,) in db.execute("SELECT name FROM _sqlite_migrations ORDER BY id")]
    assert applied == list(MIGRATIONS)
    assert (files("mamctl.store") / "schema.sql").read_text("utf-8") == schema_text()
    db.close()


def _open(path: str) -> int:
    db = open_store(Path(path))
    version = schema_version(db)
    db.close()
    return version


@pytest.mark.spec("CFG-2")
def test_four_processes_may_migrate_at_once(tmp_path: Path) -> None:
    new, old, version = tmp_path / "new.db", tmp_path / "old.db", len(MIGRATIONS) - 1
    with contextlib.closing(open_store(old)) as db:
        migrate(db, None, version)
        db.execute("CREATE TABLE large (content)")  # so that its backup takes a moment
        db.executemany("INSERT INTO large VALUES (?)", [(bytes(100_000),)] * 100)
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        for path in (new, old):
            assert pool.map(_open, [str(path)] * 8) == [len(MIGRATIONS)] * 8
    (backup,) = tmp_path.glob("*.bak*")
    with contextlib.closing(sqlite3.connect(backup)) as copy:
        assert schema_version(copy) == version


def test_a_database_of_a_newer_mamctl_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mamctl.db"
    db = open_store(path)
    db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    db.close()
    with pytest.raises(StoreError, match="knows only") as caught:
        open_store(path)
    assert (caught.value.remedy or "").startswith("use the newer mamctl, or restore the backup that it made before (")
    for version in (1, len(MIGRATIONS) - 1, len(MIGRATIONS) + 1):
        (tmp_path / f"mamctl.db.schema-{version}.bak").touch()
    with pytest.raises(StoreError) as caught:
        open_store(path)
    assert f"restore {tmp_path}/mamctl.db.schema-{len(MIGRATIONS) - 1}.bak (" in (caught.value.remedy or "")


def test_a_newer_mamctl_that_migrates_first_is_not_undone(tmp_path: Path) -> None:
    path, newer = tmp_path / "mamctl.db", len(MIGRATIONS) + 1
    with contextlib.closing(open_store(path)) as db, ThreadPoolExecutor(1) as pool:
        migrate(db, None, len(MIGRATIONS) - 1)
        db.execute("BEGIN IMMEDIATE")
        older = pool.submit(open_store, path)
        wait([older], timeout=0.5)  # by then it has seen the old schema, and waits for the lock
        db.execute(f"PRAGMA user_version = {newer}")
        db.execute("COMMIT")
        with pytest.raises(StoreError, match="knows only"):
            older.result()
        assert schema_version(db) == newer
    assert not list(tmp_path.glob("*.bak"))


@pytest.mark.parametrize(
    "content", [b"this is no database at all, but text" * 100, b"SQLite format 3\0" + b"\xff" * 4096]
)
def test_a_corrupted_database_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mamctl.db"
    path.write_bytes(content)
    with pytest.raises(StoreError) as caught:
        open_store(path)
    assert "backup" in (caught.value.remedy or "")
    with pytest.raises(StoreError):
        open_copy(path)


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        open_store(tmp_path / "file" / "mamctl.db")


def test_permissions_that_became_loose_are_tightened(tmp_path: Path) -> None:
    path = tmp_path / "mamctl.db"
    open_store(path).close()
    os.chmod(path, 0o644)  # noqa: PTH101
    open_store(path).close()
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("kind", ["folder", "pipe", "link to a device"])
def test_what_is_no_file_keeps_its_mode_and_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "store"
    if kind == "folder":
        path.mkdir(mode=0o755)
    elif kind == "pipe":
        os.mkfifo(path, 0o644)
    else:
        os.mkfifo(tmp_path / "device", 0o644)
        path.symlink_to(tmp_path / "device")
    before = path.stat().st_mode
    for opener in (open_store, open_copy):
        with pytest.raises(StoreError, match="not a file") as refused:
            opener(path)
        assert "store.path" in (refused.value.remedy or "")
    assert path.stat().st_mode == before


def test_a_copy_in_memory_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "mamctl.db"
    open_store(path).close()
    copy = open_copy(path)
    begin_run(copy, "vip", NOW)
    copy.close()
    db = open_store(path)
    assert db.execute("SELECT count(*) FROM runs").fetchone()[0] == 0
    db.close()


@pytest.mark.spec("VIP-9")
def test_the_database_refuses_other_spending_below_the_next_renewal(tmp_path: Path) -> None:
    db = open_store(tmp_path / "mamctl.db")
    run = begin_run(db, "vip", NOW)
    with pytest.raises(RingFencedError, match="next VIP renewal"):
        claim_purchase(db, run, Intent("upload", "u1", 25_000, 36_000, 11_215), NOW)
    assert claim_purchase(db, run, Intent("upload", "u1", 24_000, 36_000, 11_215), NOW)
    db.close()
