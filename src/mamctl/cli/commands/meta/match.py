"""`mamctl meta match`: which catalogue record is this book, with every candidate's score taken apart."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from mamctl.cli.command import command
from mamctl.cli.commands.meta.match_data import MatchData, asked_data, candidate_data, changed_fields, render_match
from mamctl.cli.options import find_book
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.catalogues import Connected, open_catalogues
from mamctl.domain.outcome import Result, Status
from mamctl.domain.problem import Problem
from mamctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mamctl.domain.matching.records import BookQuery
    from mamctl.jobs.catalogues.match import Match

app = typer.Typer()


@command(app, "match", schema="mamctl.meta.match/1", render=render_match, dry_run=True)
def match(
    runtime: Runtime,
    book: Annotated[
        str | None,
        typer.Argument(metavar="[BOOK]", help="An id, a path, or a few words of the title.", show_default=False),
    ] = None,
    path: Annotated[
        str | None, typer.Option(metavar="PATH", help="Ask about a book by its path alone, with all its readings.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="Ask about this title, without a library.")] = None,
    author: Annotated[str | None, typer.Option(help="Its author.")] = None,
    narrator: Annotated[str | None, typer.Option(help="Its narrator.")] = None,
    duration: Annotated[str | None, typer.Option(metavar="S", help="Its length: seconds, or 11:04:09.")] = None,
    asin: Annotated[str | None, typer.Option(help="Its ASIN.")] = None,
    isbn: Annotated[str | None, typer.Option(help="Its ISBN.")] = None,
    series: Annotated[str | None, typer.Option(help='Its series, e.g. "Lantern Cycle #2".')] = None,
    language: Annotated[str | None, typer.Option(help="Its language.")] = None,
    choose: Annotated[str | None, typer.Option(metavar="CATALOGUE:ID", help="This record is the book.")] = None,
    none: Annotated[bool, typer.Option("--none", help="None of them is the book.")] = False,
) -> Result:
    """Show the catalogues' candidates for a book; choose one, or say that none is it."""
    if path is not None:
        return _about_path(runtime, path, duration, others=(book, title, author, narrator, asin, isbn, series, choose))
    asked = _question(title, author, narrator, duration, asin, isbn, series, language)
    if (book is None) == (asked is None):
        raise UsageError("name a BOOK of the library, or pass --title, --asin, --isbn or --path")
    if book is None and (choose or none):
        raise UsageError("a choice is kept for a BOOK of the library")
    if choose and none:
        raise UsageError("choose one of --choose and --none")
    with open_catalogues(runtime) as connected:
        if asked is not None:
            return _result(None, asked, connected)
        return _about_book(runtime, book or "", connected, choose, none=none)


def _about_path(runtime: Runtime, path: str, duration: str | None, *, others: tuple[str | None, ...]) -> Result:
    """Ask about a path as a scan would read it, its second reading where the first finds nothing."""
    from mamctl.cli.commands.meta.parse import below_library, readings_data
    from mamctl.domain.catalogues.observe import queries_of_path
    from mamctl.domain.library.paths.reading import read_path
    from mamctl.jobs.catalogues.match import match_readings

    if any(others):
        raise UsageError("--path goes with --duration alone: the path says the rest")
    read = read_path(below_library(runtime, path))
    if read is None:
        raise UsageError(f"--path: {path!r} names no book", remedy="give it as Author/Series/Title")
    questions = queries_of_path(read, _seconds(duration))
    with open_catalogues(runtime) as connected:
        before = _requests(connected)
        answered, found = match_readings(questions, connected.catalogues)
        requests = _requests(connected) - before
    data = replace(_found(None, found, connected), readings=readings_data(read), answered=answered, requests=requests)
    problems = tuple(Problem.of(error) for error in found.unavailable)
    if not found.asked and found.unavailable:
        return Result(data, problems, error=found.unavailable[0])
    return Result(data, problems, Status.PARTIAL if problems else Status.OK)


def _requests(connected: Connected) -> int:
    return sum(connected.tallies(one.name).get("asked", 0) for one in connected.catalogues)


def _seconds(duration: str | None) -> float | None:
    """The length that was said. Raises UsageError for what is none."""
    from mamctl.domain.text.durations import parse_duration

    seconds = parse_duration(duration, bare_unit=1.0) if duration else None
    if duration and seconds is None:
        raise UsageError(f"--duration: {duration} is no length of time", remedy="give seconds, or 11:04:09")
    return seconds


