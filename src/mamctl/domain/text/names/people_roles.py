"""A piece of a name as its author or reader: open text that looks like people, and people in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from mamctl.domain.text.credits import split_people
from mamctl.domain.text.names.draft import Draft, all_among, are_family_names, are_known, is_dated, is_near_text
from mamctl.domain.text.names.model import NameContext
from mamctl.domain.text.names.pieces import Piece, Pieces
from mamctl.domain.text.names.places import (
    fold_words,
    place_alone,
    place_first,
)
from mamctl.domain.text.names.series_roles import is_branded
from mamctl.domain.text.person_weight import NO_PEOPLE, person_weight
from mamctl.domain.text.series import fold_series

_SURELY = 2.4  # the weight of a given name with a family name that is not a common word


def bracket_roles(draft: Draft, piece: Piece, pieces: Pieces, context: NameContext) -> Iterator[Draft]:
    """Every role of a piece in brackets: series and place, reader, author, or only a note."""
    text = piece.text
    if piece.series:
        entry = piece.series[0]
        weight = 1.5 - (2.0 if draft.series and fold_series(draft.series) != fold_series(entry.name) else 0.0)
        place = entry.position or draft.position
        same = context.series and fold_series(context.series) == fold_series(entry.name)
        yield draft.grown(
            weight + (1.0 if same else 0.0),
            f"({text}) names a series and position",
            "series",
            series=entry.name,
            position=place,
        )
        return
    if context.series and is_near_text(text, context.series):
        yield draft.grown(0.8, f"({text}) repeats the series above", "note")
        return
    if (alone := place_alone(text)) is not None:
        if draft.position is None and (piece.bracket == "[" or draft.title is None or alone.sure >= 1):
            yield draft.grown(1.0, f"[{text}] is a position", "place", position=alone.position)
        yield draft.grown(0.2, f"({text}) is left out", "note")
        return
    people = split_people(text, "narrator") or split_people(text)
    weight = person_weight(text)
    if not people:
        yield draft.grown(0.0, "", "note")
        return
    if all_among(people, context.authors or draft.authors):
        yield draft.grown(1.5, f"({text}) repeats the author", "note")
        return
    if draft.last_role == "author" and draft.title is None and weight > 0:
        yield draft.grown(1.0, f"({text}) is another name of the author", "author")
        return
    one_word = all(" " not in name for name in people)
    habit = pieces.technical or piece.bracket == "{" or context.readers_in_siblings > 0.3
    known = bool({fold_words(name) for name in people} & context.known_narrators)
    as_reader = (
        weight + (1.2 if habit else 0.0) + (2.0 if known else 0.0) + (0.5 if context.authors or draft.authors else 0.0)
    )
    as_reader += 0.8 if one_word and (habit or (draft.year and context.authors)) else -0.8 if one_word else 0.0
    yield draft.grown(as_reader, f"({text}) names the reader", "narrator", narrators=draft.narrators or people)
    if not draft.authors and not context.authors and not habit:
        known = bool({fold_words(name) for name in people} & context.known_authors)
        as_author = weight - (1.0 if one_word else 0.0) + (2.0 if known else 0.3 if piece.bracket == "[" else -0.4)
        yield draft.grown(as_author, f"({text}) names the author", "author", authors=people)
    if draft.title and draft.last_role in {"title", "subtitle"} and not draft.subtitle:
        opened = piece.bracket
        closed = {"(": ")", "[": "]", "{": "}"}[opened]
        yield draft.grown(-0.6, "", "title", title=f"{draft.title} {opened}{text}{closed}")


def author_roles(
    draft: Draft, piece: Piece, index: int, pieces: Pieces, context: NameContext, *, many: bool
) -> Iterator[Draft]:
    """The piece as author, as one author more, or as a reader who is known as one; a name of one piece is a title."""
    if not many:
        return
    text = piece.text
    by = re.match(r"(?:by|von|por)\s+(\S.*)", text, re.IGNORECASE)
    numbered = place_first(text) if index == 0 and not by else None
    if numbered is not None and numbered.sure >= 0.2 and person_weight(numbered.after) > 0.5:
        # "3. Mara Vell - The Salt Road": the place stands before the author
        behind = piece.with_text(numbered.after)
        for new in author_roles(replace(draft, position=numbered.position), behind, index, pieces, context, many=many):
            yield new.grown(0.8, f"{numbered.position} in front is a position", "author")
    people = split_people(by[1] if by else text)
    if not people:
        return
    weight = person_weight(by[1] if by else text)
    if all_among(people, context.authors):
        yield draft.grown(4.0, f"{text} repeats the author above", "author")
        return
    if not draft.title and are_family_names(people, context.authors):
        yield draft.grown(2.2, f"{text} is the family name of the author above", "author")
    if weight <= NO_PEOPLE and not are_known(people, context.known_authors):
        return
    weight = (
        max(weight, -1.0) + (1.0 if by else 0.0) + _author_weight(text, people, draft, piece, index, pieces, context)
    )
    yield from _as_people(draft, text, people, weight, is_last=index == len(pieces.pieces) - 1, context=context)


def _as_people(
    draft: Draft, text: str, people: tuple[str, ...], weight: float, *, is_last: bool, context: NameContext
) -> Iterator[Draft]:
    """The people as authors; where there are some already, as more of them, or as readers."""
    if not draft.authors:
        yield draft.grown(weight, f"{text} looks like a name", "author", authors=people)
    elif draft.last_role == "author" and weight > 1.5 and not is_last:
        yield draft.grown(
            weight - 1.4, f"{text} looks like another author", "author", authors=(*draft.authors, *people)
        )
    elif draft.title and " " in text and are_known(people, context.known_narrators):
        yield draft.grown(weight, f"{text} is known as a reader", "narrator", narrators=people)
    elif draft.title and is_last and not draft.narrators and person_weight(text) >= _SURELY:
        # "Mara Vell - The Salt Road - Tom Asher"
        yield draft.grown(0.4, f"{text} looks like the reader", "narrator", narrators=people)


def _author_weight(
    text: str, people: tuple[str, ...], draft: Draft, piece: Piece, index: int, pieces: Pieces, context: NameContext
) -> float:
    """What place and surroundings add to a piece as the author."""
    weight = 2.5 if are_known(people, context.known_authors) else 0.0
    weight -= 1.5 if is_dated(piece) else 0.0
    weight -= 3.5 if context.authors else 0.0
    folded = fold_words(text)
    if index == 0 or (draft.last_role in {"place", "year"} and index == 1):
        weight += 0.9 + min(1.5, 0.5 * (context.first.get(folded, 1) - 1))
        return weight - (1.0 if context.series and fold_series(text) == fold_series(context.series) else 0.0)
    if piece is pieces.pieces[-1] and draft.title and draft.series and is_branded(pieces):
        weight += 1.8
    weight += -0.4 if index < len(pieces.pieces) - 1 else 0.3 if person_weight(text) >= 1.5 else -0.5
    return weight + min(2.0, 0.5 * (context.last.get(folded, 1) - 1))
