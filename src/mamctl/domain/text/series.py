"""Series and positions in every written form: "Name #2", "Name, Book Two", "A, #1; B, #4"."""

from __future__ import annotations

import re
from functools import lru_cache

from mamctl.dataclass import dataclass
from mamctl.domain.text.normalize import fold, tidy
from mamctl.domain.text.numbers import COUNT_WORDS, COUNTED, parse_count
from mamctl.domain.text.placeholders import is_placeholder
from mamctl.domain.text.vocabulary import PLACE_LABELS
from mamctl.regex import regex


@dataclass(frozen=True, slots=True)
class SeriesEntry:
    """A series and the book's place in it; `position` is text: "2", "0.5", "1-3", or None when unknown."""

    name: str
    position: str | None = None


_NUMBER = r"\d{1,4}(?:[.,]\d{1,2})?[a-z]?\b|\.\d{1,2}\b"
_RANGE = rf"(?:{_NUMBER})(?:\s*(?:-|–|—|to|bis|and|&|,\s*(?=\d))\s*(?:{_NUMBER}))*"
_ROMAN = r"[IVXLivxl]{1,7}\b"
_OF_TOTAL = r"(?:\s*(?:/|of|von|de|sur)\s*(?:\d{1,4}\b|\?))?"

LABELLED = (
    rf"(?:#\s*|№\s*|(?:\b(?:{PLACE_LABELS})\b\.?\s*#?\s*))(?P<position>{_RANGE}|{COUNT_WORDS}|{_ROMAN}){_OF_TOTAL}"
)
"""A label and a position: `#2`, `Book 2`, `Vol. II`, `Band 3`, `Book One`."""
A_LABEL = regex(rf"#|№|\b(?:{PLACE_LABELS})\b", re.IGNORECASE)
"""What every text has that `LABELLED` matches."""

_LABELLED = regex(LABELLED, re.IGNORECASE, needs=A_LABEL, rare=COUNTED)
_NAME_FIRST = regex(
    rf"(?P<name>.*?\S)[\s,:;(\[–—-]*?(?<!\w){LABELLED}(?P<rest>.*)", re.IGNORECASE, needs=A_LABEL, rare=COUNTED
)
_NAME_HASH = regex(rf"(?P<name>.*?\S)[\s,:;(\[–—-]*#\s*(?P<position>{_RANGE}){_OF_TOTAL}(?P<rest>.*)", re.IGNORECASE)
_LABEL_FIRST = regex(
    rf"{LABELLED}\s*(?:(?:of|in|from|der|des|aus|von|de la|de|du|di|del)\s+(?:the\s+)?|[,:–—-]\s*)"
    r"(?P<name>.+)",
    re.IGNORECASE,
    needs=A_LABEL,
    rare=COUNTED,
)
_BRACKETED = regex(r"(?P<name>.*?\S)\s*[\[(]\s*(?P<position>\d{1,3}(?:\.\d{1,2})?)\s*[\])]")
# "灯の書 第2巻", "Flußsage, 3. Band", "Latarnia t. 2": signs and labels behind the number, and tomes cut short.
_ORDINAL = regex(
    r"(?P<name>.*?[^\W\d_].*?)[\s,:–—-]*(?:第\s*(?P<sign>\d{1,3})\s*[巻卷册冊部集]"
    r"|[\s,:–—-](?P<place>\d{1,3})\.\s?(?:band|teil|buch|kitap|kötet|rész|díl|bok|bind)|[\s,][tт]\.\s?(?P<tome>\d{1,3}))",
    re.IGNORECASE,
)
# Without a label a number is a place where it is padded, decimal, one of a total, or set off: "X 02", "X 6.0", "X, 4",
# "X - 04 - Title", "X 1/9"; and a single digit behind several words. "Area 51" and "Rule 34" are names.
_SET_OFF = regex(
    r"(?P<name>[\W\d_]*[^\W\d_].*?)(?:(?:\s+|\s*[\[(]\s*)(?P<padded>0\d{1,2}|\d{1,3}\.\d{1,2})\b[\])]?"
    r"|\s*[,:]\s+(?P<comma>\d{1,3})(?![\w,])|\s+[-–—]+\s+(?:(?:volume|vol|book)\.?\s+)?(?P<dash>\d{1,3})(?!\w)"
    r"|\s+[\[(]?(?P<total>\d{1,3})\s*(?:of|von|/)\s*(?:\d{1,3}|\?)[\])]?)"
    r"(?P<rest>$|\s*(?:[-–—(\[]|pt\b).*|\s+[^\W\d].*)",
    re.IGNORECASE,
)
_DIGIT_LAST = regex(r"(?P<name>[^\W\d_].*\s.*?\w)\s+(?P<position>[1-9])(?P<rest>\s*\([^()]*\))?")
_AUTHOR_FIRST = regex(r"(?P<author>[^\d\-–—]{3,60}?)\s+[-–—]\s+(?P<rest>[^\-–—]*[^\W\d].*)")
_NAMED_SERIES = regex(
    r".*(?:\s[-–—]+\s+|[\[(])(?P<name>[^\-–—\[\]()]+\s(?:series|saga|trilogy|cycle))\s*[\])]?", re.IGNORECASE
)
_SERIES_LABEL = regex(r"^(?:series|serie|reihe)\s*:\s*", re.IGNORECASE)
_ORDER_NOTE = regex(r"\s*[(\[](?:publication|chronological|reading|recommended|internal)\s+order[)\]]", re.IGNORECASE)
_SET_TAIL = regex(r"(?:\s*:\s*publisher'?s pack(?:\s+\d+)?|\s+(?:omnibus|box(?:ed)? set))\s*:?\s*$", re.IGNORECASE)
_SET_FIRST = regex(r"(?:the\s+)?(?:omnibus|box(?:ed)?[ -]?set)\s*[:–—-]\s*(?=\w)", re.IGNORECASE)
_LABEL_TAIL = regex(rf"[\s,(\[]+(?:{PLACE_LABELS})\.?$", re.IGNORECASE)
_HASH_LABEL = regex(rf"#\s*(?=(?:{PLACE_LABELS})\b)", re.IGNORECASE)
# "Book2", "Vol2", "T02": a label without a blank; "Catch22" and "V2" are names.
_GLUED_LABEL = regex(
    r"(?<!\w)(?P<label>books?|bks?|vol(?:ume)?s?|band|bd|buch|tomes?|tomo|tom|teil|folge|parts?|pt|libro|livre|deel|boek"
    r")(?=\d{1,3}(?:[.,]\d{1,2})?(?!\w))",
    re.IGNORECASE,
)
_GLUED_TOME = regex(r"(?<!\w)[tT](?=0\d(?!\w))|(?<=\w[\s,]\s)T(?=\d{1,2}$)|(?<=\w\s)T(?=\d{1,2}$)")
_PREQUEL = regex(r"prequel|prélude|vorgeschichte", re.IGNORECASE)
_BARE = regex(rf"(?P<name>.*[^\W\d].*?)[\s,–—-]+(?P<position>{_RANGE})")
_POSITION = regex(rf"\s*(?:{LABELLED}|(?P<bare>{_RANGE}))(?P<rest>.*)", re.IGNORECASE | re.DOTALL, rare=COUNTED)
_SEVERAL = regex(r"\s*;\s*|\s+/\s+|\s*\|\s*|(?<=\d)\s*,\s*(?=[^\d#,\s][^#,]*#\s*\d)")
_LONGEST = 300  # no series has a longer name; a description in the wrong field is not searched
_EDGES = " \t,:;-–—"


