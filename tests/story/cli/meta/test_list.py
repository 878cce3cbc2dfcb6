"""`meta list`: filters, what waits for you, and tables that keep ids whole on a narrow terminal."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mamctl.cli.commands.meta.list import ListData, Waiting, render_list
from mamctl.cli.field_values import spell_value
from mamctl.domain.catalogues.links import BookState, CatalogueAnswer, ChosenBy, Outcome
from mamctl.domain.library.problem_kinds import DOUBTFUL_BELOW
from mamctl.domain.metadata.observation import Field
from mamctl.domain.outcome import Late, Rows
from mamctl.domain.problem import Problem
from mamctl.domain.text.normalize import fold
from mamctl.output.columns import width
from mamctl.output.screen import Screen
from mamctl.practice.catalogue.make_world import make_world
from mamctl.store.catalogues.answers import save_answers
from mamctl.store.database import open_store
from mamctl.store.library.agreed import set_by_user
from mamctl.store.library.book_filter import BookFilter, matching_ids
from mamctl.store.library.book_lines import BookLines
from mamctl.store.library.book_list import ListedBook, list_books
from mamctl.store.library.problems import replace_problems
from tests.kit.stocked_library import stock_library
from tests.kit.terminal import on_terminal

BOOKS = 300
NOW = datetime.now(UTC)
ENDS = ("  matched", "  ambiguous", "  no match", "  ruled out", "  not asked")
KEYS = {
    "id", "path", "title", "authors", "narrators", "series", "year", "language", "asin", "isbn", "duration", "size",
    "files", "state", "reason", "records", "confidence", "verified", "missing", "problems",
}  # fmt: skip
JAPANESE = "塩の道と長い帰り道の物語、海辺の町から山の村まで歩いた人々の記録"


def answered(outcome: Outcome, by: ChosenBy = ChosenBy.SEARCH, record: str | None = None) -> list[CatalogueAnswer]:
    return [
        CatalogueAnswer(
            catalogue="audible", outcome=outcome, reason=f"because {outcome}", asked_at=NOW, chosen_by=by,
            record_id=record,
        )
    ]  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """300 books: 1–200 matched, 201–210 ambiguous, 211–215 unmatched, 216 ruled out, the others never asked about."""
    home = tmp_path_factory.mktemp("list")
    db = open_store(home / "mamctl.db")
    stock_library(db, make_world(BOOKS), NOW)
    for book in range(1, 201):
        save_answers(db, book, None, answered(Outcome.MATCH, record=f"B0{book:08}"))
    for book in range(201, 211):
        save_answers(db, book, None, answered(Outcome.AMBIGUOUS))
    for book in range(211, 216):
        save_answers(db, book, None, answered(Outcome.NONE))
    save_answers(db, 216, None, answered(Outcome.NONE, ChosenBy.USER))
    save_answers(db, 217, None, answered(Outcome.UNAVAILABLE))
    set_by_user(db, 1, Field.TITLE, JAPANESE, NOW)
    set_by_user(db, 1, Field.AUTHORS, ("Ódän Brûck",), NOW)
    db.execute("DELETE FROM agreed WHERE book_id = 2 AND field = 'authors'")
    db.execute("UPDATE agreed SET confidence = 0.3 WHERE book_id = 3 AND field = 'title'")
    replace_problems(db, [Problem("damaged_file", "it ends early", "x.m4b")], NOW, book_id=4)
    db.commit()
    db.close()
    (home / "mamctl.toml").write_text(f'[store]\npath = "{home}/mamctl.db"\n')
    return home


@pytest.fixture
def listed(mamctl: Callable[..., Any], home: Path) -> Callable[..., Any]:
    return lambda *words: mamctl("meta", "list", *words, "--config", f"{home}/mamctl.toml")


def ids(done: Any) -> list[int]:
    return sorted(book["id"] for book in done.data["books"])


def test_every_book_is_listed_with_the_counts_of_what_waits(listed) -> None:
    done = listed("--json")
    assert (done.code, done.data["total"], done.data["found"]) == (0, BOOKS, BOOKS)
    assert all(set(book) == KEYS for book in done.data["books"])
    assert done.data["waiting"] == {
        "matched": 200, "ambiguous": 10, "unmatched": 5, "ruled_out": 1, "not_asked": 84, "low_confidence": 2,
        "with_problems": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["--ambiguous"], range(201, 211)),
        (["--unmatched"], range(211, 216)),
        (["--unmatched", "--ambiguous"], range(201, 216)),
        (["--state", "ruled_out"], [216]),
        (["--low-confidence"], [2, 3]),
        (["--missing", "author"], [2]),
        (["--low-confidence", "--missing", "authors"], [2]),
        (["--ambiguous", "--missing", "title"], []),
        (["--author", "odan bruck"], [1]),
        (["長い帰り道"], [1]),
    ],
)
def test_filters_add_up(listed, words: list[str], found: list[int]) -> None:
    assert ids(listed(*words, "--json")) == list(found)


def test_a_series_a_missing_field_and_a_limit(listed) -> None:
    everything = listed("--json").data["books"]
    name = next(book["series"][0]["name"] for book in everything if book["series"])
    assert ids(listed("--series", name.upper(), "--json")) == sorted(
        book["id"] for book in everything if any(one["name"] == name for one in book["series"])
    )
    unread = listed("--missing", "narrators", "--limit", "3", "--json")
    assert unread.data["found"] == sum(not book["narrators"] for book in everything)
    assert [book["narrators"] for book in unread.data["books"]] == [[], [], []]


def test_what_is_not_a_field_or_a_state_is_refused(listed) -> None:
    assert "did you mean narrators?" in listed("--missing", "narratrs").err
    assert listed("--state", "lost").code == 2


def test_lines_of_json_come_without_an_envelope(listed) -> None:
    done = listed("--jsonl", "--ambiguous")
    books = [json.loads(line) for line in done.out.splitlines()]
    assert {book["id"] for book in books} == set(range(201, 211))
    assert all(set(book) == KEYS and book["reason"] == "because ambiguous" for book in books)


def test_the_end_names_the_command_that_helps(listed) -> None:
    text = listed("--ambiguous", "--limit", "2").out
    assert "10 of 300 books, the first 2 shown" in text
    assert "10 ambiguous → mamctl meta match --ambiguous" in text
    assert "5 without a match → mamctl meta list --unmatched" in text


@pytest.mark.parametrize("columns", [60, 80, 100])
def test_a_terminal_of_any_width_shows_a_book_a_line_with_its_id_whole(home: Path, columns: int) -> None:
    seen = on_terminal("meta", "list", "--limit", "0", "--config", f"{home}/mamctl.toml", columns=columns)
    assert seen.code == 0
    table = seen.lines[1 : BOOKS + 1]
    assert sorted(int(line.split()[0]) for line in table) == list(range(1, BOOKS + 1))
    assert max(map(width, seen.lines)) <= columns
    assert any("塩の道" in line and "…" in line for line in table)
    assert all(line.endswith(ENDS) for line in table)


def test_a_terminal_shows_the_first_books_and_says_how_to_see_the_others(home: Path) -> None:
    seen = on_terminal("meta", "list", "--config", f"{home}/mamctl.toml", columns=100)
    assert sum(line.endswith(ENDS) for line in seen.lines) == 200
    assert "300 books, the first 200 shown" in seen.lines
    assert "  --limit 0 lists all; words, --author, --series or --missing narrow the list" in seen.lines


def test_a_pipe_has_every_book_with_its_names_in_full(listed) -> None:
    out = listed().out
    assert JAPANESE in out
    assert sum(line.endswith(ENDS) for line in out.splitlines()) == BOOKS
    assert "--limit" not in out


def test_a_table_says_of_each_book_what_json_says(home: Path) -> None:
    with closing(open_store(home / "mamctl.db")) as db:
        books, lines = list(list_books(db)), list(BookLines(db, spell_value))
        for one, line in zip(books, lines, strict=True):
            shared = (one.id, one.path, one.title, one.duration, one.confidence, one.state)
            assert shared == (line.id, line.path, line.title, line.duration, line.confidence, line.state)
            names = (spell_value(one.authors), spell_value(one.series, "series"), spell_value(one.narrators))
            assert names == (line.authors, line.series, line.narrators)
        chosen = [book.id for book in books if not book.narrators]
        assert [line.id for line in BookLines(db, spell_value, chosen, 3)] == chosen[:3]
        assert [book.id for book in list_books(db, chosen)] == chosen


@pytest.mark.parametrize(
    "wanted",
    [
        BookFilter(missing=(Field.SERIES,)),
        BookFilter(missing=(Field.DURATION, Field.AUTHORS)),
        BookFilter(states=frozenset({BookState.NOT_ASKED, BookState.AMBIGUOUS})),
        BookFilter(low_confidence=True),
        BookFilter(author="odan BRUCK"),
        BookFilter(author="a", series="e", states=frozenset({BookState.MATCHED})),
        BookFilter(words=("THE", "a")),
        BookFilter(words=("塩の道", "odan")),
        BookFilter(missing=(Field.ISBN,), words=("of",)),
    ],
)
def test_a_filter_finds_the_books_that_a_look_at_each_finds(home: Path, wanted: BookFilter) -> None:
    def is_meant(book: ListedBook) -> bool:
        series = [one.name for one in book.series]
        text = fold(" ".join((book.title or "", *book.authors, *book.narrators, *series, book.path)))
        return (
            set(wanted.missing) <= set(book.missing)
            and (not wanted.states or book.state in wanted.states)
            and (not wanted.low_confidence or book.confidence < DOUBTFUL_BELOW)
            and (not wanted.author or any(fold(wanted.author) in fold(name) for name in book.authors))
            and (not wanted.series or any(fold(wanted.series) in fold(name) for name in series))
            and all(fold(word) in text for word in wanted.words)
        )

    with closing(open_store(home / "mamctl.db")) as db:
        meant = [book.id for book in list_books(db) if is_meant(book)]
        assert matching_ids(db, wanted) == meant
    assert len(meant) < BOOKS


def test_a_value_of_a_foreign_shape_is_a_failure_in_words_though_it_is_met_while_printing(listed, home: Path) -> None:
    with closing(open_store(home / "mamctl.db")) as db:
        book, value = db.execute("SELECT book_id, value FROM agreed WHERE field = 'series' LIMIT 1").fetchone()
        put = "UPDATE agreed SET value = ? WHERE field = 'series' AND book_id = ?"
        db.execute(put, ("[7]", book))
        db.commit()
        done = listed()
        db.execute(put, (value, book))
        db.commit()
    assert done.code == 1
    assert "a bug in mamctl: TypeError" in done.err


def test_large_numbers_have_their_thousands_apart(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    waiting = Waiting(45_953, 990, 2_557, 0, 1_490, 0, 0)
    with closing(open_store(home / "mamctl.db")) as db:
        lines = BookLines(db, spell_value)
        render_list(Screen(), ListData(50_000, 0, Rows(lambda: list_books(db)), Late(lambda: waiting), lines, 0, False))
    shown = capsys.readouterr().out
    assert "0 of 50,000 books" in shown
    assert "2,557 without a match" in shown


def test_an_empty_library_says_how_to_begin(mamctl, tmp_path: Path) -> None:
    (tmp_path / "mamctl.toml").write_text(f'[store]\npath = "{tmp_path}/mamctl.db"\n')
    assert "mamctl meta scan" in mamctl("meta", "list", "--config", f"{tmp_path}/mamctl.toml").out
