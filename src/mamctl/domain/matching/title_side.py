"""One side of a comparison of titles: its title read, and what else it says that may stand in the other's title."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from mamctl.domain.matching.title_variants import Reading, TitleReadings, read_title
from mamctl.domain.text.numbers import as_number
from mamctl.domain.text.series import parse_position
from mamctl.domain.text.title_words import words_of

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TitleSide:
    """One side's title. `known` are words of names, publisher and year that may stand in the other's title."""

    title: str
    subtitle: str = ""
    series: tuple[tuple[str, str | None], ...] = ()
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ReadSide:
    """A side with its title read; names of series folded, places in them in their plainest spelling."""

    read: TitleReadings
    subtitle: Words
    series: tuple[tuple[Words, str | None], ...]
    known: frozenset[str]

    def words_beside(self, reading: Reading) -> frozenset[str]:
        """Every word and number this side knows: what the other says beside its name may be any of them."""
        series = {word for name, _ in self.series for word in name}
        places = {place for _, place in (*self.series, ((), reading.position)) if place}
        beside = {word for one in reading.beside for word in one.words}
        return frozenset({*plain_numbers(reading.core), *beside, *self.subtitle, *series, *places} | self.known)


@lru_cache(maxsize=2_048)
def read_side(side: TitleSide, people: frozenset[str]) -> ReadSide:
    """The side with its title read; `people` are words of the names that the other side knows."""
    names = side.known | people
    read = read_title(side.title, names)
    series = tuple((words_of(name), parse_position(place) if place else None) for name, place in side.series)
    if not side.subtitle:
        return ReadSide(read, (), series, side.known)
    extra = read_title(side.subtitle, names)
    first = extra.readings[0]
    told = ((first.series or first.core, first.position),) if first.position else ()
    words = plain_numbers((*first.core, *(word for beside in first.beside for word in beside.words)))
    read = replace(read, marks=read.marks | extra.marks, part=read.part or extra.part)
    return ReadSide(read, words, (*series, *told), side.known)


def plain_numbers(words: Words) -> Words:
    """Words with each number in its plainest spelling: "02" and "two" are "2"."""
    return tuple(as_number(word) or word for word in words)


@lru_cache(maxsize=2_048)
def known_words(*texts: str) -> frozenset[str]:
    """The words of names, for `TitleSide.known`."""
    return frozenset(word for text in texts for word in words_of(text))
