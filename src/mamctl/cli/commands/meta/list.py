"""`mamctl meta list`: the books of the library, those that lack something, and what waits for you."""

from __future__ import annotations

import sqlite3
import sys
from dataclasses import asdict, field
from functools import lru_cache
from pathlib import PurePath
from typing import Annotated

import typer

from mamctl.cli.book_options import find_field
from mamctl.cli.command import command
from mamctl.cli.field_values import spell_value
from mamctl.cli.runtime import Runtime
from mamctl.dataclass import dataclass
from mamctl.domain.catalogues.links import BookState
from mamctl.domain.outcome import HIDDEN, Late, Result, Rows
from mamctl.domain.text.durations import spell_duration
from mamctl.domain.text.quantities import count_of
from mamctl.output.report import write_json_line
from mamctl.output.screen import Screen, Tone
from mamctl.store.library.book_filter import BookFilter, matching_ids
from mamctl.store.library.book_lines import BookCounts, BookLine, BookLines
from mamctl.store.library.book_list import ListedBook, list_books
from mamctl.store.library.summary import count_present

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
TERMINAL_LIMIT = 200
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
    """`total` books in the library, `found` of them by the filter; `books` are the first of these, up to --limit.

    A table has them as `lines`, `shown` in number; `by_default` is whether that is the limit of a terminal. What is
    `waiting` is counted after the lines, which tell most of it.
    """

    total: int
    found: int
    books: Rows[ListedBook]
    waiting: Late[Waiting]
    lines: BookLines = field(metadata=HIDDEN)
    shown: int = field(metadata=HIDDEN)
    by_default: bool = field(metadata=HIDDEN)


def render_list(screen: Screen, data: ListData) -> None:
    """A line for each book, then how many there are, and what waits for you."""
    if data.shown:
        screen.table(
            ("id", "title", "authors", "series", "narrators", "length", "sure", "catalogues"), map(_row, data.lines),
            right=(0, _LENGTH, _SURE), elastic=(_TITLE, _AUTHORS, _SERIES, _NARRATORS),
            optional=(_NARRATORS, _SURE, _SERIES, _LENGTH),
        )  # fmt: skip
    screen.line(_summary(data))
    if data.by_default and data.shown < data.found:
        screen.line("  --limit 0 lists all; words, --author, --series or --missing narrow the list", Tone.DIM)
    counts = asdict(data.waiting.find())
    for name, words, helps in _HELP:
        if counts[name]:
            screen.line(f"  {counts[name]:,} {words} → {helps}", Tone.DIM)


def _row(line: BookLine) -> tuple[object, ...]:
    key, path, title, authors, series, narrators, duration, confidence, state = line
    return (
        str(key),
        title or f"({PurePath(path).name})",
        authors,
        series,
        narrators,
        "–" if duration is None else spell_duration(duration),
        _percent(confidence),
        _WORDS[state],
    )


_percent = lru_cache(maxsize=1_024)("{:.0%}".format)


def _summary(data: ListData) -> str:
    if not data.total:
        return "The library is empty. → mamctl meta scan"
    books = count_of(data.total, "book")
    found = books if data.found == data.total else f"{data.found:,} of {books}"
    return found if data.shown == data.found else f"{found}, the first {data.shown:,} shown"


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
    limit: Annotated[
        int | None,
        typer.Option(min=0, help="Show at most N books; 0 shows all.", show_default="200 on a terminal"),
    ] = None,
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
    most = limit or None
    if jsonl:
        ids = None if wanted.is_everything else matching_ids(runtime.store, wanted)
        for book in list_books(runtime.store, ids, most):
            write_json_line(book)
        return Result(None)
    # Nobody reads thousands of lines on a terminal; a pipe, a file and JSON have everything.
    by_default = limit is None and not runtime.options.json and sys.stdout.isatty()
    return Result(_listing(runtime.store, wanted, TERMINAL_LIMIT if by_default else most, by_default=by_default))


def _listing(db: sqlite3.Connection, wanted: BookFilter, limit: int | None, *, by_default: bool) -> ListData:
    """The number of books; the books themselves are read when they are printed, at most `limit` of them."""
    total = count_present(db)
    ids = None if wanted.is_everything else matching_ids(db, wanted)
    found = total if ids is None else len(ids)
    if ids is not None and limit is not None:
        del ids[limit:]
    lines = BookLines(db, spell_value, ids, limit)
    return ListData(
        total=total,
        found=found,
        books=Rows(lambda: list_books(db, ids, limit)),
        waiting=Late(lambda: _waiting(lines.counts())),
        lines=lines,
        shown=found if limit is None else min(found, limit),
        by_default=by_default,
    )


def _waiting(counts: BookCounts) -> Waiting:
    return Waiting(
        **{state.value: count for state, count in counts.states.items()},
        low_confidence=counts.low_confidence,
        with_problems=counts.with_problems,
    )
