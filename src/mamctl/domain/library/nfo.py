"""What an NFO file says of a book, in whatever layout: labels, dotted leaders, columns, bullets, or plain lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import field

from mamctl.dataclass import dataclass
from mamctl.domain.library.labels import Label
from mamctl.domain.library.nfo_lines import Line, heading_of, join_spaced, plain_lines, read_line
from mamctl.domain.metadata import extract
from mamctl.domain.metadata.observation import Field, Observation, Origin, value_to_json
from mamctl.domain.text.credits import AUTHOR, NARRATOR, looks_like_names, split_people
from mamctl.domain.text.names.reading import read_names
from mamctl.domain.text.normalize import fold, repair, tidy
from mamctl.domain.text.series import parse_position
from mamctl.domain.text.vocabulary import A_READING, ABRIDGED_MARK, AN_ABRIDGEMENT, READ_BY
from mamctl.regex import regex


@dataclass(slots=True)
class NfoText:
    """An NFO in its parts: labelled values in their order, description, free lines, and lines about files and tools."""

    labelled: list[tuple[Label, str]] = field(default_factory=list)
    description: list[str] = field(default_factory=list)
    free: list[Line] = field(default_factory=list)
    media: list[str] = field(default_factory=list)
    anchor: Line | None = None  # the labelled line that the next lines may go on with


@dataclass(frozen=True, slots=True)
class NfoReading:
    """What it says, and the lines from which nothing was read."""

    observations: tuple[Observation, ...]
    remainder: tuple[str, ...]


def parse_nfo(text: str, origin: Origin) -> NfoReading:
    """Every observation of the text (see `decode_nfo` for bytes). Never raises; no line is lost."""
    parts = take_nfo_apart(text)
    observations: list[Observation] = []
    remainder = list(parts.media)
    series = [value for label, value in parts.labelled if label is Label.SERIES]
    positions = [value for label, value in parts.labelled if label is Label.POSITION and parse_position(value)]
    for written, value in parts.labelled:
        # "Book: 2" is a place, "Book: The Salt Road" a title
        label = Label.TITLE if written is Label.POSITION and value not in positions else written
        found = list(_extract(origin, label, value, at=label.value))
        observations += found
        if not found and label not in {Label.SERIES, Label.POSITION}:
            remainder.append(f"{label.value}: {value}")
    observations += extract.extract_series(origin, series, positions, 0.7, at="series")
    remainder += [] if series else [f"position: {value}" for value in positions]
    description = "\n".join(parts.description).strip("\n")
    found = list(extract.extract_description(origin, description, 0.7, at="description"))
    observations += found
    remainder += parts.description if not found else []
    known = {one.field for one in observations}
    free, left = _read_free(origin, parts.free, known)
    return NfoReading((*observations, *free), (*remainder, *left))


def take_nfo_apart(text: str) -> NfoText:
    """Sorts the lines: which are labelled values, which the description, which about the files."""
    lines = [read_line(repair(raw)) for raw in plain_lines(text)]
    parts, section, pending = NfoText(), "book", False
    for index, line in enumerate(lines):
        underlined = index + 1 < len(lines) and lines[index + 1].is_rule
        heading = heading_of(line.text) if line.text and not line.value else None
        if heading and (underlined or line.label is not None or heading != "description" or section != "description"):
            section, pending = heading, False
        elif section == "description" and not _ends_description(line, underlined):
            parts.description.append(line.text if line.text or not line.is_rule else "")
        elif not line.text:
            pending = pending and not line.is_rule
            parts.anchor = None if line.is_rule or not pending else parts.anchor
        else:
            section, pending = _sort(line, parts, section, pending=pending)
    return parts


def _ends_description(line: Line, underlined: bool) -> bool:
    """A book's label after the description, or the next underlined heading."""
    if underlined and heading_of(line.text):
        return True
    return line.label not in {None, Label.OTHER, Label.DESCRIPTION} and bool(line.value) and len(line.value) < 200


def _sort(line: Line, parts: NfoText, section: str, *, pending: bool) -> tuple[str, bool]:
    """Puts a line where it belongs; the section that goes on, and whether a label still waits for its value."""
    if section == "media":
        parts.media.append(line.text)
        return section, False
    if line.label is Label.DESCRIPTION:
        parts.description.append(line.value)
        return "description", False
    if line.label is Label.OTHER:
        parts.media.append(line.text)
    elif line.label is not None:
        parts.labelled.append((line.label, line.value))
        parts.anchor = line
        return section, not line.value
    elif parts.labelled and parts.anchor is not None and (pending or _continues(line, parts)):
        label, value = parts.labelled[-1]
        below = label in _NAMES and not parts.anchor.value and not value.endswith((",", "&", ";"))
        gap = "; " if value and (line.is_item or below) else " "
        parts.labelled[-1] = (label, f"{value}{gap}{line.text}".strip())
        return section, False
    else:
        parts.free.append(line)
    parts.anchor = None
    return section, False


