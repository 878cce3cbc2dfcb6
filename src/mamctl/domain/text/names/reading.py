"""The readings of a written name: each piece in one role, weighed by evidence, the likeliest first.

Which part of "Lee - Dawn 02 - Winter" is author, series or title cannot be told from the text alone. So every piece is
tried in every role it can have; each role brings its weight and its reason, from the piece itself and from what is
known around it: the folders above, the siblings in the same folder, and what the library and the book's own tags say.
The sum of weights orders the readings; how far the first is ahead of the next is how sure it is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from mamctl.domain.text.credits import same_person, split_people
from mamctl.domain.text.names.pieces import LONGEST_NAME, Piece, Pieces, read_year, split_name, take_asin
from mamctl.domain.text.names.places import (
    Place,
    fold_words,
    place_alone,
    place_first,
    place_last,
    places_inside,
)
from mamctl.domain.text.normalize import fold_title, restore_article
from mamctl.domain.text.person_weight import NOBODY, person_weight
from mamctl.domain.text.series import SeriesEntry, fold_series
from mamctl.domain.text.titles import parse_title
from mamctl.domain.text.vocabulary import SERIES_WORDS, is_edition_note, is_form, names_a_part


@dataclass(frozen=True, slots=True)
class NameContext:
    """What is known around a name. `authors` and `series` are of the folders above.

    `first` and `last` count how many siblings begin or end with a piece, `numbered` and `prefixes` which names carry
    numbers: `numbered` is the share of siblings that begin with a number of their own, `prefixes` counts the names
    before their numbers. `known_authors`, `known_series` and `known_narrators` are agreed elsewhere in the library or
    said by the book's own tags and sidecars. All texts are folded.
    """

    authors: tuple[str, ...] = ()
    series: str | None = None
    numbered: float = 0.0
    readers_beside: float = 0.0
    first: Mapping[str, int] = field(default_factory=dict)
    last: Mapping[str, int] = field(default_factory=dict)
    prefixes: Mapping[str, int] = field(default_factory=dict)
    known_authors: frozenset[str] = frozenset()
    known_series: frozenset[str] = frozenset()
    known_narrators: frozenset[str] = frozenset()
    known_titles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NameReading:
    """One way to read a name. `weight` orders readings of one name; `reasons` say what speaks for it.

    `likelihood` in 0..1 is its share among all readings of the name.
    """

    title: str | None = None
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    narrators: tuple[str, ...] = ()
    series: tuple[SeriesEntry, ...] = ()
    position: str | None = None
    year: int | None = None
    weight: float = 0.0
    likelihood: float = 0.0
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedBook:
    """All readings of one name, the likeliest first, and what stood in it for certain."""

    readings: tuple[NameReading, ...]
    pieces: Pieces

    @property
    def best(self) -> NameReading:
        """The likeliest reading."""
        return self.readings[0]


NO_CONTEXT = NameContext()
_BEAM = 14  # readings followed at a time; a name has few pieces, and the right reading is among the best early on
_FINISHED = 9
_KEPT = 6
_LITTLE_IN_TITLES = frozenset(
    "the a an of in on to and for with from at der die das und le la les de du des el los las".split()
)
_DESCRIBES = re.compile(r"an? (?:novel|novella|memoir|thriller|history|story)\b", re.IGNORECASE)
_ARTICLE_INSIDE = re.compile(r"(?<=[a-z\d]) (?=(?:The|An?) [^\W\d]\S* \S+ \S)")
_GOING_ON = frozenset({"and", "und", "et", "y", "of", "in", "&", "or", "vs", "meets", "versus"})
_FOREIGN_SERIES = re.compile(r"\b(?:series|saga|trilogy|cycle|chronicles|quartet|duology)$", re.IGNORECASE)


@dataclass(slots=True)
class _State:
    """A reading as it grows, piece by piece."""

    title: str | None = None
    subtitle: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    narrators: tuple[str, ...] = ()
    series: str | None = None
    position: str | None = None
    year: int | None = None
    weight: float = 0.0
    reasons: tuple[str, ...] = ()
    last_role: str = ""

    def grown(self, weight: float, reason: str, role: str, **changes: object) -> _State:
        new = replace(self, **changes)  # type: ignore[arg-type]
        new.weight = self.weight + weight
        new.reasons = (*self.reasons, reason) if reason else self.reasons
        new.last_role = role
        return new


def read_names(name: str, context: NameContext = NO_CONTEXT) -> NamedBook:
    """Every likely reading of a book's own name. Never raises; the best reading has a title."""
    pieces = split_name(name, context.authors)
    if len(pieces.pieces[0].text) > LONGEST_NAME:
        return NamedBook((NameReading(title=pieces.pieces[0].text, likelihood=1.0),), pieces)
    if len(pieces.pieces) == 1 and not pieces.pieces[0].bracket:
        bare, asin = take_asin(pieces.pieces[0].text)
        pieces.facts.asin = pieces.facts.asin or asin
        pieces.pieces[0] = replace(pieces.pieces[0], text=bare)
    states = [_State()]
    for index, piece in enumerate(pieces.pieces):
        grown = [new for state in states for new in _grow(state, piece, index, pieces, context)]
        states = sorted(grown, key=_order)[:_BEAM] or states
    finished = sorted((_finish(state, pieces, context) for state in states[:_FINISHED]), key=_reading_order)
    return NamedBook(_with_likelihood(finished), pieces)


