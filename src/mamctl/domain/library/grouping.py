"""Groups the files of a library into books, as Audiobookshelf's scanner does.

A folder that directly holds audio is a book, with everything below it. A folder whose subfolders are discs (CD 1,
Disc 2 …) is one book. A loose audio file at the root of the library is a book of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from pathlib import PurePath
from typing import TYPE_CHECKING

from mamctl.domain.library.files import BookFiles, FoundFile, Listing
from mamctl.domain.library.parts import in_order, natural_key, part_numbers, stem_of
from mamctl.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

_WHICH = r"(?:\d{1,3}[a-d]?|[ivx]{1,4}|one|two|three|four|five|six|seven|eight|nine|ten)"
_OF = rf"(?: ?(?:of|von|de|sur|/) ?{_WHICH})?"
_WORD = r"(?:cd|dis[ck]|disque|disco|schijf|skiva)"
# "CD1", "Disc 2", "Disk_03", "Disc 1 of 4", "Disc One", "CD II", "Disc1 - The Beginning"; a lone "Part 2", "Side A" or
# "Teil 2" is a disc only next to its siblings.
_A_DISC = regex(_WORD, re.IGNORECASE)
_DISC = regex(rf"{_WORD}[ ._-]*{_WHICH}{_OF}(?:\s*[-–:]\s+\S.*)?", re.IGNORECASE, needs=_A_DISC)
_PART = regex(rf"(?:(?:book )?part|teil|partie|side|seite|tape|cassette)[ ._-]*(?:{_WHICH}|[a-d])", re.IGNORECASE)
_NUMBER = regex(r"\d{1,2}")
GRAIN = timedelta(seconds=2)  # of FAT and exFAT; other file systems have some milliseconds
MARK_LENGTH = 16  # bytes
_HIDDEN = regex(r"[.@#]")
_TITLED_DISC = regex(rf"(?P<title>\S.*?)[ ._,(\[-]+{_WORD}[ ._-]*{_WHICH}{_OF}[)\]]?", re.IGNORECASE, needs=_A_DISC)


def group_books(listings: Iterable[Listing]) -> Iterator[BookFiles]:
    """Books as they are complete, their files in play order; `listings` as for `group_folders`."""
    return map(in_play_order, group_folders(listings))


def in_play_order(book: BookFiles) -> BookFiles:
    """The book with its audio in the order in which it is played, and its sidecars sorted by name."""
    return replace(
        book,
        audio=tuple(file for files in _by_folder(book.audio) for file in in_order(files)),
        sidecars=tuple(file for files in _by_folder(book.sidecars) for file in files),
        apart=tuple(map(in_play_order, book.apart)),
    )


def _by_folder(files: Iterable[FoundFile]) -> Iterator[list[FoundFile]]:
    """The files of each folder, sorted naturally; the folders as they come."""
    folders: dict[str, list[FoundFile]] = {}
    for file in files:
        folders.setdefault(file.path.rpartition("/")[0], []).append(file)
    for folder, own in folders.items():
        yield sorted(own, key=lambda file: natural_key(file.path[len(folder) :]))


def group_folders(listings: Iterable[Listing]) -> Iterator[BookFiles]:
    """Books as they are complete, their files as listed. Listings come depth first, each before what is below it.

    To see that nothing has changed takes no order, and sorting is most of what a file costs.
    """
    under: list[Listing] = []  # the folder that is a book, and the listings below it
    neighbours: tuple[frozenset[str], ...] = ()
    above: list[_Above] = []  # the folders that lead to where the walk is
    for listing in listings:
        if under and _is_below(listing.path, under[0].path):
            under.append(listing)
            continue
        yield from _settle(_book(under, neighbours), above)
        under = []
        while above and not _is_below(listing.path, above[-1].listing.path):
            yield from above.pop().merged()
        neighbours = tuple(folder.names for folder in above)
        above.append(_Above(listing))
        if listing.path == listing.root:
            yield from _loose_books(listing)
        elif listing.audio or holds_discs(listing.folders):
            under = [listing]
    yield from _settle(_book(under, neighbours), above)
    while above:
        yield from above.pop().merged()


class _Above:
    """A folder on the way, with the discs of titles that lie beside other books in it."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        titles = {name: title for name in listing.folders if (title := _disc_title(name))}
        counts = Counter(title.casefold() for title in titles.values()) if titles else {}
        self.discs = {name: title for name, title in titles.items() if counts[title.casefold()] > 1}
        self.counted = self._counted() if listing.path != listing.root else frozenset()
        self._found: dict[str, list[BookFiles]] = {}
        self._numbers: list[BookFiles] = []

    @cached_property
    def names(self) -> frozenset[str]:
        """The names in it, for all the books below it."""
        return _names_in(self.listing)

    def _counted(self) -> frozenset[str]:
        """The names of its folders, where all are bare numbers that count from 1: "01", "02"."""
        names = [name for name in self.listing.folders if not _HIDDEN.match(name)]
        numbers = sorted(int(name) for name in names if _NUMBER.fullmatch(name))
        counts_on = len(numbers) == len(names) > 1 and numbers == list(range(1, len(names) + 1))
        return frozenset(names) if counts_on else frozenset()

    def take(self, book: BookFiles) -> bool:
        """Keep a book that is, or may be, one disc of several."""
        folder, _, name = book.path.rpartition("/")
        if folder != self.listing.path:
            return False
        if name in self.counted:
            self._numbers.append(book)
            return True
        if name not in self.discs:
            return False
        self._found.setdefault(self.discs[name].casefold(), []).append(book)
        return True

    def merged(self) -> Iterator[BookFiles]:
        """The discs as books, each with the path of its first disc; folders that are numbers with that above them."""
        if not self._numbers and not self._found:
            return
        numbers = sorted(self._numbers, key=lambda book: int(PurePath(book.path).name))
        if numbers and len(numbers) == len(self.counted):
            whole = _joined(numbers)
            sidecars = (*self.listing.sidecars, *whole.sidecars)
            above = whole.neighbours[:-1]
            yield replace(whole, path=self.listing.path, sidecars=sidecars, neighbours=above, apart=tuple(numbers))
        else:
            yield from numbers
        for discs in self._found.values():
            read_as = f"{self.listing.path}/{self.discs[PurePath(discs[0].path).name]}" if len(discs) > 1 else None
            yield replace(_joined(discs), read_as=read_as)


