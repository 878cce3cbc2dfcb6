"""Letting Audiobookshelf take notice of one book: of what was written beside it, or of a book that has just come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from mamctl.domain.library.abs_items import translate
from mamctl.domain.problem import Problem
from mamctl.errors import MamctlError
from mamctl.jobs.audiobookshelf.shelf import Shelf, ShelfPlace, find_items

if TYPE_CHECKING:
    import sqlite3


class Watcher(Protocol):
    """The server's ear for new files."""

    def announce_file(self, library_id: str, path: str) -> bool:
        """Say that a file has come, by its path there; whether the server takes it up."""
        ...


def scan_books(
    db: sqlite3.Connection, shelf: Shelf, place: ShelfPlace, book_ids: Iterable[int]
) -> tuple[int, tuple[Problem, ...]]:
    """Let the item of each book be read again: how many were, and what kept others from it. Never raises."""
    scanned, problems = 0, list[Problem]()
    try:
        for book, _, item in find_items(db, shelf, place, book_ids):
            if item is None or item.path in item.files:  # it refuses to scan a loose file
                continue
            try:
                shelf.scan_item(item.id)
                scanned += 1
            except MamctlError as error:
                problems.append(Problem.of(error, book.path))
                break  # what one key may not do, or one outage stops, is the same for the next
    except MamctlError as error:
        problems.append(Problem.of(error))
    return scanned, tuple(problems)


def announce_book(watcher: Watcher, place: ShelfPlace, files: Iterable[str]) -> Problem | None:
    """Say that a book has come, by one of its audio files (paths of this machine); why not, where it is not taken up.

    The server scans its folder after ten seconds. Never raises.
    """
    path = next(iter(sorted(files)), None)
    if path is None:
        return None
    shown = translate(path, place.paths)
    try:
        if any(watcher.announce_file(library, shown) for library in place.library_ids):
            return None
    except MamctlError as error:
        return Problem.of(error, path)
    return Problem(
        "abs_not_taken_up",
        f"Audiobookshelf does not pick up {shown}",
        path,
        "its watcher is off for the library, or the path is not in its library: check audiobookshelf.path_map",
    )
