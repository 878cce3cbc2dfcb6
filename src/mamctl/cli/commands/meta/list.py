"""`mamctl meta list`: the books of the library, those that lack something, and what waits for you."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import PurePath
from typing import Annotated

import typer

from mamctl.cli.command import command
from mamctl.cli.field_values import spell_value
from mamctl.cli.options import find_field
from mamctl.cli.runtime import Runtime
from mamctl.dataclass import dataclass
from mamctl.domain.catalogues.links import BookState
from mamctl.domain.metadata.observation import Field
from mamctl.domain.outcome import Result
from mamctl.domain.text.durations import spell_duration
from mamctl.output.report import write_json_line
from mamctl.output.screen import Screen, Tone
from mamctl.store.library.book_list import BookFilter, ListedBook, list_books

app = typer.Typer()
_WORDS = {
    BookState.MATCHED: "matched",
    BookState.AMBIGUOUS: "ambiguous",
    BookState.UNMATCHED: "no match",
    BookState.RULED_OUT: "ruled out",
    BookState.NOT_ASKED: "not asked",
}
# What waits for you, in this order, and the command that helps.
_HELP = (
    ("ambiguous", "ambiguous", "mamctl meta match --ambiguous"),
    ("unmatched", "without a match", "mamctl meta list --unmatched"),
    ("low_confidence", "uncertain", "mamctl meta list --low-confidence"),
    ("with_problems", "with problems", "mamctl meta problems"),
    ("not_asked", "not looked up yet", "mamctl meta enrich"),
)
_TITLE, _AUTHORS, _SERIES, _NARRATORS, _LENGTH, _SURE = 1, 2, 3, 4, 5, 6


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many books of the whole library are in each state, and how many need a look for another reason."""

    matched: int
    ambiguous: int
    unmatched: int
    ruled_out: int
    not_asked: int
    low_confidence: int
    with_problems: int


@dataclass(frozen=True, slots=True)
class ListData:
    """`total` books in the library, `found` of them by the filter; `books` are the first of these, up to --limit."""

    total: int
    found: int
    books: tuple[ListedBook, ...]
    waiting: Waiting


def render_list(screen: Screen, data: ListData) -> None:
    """A line for each book, then how many there are, and what waits for you."""
    rows = [
        (
            one.id,
            one.title or f"({PurePath(one.path).name})",
            ", ".join(one.authors) or "–",
            spell_value(one.series, Field.SERIES),
            ", ".join(one.narrators) or "–",
            "–" if one.duration is None else spell_duration(one.duration),
            f"{one.confidence:.0%}",
            _WORDS[one.state],
        )
        for one in data.books
    ]
    if rows:
        screen.table(
            ("id", "title", "authors", "series", "narrators", "length", "sure", "catalogues"), rows,
            right=(0, _LENGTH, _SURE), elastic=(_TITLE, _AUTHORS, _SERIES, _NARRATORS),
            optional=(_NARRATORS, _SURE, _SERIES, _LENGTH),
        )  # fmt: skip
    screen.line(_summary(data))
    counts = asdict(data.waiting)
    for name, words, helps in _HELP:
        if counts[name]:
            screen.line(f"  {counts[name]} {words} → {helps}", Tone.DIM)


def _summary(data: ListData) -> str:
    if not data.total:
        return "The library is empty. → mamctl meta scan"
    books = f"{data.total:,} book{'' if data.total == 1 else 's'}"
    found = books if data.found == data.total else f"{data.found:,} of {books}"
    return found if len(data.books) == data.found else f"{found}, the first {len(data.books):,} shown"


@command(app, "list", schema="mamctl.meta.list/1", render=render_list)
def list_(
    runtime: Runtime,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[WORD]...", help="Words of title, people, series or path.")
    ] = None,
    missing: Annotated[
        list[str] | None, typer.Option(metavar="FIELD", help="Without this field; may be repeated.")
    ] = None,
    state: Annotated[
        list[BookState] | None, typer.Option(help="In this state with the catalogues.", show_default=False)
    ] = None,
    unmatched: Annotated[bool, typer.Option("--unmatched", help="Looked up, and in no catalogue.")] = False,
    ambiguous: Annotated[bool, typer.Option("--ambiguous", help="Several records fit.")] = False,
    low_confidence: Annotated[bool, typer.Option("--low-confidence", help="Uncertain title or authors.")] = False,
    author: Annotated[str, typer.Option(metavar="NAME", help="By this author, or part of the name.")] = "",
    series: Annotated[str, typer.Option(metavar="NAME", help="Of this series, or part of the name.")] = "",
    limit: Annotated[int | None, typer.Option(min=1, help="Show no more books.", show_default=False)] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Print one line of JSON per book.")] = False,
) -> Result:
    """List the books, and what waits for you.

    Filters add up: a book is listed when all of them hold; of several states, one. No request is made, and
    nothing is changed.
    """
    states = {*(state or ()), *((BookState.UNMATCHED,) if unmatched else ())}
    states |= {BookState.AMBIGUOUS} if ambiguous else set()
    wanted = BookFilter(
        missing=tuple(find_field(name) for name in missing or ()),
        states=frozenset(states),
        low_confidence=low_confidence,
        author=author,
        series=series,
        words=tuple(words or ()),
    )
    books = list_books(runtime.store)
    if jsonl:
        for book in islice(filter(wanted.admits, books), limit):
            write_json_line(book)
        return Result(None)
    return Result(_listing(books, wanted, limit))


def _listing(books: Iterator[ListedBook], wanted: BookFilter, limit: int | None) -> ListData:
    """The books that are shown, and the counts over all of them."""
    counts: Counter[str] = Counter()
    shown: list[ListedBook] = []
    for book in books:
        counts.update(_counted(book))
        if wanted.admits(book):
            counts["found"] += 1
            if limit is None or len(shown) < limit:
                shown.append(book)
    waiting = Waiting(**{name: counts[name] for name in Waiting.__dataclass_fields__})
    return ListData(counts["total"], counts["found"], tuple(shown), waiting)


def _counted(book: ListedBook) -> dict[str, object]:
    return {"total": 1, book.state.value: 1, "low_confidence": book.is_uncertain, "with_problems": bool(book.problems)}
