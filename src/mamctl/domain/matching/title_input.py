"""One side of a comparison of titles: its parsed title, and other words it knows that may occur in the other title."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from mamctl.dataclass import dataclass
from mamctl.domain.matching.title_variants import TitleVariant, TitleVariants, Where, has_name, read_title
from mamctl.domain.matching.words import SMALL_WORDS
from mamctl.domain.text.common_words import GENERIC_WORDS
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
class TellingExtra:
    """Text besides the main title, and those of its words that are specific to this book."""

    words: Words
    telling: Words
    where: Where


@dataclass(frozen=True, slots=True, eq=False)
class ParsedVariant:
    """A variant of a title with what its comparisons need, worked out once.

    `extras` are those that are not judged by their place in a series. `all_words` is every word and number this side
    knows, sorted: the other side's extra text may be any of them. `places` is the place by series; the key () is a
    place whose series is not stated. `before` is the first text in front of the title;
    `is_numbered`: a number stands in it before its last word.
    """

    variant: TitleVariant
    extras: tuple[TellingExtra, ...]
    extra_words: frozenset[str]
    all_words: Words
    places: dict[Words, str]
    before: Words
    is_numbered: bool


@dataclass(frozen=True, slots=True, eq=False)
class ParsedTitle:
    """A side with its title read; names of series folded, places in them in their plainest spelling. `own_subtitle` is
    what the subtitle says beyond the names of series and people."""

    read: TitleVariants
    subtitle: Words
    series: tuple[tuple[Words, str | None], ...]
    own_subtitle: Words
    variants: tuple[ParsedVariant, ...]


def parse_title_input(side: TitleInput, people: frozenset[str]) -> ParsedTitle:
    """The side with its title parsed; `people` are words of the names that the other side knows."""
    known = side.known | people
    if not has_name(side.title, known) and not (side.subtitle and has_name(side.subtitle, known)):
        return _parse(side, _NO_NAMES)
    written = clean_title(side.title)
    if side.subtitle:
        written = f"{written} {clean_title(side.subtitle)}"
    return _parse(side, frozenset([word for word in known if word in written]))


_NO_NAMES: frozenset[str] = frozenset()


@lru_cache(maxsize=1_024)
def _parse(side: TitleInput, names: frozenset[str]) -> ParsedTitle:
    """The same, where only those `names` are given that occur in the title: a query is parsed once for all records."""
    read = read_title(side.title, names)
    series = tuple((words_of(name), parse_position(place) if place else None) for name, place in side.series)
    subtitle: Words = ()
    if side.subtitle:
        extra = read_title(side.subtitle, names)
        first = extra.variants[0]
        stated = ((first.series or first.main_title, first.position),) if first.position else ()
        subtitle = plain_numbers((*first.main_title, *(word for one in first.extras for word in one.words)))
        read = replace(read, markers=read.markers | extra.markers, part=read.part or extra.part)
        series = (*series, *stated)
    in_series = {word for name, _ in series for word in name}
    own = tuple(word for word in telling_words(subtitle) if word not in in_series and word not in side.known)
    everywhere = {*subtitle, *in_series, *(place for _, place in series if place), *side.known}
    variants = tuple(_parse_variant(variant, series, everywhere) for variant in read.variants)
    return ParsedTitle(read, subtitle, series, own, variants)


def _parse_variant(
    variant: TitleVariant, series: tuple[tuple[Words, str | None], ...], everywhere: set[str]
) -> ParsedVariant:
    """`everywhere`: what the side knows besides this variant."""
    extra_words = frozenset(word for one in variant.extras for word in one.words)
    all_words = everywhere.union(plain_numbers(variant.main_title), extra_words)
    places = {name: place for name, place in series if place}
    if variant.position:
        all_words.add(variant.position)
    if variant.position is not None:
        places.setdefault(variant.series or (), variant.position)
    extras = tuple(
        TellingExtra(one.words, telling_words(one.words), one.where)
        for one in variant.extras
        if one.words != variant.series and not _is_own_series(one.words, series)
    )
    before = next((one.words for one in variant.extras if one.where is Where.BEFORE), ())
    is_numbered = any(as_number(word) for word in variant.main_title[:-1])
    return ParsedVariant(variant, extras, extra_words, tuple(sorted(all_words)), places, before, is_numbered)


def _is_own_series(words: Words, series: tuple[tuple[Words, str | None], ...]) -> bool:
    """ "The Salt Road: Lantern Cycle 2" of a record whose series is just that: judged by its place."""
    plain = plain_numbers(words) if series else ()
    return any(place is not None and plain == (*plain_numbers(name), place) for name, place in series)


@lru_cache(maxsize=2_048)
def plain_numbers(words: Words) -> Words:
    """Words with each number in its plainest spelling: "02" and "two" are "2"."""
    return tuple([as_number(word) or word for word in words])


@lru_cache(maxsize=2_048)
def telling_words(words: Words) -> Words:
    """Words that are specific to this book: neither generic nor small, each once."""
    return tuple(dict.fromkeys(w for w in plain_numbers(words) if w not in GENERIC_WORDS and w not in SMALL_WORDS))


@lru_cache(maxsize=2_048)
def known_words(*texts: str) -> frozenset[str]:
    """The words of names, for `TitleInput.known`."""
    return frozenset(word for text in texts for word in words_of(text))