def _order(state: _State) -> tuple[object, ...]:
    return (-state.weight, state.title or "", state.series or "", state.authors)


def _reading_order(reading: NameReading) -> tuple[object, ...]:
    return (-round(reading.weight, 6), reading.title or "", tuple(map(str, reading.series)), reading.authors)


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
    return tuple(replace(one, likelihood=round(share / total, 4)) for one, share in zip(kept, shares, strict=True))


def _grow(state: _State, piece: Piece, index: int, pieces: Pieces, context: NameContext) -> Iterator[_State]:
    """The state with one more piece in every role it can have."""
    if piece.bracket:
        yield from _bracket_roles(state, piece, pieces, context)
        return
    many = sum(not one.bracket for one in pieces.pieces) > 1
    text = piece.text
    if (year := read_year(text)) is not None and many:
        edge = index == 0 or index == len(pieces.pieces) - 1 or state.last_role == "place"
        yield state.grown(
            -2.0 if not edge or state.year is not None else 1.2 if index == 0 else 1.0,
            f"{text} is a year",
            "year",
            year=year,
        )
    if (alone := place_alone(text)) is not None and (many or context.series):
        year_like = year is not None
        weight = (0.6 + alone.sure) + (0.6 if context.series or index == 0 else 0.0) - (2.0 if year_like else 0.0)
        weight -= 3.0 if state.position and state.position != alone.position else 0.0
        yield state.grown(weight, f"{text} is a place", "place", position=state.position or alone.position)
    yield from _author_roles(state, piece, index, pieces, context, many=many)
    yield from _series_roles(state, piece, index, pieces, context, many=many)
    yield from _title_roles(state, piece, index, context, many=many)
    if many and is_form(text):
        yield state.grown(2.0, f"{text} is a form", "note")
    if many and (index or state.title) and is_edition_note(text):
        yield state.grown(1.0, f"{text} is a note on the edition", "note")


