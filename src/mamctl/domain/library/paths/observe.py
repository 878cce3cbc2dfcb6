"""The observations that the best reading of a path gives, with a confidence that reflects how far it is ahead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from mamctl.domain.library.paths.siblings import compare_siblings
from mamctl.domain.metadata.observation import Field, Observation, Origin, Source
from mamctl.domain.metadata.source_priority import SEARCHED
from mamctl.domain.text.dates import is_plausible_year
from mamctl.domain.text.names.places import fold_words
from mamctl.domain.text.normalize import fold
from mamctl.domain.text.person_weight import LIKELY, person_weight
from mamctl.domain.text.placeholders import is_chapter_title, is_placeholder
from mamctl.domain.text.series import SeriesEntry, fold_series
from mamctl.domain.text.vocabulary import AUDIO_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


from mamctl.domain.library.paths.reading import NOTHING_KNOWN, Known, PathReading, ReadPath, read_parts, read_path
from mamctl.domain.library.paths.segments import take_path_apart

_SURE = 0.6
_BELIEVED = 0.5
_DOUBTFUL = 0.4  # a name that may be read in two ways is too uncertain to pass without a problem
_OWN_RECORDS = frozenset(Source) - SEARCHED - {Source.CATALOGUE_ASIN, Source.FOLDER, Source.FILE_NAME}


@lru_cache(maxsize=1)  # the tags of a book may ask several times
def name_writers(path: str, neighbours: tuple[frozenset[str], ...] = ()) -> tuple[str, ...]:
    """Who wrote the book by its path alone, where that is hardly in doubt; () elsewhere. Decides which of two tags
    names the author and which the reader."""
    read = read_path(AUDIO_SUFFIX.sub("", path), neighbours)
    best = read.readings[0] if read else None
    sure = best is not None and best.likelihood >= _SURE and all(person_weight(name) > LIKELY for name in best.authors)
    return best.authors if best is not None and sure else ()


def know(observations: Iterable[Observation]) -> Known:
    """People and series in the book's own tags and sidecars, as evidence for the reading of its name."""
    people: dict[Field, set[str]] = {Field.AUTHORS: set(), Field.NARRATORS: set()}
    series: set[str] = set()
    for one in observations:
        if one.confidence < _BELIEVED or one.source not in _OWN_RECORDS:
            continue
        if one.field in people:
            people[one.field] |= {fold_words(str(name)) for name in one.value}  # type: ignore[union-attr]
        elif one.field is Field.SERIES:
            series |= {fold_series(entry.name) for entry in one.value if isinstance(entry, SeriesEntry)}  # type: ignore[union-attr]
    return Known(frozenset(people[Field.AUTHORS]), frozenset(series), frozenset(people[Field.NARRATORS]))


def observe_path(
    path: str,
    seen_at: datetime,
    *,
    place: str | None = None,
    neighbours: Sequence[frozenset[str]] = (),
    known: Known = NOTHING_KNOWN,
) -> tuple[Observation, ...]:
    """Observations from `path`, a book's folder or a loose file below the library's root. Never raises."""
    read = read_path(path, neighbours, known)
    return observe_readings(read, seen_at, place=place or path) if read else ()


def observe_loose_file(
    path: str,
    seen_at: datetime,
    *,
    place: str | None = None,
    neighbours: Sequence[frozenset[str]] = (),
    known: Known = NOTHING_KNOWN,
) -> tuple[Observation, ...]:
    """Observations from `path`, an audio file that is a book by itself: its name takes the place of a book's folder.

    In "Box/Mara Vell - The Salt Road.m4b" the file names its author in full, and the folder is a pile of books.
    """
    read = read_path(AUDIO_SUFFIX.sub("", path), neighbours, known)
    return observe_readings(replace(read, source=Source.FILE_NAME), seen_at, place=place or path) if read else ()


def read_recorded(path: str, neighbours: Sequence[frozenset[str]], known: Known) -> ReadPath | None:
    """All readings of a book's path below the library's root, be it a folder or a loose file. Never raises."""
    bare = AUDIO_SUFFIX.sub("", path)
    read = read_path(bare, neighbours, known)
    return replace(read, source=Source.FILE_NAME) if read and bare != path else read


def observe_file_name(
    path: str, file: str, seen_at: datetime, *, known: Known = NOTHING_KNOWN
) -> tuple[Observation, ...]:
    """Observations from the name of the only file of the book at `path`; chapters and tracks give none."""
    stem = AUDIO_SUFFIX.sub("", file.rsplit("/", 1)[-1])
    if is_chapter_title(stem) or is_placeholder(stem) or re.search(r"~\d$", stem):
        return ()
    parts = replace(take_path_apart(path), name=stem)
    siblings = tuple(compare_siblings(frozenset({name})) for name in (*parts.folders, stem))
    read = read_parts(path, parts, siblings, known)
    origin = Origin(Source.FILE_NAME, file, seen_at, trust=0.8)
    return tuple(_observe(read, origin))


def observe_readings(read: ReadPath, seen_at: datetime, *, place: str) -> tuple[Observation, ...]:
    """The observations of a path already read: the best reading, and less sure the titles of the others."""
    return tuple(_observe(read, Origin(read.source, place, seen_at)))


def _observe(read: ReadPath, origin: Origin) -> Iterator[Observation]:
    best, facts = read.readings[0], read.facts
    # A book may be called "1984" or "11-22-63", but hardly "Chapter 3".
    title = best.title or ""
    if title and not is_placeholder(title) and (not is_chapter_title(title) or title[0].isdigit()):
        certainty = min(best.confidence, _DOUBTFUL) if read.is_title_doubtful else best.confidence
        yield from origin.observe(Field.TITLE, title, certainty)
    others: dict[str, PathReading] = {}
    for reading in read.readings[1:]:
        others.setdefault(fold(reading.title or ""), reading)  # the likeliest of those with this title
    for other in others.values():
        if other.title and fold(other.title) != fold(title) and other.likelihood > 0.02:
            yield from origin.observe(Field.TITLE, other.title, other.confidence)
    yield from origin.observe(Field.SUBTITLE, best.subtitle, 0.45)
    certainty = _DOUBTFUL if read.are_authors_doubtful else 0.6 if best.likelihood > 0.5 else 0.45
    yield from origin.observe(Field.AUTHORS, best.authors, certainty)
    if best.named_authors:
        yield from origin.observe(Field.AUTHORS, best.named_authors, 0.35)
    yield from origin.observe(Field.NARRATORS, best.narrators, 0.6)
    yield from origin.observe(Field.SERIES, best.series, 0.6 if best.likelihood > 0.5 else 0.45)
    if best.year is not None and is_plausible_year(best.year):
        # A year in front of the title may be the title's: "2001 - A Space Odyssey".
        bare = any(reason == f"{best.year} is a year" for reason in best.reasons)
        yield from origin.observe(Field.YEAR, best.year, 0.5 if bare else 0.6)
    yield from origin.observe(Field.ABRIDGED, facts.abridged, 0.7)
    yield from origin.observe(Field.ASIN, facts.asin, 0.8)
    yield from origin.observe(Field.ISBN, facts.isbn, 0.7)
    yield from origin.observe(Field.LANGUAGE, facts.language, 0.5)
    yield from origin.observe(Field.DURATION, facts.duration, 0.4)
    yield from origin.observe(Field.PUBLISHER, read.house, 0.4)
