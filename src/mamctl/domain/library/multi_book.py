"""Several books in one folder, each a single file: split where it is certain, never where it may be one book in parts.

Audiobookshelf takes every folder with audio for one book. A folder of an author's whole books would be a book of
nonsense then. It is split only when every file shows that it is a separate book, and no two of them could be parts
of one: a wrongly merged folder is noticed and reported, a wrongly split book would lose its chapters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING

from mamctl.dataclass import dataclass
from mamctl.domain.library.files import BookFiles
from mamctl.domain.library.grouping import holds_discs
from mamctl.domain.library.parts import stem_of
from mamctl.domain.library.tags import Tag
from mamctl.domain.text.credits import split_people
from mamctl.domain.text.identifiers import find_asin, isbn13, parse_asin, parse_isbn
from mamctl.domain.text.names.reading import read_names
from mamctl.domain.text.normalize import fold_title
from mamctl.domain.text.numbers import parse_count
from mamctl.domain.text.placeholders import is_chapter_title, is_placeholder
from mamctl.regex import regex

if TYPE_CHECKING:
    from mamctl.domain.library.files import FoundFile
    from mamctl.domain.library.parts import TrackTag
    from mamctl.domain.text.names.model import NameReading

# Files of these kinds usually hold a whole book; the others are what chapters come as.
WHOLE_BOOK_SUFFIXES = frozenset({".m4b", ".m4a"})
ALIKE = 80  # two titles differ for certain only below this similarity in percent
_SEPARATOR = regex(r"\s+[-–—]+\s+|[:;,()\[\]]")
_TRACK = regex(r"\s*(\d{1,4})(?:\s*/\s*(\d{1,4}))?\s*")
_PART_WORDS = frozenset(
    "part pt teil tl partie parte chapter chap ch kapitel kap book bk volume vol band disc disk cd track side section "
    "episode ep folge of von de unabridged abridged ungekurzt audiobook the a an der die das le la el".split()
)
_RECORDS = frozenset({".json", ".opf", ".nfo", ".yml", ".yaml", ".diz"})
_TEXT_RECORDS = frozenset({"desc.txt", "description.txt", "reader.txt", "narrator.txt"})


@dataclass(frozen=True, slots=True)
class FileSigns:
    """Facts about the book that one file holds: its title, who wrote it, which edition it is, which track."""

    path: str
    title: str | None
    albums: tuple[str, ...]
    authors: tuple[str, ...]
    named_authors: tuple[str, ...]
    editions: frozenset[str]
    track: int | None
    tracks: int | None
    disc: int | None = None


def read_signs(path: str, tags: Mapping[Tag, tuple[str, ...]]) -> FileSigns:
    """The signs in the tags and the name of one file."""
    stem = stem_of(_name(path))
    name = _read_stem(stem)
    albums = tuple(text for text in tags.get(Tag.ALBUM, ()) if not is_placeholder(text) and not is_chapter_title(text))
    people = (*tags.get(Tag.ALBUM_ARTIST, ()), *tags.get(Tag.AUTHOR, ()), *tags.get(Tag.ARTIST, ()))
    track, tracks = read_track(tags)
    return FileSigns(
        path,
        albums[0] if albums else _title_in(name.title or stem),
        albums,
        tuple(person for text in people for person in split_people(text)),
        name.authors,
        _editions(stem, tags),
        track,
        tracks,
        _disc(tags),
    )


def _title_in(name: str) -> str | None:
    """What a name says, unless that is a part or nothing."""
    return None if is_placeholder(name) or is_chapter_title(name) or not _telling(name) else name


@lru_cache(maxsize=256)  # "01" and "Chapter 1" are first files of many books
def _read_stem(stem: str) -> NameReading:
    return read_names(stem).best


def read_track(tags: Mapping[Tag, tuple[str, ...]]) -> tuple[int | None, int | None]:
    """The track number in a file's tags, and the total number of tracks that they state."""
    if Tag.TRACK not in tags:
        return None, None
    found = _TRACK.fullmatch(next(iter(tags[Tag.TRACK]), ""))
    return (int(found[1]), int(found[2]) if found[2] else None) if found else (None, None)


