"""What the jobs need of Audiobookshelf, and finding a book's one item there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

from mamctl.dataclass import dataclass
from mamctl.domain.library.abs_items import (
    KEYS,
    SURE_ENOUGH,
    Difference,
    Match,
    Sent,
    ShelfItem,
    as_sent,
    compare,
    find_item,
    same,
    translate,
)
from mamctl.domain.library.abs_words import judge_words
from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Field, Source
from mamctl.store.library.agreed import load_book
from mamctl.store.library.shelf_pushes import NOT_SENT, SENT, last_sent, newest_push, open_pushes, settle_pushes
from mamctl.store.library.shelf_words import SeenItem, forget_words, items_with_words, load_words, save_words

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from mamctl.domain.library.audiobookshelf import Document
    from mamctl.domain.library.book import BookRecord
    from mamctl.domain.metadata.observation import Value
    from mamctl.domain.permits import ChangeShelf, Permit

ReadByServer = Callable[["BookRecord"], Collection["Document"]]
"""All that the server may have read by itself for a book: of its folder, its tags, its sidecars and our export."""


_AT_ONCE = 100  # books that are asked about, and whose words are recorded, together


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
    """A book with its one item, how they differ, and how many values there are somebody's word; or why there is no
    such item.
    """

    book: BookRecord
    match: Match
    item: ShelfItem | None = None
    differences: tuple[Difference, ...] = ()
    words: int = 0

    def is_agreed(self, field: Field) -> bool:
        """Whether the value there, somebody's word, is what mamctl itself goes by."""
        agreed = self.book.agreed.get(field)
        return agreed is not None and agreed.source is Source.ABS_SERVER and not agreed.verified


def place_books(
    db: sqlite3.Connection, shelf: Shelf, place: ShelfPlace, read: ReadByServer, book_ids: Iterable[int], now: datetime
) -> Iterator[Placed]:
    """Each book with its item, and how they differ. What an earlier run left open is settled by looking, and what
    somebody set there becomes evidence of the book.

    A hundred books are asked about when the first of them is taken, so that no more are in memory.
    """
    ids = list(book_ids)
    found = find_items(db, shelf, place, ids)
    for start in range(0, len(ids), _AT_ONCE):
        newest = {number: newest_push(db, number) for number in ids[start : start + _AT_ONCE]}
        some = list(islice(found, len(newest)))
        seen = dict[int, SeenItem]()
        sent = dict[int, Mapping[Field, Sent]]()
        for book, _, item in some:
            if item is not None:
                _settle(db, book.id, item, now)
                sent[book.id] = last_sent(db, book.id, item.id)
                words = judge_words(item, read(book), sent[book.id], load_words(db, book.id, item.id), now)
                seen[book.id] = SeenItem(book.id, item.id, words, newest[book.id])
        changed = save_words(db, seen.values(), now)
        changed |= _forget_gone(db, shelf, [book for book, _, item in some if item is None], now)
        for book, match, item in some:
            current = load_book(db, book.id) if book.id in changed else book
            if item is None:
                yield Placed(current, match)
                continue
            words = seen[book.id].words
            differences = compare(_own_values(current), item, words.somebody, sent[book.id])
            yield Placed(current, match, item, differences, len({one.place for one in words.observations}))


def _own_values(book: BookRecord) -> dict[Field, Value]:
    """What mamctl is sure enough of, by all evidence but what somebody set at the server: what you verified, and else
    what would be agreed without that.
    """
    others = agree(one for one in book.observations if one.source is not Source.ABS_SERVER)
    without = {value.field: value for value in others}
    found = {
        field: without.get(field) if agreed.source is Source.ABS_SERVER and not agreed.verified else agreed
        for field, agreed in book.agreed.items()
    }
    return {
        field: one.value
        for field, one in found.items()
        if one is not None and (one.verified or one.confidence >= SURE_ENOUGH)
    }


def _forget_gone(db: sqlite3.Connection, shelf: Shelf, books: Iterable[BookRecord], now: datetime) -> frozenset[int]:
    """Forget the words of items that the server does not have any more; the books that had any.

    Of an item that is still there another configuration, or a file more or less, is the reason why it is not found:
    its words stay.
    """
    known = {book.id: items for book in books if (items := items_with_words(db, book.id))}
    if not known:
        return frozenset()
    there = {item.id for item in shelf.fetch_items(sorted(frozenset().union(*known.values())))}
    gone = frozenset(number for number, items in known.items() if not items & there)
    for number in gone:
        forget_words(db, number, Field, now)
    return gone


def find_items(
    db: sqlite3.Connection, shelf: Shelf, place: ShelfPlace, book_ids: Iterable[int]
) -> Iterator[tuple[BookRecord, Match, ShelfItem | None]]:
    """Each book with the one item that holds exactly its files, asked about a hundred at a time."""
    there = _items_by_path(shelf, place)
    remaining = iter(book_ids)
    while ids := list(islice(remaining, _AT_ONCE)):
        books = [load_book(db, number) for number in ids]
        files = {book.id: [translate(file.found.path, place.paths) for file in book.files] for book in books}
        holders = defaultdict[str, list[ShelfItem]](list)
        for item in _candidates(shelf, there, [path for paths in files.values() for path in paths]):
            for path in item.files:
                holders[path].append(item)
        for book in books:
            items = {item.id: item for path in files[book.id] for item in holders.get(path, ())}
            yield (book, *find_item(files[book.id], items.values()))


def _items_by_path(shelf: Shelf, place: ShelfPlace) -> Mapping[str, list[str]]:
    """The ids of the items in the libraries, by their paths there: the list of a library has no files."""
    there: dict[str, list[str]] = {}
    for library_id in place.library_ids:
        for number, path in shelf.fetch_paths(library_id).items():
            there.setdefault(path.rstrip("/"), []).append(number)
    return there


def _candidates(shelf: Shelf, there: Mapping[str, list[str]], files: Collection[str]) -> tuple[ShelfItem, ...]:
    """The items whose path leads to any of these files, whole."""
    wanted = dict.fromkeys(place for path in files for place in (path, *_parents(path)))
    ids = [number for path in wanted for number in there.get(path, ())]
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