@lru_cache(maxsize=2_048)
def parse_position(text: str) -> str | None:
    """ "02" → "2", "2.0" → "2", "Book One" → "1", "1 – 3" → "1-3", "2, Dramatized" → "2"; or None."""
    if len(text) < 5 and text.isascii() and text.isdigit():
        return str(int(text))
    text = tidy(text)[:_LONGEST]
    found = _POSITION.fullmatch(text)
    if found:
        return _position(found["position"] or found["bare"])
    number = 0 if _PREQUEL.fullmatch(text) else parse_count(text)
    return None if number is None else str(number)


def _position(text: str) -> str | None:
    number = parse_count(text)
    if number is not None:
        return str(number)
    spread = re.sub(r"\s*(?:-|–|—|\bto\b|\bbis\b|\band\b|&)\s*", "-", text.strip(), flags=re.IGNORECASE)
    parts = re.split(r"(-|,\s+)", spread)
    return "".join(_plain_number(part) if index % 2 == 0 else part for index, part in enumerate(parts))


def _plain_number(text: str) -> str:
    """Without leading zeros and without a fraction of zero."""
    found = re.fullmatch(r"(\d*)(?:[.,](\d+))?([a-zA-Z]?)", text.strip())
    if not found:
        return text.strip()
    fraction = (found[2] or "").rstrip("0")
    return str(int(found[1] or 0)) + (f".{fraction}" if fraction else "") + found[3].lower()


def parse_series(text: str, *, bare: bool = False, placed: bool = False) -> tuple[SeriesEntry, ...]:
    """Every series that a series field names, in its order; () for nothing and for placeholders.

    With `bare` any number at the end is a position, as in brackets of folder names; without, "Area 51" is a name and
    "Lantern Cycle 02" has a place. With `placed` the place is said elsewhere, and only a labelled one is looked for.
    """
    entries: list[SeriesEntry] = []
    for part in _parts(_SERIES_LABEL.sub("", tidy(text))):
        plain = _GLUED_LABEL.sub(r"\g<label> ", _HASH_LABEL.sub("", _unwrap(_ORDER_NOTE.sub("", part))))
        plain = _GLUED_TOME.sub("tome ", plain)
        entry = _parse_one(plain, bare=bare, placed=placed)
        if entry and not any(fold(entry.name) == fold(other.name) for other in entries):
            entries.append(entry)
    return tuple(entries)


