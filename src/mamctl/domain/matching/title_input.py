"""One side of a comparison of titles: its parsed title, and other words it knows that may occur in the other title."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from mamctl.domain.matching.title_variants import TitleVariant, TitleVariants, read_title
from mamctl.domain.text.numbers import as_number
from mamctl.domain.text.series import parse_position
from mamctl.domain.text.title_words import clean_title, words_of

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TitleInput:
    """One side's title. `known` are words of names, publisher and year that may occur in the other's title."""

    title: str
    subtitle: str = ""
    series: tuple[tuple[str, str | None], ...] = ()
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ParsedTitle:
    """A side with its title read; names of series folded, places in them in their plainest spelling."""

    read: TitleVariants
    subtitle: Words
    series: tuple[tuple[Words, str | None], ...]
    known: frozenset[str]

    def all_words(self, variant: TitleVariant) -> frozenset[str]:
        """Every word and number this side knows: the other side's extra text may be any of them."""
        series = {word for name, _ in self.series for word in name}
        places = {place for _, place in (*self.series, ((), variant.position)) if place}
        extras = {word for one in variant.extras for word in one.words}
        return frozenset({*plain_numbers(variant.main_title), *extras, *self.subtitle, *series, *places} | self.known)


def parse_title_input(side: TitleInput, people: frozenset[str]) -> ParsedTitle:
    """The side with its title parsed; `people` are words of the names that the other side knows."""
    written = f"{clean_title(side.title)} {clean_title(side.subtitle)}"
    return _parse(side, frozenset(word for word in side.known | people if word in written))


@lru_cache(maxsize=2_048)
def _parse(side: TitleInput, names: frozenset[str]) -> ParsedTitle:
    """The same, where only those `names` are given that occur in the title: a query is parsed once for all records."""
    read = read_title(side.title, names)
    series = tuple((words_of(name), parse_position(place) if place else None) for name, place in side.series)
    if not side.subtitle:
        return ParsedTitle(read, (), series, side.known)
    extra = read_title(side.subtitle, names)
    first = extra.variants[0]
    stated = ((first.series or first.main_title, first.position),) if first.position else ()
    words = plain_numbers((*first.main_title, *(word for one in first.extras for word in one.words)))
    read = replace(read, markers=read.markers | extra.markers, part=read.part or extra.part)
    return ParsedTitle(read, words, (*series, *stated), side.known)


def plain_numbers(words: Words) -> Words:
    """Words with each number in its plainest spelling: "02" and "two" are "2"."""
    return tuple(as_number(word) or word for word in words)


@lru_cache(maxsize=2_048)
def known_words(*texts: str) -> frozenset[str]:
    """The words of names, for `TitleInput.known`."""
    return frozenset(word for text in texts for word in words_of(text))
