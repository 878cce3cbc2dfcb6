"""The readings of a written name: each piece in one role, weighed by evidence, the likeliest first.

Which part of "Lee - Dawn 02 - Winter" is author, series or title cannot be told from the text alone. So every piece is
tried in every role it can have; each role brings its weight and its reason, from the piece itself and from what is
known around it: the folders above, the siblings in the same folder, and what the library and the book's own tags say.
The sum of weights orders the readings; how far the first is ahead of the next is how sure it is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import Any

from mamctl.domain.text.names.draft import Draft
from mamctl.domain.text.names.model import NO_CONTEXT, NameContext, NamedBook, NameReading
from mamctl.domain.text.names.people_roles import author_roles, bracket_roles
from mamctl.domain.text.names.pieces import LONGEST_NAME, Piece, Pieces, read_year, split_name, take_asin
from mamctl.domain.text.names.places import (
    Place,
    place_alone,
    place_last,
)
from mamctl.domain.text.names.series_roles import is_abbreviation, series_roles
from mamctl.domain.text.names.title_roles import title_roles
from mamctl.domain.text.normalize import fold, fold_title, restore_article
from mamctl.domain.text.numbers import as_number
from mamctl.domain.text.placeholders import is_placeholder
from mamctl.domain.text.publishers import is_publisher
from mamctl.domain.text.series import SeriesEntry, fold_series, without_set_words
from mamctl.domain.text.titles import read_title
from mamctl.domain.text.vocabulary import is_edition_note, is_form, is_side_story
from mamctl.regex import regex

_BEAM = 14  # readings followed at a time; a name has few pieces, and the right reading is among the best early on
_FINISHED = 9
_KEPT = 6
_DESCRIBES = regex(r"an? (?:novel|novella|memoir|thriller|history|story)\b", re.IGNORECASE)


def read_names(name: str, context: NameContext = NO_CONTEXT) -> NamedBook:
    """Every likely reading of a book's own name. Never raises; the best reading has a title."""
    pieces = split_name(name, context.authors)
    if len(pieces.pieces[0].text) > LONGEST_NAME:
        return NamedBook((NameReading(title=pieces.pieces[0].text, likelihood=1.0),), pieces)
    if len(pieces.pieces) == 1 and not pieces.pieces[0].bracket:
        bare, asin = take_asin(pieces.pieces[0].text)
        pieces.facts.asin = pieces.facts.asin or asin
        pieces.pieces[0] = pieces.pieces[0].with_text(bare)
    drafts = [Draft()]
    for index, piece in enumerate(pieces.pieces):
        grown = [new for draft in drafts for new in _grow(draft, piece, index, pieces, context)]
        drafts = sorted(grown, key=_order)[:_BEAM] or drafts
    finished = sorted((_finish(draft, pieces, context) for draft in drafts[:_FINISHED]), key=_reading_order)
    return NamedBook(_with_likelihood(finished), pieces)


def _order(draft: Draft) -> tuple[object, ...]:
    return (-draft.weight, draft.title or "", draft.series or "", draft.authors)


def _reading_order(reading: NameReading) -> tuple[object, ...]:
    return (-round(reading.weight, 6), reading.title or "", Late(_texts, reading.series), reading.authors)


def _texts(series: tuple[SeriesEntry, ...]) -> tuple[str, ...]:
    return tuple(map(str, series))


class Late:
    """A costly part of a sort key, computed only when all parts before it are equal."""

    __slots__ = ("_make", "_of")

    def __init__(self, make: Callable[[Any], Any], of: object) -> None:
        self._make, self._of = make, of

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Late) and (self._of == other._of or self._make(self._of) == other._make(other._of))

    def __hash__(self) -> int:
        return hash(self._make(self._of))

    def __lt__(self, other: Late) -> bool:
        return bool(self._make(self._of) < other._make(other._of))


def _with_likelihood(found: list[NameReading]) -> tuple[NameReading, ...]:
    """One of each kind, with its share: a weight of 1 more is nearly three times as likely."""
    kinds: dict[tuple[object, ...], NameReading] = {}
    for one in found:
        key = (one.title, one.authors, one.series, one.position, one.year, one.narrators)
        kinds.setdefault(key, one)
    kept = list(kinds.values())[:_KEPT]
    best = kept[0].weight
    shares = [math.exp(max(-30.0, one.weight - best)) for one in kept]
    total = sum(shares)
    for one, share in zip(kept, shares, strict=True):
        one.likelihood = round(share / total, 4)
    return tuple(kept)


