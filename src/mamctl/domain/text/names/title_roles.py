"""A piece of a name as the title: whole, or behind a number, a series, or an author, or in front of a year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from mamctl.domain.text.credits import same_person, split_people
from mamctl.domain.text.names.draft import Draft, all_among, are_known, is_dated
from mamctl.domain.text.names.model import NameContext
from mamctl.domain.text.names.pieces import Piece, read_year
from mamctl.domain.text.names.places import (
    Place,
    fold_words,
    place_alone,
    place_first,
    place_last,
    places_inside,
)
from mamctl.domain.text.names.series_roles import LITTLE_WORDS, is_year, series_weight
from mamctl.domain.text.person_weight import person_weight
from mamctl.domain.text.series import fold_series
from mamctl.domain.text.vocabulary import describes_itself, is_form
from mamctl.regex import regex

_ARTICLE_INSIDE = regex(r"(?<=[a-z\d]) (?=(?:The|An?) [^\W\d]\S* \S+ \S)")
_YEARS_BEGIN = frozenset("12")
_GOING_ON = frozenset({"and", "und", "et", "y", "of", "in", "&", "or", "vs", "meets", "versus"})


def title_roles(draft: Draft, piece: Piece, index: int, context: NameContext, *, many: bool) -> Iterator[Draft]:
    """The piece as the title, whole or in part; where there is a title already, as a subtitle."""
    text = piece.text
    if draft.title is not None:
        joined = (*draft.subtitle, text)
        yield draft.grown(-0.5 - 0.3 * len(draft.subtitle), "", "subtitle", subtitle=joined)
        return
    yield draft.grown(_title_weight(piece, index, context, many=many), f"{text} is the title", "title", title=text)
    first = place_first(text)
    if first is not None and not (draft.position and draft.position != first.position):
        weight = 0.2 + 1.2 * first.sure + 1.6 * context.numbered + (1.0 if context.series else 0.0)
        weight -= 1.2 if first.sure <= 0.2 else 0.0
        weight -= 0.8 if first.sure <= 0.05 else 0.0
        weight -= 0.6 if index and not context.series else 0.0
        for new in _inner_title(first.after, piece, index, context, many=many):
            yield draft.grown(
                weight + new.weight, f"{first.position} in front is a position", "title",
                title=new.title, position=draft.position or first.position,
                series=draft.series or new.series, authors=draft.authors or new.authors,
            )  # fmt: skip
    for place in places_inside(text):
        if is_year(place.position) or (draft.position and draft.position != place.position):
            continue
        weight = series_weight(place.before, context, sure=place.sure) - 0.2
        weight -= 1.6 if place.sure <= 0.2 else 0.0
        weight -= 1.0 if person_weight(place.before) > 2 and place.sure < 1 else 0.0
        weight -= 2.5 if describes_itself(place.after) else 0.0  # "Alpha Time 3: A LitRPG Adventure"
        for new in _prefixed(place, piece, index, context, many=many):
            yield draft.grown(
                weight + new.weight, f"{place.before} {place.position} stands before the title", "title",
                title=new.title, series=new.series or place.before, position=draft.position or place.position,
                authors=draft.authors or new.authors,
            )  # fmt: skip
    yield from _by_author(draft, piece, index, context)
    yield from _author_glued(draft, piece, index, context, many=many)
    yield from _series_behind(draft, piece, context)
    yield from _subtitle_behind(draft, piece, index, context, many=many)
    yield from _year_behind(draft, piece, index, context, many=many)


def _inner_title(text: str, piece: Piece, index: int, context: NameContext, *, many: bool) -> Iterator[Draft]:
    """The title behind a number; it may name its author itself."""
    rest = piece.with_text(text)
    yield Draft(title=text, weight=_title_weight(rest, index, without_siblings(context), many=many))
    yield from _by_author(Draft(), rest, index, context)
    yield from _author_glued(Draft(), rest, index, context, many=many)
    for place in places_inside(text):
        if place.sure >= 0.8 and not is_year(place.position):
            weight = series_weight(place.before, context, sure=place.sure) - 0.6
            yield Draft(title=place.after, series=place.before, weight=weight)


@lru_cache(maxsize=64)
def _plain_context(series: str | None, authors: tuple[str, ...]) -> NameContext:
    return NameContext(authors=authors, series=series)


def without_siblings(context: NameContext) -> NameContext:
    """The context of what stands behind a number."""
    return _plain_context(context.series, context.authors)


def _prefixed(place: Place, piece: Piece, index: int, context: NameContext, *, many: bool) -> Iterator[Draft]:
    """The title behind "Series 02"; where people stand before the series, they are the author."""
    rest = piece.with_text(place.after)
    weight = _title_weight(rest, index, without_siblings(context), many=many)
    yield Draft(title=place.after, weight=weight)
    for author, name in _split_author(place.before, context):
        yield Draft(title=place.after, series=name or None, authors=(author,), weight=weight + 2.2)


def _split_author(text: str, context: NameContext) -> tuple[tuple[str, str], ...]:
    """An author known from around the name who begins the text, and the rest; nothing where nobody does."""
    return _known_first(text, context.authors, context.known_authors)


@lru_cache(maxsize=256)  # a piece is tried under several readings of the folders, and behind each other piece
def _known_first(text: str, authors: tuple[str, ...], known: frozenset[str]) -> tuple[tuple[str, str], ...]:
    words = text.split()
    for size in range(min(4, len(words)), 0, -1):
        head = " ".join(words[:size])
        near = (author for author in authors if len(author.split()) > 1 or (size == 1 and len(author) > 2))
        if any(same_person(head, author) for author in near) or (size > 1 and fold_words(head) in known):
            rest = " ".join(words[size:]).strip(" -–—,:")
            return ((head, rest),) if rest.split(" ")[0].casefold() not in _GOING_ON else ()
    return ()


def _author_glued(draft: Draft, piece: Piece, index: int, context: NameContext, *, many: bool) -> Iterator[Draft]:
    """ "Mara Vell The Salt Road" where Mara Vell is known."""
    for author, rest in _split_author(piece.text, context):
        if not rest:
            continue
        weight = 2.6 if index == 0 else 1.0
        inner = piece.with_text(rest)
        for new in title_roles(Draft(), inner, index, without_siblings(context), many=many):
            yield draft.grown(
                weight + new.weight, f"{author} stands before the title", "title",
                title=new.title, series=draft.series or new.series, position=draft.position or new.position,
                authors=draft.authors or new.authors or (() if all_among((author,), context.authors) else (author,)),
                year=draft.year or new.year,
            )  # fmt: skip


def _by_author(draft: Draft, piece: Piece, index: int, context: NameContext) -> Iterator[Draft]:
    """ "The Salt Road by Mara Vell"."""
    # The word as prose has it, or in a name that is all capitals.
    before, by, name = piece.text.rpartition(" BY " if piece.text.isupper() else " by ")
    if not by or not before.strip() or draft.authors:
        return
    people, weight = split_people(name), person_weight(name)
    if not people or weight <= -1.5:
        return
    weight += 3.0 if all_among(people, context.authors) else 1.5 if are_known(people, context.known_authors) else 0.3
    title = before.strip(" ,-–—")
    yield draft.grown(weight, f"by {name} names the author", "title", title=title, authors=people)


def _series_behind(draft: Draft, piece: Piece, context: NameContext) -> Iterator[Draft]:
    """ "The Salt Road Lantern Cycle, Book 2" where the Lantern Cycle is known, or begins like one."""
    last = place_last(piece.text)
    if last is None or last.sure < 1 or not last.before:
        return
    yield from _set_off(draft, last, context)
    words = last.before.split()
    for size in range(1, len(words)):
        name, title = " ".join(words[size:]), " ".join(words[:size])
        folded = fold_series(name)
        known = folded in context.known_series or context.prefixes.get(f"… {folded}", 0) > 1
        begins = size > 1 and words[size][:1] == "T" and words[size].casefold() == "the"
        if known or (begins and words[size - 1].casefold() not in LITTLE_WORDS):
            likelihood, why = (2.0, "is known as a series") if known else (0.4, "begins like a series")
            title = title.strip(" ,-:")
            yield draft.grown(likelihood, f"{name} {why}", "title", title=title, series=name, position=last.position)
            return


def _set_off(draft: Draft, last: Place, context: NameContext) -> Iterator[Draft]:
    """ "The Salt Road, Lantern Cycle, Book 2" and "The Salt Road: Lantern Cycle, Book 2", as Audible has them."""
    for sign in (": ", "; ", ", "):
        title, found, series = last.before.rpartition(sign)
        if not found or not title.strip() or series.split()[0].casefold() in {*_GOING_ON, *LITTLE_WORDS} - {"the"}:
            continue
        if fold_series(title) in context.known_series or context.prefixes.get(fold_series(title), 0) > 1:
            continue  # the series stands in front
        yield draft.grown(
            (1.6 if sign == ": " else 1.2) - (2.0 if draft.series else 0.0),
            f"{series} {last.position} stands behind the title", "title",
            title=title, series=draft.series or series, position=draft.position or last.position,
        )  # fmt: skip
        return


def _subtitle_behind(draft: Draft, piece: Piece, index: int, context: NameContext, *, many: bool) -> Iterator[Draft]:
    """ "Salt A History of the World": an article in capitals inside a title begins a subtitle, perhaps."""
    found = _ARTICLE_INSIDE.search(piece.text)
    if found is None or piece.text[: found.start()].split()[-1].casefold() in LITTLE_WORDS:
        return
    title = piece.with_text(piece.text[: found.start()].strip(" ,"))
    weight = _title_weight(title, index, context, many=many) - 1.2
    subtitle = (piece.text[found.start() :].strip(),)
    yield draft.grown(weight, f"{subtitle[0]} may be a subtitle", "subtitle", title=title.text, subtitle=subtitle)


def _year_behind(draft: Draft, piece: Piece, index: int, context: NameContext, *, many: bool) -> Iterator[Draft]:
    """ "The Salt Road 1997": a year behind a title of several words, and "2014-The Salt Road"."""
    if piece.text[:1] not in _YEARS_BEGIN and not piece.text[-1:].isdecimal():
        return
    found = re.fullmatch(r"(?P<title>.*\D)\s+(?P<year>(?:1[89]|20)\d{2})", piece.text)
    if found and len(found["title"].split()) > 1 and draft.year is None:
        for new in title_roles(Draft(), piece.with_text(found["title"].strip(" ,-")), index, context, many=many):
            yield draft.grown(
                new.weight + 0.5, f"{found['year']} is a year", "title", title=new.title, year=int(found["year"]),
                series=draft.series or new.series, position=draft.position or new.position,
                authors=draft.authors or new.authors,
            )  # fmt: skip
    glued = re.fullmatch(r"(?P<year>(?:1[89]|20)\d{2})[-_](?P<title>[^\W\d_].+)", piece.text)
    if glued and draft.year is None:
        yield draft.grown(1.0, f"{glued['year']} is a year", "title", title=glued["title"], year=int(glued["year"]))


def _title_weight(piece: Piece, index: int, context: NameContext, *, many: bool) -> float:
    """How far the text of a piece, as it stands, is a title."""
    text = piece.text
    weight = 0.3 + _against_numbers(text)
    if many:
        weight += _against_people(text, context)
        weight -= 0.6 if index == 0 and context.first.get(fold_words(text), 1) > 2 else 0.0
        weight -= 1.2 if context.series and fold_series(text) == fold_series(context.series) else 0.0
    if is_form(text) or (place_alone(text) is not None and any(char.isalpha() for char in text)):
        weight -= 4.0
    if index and describes_itself(text) and not piece.numbered:
        weight -= 1.6
    if is_dated(piece):
        weight += 1.5 if piece.numbered or index == 0 else 0.6
    if LITTLE_WORDS.intersection(fold_words(text).split()):
        weight += 0.5
    return weight


def _against_people(text: str, context: NameContext) -> float:
    """What the people in a text take off its weight as a title."""
    people = split_people(text)
    if people and all_among(people, context.authors):
        return -4.0 - (1.5 if are_known(people, context.known_authors) else 0.0)
    weight = 0.0 if context.authors else -0.35 * max(0.0, person_weight(text))
    return weight - (1.5 if people and are_known(people, context.known_authors) else 0.0)


def _against_numbers(text: str) -> float:
    """What numbers in a text, which may be places, take off its weight as a title."""
    weight = 0.0
    if not any(char.isalpha() for char in text):
        weight -= 0.6 if read_year(text) else 1.4
    first, last = place_first(text), place_last(text)
    weight -= 1.0 if first is not None and first.sure >= 0.8 else 0.0
    weight -= (
        0.8 if any(place.sure >= 0.8 and not describes_itself(place.after) for place in places_inside(text)) else 0.0
    )
    if last is not None:
        weight -= 1.2 if last.sure >= 1 else 0.5 if last.sure >= 0.5 else 0.15
    return weight
