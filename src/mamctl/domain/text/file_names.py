"""One folder's or file's name in its segments: "Book 1 - 1968 - 2001 - A Space Odyssey", "Author - Title (2014)"."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mamctl.domain.text.credits import looks_like_names, same_person, split_people
from mamctl.domain.text.dates import is_plausible_year
from mamctl.domain.text.normalize import fold, fold_title, repair_mojibake, restore_article, tidy
from mamctl.domain.text.series import LABELLED, SeriesEntry, fold_series, parse_position, parse_series
from mamctl.domain.text.titles import (
    LONGEST_TITLE,
    TitleText,
    parse_title,
    read_bracket,
    take_brackets,
    take_markers,
)


@dataclass(slots=True)
class NameParts:
    """What a name says. `other_titles` are readings that are less likely than `text.title`."""

    text: TitleText = field(default_factory=TitleText)
    authors: tuple[str, ...] = ()
    series: tuple[SeriesEntry, ...] = ()
    other_titles: list[str] = field(default_factory=list)
    title_confidence: float | None = None
    year_confidence: float = 0.6


_DASH = re.compile(r"\s+[-–—―]+\s+|(?<=[\w.)\]])[-–—]\s+(?=\S)|\s+[-–—]+(?=[^\W\d_])")
_LABEL = re.compile(rf"{LABELLED}[\s.:]*", re.IGNORECASE)
_LABEL_FIRST = re.compile(rf"(?P<label>{LABELLED})(?:[.:,]\s*|\s+)(?P<rest>[^\W_].*)", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,2})?")
_NUMBER_FIRST = re.compile(r"(?P<number>\d{1,3}(?:\.\d{1,2})?)\.\s+(?P<rest>\S.*)|(?P<padded>0\d)\s+(?P<after>\S.*)")
_YEAR = re.compile(r"[(\[]?([12]\d{3})[)\]]?")
_YEAR_GLUED = re.compile(r"([12]\d{3})[-_](?=[^\W\d_])(.+)")
_MEDIA_TAIL = re.compile(
    r"(?:\s+(?:\d{1,4}\s?k(?:b(?:it|ps|/s)?)?s?|\d{1,3}[.:;]\d\d[.:;]\d\d|\d{1,4}(?:\.\d+)?\s?[mg]i?b|mp3|m4b|vbr|cbr))+\s*$",
    re.IGNORECASE,
)
_NAME_LAST = re.compile(r"\s*[(\[]([^()\[\]]+)[)\]]\s*$")
_DOTTED_GAP = re.compile(r"(?<!\d)\.|\.(?!\d)")


def read_name(name: str, authors: tuple[str, ...] = (), series: str | None = None) -> NameParts:
    """Takes `name` apart; `authors` and `series` are what the folders above it say. Never raises, keeps a title."""
    parts = NameParts()
    plain = _without_stand_ins(repair_mojibake(tidy(name)))
    if len(plain) > LONGEST_TITLE:
        parts.text.title = plain
        return parts
    starts_with_series = bool(re.match(r"[(\[]", plain))
    rest = _take_media_tail(take_markers(take_brackets(plain, parts.text, " - "), parts.text), parts.text)
    starts_with_series = starts_with_series and bool(parts.text.series)
    segments = [part for part in (piece.strip(" -–—") for piece in _DASH.split(rest)) if part]
    segments = _take_known(segments, parts, authors, series)
    segments = _take_numbers(segments, parts, series, named=not authors)
    segments = _take_authors(segments, parts, authors, title_first=starts_with_series)
    _name_title(segments or [plain], parts, series)
    return parts


def _without_stand_ins(text: str) -> str:
    """Underscores and dots that stand for blanks become blanks; "1.5" keeps its dot."""
    if " " in text:
        return re.sub(r"_\s+", ": ", text) if re.search(r"\w_ ", text) else text
    if text.count("_") > 1:
        return tidy(text.replace("_", " "))
    if text.count(".") > 2:
        return re.sub(r"\s+[A-Z]{2,4}$", "", tidy(_DOTTED_GAP.sub(" ", text)))
    return text


def _take_media_tail(text: str, found: TitleText) -> str:
    """Without "48k 03.50.57" at the end; a name in brackets before it is the reader's."""
    tail = _MEDIA_TAIL.search(text)
    if tail is None or not tail.start():
        return text
    found.notes.append(tail[0].strip())
    text = text[: tail.start()]
    if (reader := _NAME_LAST.search(text)) and looks_like_names(reader[1]):
        found.narrators = found.narrators or split_people(reader[1], "narrator")
        text = text[: reader.start()]
    return text.strip(" ,;–—-")


def _take_known(segments: list[str], parts: NameParts, authors: tuple[str, ...], series: str | None) -> list[str]:
    """Without segments that repeat the author or the series of the folders above, or name the reader."""
    kept = []
    for segment in segments:
        others = [other for other in segments if other is not segment]
        if others and (_is_author(segment, authors) or (series and fold_series(segment) == fold_series(series))):
            continue
        if others and _reads_bracket(segment, parts):
            continue
        kept.append(segment)
    return kept


def _is_author(segment: str, authors: tuple[str, ...]) -> bool:
    people = split_people(segment)
    return bool(people and authors) and all(any(same_person(name, author) for author in authors) for name in people)


