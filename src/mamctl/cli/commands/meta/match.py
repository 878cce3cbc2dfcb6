"""`mamctl meta match`: which catalogue record is this book, with every candidate's score taken apart."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Annotated

import typer

from mamctl.cli.book_options import find_book
from mamctl.cli.command import command
from mamctl.cli.commands.abs.corrections import with_corrections
from mamctl.cli.commands.meta.candidates import (
    Answer,
    Asked,
    CandidateData,
    ChoicesData,
    MatchData,
    ask_which,
    describe_query,
    likely,
    render_candidates,
    render_match,
)
from mamctl.cli.commands.meta.parse import below_library
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.catalogues import Connected, open_catalogues
from mamctl.domain.catalogues.links import BookState
from mamctl.domain.catalogues.observe import queries_of_path
from mamctl.domain.library.paths.reading import read_path
from mamctl.domain.matching.records import BookQuery
from mamctl.domain.matching.scoring import Candidate
from mamctl.domain.outcome import Result, Status
from mamctl.domain.problem import Problem
from mamctl.domain.text.durations import parse_duration
from mamctl.domain.text.identifiers import parse_asin, parse_isbn
from mamctl.domain.text.languages import parse_language
from mamctl.domain.text.series import parse_series
from mamctl.errors import MamctlError, UsageError
from mamctl.jobs.catalogues.ask import LookupPolicy
from mamctl.jobs.catalogues.enrich import enrich
from mamctl.jobs.catalogues.match import (
    Match,
    choose_none,
    choose_record,
    match_readings,
    other_queries_about,
    question_about,
)
from mamctl.jobs.catalogues.match import match as match_book
from mamctl.jobs.catalogues.record_result import Enriched
from mamctl.jobs.library.read_names import NameReader
from mamctl.output.screen import Screen, Tone
from mamctl.store.library.book_list import list_books

app = typer.Typer()
_SHOWN_PROBLEMS = 100


@command(app, "match", schema="mamctl.meta.match/1", render=render_match, dry_run=True)
def match(
    runtime: Runtime,
    book: Annotated[
        str | None,
        typer.Argument(metavar="[BOOK]", help="An id, a path, or a few words of the title.", show_default=False),
    ] = None,
    path: Annotated[
        str | None, typer.Option(metavar="PATH", help="Look up a book by its path alone, in all its readings.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="Look up this title, without a library.")] = None,
    author: Annotated[str | None, typer.Option(help="Its author.")] = None,
    narrator: Annotated[str | None, typer.Option(help="Its narrator.")] = None,
    duration: Annotated[str | None, typer.Option(metavar="S", help="Its length: seconds, or 11:04:09.")] = None,
    asin: Annotated[str | None, typer.Option(help="Its ASIN.")] = None,
    isbn: Annotated[str | None, typer.Option(help="Its ISBN.")] = None,
    series: Annotated[str | None, typer.Option(help='Its series, e.g. "Lantern Cycle #2".')] = None,
    language: Annotated[str | None, typer.Option(help="Its language.")] = None,
    choose: Annotated[str | None, typer.Option(metavar="CATALOGUE:ID", help="This record is the book.")] = None,
    none: Annotated[bool, typer.Option("--none", help="None of them is the book.")] = False,
    ambiguous: Annotated[bool, typer.Option("--ambiguous", help="Every ambiguous book, one after the other.")] = False,
) -> Result:
    """Compare a book with the catalogues, and choose.

    On a terminal you are asked which candidate is the book; elsewhere, and with --json, nothing is asked: choose with
    --choose or --none.
    """
    if path is not None:
        others = (book, title, author, narrator, asin, isbn, series, choose)
        if any(others) or none or ambiguous:
            raise UsageError("--path goes with --duration alone: the path says the rest")
        return _about_path(runtime, path, duration)
    asked = _question(title, author, narrator, duration, asin, isbn, series, language)
    if (book is not None) + (asked is not None) + ambiguous != 1:
        raise UsageError("name a BOOK of the library, or pass --title, --asin, --isbn, --path or --ambiguous")
    if book is None and (choose or none):
        raise UsageError("a choice is kept for a BOOK of the library")
    if choose and none:
        raise UsageError("choose one of --choose and --none")
    with open_catalogues(runtime) as connected:
        if asked is not None:
            return _result(asked, connected)
        if ambiguous:
            return _each(runtime, connected)
        return _about_book(runtime, find_book(runtime.store, book or ""), connected, choose, none=none)


def _about_path(runtime: Runtime, path: str, duration: str | None) -> Result:
    """Ask about a path as a scan would read it, its second reading where the first finds nothing."""
    read = read_path(below_library(runtime, path))
    if read is None:
        raise UsageError(f"--path: {path!r} names no book", remedy="give it as Author/Series/Title")
    questions = queries_of_path(read, _seconds(duration))
    with open_catalogues(runtime) as connected:
        before = _requests(connected)
        answered, found = match_readings(questions, connected.catalogues)
        requests = _requests(connected) - before
    result = _outcome(found, _found(None, found, connected))
    return replace(result, data=replace(result.data, readings=read.readings, answered=answered, requests=requests))


def _requests(connected: Connected) -> int:
    return sum(connected.counters(one.name).get("asked", 0) for one in connected.catalogues)


def _seconds(duration: str | None) -> float | None:
    """The length in seconds. Raises UsageError for text that is not a length."""
    seconds = parse_duration(duration, bare_unit=1.0) if duration else None
    if duration and seconds is None:
        raise UsageError(f"--duration: {duration} is not a length of time", remedy="give seconds, or 11:04:09")
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
    if not (title or asin or isbn):
        if author or narrator or duration or series or language:
            raise UsageError("--title, --asin or --isbn is missing")
        return None
    entries = parse_series(series, bare=True) if series else ()
    return BookQuery(
        title=title or None,
        author=author or None,
        narrator=narrator or None,
        duration_s=_seconds(duration),
        asin=_understood("asin", asin, parse_asin),
        isbn=_understood("isbn", isbn, parse_isbn),
        series=entries[0] if entries else None,
        language=_understood("language", language, parse_language),
    )


def _understood(option: str, text: str | None, parse: Callable[[str], str | None]) -> str | None:
    """The value, None when there is none. Raises UsageError: with a slip the question would be about another book."""
    value = parse(text) if text else None
    if text and value is None:
        kind = "a language" if option == "language" else f"an {option.upper()}"
        raise UsageError(f"--{option}: {text} is not {kind}")
    return value


def _about_book(runtime: Runtime, book: int, connected: Connected, choose: str | None, *, none: bool) -> Result:
    query = question_about(runtime.store, book)
    if choose:
        return with_corrections(runtime, _choose(runtime, book, query, connected, choose), [book])
    if none:
        return with_corrections(runtime, _rule_out(runtime, book, query, connected), [book])
    if _can_ask(runtime):
        return _ask_each(runtime, [book], connected)
    return _result_of_book(runtime, book, query, NameReader(runtime.store), connected)


def _rule_out(runtime: Runtime, book: int, query: BookQuery, connected: Connected) -> Result:
    """Keep that none of the records is the book."""
    with runtime.run("meta.match") as run:
        reason = choose_none(run, book, connected.catalogues)
        return run.finish(MatchData(book, Asked.of(query), "none", reason, None, "person", (), connected.keyless))


def _choose(runtime: Runtime, book: int, query: BookQuery, connected: Connected, choose: str) -> Result:
    """Keep the choice, and take over what the record, and the other catalogues of it, have."""
    done: list[Enriched] = []
    with runtime.run("meta.match") as run:
        record = choose_record(run, book, connected.catalogues, choose)
        policy = LookupPolicy(min_sources=runtime.config.catalogues.min_sources)
        stats = enrich(run, (book,), connected.catalogues, policy, trust=connected.trust, on_progress=done.append)
        problems = tuple(stats.problems())
        chosen = CandidateData.of(Candidate(query, record))
        changed = tuple(change.field.value for change in done[0].changes)
        data = MatchData(
            book, Asked.of(query), "match", "you chose it", chosen, "person", (chosen,), connected.keyless, changed
        )
        return run.finish(data, problems, Status.PARTIAL if problems else Status.OK)


def _result(query: BookQuery, connected: Connected) -> Result:
    found = match_book(query, connected.catalogues)
    return _outcome(found, _found(None, found, connected))


def _result_of_book(runtime: Runtime, book: int, query: BookQuery, names: NameReader, connected: Connected) -> Result:
    """The verdict on a book; where nothing is found, the other readings of its name are asked about, as in a run."""
    readings = (query, *other_queries_about(runtime.store, book, query, names))
    _, found = match_readings(readings, connected.catalogues)
    return _outcome(found, _found(book, found, connected))


def _outcome(found: Match, data: MatchData) -> Result:
    problems = tuple(Problem.of(error) for error in found.unavailable)
    if not found.asked and found.unavailable:
        return Result(data, problems, error=found.unavailable[0])
    return Result.of(data, problems, Status.PARTIAL)


def _found(book: int | None, found: Match, connected: Connected) -> MatchData:
    verdict = found.verdict
    chosen = CandidateData.of(verdict.chosen) if verdict.chosen else None
    return MatchData(
        book=book,
        asked=Asked.of(found.book_query),
        verdict=verdict.kind.value,
        reason=verdict.reason,
        chosen=chosen,
        chosen_by="score" if chosen else None,
        candidates=tuple(map(CandidateData.of, verdict.candidates)),
        keyless=connected.keyless,
    )


def _can_ask(runtime: Runtime) -> bool:
    """Whether someone sits at a terminal and wants words, not a document."""
    options = runtime.options
    return sys.stdin.isatty() and sys.stdout.isatty() and not (options.json or options.quiet)


def _each(runtime: Runtime, connected: Connected) -> Result:
    """Every ambiguous book: asked about at a terminal, elsewhere listed as in need of a choice."""
    books = [one.id for one in list_books(runtime.store) if one.state is BookState.AMBIGUOUS]
    if _can_ask(runtime):
        return _ask_each(runtime, books, connected)
    names = NameReader(runtime.store)
    results = [_result_of_book(runtime, book, question_about(runtime.store, book), names, connected) for book in books]
    problems = dict.fromkeys(problem for one in results for problem in one.problems)
    needed = [one.data for one in results if one.data.verdict == "ambiguous"]
    data = ChoicesData(tuple(one.data for one in results), 0, 0, 0, len(needed), interactive=False)
    status = Status.PARTIAL if problems else Status.ATTENTION if needed else Status.OK
    return Result(data, (*problems, *_choices_needed(needed)), status)


def _choices_needed(books: Sequence[MatchData]) -> Iterator[Problem]:
    for one in books[:_SHOWN_PROBLEMS]:
        text = f"book {one.book} (“{one.asked.title or '?'}”): {one.reason}"
        remedy = f"mamctl meta match {one.book} --choose {one.candidates[0].key}, another record, or --none"
        yield Problem("choice_needed", text, str(one.book), remedy)


def _ask_each(runtime: Runtime, books: Sequence[int], connected: Connected) -> Result:
    """Show each book with its candidates, ask, and keep the answer at once."""
    screen = Screen(sys.stdout, verbose=runtime.options.verbose, dry_run=runtime.options.dry_run)
    if screen.dry_run:
        screen.line("Dry run: your answers are not kept.", Tone.DIM)
    done: Counter[str] = Counter()
    decided: list[MatchData] = []
    problems: dict[Problem, None] = {}
    names = NameReader(runtime.store)
    for number, book in enumerate(books, start=1):
        query = question_about(runtime.store, book)
        found = _result_of_book(runtime, book, query, names, connected)
        problems |= dict.fromkeys(found.problems)
        place = f" ({number} of {len(books)})" if len(books) > 1 else ""
        title, *known = describe_query(query)
        screen.flow((f"book {book}{place}: {title}", *known), style="bold")
        screen.line(f"{found.data.verdict}: {found.data.reason}")
        render_candidates(screen, likely(found.data.candidates))
        answer = ask_which(screen, found.data.candidates) if found.data.candidates else Answer.SKIP
        if answer is Answer.QUIT:
            break
        try:
            decided.append(_keep(runtime, screen, found.data, query, connected, answer, done))
        except MamctlError as error:  # the other books can still be decided on
            problems[Problem.of(error, f"book {book}")] = None
            done["skipped"] += 1
    left = len(books) - sum(done.values())
    data = ChoicesData(tuple(decided), done["chosen"], done["ruled_out"], done["skipped"], left, interactive=True)
    result = Result.of(data, tuple(problems), Status.PARTIAL)
    return with_corrections(runtime, result, (one.book for one in decided if one.book and one.chosen_by == "person"))


def _keep(
    runtime: Runtime,
    screen: Screen,
    shown: MatchData,
    query: BookQuery,
    connected: Connected,
    answer: CandidateData | Answer,
    done: Counter[str],
) -> MatchData:
    """Do what the answer says with the book, and say what became of it."""
    assert shown.book is not None
    if isinstance(answer, CandidateData):
        data: MatchData = _choose(runtime, shown.book, query, connected, f"{answer.source}:{answer.id}").data
        done["chosen"] += 1
        new = screen.choose("new values", "values that would be new")
        screen.line(f"{answer.key} is the book; {new}: {', '.join(data.changed) or 'none'}", Tone.GOOD)
        return data
    if answer is Answer.NONE:
        data = _rule_out(runtime, shown.book, query, connected).data
        done["ruled_out"] += 1
        again = screen.choose("is not", "would not be")
        screen.line(f"{data.reason}; it {again} looked up again", Tone.GOOD)
        return data
    done["skipped"] += 1
    return shown
