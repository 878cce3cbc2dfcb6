"""What a folder above a book may be: a person's, a series', both, a shelf; each with its weight and reason.

A folder's name is taken apart like a book's. The names below it vote: books that are numbered make a series of it, and
books that begin with a person who stands in its name make that person their author.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache

from mamctl.dataclass import dataclass
from mamctl.domain.library.paths.siblings import Siblings
from mamctl.domain.text.credits import same_person, split_people
from mamctl.domain.text.names.pieces import LONGEST_NAME, Pieces, read_year, split_name
from mamctl.domain.text.names.places import fold_words, place_alone, place_first, place_last, places_inside
from mamctl.domain.text.normalize import restore_article
from mamctl.domain.text.person_weight import NO_PEOPLE, person_weight
from mamctl.domain.text.placeholders import is_placeholder
from mamctl.domain.text.publishers import is_publisher
from mamctl.domain.text.series import fold_series
from mamctl.domain.text.vocabulary import A_DIGIT, COLLECTION_TAIL, SERIES_WORDS, is_form, is_shelf
from mamctl.regex import regex


class FolderKind(StrEnum):
    """What a folder is."""

    PERSON = "person"
    SERIES = "series"
    PERSON_AND_SERIES = "person and series"
    SHELF = "shelf"


@dataclass(frozen=True, slots=True)
class FolderRole:
    """One way to read a folder's name; `position` is its own among its like, `book_position` that of the book in it."""

    kind: FolderKind
    authors: tuple[str, ...] = ()
    series: str | None = None
    position: str | None = None
    narrators: tuple[str, ...] = ()
    weight: float = 0.0
    reason: str = ""
    book_position: str | None = None


_RANGE = regex(
    r"(?:^|[\s,;:–—-]+)(?:(?:(?:audio ?)?books?|bks?|volumes?|vols?|b|#)\.?\s*)?#?\d{1,3}(?:\.\d)?"
    r"\s*(?:-|–|&|to|and)\s*\d{1,3}(?:\.\d)?\s*$"
    r"|\s*[\[(]\s*#?\d{1,3}\s*(?:[-–]\s*\d{1,3}\s*)?[\])]\s*$|\s+volumes?\s+\d+(?:\s*(?:and|&)\s*\d+)?\s*$",
    re.IGNORECASE,
    needs=A_DIGIT,
)
_YEARS = regex(
    r"\s*[\[(][12]\d{3}(?:\s*[-–]\s*[12]\d{3})?[\])]\s*$|[\s–-]+[12]\d{3}\s*[-–]\s*[12]\d{3}\s*$", needs=A_DIGIT
)
_WHOLE = regex(
    r"[\s,–—-]*[\[(]?\b(?:the )?complete(?: and unabridged| series| saga| trilogy| collection| audiobooks?)?[\])]?\s*$"
    r"|[\s,]*[\[(](?:the )?(?:series|trilogy|saga|all chaptered|full series)[\])]\s*$"
    r"|[\s-]+(?:\d+ ?)?(?:mp3 )?(?:audio ?books?|mp3s?|unabridged)\s*$"
    r"|\s*[~●].*$|^complete[\s.]+|^audio ?books?[\s.]+(?=\w)",
    re.IGNORECASE,
)
_SERIES_TAIL = regex(r"[\s,]+(?:book )?series\s*$", re.IGNORECASE)
_LABEL = regex(r"(?:series|serie|reihe|author|autor|collection|cycle|saga)", re.IGNORECASE)
_LIST = regex(r"\b(?:top \d+|best|winners?|nominees?|awards?|\d+ (?:mp3 )?audio ?books)\b", re.IGNORECASE)


def roles_of(
    name: str, below: Siblings, *, leaf_numbered: bool, known_authors: frozenset[str] = frozenset()
) -> tuple[FolderRole, ...]:
    """Every role the folder may have, the likeliest first. `leaf_numbered`: the book below begins with a number."""
    return _roles(
        name,
        below.names,
        below.numbered,
        frozenset(below.first),
        frozenset(below.prefixes),
        leaf_numbered,
        known_authors,
    )


