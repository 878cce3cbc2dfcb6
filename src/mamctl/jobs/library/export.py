"""Writes the agreed values beside the books, for other programs: observe, decide, act, record, book by book."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

from mamctl.dataclass import dataclass
from mamctl.domain.library.export import KEPT_BY_ABS, FileState, PlannedWrite, Write, digest, export_book
from mamctl.domain.metadata.observation import Source
from mamctl.domain.permits import Permit, WriteSidecar
from mamctl.domain.problem import Problem
from mamctl.jobs.permits import ClauseRefusedError, permit
from mamctl.store.library.agreed import load_book, load_observations, replace_observations
from mamctl.store.library.exports import note_intent, own_export, remember_export

if TYPE_CHECKING:
    from datetime import datetime

    from mamctl.domain.library.book import BookRecord
    from mamctl.domain.metadata.observation import Observation
    from mamctl.jobs.run import Run


class SidecarFiles(Protocol):
    """Where sidecars are written."""

    def plan(self, root: str, path: str, text: str, own: Collection[str]) -> PlannedWrite | Problem:
        """What would be done with `path` in the library at `root`, or why nothing may be; writes nothing."""
        ...

    def write(self, planned: PlannedWrite, own: Collection[str], permit: Permit[WriteSidecar]) -> FileState | Problem:
        """Write what was planned, wholly or not at all; the reason when it could not be done."""
        ...


class FiledBooks(Protocol):
    """What was written beside a book when it was filed."""

    def text(self, path: str) -> str | None:
        """What was written to `path`; None where nothing was, or another file is there by now."""
        ...

    def evidence(self, path: str, seen_at: datetime) -> tuple[Observation, ...]:
        """What the site states of the book beside which `path` was written."""
        ...


@dataclass(frozen=True, slots=True)
class Exported:
    """One file, and what was done with it; `kept_by_abs` when Audiobookshelf writes it itself."""

    book_id: int
    path: str
    write: Write
    kept_by_abs: bool = False


def export_books(run: Run, files: SidecarFiles, book_ids: Iterable[int], filed: FiledBooks) -> Iterator[Exported]:
    """Every sidecar of these books, as each is done; what was refused is among the run's problems.

    Files that Audiobookshelf keeps are an expected state and no problem.
    """
    for book_id in book_ids:
        book = load_book(run.db, book_id)
        if not book.agreed:
            run.add_problem(
                Problem("nothing_agreed", f"{book.path}: nothing is known of it", book.path, "mamctl meta scan")
            )
        elif _is_loose(book):
            run.add_problem(Problem("loose_file", f"{book.path}: it has no separate folder", book.path,
                                "give the book a folder; sidecars belong to a folder"))  # fmt: skip
        else:
            yield from _export(run, files, book, filed)


def _is_loose(book: BookRecord) -> bool:
    """Whether the book has no separate folder, so that sidecars would describe its neighbours too."""
    return book.path in {book.root, *(file.found.path for file in book.files)}


def _export(run: Run, files: SidecarFiles, book: BookRecord, filed: FiledBooks) -> Iterator[Exported]:
    for name, text in export_book(book).items():
        path = os.path.join(book.path, name)  # noqa: PTH118  a name may hold bytes that are not UTF-8
        own = own_export(run.db, path).digests or _own_of_filing(run, book, path, filed)
        planned = files.plan(book.root, path, text, own)
        failed = planned if isinstance(planned, Problem) else _write(run, files, book, planned, own)
        kept_by_abs = failed is not None and failed.code == KEPT_BY_ABS
        if failed is not None and not kept_by_abs:
            run.add_problem(failed)
        write = Write.REFUSE if failed or isinstance(planned, Problem) else planned.write
        yield Exported(book.id, path, write, kept_by_abs=kept_by_abs)


def _own_of_filing(run: Run, book: BookRecord, path: str, filed: FiledBooks) -> frozenset[str]:
    """The digest of the file that mamctl wrote when it filed the book.

    Until now its values were evidence of the book. Once it is an export it is not, so that what the site said of the
    book is kept apart from it.
    """
    text = filed.text(path)
    if text is None:
        return frozenset()
    known = any(one.source is Source.TRACKER for one in load_observations(run.db, book.id))
    if not known and not run.dry_run:
        replace_observations(run.db, book.id, run.id, filed.evidence(path, run.clock()), (Source.TRACKER,))
    return frozenset({digest(text.encode("utf-8", "replace"))})


def _write(
    run: Run, files: SidecarFiles, book: BookRecord, planned: PlannedWrite, own: Collection[str]
) -> Problem | None:
    """Note the intent, write, note the outcome: a kill between any two of these leaves a file known as mamctl's."""
    state = planned.state
    if planned.write is not Write.KEEP:
        note_intent(run.db, planned.path, book.id, planned.sha256, run.clock())
        written = None if run.dry_run else _write_file(run, files, planned, own)
        if isinstance(written, Problem):
            return written
        state = written
    remember_export(run.db, planned, state, book.id, run.id, run.clock())
    return None


def _write_file(run: Run, files: SidecarFiles, planned: PlannedWrite, own: Collection[str]) -> FileState | Problem:
    try:
        return files.write(planned, own, permit(run, WriteSidecar(path=planned.path)))
    except ClauseRefusedError as error:
        return Problem.of(error, planned.path)
