"""Which books the folders of a library hold, each with a stamp that tells whether it was read as it is now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mamctl.domain.library.grouping import group_books, stamp_files
from mamctl.domain.library.multi_book import is_another_book, may_hold_several, part_books
from mamctl.store.library.books import KnownBook, known_book

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from mamctl.domain.library.files import BookFiles, Listing
    from mamctl.domain.library.multi_book import FileSigns
    from mamctl.jobs.library.ports import BookReader

# Another number reads every book anew: raise it when the readers learn to see more.
READER_VERSION = 4


@dataclass(frozen=True, slots=True)
class MetBook:
    """A book as it lies there: its stamp tells with `known` whether it was recorded as it is now."""

    files: BookFiles
    stamp: str
    known: KnownBook | None

    @property
    def is_recorded(self) -> bool:
        """Whether nothing about its files has changed since it was recorded."""
        return self.known is not None and self.known.stamp == self.stamp


def find_books(db: sqlite3.Connection, reader: BookReader, listings: Iterable[Listing]) -> Iterator[MetBook]:
    """Books as the walk comes to them. A folder of several is parted, and stays so without reading it again."""
    for files in group_books(listings):
        folder = _meet(db, files)
        if folder.is_recorded or not may_hold_several(files):
            yield folder
            continue
        parts = part_books(files)
        met = [_meet(db, part) for part in parts]
        yield from met if all(part.is_recorded for part in met) or _are_several(reader, parts) else (folder,)


def _meet(db: sqlite3.Connection, files: BookFiles) -> MetBook:
    return MetBook(files, f"{READER_VERSION}-{stamp_files(files)}", known_book(db, files.path))


def part_download(reader: BookReader, listings: Iterable[Listing]) -> Iterator[BookFiles]:
    """The same books, of files that no library knows."""
    for folder in group_books(listings):
        parts = part_books(folder) if may_hold_several(folder) else ()
        yield from parts if parts and _are_several(reader, parts) else (folder,)


def _are_several(reader: BookReader, parts: Iterable[BookFiles]) -> bool:
    """Whether each is for certain a book of its own; one doubt is enough, and ends the reading."""
    signs: list[FileSigns] = []
    for part in parts:
        new = reader.signs(part.path)
        if not is_another_book(new, signs):
            return False
        signs.append(new)
    return True
