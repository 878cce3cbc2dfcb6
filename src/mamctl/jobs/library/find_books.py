"""Which books the folders of a library hold, each with a fingerprint that shows whether it was read as it is now."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from mamctl.dataclass import dataclass
from mamctl.domain.library.grouping import (
    MARK_LENGTH,
    fingerprint,
    group_books,
    group_folders,
    in_play_order,
    may_hide_a_change,
    quick_mark,
)
from mamctl.store.library.books import KnownBook, holds_any_book, known_book
from mamctl.store.library.exports import unchanged_exports

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime

    from mamctl.domain.library.book import AudioFile, BookReading
    from mamctl.domain.library.files import BookFiles, Listing
    from mamctl.domain.library.multi_book import FileSigns
    from mamctl.jobs.library.ports import BookReader

# Another number reads every book again: raise it when the readers learn to see more.
READER_VERSION = 7


@dataclass(frozen=True)
class FoundBook:
    """A book as it lies there. `mark` and `fingerprint` show with `known` whether it was recorded as it is now.

    Its files are in play order, unless the mark alone shows that there is nothing to do for it.
    """

    files: BookFiles
    known: KnownBook | None
    counted: BookFiles
    """The files without the sidecars that mamctl wrote itself: they are not sources."""

    @cached_property
    def mark(self) -> bytes:
        """What its files look like now, compared before the fingerprint is."""
        return quick_mark(self.counted)

    @cached_property
    def fingerprint(self) -> str:
        """What its records refer to."""
        return f"{READER_VERSION}-{fingerprint(self.counted)}"

    @property
    def is_marked(self) -> bool:
        """Whether the mark, which is quicker to come by, already shows that nothing has changed."""
        return self.known is not None and self.known.mark == self.mark and not self.is_of_older_readers

    @property
    def recorded_reading(self) -> bytes | None:
        """The digest of what its files said, where their mark alone does not show that they have not changed since."""
        if self.known is None or self.known.mark is None or self.known.mark[:MARK_LENGTH] != self.mark:
            return None
        return self.known.mark[MARK_LENGTH:] or None

    @property
    def is_recorded(self) -> bool:
        """Whether nothing about its files shows that they changed since; a store of before has no marks.

        Where there is a `recorded_reading`, they may have changed all the same.
        """
        if self.known is not None and self.known.mark is None:
            return self.known.fingerprint == self.fingerprint
        return self.is_marked or (self.recorded_reading is not None and not self.is_of_older_readers)

    def mark_of(self, reading: BookReading, looked_at: datetime) -> bytes:
        """The mark to keep. Where it may hide a change, with the digest of the reading, and the next scan reads again:
        `looked_at` is when the scan began."""
        doubtful = may_hide_a_change(self.counted, looked_at)
        return self.mark + reading.digest() if doubtful else self.mark

    @property
    def is_of_older_readers(self) -> bool:
        """Whether it was recorded by an older mamctl, which may have judged its files less well."""
        return self.known is not None and not self.known.fingerprint.startswith(f"{READER_VERSION}-")


@dataclass(frozen=True, slots=True)
class ReadBook:
    """A book ready to be recorded: its files with their verdicts, what they say of it, and the mark to keep."""

    seen: FoundBook
    judged: tuple[AudioFile, ...]
    reading: BookReading
    mark: bytes


@dataclass(frozen=True, slots=True)
class _RecordedBooks:
    """The books of the store as they are compared with what lies there. Before the first scan there are none
    (`any_at_all`), and nothing is looked up."""

    db: sqlite3.Connection
    any_at_all: bool

    def look_up(self, files: BookFiles) -> FoundBook:
        """The book of these files, with what is recorded at its path."""
        own = unchanged_exports(self.db, files.sidecars) if files.sidecars else ()
        counted = files
        if own:
            counted = replace(files, sidecars=tuple(file for file in files.sidecars if file.path not in own))
        known = known_book(self.db, files.path) if self.any_at_all else None
        return FoundBook(files, known, counted)


def find_books(
    db: sqlite3.Connection, reader: BookReader, listings: Iterable[Listing], enough: Collection[str]
) -> Iterator[FoundBook]:
    """Books as the walk comes to them. A folder of several is split, and stays so without reading it again.

    A book that is marked and decoded `enough` (no, edges, whole) needs nothing more: it is not put in order.
    """
    books = _RecordedBooks(db, any_at_all=holds_any_book(db))
    for files in group_folders(listings):
        found = books.look_up(files)
        if found.known and found.is_marked and found.known.decoded in enough:
            yield found
        else:
            yield from _split(books, reader, in_play_order(files))


def _split(books: _RecordedBooks, reader: BookReader, files: BookFiles) -> Iterator[FoundBook]:
    from mamctl.domain.library.multi_book import ways_to_split

    folder = books.look_up(files)
    if files.apart and not folder.is_recorded:
        alone = [books.look_up(disc) for disc in files.apart]
        if all(part.is_recorded for part in alone) or not _are_discs(reader, files):
            for disc in files.apart:
                yield from _split(books, reader, disc)
            return
    ways = [] if folder.is_recorded else list(ways_to_split(files))
    recorded = (found for parts in ways if (found := _recorded_parts(books, parts)))
    several = ([books.look_up(part) for part in parts] for parts in ways if _are_several(reader, files.path, parts))
    chosen = next(recorded, None) or next(several, None)
    if chosen is None:
        yield folder
        return
    for part in chosen:
        yield from _split(books, reader, part.files) if _is_folder_below(part.files, files) else (part,)


def _recorded_parts(books: _RecordedBooks, parts: Iterable[BookFiles]) -> list[FoundBook]:
    """The parts, if all of them were recorded as they are now; none otherwise."""
    found: list[FoundBook] = []
    for part in parts:
        found.append(books.look_up(part))
        if not found[-1].is_recorded:
            return []
    return found


def _is_folder_below(part: BookFiles, whole: BookFiles) -> bool:
    return part.path not in {whole.path, part.audio[0].path}


def part_download(reader: BookReader, listings: Iterable[Listing]) -> Iterator[BookFiles]:
    """The same books, of files that no library knows."""
    for folder in group_books(listings):
        yield from _parts_of(reader, folder)


def _parts_of(reader: BookReader, files: BookFiles) -> Iterator[BookFiles]:
    if files.apart and not _are_discs(reader, files):
        for part in files.apart:
            yield from _parts_of(reader, part)
        return
    from mamctl.domain.library.multi_book import ways_to_split

    for parts in ways_to_split(files):
        if _are_several(reader, files.path, parts):
            for part in parts:
                yield from _parts_of(reader, part) if _is_folder_below(part, files) else (part,)
            return
    yield files


def _are_discs(reader: BookReader, files: BookFiles) -> bool:
    """Whether the folders of a book that are called by numbers are its discs, by the tags of their first files."""
    from mamctl.domain.library.multi_book import are_discs

    return are_discs([reader.signs(part.audio[0].path) for part in files.apart])


def _are_several(reader: BookReader, whole: str, parts: Iterable[BookFiles]) -> bool:
    """Whether each is for certain a separate book; one doubt is enough, and ends the reading.

    Loose files, which keep the path of the `whole`, need not show that they are one: another book must not claim them.
    """
    from mamctl.domain.library.multi_book import is_another_book, may_belong, signs_of

    signs: list[FileSigns] = []
    loose: FileSigns | None = None
    for part in parts:
        new = signs_of(part, reader.signs(part.audio[0].path))
        if part.path == whole:
            loose = new
        elif not is_another_book(new, signs):
            return False
        else:
            signs.append(new)
    return loose is None or not may_belong(loose, signs)
