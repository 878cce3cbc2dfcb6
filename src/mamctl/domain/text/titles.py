"""A title as people write it, taken apart: "The Salt Road: Lantern Cycle, Book 2 (Unabridged) [B00TEST123]"."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mamctl.domain.text.credits import looks_like_names, split_people
from mamctl.domain.text.dates import is_plausible_year
from mamctl.domain.text.durations import parse_duration
from mamctl.domain.text.identifiers import find_asin, parse_asin, parse_isbn
from mamctl.domain.text.languages import language_code, parse_language
from mamctl.domain.text.normalize import fold, restore_article, tidy
from mamctl.domain.text.series import LABELLED, SeriesEntry, fold_series, parse_position, parse_series


@dataclass(slots=True)
class TitleText:
    """What a title says beside the title. `position` has no series' name with it; `notes` are what was put aside."""

    title: str = ""
    subtitle: str | None = None
    series: tuple[SeriesEntry, ...] = ()
    position: str | None = None
    narrators: tuple[str, ...] = ()
    year: int | None = None
    abridged: bool | None = None
    asin: str | None = None
    isbn: str | None = None
    language: str | None = None
    duration: float | None = None
    notes: list[str] = field(default_factory=list)


LONGEST_TITLE = 400  # characters; the patterns below are not made for prose, and would take long over it
_BRACKET = re.compile(r"\[([^\[\]]*)\]|\(([^()]*)\)|\{([^{}]*)\}|<([^<>]*)>")
_UNABRIDGED = re.compile(
    r"unabridged(?: edition)?|ungekurzte?(?: (?:lesung|fassung|ausgabe))?|texte integral|integrale"
)
_ABRIDGED = re.compile(r"abridged(?: edition)?|gekurzte?(?: (?:lesung|fassung|ausgabe))?")
_MARKER = re.compile(
    r"[\s,:;–—-]*(?<!\w)(?P<mark>(?:un)?abridged|ungekürzte?(?: Lesung)?|gekürzte?(?: Lesung)?|texte intégral)\.?\s*$",
    re.IGNORECASE,
)
_READ_BY = re.compile(
    r"(?:(?<=\W)|^)(?:as\s+)?(?:read|narrated|performed|voiced|told|gelesen|gesprochen|lu|narrado|leído|letto|voorgelezen)"
    r"\s+(?:for you\s+)?(?:by|von|par|por|da|door)\s+(?P<names>\S.*)$"
    r"|^(?:narrator|reader|sprecher)s?\s*[:-]?\s+(?P<bare>\S.*)$",
    re.IGNORECASE,
)
_MEDIA = re.compile(
    r"(?:\d{1,4}(?:[.,]\d+)?\s*(?:k|kb|kbs|kbps|kbit|kbits|kb/s|khz|hz|mb|mib|gb|gib|ch)|mp3|m4[ab]|aac|flac|opus|ogg|"
    r"vbr|cbr|v\d|lame|aax|audible|audiobook|audio book|hörbuch|mono|stereo|retail|web|nmr|e?book|"
    r"\d{1,3}[:;.]\d{2}[:;.]\d{2}|\d{1,2}\s*h(?:rs?)?\s*\d{1,2}\s*m(?:ins?)?)",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\d{1,3}([:;.])\d{2}\1\d{2}")
_PART_OF = re.compile(
    r"(?:part|pt|disc|disk|cd|file|track|chapter|teil)?\s*\d{1,4}\s*(?:of|von|/)\s*\d{1,4}|(?:disc|disk|cd)\s*\d{1,3}",
    re.IGNORECASE,
)
_COLON = re.compile(r"\s*[:：꞉]\s+|\s+[:：꞉]\s*")
_LABEL = re.compile(LABELLED, re.IGNORECASE)
_LABEL_LAST = re.compile(rf"(?P<title>.*[^\W_].*?)[\s,;:–—-]+(?P<label>{LABELLED})\s*$", re.IGNORECASE)
_SERIES_WORD = re.compile(r"\b(?:series|saga|trilogy|chronicles|cycle|reihe|serie|duology|novels?)$")
_EMPTY = frozenset({"a novel", "novel", "roman", "ein roman", "a memoir", "audiobook", "audio book", "horbuch"})


def parse_title(text: str) -> TitleText:
    """Takes off brackets that are known, markers, the reader, and series; what is left is the title.

    A title that would vanish is kept whole, and so is a text too long for a title.
    """
    whole = tidy(text)
    if len(whole) > LONGEST_TITLE:
        return TitleText(title=whole)
    found = TitleText()
    rest = take_brackets(whole, found)
    rest = take_markers(rest, found)
    _take_series(rest, found)
    found.title = restore_article(found.title) or rest or whole
    return found


def take_brackets(text: str, found: TitleText, gap: str = " ") -> str:
    """The text without the brackets whose content is understood, `gap` in their place; what they say is in `found`."""
    kept, at = [], 0
    for match in _BRACKET.finditer(text):
        content = next(group for group in match.groups() if group is not None).strip()
        if read_bracket(content, found, match[0][0]):
            kept.append(text[at : match.start()])
            at = match.end()
    kept.append(text[at:])
    return tidy(gap.join(kept)).strip(" ,;:–—-")


def read_bracket(content: str, found: TitleText, kind: str = "(") -> bool:
    """Whether a bracket's content is something known; it is looked at before the bracket is believed."""
    return (
        _read_identifier(content, found)
        or _read_year(content, found)
        or _read_edition(content, found)
        or _read_media(content, found)
        or _read_reader(content, found, kind)
        or _read_series(content, found)
        or _read_language(content, found)
    )


def _read_identifier(content: str, found: TitleText) -> bool:
    asin = parse_asin(content) if content == content.upper() else None
    labelled = re.match(r"(?:asin|audible)\W*", content, re.IGNORECASE)
    asin = asin or (find_asin(content.upper()) if labelled else None)
    isbn = None if asin else parse_isbn(content)
    found.asin, found.isbn = found.asin or asin, found.isbn or isbn
    return bool(asin or isbn)


def _read_year(content: str, found: TitleText) -> bool:
    if re.fullmatch(r"[12]\d{3}\s*[-–]\s*[12]\d{3}", content):
        found.notes.append(content)
        return True
    if not re.fullmatch(r"(?:©\s*)?[12]\d{3}", content) or not is_plausible_year(int(content[-4:])):
        return False
    found.year = found.year or int(content[-4:])
    return True


def _read_edition(content: str, found: TitleText) -> bool:
    folded = fold(content)
    if _UNABRIDGED.fullmatch(folded) or _ABRIDGED.fullmatch(folded):
        found.abridged = bool(_ABRIDGED.fullmatch(folded))
        return True
    if folded in _EMPTY or not content:
        found.notes.append(content)
        return True
    return False


def _read_media(content: str, found: TitleText) -> bool:
    """Bit rate, size, length, container, part numbers: about the file, not about the book."""
    left = _MEDIA.sub("", content)
    if _PART_OF.fullmatch(content) or (left != content and not any(char.isalnum() for char in left)):
        if clock := _CLOCK.search(content):
            found.duration = parse_duration(clock[0])
        found.notes.append(content)
        return True
    return False


def _read_reader(content: str, found: TitleText, kind: str) -> bool:
    reader = _READ_BY.match(content)
    names = (reader["names"] or reader["bare"]) if reader else (content if kind == "{" else "")
    people = split_people(names, "narrator") if looks_like_names(names) else ()
    found.narrators = found.narrators or people
    return bool(people)


def _read_series(content: str, found: TitleText) -> bool:
    entries = parse_series(content, bare=True)
    if any(entry.position for entry in entries) or (entries and _SERIES_WORD.search(fold(content))):
        found.series = found.series or entries
        return True
    if position := _label_alone(content):
        found.position = found.position or position
        return True
    return False


def _read_language(content: str, found: TitleText) -> bool:
    language = parse_language(content) if len(content) > 3 else None
    if language is None or language_code(language) is None:
        return False
    found.language = found.language or language
    return True


def take_markers(text: str, found: TitleText) -> str:
    """The text without "Unabridged" and "read by NAME" at its end."""
    if marker := _MARKER.search(text):
        found.abridged = bool(_ABRIDGED.match(fold(marker["mark"])))
        text = text[: marker.start()]
    if (reader := _READ_BY.search(text)) and reader["names"] and looks_like_names(reader["names"]):
        found.narrators = found.narrators or split_people(reader["names"], "narrator")
        text = text[: reader.start()]
    return text.strip(" ,;–—-")


def _take_series(text: str, found: TitleText) -> None:
    head, *tails = _COLON.split(text, maxsplit=1)
    tail = tails[0] if tails else ""
    if head and tail and (position := _label_alone(head)):
        found.position, found.title = found.position or position, tail
    elif head and tail and (entries := _numbered(head)):
        found.series, found.title = found.series or entries, tail
    elif head and tail:
        _take_label_last(head, found)
        _take_subtitle(tail, found)
    else:
        _take_label_last(text, found)


def _take_subtitle(text: str, found: TitleText) -> None:
    """What stands after the colon: a series with its number, or a subtitle."""
    entries = _numbered(text)
    if entries:
        found.series = found.series or entries
    elif position := _label_alone(text):
        found.position = found.position or position
    else:
        found.subtitle = text


def _take_label_last(text: str, found: TitleText) -> None:
    """ "The Salt Road, Book 2": the number belongs to a series without a name here."""
    label = _LABEL_LAST.fullmatch(text)
    found.title = label["title"].strip(" ,;:–—-") if label else text
    if label:
        found.position = found.position or parse_position(label["label"])


def _numbered(text: str) -> tuple[SeriesEntry, ...]:
    entries = parse_series(text)
    return entries if any(entry.position for entry in entries) else ()


def _label_alone(text: str) -> str | None:
    return parse_position(text) if _LABEL.fullmatch(text.strip()) else None


def with_series_name(found: TitleText, name: str | None) -> tuple[SeriesEntry, ...]:
    """The series that a title names; a lone position goes to the series `name` when that is known otherwise."""
    if name is None:
        return found.series
    known = [entry for entry in found.series if fold_series(entry.name) == fold_series(name)]
    position = known[0].position if known else found.position
    others = tuple(entry for entry in found.series if entry not in known)
    return (SeriesEntry(name, position), *others)