def _bracket_roles(state: _State, piece: Piece, pieces: Pieces, context: NameContext) -> Iterator[_State]:
    text = piece.text
    if piece.series:
        entry = piece.series[0]
        weight = 1.5 - (2.0 if state.series and fold_series(state.series) != fold_series(entry.name) else 0.0)
        place = entry.position or state.position
        same = context.series and fold_series(context.series) == fold_series(entry.name)
        yield state.grown(
            weight + (1.0 if same else 0.0),
            f"({text}) names series and place",
            "series",
            series=entry.name,
            position=place,
        )
        return
    if context.series and is_near_text(text, context.series):
        yield state.grown(0.8, f"({text}) repeats the series above", "note")
        return
    if (alone := place_alone(text)) is not None:
        if state.position is None and (piece.bracket == "[" or state.title is None or alone.sure >= 1):
            yield state.grown(1.0, f"[{text}] is a place", "place", position=alone.position)
        yield state.grown(0.2, f"({text}) is put aside", "note")
        return
    people = split_people(text, "narrator") or split_people(text)
    weight = person_weight(text)
    if not people:
        yield state.grown(0.0, "", "note")
        return
    if _are_same(people, context.authors or state.authors):
        yield state.grown(1.5, f"({text}) repeats the author", "note")
        return
    one_word = all(" " not in name for name in people)
    habit = pieces.technical or piece.bracket == "{" or context.readers_beside > 0.3
    known = bool({fold_words(name) for name in people} & context.known_narrators)
    as_reader = (
        weight + (1.2 if habit else 0.0) + (2.0 if known else 0.0) + (0.5 if context.authors or state.authors else 0.0)
    )
    as_reader += 0.8 if one_word and (habit or (state.year and context.authors)) else -0.8 if one_word else 0.0
    yield state.grown(as_reader, f"({text}) names the reader", "narrator", narrators=state.narrators or people)
    if not state.authors and not context.authors and not habit:
        known = bool({fold_words(name) for name in people} & context.known_authors)
        as_author = weight - (1.0 if one_word else 0.0) + (2.0 if known else 0.3 if piece.bracket == "[" else -0.4)
        yield state.grown(as_author, f"({text}) names the author", "author", authors=people)
    if state.title and state.last_role in {"title", "subtitle"} and not state.subtitle:
        opened = piece.bracket
        closed = {"(": ")", "[": "]", "{": "}"}[opened]
        yield state.grown(-0.6, "", "title", title=f"{state.title} {opened}{text}{closed}")


@lru_cache(maxsize=4_096)
def _are_same(people: tuple[str, ...], authors: tuple[str, ...]) -> bool:
    return bool(people and authors) and all(any(_is_near(one, other) for other in authors) for one in people)


def _is_near(one: str, other: str) -> bool:
    """The same person, or the same name with a slip of the pen."""
    return same_person(one, other) or (" " in one and " " in other and is_near_text(one, other))


@lru_cache(maxsize=8_192)
def is_near_text(one: str, other: str) -> bool:
    """Whether two texts differ by a slip of the pen only."""
    from rapidfuzz.distance import OSA

    a, b = fold_words(one), fold_words(other)
    return a == b or (min(len(a), len(b)) > 6 and OSA.distance(a, b, score_cutoff=2) <= (1 if len(a) < 10 else 2))


def _is_dated(piece: Piece) -> bool:
    return piece.dated or piece.numbered


def _author_roles(
    state: _State, piece: Piece, index: int, pieces: Pieces, context: NameContext, *, many: bool
) -> Iterator[_State]:
    text = piece.text
    by = re.match(r"(?:by|von|por)\s+(\S.*)", text, re.IGNORECASE)
    numbered = place_first(text) if index == 0 and not by else None
    if many and numbered is not None and numbered.sure >= 0.2 and person_weight(numbered.after) > 0.5:
        # "3. Mara Vell - The Salt Road": the place stands before the author
        behind = replace(piece, text=numbered.after)
        for new in _author_roles(replace(state, position=numbered.position), behind, index, pieces, context, many=many):
            yield new.grown(0.8, f"{numbered.position} in front is a place", "author")
    people = split_people(by[1] if by else text)
    if not people or not many:
        return
    weight = person_weight(by[1] if by else text)
    if _are_same(people, context.authors):
        yield state.grown(4.0, f"{text} repeats the author above", "author")
        return
    if weight <= NOBODY and not _is_known(people, context.known_authors):
        return
    weight = (
        max(weight, -1.0) + (1.0 if by else 0.0) + _author_weight(text, people, state, piece, index, pieces, context)
    )
    if not state.authors:
        yield state.grown(weight, f"{text} looks like people", "author", authors=people)
    elif state.last_role == "author" and weight > 1.5 and index < len(pieces.pieces) - 1:
        yield state.grown(
            weight - 1.4, f"{text} looks like another author", "author", authors=(*state.authors, *people)
        )
    elif state.title and " " in text and _is_known(people, context.known_narrators):
        yield state.grown(weight, f"{text} is known as a reader", "narrator", narrators=people)


