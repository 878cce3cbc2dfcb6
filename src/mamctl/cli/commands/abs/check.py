"""`mamctl abs check`: what differs between mamctl and Audiobookshelf, both ways."""

from __future__ import annotations

import json
from collections import Counter
from itertools import takewhile
from typing import Annotated, Any

import typer

from mamctl.cli.command import command
from mamctl.cli.options import find_book
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.shelf import open_shelf, read_by_server, shelf_place
from mamctl.dataclass import dataclass
from mamctl.domain.library.abs_items import Match
from mamctl.domain.outcome import Result
from mamctl.domain.problem import Problem
from mamctl.jobs.audiobookshelf.shelf import Placed, place_books
from mamctl.output.screen import Screen, Tone
from mamctl.store.library.book_search import all_books

app = typer.Typer()
_LONGEST = 60
_BEFORE = 15


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field that differs in meaning; the values are as Audiobookshelf has them. `whose` is who stands behind theirs:
    nobody, files, mamctl or somebody; `agreed` is whether mamctl agrees with what somebody set there, `ours` being what
    it would say without.
    """

    field: str
    ours: Any
    theirs: Any
    whose: str
    agreed: bool


@dataclass(frozen=True, slots=True)
class BookView:
    """A book with its item there, and what differs."""

    book: int
    item: str
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True)
class UnmatchedBook:
    """A book that has no item of its own: none, part or several."""

    book: int
    path: str
    match: str


@dataclass(frozen=True, slots=True)
class CheckData:
    """The books that differ, those without an item of their own, and how many of each match there are; `words` counts
    the values that somebody set there.
    """

    books: tuple[BookView, ...]
    unmatched: tuple[UnmatchedBook, ...]
    counts: dict[str, int]
    words: int


def render_check(screen: Screen, data: CheckData) -> None:
    """A line for each field that differs, and the counts."""
    rows = [
        (
            book.book,
            one.field,
            *short_pair(one.ours, one.theirs),
            f"{set_by(one.whose)}, agreed" if one.agreed else set_by(one.whose),
        )
        for book in data.books
        for one in book.fields
    ]
    if rows:
        screen.table(("book", "field", "mamctl", "Audiobookshelf", "set by"), rows, optional=(4,), wrapped=(2, 3, 4))
    elif data.counts.get(Match.ONE.value):  # of books that are not there nothing can be said
        screen.line("Nothing differs.", Tone.GOOD)
    render_words(screen, data.words)
    render_unmatched(screen, data.unmatched)


def render_words(screen: Screen, words: int) -> None:
    """How much of it is evidence."""
    if words:
        many = (
            "1 value was set by someone there, and is"
            if words == 1
            else f"{words} values were set by someone there, and are"
        )
        screen.line(f"{many} evidence here: see mamctl meta show BOOK --evidence", Tone.DIM)


def render_unmatched(screen: Screen, unmatched: tuple[UnmatchedBook, ...]) -> None:
    """The books without an item of their own, and why."""
    for one in unmatched[:20]:
        screen.line(f"{WHY[one.match]}: {one.path}", Tone.DIM)
    if len(unmatched) > 20:
        screen.line(f"… and {len(unmatched) - 20} more", Tone.DIM)


WHY = {
    Match.NONE.value: "not there",
    Match.PART.value: "its item contains other files too, or lacks some",
    Match.SEVERAL.value: "several items contain its files",
}


def short_pair(first: Any, second: Any) -> tuple[str, str]:
    """Two values of one field as a table shows them: what they have in common is cut before what differs."""
    texts = _text(first), _text(second)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*texts, strict=False)))
    begin = max(0, same - _BEFORE) if same > _LONGEST - _BEFORE else 0
    return _cut(texts[0], begin), _cut(texts[1], begin)


def _text(value: Any) -> str:
    if value in (None, "", []):
        return "–"
    text = ", ".join(_one(one) for one in value) if isinstance(value, list) else str(value)
    return " ".join(text.split())


def set_by(whose: str | None) -> str:
    """Who set a value there, as a table shows it."""
    return {None: "–", "nobody": "–", "somebody": "someone there"}.get(whose) or str(whose)


def _one(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    place = value.get("sequence")
    return f"{value.get('name')} #{place}" if place else str(value.get("name", json.dumps(value)))


def _cut(text: str, begin: int) -> str:
    text = f"…{text[begin:]}" if begin else text
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


@command(app, "check", schema="mamctl.abs.check/1", render=render_check)
def check(
    runtime: Runtime,
    book: Annotated[
        str | None, typer.Argument(metavar="[BOOK]", help="An id, a path, or words of the title; else all.")
    ] = None,
) -> Result:
    """Show what differs at Audiobookshelf, and who set it there.

    Nothing is changed there. What somebody set there becomes evidence here, below what you verified.
    """
    ids = [found.id for found in all_books(runtime.store)] if book is None else [find_book(runtime.store, book)]
    placed = tuple(placed_books(runtime, ids))
    return Result.of(check_data(placed), tuple(unmatched_problems(placed)))


def placed_books(runtime: Runtime, ids: list[int]) -> tuple[Placed, ...]:
    """These books with their items."""
    shelf = open_shelf(runtime)
    place = shelf_place(runtime, shelf)
    return tuple(place_books(runtime.store, shelf, place, read_by_server(runtime.store), ids, runtime.now()))


def check_data(placed: tuple[Placed, ...]) -> CheckData:
    """The data of a comparison."""
    books = tuple(
        BookView(
            one.book.id,
            one.item.id,
            tuple(
                FieldView(found.field, found.ours, found.theirs, found.whose, one.is_agreed(found.field))
                for found in one.differences
            ),
        )
        for one in placed
        if one.item is not None and one.differences
    )
    counts = Counter(one.match.value for one in placed)
    by_match = {match.value: counts[match.value] for match in Match}
    return CheckData(books, unmatched_books(placed), by_match, sum(one.words for one in placed))


def unmatched_books(placed: tuple[Placed, ...]) -> tuple[UnmatchedBook, ...]:
    """The books that have no item of their own."""
    return tuple(UnmatchedBook(one.book.id, one.book.path, one.match.value) for one in placed if one.item is None)


def unmatched_problems(placed: tuple[Placed, ...]) -> list[Problem]:
    """One problem for all books that have no item of their own; a book that is not there yet is none of them."""
    split = [one for one in placed if one.match in (Match.PART, Match.SEVERAL)]
    absent = [one for one in placed if one.match is Match.NONE]
    found = []
    if split:
        many = "1 book has" if len(split) == 1 else f"{len(split)} books have"
        found.append(
            Problem(
                "abs_no_item",
                f"{many} no item of its own at Audiobookshelf: {split[0].book.path}{' …' if len(split) > 1 else ''}",
                split[0].book.path,
                "Audiobookshelf splits folders by its own rules: see docs/audiobookshelf.md",
            )
        )
    if absent and len(absent) == len(placed):
        found.append(
            Problem(
                "abs_none_there",
                "the book is not at Audiobookshelf"
                if len(absent) == 1
                else f"none of the {len(absent)} books is at Audiobookshelf",
                "audiobookshelf.path_map",
                "check that audiobookshelf.path_map gives the path of the files there, and scan the library",
            )
        )
    return found
