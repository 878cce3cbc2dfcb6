"""What is counted of the library in passes over whole tables agrees with a look at each book."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import chain, combinations, product
from pathlib import Path

import pytest

from mamctl.cli.field_values import spell_value
from mamctl.domain.catalogues.links import BookState, ChosenBy, Outcome
from mamctl.store.database import open_copy
from mamctl.store.library.book_lines import BookLines
from mamctl.store.library.book_list import list_books
from mamctl.store.library.summary import summarise_library

_AT = "2026-11-29T12:00:00Z"
# A match by your own word and one by a search count alike.
_ANSWERS = [(one, by) for one, by in product(Outcome, ChosenBy) if by is not ChosenBy.ASIN or one is Outcome.MATCH]


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_copy(tmp_path / "none")) as db:
        yield db


def add_book(db: sqlite3.Connection, number: int, *, gone: bool = False, **values: object) -> None:
    """A book with these agreed values, as certain as 0.5."""
    db.execute(
        "INSERT INTO books (id, path, root, stamp, duration, size, added_at, scanned_at, gone_at)"
        " VALUES (?, ?, '/library', 'x', 60, 2, ?, ?, ?)",
        (number, f"/library/{number:04}", _AT, _AT, _AT if gone else None),
    )
    for name, value in values.items():
        db.execute(
            "INSERT INTO agreed (book_id, field, value, confidence, source, reason, changed_at)"
            " VALUES (?, ?, ?, 0.5, 'tags', 'named', ?)",
            (number, name, json.dumps(value), _AT),
        )


def add_answer(
    db: sqlite3.Connection, book: int, catalogue: str, outcome: Outcome, by: ChosenBy = ChosenBy.SEARCH, **more: str
) -> None:
    db.execute(
        "INSERT INTO catalogue_answers (book_id, catalogue, outcome, chosen_by, reason, series, asked_at)"
        " VALUES (?, ?, ?, ?, '', ?, ?)",
        (book, catalogue, outcome.value, by.value, more.get("series", "[]"), _AT),
    )


def state_of(answers: set[tuple[Outcome, ChosenBy]]) -> BookState:
    """The rule in words: a match, else your own “none”, else several that fit, else none of them."""
    outcomes = {outcome for outcome, _ in answers}
    if Outcome.MATCH in outcomes:
        return BookState.MATCHED
    if (Outcome.NONE, ChosenBy.USER) in answers:
        return BookState.RULED_OUT
    if Outcome.AMBIGUOUS in outcomes:
        return BookState.AMBIGUOUS
    return BookState.UNMATCHED if Outcome.NONE in outcomes else BookState.NOT_ASKED


def test_the_state_of_a_book_is_the_same_in_counts_lines_and_lists(db: sqlite3.Connection) -> None:
    expected = []
    sets = chain.from_iterable(combinations(_ANSWERS, size) for size in range(3))
    for number, answers in enumerate(sets, 1):
        add_book(db, number)
        for catalogue, (outcome, by) in zip("ab", answers, strict=False):
            add_answer(db, number, catalogue, outcome, by)
        expected.append(state_of(set(answers)))
    add_book(db, 9_000, gone=True)
    add_answer(db, 9_000, "a", Outcome.MATCH)
    assert [book.state for book in list_books(db)] == expected
    assert [line.state for line in BookLines(db, spell_value)] == expected
    assert BookLines(db, spell_value).counts().states == dict.fromkeys(BookState, 0) | Counter(expected)


def test_an_empty_library_has_each_state_with_no_book(db: sqlite3.Connection) -> None:
    assert BookLines(db, spell_value).counts().states == dict.fromkeys(BookState, 0)
    assert summarise_library(db).complete == 0


@pytest.mark.parametrize("limit", [None, 5])
@pytest.mark.parametrize("ids", [None, [3, 4]])
def test_the_counts_are_those_of_the_whole_library_whatever_lines_were_read(
    db: sqlite3.Connection, limit: int | None, ids: list[int] | None
) -> None:
    for number, (outcome, by) in enumerate(_ANSWERS, 1):
        certain = {"title": "Salt", "authors": ["Mara Vell"]} if number % 3 else {"title": "Salt"}
        add_book(db, number, **certain)
        add_answer(db, number, "a", outcome, by)
    add_book(db, 9_000)
    add_book(db, 9_001, gone=True)
    add_answer(db, 9_001, "a", Outcome.MATCH)
    db.execute("INSERT INTO library_problems (book_id, code, message, found_at) VALUES (2, 'x', 'y', ?)", (_AT,))
    lines = BookLines(db, spell_value, ids, limit)
    before = lines.counts()
    assert len(list(lines)) == min(len(_ANSWERS) + 1 if ids is None else 2, limit or 9_000)
    assert lines.counts() == before
    assert sum(before.states.values()) == len(_ANSWERS) + 1
    assert before.low_confidence == len([None for number in range(1, len(_ANSWERS) + 1) if not number % 3]) + 1
    assert before.with_problems == 1


def test_certainty_is_that_of_the_less_certain_of_title_and_authors(db: sqlite3.Connection) -> None:
    add_book(db, 1, title="Salt", authors=["Mara Vell"])
    add_book(db, 2, title="Salt")
    add_book(db, 3, title="Salt", authors=["Mara Vell"])
    db.execute("UPDATE agreed SET confidence = 0.1 + 0.2 WHERE book_id = 1 AND field = 'authors'")
    db.execute(
        "INSERT INTO person_edits (id, book_id, field, action, made_at) VALUES (1, 3, 'title', 'verify', ?)", (_AT,)
    )
    db.execute("UPDATE agreed SET verified = 1, edit_id = 1 WHERE book_id = 3 AND field = 'title'")
    assert [book.confidence for book in list_books(db)] == [0.3, 0.0, 0.5]  # fifteen digits
    assert [round(line.confidence, 9) for line in BookLines(db, spell_value)] == [0.3, 0.0, 0.5]


def test_books_are_counted_as_enriched_and_as_complete(db: sqlite3.Connection) -> None:
    three = {"title": "Salt", "authors": ["Mara Vell"], "narrators": ["Una Fell"]}
    add_book(db, 1, **three)
    add_book(db, 2, **three, series=[{"name": "Lantern", "position": "1"}])
    add_book(db, 3, **three)  # in a series, by a catalogue's record, and without one
    add_book(db, 4, title="Salt", authors=["Mara Vell"], series=[], year=2011)
    add_book(db, 5, gone=True, **three)
    add_book(db, 6)
    add_answer(db, 2, "a", Outcome.MATCH, series='[["Lantern", "1"]]')
    add_answer(db, 3, "a", Outcome.MATCH, series='[["Lantern", "2"]]')
    add_answer(db, 1, "a", Outcome.NONE)
    found = summarise_library(db)
    assert (found.books, found.enriched, found.complete) == (5, 3, 2)
    assert (found.seconds, found.bytes) == (300, 10)
    assert found.narrators == {"tags": 3, None: 2}
