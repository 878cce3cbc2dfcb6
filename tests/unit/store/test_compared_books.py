"""What a comparison sees of a book, and the books of whose comparison nothing came."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mamctl.domain.metadata.observation import Field
from mamctl.domain.timestamps import timestamp
from mamctl.practice.catalogue.make_world import make_world
from mamctl.store.catalogues.compared import Compared, Known, load_compared, load_rows, save_compared
from mamctl.store.catalogues.drift import due_books
from mamctl.store.database import open_store
from mamctl.store.library.agreed import (
    load_agreed,
    load_observations,
    set_by_user,
    unverify_by_user,
    verify_by_user,
)
from mamctl.store.migrate import MIGRATIONS, migrate
from tests.kit.stocked_library import stock_library

NOW = datetime(2026, 3, 1, tzinfo=UTC)
_ANSWER = (
    "INSERT INTO catalogue_answers (book_id, catalogue, outcome, chosen_by, reason, record_id, title, score, series,"
    " asked_at) VALUES (1, 'audible', 'match', 'search', 'm', 'B000000001', 'T', 0.97, '[]', '2026-03-01T00:00:00Z')"
)
_TOLD = (
    "INSERT INTO drift_changes (drift_run_id, book_id, field, new, source, kind, reason, state, made_at)"
    " VALUES (1, 1, 'subtitle', '\"S\"', 'audible', 'safe', 'r', 'told', '2026-03-01T00:00:00Z')"
)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = open_store(tmp_path / "mamctl.db")
    stock_library(opened, make_world(3), NOW)
    opened.execute(_ANSWER)
    opened.execute("INSERT INTO drift_runs (id, begun_at) VALUES (1, '2026-03-01T00:00:00Z')")
    yield opened
    opened.close()


def state(db: sqlite3.Connection, rules: str = "rules") -> bytes:
    return load_rows(db, [1])[0].state(rules)


def test_the_rows_of_many_books_are_what_is_loaded_of_each(db):
    for rows in load_rows(db, [3, 1, 99, 2]):
        assert rows.observations() == load_observations(db, rows.book)
        assert rows.agreed() == load_agreed(db, rows.book)
    assert [rows.book for rows in load_rows(db, [3, 1, 99, 2])] == [3, 1, 2]
    assert load_rows(db, [1])[0].matched_ids() == {"audible": "B000000001"}
    assert load_rows(db, [2])[0].matched_ids() == {}


@pytest.mark.parametrize(
    "change",
    [
        lambda db: verify_by_user(db, 1, [Field.TITLE], NOW),
        lambda db: set_by_user(db, 1, Field.PUBLISHER, "My Own Press", NOW),
        lambda db: db.execute("UPDATE books SET duration = duration + 1 WHERE id = 1"),
        lambda db: db.execute("UPDATE observations SET value = '\"Other\"' WHERE book_id = 1 AND field = 'title'"),
        lambda db: db.execute("UPDATE observations SET confidence = 0.1 WHERE book_id = 1 AND field = 'title'"),
        lambda db: db.execute("DELETE FROM agreed WHERE book_id = 1 AND field = 'authors'"),
        lambda db: db.execute("UPDATE catalogue_answers SET record_id = 'B000000002'"),
        lambda db: db.execute("UPDATE catalogue_answers SET chosen_by = 'person'"),
        lambda db: db.execute("UPDATE catalogue_answers SET score = 0.5"),
        lambda db: db.execute(_TOLD),
    ],
)
def test_whatever_a_comparison_sees_makes_another_state(db, change: Callable[[sqlite3.Connection], object]):
    before, other = state(db), load_rows(db, [2])[0].state("rules")
    change(db)
    assert state(db) != before
    assert load_rows(db, [2])[0].state("rules") == other


def test_another_rule_makes_another_state_and_another_time_does_not(db):
    before = state(db)
    assert state(db, "other rules") != before
    db.execute("UPDATE observations SET seen_at = '2026-04-01T00:00:00Z'")
    db.execute("UPDATE catalogue_answers SET asked_at = '2026-04-01T00:00:00Z'")
    verify_by_user(db, 1, [Field.TITLE], NOW)
    unverify_by_user(db, 1, [Field.TITLE], NOW)
    assert state(db) == before


def test_what_nothing_came_of_is_kept_once_a_book_and_goes_with_it(db):
    known = {"audible": Known(b"\x00\xff", b"r"), "goodreads": Known(b"w", b"")}
    save_compared(db, [(1, Compared(b"old", {})), (2, Compared(b"s", known))])
    save_compared(db, [(1, Compared(b"new", known)), (99, Compared(b"gone meanwhile", {}))])
    states = {1: b"new", 2: b"s", 3: b"s", 99: b"gone meanwhile"}
    assert load_compared(db, states) == {1: Compared(b"new", known), 2: Compared(b"s", known)}
    assert set(load_compared(db, {1: b"old", 2: b"s"})) == {2}
    db.execute("DELETE FROM books WHERE id = 1")
    assert set(load_compared(db, states)) == {2}


def test_other_words_may_say_the_same():
    one = Compared(b"s", {"audible": Known(b"1", b"r")})
    assert one.same_records(Compared(b"s", {"audible": Known(b"2", b"r")}))
    for other in (
        Compared(b"t", one.answers),
        Compared(b"s", {"audible": Known(b"1", b"x")}),
        Compared(b"s", {}),
        Compared(b"s", {**one.answers, "goodreads": Known(b"1", b"r")}),
    ):
        assert not one.same_records(other)


def test_the_table_goes_and_comes_back_empty(db):
    save_compared(db, [(1, Compared(b"s", {}))])
    migrate(db, None, MIGRATIONS.index("m0041_compared_books"))
    names = {row[0] for row in db.execute("SELECT name FROM sqlite_master")}
    assert "compared_books" not in names
    migrate(db, None)
    assert load_compared(db, {1: b"s"}) == {}


@pytest.mark.spec("DRIFT-1")
@pytest.mark.parametrize(
    ("looked_at", "due"),
    [(None, True), (timedelta(days=-30), True), (timedelta(days=-29, hours=-23), False), (timedelta(0), False),
     (timedelta(days=4_000), True)],
)  # fmt: skip
def test_a_book_is_due_after_thirty_days_and_where_a_wrong_clock_dated_it(db, looked_at, due: bool):
    now = NOW + timedelta(days=100)
    if looked_at is not None:
        db.execute("INSERT INTO looked_at VALUES (1, ?, 1)", (timestamp(now + looked_at),))
    assert due_books(db, now - timedelta(days=30), now) == ((1,) if due else ())
    assert due_books(db, None, now) == (1,)
