"""A transaction is all or nothing, whatever ends it, and never keeps the lock."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mamctl.sqlite import open_read_only, snapshot, transaction


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "books #1?.db"


@pytest.fixture
def db(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("CREATE TABLE books (id INTEGER PRIMARY KEY)")
        db.execute("CREATE TABLE tags (book INTEGER REFERENCES books (id) DEFERRABLE INITIALLY DEFERRED)")
        yield db


def _count(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT (SELECT count(*) FROM books) + (SELECT count(*) FROM tags)").fetchone()[0])


def test_it_is_kept_when_the_block_ends_well(db):
    with transaction(db):
        db.execute("INSERT INTO books VALUES (1)")
    assert not db.in_transaction
    assert _count(db) == 1


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_it_is_undone_when_the_block_raises(db, error):
    def insert_and_fail() -> None:
        with transaction(db):
            db.execute("INSERT INTO books VALUES (1)")
            raise error

    with pytest.raises(error):
        insert_and_fail()
    assert not db.in_transaction
    assert _count(db) == 0


def test_it_is_undone_when_its_commit_fails(db):
    with pytest.raises(sqlite3.IntegrityError), transaction(db):
        db.execute("INSERT INTO tags VALUES (7)")
    assert not db.in_transaction
    assert _count(db) == 0


def test_the_first_error_is_shown_where_sqlite_has_undone_it_already(db):
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"), transaction(db):
        db.execute("INSERT OR ROLLBACK INTO books VALUES (1), (1)")
    assert _count(db) == 0


def test_a_commit_inside_it_is_a_mistake_that_shows(db):
    with pytest.raises(sqlite3.OperationalError, match="no transaction"), transaction(db):
        db.commit()


def test_no_other_may_write_from_its_first_moment(db, path):
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as other, transaction(db):
        with pytest.raises(sqlite3.OperationalError, match="locked"), transaction(other):
            pass
        assert not other.in_transaction


def test_a_snapshot_is_of_one_moment(db, path):
    db.execute("PRAGMA journal_mode = WAL")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        with snapshot(db):
            before = _count(db)
            other.execute("INSERT INTO books VALUES (1)")
            assert _count(db) == before
        assert _count(db) == before + 1


@pytest.mark.parametrize("immutable", [False, True])
def test_what_is_opened_for_reading_is_only_read(db, path, immutable):
    db.execute("INSERT INTO books VALUES (1)")
    with closing(open_read_only(path, immutable=immutable)) as reader:
        assert _count(reader) == 1
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader.execute("INSERT INTO books VALUES (2)")


def test_a_file_that_is_missing_is_not_made(tmp_path):
    with pytest.raises(sqlite3.OperationalError):
        open_read_only(tmp_path / "none.db")
    assert not list(tmp_path.iterdir())
