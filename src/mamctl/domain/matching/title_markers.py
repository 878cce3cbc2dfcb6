"""The edition markers in a title: abridged, dramatized, several books in one, a part, or about the book."""

from __future__ import annotations

import re
from enum import StrEnum

from mamctl.domain.text.numbers import as_number
from mamctl.domain.text.title_words import words_of
from mamctl.regex import regex


class EditionMarker(StrEnum):
    """A kind of edition that a title states; a marker on one side only means two different things."""

    ABRIDGED = "abridged"
    UNABRIDGED = "unabridged"
    DRAMATIZED = "dramatized"
    OMNIBUS = "omnibus"  # several books in one
    TRANSLATED = "translated"  # "(Spanish Edition)"
    ABOUT = "about"  # a summary, workbook, guide or sample of the book, not the book


_PART = regex(
    r"[\s,(\[]+(?:part|teil|partie|pt\.?)\s*(?P<number>\d{1,2}|[a-z]+)\s+(?:of|von|de)\s+\w+\b[)\]]?"
    r"|[\s,:(\[-]+(?:episode|folge|season|staffel)\s*(?P<episode>\d{1,3}|[a-z]+)\b[)\]]?"
)
_WHOLE = regex(r"\b1 (?:of|von|de) 1\b")
_LONE_PART = regex(r"[\s,:(\[-]+(?:part|pt\.?)\s*(\d{1,2}|[a-z]+)\s*[)\]]?\s*$")
_COUNT = regex(r"[\s,]*[(\[](?P<number>\d{1,2})\s+(?:of|von)\s+\d{1,2}[)\]]")
_TONGUE = (
    "(?:spanish|german|french|italian|portuguese|dutch|russian|japanese|chinese|polish|swedish"
    "|espanol|deutsch|francais)"
)
_SEVERAL = regex(
    r"(?:\b(?:books?|volumes?|vols?|bks?)\.?\s*|\#\s*)(?P<first>\d{1,3})\b"
    r"(?:,\s*\#?\d{1,3})*,?\s*(?:-|to|and|through|,)\s*\#?(?P<last>\d{1,3})\b(?!\.\d)"
)
_MARKERS: tuple[tuple[EditionMarker, re.Pattern[str]], ...] = (
    (
        EditionMarker.UNABRIDGED,
        regex(r"\bun-?abridged\b|\bungekurzte?(?: (?:lesung|ausgabe|fassung))?\b|\btexte integral\b"),
    ),
    (EditionMarker.ABRIDGED, regex(r"\babridged\b|\bgekurzte?(?: (?:lesung|ausgabe|fassung))?\b")),
    (
        EditionMarker.TRANSLATED,
        regex(
            rf"[(\[]?\b{_TONGUE} (?:language )?(?:edition|version)\b[)\]]?|[(\[]\s*{_TONGUE}\s*[)\]]"
            r"|[(\[]?\b(?:edicion en espanol|edition francaise|deutsche ausgabe|edizione italiana)\b[)\]]?"
        ),
    ),
    (
        EditionMarker.DRAMATIZED,
        regex(
            r"\b(?:dramati[sz]ed(?: adaptation)?|dramati[sz]ation|graphic ?audio|(?:radio|audio) ?(?:play|drama)"
            r"|full[ -]cast|horspiel|hoorspel|(?:a|the) (?:stage ?)?(?:play|musical|screenplay)(?=\s*[)\]]?$)"
            r"|fiction radiophonique|radio collection)\b"
        ),
    ),
    (
        EditionMarker.OMNIBUS,
        regex(
            r"\b(?:omnibus(?: edition)?|box(?:ed)?[ -]?set|(?:the )?complete (?:series|collection|trilogy|saga)"
            r"|(?:the )?(?:complete|collected) works|publishers? pack|bundle"
            r"|\w+[ -]books?[ -]in[ -](?:one|1)|[2-9][ -]in[ -]1)\b"
        ),
    ),
    (
        EditionMarker.ABOUT,
        regex(
            r"\b(?:summary|zusammenfassung|supersummary|study guide|workbook|analysis of|companion (?:to|guide|book)"
            r"|conversation starters|cliffs? ?notes|spark ?notes|bookrags|shmoop|instaread|blinkist"
            r"|key (?:takeaways|insights)|(?:variant|discussion|readers?|teachers?) guide|lesson plans?"
            r"|trivia|quiz|unofficial|parody"
            r"|graphic novel|manga|critical study|extended sample|(?:free )?preview|sampler|sample chapters?|excerpt"
            r"|young readers?|(?:adapted|abridged|retold) for (?:young|children|kids))\b|\breview(?: of\b|:|\)|$)"
        ),
    ),
)


def take_markers(text: str) -> tuple[str, frozenset[EditionMarker]]:
    """The text without what was recognised, except for words that may be part of the name itself, and for
    "Books 1 to 3", which becomes "book 1-3": the places of its books are compared."""
    text, several = _SEVERAL.subn(r" book \g<first>-\g<last>", text)
    found = {EditionMarker.OMNIBUS} if several else set()
    for marker, pattern in _MARKERS:
        if pattern.search(text):
            found.add(marker)
            shorter = pattern.sub(" ", text) if marker is not EditionMarker.ABOUT else text
            text = shorter if words_of(shorter) else text
    return text, frozenset(found)


def take_part(text: str, *, dramatized: bool = False) -> tuple[str, str | None]:
    """The text without "Part 1 of 2" or "(1 of 2)", and the number of the part; dramatizations omit "of 2"."""
    for pattern in (_PART, _COUNT, *((_LONE_PART,) if dramatized else ())):
        if (found := pattern.search(text)) and (number := as_number(next(filter(None, found.groups())))):
            number = None if _WHOLE.search(found.group()) else number
            return f"{text[: found.start()]} {text[found.end() :]}", number
    return text, None