def _author_weight(
    text: str, people: tuple[str, ...], state: _State, piece: Piece, index: int, pieces: Pieces, context: NameContext
) -> float:
    """What place and surroundings add to a piece as the author."""
    weight = 2.5 if _is_known(people, context.known_authors) else 0.0
    weight -= 1.5 if _is_dated(piece) else 0.0
    weight -= 3.5 if context.authors else 0.0
    folded = fold_words(text)
    if index == 0 or (state.last_role in {"place", "year"} and index == 1):
        weight += 0.9 + min(1.5, 0.5 * (context.first.get(folded, 1) - 1))
        return weight - (1.0 if context.series and fold_series(text) == fold_series(context.series) else 0.0)
    weight += -0.4 if index < len(pieces.pieces) - 1 else 0.3 if person_weight(text) >= 1.5 else -0.5
    return weight + min(2.0, 0.5 * (context.last.get(folded, 1) - 1))


def _is_known(people: Iterable[str], known: frozenset[str]) -> bool:
    return bool(known) and all(fold_words(name) in known for name in people)


def _series_weight(name: str, context: NameContext, *, sure: float) -> float:
    """How far this text is a series' name where a number stands beside it."""
    folded = fold_series(name)
    weight = 0.2 + 1.4 * sure
    if context.series:
        if folded == fold_series(context.series):
            weight += 2.6
        elif _abbreviates(name, context.series):
            weight += 2.2
    weight += 1.2 if folded in context.known_series else 0.0
    weight += min(1.8, 0.9 * (context.prefixes.get(folded, 1) - 1))
    weight += 0.6 if SERIES_WORDS.intersection(folded.split()) or _FOREIGN_SERIES.search(name) else 0.0
    person = person_weight(name)
    if person > 1.5 and sure < 1 and not (context.series and folded == fold_series(context.series)):
        weight -= 0.4 * person
    return weight


def _abbreviates(short: str, name: str) -> bool:
    """ "SoT" of "Sword of Truth", "SW" of "Stark's War": the letters in their order, the first ones the same."""
    letters = fold_words(short).replace(" ", "")
    words = fold_words(name).split()
    kept = [word for word in words if word not in _LITTLE_IN_TITLES] or words
    if not 1 <= len(letters) <= 6:
        return False
    initials = ("".join(word[0] for word in words), "".join(word[0] for word in kept))
    return any(one.startswith(letters) or letters == one for one in initials) or kept[0].startswith(letters)


def _series_roles(
    state: _State, piece: Piece, index: int, pieces: Pieces, context: NameContext, *, many: bool
) -> Iterator[_State]:
    text = piece.text
    last = place_last(text)
    if (
        state.title is None
        and last is not None
        and not names_a_part(text[len(last.before) :].strip(" ,:;-–—."))
        and (last.sure >= 1 or "-" in last.position)
        and last.before
        and not state.position
    ):
        # "Irrelevant Road, Book 3" names the third of its series by the series
        yield state.grown(
            0.7, f"{last.before} is the title and its series", "title", title=last.before,
            series=state.series or last.before,
            position=last.position,
        )  # fmt: skip
    if not many:
        return
    first = place_first(text)
    if first is not None and context.series and is_near_text(fold_series(first.after), fold_series(context.series)):
        yield state.grown(
            2.4 + first.sure, f"{first.after} repeats the series above", "series", series=first.after,
            position=state.position or first.position,
        )  # fmt: skip
    folded = fold_series(text)
    same = bool(context.series) and folded == fold_series(context.series or "")
    if same:
        yield state.grown(
            2.2 - (0.5 if state.title else 0.0), f"{text} repeats the series above", "series", series=text
        )
    elif not state.series and not piece.dated:
        weight = -2.0 + (1.8 if folded in context.known_series else 0.0)
        weight += (
            1.0 if (folded.split() and folded.split()[-1] in SERIES_WORDS) or _FOREIGN_SERIES.search(text) else 0.0
        )
        weight += min(1.5, 0.7 * (context.first.get(fold_words(text), 1) - 1)) if index == 0 else 0.0
        weight += min(1.5, 0.7 * (context.prefixes.get(folded, 1) - 1))
        following = pieces.pieces[index + 1].text if index + 1 < len(pieces.pieces) else ""
        if following and place_alone(following) is not None and not context.series:
            weight += 1.7 - 0.5 * max(0.0, person_weight(text))
        yield state.grown(weight, f"{text} may be a series", "series", series=text)
    if last is not None and last.before and not _is_year(last.position):
        weight = _series_weight(last.before, context, sure=last.sure)
        weight -= 3.5 if state.series and state.position == last.position else 0.0
        weight -= 0.8 if state.title and not state.authors and not context.authors and many else 0.0
        weight -= 2.5 if state.position and state.position != last.position else 0.0
        weight -= 2.0 if state.series and fold_series(state.series) != fold_series(last.before) else 0.0
        weight -= 0.8 if piece.dated or piece.numbered else 0.0
        weight -= 0.5 if state.title else 0.0
        yield state.grown(
            weight,
            f"{text} names series and place",
            "series",
            series=last.before,
            position=state.position or last.position,
        )


