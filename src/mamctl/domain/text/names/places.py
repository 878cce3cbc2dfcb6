"""Where numbers stand in one piece of a name, and what they may be: "01 T", "Series 02", "Series 02 T", "Book 3"."""

from __future__ import annotations

import re
from functools import lru_cache

from mamctl.dataclass import dataclass
from mamctl.domain.text.normalize import fold
from mamctl.domain.text.numbers import COUNTED, parse_roman
from mamctl.domain.text.series import A_LABEL, LABELLED, parse_position
from mamctl.domain.text.vocabulary import A_DIGIT
from mamctl.regex import regex


@dataclass(frozen=True, slots=True)
class Place:
    """A number inside a piece: `before` and `after` are what stands around it, `position` its plain spelling.

    `sure` in 0..1: 1 for a label ("Book 2", "#2"), 0.8 for a padded or decimal number, 0.5 for one set off by signs,
    0.2 for a bare one, 0.1 for a Roman one.
    """

    before: str
    position: str
    after: str
    sure: float


_N = r"\d{1,3}(?:[.,]\d{1,2})?[a-z]?(?!\w)"
_SPAN = rf"{_N}(?:\s*(?:-|–|&|and|to)\s*#?\d{{1,3}}(?![\w.]))?"
_ALONE = regex(rf"[\[(]?#?\s*(?P<n>{_SPAN}|-\d)\s*[\])]?\.?", needs=A_DIGIT)
_LABEL_ALONE = regex(rf"{LABELLED}[.\s]*", re.IGNORECASE, needs=A_LABEL, rare=COUNTED)
_LABEL_GLUED = regex(
    r"(?:bd|bk|book|vol|volume|band|tome|t|part|pt)(?P<n>\d{1,3}(?:\.\d{1,2})?)", re.IGNORECASE, needs=A_DIGIT
)
_LEAD_LABEL = regex(
    rf"{LABELLED}(?P<sep>[.:,)\]]?\s+|[.:,)\]])(?P<rest>[\W_]*[^\W_].*)", re.IGNORECASE, needs=A_LABEL, rare=COUNTED
)
_LEAD = regex(
    rf"[\[(]?#?(?P<n>{_SPAN})(?P<sep>[\])]\s*[-.:]?\s*|[.:]\s*|_\s*|-(?=[^\d\s])|\s+)(?P<rest>[\W_]*[^\W_].*)",
    needs=A_DIGIT,
)
_TAIL_LABEL = regex(
    rf"(?P<name>[\W_]*[^\W_].*?)[\s,:;._–—-]+(?<!\w){LABELLED}\s*\.?", re.IGNORECASE, needs=A_LABEL, rare=COUNTED
)
_TIME = regex(r"\d{1,2}\.\d0(?!\d)")  # "4.50 from Paddington"; nobody writes place 4.5 so
_FULL_STOP = regex(r"(?<=[^\W\d_]{3})\.$")  # behind a word, not behind an initial
_TAIL_GLUED = regex(
    r"(?P<name>[\W\d]*[^\W\d].*?)[\s,:;–—-]+(?:(?:bd|bk|book|vol|band|tome)(?=\d)|t(?=\d\d))(?P<n>\d{1,3})",
    re.IGNORECASE,
    needs=A_DIGIT,
)
_TAIL_TOME = regex(r"(?P<name>[\W\d]*[^\W\d].*?)[\s,]+T(?P<n>[1-9])", needs=A_DIGIT)  # as French shelves have it
_TAIL = regex(r"(?P<name>[\W\d]*[^\W\d].*?)(?:[\s,:;–—-]+|\s*[\[(#]+)(?P<n>\d{1,3}(?:\.\d{1,2})?)[\])]?", needs=A_DIGIT)
_TAIL_SPAN = regex(r"(?P<name>[\W\d]*[^\W\d].*?)[\s,:;–—-]+(?P<n>\d{1,3}\s*(?:-|–|&|and)\s*\d{1,3})", needs=A_DIGIT)
_TAIL_ROMAN = regex(r"(?P<name>[\W\d]*[^\W\d].*?)\s+(?P<n>[IVX]{1,6})")
_SHORT = regex(r"(?P<name>[^\W\d_]{1,6})-?(?P<n>\d{1,3}(?:\.\d)?)", needs=A_DIGIT)
_INNER_LABEL = regex(
    rf"(?P<name>[\W_]*[^\W_].*?)[\s,:;(–—-]+(?<!\w){LABELLED}(?:[.:;_,)]*\s+(?:[-–—]\s+)?|[.:_)]+)"
    rf"(?!(?:of|von|de)\s+\d)(?P<rest>[^\W_].*)",
    re.IGNORECASE,
    needs=A_LABEL,
    rare=COUNTED,
)
_INNER = regex(
    r"(?P<name>[\W\d_]*[^\W\d_].*?)(?P<gap>\s+|\s*[\[(#]+)(?P<n>\d{1,3}(?:\.\d{1,2})?)(?P<close>[\])]?[.:]?-?)\s+(?!(?:of|von|de)\s+\d)(?P<rest>[\W_]*[^\W_].*)",
    needs=A_DIGIT,
)
_INNER_ROMAN = regex(r"(?P<name>[\W\d_]*[^\W\d_].*?)\s+(?P<n>[IVX]{1,6})[.:]?\s+(?P<rest>\S.*)")


