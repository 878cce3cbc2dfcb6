"""How alike two written titles are, with what each says beside the name: subtitle, series, place in it, form."""

from __future__ import annotations

from dataclasses import replace

from mamctl.domain.matching.penalties import Penalty, total
from mamctl.domain.matching.subtitles import compare_beside
from mamctl.domain.matching.title_markers import Mark
from mamctl.domain.matching.title_places import compare_places
from mamctl.domain.matching.title_side import ReadSide, TitleSide, Words, read_side
from mamctl.domain.matching.title_variants import Reading
from mamctl.domain.matching.words import compare_words
from mamctl.domain.text.numbers import as_number

_ONE_SIDED_MARKS = {Mark.OMNIBUS: 0.5, Mark.ABOUT: 0.5, Mark.DRAMATIZED: 0.3}


def compare_titles(ours: TitleSide, theirs: TitleSide) -> tuple[Penalty, ...]:
    """What speaks against two titles being one book's, by the pair of readings that agrees best."""
    a, b = read_side(ours, theirs.known), read_side(theirs, ours.known)
    whole = (*_marks(_marks_of(a, b), _marks_of(b, a)), *_parts(a, b))
    pairs = [(x, y) for x in a.read.readings for y in b.read.readings]
    found = [_compare_readings(a, x, b, y) for x, y in pairs]
    named = [names for way in _NAMED_BY_SERIES for names in (*way(a, b), *way(b, a))]
    best = min((*found, *named), key=total)
    return (*best, *whole)


def _compare_readings(a: ReadSide, x: Reading, b: ReadSide, y: Reading) -> tuple[Penalty, ...]:
    found = [*compare_words(x.core, y.core), *compare_beside(a, x, b, y), *compare_places(a, x, b, y)]
    if any(one.name in _SPELLING for one in found):  # a slip of the pen and another place: another book
        found = [replace(one, hard=True) if one.name == "position" else one for one in found]
    if rank := x.rank + y.rank:
        found.append(Penalty("unusual_order", round(min(0.02, 0.005 * rank), 4), "the name stands in an unusual place"))
    return tuple(found)


def _by_place(a: ReadSide, b: ReadSide) -> list[tuple[Penalty, ...]]:
    """ "Lantern Cycle 2" names a book by its place in a series, not by its title."""
    return [
        (Penalty("named_by_series", 0.1, f"named as number {position} of its series"), *compare_words(x.core, name))
        for x in a.read.readings
        for name, position in b.series
        if x.position is not None and x.position == position and name
    ]


def _by_file_name(a: ReadSide, b: ReadSide) -> list[tuple[Penalty, ...]]:
    """ "02 The Salt Road", "Lantern Cycle 02 The Salt Road": place, or series and place, without a separator."""
    return [
        (
            Penalty("named_by_series", 0.02, "named with its place in the series"),
            *compare_words(x.core, (*before, *name)),
        )
        for x in a.read.readings
        if any(as_number(word) for word in x.core[:-1])
        for before in _before_names(b)
        for name in {y.core for y in b.read.readings}
    ]


def _with_series_behind(a: ReadSide, b: ReadSide) -> list[tuple[Penalty, ...]]:
    """ "The Salt Road, Lantern Cycle Book 2"."""
    return [
        (Penalty("named_by_series", 0.02, "named with its series"), *compare_words(x.core, (*y.core, *name)))
        for x in a.read.readings
        for y in b.read.readings
        for name, position in b.series
        if x.position is not None and x.position == position
    ]


def _before_names(side: ReadSide) -> list[Words]:
    return [(*said, position) for name, position in side.series if position for said in ((), name)]


_SPELLING = frozenset({"spelling", "other_word"})


def _marks_of(side: ReadSide, other: ReadSide) -> frozenset[Mark]:
    """The side's marks; "#1-3" in its title is nothing of its own where the other side's series says the same."""
    if Mark.OMNIBUS in side.read.marks and Mark.OMNIBUS not in other.read.marks:
        ranges = {place for _, place in other.series if place and "-" in place}
        if ranges & {reading.position for reading in side.read.readings}:
            return side.read.marks - {Mark.OMNIBUS}
    return side.read.marks


def _marks(ours: frozenset[Mark], theirs: frozenset[Mark]) -> tuple[Penalty, ...]:
    one_sided = (ours ^ theirs) & _ONE_SIDED_MARKS.keys()
    doubt = (Penalty("translated", 0.2, "only one side names a language"),) if Mark.TRANSLATED in ours ^ theirs else ()
    return doubt + tuple(
        Penalty(mark.value, _ONE_SIDED_MARKS[mark], f"only one side is {mark.value}", hard=True)
        for mark in sorted(one_sided)
    )


def _parts(a: ReadSide, b: ReadSide) -> tuple[Penalty, ...]:
    ours, theirs = a.read.part, b.read.part
    if ours == theirs:
        return ()
    return (Penalty("part", 0.4, f"part {ours or 'unknown'} against part {theirs or 'unknown'}", hard=True),)


_NAMED_BY_SERIES = (_by_place, _by_file_name, _with_series_behind)
