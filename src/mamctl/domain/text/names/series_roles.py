"""A piece of a name as a series, alone or with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mamctl.domain.text.names.draft import Draft, is_near_text
from mamctl.domain.text.names.model import NameContext
from mamctl.domain.text.names.pieces import Piece, Pieces
from mamctl.domain.text.names.places import (
    fold_words,
    place_alone,
    place_first,
    place_last,
)
from mamctl.domain.text.person_weight import person_weight
from mamctl.domain.text.publishers import is_publisher
from mamctl.domain.text.series import fold_series
from mamctl.domain.text.vocabulary import SERIES_WORDS, names_a_part
from mamctl.regex import regex

LITTLE_WORDS = frozenset(
    "the a an of in on to and for with from at der die das und le la les de du des el los las".split()
)
_FOREIGN_SERIES = regex(r"\b(?:series|saga|trilogy|cycle|chronicles|quartet|duology)$", re.IGNORECASE)


def series_weight(name: str, context: NameContext, *, sure: float) -> float:
    """How far this text is a series' name where a number follows it."""
    folded = fold_series(name)
    weight = 0.2 + 1.4 * sure
    if context.series:
        if folded == fold_series(context.series):
            weight += 2.6
        elif is_abbreviation(name, context.series):
            weight += 2.2
    weight += 1.2 if folded in context.known_series else 0.0
    weight += min(1.8, 0.9 * (context.prefixes.get(folded, 1) - 1))
    weight += 0.6 if SERIES_WORDS.intersection(folded.split()) or _FOREIGN_SERIES.search(name) else 0.0
    person = person_weight(name)
    if person > 1.5 and sure < 1 and not (context.series and folded == fold_series(context.series)):
        weight -= 0.4 * person
    return weight


def is_abbreviation(short: str, name: str) -> bool:
    """ "SoT" of "Sword of Truth", "SW" of "Stark's War": the letters in their order, the first ones the same."""
    letters = fold_words(short).replace(" ", "")
    words = fold_words(name).split()
    kept = [word for word in words if word not in LITTLE_WORDS] or words
    if not 1 <= len(letters) <= 6:
        return False
    initials = ("".join(word[0] for word in words), "".join(word[0] for word in kept))
    return any(one.startswith(letters) or letters == one for one in initials) or kept[0].startswith(letters)


def series_roles(
    draft: Draft, piece: Piece, index: int, pieces: Pieces, context: NameContext, *, many: bool
) -> Iterator[Draft]:
    """The piece as a series, with its place where a number stands in or next to it."""
    text = piece.text
    if is_publisher(text):
        return
    last = place_last(text)
    if (
        draft.title is None
        and last is not None
        and not names_a_part(text[len(last.before) :].strip(" ,:;-–—."))
        and (last.sure >= 1 or "-" in last.position)
        and last.before
        and not draft.position
    ):
        # "Irrelevant Road, Book 3" names the third of its series by the series
        yield draft.grown(
            0.7, f"{last.before} is the title and its series", "title", title=last.before,
            series=draft.series or last.before,
            position=last.position,
        )  # fmt: skip
    if not many:
        return
    if index == 0 and is_branded(pieces) and not context.authors:
        yield draft.grown(1.2, f"{text} stands before the series", "note")
    first = place_first(text)
    if first is not None and context.series and is_near_text(fold_series(first.after), fold_series(context.series)):
        yield draft.grown(
            2.4 + first.sure, f"{first.after} repeats the series above", "series", series=first.after,
            position=draft.position or first.position,
        )  # fmt: skip
    folded = fold_series(text)
    same = bool(context.series) and folded == fold_series(context.series or "")
    if same:
        yield draft.grown(
            2.2 - (0.5 if draft.title else 0.0), f"{text} repeats the series above", "series", series=text
        )
    elif not draft.series and not piece.dated and not is_year(text):
        weight = -2.0 + (1.8 if folded in context.known_series else 0.0)
        weight += (
            1.0 if (folded.split() and folded.split()[-1] in SERIES_WORDS) or _FOREIGN_SERIES.search(text) else 0.0
        )
        weight += min(1.5, 0.7 * (context.first.get(fold_words(text), 1) - 1)) if index == 0 else 0.0
        weight += min(1.5, 0.7 * (context.prefixes.get(folded, 1) - 1))
        following = pieces.pieces[index + 1].text if index + 1 < len(pieces.pieces) else ""
        if following and place_alone(following) is not None and not context.series:
            weight += 1.7 - 0.5 * max(0.0, person_weight(text))
        yield draft.grown(weight, f"{text} may be a series", "series", series=text)
    if last is not None and last.before and not is_year(last.position):
        weight = series_weight(last.before, context, sure=last.sure)
        weight -= 3.5 if draft.series and draft.position == last.position else 0.0
        weight -= 0.8 if draft.title and not draft.authors and not context.authors and many else 0.0
        weight -= 2.5 if draft.position and draft.position != last.position else 0.0
        weight -= 2.0 if draft.series and fold_series(draft.series) != fold_series(last.before) else 0.0
        weight -= 0.8 if piece.dated or piece.numbered else 0.0
        weight -= 0.5 if draft.title else 0.0
        yield draft.grown(
            weight,
            f"{text} names a series and position",
            "series",
            series=last.before,
            position=draft.position or last.position,
        )


def is_branded(pieces: Pieces) -> bool:
    """ "Ashmark 40k - Iron Heresy 01 - Ember Rising - Tolan Reyd": a brand, its series with a place, a title, and the
    author last; the brand does not look like people."""
    if len(pieces.pieces) < 4:
        return False
    texts = [piece.text for piece in pieces.pieces if not piece.bracket]
    if len(texts) != 4 or person_weight(texts[0]) > -1.5 or place_alone(texts[0]) is not None:
        return False
    place = place_last(texts[1])
    return place is not None and place.sure >= 0.8 and person_weight(texts[3]) > -1.5


def is_year(position: str) -> bool:
    """Whether a number looks like a year rather than a place."""
    return bool(re.fullmatch(r"[12]\d{3}", position))