@lru_cache(maxsize=2_048)
def _roles(
    name: str,
    children: tuple[str, ...],
    numbered: float,
    first: frozenset[str],
    prefixes: frozenset[str],
    leaf_numbered: bool,
    known_authors: frozenset[str],
) -> tuple[FolderRole, ...]:
    if len(name) > LONGEST_NAME:
        return (FolderRole(FolderKind.SHELF, reason="too long for a name"),)
    text, hints = _strip(name)
    evidence = _Evidence(children, numbered, first, prefixes, leaf_numbered, known_authors, hints)
    found = sorted(
        _read(text, name, evidence), key=lambda role: (-role.weight, role.kind, role.authors, role.series or "")
    )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """Evidence for roles besides the name itself; `hints`: a range, "Series", "complete" followed it."""

    children: tuple[str, ...]
    numbered: float
    first: frozenset[str]
    prefixes: frozenset[str]
    leaf_numbered: bool
    known_authors: frozenset[str]
    hints: float


def _strip(name: str) -> tuple[str, float]:
    """The name without ranges, years and "complete series" at its end, and how far they spoke of a series."""
    text, hints = name.strip(), 0.0
    text = re.sub(
        r"\s*[\[(](?:audio ?books?(?:[ .]and[ .]pdf)?|mp3|m4b|unabridged)[\])]\s*$", "", text, flags=re.IGNORECASE
    )
    if " " not in re.sub(r"\[.*?\]", "", text) or re.match(r"(?:complete|audiobook)\.", text, re.IGNORECASE):
        text = re.sub(r"(?<=[^\W\d])\.(?=[^\W_])|(?<=\w)\.(?=\d+-)", " ", text) if text.count(".") > 1 else text
    for _ in range(6):
        before = text
        for pattern, hint in ((_RANGE, 1.0), (_YEARS, 0.0), (_WHOLE, 0.3), (_SERIES_TAIL, 1.2)):
            shorter = pattern.sub("", text).strip(" ,;–—-~")
            if shorter and shorter != text and any(char.isalpha() for char in shorter):
                text, hints = shorter, max(hints, hint)
        if text == before:
            break
    return text, hints


def _read(text: str, whole: str, evidence: _Evidence) -> Iterator[FolderRole]:
    if is_shelf(whole) or is_shelf(text) or is_form(text) or is_placeholder(text):
        yield FolderRole(FolderKind.SHELF, weight=3.0, reason=f"{whole} is a shelf")
    collected = COLLECTION_TAIL.sub("", text).strip(" ,–—-~")
    is_collection = bool(collected) and collected != text
    body = collected if is_collection else text
    found = split_name(body)
    opened = [piece.text for piece in found.pieces if not piece.bracket]
    opened = [stripped for piece in opened if (stripped := _strip(piece)[0])]
    listed = 1.5 if _LIST.search(whole) else 0.0
    shelf = -0.7 + listed + (0.3 if re.search(r"\d", whole) else 0.0) - (0.5 if is_collection else 0.0)
    yield FolderRole(FolderKind.SHELF, weight=shelf, reason=f"{whole} fits no pattern")
    if not opened:
        return
    people = _bracketed(found)
    if len(opened) == 1:
        yield from _one_piece(opened[0], whole, evidence, people, found, is_collection=is_collection)
    else:
        yield from _several(opened, evidence, people, found)
    if is_publisher(body):
        yield FolderRole(FolderKind.SHELF, weight=2.0, reason=f"{body} is a publisher")


def _bracketed(found: Pieces) -> tuple[str, ...]:
    """People in brackets, and readers named in so many words."""
    for piece in found.pieces:
        if piece.bracket and person_weight(piece.text) > -1.3:
            return split_people(piece.text, "narrator")
    return ()