def _joined(discs: list[BookFiles]) -> BookFiles:
    """The first disc with the files of all."""
    return replace(
        discs[0],
        audio=tuple(file for disc in discs for file in disc.audio),
        sidecars=tuple(file for disc in discs for file in disc.sidecars),
        nested=tuple(path for disc in discs for path in disc.nested),
    )


def _settle(books: Iterable[BookFiles], above: list[_Above]) -> Iterator[BookFiles]:
    """The books, but those that are discs wait for the others."""
    for book in books:
        if not any(folder.take(book) for folder in above):
            yield book


def _names_in(listing: Listing) -> frozenset[str]:
    return frozenset((*listing.folders, *(stem_of(file.path.rpartition("/")[2]) for file in listing.audio)))


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(folder.rstrip("/") + "/")


def _book(listings: list[Listing], neighbours: tuple[frozenset[str], ...]) -> Iterator[BookFiles]:
    audio = tuple(file for listing in listings for file in listing.audio)
    if not audio:
        return
    top = listings[0]
    nested = tuple(
        listing.path for listing in listings[1:] if listing.audio and not is_disc(listing.path.rpartition("/")[2])
    )
    sidecars = tuple(file for listing in listings for file in listing.sidecars)
    nested = () if holds_discs(top.folders) else nested
    title = titled_discs(top.folders)
    yield BookFiles(top.root, top.path, audio, sidecars, nested, neighbours, f"{top.path}/{title}" if title else None)


def _loose_books(listing: Listing) -> Iterator[BookFiles]:
    neighbours = (_names_in(listing),)
    sidecars = [(part.path.rpartition("/")[2], part) for part in listing.sidecars]
    for file in sorted(listing.audio, key=lambda one: natural_key(one.path)):
        start = stem_of(file.path.rpartition("/")[2]) + "."
        own = tuple(part for name, part in sidecars if name.startswith(start))
        yield BookFiles(listing.root, file.path, (file,), own, neighbours=neighbours)


def is_disc(name: str) -> bool:
    """Whether a folder's name is that of one disc of a book."""
    return bool(_DISC.fullmatch(name.strip()))


def holds_discs(names: Iterable[str]) -> bool:
    """Whether subfolders of these names make the folder above them one book."""
    names = [name.strip() for name in names]
    if any(is_disc(name) for name in names):
        return True
    if sum(bool(_PART.fullmatch(name)) for name in names) > 1:
        return True
    return titled_discs(names) is not None


def titled_discs(names: Iterable[str]) -> str | None:
    """The title in front of "Disc 1", "Disc 2" …, where all of several folders have the same one."""
    titles = [_disc_title(name) for name in names]
    same = len({title.casefold() if title else None for title in titles}) == 1
    return titles[0] if same and len(titles) > 1 else None


def _disc_title(name: str) -> str | None:
    match = _TITLED_DISC.fullmatch(name.strip())
    return match["title"] if match else None


def quick_mark(book: BookFiles) -> bytes:
    """What the book's files look like from outside, in whatever order they were listed: the same mark means that none
    has changed, not even one whose size and time were kept, as editors of tags can do. It takes far less than
    `fingerprint`, which sorts them, and which the records refer to."""
    files = sorted((*book.audio, *book.sidecars))
    paths, sizes, times, _devices, inodes, _links, changed = zip(*files, strict=True)
    columns = repr((sizes, times, inodes, changed)).encode("ascii")
    names = "\0".join(paths).encode("utf-8", "surrogateescape")
    from hashlib import blake2b  # here: reading a path needs none

    mark = blake2b(names, digest_size=MARK_LENGTH)
    mark.update(b"\0")
    mark.update(columns)
    return mark.digest()


def may_hide_a_change(book: BookFiles, looked_at: datetime) -> bool:
    """Whether one of the files was changed so shortly before it was looked at, or since, that a further change may
    leave it with the same mark: within the grain of the file system's time. `looked_at` may be earlier than it was.

    Where the file server's clock is ahead, the time is a later one; what lies a day ahead was set by a program.
    """
    begin = int((looked_at - GRAIN).timestamp()) * 10**9
    end = begin + 86_400 * 10**9
    return any(begin <= file.mtime_ns < end or begin <= file.ctime_ns < end for file in (*book.audio, *book.sidecars))


def fingerprint(book: BookFiles) -> str:
    """What the book's files look like from outside, in play order: what was heard or decoded of them holds as long as
    it is the same. A link or another mode makes no other."""
    from hashlib import sha256

    marks = sha256()
    for file in (*book.audio, *book.sidecars):
        marks.update(f"{file.path}\0{file.size}\0{file.mtime_ns}\0{file.inode}\n".encode("utf-8", "surrogateescape"))
    return marks.hexdigest()[:32]


def is_one_book(listing: Listing) -> bool:
    """Whether a folder that you name is a book rather than a library: discs, or files that only count on."""
    names = [PurePath(file.path).name for file in listing.audio]
    return holds_discs(listing.folders) or (not listing.folders and len(part_numbers(names)) > 1)