def _parts(text: str) -> list[str]:
    """The series of a field; a place alone behind a separator belongs to the one before it: "Area 51 | Book 7"."""
    parts: list[str] = []
    for part in _SEVERAL.split(_unwrap(text)):
        if parts and (_LABELLED.fullmatch(part.strip()) or re.fullmatch(r"\d{1,3}", part.strip())):
            parts[-1] = f"{parts[-1]}, {part.strip()}"
        else:
            parts.append(part)
    return parts


def _parse_one(text: str, *, bare: bool, placed: bool = False) -> SeriesEntry | None:
    if len(text) > _LONGEST:
        return _entry(text, text, None)
    if ordinal := _ORDINAL.fullmatch(text):
        return _entry(text, ordinal["name"], _plain_number(ordinal["sign"] or ordinal["place"] or ordinal["tome"]))
    if not bare and not placed and (unlabelled := _set_off(text)):
        return unlabelled
    found = (
        _LABEL_FIRST.fullmatch(text)
        or _NAME_HASH.fullmatch(text)
        or _NAME_FIRST.fullmatch(text)
        or _BRACKETED.fullmatch(text)
        or (_BARE.fullmatch(text) if bare else None)
    )
    name = found["name"] if found else text
    rest = found.groupdict().get("rest") if found else None
    if found and rest and any(char.isalnum() for char in rest):
        found, name = (found, name) if _is_note(rest) else (None, text)
    if found is None and not placed and (named := _NAMED_SERIES.fullmatch(text)):
        name = named["name"]  # "Salt Gate - Lantern Cycle Series"
    return _entry(text, name, _position(found["position"]) if found else None)


def _entry(text: str, name: str, position: str | None) -> SeriesEntry | None:
    name = _SET_TAIL.sub("", _LABEL_TAIL.sub("", name)).strip(_EDGES) if position else name.strip(_EDGES)
    if not any(char.isalnum() for char in name) or is_placeholder(name) or _LABELLED.fullmatch(text):
        return None
    return SeriesEntry(name, position)


def _set_off(text: str) -> SeriesEntry | None:
    """A name with an unlabelled place: padded, decimal, set off by signs, or a single digit."""
    if digit := _DIGIT_LAST.fullmatch(text):
        first = _AUTHOR_FIRST.fullmatch(digit["name"])
        if not _LABEL_TAIL.search(digit["name"]) and first is None and digit["name"][-1] not in "#-–—":
            return _entry(text, digit["name"], digit["position"])
    found = _SET_OFF.fullmatch(text)
    author = _AUTHOR_FIRST.fullmatch(text)
    if author and (inner := re.match(r"(?P<name>.*?\D)\s+(?P<position>\d{1,3})\s+[-–—]\s+\S", author["rest"])):
        name = author["author"] if _LABEL_TAIL.search(f" {inner['name']}") else inner["name"]
        return _entry(text, name, _plain_number(inner["position"]))  # "Mara Vell - Lantern 2 - The Salt Sea"
    if found is None or _LABELLED.search(found["name"]):
        return None
    number = next(found[kind] for kind in ("padded", "comma", "dash", "total") if found[kind])
    return _entry(text, found["name"], _plain_number(number))


def _is_note(rest: str) -> bool:
    """What may follow a position without being part of the name: ")", ", Dramatized", "(Unabridged)"."""
    return rest.lstrip()[:1] in {",", "(", "[", ")", "]", ";", ":"}


def _unwrap(text: str) -> str:
    text = text.strip()
    while len(text) > 1 and (text[0], text[-1]) in {("(", ")"), ("[", "]"), ("{", "}")} and _closes_last(text):
        text = text[1:-1].strip()
    return text


def _closes_last(text: str) -> bool:
    return not any(char in "()[]{}" for char in text[1:-1])


def without_set_words(name: str) -> str:
    """The series of a set: "Box Set: Lantern Cycle" is of the Lantern Cycle."""
    return _SET_FIRST.sub("", name)


def begins_as_set(text: str) -> bool:
    """Whether "Box Set:" or "Omnibus:" stands in front."""
    return _SET_FIRST.match(text) is not None


def join_series(entries: tuple[SeriesEntry, ...]) -> tuple[str, ...]:
    """As Audiobookshelf spells them: "Lantern Cycle #2"."""
    return tuple(f"{entry.name} #{entry.position}" if entry.position else entry.name for entry in entries)


def fold_series(name: str) -> str:
    """What is compared of a series' name: "The Lantern Cycle Series" and "Lantern Cycle" are one."""
    return _fold_series(name[:_LONGEST])


@lru_cache(maxsize=8_192)
def _fold_series(name: str) -> str:
    folded = re.sub(r"^(?:the|a|an) (?=\S)", "", fold(name))
    return re.sub(r"(?<=\S) (?:series|saga|books|novels|reihe|serie)$", "", folded) or folded
