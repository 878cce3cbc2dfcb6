"""`mamctl meta match`: which catalogue record is this book, with every candidate's score taken apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mamctl.cli.book_argument import find_book
from mamctl.cli.command import command
from mamctl.cli.connect_catalogues import Connected, connect_catalogues
from mamctl.cli.runtime import Runtime
from mamctl.domain.problem import Problem
from mamctl.errors import UsageError
from mamctl.output.report import Result, Status
from mamctl.output.screen import Screen

if TYPE_CHECKING:
    from mamctl.domain.catalogue_record import Enquiry
    from mamctl.domain.matching import Candidate
    from mamctl.jobs.meta_match import Match

app = typer.Typer()
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class MatchData:
    """The verdict over all candidates; `chosen` is the candidate of a match, or the record that a person chose."""

    book: int | None
    asked: dict[str, Any]
    verdict: str
    reason: str
    chosen: dict[str, Any] | None
    chosen_by: str | None
    candidates: tuple[dict[str, Any], ...]
    keyless: tuple[str, ...]


def render_match(screen: Screen, data: MatchData) -> None:
    """The verdict, then the candidates with what speaks against them."""
    screen.line(f"{data.verdict}: {data.reason}")
    rows = [
        (
            f"{one['score']:.2f}",
            f"{one['source']}:{one['id']}",
            one["title"],
            ", ".join(one["authors"]),
            ", ".join(one["narrators"]),
            "; ".join(f"{p['name']} {p['amount']:+.2f}" for p in one["penalties"] if p["amount"]) or "–",
        )
        for one in data.candidates[:_SHOWN]
    ]
    if rows:
        screen.table(("score", "record", "title", "authors", "narrators", "off the score"), rows, right=(0,))
    if len(data.candidates) > _SHOWN:
        screen.line(f"… and {len(data.candidates) - _SHOWN} less likely")


@command(app, "match", schema="mamctl.meta.match/1", render=render_match, dry_run=True)
def match(
    runtime: Runtime,
    book: Annotated[
        str | None,
        typer.Argument(metavar="[BOOK]", help="An id, a path, or a few words of the title.", show_default=False),
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
    asked = _question(title, author, narrator, duration, asin, isbn, series, language)
    if (book is None) == (asked is None):
        raise UsageError("name a BOOK of the library, or say --title, --asin or --isbn")
    if book is None and (choose or none):
        raise UsageError("a choice is kept for a BOOK of the library")
    if choose and none:
        raise UsageError("choose one of --choose and --none")
    with connect_catalogues(runtime) as connected:
        if asked is not None:
            return _result(None, asked, connected)
        return _about_book(runtime, book or "", connected, choose, none=none)


def _question(
    title: str | None,
    author: str | None,
    narrator: str | None,
    duration: str | None,
    asin: str | None,
    isbn: str | None,
    series: str | None,
    language: str | None,
) -> Enquiry | None:
    """What was asked on the command line; None when nothing was. Raises UsageError."""
    from mamctl.domain.catalogue_record import Enquiry
    from mamctl.domain.durations import parse_duration
    from mamctl.domain.identifiers import parse_asin, parse_isbn
    from mamctl.domain.languages import parse_language
    from mamctl.domain.series_text import parse_series

    if not (title or asin or isbn):
        if author or narrator or duration or series or language:
            raise UsageError("--title, --asin or --isbn is missing")
        return None
    seconds = parse_duration(duration, bare_unit=1.0) if duration else None
    if duration and seconds is None:
        raise UsageError(f"--duration: {duration} is no length of time", remedy="give seconds, or 11:04:09")
    entries = parse_series(series, bare=True) if series else ()
    return Enquiry(
        title=title or None,
        author=author or None,
        narrator=narrator or None,
        duration_s=seconds,
        asin=parse_asin(asin) if asin else None,
        isbn=parse_isbn(isbn) if isbn else None,
        series=entries[0] if entries else None,
        language=parse_language(language) if language else None,
    )


def _about_book(runtime: Runtime, book: str, connected: Connected, choose: str | None, *, none: bool) -> Result:
    from mamctl.jobs.meta_match import choose_none, choose_record, question_about

    number = find_book(runtime.store, book)
    enquiry = question_about(runtime.store, number)
    if not choose and not none:
        return _result(number, enquiry, connected)
    with runtime.run("meta.match") as run:
        if none:
            choose_none(run, number, connected.catalogues)
            return Result(_data(number, enquiry, connected, "none", "a person said none of them is it"))
        record = choose_record(run, number, connected.catalogues, choose or "")
        from mamctl.domain.matching import Candidate, score

        candidate = _shown(Candidate(record, score(enquiry, record)))
        return Result(_data(number, enquiry, connected, "match", "a person chose it", candidate))


def _result(book: int | None, enquiry: Enquiry, connected: Connected) -> Result:
    from mamctl.jobs.meta_match import match as match_book

    found = match_book(enquiry, connected.catalogues)
    problems = tuple(Problem.of(error) for error in found.silent)
    if not found.asked and found.silent:
        return Result(_found(book, found, connected), problems, error=found.silent[0])
    return Result(_found(book, found, connected), problems, Status.PARTIAL if problems else Status.OK)


def _found(book: int | None, found: Match, connected: Connected) -> MatchData:
    verdict = found.verdict
    chosen = _shown(verdict.chosen) if verdict.chosen else None
    candidates = tuple(_shown(candidate) for candidate in verdict.candidates)
    return MatchData(
        book=book,
        asked=_asked(found.enquiry),
        verdict=verdict.kind.value,
        reason=verdict.reason,
        chosen=chosen,
        chosen_by="score" if chosen else None,
        candidates=candidates,
        keyless=connected.keyless,
    )


def _data(
    book: int, enquiry: Enquiry, connected: Connected, verdict: str, reason: str, chosen: dict[str, Any] | None = None
) -> MatchData:
    candidates = (chosen,) if chosen else ()
    return MatchData(book, _asked(enquiry), verdict, reason, chosen, "person", candidates, connected.keyless)


def _asked(enquiry: Enquiry) -> dict[str, Any]:
    return {
        "title": enquiry.title,
        "author": enquiry.author,
        "narrator": enquiry.narrator,
        "duration": enquiry.duration_s,
        "asin": enquiry.asin,
        "isbn": enquiry.isbn,
        "series": enquiry.series,
        "language": enquiry.language,
        "abridged": enquiry.abridged,
    }


def _shown(candidate: Candidate) -> dict[str, Any]:
    record = candidate.record
    return {
        "source": record.source,
        "id": record.id,
        "title": record.title,
        "subtitle": record.subtitle,
        "authors": record.authors,
        "narrators": record.narrators,
        "series": record.series,
        "duration": record.duration_s,
        "published": record.published or record.first_published,
        "language": record.language,
        "abridged": record.abridged,
        "asin": record.asin,
        "isbn": record.isbn,
        "region": record.region,
        "url": record.url,
        "score": candidate.match.score,
        "penalties": [
            {"name": one.name, "amount": one.amount, "detail": one.detail} for one in candidate.match.penalties
        ],
    }
