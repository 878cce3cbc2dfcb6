"""`mamctl meta export`: the agreed values as sidecars for Audiobookshelf, calibre and others."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from mamctl.cli.book_options import find_book
from mamctl.cli.command import command
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.library_files import DiskSidecars, FiledSidecars
from mamctl.dataclass import dataclass
from mamctl.domain.library.export import ABS_NAME, Write
from mamctl.domain.outcome import Result, Rows, Status
from mamctl.domain.problem import Problem
from mamctl.errors import MamctlError, UsageError
from mamctl.jobs.library.export import Exported, export_books
from mamctl.jobs.run import Run
from mamctl.output.kept import Kept
from mamctl.output.screen import Screen
from mamctl.store.catalogues.answers import all_books

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class ExportData:
    """How many files were created, replaced, kept as they were, refused; and each of those not kept.

    `kept_by_abs` of the refused ones are written by Audiobookshelf itself; it read `scanned_by_abs` items again.
    """

    counts: dict[str, int]
    files: Rows[Exported]
    kept_by_abs: int
    scanned_by_abs: int = 0
    hides_edits: bool = False


_MOST = 20  # files that a terminal shows
_COUNTED = {Write.CREATE: "created", Write.REPLACE: "replaced", Write.KEEP: "as they were", Write.REFUSE: "refused"}


def render_export(screen: Screen, data: ExportData) -> None:
    """How much was written, and in a dry run or with --verbose each file; refusals follow as problems."""
    if screen.verbose or screen.dry_run:
        rows = [(file.write.value, file.path) for file in data.files if not file.kept_by_abs]
        if rows:
            screen.table((screen.choose("done", "would"), "file"), rows, most=_MOST)
    counts = ((count, Write(name)) for name, count in data.counts.items())
    would = screen.choose("", "would be ")
    words = [f"{count:,} {would if write is not Write.KEEP else ''}{_COUNTED[write]}" for count, write in counts]
    screen.line(", ".join(words) or "nothing to export")
    if data.kept_by_abs:
        screen.line(
            f"{data.kept_by_abs} metadata.json left unchanged: Audiobookshelf keeps them (its setting “store metadata"
            " with item”) and does not read mamctl's values from them; mamctl abs push --all sends them"
        )
    if data.hides_edits:
        screen.line(screen.choose(f"From now on {HIDES_EDITS}", f"From then on {HIDES_EDITS}"))


HIDES_EDITS = (
    "Audiobookshelf shows these values: a metadata.json in the folder hides what you edited there, and"
    " later edits are lost at its next scan of the book. mamctl abs push --all leaves them unchanged."
)


@command(app, "export", schema="mamctl.meta.export/1", render=render_export, dry_run=True)
def export(
    runtime: Runtime,
    book: Annotated[str | None, typer.Argument(metavar="[BOOK]", help="An id, a path, or words of the title.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every book.")] = False,
) -> Result:
    """Write metadata.json and metadata.opf.

    They are written beside the books, completely or not at all, and never over files that something else wrote.
    """
    if (book is None) == (not everything):
        raise UsageError("name one book, or pass --all", remedy="mamctl meta export BOOK, or mamctl meta export --all")
    with runtime.run("meta.export") as run:
        ids = all_books(run.db) if book is None else (find_book(run.db, book),)
        counts, kept_by_abs = Counter[str](), 0
        shown, written = Kept[Exported](), set[int]()
        for file in export_books(run, DiskSidecars(), ids, FiledSidecars(run.db)):
            counts[file.write.value] += 1
            kept_by_abs += file.kept_by_abs
            if file.write is not Write.KEEP:
                shown.add(file)
            if file.write not in (Write.KEEP, Write.REFUSE) and file.path.endswith(ABS_NAME):
                written.add(file.book_id)
        status = Status.PARTIAL if run.problems else Status.OK
        shows = runtime.config.audiobookshelf.url is not None and bool(written)
        scanned = _let_scan(runtime, run, written) if shows else 0
        data = ExportData(dict(sorted(counts.items())), shown.rows(), kept_by_abs, scanned, hides_edits=shows)
        return run.finish(data, status=status if status is not Status.OK or not run.problems else Status.ATTENTION)


def _let_scan(runtime: Runtime, run: Run, book_ids: set[int]) -> int:
    """Let Audiobookshelf read these books again; how many it did."""
    if runtime.options.dry_run:
        return 0
    from mamctl.cli.wiring.shelf import open_shelf, shelf_place
    from mamctl.jobs.audiobookshelf.scan import scan_books

    try:
        shelf = open_shelf(runtime)
        scanned, problems = scan_books(run.db, shelf, shelf_place(runtime, shelf), sorted(book_ids))
    except MamctlError as error:
        scanned, problems = 0, (Problem.of(error),)
    run.problems.extend(problems)
    return scanned
