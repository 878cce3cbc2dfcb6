"""`mamctl meta listen`: what the recordings themselves say of who reads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from mamctl.cli.book_options import find_book, find_field
from mamctl.cli.command import command
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.speech import listen_policy, open_engine
from mamctl.dataclass import dataclass
from mamctl.domain.metadata.observation import Field
from mamctl.domain.outcome import Result, Status
from mamctl.domain.problem import Problem
from mamctl.domain.speech.engine import EngineInfo
from mamctl.domain.speech.verdict import Heard
from mamctl.domain.text.quantities import count_of
from mamctl.domain.text.series import SeriesEntry
from mamctl.errors import UsageError
from mamctl.jobs.speech.listen import BookHeard, ListenStats, engine_key, engine_problem
from mamctl.jobs.speech.listen import listen as listen_to
from mamctl.output.progress import book_progress
from mamctl.output.report import write_json_line
from mamctl.output.screen import Screen, Tone
from mamctl.store.catalogues.answers import all_books, books_without
from mamctl.store.library.speech import books_not_listened_to, prune_transcripts

app = typer.Typer()
_MOST = 40  # books that a terminal shows
_WORDS = {
    Heard.CREDITS: "credits",
    Heard.NO_CREDITS: "no credits",
    Heard.OTHER_LANGUAGE: "another language",
    Heard.MUSIC_OR_SILENCE: "music or silence",
    Heard.UNUSABLE: "unusable",
}
_CONTRADICTED = 100


@dataclass(frozen=True, slots=True)
class NarratorData:
    """One reader: `place` is opening or closing, `method` heard (accepted) or hint."""

    name: str
    confidence: float
    heard_as: str
    place: str
    method: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BookData:
    """One book; `heard` is null, and `unavailable` says why, when the engine does not know its language."""

    book: int
    path: str
    known_title: str | None
    heard: Heard | None
    narrators: tuple[NarratorData, ...]
    title: str | None
    authors: tuple[str, ...]
    series: SeriesEntry | None
    agrees: bool | None
    engine: str
    model: str
    seconds: float
    cached: bool
    detail: str
    unavailable: str | None


@dataclass(frozen=True, slots=True)
class ListenData:
    """The books listened to, how many are left for the next run, and how many windows were transcribed."""

    books: tuple[BookData, ...]
    left: int
    transcribed: int
    unavailable: str | None = None


def render_listen(screen: Screen, data: ListenData) -> None:
    """A line a book, then the sum."""
    rows = [
        (
            one.book,
            one.known_title or one.path,
            _WORDS[one.heard] if one.heard else "not heard",
            ", ".join(f"{name.name}{'' if name.method == 'heard' else ' ?'}" for name in one.narrators) or "–",
            {True: "yes", False: "no", None: "–"}[one.agrees],
        )
        for one in data.books
    ]
    if rows:
        screen.table(("id", "title", "heard", "reads it", "agrees"), rows, right=(0,), elastic=(1, 3), most=_MOST)
    if data.unavailable:
        screen.line(f"Nothing {screen.choose('was', 'would be')} listened to: {data.unavailable}")
        return
    for reason in sorted({one.unavailable for one in data.books if one.unavailable}):
        screen.line(f"Not listened to: {reason}")
    books = len(data.books)
    heard = screen.choose("listened to", "listened to, not recorded")
    screen.line(f"{count_of(books, 'book')} {heard}, {data.left:,} left for the next run")
    if any(name.method != "heard" for one in data.books for name in one.narrators):
        screen.line("? heard, but nothing else known about the book confirms it", Tone.DIM)


@command(app, "listen", schema="mamctl.meta.listen/1", render=render_listen, dry_run=True)
def listen(
    runtime: Runtime,
    books: Annotated[list[str] | None, typer.Argument(metavar="[BOOK]...", help="An id, a path, or words.")] = None,
    missing: Annotated[
        str | None, typer.Option(metavar="FIELD", help="Books without this field.", show_default=False)
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every book, also those listened to before.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many books.", show_default=False)] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Print one line of JSON per book.")] = False,
) -> Result:
    """Listen to openings and endings of books: who reads them.

    Without a choice: books that this engine has not listened to since their files changed.
    """
    if sum((bool(books), everything, missing is not None)) > 1:
        raise UsageError("choose one of BOOK…, --all and --missing")
    field = find_field(missing) if missing else None
    return run_listening(runtime, books or [], field=field, everything=everything, limit=limit, jsonl=jsonl)


def run_listening(
    runtime: Runtime,
    books: list[str],
    *,
    field: Field | None = None,
    everything: bool = False,
    limit: int | None = None,
    jsonl: bool = False,
) -> Result:
    """Listen in a separate run. A missing engine is a problem to look at, no failure."""
    with runtime.run("meta.listen") as run, open_engine(runtime) as engine:
        if isinstance(engine, EngineInfo):
            problem = Problem("speech_unavailable", f"speech: {engine.unavailable}", None, engine.remedy)
            return run.finish(ListenData((), 0, 0, engine.unavailable), (problem,), Status.ATTENTION)
        if books:
            ids = tuple(dict.fromkeys(find_book(run.db, text) for text in books))
        elif field:
            ids = books_without(run.db, field)
        else:
            ids = all_books(run.db) if everything else books_not_listened_to(run.db, engine_key(engine))
        chosen = ids[:limit]
        found: list[BookData] = []
        with book_progress(len(chosen), wanted=not runtime.options.quiet and not jsonl) as step:
            stats = listen_to(
                run, chosen, engine, listen_policy(runtime), on_book=_collector(found, engine.info, step, jsonl=jsonl)
            )
        if everything or not books:
            prune_transcripts(run.db, run.clock())
        data = ListenData(() if jsonl else tuple(found), stats.left + len(ids) - len(chosen), stats.transcribed)
        return run.finish(data, tuple(_problems(stats, found)))


def _collector(
    found: list[BookData], info: EngineInfo, step: Callable[[], None], *, jsonl: bool
) -> Callable[[BookHeard], None]:
    def collect(book: BookHeard) -> None:
        data = book_data(book, info)
        if jsonl:
            write_json_line(data)
        found.append(data)
        step()

    return collect


def book_data(book: BookHeard, info: EngineInfo) -> BookData:
    """A book as it is reported."""
    verdict = book.verdict
    readers = () if verdict is None else verdict.narrators
    return BookData(
        book=book.book_id,
        path=book.path,
        known_title=book.title,
        heard=verdict.heard if verdict else None,
        narrators=tuple(
            NarratorData(
                one.heard.name, one.heard.confidence, one.heard.heard_as, one.place.value,
                "heard" if one.heard.accepted else "hint",
            )
            for one in readers
        ),
        title=verdict.title if verdict else None,
        authors=verdict.authors if verdict else (),
        series=verdict.series if verdict else None,
        agrees=verdict.agrees if verdict else None,
        engine=info.name,
        model=info.model,
        seconds=book.seconds,
        cached=book.cached,
        detail=verdict.detail if verdict else "",
        unavailable=book.unavailable,
    )  # fmt: skip


def _problems(stats: ListenStats, found: list[BookData]) -> list[Problem]:
    problems = [
        Problem(
            "narrator_contradicted",
            f"{one.known_title or one.path}: the recording names "
            f"{', '.join(name.name for name in one.narrators)} as the reader; {one.detail}",
            one.path,
            f"mamctl meta narrator {one.book}",
        )
        for one in found[:_CONTRADICTED]
        if one.agrees is False
    ]
    stopped = engine_problem(stats)
    return [*problems, stopped] if stopped else problems
