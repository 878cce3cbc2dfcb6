"""Evidence from the other names in a folder: a numbered set, the same first piece in all, one series."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import field
from functools import lru_cache

from mamctl.dataclass import dataclass
from mamctl.domain.text.names.pieces import LONGEST_NAME, split_name
from mamctl.domain.text.names.places import fold_words, place_alone, place_first, place_last, places_inside
from mamctl.domain.text.series import fold_series

MOST_SIBLINGS = 400
"""At most this many names of a folder are compared; more add no evidence."""

_LONGEST_SERIES = 5  # words that a series without separator may have


@dataclass(frozen=True, slots=True)
class Siblings:
    """How often the names of one folder share their pieces; see `NameContext` for the fields."""

    numbered: float = 0.0
    readers_in_siblings: float = 0.0
    first: Mapping[str, int] = field(default_factory=dict)
    last: Mapping[str, int] = field(default_factory=dict)
    prefixes: Mapping[str, int] = field(default_factory=dict)
    names: tuple[str, ...] = ()


NO_SIBLINGS = Siblings()


@lru_cache(maxsize=256)
def compare_siblings(names: frozenset[str]) -> Siblings:
    """The evidence of all names in one folder, in whatever order they come."""
    chosen = sorted(name for name in names if len(name) <= LONGEST_NAME)[:MOST_SIBLINGS]
    first: Counter[str] = Counter()
    last: Counter[str] = Counter()
    places: dict[str, set[str]] = defaultdict(set)
    numbers: list[str] = []
    readers = 0
    for name in chosen:
        found = split_name(name)
        texts = [piece.text for piece in found.pieces if not piece.bracket]
        readers += any(piece.bracket and not piece.series for piece in found.pieces) or bool(found.facts.narrators)
        if not texts:
            continue
        if len(texts) > 1:
            first[fold_words(texts[0])] += 1
            last[fold_words(texts[-1])] += 1
        if (number := _number_first(found.pieces[0].text)) is not None:
            numbers.append(number)
        for text in texts:
            _note_places(text, places)
    counted = len(numbers) if len(set(numbers)) > len(numbers) * 0.6 else 0
    return Siblings(
        numbered=counted / len(chosen) if counted > 1 and counted >= len(chosen) * 0.5 else 0.0,
        readers_in_siblings=readers / len(chosen) if len(chosen) > 1 else 0.0,
        first=dict(first),
        last=dict(last),
        prefixes={name: len(found) for name, found in places.items() if len(found) > 1},
        names=tuple(chosen),
    )


def merge_prefixes(several: Iterable[Siblings]) -> frozenset[str]:
    """Every series that several names of one folder count on."""
    return frozenset(name for one in several for name in one.prefixes if not name.startswith("… "))


def _number_first(text: str) -> str | None:
    found = place_alone(text) or place_first(text)
    return found.position if found is not None else None


def _note_places(text: str, places: dict[str, set[str]]) -> None:
    """Names before numbers, with their numbers; and the last words before "Book N", with the titles before them."""
    last = place_last(text)
    for place in (*((last,) if last else ()), *places_inside(text)):
        if place.before and place.sure >= 0.2:
            places[fold_series(place.before)].add(place.position)
    if last is not None and last.sure >= 1:
        words = last.before.split()
        for size in range(1, min(_LONGEST_SERIES, len(words) - 1) + 1):
            # Other titles before the same words: "Alpha Time, Vol. 2" next to "Alpha Time, Vol. 3" is no evidence.
            places[f"… {fold_series(' '.join(words[-size:]))}"].add(" ".join(words[:-size]).casefold())
