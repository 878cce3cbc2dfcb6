"""`mamctl meta enrich`: what the world's catalogues say of the library's books."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mamctl.cli.command import command
from mamctl.cli.connect_catalogues import Connected, connect_catalogues
from mamctl.cli.runtime import Runtime
from mamctl.domain.observation import Field
from mamctl.domain.problem import Problem
from mamctl.errors import UsageError
from mamctl.output.report import Result, Status
from mamctl.output.screen import Screen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mamctl.jobs.catalogue_hearing import HearingPolicy
    from mamctl.jobs.meta_enrich import Enriched, EnrichFigures

app = typer.Typer()
_SHOWN = 40
_FEW = 3
_FIRST = frozenset({Field.TITLE, Field.AUTHORS, Field.NARRATORS, Field.SERIES, Field.YEAR})
_NAMED = 3
_TOLD_AMBIGUOUS = 100


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
    books: tuple[dict[str, Any], ...]


def render_enrich(screen: Screen, data: EnrichData) -> None:
    """The figures, then what is new: field by field for a few books, a line a book for many."""
    if not data.asked:
        screen.line("no book to ask about: all were asked about before, which --all does again")
        return
    screen.pairs(
        [
            ("books asked about", data.asked),
            ("matched", data.matched),
            ("ambiguous", data.ambiguous),
            ("not known", data.none),
            *((("no catalogue answered", data.unavailable),) if data.unavailable else ()),
            *((("left for the next run", data.left),) if data.left else ()),
            ("values changed", data.changes),
            ("requests", ", ".join(f"{name} {count}" for name, count in data.requests.items()) or "none"),
            *((("not asked for want of a key", ", ".join(data.keyless)),) if data.keyless else ()),
        ]
    )
    changed = [book for book in data.books if book["changes"]]
    if not changed:
        return
    if data.asked <= _FEW:
        _show_fields(screen, changed)
    else:
        _show_books(screen, changed)


def _show_fields(screen: Screen, books: list[dict[str, Any]]) -> None:
    rows = [
        (book["id"], book["title"] or book["path"], change["field"], _short(change["new"]), change["source"])
        for book in books
        for change in book["changes"]
    ]
    screen.table(("book", "title", "field", "now", "from"), rows, right=(0,))


def _show_books(screen: Screen, books: list[dict[str, Any]]) -> None:
    rows = [
        (
            book["id"],
            book["title"] or book["path"],
            _fields(change["field"] for change in book["changes"] if change["old"] is None),
            _fields(change["field"] for change in book["changes"] if change["old"] is not None),
            ", ".join(book["records"]),
        )
        for book in books[:_SHOWN]
    ]
    screen.table(("book", "title", "new", "changed", "records"), rows, right=(0,))
    if len(books) > _SHOWN:
        screen.line(f"… and {len(books) - _SHOWN} more; --json has them all")


def _fields(changed: Iterable[Field]) -> str:
    """The fields that a person looks for first, and the number of the others."""
    named = sorted(changed, key=lambda field: (field not in _FIRST, list(Field).index(field)))
    more = len(named) - _NAMED
    return ", ".join(named[:_NAMED]) + (f" and {more} more" if more > 0 else "")


@command(app, "enrich", schema="mamctl.meta.enrich/1", render=render_enrich, dry_run=True)
def enrich(
    runtime: Runtime,
    books: Annotated[
        list[str] | None, typer.Argument(metavar="[BOOK]...", help="Number or path.", show_default=False)
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every book, also those asked about before.")] = False,
    missing: Annotated[
        Field | None, typer.Option("--missing", help="Books that lack this field.", show_default=False)
    ] = None,
) -> Result:
    """Ask the catalogues about books and merge what they say.

    Without a choice: about books never asked about, and of catalogues that were out of reach when a book was.
    """
    ids = _chosen(runtime, books or [], everything=everything, missing=missing)
    return run_enrichment(runtime, ids, frozenset({missing} if missing else ()))


def run_enrichment(
    runtime: Runtime, ids: tuple[int, ...] | None = None, wanted: frozenset[Field] = frozenset()
) -> Result:
    """Enrich these books in a run of its own; None are those that the catalogues have not all been heard about."""
    told: list[Enriched] = []
    with runtime.run("meta.enrich") as run, connect_catalogues(runtime) as connected:
        from mamctl.jobs.meta_enrich import enrich as enrich_books
        from mamctl.store.catalogue_answers import books_to_ask_about

        policy = _policy(runtime, wanted, only_silent=ids is None)
        ids = books_to_ask_about(run.db, connected.by_name) if ids is None else ids
        before = _asked(connected)
        figures = enrich_books(
            run, ids, connected.catalogues, policy, trust=connected.trust, tell=_teller(runtime, told)
        )
        problems = (*figures.problems(), *_ambiguous(told))
        run.problems.extend(problems)
        status = _status(figures)
        run.status = status.value
        data = _data(figures, told, dict(_asked(connected) - before), connected.keyless)
    if status is Status.FAILED:
        return Result(data, problems, error=next(iter(figures.errors.values())))
    return Result(data, problems, status)


def _policy(runtime: Runtime, wanted: frozenset[Field], *, only_silent: bool) -> HearingPolicy:
    from mamctl.jobs.catalogue_hearing import HearingPolicy

    section = runtime.config.catalogues
    fresh_after = runtime.now() - timedelta(seconds=section.cache_ttl)
    return HearingPolicy(section.voices, wanted, only_silent=only_silent, fresh_after=fresh_after)


def _asked(connected: Connected) -> Counter[str]:
    return Counter({one.name: connected.tallies(one.name)["asked"] for one in connected.catalogues})


def _chosen(runtime: Runtime, books: list[str], *, everything: bool, missing: Field | None) -> tuple[int, ...] | None:
    from mamctl.store import catalogue_answers as store

    if sum((bool(books), everything, missing is not None)) > 1:
        raise UsageError("choose one of BOOK…, --all and --missing")
    if books:
        return store.find_books(runtime.store, books)
    if missing:
        return store.books_without(runtime.store, missing)
    return store.all_books(runtime.store) if everything else None


def _teller(runtime: Runtime, told: list[Enriched]) -> Any:
    from mamctl.domain.catalogue_answer import Outcome

    def tell(book: Enriched) -> None:
        runtime.log(f"{book.outcome.value}: {book.title or book.path} ({book.reason})")
        if book.changes or book.outcome is not Outcome.MATCH:
            told.append(book)

    return tell


def _ambiguous(told: list[Enriched]) -> list[Problem]:
    from mamctl.domain.catalogue_answer import Outcome

    unclear = [book for book in told if book.outcome is Outcome.AMBIGUOUS]
    return [
        Problem(
            "ambiguous_match",
            f"“{book.title or book.path}”: {book.reason}",
            book.path,
            f"choose the right one: mamctl meta match {book.book_id}",
        )
        for book in unclear[:_TOLD_AMBIGUOUS]
    ]


def _status(figures: EnrichFigures) -> Status:
    from mamctl.domain.catalogue_answer import Outcome

    if figures.books and figures.outcomes[Outcome.UNAVAILABLE] == figures.books and figures.errors:
        return Status.FAILED
    if figures.silent:
        return Status.PARTIAL
    return Status.ATTENTION if figures.outcomes[Outcome.AMBIGUOUS] else Status.OK


def _data(
    figures: EnrichFigures, told: list[Enriched], requests: dict[str, int], keyless: tuple[str, ...]
) -> EnrichData:
    from mamctl.domain.catalogue_answer import Outcome

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
        books=tuple(_book(book) for book in told),
    )


def _book(book: Enriched) -> dict[str, Any]:
    from mamctl.domain.observation import value_to_json

    return {
        "id": book.book_id,
        "path": book.path,
        "title": book.title,
        "outcome": book.outcome,
        "reason": book.reason,
        "records": book.records,
        "changes": [
            {
                "field": change.field,
                "old": value_to_json(change.old) if change.old is not None else None,
                "new": value_to_json(change.new),
                "source": change.source,
            }
            for change in book.changes
        ],
    }


def _short(value: Any) -> str:
    if isinstance(value, list):
        value = ", ".join(_short(part) for part in value)
    if isinstance(value, dict):
        value = f"{value['name']} #{value['position']}" if value["position"] else value["name"]
    text = str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
