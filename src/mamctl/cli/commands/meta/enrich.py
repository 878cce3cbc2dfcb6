"""`mamctl meta enrich`: what the world's catalogues say of the library's books."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Annotated, Any

import typer

from mamctl.cli.command import command
from mamctl.cli.commands.meta.enrich_data import enrich_data, render_enrich
from mamctl.cli.options import find_book
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.catalogues import Connected, open_catalogues
from mamctl.domain.catalogues.links import Outcome
from mamctl.domain.metadata.observation import Field
from mamctl.domain.outcome import Result, Status
from mamctl.domain.problem import Problem
from mamctl.errors import UsageError
from mamctl.jobs.catalogues.ask import LookupPolicy
from mamctl.jobs.catalogues.enrich import EnrichFigures
from mamctl.jobs.catalogues.enrich import enrich as enrich_books
from mamctl.jobs.catalogues.record_result import Enriched
from mamctl.output.progress import book_progress
from mamctl.store.catalogues import answers as store
from mamctl.store.catalogues.answers import books_at, books_to_ask_about

app = typer.Typer()
_TOLD_AMBIGUOUS = 100


@command(app, "enrich", schema="mamctl.meta.enrich/1", render=render_enrich, dry_run=True)
def enrich(
    runtime: Runtime,
    books: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[BOOK]...", help="An id, a path, a folder of books, or a few words.", show_default=False
        ),
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
    with runtime.run("meta.enrich") as run, open_catalogues(runtime) as connected:
        policy = _policy(runtime, wanted, only_unavailable=ids is None)
        ids = books_to_ask_about(run.db, connected.by_name) if ids is None else ids
        before = _asked(connected)
        with book_progress(len(ids), wanted=not runtime.options.quiet) as step:
            figures = enrich_books(
                run, ids, connected.catalogues, policy, trust=connected.trust, tell=_teller(runtime, told), step=step
            )
        problems = (*figures.problems(), *_ambiguous(told))
        status = _status(figures)
        data = enrich_data(figures, told, dict(_asked(connected) - before), connected.keyless)
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


def _teller(runtime: Runtime, told: list[Enriched]) -> Any:
    def tell(book: Enriched) -> None:
        runtime.log(f"{book.outcome.value}: {book.title or book.path} ({book.reason})")
        if book.changes or book.outcome is not Outcome.MATCH:
            told.append(book)

    return tell


def _ambiguous(told: list[Enriched]) -> list[Problem]:
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
    if figures.books and figures.outcomes[Outcome.UNAVAILABLE] == figures.books and figures.outages.errors:
        return Status.FAILED
    if figures.outages.errors:
        return Status.PARTIAL
    return Status.ATTENTION if figures.outcomes[Outcome.AMBIGUOUS] else Status.OK