def _is_year(position: str) -> bool:
    return bool(re.fullmatch(r"[12]\d{3}", position))


def _title_roles(state: _State, piece: Piece, index: int, context: NameContext, *, many: bool) -> Iterator[_State]:
    text = piece.text
    if state.title is not None:
        joined = (*state.subtitle, text)
        yield state.grown(-0.5 - 0.3 * len(state.subtitle), "", "subtitle", subtitle=joined)
        return
    yield state.grown(_title_weight(piece, index, context, many=many), f"{text} is the title", "title", title=text)
    first = place_first(text)
    if first is not None and not (state.position and state.position != first.position):
        weight = 0.2 + 1.2 * first.sure + 1.6 * context.numbered + (1.0 if context.series else 0.0)
        weight -= 1.2 if first.sure <= 0.2 else 0.0
        weight -= 0.8 if first.sure <= 0.05 else 0.0
        weight -= 0.6 if index and not context.series else 0.0
        for new in _inner_title(first.after, piece, index, context, many=many):
            yield state.grown(
                weight + new.weight, f"{first.position} in front is a place", "title",
                title=new.title, position=state.position or first.position,
                series=state.series or new.series, authors=state.authors or new.authors,
            )  # fmt: skip
    for place in places_inside(text):
        if _is_year(place.position) or (state.position and state.position != place.position):
            continue
        weight = _series_weight(place.before, context, sure=place.sure) - 0.2
        weight -= 1.6 if place.sure <= 0.2 else 0.0
        weight -= 1.0 if person_weight(place.before) > 2 and place.sure < 1 else 0.0
        for new in _prefixed(place, piece, index, context, many=many):
            yield state.grown(
                weight + new.weight, f"{place.before} {place.position} stands before the title", "title",
                title=new.title, series=new.series or place.before, position=state.position or place.position,
                authors=state.authors or new.authors,
            )  # fmt: skip
    yield from _by_author(state, piece, index, context)
    yield from _author_glued(state, piece, index, context, many=many)
    yield from _series_behind(state, piece, context)
    yield from _subtitle_behind(state, piece, index, context, many=many)
    yield from _year_behind(state, piece, index, context, many=many)


def _inner_title(text: str, piece: Piece, index: int, context: NameContext, *, many: bool) -> Iterator[_State]:
    """The title behind a number, by whom it may say itself."""
    rest = replace(piece, text=text)
    yield _State(title=text, weight=_title_weight(rest, index, replace_numbered(context), many=many))
    yield from (
        replace(new, weight=new.weight)
        for new in (
            *_by_author(_State(), rest, index, context),
            *_author_glued(_State(), rest, index, context, many=many),
        )
    )
    for place in places_inside(text):
        if place.sure >= 0.8 and not _is_year(place.position):
            weight = _series_weight(place.before, context, sure=place.sure) - 0.6
            yield _State(title=place.after, series=place.before, weight=weight)


@lru_cache(maxsize=64)
def _plain_context(series: str | None, authors: tuple[str, ...]) -> NameContext:
    return NameContext(authors=authors, series=series)


def replace_numbered(context: NameContext) -> NameContext:
    """The context of what stands behind a number."""
    return _plain_context(context.series, context.authors)