def read_place(tags: Mapping[Tag, tuple[str, ...]]) -> TrackTag | None:
    """The disc and the track that a file's tags name; None without a track."""
    track = read_track(tags)[0]
    return None if track is None else (_disc(tags), track)


def _disc(tags: Mapping[Tag, tuple[str, ...]]) -> int | None:
    if Tag.DISC not in tags:
        return None
    disc = _TRACK.fullmatch(next(iter(tags[Tag.DISC]), ""))
    return int(disc[1]) if disc else None


def _editions(stem: str, tags: Mapping[Tag, tuple[str, ...]]) -> frozenset[str]:
    asins = [parse_asin(text) for text in tags.get(Tag.ASIN, ())]
    isbns = [parse_isbn(text) for text in tags.get(Tag.ISBN, ())]
    return frozenset({*filter(None, (*asins, find_asin(stem))), *(isbn13(isbn) for isbn in isbns if isbn)})


def may_hold_several(book: BookFiles) -> bool:
    """Whether a folder may hold several books: files side by side, and no record next to them that covers all."""
    if len(book.audio) < 2 or book.nested or any(_folder(file.path) != book.path for file in book.audio):
        return False
    records = [name for file in book.sidecars if _is_record(name := _name(file.path))]
    if not records:
        return True
    stems = tuple(stem_of(_name(file.path)) + "." for file in book.audio)
    return all(name.startswith(stems) for name in records)


def ways_to_split(book: BookFiles) -> Iterator[tuple[BookFiles, ...]]:
    """The ways in which the folder may be several books, the finest first; whether it is, its files must show."""
    if may_hold_several(book):
        yield split_books(book)
    elif len(folders := _books_below(book)) > 1:
        loose = tuple(file for file in book.audio if _folder(file.path) == book.path)
        alone = replace(book, audio=loose, nested=(), sidecars=_directly_in(book))
        if not any(_is_record(PurePath(file.path).name) for file in alone.sidecars):
            yield (*split_books(alone), *folders)
            yield (alone, *folders)


def _books_below(book: BookFiles) -> tuple[BookFiles, ...]:
    """The subfolders with audio, each as a book; none where the folder has no files besides, or they are discs."""
    loose = any(_folder(file.path) == book.path for file in book.audio)
    if not book.nested or not loose:
        return ()
    names = dict.fromkeys(
        PurePath(file.path).relative_to(book.path).parts[0] for file in book.audio if _folder(file.path) != book.path
    )
    if holds_discs(names) or any(name[:1].isdigit() for name in names):
        return ()
    neighbours = (*book.neighbours, frozenset(names))
    folders = []
    for name in names:
        path = f"{book.path}/{name}"
        audio, sidecars = (
            tuple(file for file in files if file.path.startswith(path + "/")) for files in (book.audio, book.sidecars)
        )
        nested = tuple(one for one in book.nested if one.startswith(path + "/"))
        folders.append(BookFiles(book.root, path, audio, sidecars, nested, neighbours))
    return tuple(folders)


def _directly_in(book: BookFiles) -> tuple[FoundFile, ...]:
    return tuple(file for file in book.sidecars if _folder(file.path) == book.path)


def signs_of(part: BookFiles, first: FileSigns) -> FileSigns:
    """The signs of a part, from those of its `first` file: in a folder that file is but one track."""
    return first if part.path == first.path else replace(first, path=part.path, track=None, tracks=None)


