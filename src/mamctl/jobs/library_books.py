"""Which books the folders of a library hold, each with a stamp that tells whether it was read as it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mamctl.domain.grouping import group_books, stamp_files
from mamctl.domain.several_books import is_another_book, may_hold_several, part_books
from mamctl.store.library import known_book

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from mamctl.domain.grouping import BookFiles, Listing
    from mamctl.domain.several_books import FileSigns
    from mamctl.jobs.ports_library import BookReader

# Another number reads every book anew: raise it when the readers learn to see more.
READER_VERSION = 2


def find_books(
    db: sqlite3.Connection, reader: BookReader, listings: Iterable[Listing]
) -> Iterator[tuple[BookFiles, str]]:
    """Books as the walk comes to them. A folder of several is parted, and stays so without reading it again."""
    for folder in group_books(listings):
        parts = part_books(folder) if may_hold_several(folder) else ()
        if parts and not _is_known(db, folder):
            several = all(_is_known(db, part) for part in parts) or _are_several(reader, parts)
            yield from ((book, stamp_book(book)) for book in (parts if several else (folder,)))
        else:
            yield folder, stamp_book(folder)


def part_download(reader: BookReader, listings: Iterable[Listing]) -> Iterator[BookFiles]:
    """The same books, of files that no library knows."""
    for folder in group_books(listings):
        parts = part_books(folder) if may_hold_several(folder) else ()
        yield from parts if parts and _are_several(reader, parts) else (folder,)


def stamp_book(book: BookFiles) -> str:
    """What the book looks like from outside, to these readers: the same stamp means that nothing is to be learnt."""
    return f"{READER_VERSION}-{stamp_files(book)}"


def _is_known(db: sqlite3.Connection, book: BookFiles) -> bool:
    known = known_book(db, book.path)
    return known is not None and known.stamp == stamp_book(book)


def _are_several(reader: BookReader, parts: Iterable[BookFiles]) -> bool:
    """Whether each is for certain a book of its own; one doubt is enough, and ends the reading."""
    signs: list[FileSigns] = []
    for part in parts:
        new = reader.signs(part.path)
        if not is_another_book(new, signs):
            return False
        signs.append(new)
    return True