def _prefixed(place: Place, piece: Piece, index: int, context: NameContext, *, many: bool) -> Iterator[_State]:
    """The title behind "Series 02"; where people stand before the series, they are the author."""
    rest = replace(piece, text=place.after)
    weight = _title_weight(rest, index, replace_numbered(context), many=many)
    yield _State(title=place.after, weight=weight)
    for author, name in _split_author(place.before, context):
        yield _State(title=place.after, series=name or None, authors=(author,), weight=weight + 2.2)


def _split_author(text: str, context: NameContext) -> Iterator[tuple[str, str]]:
    """An author known from around the name who begins the text, and the rest."""
    words = text.split()
    for size in (4, 3, 2, 1):
        head = " ".join(words[:size])
        if (
            len(words) >= size
            and head
            and (
                any(
                    same_person(head, author)
                    for author in context.authors
                    if len(author.split()) > 1 or (size == 1 and len(author) > 2)
                )
                or (size > 1 and fold_words(head) in context.known_authors)
            )
        ):
            rest = " ".join(words[size:]).strip(" -–—,:")
            if rest.split(" ")[0].casefold() not in _GOING_ON:
                yield head, rest
            return


def _author_glued(state: _State, piece: Piece, index: int, context: NameContext, *, many: bool) -> Iterator[_State]:
    """ "Mara Vell The Salt Road" where Mara Vell is known."""
    for author, rest in _split_author(piece.text, context):
        if not rest:
            continue
        weight = 2.6 if index == 0 else 1.0
        inner = replace(piece, text=rest)
        for new in _title_roles(_State(), inner, index, replace_numbered(context), many=many):
            yield state.grown(
                weight + new.weight, f"{author} stands before the title", "title",
                title=new.title, series=state.series or new.series, position=state.position or new.position,
                authors=state.authors or new.authors or (() if _are_same((author,), context.authors) else (author,)),
                year=state.year or new.year,
            )  # fmt: skip


def _by_author(state: _State, piece: Piece, index: int, context: NameContext) -> Iterator[_State]:
    """ "The Salt Road by Mara Vell"."""
    before, by, name = piece.text.rpartition(" by ")
    if not by or not before.strip() or state.authors:
        return
    people, weight = split_people(name), person_weight(name)
    if not people or weight <= -1.5:
        return
    weight += 3.0 if _are_same(people, context.authors) else 1.5 if _is_known(people, context.known_authors) else 0.3
    title = before.strip(" ,-–—")
    yield state.grown(weight, f"by {name} names the author", "title", title=title, authors=people)


def _series_behind(state: _State, piece: Piece, context: NameContext) -> Iterator[_State]:
    """ "The Salt Road Lantern Cycle, Book 2" where the Lantern Cycle is known, or begins like one."""
    last = place_last(piece.text)
    if last is None or last.sure < 1 or not last.before:
        return
    words = last.before.split()
    for size in range(1, len(words)):
        name, title = " ".join(words[size:]), " ".join(words[:size])
        folded = fold_series(name)
        known = folded in context.known_series or context.prefixes.get(f"… {folded}", 0) > 1
        if known:
            yield state.grown(
                2.0,
                f"{name} is known as a series",
                "title",
                title=title.strip(" ,-:"),
                series=name,
                position=last.position,
            )
            return
        if (
            size > 1
            and words[size].casefold() == "the"
            and words[size][0] == "T"
            and words[size - 1].casefold() not in _LITTLE_IN_TITLES
        ):
            yield state.grown(
                0.4,
                f"{name} begins like a series",
                "title",
                title=title.strip(" ,-:"),
                series=name,
                position=last.position,
            )
            return


def _subtitle_behind(state: _State, piece: Piece, index: int, context: NameContext, *, many: bool) -> Iterator[_State]:
    """ "Salt A History of the World": an article in capitals inside a title begins a subtitle, perhaps."""
    found = _ARTICLE_INSIDE.search(piece.text)
    if found is None or piece.text[: found.start()].split()[-1].casefold() in _LITTLE_IN_TITLES:
        return
    title = replace(piece, text=piece.text[: found.start()].strip(" ,"))
    weight = _title_weight(title, index, context, many=many) - 1.2
    subtitle = (piece.text[found.start() :].strip(),)
    yield state.grown(weight, f"{subtitle[0]} may be a subtitle", "subtitle", title=title.text, subtitle=subtitle)