def _grow(draft: Draft, piece: Piece, index: int, pieces: Pieces, context: NameContext) -> Iterator[Draft]:
    """The draft with one more piece in every role it can have."""
    if piece.bracket:
        yield from bracket_roles(draft, piece, pieces, context)
        return
    many = sum(not one.bracket for one in pieces.pieces) > 1
    text = piece.text
    if (year := read_year(text)) is not None and many:
        named = any(char.isalpha() for char in draft.title or "")  # "Mara Vell - The Salt Road - 2011 - Tom Asher"
        edge = index == 0 or index == len(pieces.pieces) - 1 or draft.last_role == "place" or named
        edge = edge or _sorts_by_year(draft, index, pieces)
        yield draft.grown(
            -2.0 if not edge or draft.year is not None else 1.2 if index == 0 else 1.0,
            f"{text} is a year",
            "year",
            year=year,
        )
    if (alone := place_alone(text)) is not None and (many or context.series):
        year_like = year is not None
        weight = (0.6 + alone.sure) + (0.6 if context.series or index == 0 else 0.0) - (2.0 if year_like else 0.0)
        weight -= 3.0 if draft.position and draft.position != alone.position else 0.0
        # "Alpha Time - Book 2" is the second of Alpha Time
        series = draft.series or (draft.title if alone.sure >= 1 and not context.series else None)
        position = draft.position or alone.position
        yield draft.grown(weight, f"{text} is a position", "place", position=position, series=series)
    yield from author_roles(draft, piece, index, pieces, context, many=many)
    yield from series_roles(draft, piece, index, pieces, context, many=many)
    yield from title_roles(draft, piece, index, context, many=many)
    if alone is None and context.series and many and text.isalpha() and (number := as_number(fold(text))):
        yield draft.grown(1.0, f"{text} is a position", "place", position=draft.position or number)
    if many and is_publisher(text):
        yield draft.grown(2.5, f"{text} is a publisher", "note")
    if many and is_placeholder(text):
        yield draft.grown(2.0, f"{text} names no one", "note")
    if many and context.series and is_side_story(text):
        yield draft.grown(1.6, f"{text} is the kind of story", "note")
    if many and is_form(text):
        yield draft.grown(2.0, f"{text} is a form", "note")
    if many and (index or draft.title) and is_edition_note(text):
        yield draft.grown(1.0, f"{text} is a note on the edition", "note")


def _sorts_by_year(draft: Draft, index: int, pieces: Pieces) -> bool:
    """ "Mara Vell - 2011 - The Salt Road", in order of years; "Arthur C. Clarke - 2001 - A Space Odyssey" is none."""
    following = next((piece.text for piece in pieces.pieces[index + 1 :]), "")
    return bool(draft.authors) and draft.title is None and not re.match(r"an? ", following, re.IGNORECASE)


def _finish(draft: Draft, pieces: Pieces, context: NameContext) -> NameReading:
    """The reading: a title is found even where only series and place stand, and the facts of brackets are joined."""
    facts, title, weight = pieces.facts, draft.title, draft.weight
    series, position, subtitle = draft.series, draft.position, " - ".join(draft.subtitle) or None
    reasons = draft.reasons
    if title is None:
        name = series or context.series
        weight -= (
            0.8 if series is None or (context.series and fold_series(series) == fold_series(context.series)) else 2.6
        )
        if name is None:
            title, weight = " - ".join(piece.text for piece in pieces.pieces), weight - 4
        else:
            title, reasons = name, (*reasons, "the series gives its name to the book")
            series = series or name
    if subtitle and not any(char.isalpha() for char in title) and not _DESCRIBES.match(subtitle):
        title, subtitle = f"{title} - {subtitle}", None  # "2001 - A Space Odyssey"
    within = read_title(title)
    if within.subtitle and context.series and fold_title(within.title) == fold_title(context.series):
        title = within.subtitle
    else:
        title, subtitle = within.title or title, within.subtitle or subtitle
    if within.series and series is None:
        series, position = within.series[0].name, position or within.series[0].position
    elif within.position:
        series, position = series or (None if context.series else title), position or within.position
    entries, position = _entries(title, series, position, context)
    return NameReading(
        title=restore_article(title),
        subtitle=subtitle,
        authors=draft.authors,
        narrators=facts.narrators or draft.narrators or within.narrators,
        series=entries,
        position=position,
        year=draft.year or facts.year or within.year,
        weight=weight,
        reasons=reasons,
    )


def _entries(
    title: str, series: str | None, position: str | None, context: NameContext
) -> tuple[tuple[SeriesEntry, ...], str | None]:
    """The series with its place. An abbreviation stands for the folder's series; a numbered title may name its own."""
    if series is not None:
        if context.series and (
            fold_series(series) == fold_series(context.series) or is_abbreviation(series, context.series)
        ):
            return (SeriesEntry(context.series, position),), position
        name = without_set_words(series) if position and "-" in position else series
        return (SeriesEntry(name, position),), position
    if context.series is not None:
        if position is None and (last := place_last(title)) and fold_series(last.before) == fold_series(context.series):
            position = last.position
        return (SeriesEntry(context.series, position),), position
    if position is None and (last := place_last(title)) is not None and _is_numbered_title(last, context):
        return (SeriesEntry(last.before, last.position),), last.position
    return (), position


def _is_numbered_title(last: Place, context: NameContext) -> bool:
    """ "The Duel 7" is the seventh of its kind; "Catch 22" and "Opus 200" are titles."""
    if not re.fullmatch(r"\d{1,2}", last.position) or last.sure < 0.2 or not 1 <= int(last.position) <= 40:
        return False
    if context.prefixes.get(fold_series(last.before), 0) > 1 or fold_series(last.before) in context.known_series:
        return True
    return len(last.before.split()) > 1 or last.sure >= 1
