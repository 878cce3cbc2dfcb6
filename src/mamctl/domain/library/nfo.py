"""What an NFO file says of a book, in whatever layout: labels, dotted leaders, columns, bullets, or plain lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from mamctl.domain.library.labels import Label
from mamctl.domain.library.nfo_lines import Line, heading_of, join_spaced, read_line
from mamctl.domain.metadata import extract as say
from mamctl.domain.metadata.observation import Field, Observation, Witness
from mamctl.domain.text.credits import AUTHOR, NARRATOR, looks_like_names, split_people
from mamctl.domain.text.normalize import repair, tidy


@dataclass(slots=True)
class NfoText:
    """An NFO in its parts: labelled values in their order, description, free lines, and lines about files and tools."""

    labelled: list[tuple[Label, str]] = field(default_factory=list)
    description: list[str] = field(default_factory=list)
    free: list[str] = field(default_factory=list)
    media: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class NfoReading:
    """What it says, and the lines from which nothing was read."""

    observations: tuple[Observation, ...]
    remainder: tuple[str, ...]


def parse_nfo(text: str, witness: Witness) -> NfoReading:
    """Every observation of the text (see `decode_nfo` for bytes). Never raises; no line is lost."""
    parts = take_nfo_apart(text)
    said: list[Observation] = []
    remainder = list(parts.media)
    series = [value for label, value in parts.labelled if label is Label.SERIES]
    positions = [value for label, value in parts.labelled if label is Label.POSITION]
    for label, value in parts.labelled:
        found = list(_say(witness, label, value, at=label.value))
        said += found
        if not found and label not in {Label.SERIES, Label.POSITION}:
            remainder.append(f"{label.value}: {value}")
    said += say.say_series(witness, series, positions, 0.7, at="series")
    remainder += [] if series else [f"position: {value}" for value in positions]
    description = "\n".join(parts.description).strip("\n")
    found = list(say.say_description(witness, description, 0.7, at="description"))
    said += found
    remainder += parts.description if not found else []
    known = {one.field for one in said}
    free, left = _read_free(witness, parts.free, known)
    return NfoReading((*said, *free), (*remainder, *left))


def take_nfo_apart(text: str) -> NfoText:
    """Sorts the lines: which are labelled values, which the description, which about the files."""
    raw_lines = text.split("\n")
    lines = [read_line(repair(raw)) for raw in raw_lines]
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
        else:
            section, pending = _sort(line, parts, section, lines[index - 1] if index else None, pending=pending)
    return parts


def _ends_description(line: Line, underlined: bool) -> bool:
    """A book's label after the description, or the next underlined heading."""
    if underlined and heading_of(line.text):
        return True
    return line.label not in {None, Label.OTHER, Label.DESCRIPTION} and bool(line.value) and len(line.value) < 200


def _sort(line: Line, parts: NfoText, section: str, before: Line | None, *, pending: bool) -> tuple[str, bool]:
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
        return section, not line.value
    elif parts.labelled and (pending or _continues(line, before)):
        label, value = parts.labelled[-1]
        parts.labelled[-1] = (label, f"{value} {line.text}".strip())
    else:
        parts.free.append(line.text)
    return section, False


def _continues(line: Line, before: Line | None) -> bool:
    """Whether a line without label goes on with the labelled value above it."""
    if before is None or before.label is None or before.label is Label.OTHER or not before.value:
        return False
    return line.column > before.column + 4 or before.value.endswith((",", "&", ";"))


_YEARS = {Label.TEXT_YEAR: 0.75, Label.YEAR: 0.55}
_TEXTS = {
    Label.PUBLISHER: (Field.PUBLISHER, 0.75),
    Label.LANGUAGE: (Field.LANGUAGE, 0.7),
    Label.ASIN: (Field.ASIN, 0.85),
    Label.ISBN: (Field.ISBN, 0.75),
    Label.COVER: (Field.COVER, 0.5),
}


def _say(witness: Witness, label: Label, value: str, *, at: str) -> Iterator[Observation]:
    if label in _YEARS:
        yield from say.say_date(witness, Field.YEAR, value, _YEARS[label], at=at)
    elif label in _TEXTS:
        field_, confidence = _TEXTS[label]
        yield from say.say_text(witness, field_, value, confidence, at=at)
    elif label in _SAYINGS:
        yield from _SAYINGS[label](witness, value, at)


