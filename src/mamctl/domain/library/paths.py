"""What the names of folders and files say of a book.

The last three folders are author, series and title, as Audiobookshelf reads them; two are author and title; a single
name may hold all of it. Beyond that, the habits of Libation, Readarr, beets, m4b-tool and of people are known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mamctl.domain.library.grouping import is_disc
from mamctl.domain.metadata.observation import Field, Observation, Source, Witness
from mamctl.domain.text.credits import same_people, split_people
from mamctl.domain.text.dates import is_plausible_year
from mamctl.domain.text.file_names import NameParts, read_name
from mamctl.domain.text.normalize import tidy
from mamctl.domain.text.placeholders import is_chapter_title, is_placeholder
from mamctl.domain.text.publishers import is_publisher
from mamctl.domain.text.series import SeriesEntry, parse_series

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_READ_BY_FOLDER = re.compile(r"(?:read|narrated|performed|gelesen|lu)\s+(?:by|von|par)\s+\S.*", re.IGNORECASE)
_AUDIO_SUFFIX = re.compile(r"\.(?:m4[ab]|mp[34]|flac|og[ag]|opus|aac|wma|wav|aiff?|webma|mka|awb|caf)$", re.IGNORECASE)
_SHELVES = frozenset(
    {"audiobooks", "audiobook", "books", "audio books", "library", "audio", "hörbücher", "media", "downloads"}
)


@dataclass(frozen=True, slots=True)
class BookPath:
    """The folders of a path in their parts; `file` is the stem of a loose file."""

    author: str | None = None
    series: str | None = None
    title: str | None = None
    reader: str | None = None
    file: str | None = None


def observe_path(path: str, seen_at: datetime, *, place: str | None = None) -> tuple[Observation, ...]:
    """What `path` says, a book's folder or a loose file below the library's root. Never raises."""
    parts = take_path_apart(path)
    return _observe_parts(parts, Source.FILE_NAME if parts.file else Source.FOLDER, place or path, seen_at)


def _observe_parts(parts: BookPath, source: Source, place: str, seen_at: datetime) -> tuple[Observation, ...]:
    name = parts.title or parts.file
    return _observe(name, parts, Witness(source, place, seen_at)) if name else ()


def observe_loose_file(path: str, seen_at: datetime, *, place: str | None = None) -> tuple[Observation, ...]:
    """What `path` says, an audio file that is a book by itself: its name stands where a book's folder would.

    In "Box/Mara Vell - The Salt Road.m4b" the file names its author in full, and the folder is a pile of books.
    """
    parts = take_path_apart(_AUDIO_SUFFIX.sub("", path))
    if parts.author and parts.title and not parts.series and " " not in parts.author:
        named = read_name(parts.title).authors
        parts = replace(parts, author=None) if any(" " in name for name in named) else parts
    return _observe_parts(parts, Source.FILE_NAME, place or path, seen_at)


def observe_file_name(path: str, file: str, seen_at: datetime) -> tuple[Observation, ...]:
    """What the only file of the book at `path` says by its name; chapters and tracks say nothing."""
    stem = _AUDIO_SUFFIX.sub("", file.rsplit("/", 1)[-1])
    if is_chapter_title(stem) or is_placeholder(stem) or re.search(r"~\d$", stem):
        return ()
    parts = replace(take_path_apart(path), file=stem)
    return _observe(stem, parts, Witness(Source.FILE_NAME, file, seen_at, trust=0.8))


def take_path_apart(path: str) -> BookPath:
    """Which part of the path is author, series, title; disc folders and "Read by X" are none of them."""
    folders = [tidy(part) for part in path.split("/") if tidy(part) not in {"", "."}]
    file = None
    if folders and _AUDIO_SUFFIX.search(folders[-1]):
        file = _AUDIO_SUFFIX.sub("", folders.pop())
    while len(folders) > 1 and is_disc(folders[-1]):
        folders.pop()
    reader = None
    if len(folders) > 1 and _READ_BY_FOLDER.fullmatch(folders[-1]):
        reader = folders.pop()
    folders = [part for index, part in enumerate(folders) if index == len(folders) - 1 or not _is_shelf(part)]
    title = folders.pop() if folders else None
    series = folders.pop() if len(folders) > 1 else None
    return BookPath(folders[-1] if folders else None, series, title, reader, file if title is None else None)


def _is_shelf(name: str) -> bool:
    return name.casefold() in _SHELVES


def _observe(name: str, parts: BookPath, witness: Witness) -> tuple[Observation, ...]:
    authors = split_people(parts.author) if parts.author and not is_placeholder(parts.author) else ()
    series = _series_folder(parts.series)
    found = read_name(name, authors, series.name if series else None)
    if parts.reader:
        found.text.narrators = split_people(parts.reader, "narrator") or found.text.narrators
    house = witness.says(Field.PUBLISHER, parts.author, 0.4) if is_publisher(parts.author or "") else ()
    return (*_observations(found, authors, series, witness), *house)


def _series_folder(name: str | None) -> SeriesEntry | None:
    if name is None or is_placeholder(name):
        return None
    entries = parse_series(name)
    return SeriesEntry(entries[0].name) if entries else None


def _observations(
    found: NameParts, authors: tuple[str, ...], series: SeriesEntry | None, witness: Witness
) -> Iterator[Observation]:
    text, sure = found.text, 0.6 if authors else 0.5
    # A book may be called "1984" or "11-22-63", but hardly "Chapter 3".
    if not is_placeholder(text.title) and (not is_chapter_title(text.title) or text.title[0].isdigit()):
        yield from witness.says(Field.TITLE, text.title, found.title_confidence or sure)
    for other in found.other_titles:
        yield from witness.says(Field.TITLE, other, 0.3)
    yield from witness.says(Field.SUBTITLE, text.subtitle, 0.45)
    yield from witness.says(Field.AUTHORS, authors, 0.6)
    if found.authors and not same_people(found.authors, authors):
        yield from witness.says(Field.AUTHORS, found.authors, 0.35 if authors else 0.5)
    yield from witness.says(Field.NARRATORS, text.narrators, 0.7)
    yield from _observe_series(found, series, witness)
    if text.year is not None and is_plausible_year(text.year):
        yield from witness.says(Field.YEAR, text.year, found.year_confidence)
    yield from witness.says(Field.ABRIDGED, text.abridged, 0.7)
    yield from witness.says(Field.ASIN, text.asin, 0.8)
    yield from witness.says(Field.ISBN, text.isbn, 0.7)
    yield from witness.says(Field.LANGUAGE, text.language, 0.5)
    yield from witness.says(Field.DURATION, text.duration, 0.4)


def _observe_series(found: NameParts, folder: SeriesEntry | None, witness: Witness) -> tuple[Observation, ...]:
    if folder is None:
        return witness.says(Field.SERIES, found.series, 0.5)
    if found.series and found.series[0].name != folder.name:
        return witness.says(Field.SERIES, found.series, 0.6)
    position = found.series[0].position if found.series else found.text.position
    return witness.says(Field.SERIES, (SeriesEntry(folder.name, position), *found.series[1:]), 0.6)
