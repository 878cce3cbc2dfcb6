"""Writes the agreed values beside the books, for other programs: observe, decide, act, record, book by book."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from mamctl.domain.library.export import export_book
from mamctl.domain.library.export_guard import Write
from mamctl.domain.problem import Problem
from mamctl.store.agreed import load_book
from mamctl.store.exports import remember_export, remembered_export

if TYPE_CHECKING:
    from mamctl.domain.library.book import BookRecord
    from mamctl.jobs.run import Run


class SidecarFiles(Protocol):
    """Where sidecars are written."""

    def write(self, path: str, text: str, remembered: str | None, *, dry_run: bool) -> tuple[Write, str] | Problem:
        """What was done with the file and the digest of its content, or why nothing was done."""
        ...


@dataclass(frozen=True, slots=True)
class Exported:
    """One file, and what was done with it."""

    book_id: int
    path: str
    write: Write


def export_books(run: Run, files: SidecarFiles, book_ids: Iterable[int]) -> Iterator[Exported]:
    """Every sidecar of these books, as each is done; what was refused is among the run's problems."""
    for book_id in book_ids:
        book = load_book(run.db, book_id)
        if not book.agreed:
            run.trouble(
                Problem("nothing_agreed", f"{book.path}: nothing is known of it", book.path, "mamctl meta scan")
            )
        elif _is_loose(book):
            run.trouble(Problem("loose_file", f"{book.path}: it lies in no folder of its own", book.path,
                                "give the book a folder; sidecars belong to a folder"))  # fmt: skip
        else:
            yield from _export(run, files, book)


def _is_loose(book: BookRecord) -> bool:
    """Whether the book has no folder of its own, so that sidecars would speak for its neighbours too."""
    return book.path in {book.root, *(file.found.path for file in book.files)}


def _export(run: Run, files: SidecarFiles, book: BookRecord) -> Iterator[Exported]:
    for name, text in export_book(book).items():
        path = os.path.join(book.path, name)  # noqa: PTH118  a name may hold bytes that are no UTF-8
        done = files.write(path, text, remembered_export(run.db, path), dry_run=run.dry_run)
        if isinstance(done, Problem):
            run.trouble(done)
            yield Exported(book.id, path, Write.REFUSE)
            continue
        verdict, sha256 = done
        if verdict is not Write.KEEP:
            remember_export(run.db, path, book.id, sha256, run.id, run.clock())
        yield Exported(book.id, path, verdict)