def _is_record(name: str) -> bool:
    return name.lower() in _TEXT_RECORDS or PurePath(name).suffix.lower() in _RECORDS


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def is_another_book(new: FileSigns, others: Sequence[FileSigns]) -> bool:
    """Whether `new` is for certain a separate book, and none of the `others` belongs to it."""
    return _shows_a_book(new) and all(_are_two_books(new, other) for other in others)


def are_discs(firsts: Sequence[FileSigns]) -> bool:
    """Whether folders are the discs of one book, by their first files: all have one album, and each is another disc.

    An album alone is no proof, since two books of a set may share it.
    """
    albums = {fold_title(album) for one in firsts for album in one.albums[:1]}
    discs = [one.disc for one in firsts]
    editions = [one.editions for one in firsts if one.editions]
    one_edition = not editions or bool(frozenset.intersection(*editions))
    return (
        len(firsts) > 1
        and len(albums) == 1
        and all(one.albums for one in firsts)
        and None not in discs
        and len(set(discs)) == len(discs)
        and one_edition
    )


def may_belong(loose: FileSigns, others: Sequence[FileSigns]) -> bool:
    """Whether a loose file names a book of which one of the `others` may be a part."""
    return bool(loose.albums) and any(not _are_two_books(loose, other) for other in others)


def split_books(book: BookFiles) -> tuple[BookFiles, ...]:
    """Each file of the folder as a separate book, with the sidecars that carry its name."""
    stems = [stem_of(_name(file.path)) for file in book.audio]
    neighbours = (*book.neighbours, frozenset(stems))
    beside = [(_name(part.path), part) for part in book.sidecars]
    return tuple(
        BookFiles(
            book.root,
            file.path,
            (file,),
            tuple(part for name, part in beside if name.startswith(stem + ".")),
            book.nested,
            neighbours,
            book.read_as,
            book.apart,
        )
        for stem, file in zip(stems, book.audio, strict=True)
    )


def _shows_a_book(signs: FileSigns) -> bool:
    """An ASIN or ISBN; an album with its author; or a whole-book format named "Author - Title"."""
    if signs.title is None or not _telling(signs.title) or (signs.tracks or 1) > 1:
        return False
    whole = PurePath(signs.path).suffix.lower() in WHOLE_BOOK_SUFFIXES
    return bool(signs.editions or (signs.albums and signs.authors) or (whole and signs.named_authors))


def _are_two_books(one: FileSigns, other: FileSigns) -> bool:
    """Whether no doubt is left that the two are not parts of one book."""
    if one.title is None or other.title is None or _count_on(one, other) or one.editions & other.editions:
        return False
    mine, theirs = _telling(one.title), _telling(other.title)
    if not mine or not theirs or mine <= theirs or theirs <= mine:
        return False
    if not (one.editions and other.editions) and _segments(one.title) & _segments(other.title):
        return False
    from rapidfuzz import fuzz

    return fuzz.ratio(" ".join(sorted(mine)), " ".join(sorted(theirs))) < ALIKE


def _count_on(one: FileSigns, other: FileSigns) -> bool:
    """Whether tracks or names count from one file to the other."""
    if one.track is not None and other.track is not None and one.track != other.track:
        return True
    mine, theirs = PurePath(one.path), PurePath(other.path)
    if re.sub(r"\d+", "0", mine.stem) == re.sub(r"\d+", "0", theirs.stem):
        return True
    numbered = mine.stem[:1].isdigit() and theirs.stem[:1].isdigit()
    return numbered and not {mine.suffix.lower(), theirs.suffix.lower()} <= WHOLE_BOOK_SUFFIXES


def _segments(text: str) -> frozenset[frozenset[str]]:
    return frozenset(words for part in _SEPARATOR.split(text) if (words := _telling(part)))


def _telling(text: str) -> frozenset[str]:
    """The words by which books differ: without numbers, and without those that name a part."""
    return frozenset(
        word
        for word in fold_title(text).split()
        if word not in _PART_WORDS and not any(char.isdigit() for char in word) and parse_count(word) is None
    )
