"""`mamctl abs check`: what differs between mamctl and Audiobookshelf, both ways."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import field
from html import unescape
from itertools import takewhile
from typing import Annotated, Any

import typer

from mamctl.cli.book_options import find_book
from mamctl.cli.command import command
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.shelf import open_shelf, placed_books
from mamctl.dataclass import dataclass
from mamctl.domain.library.abs_items import Match
from mamctl.domain.outcome import HIDDEN, Result, Rows
from mamctl.domain.problem import Problem
from mamctl.domain.text.quantities import count_of
from mamctl.jobs.audiobookshelf.shelf import Placed
from mamctl.output.kept import Kept
from mamctl.output.screen import Screen, Tone
from mamctl.regex import regex
from mamctl.store.catalogues.answers import all_books

app = typer.Typer()
_LONGEST = 60
_TAG = regex(r"</?[a-z][a-z0-9]*(?: [^<>]*)?/?>")
_BEFORE = 15
MOST = 40  # rows that a terminal shows


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
    the values that somebody set there, `differing` the books that differ.
    """

    books: Rows[BookView]
    differing: int = field(metadata=HIDDEN)
    unmatched: tuple[UnmatchedBook, ...]
    counts: dict[str, int]
    words: int


def render_check(screen: Screen, data: CheckData) -> None:
    """A line for each field that differs, and the counts; of many on a terminal how many of each field, and those that
    somebody set."""
    counted = Counter[tuple[str, bool]]()
    if screen.terminal and not screen.verbose:
        counted.update((one.field, one.whose == "somebody") for book in data.books for one in book.fields)
    many = counted.total() > MOST
    rows = (
        (
            book.book,
            one.field,
            *short_pair(one.ours, one.theirs),
            f"{set_by(one.whose)}, agreed" if one.agreed else set_by(one.whose),
        )
        for book in data.books
        for one in book.fields
        if not many or one.whose == "somebody"
    )
    if many:
        total = Counter(name for name, _ in counted.elements())
        screen.table(
            ("field", "values that differ", "set by someone there"),
            [(name, count, counted[name, True]) for name, count in total.most_common()],
            right=(1, 2),
        )
        values = count_of(counted.total(), "value differs", "values differ")
        screen.line(f"{values} in {count_of(data.differing, 'book')}; --verbose has each", Tone.DIM)
    if data.words if many else data.differing:
        screen.table(
            ("book", "field", "mamctl", "Audiobookshelf", "set by"),
            rows,
            optional=(4,),
            wrapped=(2, 3, 4),
            most=MOST,
        )
    elif not data.differing and data.counts.get(Match.ONE.value):  # of absent books nothing can be said
        screen.line("Nothing differs.", Tone.GOOD)
    render_words(screen, data.words)
    render_unmatched(screen, data.unmatched)


def render_words(screen: Screen, words: int) -> None:
    """How much of it is evidence."""
    if words:
        many = count_of(words, "value was set by someone there, and is", "values were set by someone there, and are")
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
    """The value as plain text; a description there is HTML."""
    if value in (None, "", []):
        return "–"
    text = ", ".join(_one(one) for one in value) if isinstance(value, list) else str(value)
    return " ".join(unescape(_TAG.sub(" ", text)).split())


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
    ids = all_books(runtime.store) if book is None else (find_book(runtime.store, book),)
    seen, books = SeenBooks(), Kept[BookView]()
    for one in seen.watch(placed_books(runtime, runtime.store, open_shelf(runtime), ids)):
        if one.item is not None and one.differences:
            books.add(_view(one.book.id, one.item.id, one))
    by_match = {match.value: seen.counts[match.value] for match in Match}
    data = CheckData(books.rows(), len(books), tuple(seen.unmatched), by_match, seen.words)
    return Result.of(data, tuple(seen.problems()))


def _view(book: int, item: str, placed: Placed) -> BookView:
    return BookView(
        book,
        item,
        tuple(
            FieldView(found.field, found.ours, found.theirs, found.whose, placed.is_agreed(found.field))
            for found in placed.differences
        ),
    )


@dataclass(slots=True)
class SeenBooks:
    """What is reported of all books that were looked for, when they themselves are gone: how many there are of each
    match, how many values somebody set there, the books that have no item of their own, and those that have one.
    """

    counts: Counter[str] = field(default_factory=Counter)
    words: int = 0
    unmatched: list[UnmatchedBook] = field(default_factory=list)
    matched: list[int] = field(default_factory=list)

    def watch(self, placed: Iterable[Placed]) -> Iterator[Placed]:
        """The same books, each noted when it is taken."""
        for one in placed:
            self.counts[one.match.value] += 1
            self.words += one.words
            if one.item is None:
                self.unmatched.append(UnmatchedBook(one.book.id, one.book.path, one.match.value))
            else:
                self.matched.append(one.book.id)
            yield one

    def problems(self) -> Iterator[Problem]:
        """One problem for all books that have no item of their own; one that is not there yet is left out."""
        split = [one.path for one in self.unmatched if one.match in (Match.PART, Match.SEVERAL)]
        if split:
            many = count_of(len(split), "book has", "books have")
            yield Problem(
                "abs_no_item",
                f"{many} no item of its own at Audiobookshelf: {split[0]}{' …' if len(split) > 1 else ''}",
                split[0],
                "Audiobookshelf splits folders by its own rules: see docs/audiobookshelf.md",
            )
        absent = self.counts[Match.NONE.value]
        if absent and absent == self.counts.total():
            yield Problem(
                "abs_none_there",
                "the book is not at Audiobookshelf"
                if absent == 1
                else f"none of the {absent} books is at Audiobookshelf",
                "audiobookshelf.path_map",
                "check that audiobookshelf.path_map gives the path of the files there, and scan the library",
            )