def _one_piece(
    text: str, whole: str, evidence: _Evidence, bracketed: tuple[str, ...], found: Pieces, *, is_collection: bool
) -> Iterator[FolderRole]:
    readers = found.facts.narrators
    weight = person_weight(text)
    name, position = _without_number(text)
    people = split_people(text)
    begins = _begin_with(text, evidence)
    if people and weight > NO_PEOPLE and position is None and not bracketed:
        support = (1.2 if is_collection else 0.0) + (2.0 if begins else 0.0) - evidence.hints
        support -= 0.9 if evidence.leaf_numbered and weight < 1.5 else 0.0
        support += 2.0 if all(fold_words(one) in evidence.known_authors for one in people) else 0.0
        yield FolderRole(
            FolderKind.PERSON, people, narrators=readers, weight=weight + support, reason=f"{text} looks like a name"
        )
    elif people and is_collection is False and weight > NO_PEOPLE:
        yield FolderRole(FolderKind.PERSON, people, weight=weight - 2.0, reason=f"{text} looks like a name")
    weight = _series_weight(name, evidence) + (1.2 if position else 0.0) - 0.5 * max(-1.0, weight)
    weight -= 1.0 if is_collection else 0.0
    if bracketed:
        yield FolderRole(
            FolderKind.PERSON_AND_SERIES,
            bracketed,
            name,
            position,
            readers,
            weight + 0.5,
            f"{whole} names a series and its author",
        )
        yield FolderRole(
            FolderKind.SERIES, (), name, position, bracketed, weight + 0.4, f"{whole} names a series and its reader"
        )
    else:
        yield FolderRole(FolderKind.SERIES, (), name, position, readers, weight, f"{name} looks like a series")
    for inside in places_inside(text):
        if any(fold_words(inside.after) == fold_words(child) for child in evidence.children):
            yield FolderRole(
                FolderKind.SERIES, (), inside.before, None, readers, 2.5, f"{text} repeats the book with its place",
                inside.position,
            )  # fmt: skip
    if (inside_first := place_first(text)) and any(
        fold_words(inside_first.after) == fold_words(c) for c in evidence.children
    ):
        yield FolderRole(FolderKind.SHELF, weight=2.5, reason=f"{text} repeats the book")
    yield from _by(text, evidence, readers)
    yield from _glued(text, evidence, readers)


def _by(text: str, evidence: _Evidence, readers: tuple[str, ...]) -> Iterator[FolderRole]:
    """ "Lantern Cycle by Mara Vell"."""
    before, by, name = text.rpartition(" by ")
    people, weight = split_people(name), person_weight(name)
    if by and before and people and weight > -1.0:
        series = _strip(before)[0]
        yield FolderRole(
            FolderKind.PERSON_AND_SERIES,
            people,
            series,
            None,
            readers,
            weight + 2.0,
            f"{text} names a series and its author",
        )


def _glued(text: str, evidence: _Evidence, readers: tuple[str, ...]) -> Iterator[FolderRole]:
    """ "Mara Vell Lantern Cycle" and "Mara Vell, Lantern Cycle" where the names below begin with Mara Vell."""
    comma, _, rest = text.partition(", ")
    if rest and person_weight(comma) > 1.5 and " " in comma and person_weight(rest) <= 0.5:
        yield FolderRole(
            FolderKind.PERSON_AND_SERIES, split_people(comma), _strip(rest)[0], None, readers,
            person_weight(comma) + 0.5 + evidence.hints, f"{comma} looks like a name before a series",
        )  # fmt: skip
    words = text.split()
    for size in (4, 3, 2):
        head = " ".join(words[:size])
        if len(words) > size and (fold_words(head) in evidence.first or fold_words(head) in evidence.known_authors):
            weight = person_weight(head)
            if weight > 0.5:
                series = " ".join(words[size:]).strip(" ,-–—")
                yield FolderRole(
                    FolderKind.PERSON_AND_SERIES, split_people(head), series, None, readers, weight + 2.5,
                    f"{head} is the author of what is below",
                )  # fmt: skip
                return


