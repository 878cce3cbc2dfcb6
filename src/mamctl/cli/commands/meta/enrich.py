"""`mamctl meta enrich`: ask the catalogues about the books of the library, and merge what they answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import islice
from typing import Annotated

import typer

from mamctl.cli.book_options import find_book
from mamctl.cli.command import command
from mamctl.cli.field_values import spell_value
from mamctl.cli.format import number
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.catalogues import Connected, open_catalogues
from mamctl.dataclass import dataclass
from mamctl.domain.catalogues.links import Outcome
from mamctl.domain.metadata.observation import Field
from mamctl.domain.outcome import Result, Rows, Status
from mamctl.domain.problem import Problem
from mamctl.errors import UsageError
from mamctl.jobs.catalogues.ask import LookupPolicy
from mamctl.jobs.catalogues.enrich import EnrichFigures
from mamctl.jobs.catalogues.enrich import enrich as enrich_books
from mamctl.jobs.catalogues.record_result import Enriched
from mamctl.output.kept import Kept
from mamctl.output.progress import book_progress
from mamctl.output.screen import Screen
from mamctl.store.catalogues import answers as store
from mamctl.store.catalogues.answers import books_at, books_to_ask_about

app = typer.Typer()
_SHOWN_AMBIGUOUS = 100
_SHOWN = 40
_FEW = 3  # books of which every new value is shown
_LONGEST = 60
_NAMED = 3
# The fields that you look for first.
_FIRST = frozenset({Field.TITLE, Field.AUTHORS, Field.NARRATORS, Field.SERIES, Field.YEAR})


@dataclass(frozen=True, slots=True)
class EnrichData:
    """How many books were asked about and what came of it; `books` lists those with a change or without a match."""

    asked: int
    matched: int
    ambiguous: int
    none: int
    unavailable: int
    left: int
    changes: int
    requests: dict[str, int]
    keyless: tuple[str, ...]
    books: Rows[Enriched]


def render_enrich(screen: Screen, data: EnrichData) -> None:
    """The counts, then what is new: field by field for a few books, with --verbose a line a book for
    many; then what has no match."""
    if not data.asked:
        screen.line("No book to look up; --all looks every book up again.")
        return
    screen.pairs(
        [
            ("books looked up", number(data.asked)),
            ("matched", number(data.matched)),
            ("ambiguous", number(data.ambiguous)),
            ("not found", number(data.none)),
            *((("no catalogue answered", number(data.unavailable)),) if data.unavailable else ()),
            *((("left for the next run", number(data.left)),) if data.left else ()),
            (screen.choose("values changed", "values would change"), number(data.changes)),
            ("requests", ", ".join(f"{name} {count:,}" for name, count in data.requests.items()) or "none"),
            *((("skipped, no key configured", ", ".join(data.keyless)),) if data.keyless else ()),
        ]
    )
    if data.asked <= _FEW or screen.verbose:
        changed = (book for book in data.books if book.changes)
        if data.asked <= _FEW:
            _show_fields(screen, list(changed))
        else:
            _show_books(screen, changed)
    if data.none:
        unknown = islice((book for book in data.books if book.outcome is Outcome.NONE), _SHOWN)
        screen.heading("In no catalogue:")
        screen.table(("book", "title"), [(one.id, one.title or one.path) for one in unknown], right=(0,))
        _say_more(screen, data.none, "mamctl meta list --unmatched")


def _show_fields(screen: Screen, books: Sequence[Enriched]) -> None:
    rows = [
        (one.id, one.title or one.path, change.field, spell_value(change.new, change.field, _LONGEST), change.source)
        for one in books
        for change in one.changes
    ]
    if rows:
        headers = ("book", "title", "field", screen.choose("now", "would be"), "from")
        screen.table(headers, rows, right=(0,), optional=(1,))


def _show_books(screen: Screen, books: Iterator[Enriched]) -> None:
    rows = [
        (
            one.id,
            one.title or one.path,
            _fields(change.field for change in one.changes if change.old is None),
            _fields(change.field for change in one.changes if change.old is not None),
            ", ".join(one.records),
        )
        for one in islice(books, _SHOWN)
    ]
    if rows:
        headers = ("book", "title", "new", "changed", "records")
        screen.table(headers, rows, right=(0,), elastic=(1, 2, 3), optional=(4, 3))
    _say_more(screen, len(rows) + sum(1 for _ in books), "--json has them all")


def _say_more(screen: Screen, count: int, where: str) -> None:
    if count > _SHOWN:
        screen.line(f"… and {count - _SHOWN} more: {where}")


def _fields(changed: Iterable[Field]) -> str:
    """The fields that you look for first, and the number of the others."""
    named = sorted(changed, key=lambda field: (field not in _FIRST, list(Field).index(field)))
    more = len(named) - _NAMED
    return ", ".join(named[:_NAMED]) + (f" and {more} more" if more > 0 else "")


@command(app, "enrich", schema="mamctl.meta.enrich/1", render=render_enrich, dry_run=True)
def enrich(
    runtime: Runtime,
    books: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[BOOK]...", help="An id, a path, a folder of books, or a few words.", show_default=False
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every book, also those looked up before.")] = False,
    missing: Annotated[
        Field | None, typer.Option("--missing", metavar="FIELD", help="Books that lack this field.", show_default=False)
    ] = None,
) -> Result:
    """Look books up in the catalogues.

    What they answer is merged with what the files say. Without a choice: books that were never looked up, and for the
    others the catalogues that could not be reached then.
    """
    ids = _chosen(runtime, books or [], everything=everything, missing=missing)
    return run_enrichment(runtime, ids, frozenset({missing} if missing else ()))


def run_enrichment(
    runtime: Runtime, ids: tuple[int, ...] | None = None, wanted: frozenset[Field] = frozenset()
) -> Result:
    """Enrich these books in a separate run; None are those for which answers are still missing."""
    done = Kept[Enriched]()
    with runtime.run("meta.enrich") as run, open_catalogues(runtime) as connected:
        policy = _policy(runtime, wanted, only_unavailable=ids is None)
        ids = books_to_ask_about(run.db, connected.by_name) if ids is None else ids
        before = _asked(connected)
        with book_progress(len(ids), wanted=not runtime.options.quiet) as step:
            figures = enrich_books(
                run,
                ids,
                connected.catalogues,
                policy,
                trust=connected.trust,
                on_progress=_collect(runtime, done),
                step=step,
            )
        unclear = _ambiguous(done) if figures.outcomes[Outcome.AMBIGUOUS] else ()
        problems = (*figures.problems(), *unclear)
        status = _status(figures)
        data = _data(figures, done, dict(_asked(connected) - before), connected.keyless)
        error = next(iter(figures.outages.errors.values())) if status is Status.FAILED else None
        return run.finish(data, problems, status, error)


def _policy(runtime: Runtime, wanted: frozenset[Field], *, only_unavailable: bool) -> LookupPolicy:
    section = runtime.config.catalogues
    fresh_after = runtime.now() - timedelta(seconds=section.cache_ttl)
    return LookupPolicy(section.min_sources, wanted, only_unavailable=only_unavailable, fresh_after=fresh_after)


def _asked(connected: Connected) -> Counter[str]:
    return Counter({one.name: connected.counters(one.name)["asked"] for one in connected.catalogues})


def _chosen(runtime: Runtime, books: list[str], *, everything: bool, missing: Field | None) -> tuple[int, ...] | None:
    if sum((bool(books), everything, missing is not None)) > 1:
        raise UsageError("choose one of BOOK…, --all and --missing")
    if books:
        found = [number for text in books for number in _named(runtime, text)]
        return tuple(dict.fromkeys(found))
    if missing:
        return store.books_without(runtime.store, missing)
    return store.all_books(runtime.store) if everything else None


def _named(runtime: Runtime, text: str) -> tuple[int, ...]:
    return books_at(runtime.store, text) or (find_book(runtime.store, text),)


def _collect(runtime: Runtime, done: Kept[Enriched]) -> Callable[[Enriched], None]:
    """Keeps the books with a change or without a match; --verbose says each."""

    def collect(book: Enriched) -> None:
        runtime.log(f"{book.outcome.value}: {book.title or book.path} ({book.reason})")
        if book.changes or book.outcome is not Outcome.MATCH:
            done.add(book)

    return collect


def _data(
    figures: EnrichFigures, done: Kept[Enriched], requests: dict[str, int], keyless: tuple[str, ...]
) -> EnrichData:
    return EnrichData(
        asked=figures.books,
        matched=figures.outcomes[Outcome.MATCH],
        ambiguous=figures.outcomes[Outcome.AMBIGUOUS],
        none=figures.outcomes[Outcome.NONE],
        unavailable=figures.outcomes[Outcome.UNAVAILABLE],
        left=figures.left,
        changes=figures.changes,
        requests=requests,
        keyless=keyless,
        books=done.rows(),
    )


def _ambiguous(done: Kept[Enriched]) -> list[Problem]:
    unclear = (book for book in done if book.outcome is Outcome.AMBIGUOUS)
    return [
        Problem(
            "ambiguous_match",
            f"“{book.title or book.path}”: {book.reason}",
            book.path,
            f"choose the right one: mamctl meta match {book.id}",
        )
        for book in islice(unclear, _SHOWN_AMBIGUOUS)
    ]


def _status(figures: EnrichFigures) -> Status:
    if figures.books and figures.outcomes[Outcome.UNAVAILABLE] == figures.books and figures.outages.errors:
        return Status.FAILED
    if figures.outages.errors:
        return Status.PARTIAL
    return Status.ATTENTION if figures.outcomes[Outcome.AMBIGUOUS] else Status.OK