_NAMES = frozenset({Label.AUTHOR, Label.NARRATOR})
_LISTS = frozenset({Label.AUTHOR, Label.NARRATOR, Label.GENRE, Label.SERIES})


def _continues(line: Line, parts: NfoText) -> bool:
    """Whether a line without label goes on with the labelled value above it: further in, behind a comma, or one more
    item of a list."""
    anchor, value = parts.anchor, parts.labelled[-1][1]
    if anchor is None or line.is_labelled:
        return False
    if line.is_item and anchor.label in _LISTS and not anchor.value:
        return True
    if anchor.label in _NAMES and not anchor.value and line.column == anchor.column and looks_like_names(line.text):
        return True
    return bool(value) and (line.column > anchor.column + 4 or value.endswith((",", "&", ";")))


_YEARS = {Label.TEXT_YEAR: 0.75, Label.YEAR: 0.55}
_TEXTS = {
    Label.PUBLISHER: (Field.PUBLISHER, 0.75),
    Label.LANGUAGE: (Field.LANGUAGE, 0.7),
    Label.ASIN: (Field.ASIN, 0.85),
    Label.ISBN: (Field.ISBN, 0.75),
    Label.COVER: (Field.COVER, 0.5),
}


def _extract(origin: Origin, label: Label, value: str, *, at: str) -> Iterator[Observation]:
    if label in _YEARS:
        yield from extract.extract_date(origin, Field.YEAR, value, _YEARS[label], at=at)
    elif label in _TEXTS:
        field_, confidence = _TEXTS[label]
        yield from extract.extract_text(origin, field_, value, confidence, at=at)
    elif label in _SAYINGS:
        yield from _SAYINGS[label](origin, value, at)


_SAYINGS: dict[Label, Callable[[Origin, str, str], Iterator[Observation]]] = {
    Label.TITLE: lambda w, v, at: extract.extract_title(w, v, 0.75, at=at),
    Label.SUBTITLE: lambda w, v, at: extract.extract_subtitle(w, v, 0.7, at=at),
    Label.AUTHOR: lambda w, v, at: extract.extract_people(w, Field.AUTHORS, [v], 0.75, at=at),
    Label.NARRATOR: lambda w, v, at: extract.extract_people(w, Field.NARRATORS, [v], 0.75, at=at),
    Label.AUDIO_DATE: lambda w, v, at: extract.extract_date(w, Field.PUBLISHED, v, 0.65, at=at),
    Label.COPYRIGHT: lambda w, v, at: extract.extract_copyright(w, v, 0.65, at=at),
    Label.UNABRIDGED: lambda w, v, at: _extract_edition(w, v, at, yes_means=False),
    Label.ABRIDGED: lambda w, v, at: _extract_edition(w, v, at, yes_means=True),
    Label.EDITION: lambda w, v, at: extract.extract_abridged(w, v, 0.65, yes_means=False, at=at),
    Label.DURATION: lambda w, v, at: extract.extract_duration(w, v, 0.6, at=at),
    Label.GENRE: lambda w, v, at: extract.extract_genres(w, [v], 0.6, at=at),
    Label.DESCRIPTION: lambda w, v, at: extract.extract_description(w, v, 0.7, at=at),
}


def _extract_edition(origin: Origin, value: str, at: str, *, yes_means: bool) -> Iterator[Observation]:
    """ "Unabridged: yes", and "Unabridged - 11 hrs 26 mins", where the label itself says it."""
    length = list(extract.extract_duration(origin, value, 0.5, unit=0, at=at))
    yield from length
    yield from extract.extract_abridged(origin, "yes" if length else value, 0.7, yes_means=yes_means, at=at)


