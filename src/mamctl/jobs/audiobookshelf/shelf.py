"""What the jobs need of Audiobookshelf, and finding a book's one item there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from mamctl.domain.library.abs_items import (
    KEYS,
    SURE_ENOUGH,
    Difference,
    Match,
    ShelfItem,
    as_sent,
    compare,
    find_item,
    same,
    translate,
)
from mamctl.store.library.agreed import load_book
from mamctl.store.library.shelf_pushes import NOT_SENT, SENT, last_sent, open_pushes, settle_pushes

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from mamctl.domain.library.audiobookshelf import Document
    from mamctl.domain.library.book import BookRecord
    from mamctl.domain.permits import ChangeShelf, Permit

ReadByServer = Callable[["BookRecord"], Collection["Document"]]
"""All that the server may have read by itself for a book: of its folder, its tags, its sidecars and our export."""


class Shelf(Protocol):
    """The server. Calls raise MamctlError kinds; UnreachableError of a change leaves open whether it was made."""

    def fetch_paths(self, library_id: str) -> Mapping[str, str]:
        """The path of every item of a library, by id."""
        ...

    def fetch_items(self, ids: Iterable[str]) -> tuple[ShelfItem, ...]:
        """These items, whole; unknown ids are left out."""
        ...

    def change_item(self, item_id: str, metadata: Mapping[str, Any], permit: Permit[ChangeShelf]) -> ShelfItem:
        """Set these values; the item afterwards."""
        ...

    def scan_item(self, item_id: str) -> str:
        """Let the server read the item's folder again."""
        ...


@dataclass(frozen=True, slots=True)
class ShelfPlace:
    """Where our books are there: the libraries to look in, and the paths (theirs, ours)."""

    library_ids: tuple[str, ...]
    paths: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """A book with its one item, and how they differ; or why there is no such item."""

    book: BookRecord
    match: Match
    item: ShelfItem | None = None
    differences: tuple[Difference, ...] = ()


def place_books(
    db: sqlite3.Connection, shelf: Shelf, place: ShelfPlace, read: ReadByServer, book_ids: Iterable[int], now: datetime
) -> Iterator[Placed]:
    """Each book with its item, and how they differ. What an earlier run left open is settled by looking."""
    for book, match, item in find_items(db, shelf, place, book_ids):
        if item is None:
            yield Placed(book, match)
            continue
        _settle(db, book.id, item, now)
        values = {
            field: agreed.value
            for field, agreed in book.agreed.items()
            if agreed.verified or agreed.confidence >= SURE_ENOUGH
        }
        found = compare(values, item, read(book), last_sent(db, book.id, item.id))
        yield Placed(book, match, item, found)


def find_items(
    db: sqlite3.Connection, shelf: Shelf, place: ShelfPlace, book_ids: Iterable[int]
) -> Iterator[tuple[BookRecord, Match, ShelfItem | None]]:
    """Each book with the one item that holds exactly its files."""
    books = [load_book(db, number) for number in book_ids]
    files = {book.id: [translate(file.found.path, place.paths) for file in book.files] for book in books}
    items = _candidates(shelf, place, [path for paths in files.values() for path in paths])
    for book in books:
        yield (book, *find_item(files[book.id], items))


def _candidates(shelf: Shelf, place: ShelfPlace, files: Collection[str]) -> tuple[ShelfItem, ...]:
    """The items whose path leads to any of these files, whole: the list of a library has no files."""
    wanted = {*files, *(parent for path in files for parent in _parents(path))}
    ids: list[str] = []
    for library_id in place.library_ids:
        ids += [number for number, path in shelf.fetch_paths(library_id).items() if path.rstrip("/") in wanted]
    return shelf.fetch_items(ids) if ids else ()


def _parents(path: str) -> Iterator[str]:
    while "/" in path.strip("/"):
        path = path.rpartition("/")[0]
        yield path


def _settle(db: sqlite3.Connection, book_id: int, item: ShelfItem, now: datetime) -> None:
    """Claims whose answer was lost: what the item shows now is what became of them."""
    for push in open_pushes(db, book_id):
        there = as_sent(push.field, item.metadata.get(KEYS[push.field]))
        arrived = push.item_id == item.id and same(push.field, push.sent, there)
        settle_pushes(db, [push.id], SENT if arrived else NOT_SENT, now)
