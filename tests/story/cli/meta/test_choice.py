"""`meta match` as a conversation at a real terminal, and what it does where nobody can be asked."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mamctl.domain.catalogues.links import CatalogueAnswer, Outcome
from mamctl.output.columns import width
from mamctl.practice.catalogue.faults import FaultKind
from mamctl.practice.catalogue.server import PracticeCatalogue
from mamctl.store.catalogues.answers import save_answers
from mamctl.store.database import open_store
from tests.kit.catalogue_world import world, write_config
from tests.kit.stocked_library import stock_library
from tests.kit.terminal import Seen, on_terminal

__all__ = ["world"]

ASK = "quit: "  # a narrow terminal breaks the line before it
NOW = datetime.now(UTC)
WORKS = 40


@pytest.fixture
def server(world):
    with PracticeCatalogue(world, share={}) as running:
        yield running


@pytest.fixture
def config(server, world, tmp_path: Path) -> Path:
    """Three books that the catalogues left in doubt."""
    path = write_config(tmp_path, server, "timeout = 60", 'order = ["audible", "itunes"]')
    with closing(open_store(tmp_path / "mamctl.db")) as db:
        stock_library(db, world, NOW)
        for book in (1, 2, 3):
            answer = CatalogueAnswer(catalogue="audible", outcome=Outcome.AMBIGUOUS, reason="two fit", asked_at=NOW)
            save_answers(db, book, None, [answer])
        db.commit()
    return path


@pytest.fixture
def talk(config: Path):
    def run(*words: str, answers: tuple[str, ...], columns: int = 80) -> Seen:
        typed = [(ASK, answer) for answer in answers]
        return on_terminal("meta", "match", *words, "--config", str(config), answers=typed, columns=columns)

    return run


def answers_in(config: Path) -> dict[int, set[tuple[str, str, str | None]]]:
    with closing(sqlite3.connect(config.parent / "mamctl.db")) as db:
        rows = db.execute("SELECT book_id, outcome, chosen_by, record_id FROM catalogue_answers").fetchall()
    return {book: {tuple(row[1:]) for row in rows if row[0] == book} for book in (1, 2, 3)}


def key_of(seen: Seen, number: int) -> str:
    line = next(line for line in seen.lines if line.startswith(f" {number}  "))
    return line.split()[1]


def books_in(seen: Seen) -> list[int]:
    """The books that were shown, in their order."""
    found = [re.match(r"book (\d+) \((\d) of 3\): ", line) for line in seen.lines]
    assert [int(one[2]) for one in found if one] == list(range(1, sum(map(bool, found)) + 1))
    return [int(one[1]) for one in found if one]


def test_a_number_chooses_the_record_with_what_tells_it_from_the_others(talk, config) -> None:
    seen = talk("1", answers=("1\n",))
    assert seen.code == 0, seen.text
    source, record = key_of(seen, 1).split(":")
    assert ("match", "person", record) in answers_in(config)[1]
    assert source in seen.text
    assert any("read by" in line for line in seen.lines)
    assert any("is the book; new values: " in line for line in seen.lines)


def test_none_skip_and_quit_are_kept_book_by_book(talk, config) -> None:
    seen = talk("--ambiguous", answers=("n\n", "s\n", "q\n"))
    assert seen.code == 0
    ruled_out, *others = books_in(seen)
    assert {(outcome, by) for outcome, by, _ in answers_in(config)[ruled_out]} == {("none", "person")}
    assert [answers_in(config)[book] for book in others] == [{("ambiguous", "search", None)}] * 2
    assert "1 ruled out, 1 passed over, 1 left" in seen.text


def test_what_is_not_an_answer_is_asked_again_and_the_end_of_the_input_quits(talk, config) -> None:
    seen = talk("--ambiguous", answers=("99\n", "yes\n", "\n", "\x04"))
    assert seen.code == 0
    assert seen.text.count("is not one of the choices") == 2
    assert "1 passed over, 2 left" in seen.text
    assert all(found == {("ambiguous", "search", None)} for found in answers_in(config).values())


def test_a_record_may_be_typed_and_all_candidates_be_seen(talk, config) -> None:
    first = talk("2", answers=("s\n",))
    key = key_of(first, 1)
    assert talk("2", answers=(f"{key}\n",)).code == 0
    assert ("match", "person", key.partition(":")[2]) in answers_in(config)[2]


def test_ctrl_c_ends_it_and_what_was_decided_stays(talk, config) -> None:
    seen = talk("--ambiguous", answers=("n\n", "\x03"))
    assert seen.code == 130
    assert {by for _, by, _ in answers_in(config)[books_in(seen)[0]]} == {"person"}


def test_a_dry_run_asks_and_keeps_nothing(talk, config) -> None:
    seen = talk("1", "--dry-run", answers=("1\n",))
    assert seen.code == 0
    assert "Dry run" in seen.text
    assert answers_in(config)[1] == {("ambiguous", "search", None)}


@pytest.mark.parametrize("columns", [60, 80])
def test_lines_fit_the_terminal_and_records_are_whole(talk, columns: int) -> None:
    seen = talk("1", answers=("s\n",), columns=columns)
    listed = [line for line in seen.lines if line[:4].strip().isdigit() or line.startswith("    ")]
    assert listed
    assert max(map(width, listed)) <= columns
    assert "…" not in key_of(seen, 1)


def test_without_a_terminal_nothing_is_asked_and_a_choice_is_needed(mamctl, config) -> None:
    done: Any = mamctl("meta", "match", "--ambiguous", "--config", str(config), "--json")
    books = [one["book"] for one in done.data["books"] if one["verdict"] == "ambiguous"]
    assert done.code == (3 if books else 0)
    needed = [one for one in done.json["problems"] if one["code"] == "choice_needed"]
    assert [one["subject"] for one in needed] == [str(book) for book in books]
    assert (done.data["chosen"], done.data["skipped"], done.data["left"]) == (0, 0, len(books))
    plain = mamctl("meta", "match", "1", "--config", str(config))
    assert plain.code == 0
    assert ASK not in plain.out


def test_json_at_a_terminal_asks_nothing(talk) -> None:
    seen = talk("1", "--json", answers=())
    assert seen.code == 0
    assert ASK not in seen.text


def test_a_catalogue_that_is_down_is_named_and_the_choice_goes_on(talk, server, config) -> None:
    server.behaviour.plan(FaultKind.PAGE, "itunes")
    seen = talk("1", answers=("1\n",))
    assert seen.code == 4
    assert "itunes" in seen.text
    assert any(by == "person" for _, by, _ in answers_in(config)[1])


def test_no_ambiguous_book_is_said(talk, config) -> None:
    with closing(sqlite3.connect(config.parent / "mamctl.db")) as db, db:
        db.execute("DELETE FROM catalogue_answers")
    seen = talk("--ambiguous", answers=())
    assert (seen.code, seen.lines) == (0, ["No book is ambiguous."])
