"""Which books the folders of a library hold, each with a fingerprint that shows whether it was read as it is now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mamctl.domain.library.grouping import fingerprint, group_books
from mamctl.domain.library.multi_book import is_another_book, may_hold_several, part_books
from mamctl.store.library.books import KnownBook, known_book
from mamctl.store.library.exports import unchanged_exports

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from mamctl.domain.library.files import BookFiles, Listing
    from mamctl.domain.library.multi_book import FileSigns
    from mamctl.jobs.library.ports import BookReader

# Another number reads every book again: raise it when the readers learn to see more.
READER_VERSION = 5


@dataclass(frozen=True, slots=True)
class FoundBook:
    """A book as it lies there: its fingerprint shows with `known` whether it was recorded as it is now."""

    files: BookFiles
    fingerprint: str
    known: KnownBook | None

    @property
    def is_recorded(self) -> bool:
        """Whether nothing about its files has changed since it was recorded."""
        return self.known is not None and self.known.fingerprint == self.fingerprint

    @property
    def is_of_older_readers(self) -> bool:
        """Whether it was recorded by an older mamctl, which may have judged its files less well."""
        return self.known is not None and not self.known.fingerprint.startswith(f"{READER_VERSION}-")


def find_books(db: sqlite3.Connection, reader: BookReader, listings: Iterable[Listing]) -> Iterator[FoundBook]:
    """Books as the walk comes to them. A folder of several is split, and stays so without reading it again."""
    for files in group_books(listings):
        folder = _look_up(db, files)
        if folder.is_recorded or not may_hold_several(files):
            yield folder
            continue
        parts = part_books(files)
        found = [_look_up(db, part) for part in parts]
        yield from found if all(part.is_recorded for part in found) or _are_several(reader, parts) else (folder,)


def _look_up(db: sqlite3.Connection, files: BookFiles) -> FoundBook:
    """The book with what is recorded of it; mamctl's own sidecars are no source and do not count."""
    own = unchanged_exports(db, files.sidecars)
    counted = replace(files, sidecars=tuple(file for file in files.sidecars if file.path not in own)) if own else files
    return FoundBook(files, f"{READER_VERSION}-{fingerprint(counted)}", known_book(db, files.path))


def part_download(reader: BookReader, listings: Iterable[Listing]) -> Iterator[BookFiles]:
    """The same books, of files that no library knows."""
    for folder in group_books(listings):
        parts = part_books(folder) if may_hold_several(folder) else ()
        yield from parts if parts and _are_several(reader, parts) else (folder,)


def _are_several(reader: BookReader, parts: Iterable[BookFiles]) -> bool:
    """Whether each is for certain a separate book; one doubt is enough, and ends the reading."""
    signs: list[FileSigns] = []
    for part in parts:
        new = reader.signs(part.path)
        if not is_another_book(new, signs):
            return False
        signs.append(new)
    return True
