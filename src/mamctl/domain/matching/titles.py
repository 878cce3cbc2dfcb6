"""How similar two written titles are, with the extra text of each: subtitle, series, place in it, form."""

from __future__ import annotations

from dataclasses import replace
from math import inf

from mamctl.domain.matching.penalties import Penalty, total
from mamctl.domain.matching.subtitles import compare_extras
from mamctl.domain.matching.title_input import ParsedTitle, ParsedVariant, TitleInput, Words, parse_title_input
from mamctl.domain.matching.title_markers import EditionMarker
from mamctl.domain.matching.title_places import compare_places
from mamctl.domain.matching.words import compare_words

_NAMED_WITH_PLACE = 0.02
"""The least that a name by its series takes off; only what takes off more can be named better so."""
_ONE_SIDED_MARKERS = {EditionMarker.OMNIBUS: 0.5, EditionMarker.ABOUT: 0.5, EditionMarker.DRAMATIZED: 0.3}


def compare_titles(ours: TitleInput, theirs: TitleInput) -> tuple[Penalty, ...]:
    """Penalties against two titles being one book's, by the pair of variants that agrees best."""
    a, b = parse_title_input(ours, theirs.known), parse_title_input(theirs, ours.known)
    whole = (*_compare_markers(_markers_of(a, b), _markers_of(b, a)), *_parts(a, b))
    best = _best_pair(a, b)
    if (a.series or b.series) and total(best) > _NAMED_WITH_PLACE:
        for way in _NAMED_BY_SERIES:
            for names in (*way(a, b), *way(b, a)):
                best = min(best, names, key=total)
    return (*best, *whole)


def _best_pair(a: ParsedTitle, b: ParsedTitle) -> tuple[Penalty, ...]:
    """The pair of variants that agrees best, the first of equals. What stands beside the names only adds to what the
    names take off, so that a pair whose names alone take as much as a whole pair before it is out."""
    best: tuple[Penalty, ...] = ()
    least = inf
    for x in a.variants:
        for y in b.variants:
            words = compare_words(x.variant.main_title, y.variant.main_title)
            if total(words) < least:
                found = _compare_variants(words, a, x, b, y)
                if (taken := total(found)) < least:
                    best, least = found, taken
                    if taken <= 0:  # nothing agrees better
                        return best
    return best


def _compare_variants(
    words: tuple[Penalty, ...], a: ParsedTitle, x: ParsedVariant, b: ParsedTitle, y: ParsedVariant
) -> tuple[Penalty, ...]:
    """`words` are the penalties between the two names."""
    found = [*words, *compare_extras(a, x, b, y), *compare_places(a, x, b, y)]
    if any(one.name in _SPELLING for one in found):  # a typing error and another place: another book
        found = [replace(one, hard=True) if one.name == "position" else one for one in found]
    if rank := x.variant.rank + y.variant.rank:
        found.append(Penalty("unusual_order", round(min(0.02, 0.005 * rank), 4), "the name stands in an unusual place"))
    return tuple(found)


def _by_place(a: ParsedTitle, b: ParsedTitle) -> list[tuple[Penalty, ...]]:
    """ "Lantern Cycle 2" names a book by its place in a series, not by its title."""
    return [
        (
            Penalty("named_by_series", 0.1, f"named as number {position} of its series"),
            *compare_words(x.main_title, name),
        )
        for x in a.read.variants
        for name, position in b.series
        if x.position is not None and x.position == position and name
    ]


def _by_file_name(a: ParsedTitle, b: ParsedTitle) -> list[tuple[Penalty, ...]]:
    """ "02 The Salt Road", "Lantern Cycle 02 The Salt Road": place, or series and place, without a separator."""
    return [
        (
            Penalty("named_by_series", _NAMED_WITH_PLACE, "named with its place in the series"),
            *compare_words(x.variant.main_title, (*before, *name)),
        )
        for x in a.variants
        if x.is_numbered
        for before in _before_names(b)
        for name in dict.fromkeys(y.main_title for y in b.read.variants)
    ]


def _with_series_behind(a: ParsedTitle, b: ParsedTitle) -> list[tuple[Penalty, ...]]:
    """ "The Salt Road, Lantern Cycle Book 2"."""
    return [
        (
            Penalty("named_by_series", _NAMED_WITH_PLACE, "named with its series"),
            *compare_words(x.main_title, (*y.main_title, *name)),
        )
        for x in a.read.variants
        for y in b.read.variants
        for name, position in b.series
        if x.position is not None and x.position == position
    ]


def _before_names(side: ParsedTitle) -> list[Words]:
    return [(*name_part, position) for name, position in side.series if position for name_part in ((), name)]


_SPELLING = frozenset({"spelling", "other_word"})


def _markers_of(side: ParsedTitle, other: ParsedTitle) -> frozenset[EditionMarker]:
    """The side's markers; "#1-3" in its title does not count where the other side's series has the same range."""
    if EditionMarker.OMNIBUS in side.read.markers and EditionMarker.OMNIBUS not in other.read.markers:
        ranges = {place for _, place in other.series if place and "-" in place}
        if ranges & {variant.position for variant in side.read.variants}:
            return side.read.markers - {EditionMarker.OMNIBUS}
    return side.read.markers


def _compare_markers(ours: frozenset[EditionMarker], theirs: frozenset[EditionMarker]) -> tuple[Penalty, ...]:
    if ours == theirs:
        return ()
    one_sided = (ours ^ theirs) & _ONE_SIDED_MARKERS.keys()
    doubt = (
        (Penalty("translated", 0.2, "only one side names a language"),)
        if EditionMarker.TRANSLATED in ours ^ theirs
        else ()
    )
    return doubt + tuple(
        Penalty(marker.value, _ONE_SIDED_MARKERS[marker], f"only one side is {marker.value}", hard=True)
        for marker in sorted(one_sided)
    )


def _parts(a: ParsedTitle, b: ParsedTitle) -> tuple[Penalty, ...]:
    ours, theirs = a.read.part, b.read.part
    if ours == theirs:
        return ()
    return (Penalty("part", 0.4, f"part {ours or 'unknown'} against part {theirs or 'unknown'}", hard=True),)


_NAMED_BY_SERIES = (_by_place, _by_file_name, _with_series_behind)