def _question(
    title: str | None,
    author: str | None,
    narrator: str | None,
    duration: str | None,
    asin: str | None,
    isbn: str | None,
    series: str | None,
    language: str | None,
) -> BookQuery | None:
    """What was asked on the command line; None when nothing was. Raises UsageError."""
    from mamctl.domain.matching.records import BookQuery
    from mamctl.domain.text.identifiers import parse_asin, parse_isbn
    from mamctl.domain.text.languages import parse_language
    from mamctl.domain.text.series import parse_series

    if not (title or asin or isbn):
        if author or narrator or duration or series or language:
            raise UsageError("--title, --asin or --isbn is missing")
        return None
    seconds = _seconds(duration)
    entries = parse_series(series, bare=True) if series else ()
    return BookQuery(
        title=title or None,
        author=author or None,
        narrator=narrator or None,
        duration_s=seconds,
        asin=_understood("asin", asin, parse_asin),
        isbn=_understood("isbn", isbn, parse_isbn),
        series=entries[0] if entries else None,
        language=_understood("language", language, parse_language),
    )


def _understood(option: str, text: str | None, parse: Callable[[str], str | None]) -> str | None:
    """The value, None when it was not said. Raises UsageError: a slip there would be no question about this book."""
    value = parse(text) if text else None
    if text and value is None:
        raise UsageError(f"--{option}: {text} is no {option.upper() if option != 'language' else option}")
    return value


def _about_book(runtime: Runtime, book: str, connected: Connected, choose: str | None, *, none: bool) -> Result:
    from mamctl.jobs.catalogues.match import choose_none, question_about

    number = find_book(runtime.store, book)
    book_query = question_about(runtime.store, number)
    if choose:
        return _choose(runtime, number, book_query, connected, choose)
    if not none:
        return _result(number, book_query, connected)
    with runtime.run("meta.match") as run:
        choose_none(run, number, connected.catalogues)
        reason = "a person said none of them is it"
        return run.finish(
            MatchData(number, asked_data(book_query), "none", reason, None, "person", (), connected.keyless)
        )


def _choose(runtime: Runtime, book: int, book_query: BookQuery, connected: Connected, choose: str) -> Result:
    """Keep the choice, and take over what the record, and the other catalogues of it, say."""
    from mamctl.domain.matching.match import Candidate, score
    from mamctl.jobs.catalogues.ask import LookupPolicy
    from mamctl.jobs.catalogues.enrich import enrich
    from mamctl.jobs.catalogues.match import choose_record
    from mamctl.jobs.catalogues.record_result import Enriched

    told: list[Enriched] = []
    with runtime.run("meta.match") as run:
        record = choose_record(run, book, connected.catalogues, choose)
        policy = LookupPolicy(voices=runtime.config.catalogues.min_sources)
        figures = enrich(run, (book,), connected.catalogues, policy, trust=connected.trust, tell=told.append)
        problems = tuple(figures.problems())
        chosen = candidate_data(Candidate(record, score(book_query, record)))
        data = MatchData(
            book, asked_data(book_query), "match", "a person chose it", chosen, "person", (chosen,), connected.keyless,
            changed_fields(told[0].changes),
        )  # fmt: skip
        return run.finish(data, problems, Status.PARTIAL if problems else Status.OK)


def _result(book: int | None, book_query: BookQuery, connected: Connected) -> Result:
    from mamctl.jobs.catalogues.match import match as match_book

    found = match_book(book_query, connected.catalogues)
    problems = tuple(Problem.of(error) for error in found.unavailable)
    if not found.asked and found.unavailable:
        return Result(_found(book, found, connected), problems, error=found.unavailable[0])
    return Result(_found(book, found, connected), problems, Status.PARTIAL if problems else Status.OK)


def _found(book: int | None, found: Match, connected: Connected) -> MatchData:
    verdict = found.verdict
    chosen = candidate_data(verdict.chosen) if verdict.chosen else None
    return MatchData(
        book=book,
        asked=asked_data(found.book_query),
        verdict=verdict.kind.value,
        reason=verdict.reason,
        chosen=chosen,
        chosen_by="score" if chosen else None,
        candidates=tuple(candidate_data(candidate) for candidate in verdict.candidates),
        keyless=connected.keyless,
    )