_READ_BY = regex(rf"(?:{READ_BY})(?P<names>\S.*)", re.IGNORECASE, needs=A_READING)
_LENGTH = regex(
    r"(?:total |running |play(?:ing)? )?(?:length|duration|runtime|time|laufzeit|dauer|länge|durée|duración|durata)"
    r"[\s:.]+(?P<rest>\d.*)",
    re.IGNORECASE,
)
_NO_TITLE = regex(
    r"\b(?:thanks?|thank you|please|seed|enjoy|visit|download\w*|upload\w*|presents|proudly|www|https?|ripped|encoded|"
    r"files?|tracks?|kbps|nfo|follow us|leave a)\b",
    re.IGNORECASE,
)
_BY = regex(r"(?:written\s+|geschrieben\s+)?(?:by|von|par)\s+(?P<names>\S.*)", re.IGNORECASE)
_EDITION_LINE = regex(rf"{ABRIDGED_MARK}\b[\s,;:–-]*(?P<rest>.*)", re.IGNORECASE, needs=AN_ABRIDGEMENT)
_DASH = regex(r"\s+[-–—]+\s+")


def _read_free(origin: Origin, lines: list[Line], known: set[Field]) -> tuple[list[Observation], list[str]]:
    """Lines without label: "Read by …", "Unabridged, 11 hrs 4 min", and a first line that names the book."""
    observations: list[Observation] = []
    left: list[str] = []
    first_free = next((one for one in lines if not one.is_labelled and not _NO_TITLE.search(one.text)), None)
    for one in lines:
        line = one.text
        found = [] if one.is_labelled else list(_extract_free(origin, line))
        first = list(_extract_first(origin, line, known)) if one is first_free and not found else []
        observations += found + first
        # A first line of which a part was known already, or means nothing, is read in part, and kept.
        left += [] if found or (first and _covers(first, join_spaced(line) or line)) else [line]
    return observations, left


def _covers(observations: list[Observation], line: str) -> bool:
    """Whether every word of the line is in one of the values."""
    words = set(fold(" ".join(str(value_to_json(one.value)) for one in observations)).split())
    return words >= {word for word in fold(line).split() if not word.isdigit()}


def _extract_free(origin: Origin, line: str) -> Iterator[Observation]:
    if (reader := _READ_BY.fullmatch(line)) and looks_like_names(reader["names"]):
        yield from origin.observe(Field.NARRATORS, split_people(reader["names"], NARRATOR), 0.65, at="line")
    elif (writer := _BY.fullmatch(line)) and looks_like_names(writer["names"]):
        yield from origin.observe(Field.AUTHORS, split_people(writer["names"], AUTHOR), 0.6, at="line")
    elif edition := _EDITION_LINE.fullmatch(line):
        yield from extract.extract_abridged(origin, edition["mark"], 0.65, yes_means=False, at="line")
        yield from extract.extract_duration(origin, edition["rest"], 0.5, at="line")
    elif length := _LENGTH.fullmatch(line):
        yield from extract.extract_duration(origin, length["rest"], 0.5, at="line")
    else:
        yield from extract.extract_duration(origin, line, 0.5, unit=0, at="line")


def _extract_first(origin: Origin, line: str, known: set[Field]) -> Iterator[Observation]:
    """The first free line: "Author - Title", or a banner, which counts only where no label names the title."""
    banner = join_spaced(line)
    if banner and _NO_TITLE.search(banner):
        return
    if banner is None and re.search(r"\S[-_]\S*[-_]\S", line):
        yield from _extract_release(origin, line, known)
        return
    sides = _DASH.split(tidy(line), maxsplit=1)
    if banner or len(sides) == 1:
        if len(line.split()) <= 12 or banner:
            yield from extract.extract_title(origin, banner or line, 0.3, at="banner")
        return
    first, second = sides
    author, title = (second, first) if looks_like_names(second) and not looks_like_names(first) else (first, second)
    if Field.TITLE not in known:
        yield from extract.extract_title(origin, title, 0.5, at="line")
    if Field.AUTHORS not in known and looks_like_names(author):
        yield from origin.observe(Field.AUTHORS, split_people(author), 0.5, at="line")


def _extract_release(origin: Origin, line: str, known: set[Field]) -> Iterator[Observation]:
    """The name of a release: "Mara_Vell-The_Salt_Road-AUDIOBOOK-2011-GRP"."""
    found = read_names(line)
    best = found.best
    if Field.TITLE not in known and best.title:
        yield from extract.extract_title(origin, best.title, 0.4, at="line")
        yield from origin.observe(Field.SUBTITLE, best.subtitle, 0.3, at="line")
    if Field.AUTHORS not in known:
        yield from origin.observe(Field.AUTHORS, best.authors, 0.4, at="line")
    if Field.ABRIDGED not in known:
        yield from origin.observe(Field.ABRIDGED, found.pieces.facts.abridged, 0.5, at="line")
