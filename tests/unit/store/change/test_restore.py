"""A point's rows put back: restored tables equal the point, ledgers equal what they were, a kill leaves nothing."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from mamctl.domain.change.ledgers import unclassified
from mamctl.store.change.restore import RestoreRefusedError, find_unheld, prepare_copy, restore_rows
from mamctl.store.change.tables import copy_database, digest_tables, examine_copy, ledgers_of, restored_of, tables_of
from mamctl.store.database import open_store
from mamctl.store.migrate import MIGRATIONS, migrate

AT = "2026-11-29T12:00:00Z"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(open_store(tmp_path / "mamctl.db")) as opened:
        fill(opened)
        yield opened


def fill(db: sqlite3.Connection) -> None:
    """A run, a book with a verified title and a sidecar, a wanted title, a purchase."""
    db.execute("INSERT INTO runs (id, job, started_at) VALUES (1, 'vip', ?)", (AT,))
    add_book(db, 1, "/library/one")
    db.execute(
        "INSERT INTO exports (path, book_id, sha256, written_at) VALUES ('/library/one/m.opf', 1, 'aa', ?)", (AT,)
    )
    db.execute(
        "INSERT INTO pending (id, title, author, added_at, auto_download, status)"
        " VALUES (1, 'A', 'B', ?, 0, 'pending')",
        (AT,),
    )
    buy(db, 1)


def add_book(db: sqlite3.Connection, number: int, path: str) -> None:
    db.execute(
        "INSERT INTO books (id, path, root, stamp, size, added_at, scanned_at, run_id)"
        " VALUES (?, ?, '/library', 's', 1, ?, ?, 1)",
        (number, path, AT, AT),
    )
    db.execute(
        "INSERT INTO person_edits (book_id, field, action, value, made_at) VALUES (?, 'title', 'verify', '\"A\"', ?)",
        (number, AT),
    )


def buy(db: sqlite3.Connection, number: int) -> None:
    db.execute(
        "INSERT INTO purchases (id, run_id, kind, window, state, claimed_at, price, ring_fence, points_before)"
        " VALUES (?, 1, 'vip', ?, 'confirmed', ?, 5000, 0, 60000)",
        (number, f"w{number}", AT),
    )


def rollback(db: sqlite3.Connection, tmp_path: Path, point: Path) -> None:
    prepare_copy(point, tmp_path / "aside.db")
    restore_rows(db, tmp_path / "aside.db", lambda: None)


@pytest.mark.spec("CHG-3")
def test_every_table_is_classified(db: sqlite3.Connection) -> None:
    assert unclassified(tables_of(db)) == ()


@pytest.mark.spec("CHG-3")
def test_restored_tables_equal_the_point_and_ledgers_what_they_were(db: sqlite3.Connection, tmp_path: Path) -> None:
    tables = copy_database(db, tmp_path / "point.db")
    db.execute("UPDATE pending SET title = 'changed'")
    add_book(db, 2, "/library/two")
    db.execute(
        "INSERT INTO exports (path, book_id, sha256, written_at) VALUES ('/library/two/m.opf', 2, 'bb', ?)", (AT,)
    )
    buy(db, 2)
    ledgers = digest_tables(db, (name for name in ledgers_of(db) if name != "exports"))
    rollback(db, tmp_path, tmp_path / "point.db")
    assert digest_tables(db, restored_of(db)) == {name: tables[name] for name in restored_of(db)}
    assert digest_tables(db, ledgers) == ledgers
    assert [row[0] for row in db.execute("SELECT path FROM exports")] == ["/library/one/m.opf"]
    assert [row[0] for row in db.execute("SELECT id FROM purchases ORDER BY id")] == [1, 2]
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    with pytest.raises(sqlite3.IntegrityError):  # what protects a user's edits protects them again
        db.execute("DELETE FROM person_edits")


def test_a_row_that_a_ledger_needs_stays(db: sqlite3.Connection, tmp_path: Path) -> None:
    db.execute("CREATE TABLE queue_sample (id INTEGER PRIMARY KEY, pending_id INTEGER REFERENCES pending (id)) STRICT")
    copy_database(db, tmp_path / "point.db")
    db.execute(
        "INSERT INTO pending (id, title, author, added_at, auto_download, status)"
        " VALUES (2, 'C', 'D', ?, 0, 'pending')",
        (AT,),
    )
    db.execute("INSERT INTO queue_sample VALUES (1, 2)")
    rollback(db, tmp_path, tmp_path / "point.db")
    assert [row[0] for row in db.execute("SELECT id FROM pending ORDER BY id")] == [1, 2]


def test_a_run_that_was_dropped_since_comes_back_for_the_book_that_names_it(
    db: sqlite3.Connection, tmp_path: Path
) -> None:
    db.execute("INSERT INTO runs (id, job, started_at) VALUES (2, 'meta.scan', ?)", (AT,))
    db.execute("UPDATE books SET run_id = 2")
    copy_database(db, tmp_path / "point.db")
    db.execute("UPDATE books SET run_id = NULL")
    db.execute("DELETE FROM runs WHERE id = 2")
    rollback(db, tmp_path, tmp_path / "point.db")
    assert db.execute("SELECT run_id FROM books").fetchone()[0] == 2


@pytest.mark.spec("CHG-4")
def test_an_error_in_the_middle_changes_nothing(db: sqlite3.Connection, tmp_path: Path) -> None:
    copy_database(db, tmp_path / "point.db")
    db.execute("UPDATE pending SET title = 'changed'")
    before = digest_tables(db, tables_of(db))
    prepare_copy(tmp_path / "point.db", tmp_path / "aside.db")

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore_rows(db, tmp_path / "aside.db", stop)
    assert digest_tables(db, tables_of(db)) == before
    assert db.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    restore_rows(db, tmp_path / "aside.db", lambda: None)  # and it can be done after all
    assert db.execute("SELECT title FROM pending").fetchone()[0] == "A"


def test_a_point_of_another_schema_is_brought_to_this_one(db: sqlite3.Connection, tmp_path: Path) -> None:
    db.execute('UPDATE runs SET "trigger" = NULL')
    migrate(db, None, 12)
    copy_database(db, tmp_path / "point.db")
    migrate(db, None)
    db.execute("UPDATE pending SET title = 'changed'")
    assert prepare_copy(tmp_path / "point.db", tmp_path / "aside.db") == 12
    restore_rows(db, tmp_path / "aside.db", lambda: None)
    assert db.execute("SELECT title FROM pending").fetchone()[0] == "A"


@pytest.mark.spec("CHG-3")
def test_an_older_schema_that_cannot_hold_a_ledger_is_named(db: sqlite3.Connection, tmp_path: Path) -> None:
    aside = tmp_path / "aside.db"
    assert find_unheld(db, len(MIGRATIONS), aside) == []
    assert find_unheld(db, MIGRATIONS.index("m0012_run_trigger"), aside) == []
    db.execute("UPDATE runs SET \"trigger\" = 'by_hand'")
    assert find_unheld(db, MIGRATIONS.index("m0012_run_trigger"), aside) == ["runs.trigger"]
    db.execute("INSERT INTO change_marks VALUES ('schema', '13', '{}', ?)", (AT,))
    assert "the rows of change_marks" in find_unheld(db, MIGRATIONS.index("m0036_change"), aside)


def test_damage_in_a_copy_is_found(db: sqlite3.Connection, tmp_path: Path) -> None:
    point = tmp_path / "point.db"
    tables = copy_database(db, point)
    assert examine_copy(point, tables) == []
    with contextlib.closing(sqlite3.connect(point)) as copy:
        copy.execute("UPDATE pending SET title = 'other'")
        copy.commit()
    assert examine_copy(point, tables) == ["table pending differs from when the point was made"]
    point.write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
    assert examine_copy(point, tables)[0].startswith("the database")


def test_ledgers_that_a_point_cannot_serve_refuse(db: sqlite3.Connection, tmp_path: Path) -> None:
    db.execute("CREATE TABLE queue_sample (id INTEGER PRIMARY KEY, file INTEGER REFERENCES files (id)) STRICT")
    copy_database(db, tmp_path / "point.db")
    add_book(db, 2, "/library/two")
    db.execute(
        "INSERT INTO files (id, book_id, position, path, size, mtime_ns, device, inode, links, sound)"
        " VALUES (7, 2, 0, 'a', 1, 1, 1, 1, 1, 'good')"
    )
    db.execute("INSERT INTO queue_sample VALUES (1, 7)")
    with pytest.raises(RestoreRefusedError, match="files would refer"):
        rollback(db, tmp_path, tmp_path / "point.db")
    assert db.execute("SELECT count(*) FROM books").fetchone()[0] == 2
