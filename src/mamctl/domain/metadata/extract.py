"""Turns one written field into observations: the same reading for tags, sidecars and NFO files.

Each function takes what was written and says nothing about placeholders.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

from mamctl.domain.metadata.observation import Field, Observation, Origin
from mamctl.domain.text.brackets import TitleText
from mamctl.domain.text.credits import AUTHOR, NARRATOR, PUBLISHER, parse_credits, unite_people
from mamctl.domain.text.dates import parse_copyright, parse_date, parse_year
from mamctl.domain.text.durations import parse_duration
from mamctl.domain.text.identifiers import find_asin, parse_asin, parse_cover, parse_isbn
from mamctl.domain.text.languages import parse_language
from mamctl.domain.text.names.model import NameContext
from mamctl.domain.text.names.reading import read_names
from mamctl.domain.text.normalize import fold, plain_text, repair, tidy
from mamctl.domain.text.placeholders import is_chapter_title, is_genre_placeholder, is_placeholder, is_web_address
from mamctl.domain.text.series import SeriesEntry, parse_position, parse_series
from mamctl.domain.text.titles import parse_title, with_series_name
from mamctl.regex import regex

Observed = Iterator[Observation]
_GENRE_GAP = regex(r"\s*(?:[;|>/\\\n\x00]|,\s)\s*")
_UNABRIDGED = regex(r"\bunabridged\b|\bungekurzte?\b|\btexte integral\b|\bversion integrale\b")
_ABRIDGED = regex(r"\babridged\b|\bgekurzte?\b")
_YES = frozenset({"yes", "y", "true", "1", "ja", "oui", "si"})
_NO = frozenset({"no", "n", "false", "0", "nein", "non"})
_SHORTEST_DESCRIPTION = 12
_LIKELY = 0.6  # of a reading of a title that is written like the name of a file
_LIKE_A_NAME = regex(
    r"\s[-–—]\s|\sby\s|\w_\s|^#?\d{1,3}[\s.)-]|,\s[^,]+,\s(?:book|vol|volume|band)\b|[\s(,-](?:cd|disc|disk)\s?\d",
    re.IGNORECASE,
)
MOST_NAMES = 200  # people of one field; comparing them grows with their square
_SHORT = 200  # characters: names and titles are asked after again and again
_LONGEST_LINE = 2_000  # characters; what is longer is not a name of anything


def clean(text: str) -> str:
    """One line, its encoding repaired; empty for a placeholder, and for a flood of text."""
    return _clean_short(text) if len(text) <= _SHORT else _clean(text)


def _clean(text: str) -> str:
    line = tidy(repair(text))
    return "" if len(line) > _LONGEST_LINE or is_placeholder(line) else line


_clean_short = lru_cache(maxsize=512)(_clean)


def extract_title(
    origin: Origin,
    text: str,
    confidence: float,
    *,
    at: str | None = None,
    series: str | None = None,
    people: tuple[str, ...] = (),
    known_series: str = "",
) -> Observed:
    """Title and everything that is written into it; `people` and `known_series` come from other fields."""
    line = clean(text)
    if not line or is_chapter_title(line) or is_web_address(line):
        return
    found = _as_name(line, people, known_series) or parse_title(line)
    if is_chapter_title(found.title) and not found.title[0].isdigit():
        return
    yield from origin.observe(Field.TITLE, found.title, confidence, at=at)
    yield from origin.observe(Field.SUBTITLE, found.subtitle, confidence * 0.9, at=at)
    yield from origin.observe(Field.SERIES, with_series_name(found, series), confidence * 0.85, at=at)
    yield from origin.observe(Field.NARRATORS, found.narrators, confidence * 0.85, at=at)
    yield from origin.observe(Field.ABRIDGED, found.abridged, confidence * 0.9, at=at)
    yield from origin.observe(Field.ASIN, found.asin, confidence * 0.9, at=at)
    yield from origin.observe(Field.LANGUAGE, found.language, confidence * 0.6, at=at)
    yield from origin.observe(Field.YEAR, found.year, confidence * 0.6, at=at)


def is_like_a_name(text: str) -> bool:
    """Whether a title is written like the name of a file, and may hold more than the title."""
    return _LIKE_A_NAME.search(clean(text)) is not None


def _as_name(line: str, people: tuple[str, ...], series: str) -> TitleText | None:
    """The title as the name of a file has it: "Lantern Cycle 02 - The Salt Road", "The Salt Road by Mara Vell".

    None where nothing but a title is likely.
    """
    if not _LIKE_A_NAME.search(line):
        return None
    named = read_names(line, NameContext(authors=people, series=series or None))
    best = named.best
    if best.likelihood < _LIKELY or not best.title or (best.authors and not people):
        return None
    if not (best.series or best.position or best.authors or len(best.title) < len(line)):
        return None
    found = TitleText(title=best.title, subtitle=best.subtitle, position=best.position, year=best.year)
    found.series = best.series if best.series and best.series[0].position else ()
    found.narrators = best.narrators
    found.merge(named.pieces.facts)
    return found


def extract_subtitle(origin: Origin, text: str, confidence: float, *, at: str | None = None) -> Observed:
    """A subtitle; "Lantern Cycle, Book 2" in its place is a series."""
    line = clean(text)
    entries = parse_series(line) if line else ()
    if any(entry.position for entry in entries):
        yield from origin.observe(Field.SERIES, entries, confidence * 0.8, at=at)
    yield from origin.observe(Field.SUBTITLE, line, confidence * (0.7 if entries and entries[0].position else 1), at=at)


def extract_people(
    origin: Origin, field: Field, texts: Iterable[str], confidence: float, *, at: str | None = None
) -> Observed:
    """Authors or narrators of one or several written names; people to whom a text gives another role go there."""
    parts = (text for text in islice(texts, MOST_NAMES) if (line := clean(text)) and not is_web_address(line))
    every = (credit for text in parts for credit in parse_credits(repair(text)))
    credits_ = list(islice(every, MOST_NAMES))
    own = AUTHOR if field is Field.AUTHORS else NARRATOR
    yield from origin.observe(field, unite_people(c.name for c in credits_ if c.role in {None, own}), confidence, at=at)
    if field is Field.AUTHORS:
        readers = unite_people(c.name for c in credits_ if c.role == NARRATOR)
        yield from origin.observe(Field.NARRATORS, readers, confidence * 0.9, at=at)
    houses = [credit.name for credit in credits_ if credit.role == PUBLISHER]
    yield from origin.observe(Field.PUBLISHER, houses[0] if houses else None, confidence * 0.4, at=at)


def extract_series(
    origin: Origin, names: Iterable[str], positions: Iterable[str], confidence: float, *, at: str | None = None
) -> Observed:
    """Series with their places. Several names and as many positions, each joined by ";", belong together."""
    written = [
        part for name in map(repair, names) for part in (name.split(";") if ";" in name else [name]) if clean(part)
    ]
    places = [part for position in positions for part in position.split(";") if part.strip()]
    entries: list[SeriesEntry] = []
    for index, name in enumerate(written):
        place = places[index] if len(places) == len(written) or index < len(places) == 1 else None
        entries += place_series(clean(name), parse_position(place) if place else None)
    yield from origin.observe(Field.SERIES, tuple(dict.fromkeys(entries)), confidence, at=at)


def place_series(name: str, place: str | None) -> tuple[SeriesEntry, ...]:
    """The series of a name with its place, where one is given beside it.

    Then a number in the name is the name's, unless it repeats the place: "Unit #9" and "3" is Unit #9, 3.
    """
    read = parse_series(name, placed=place is not None)
    if place is None or any(entry.position not in {None, place} for entry in read[:1]):
        return read if place is None else (SeriesEntry(name, place),)
    return tuple(SeriesEntry(entry.name, place) for entry in read)


def extract_date(origin: Origin, field: Field, text: str, confidence: float, *, at: str | None = None) -> Observed:
    """A year of the text (YEAR) or a date of the recording (PUBLISHED); the recording's year hints at the text's."""
    line = clean(text)
    if field is Field.YEAR:
        yield from origin.observe(Field.YEAR, parse_year(line), confidence, at=at)
        return
    found = parse_date(line)
    yield from origin.observe(Field.PUBLISHED, found, confidence, at=at)
    yield from origin.observe(Field.YEAR, int(found[:4]) if found else None, confidence * 0.5, at=at)


def extract_copyright(origin: Origin, text: str, confidence: float, *, at: str | None = None) -> Observed:
    """ "©2011 Mara Vell ℗2013 Harbour Audio" is two facts."""
    found = parse_copyright(clean(text))
    yield from origin.observe(Field.YEAR, found.text_year, confidence, at=at)
    yield from origin.observe(
        Field.PUBLISHED, f"{found.audio_year:04}" if found.audio_year else None, confidence, at=at
    )


def extract_text(origin: Origin, field: Field, text: str, confidence: float, *, at: str | None = None) -> Observed:
    """Publisher, language, ASIN, ISBN, cover or another short text, each only when it is one."""
    line = clean(text)
    if field is Field.LANGUAGE:
        yield from origin.observe(field, parse_language(line), confidence, at=at)
    elif field is Field.ASIN:
        yield from origin.observe(field, parse_asin(line) or find_asin(line), confidence, at=at)
    elif field is Field.ISBN:
        yield from origin.observe(field, parse_isbn(line), confidence, at=at)
    elif field is Field.COVER:
        yield from origin.observe(field, parse_cover(line), confidence, at=at)
    else:
        yield from origin.observe(field, line, confidence, at=at)


def extract_abridged(
    origin: Origin, text: str, confidence: float, *, yes_means: bool, at: str | None = None
) -> Observed:
    """ "Unabridged", "yes" (which means `yes_means`), "no"; nothing when it is about something else."""
    folded = fold(text)
    value = None
    if _UNABRIDGED.search(folded):
        value = False
    elif _ABRIDGED.search(folded):
        value = True
    elif folded in _YES | _NO:
        value = yes_means if folded in _YES else not yes_means
    yield from origin.observe(Field.ABRIDGED, value, confidence, at=at)


def extract_genres(origin: Origin, texts: Iterable[str], confidence: float, *, at: str | None = None) -> Observed:
    """Genres, split where people join them; "Audiobook" is none."""
    parts = (tidy(part) for text in texts for part in _GENRE_GAP.split(repair(text)))
    kept = {fold(part): part for part in parts if part and not is_genre_placeholder(part)}
    yield from origin.observe(Field.GENRES, tuple(kept.values()), confidence, at=at)


def extract_description(origin: Origin, text: str, confidence: float, *, at: str | None = None) -> Observed:
    """A description as plain text; a word or two in its place is none."""
    plain = plain_text(repair(text.replace("\x00", "\n")))
    if len(plain) >= _SHORTEST_DESCRIPTION and not is_placeholder(plain) and not plain.startswith(("http:", "https:")):
        yield from origin.observe(Field.DESCRIPTION, plain, confidence, at=at)


def extract_duration(
    origin: Origin, text: str, confidence: float, *, unit: float = 60.0, at: str | None = None
) -> Observed:
    """A length; a bare number counts in `unit` seconds."""
    yield from origin.observe(Field.DURATION, parse_duration(text, bare_unit=unit), confidence, at=at)