def _several(opened: list[str], evidence: _Evidence, bracketed: tuple[str, ...], found: Pieces) -> Iterator[FolderRole]:
    first, rest = opened[0], opened[1:]
    last = opened[-1]
    readers = found.facts.narrators or bracketed
    if _LABEL.fullmatch(first):
        kind = FolderKind.PERSON if person_weight(last) > 0.5 else FolderKind.SERIES
        yield FolderRole(
            kind, split_people(last) if kind is FolderKind.PERSON else (), None if kind is FolderKind.PERSON else last,
            narrators=readers, weight=3.0, reason=f"{first} is the label of {last}",
        )  # fmt: skip
        return
    if (number := place_alone(first)) is not None or read_year(first) is not None:
        name = " - ".join(rest)
        position = number.position if number else None
        yield FolderRole(
            FolderKind.SERIES, (), restore_article(name), position, readers, _series_weight(name, evidence) + 1.0,
            f"{name} is numbered among its like",
        )  # fmt: skip
        return
    weight = person_weight(first)
    if weight > NO_PEOPLE:
        support = 1.6 if _begin_with(first, evidence) else 0.0
        support += 1.5 if fold_words(first) in evidence.known_authors else 0.0
        series = next((one for one in rest if not is_form(one) and not is_shelf(one)), None)
        kind = FolderKind.PERSON_AND_SERIES if series else FolderKind.PERSON
        more = 0.5 * _series_weight(series, evidence) if series else 0.0
        name, position = _without_number(series)
        yield FolderRole(
            kind, split_people(first), name or None, position, readers,
            weight + 0.6 + support + more - 0.3 * max(0.0, person_weight(last)),
            f"{first} looks like a name before a series",
        )  # fmt: skip
    weight = person_weight(last)
    if weight > NO_PEOPLE:
        series = " - ".join(opened[:-1])
        support = 1.0 if _begin_with(last, evidence) else 0.0
        support += 1.5 if fold_words(last) in evidence.known_authors else 0.0
        yield FolderRole(
            FolderKind.PERSON_AND_SERIES, split_people(last), series, None, readers,
            weight + support + 0.5 * _series_weight(series, evidence) - 0.3 * max(0.0, person_weight(first)),
            f"{last} looks like a name after a series",
        )  # fmt: skip
    if person_weight(first) < 0 and person_weight(last) < 0:
        name = " - ".join(opened)
        yield FolderRole(
            FolderKind.SERIES,
            (),
            name,
            None,
            readers,
            _series_weight(name, evidence) - 0.5,
            f"{name} looks like a series",
        )
    for middle in opened[1:-1]:
        if person_weight(middle) > 1.0:
            yield FolderRole(
                FolderKind.PERSON, split_people(middle), narrators=readers, weight=person_weight(middle) - 0.3,
                reason=f"{middle} looks like a name",
            )  # fmt: skip


def _without_number(text: str | None) -> tuple[str, str | None]:
    """ "05.The Riftwar Legacy" and "01 - Dune Saga" without their own numbers."""
    if text is None:
        return "", None
    found = place_first(text)
    if found is not None and found.sure >= 0.5 and found.after:
        return found.after, found.position
    return restore_article(text), None


def _series_weight(name: str, evidence: _Evidence) -> float:
    folded = fold_series(name)
    weight = -1.0 + evidence.hints
    words = folded.split()
    weight += 1.4 if SERIES_WORDS.intersection(words) else 0.0
    weight += 2.2 if evidence.numbered >= 0.5 or evidence.leaf_numbered else 0.0
    weight -= 2.5 if _LIST.search(name) else 0.0
    weight += 2.0 if folded in evidence.prefixes or _numbered_like(folded, evidence) else 0.0
    return weight


def _numbered_like(folded: str, evidence: _Evidence) -> bool:
    """Whether a name below begins with this name, and goes on with a number or a title."""
    return any(_carries(child, folded) for child in evidence.children[:20])


@lru_cache(maxsize=8_192)
def _carries(child: str, folded: str) -> bool:
    for piece in split_name(child).pieces:
        place = place_last(piece.text)
        if place is not None and fold_series(place.before) == folded:
            return True
        if fold_series(piece.text) == folded and not piece.bracket:
            return True
        rest = fold_words(piece.text).removeprefix("the ").removeprefix(f"{folded} ")
        if rest[:1].isdecimal() and fold_words(piece.text).removeprefix("the ") == f"{folded} {rest}":
            return True
    return False


def _begin_with(text: str, evidence: _Evidence) -> bool:
    """Whether names below repeat these people, as their first piece or in the words they begin with."""
    folded = fold_words(text)
    if folded in evidence.first:
        return True
    for child in evidence.children[:20]:
        words = child.split(" - ")[0]
        if same_person(words, text) if " " in words and len(words) < 60 else fold_words(words) == folded:
            return True
    return False