def _reads_bracket(segment: str, parts: NameParts) -> bool:
    """What may stand between dashes as well as in brackets: ASIN, edition, reader, size, part of how many."""
    found = TitleText()
    if _YEAR.fullmatch(segment) or _LABEL.fullmatch(segment) or not read_bracket(segment, found, "-"):
        return False
    if found.series or found.position or found.year or found.language:
        return False
    text = parts.text
    text.narrators, text.asin = text.narrators or found.narrators, text.asin or found.asin
    text.isbn, text.duration = text.isbn or found.isbn, text.duration or found.duration
    text.abridged = found.abridged if text.abridged is None else text.abridged
    text.notes += found.notes
    return True


def _take_numbers(segments: list[str], parts: NameParts, series: str | None, *, named: bool) -> list[str]:
    """Without year and position, each taken once, as long as a title is left.

    With `named` the first segment may be the author: what follows it is the title, not a series.
    """
    kept: list[str] = []
    for index, segment in enumerate(segments):
        last = index == len(segments) - 1
        if last and not kept:
            kept.append(_take_first_number(segment, parts, series))
        elif last and named and len(kept) == 1 and not parts.series and looks_like_names(kept[0]):
            kept.append(_take_collection(segment, parts))
        elif not (_take_year(segment, parts, first=not kept, last=last) or _take_position(segment, parts, series)):
            kept.append(_take_first_number(segment, parts, series) if not kept else segment)
    return kept


def _take_collection(segment: str, parts: NameParts) -> str:
    """ "Lantern Cycle 1-5" after the author: all books of a series in one."""
    entries = parse_series(segment, bare=True)
    if len(entries) != 1 or "-" not in (entries[0].position or ""):
        return _take_first_number(segment, parts, None)
    parts.series = entries
    return entries[0].name


def _take_year(segment: str, parts: NameParts, *, first: bool, last: bool) -> bool:
    found = _YEAR.fullmatch(segment)
    if not found or parts.text.year or not (first or last) or not is_plausible_year(int(found[1])):
        return False
    parts.text.year = int(found[1])
    # "2001 - A Space Odyssey" looks like "1994 - Title": others must say which it is.
    parts.year_confidence = 0.5
    return True


def _take_position(segment: str, parts: NameParts, series: str | None) -> bool:
    """A segment that is nothing but a position, or a series with its position."""
    if _LABEL.fullmatch(segment) or (_NUMBER.fullmatch(segment) and not parts.text.position):
        if parts.text.position and parts.text.position != parse_position(segment):
            return False
        parts.text.position = parse_position(segment)
        return True
    entries = parse_series(segment, bare=True)
    if len(entries) != 1 or entries[0].position is None or parts.series:
        return False
    if re.fullmatch(r"[12]\d{3}", entries[0].position):
        return False  # a year, as in "Best Stories 2020"
    if series is not None and fold_series(entries[0].name) == fold_series(series):
        parts.text.position = parts.text.position or entries[0].position
        return True
    parts.series = entries
    return True


def _take_first_number(segment: str, parts: NameParts, series: str | None) -> str:
    """The segment without "Volume 1.", "01." or "2014-" at its beginning."""
    if (glued := _YEAR_GLUED.fullmatch(segment)) and not parts.text.year and is_plausible_year(int(glued[1])):
        parts.text.year, parts.year_confidence = int(glued[1]), 0.5
        return glued[2]
    if parts.text.position:
        return segment
    if (labelled := _LABEL_FIRST.fullmatch(segment)) and _is_sure_label(labelled["label"], segment):
        parts.text.position = parse_position(labelled["label"])
        return labelled["rest"]
    if numbered := _NUMBER_FIRST.fullmatch(segment):
        if series is None:
            parts.other_titles.append(segment)
        parts.text.position = parse_position(numbered["number"] or numbered["padded"])
        return numbered["rest"] or numbered["after"]
    return segment


def _is_sure_label(label: str, segment: str) -> bool:
    """ "vol.3 T" and "Book 2: T" are; in "Book One Hundred" and "Part I Play" the number may be part of the title."""
    return any(char.isdigit() for char in label) or segment[len(label) : len(label) + 1] in {".", ":", ","}


def _take_authors(segments: list[str], parts: NameParts, authors: tuple[str, ...], *, title_first: bool) -> list[str]:
    """The segment that names people, where the folders name none: the first, or after a title the second."""
    if authors or len(segments) < 2:
        return segments
    first, second = segments[0], segments[1]
    if not title_first and looks_like_names(first):
        parts.authors = split_people(first)
        return segments[1:]
    if looks_like_names(second) and (title_first or not looks_like_names(first)) and len(second.split()) > 1:
        parts.authors = split_people(second)
        parts.title_confidence = 0.45
        return [first, *segments[2:]]
    return segments


def _name_title(segments: list[str], parts: NameParts, series: str | None) -> None:
    """The first segment is the title, the others its subtitle; a number alone is no title beside another."""
    head, *tail = segments
    if tail and re.fullmatch(r"[\d\W]+", head):
        head, tail = " - ".join(segments), []
    within, text = parse_title(head), parts.text
    if series and within.title and fold_title(within.title) == fold_title(series) and within.subtitle:
        within.title, within.subtitle = within.subtitle, None
    text.title, text.subtitle = within.title, within.subtitle or " - ".join(tail) or None
    if tail:
        parts.other_titles.append(" - ".join([restore_article(head), *tail]))
    if not parts.series:
        parts.series = text.series or within.series
    text.position = text.position or within.position or (parse_position(head) if _LABEL.fullmatch(head) else None)
    if parts.text.year and parts.year_confidence < 0.6 and not parts.authors:
        parts.other_titles.append(f"{parts.text.year} - {text.title}")
    parts.other_titles = [other for other in dict.fromkeys(parts.other_titles) if fold(other) != fold(text.title)]