@lru_cache(maxsize=4_096)
def place_alone(text: str) -> Place | None:
    """A piece that is nothing but a place: "01", "Book 2", "#3", "04 and 05", "1.5", "Bd03"."""
    if found := _ALONE.fullmatch(text):
        number = found["n"].lstrip("-")
        position = _span(number)
        return Place("", position, "", 0.8 if _is_padded(number) or "-" in position else 0.5) if position else None
    if _LABEL_ALONE.fullmatch(text):
        position = parse_position(text.rstrip(" ."))
        return Place("", position, "", 1.0) if position else None
    if found := _LABEL_GLUED.fullmatch(text):
        position = parse_position(found["n"])
        return Place("", position, "", 0.8) if position else None
    return None


@lru_cache(maxsize=4_096)
def place_first(text: str) -> Place | None:
    """A number at the beginning: "01 T", "3.T", "[02] T", "#9-T", "Book 5 T", "Volume 2. T"."""
    if (found := _LEAD_LABEL.fullmatch(text)) and (position := _span(found["position"])):
        label = text[: found.start("sep")]
        digits = any(char.isdigit() for char in label)
        sure = 1.0 if digits else 0.8 if found["sep"].strip() else 0.1  # "Book One Hundred", "Part I Play"
        return Place("", position, found["rest"].strip(" -–—:.,"), sure)
    if (found := _LEAD.fullmatch(text)) and not _TIME.match(found["n"]):
        number, sep = found["n"], found["sep"]
        rest = found["rest"].strip()
        sure = (
            0.8 if _is_padded(number) or text[0] in "[#(" else 0.5 if sep.strip() else 0.2 if len(number) < 3 else 0.05
        )
        position = _span(number)
        return Place("", position, rest.lstrip(" -–—"), sure) if position else None
    return None


@lru_cache(maxsize=4_096)
def place_last(text: str) -> Place | None:
    """A name with its place at the end: "Series, Book 2", "Series 02", "Series [06]", "SW2", "Series 4"."""
    if place_alone(text) is not None:
        return None
    place = _place_last(text)
    return place if place is None or _is_outside(place.before) else None


def _place_last(text: str) -> Place | None:
    if found := _TAIL_LABEL.fullmatch(text):
        return _behind(found["name"].strip(" ,:;-–—"), found["position"], 1.0)
    if found := _TAIL_GLUED.fullmatch(text):
        return _behind(found["name"].rstrip(" ,:;-–—"), found["n"], 0.8)
    if found := _TAIL_TOME.fullmatch(text):
        return _behind(found["name"].rstrip(" ,:;-–—"), found["n"], 0.6)
    for pattern in (_SHORT, _TAIL_SPAN):
        if found := pattern.fullmatch(text):
            return _behind(found["name"], found["n"], 0.7)
    if found := _TAIL.fullmatch(text):
        padded = _is_padded(found["n"]) or text[-1] in "])"
        return _behind(found["name"].rstrip(" ,:;-–—(["), found["n"], 0.8 if padded else 0.2)
    found = _TAIL_ROMAN.fullmatch(text)
    number = parse_roman(found["n"]) if found else None
    return Place(found["name"], str(number), "", 0.1) if found and number else None


def _behind(name: str, number: str, sure: float) -> Place | None:
    position = _span(number)
    return Place(name, position, "", sure) if position else None


@lru_cache(maxsize=4_096)
def places_inside(text: str) -> tuple[Place, ...]:
    """Numbers with a name before and a name behind them: "Series 02 T", "Series, Book 3: T", "Series [06] T"."""
    found: list[Place] = []
    if (label := _INNER_LABEL.fullmatch(text)) and (position := _span(label["position"])):
        digits = any(char.isdigit() for char in label["position"])
        name = _FULL_STOP.sub("", label["name"].strip(" ,:;-–—"))
        found.append(Place(name, position, label["rest"].strip(" -–—:."), 1.0 if digits else 0.4))
    if (bare := _INNER.fullmatch(text)) and (position := _span(bare["n"])):
        padded = _is_padded(bare["n"]) or bool(bare["close"].strip("-")) or bool(bare["gap"].strip())
        found.append(Place(bare["name"], position, bare["rest"].lstrip(" -–—:"), 0.8 if padded else 0.2))
    if (roman := _INNER_ROMAN.fullmatch(text)) and (number := parse_roman(roman["n"])):
        found.append(Place(roman["name"], str(number), roman["rest"], 0.1))
    return tuple(
        place
        for place in found
        if any(char.isalnum() for char in place.after) and _is_outside(place.before) and _is_outside(place.after)
    )


def _is_outside(text: str) -> bool:
    """Whether no bracket is cut at the number next to this text: "The Hero (1 of 2)" names no place."""
    return all(text.count(opened) == text.count(closed) for opened, closed in ("()", "[]", "{}"))


def _is_padded(number: str) -> bool:
    return (len(number) > 1 and number[0] == "0") or "." in number or "," in number


def _span(text: str) -> str | None:
    """ "04 and 05" and "4 & 5" as "4-5"; "02" as "2"."""
    text = (
        re.sub(r"\s*(?:&|and|to|–)\s*#?", "-", text.strip()) if re.search(r"\d\D*(?:&|and|to|–)\s*#?\d", text) else text
    )
    return parse_position(text.strip())


@lru_cache(maxsize=4_096)
def fold_words(text: str) -> str:
    """`fold`, remembered."""
    return fold(text)