_SAYINGS: dict[Label, Callable[[Witness, str, str], Iterator[Observation]]] = {
    Label.TITLE: lambda w, v, at: say.say_title(w, v, 0.75, at=at),
    Label.SUBTITLE: lambda w, v, at: say.say_subtitle(w, v, 0.7, at=at),
    Label.AUTHOR: lambda w, v, at: say.say_people(w, Field.AUTHORS, [v], 0.75, at=at),
    Label.NARRATOR: lambda w, v, at: say.say_people(w, Field.NARRATORS, [v], 0.75, at=at),
    Label.AUDIO_DATE: lambda w, v, at: say.say_date(w, Field.PUBLISHED, v, 0.65, at=at),
    Label.COPYRIGHT: lambda w, v, at: say.say_copyright(w, v, 0.65, at=at),
    Label.UNABRIDGED: lambda w, v, at: say.say_abridged(w, v, 0.7, yes_means=False, at=at),
    Label.ABRIDGED: lambda w, v, at: say.say_abridged(w, v, 0.7, yes_means=True, at=at),
    Label.EDITION: lambda w, v, at: say.say_abridged(w, v, 0.65, yes_means=False, at=at),
    Label.DURATION: lambda w, v, at: say.say_duration(w, v, 0.6, at=at),
    Label.GENRE: lambda w, v, at: say.say_genres(w, [v], 0.6, at=at),
    Label.DESCRIPTION: lambda w, v, at: say.say_description(w, v, 0.7, at=at),
}

_READ_BY = re.compile(
    r"(?:as\s+)?(?:read|narrated|performed|voiced|gelesen|gesprochen|lu|narrado|leído|letto|voorgelezen)\s+"
    r"(?:by|von|par|por|da|door)\s+(?P<names>\S.*)", re.IGNORECASE,
)  # fmt: skip
_BY = re.compile(r"(?:written\s+|geschrieben\s+)?(?:by|von|par)\s+(?P<names>\S.*)", re.IGNORECASE)
_EDITION_LINE = re.compile(r"(?P<mark>(?:un)?abridged|(?:un)?gekürzt\w*)\b[\s,;:–-]*(?P<rest>.*)", re.IGNORECASE)
_UNKNOWN_LABEL = re.compile(r"[^\W\d]+\s?:\s")
_DASH = re.compile(r"\s+[-–—]+\s+")


def _read_free(witness: Witness, lines: list[str], known: set[Field]) -> tuple[list[Observation], list[str]]:
    """Lines without label: "Read by …", "Unabridged, 11 hrs 4 min", and a first line that names the book."""
    said: list[Observation] = []
    left: list[str] = []
    for index, line in enumerate(lines):
        found = list(_say_free(witness, line))
        first = list(_say_first(witness, line, known)) if index == 0 and not found else []
        said += found + first
        # A first line of which one side was known already is read in part, and kept.
        whole = found or {one.field for one in first} >= (
            {Field.TITLE, Field.AUTHORS} if _DASH.search(line) else {Field.TITLE}
        )
        left += [] if whole else [line]
    return said, left


def _say_free(witness: Witness, line: str) -> Iterator[Observation]:
    if (reader := _READ_BY.fullmatch(line)) and looks_like_names(reader["names"]):
        yield from witness.says(Field.NARRATORS, split_people(reader["names"], NARRATOR), 0.65, at="line")
    elif (writer := _BY.fullmatch(line)) and looks_like_names(writer["names"]):
        yield from witness.says(Field.AUTHORS, split_people(writer["names"], AUTHOR), 0.6, at="line")
    elif edition := _EDITION_LINE.fullmatch(line):
        yield from say.say_abridged(witness, edition["mark"], 0.65, yes_means=False, at="line")
        yield from say.say_duration(witness, edition["rest"], 0.5, at="line")
    else:
        yield from say.say_duration(witness, line, 0.5, unit=0, at="line")


def _say_first(witness: Witness, line: str, known: set[Field]) -> Iterator[Observation]:
    """The first free line: "Author - Title", or a banner, which counts only where no label names the title."""
    if _UNKNOWN_LABEL.match(line):
        return
    banner = join_spaced(line)
    sides = _DASH.split(tidy(line), maxsplit=1)
    if banner or len(sides) == 1:
        if len(line.split()) <= 12 or banner:
            yield from say.say_title(witness, banner or line, 0.3, at="banner")
        return
    first, second = sides
    author, title = (second, first) if looks_like_names(second) and not looks_like_names(first) else (first, second)
    if Field.TITLE not in known:
        yield from say.say_title(witness, title, 0.5, at="line")
    if Field.AUTHORS not in known and looks_like_names(author):
        yield from witness.says(Field.AUTHORS, split_people(author), 0.5, at="line")
