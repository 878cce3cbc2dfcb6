"""`mamctl meta scan`: what the files of the library themselves say, and whether they are sound."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mamctl.cli.command import command
from mamctl.cli.format import bytes_text
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.library import (
    DiskLibrary,
    LateReader,
    find_book_folder,
    library_of,
    library_paths,
    open_decoder,
    open_progress,
)
from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Result, Status, worst
from mamctl.domain.problem import Problem
from mamctl.jobs.library.scan import ScanFigures, ScanParts, ScanRequest, scan_library
from mamctl.output.report import write_json_line
from mamctl.output.screen import Screen, Tone
from mamctl.store.library.books import known_roots, lies_in
from mamctl.store.library.problems import count_problems_in, load_problems_in

if TYPE_CHECKING:
    from mamctl.cli.commands.meta.enrich import EnrichData
    from mamctl.cli.commands.meta.listen import ListenData

app = typer.Typer()

SHOWN_PROBLEMS = 200


@dataclass(frozen=True, slots=True)
class ScanData:
    """What a scan did: figures of the books that were read, and of those that had not changed."""

    paths: tuple[str, ...]
    books: int
    files: int
    bytes: int
    unchanged: int
    gone: int
    sound: dict[str, int]
    problems_found: int
    enriched: EnrichData | None = None
    listened: ListenData | None = None


def render_scan(screen: Screen, data: ScanData) -> None:
    """A few lines; the problems come after them."""
    screen.pairs(
        [
            ("library", ", ".join(data.paths)),
            (
                screen.choose("books read", "would record"),
                f"{data.books} ({data.files} files, {bytes_text(data.bytes)})",
            ),
            ("unchanged", data.unchanged),
            (screen.choose("gone", "would count as gone"), data.gone),
            ("audio", ", ".join(f"{count} {name}" for name, count in data.sound.items()) or "nothing to check"),
        ]
    )
    if data.enriched:
        from mamctl.cli.commands.meta.enrich import render_enrich

        render_enrich(screen, data.enriched)
    if data.listened:
        from mamctl.cli.commands.meta.listen import render_listen

        render_listen(screen, data.listened)
    if data.problems_found > SHOWN_PROBLEMS:
        screen.line(
            f"{data.problems_found} problems, of which {SHOWN_PROBLEMS} follow: mamctl meta problems", Tone.WARN
        )


@command(app, "scan", schema="mamctl.meta.scan/1", render=render_scan, dry_run=True)
def scan(
    runtime: Runtime,
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...", show_default=False)] = None,
    full_decode: Annotated[bool, typer.Option("--full-decode", help="Decode every file from end to end.")] = False,
    changed_only: Annotated[bool, typer.Option("--changed-only", help="Show only books that changed.")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Print one line of JSON per book.")] = False,
    enrich: Annotated[bool, typer.Option("--enrich", help="Then look up books that were never looked up.")] = False,
    listen: Annotated[bool, typer.Option("--listen", help="Then listen to books that were never listened to.")] = False,
) -> Result:
    """Read the files of the library.

    Their names, tags and sidecars are read, and the audio is checked. Files that have not changed are not read again.
    """
    starts = library_paths(runtime, paths or ())
    figures = ScanFigures()
    on_book = partial(_print_book, runtime) if jsonl else lambda _: None
    with runtime.run("meta.scan") as run, open_progress(runtime, starts) as progress, open_decoder(runtime) as decoder:
        parts = ScanParts(DiskLibrary(), LateReader(run.db), decoder, progress, on_book)
        requests = _requests(runtime, starts, full_decode=full_decode, changed_only=changed_only)
        for request in requests:
            figures.add(scan_library(run, request, parts))
        places = [request.start for request in requests]
        count, problems = _problems(run.db, places)
        of_no_book = load_problems_in(run.db, places, -1, of_books=False) if jsonl else ()
        data = None if jsonl else _data(starts, figures, count)  # with --jsonl stdout has the lines alone
        result = run.finish(data, problems)
    if jsonl:  # stdout has the books' lines alone; the rest is said once the bar is gone
        Screen(sys.stderr).problems(of_no_book)
        result = replace(result, problems=())
    if listen:
        result = _listened(runtime, result)
    return _enriched(runtime, result) if enrich else result


def _listened(runtime: Runtime, scanned: Result) -> Result:
    """The scan's result with what the recordings of new books say; it comes before the catalogues are asked."""
    from mamctl.cli.commands.meta.listen import run_listening

    done = run_listening(runtime, [])
    data = replace(scanned.data, listened=done.data) if scanned.data else None
    return Result(data, (*scanned.problems, *done.problems), worst(done.status, scanned.status))


def _enriched(runtime: Runtime, scanned: Result) -> Result:
    """The scan's result with what the catalogues said of the new books."""
    from mamctl.cli.commands.meta.enrich import run_enrichment

    done = run_enrichment(runtime)
    data = replace(scanned.data, enriched=done.data) if scanned.data else None
    problems = (*scanned.problems, *done.problems)
    # Without catalogues the library is still scanned: that is part of the work, not none of it.
    ended = Status.PARTIAL if done.error else worst(done.status, scanned.status)
    return Result(data, problems, ended)


def _requests(runtime: Runtime, starts: Sequence[str], *, full_decode: bool, changed_only: bool) -> list[ScanRequest]:
    """Each path with the library folder that it belongs to: configured, or scanned before, or itself."""
    configured = [os.path.realpath(folder) for folder in runtime.config.library.folders]
    known = known_roots(runtime.store)
    requests = []
    for start in starts:
        above = [root for root in configured if lies_in(start, (root,))]
        above = above or [root for root in known if lies_in(start, (root,))]
        root = min(above, key=len) if above else library_of(start)
        requests.append(ScanRequest(root, find_book_folder(root, start), full_decode, changed_only))
    return requests


def _print_book(runtime: Runtime, book_id: int) -> None:
    """One line of JSON, as soon as the book is recorded."""
    from mamctl.output.book_json import BookData
    from mamctl.store.library.agreed import load_book

    write_json_line(BookData.of(load_book(runtime.store, book_id)))


def _problems(db: sqlite3.Connection, starts: Sequence[str]) -> tuple[int, tuple[Problem, ...]]:
    """How much is wrong in the scanned folders, as the store now has it, and the first of it."""
    shown = load_problems_in(db, starts, SHOWN_PROBLEMS)
    return count_problems_in(db, starts) if len(shown) == SHOWN_PROBLEMS else len(shown), shown


def _data(starts: tuple[str, ...], figures: ScanFigures, count: int) -> ScanData:
    return ScanData(
        paths=starts,
        books=figures.books,
        files=figures.files,
        bytes=figures.bytes,
        unchanged=figures.unchanged,
        gone=figures.gone,
        sound={sound.value: count for sound, count in sorted(figures.sound.items())},
        problems_found=count,
    )