def _year_behind(state: _State, piece: Piece, index: int, context: NameContext, *, many: bool) -> Iterator[_State]:
    """ "The Salt Road 1997": a year behind a title of several words, and "2014-The Salt Road"."""
    found = re.fullmatch(r"(?P<title>.*\D)\s+(?P<year>(?:1[89]|20)\d{2})", piece.text)
    if found and len(found["title"].split()) > 1 and state.year is None:
        for new in _title_roles(_State(), replace(piece, text=found["title"].strip(" ,-")), index, context, many=many):
            yield state.grown(
                new.weight + 0.5, f"{found['year']} is a year", "title", title=new.title, year=int(found["year"]),
                series=state.series or new.series, position=state.position or new.position,
                authors=state.authors or new.authors,
            )  # fmt: skip
    glued = re.fullmatch(r"(?P<year>(?:1[89]|20)\d{2})[-_](?P<title>[^\W\d_].+)", piece.text)
    if glued and state.year is None:
        yield state.grown(1.0, f"{glued['year']} is a year", "title", title=glued["title"], year=int(glued["year"]))


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
    if _is_dated(piece):
        weight += 1.5 if piece.numbered or index == 0 else 0.6
    if _LITTLE_IN_TITLES.intersection(fold_words(text).split()):
        weight += 0.5
    return weight


def _against_people(text: str, context: NameContext) -> float:
    """What the people in a text take off its weight as a title."""
    people = split_people(text)
    if people and _are_same(people, context.authors):
        return -4.0 - (1.5 if _is_known(people, context.known_authors) else 0.0)
    weight = 0.0 if context.authors else -0.35 * max(0.0, person_weight(text))
    return weight - (1.5 if people and _is_known(people, context.known_authors) else 0.0)


def _against_numbers(text: str) -> float:
    """What numbers in a text, which may be places, take off its weight as a title."""
    weight = 0.0
    if not any(char.isalpha() for char in text):
        weight -= 0.6 if read_year(text) else 1.4
    first, last = place_first(text), place_last(text)
    weight -= 1.0 if first is not None and first.sure >= 0.8 else 0.0
    weight -= 0.8 if any(place.sure >= 0.8 for place in places_inside(text)) else 0.0
    if last is not None:
        weight -= 1.2 if last.sure >= 1 else 0.5 if last.sure >= 0.5 else 0.15
    return weight


def _finish(state: _State, pieces: Pieces, context: NameContext) -> NameReading:
    """The reading: a title is found even where only series and place stand, and the facts of brackets are joined."""
    facts, title, weight = pieces.facts, state.title, state.weight
    series, position, subtitle = state.series, state.position, " - ".join(state.subtitle) or None
    reasons = state.reasons
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
    within = parse_title(title)
    if within.subtitle and context.series and fold_title(within.title) == fold_title(context.series):
        title, within.subtitle = within.subtitle, None
    else:
        title = within.title or title
    subtitle = within.subtitle or subtitle
    if within.series and series is None:
        series, position = within.series[0].name, position or within.series[0].position
    elif within.position:
        position = position or within.position
    entries, position = _entries(title, series, position, context)
    return NameReading(
        title=restore_article(title),
        subtitle=subtitle,
        authors=state.authors,
        narrators=facts.narrators or state.narrators or within.narrators,
        series=entries,
        position=position,
        year=state.year or facts.year or within.year,
        weight=weight,
        reasons=reasons,
    )


def _entries(
    title: str, series: str | None, position: str | None, context: NameContext
) -> tuple[tuple[SeriesEntry, ...], str | None]:
    """The series with its place. An abbreviation stands for the folder's series; a numbered title may name its own."""
    if series is not None:
        if context.series and (
            fold_series(series) == fold_series(context.series) or _abbreviates(series, context.series)
        ):
            return (SeriesEntry(context.series, position),), position
        return (SeriesEntry(series, position),), position
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
