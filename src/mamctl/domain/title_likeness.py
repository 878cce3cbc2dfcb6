"""How alike two written titles are, with what each says beside the name: subtitle, series, place in it, form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from mamctl.domain.match_penalty import Penalty, total
from mamctl.domain.title_numbers import as_number
from mamctl.domain.title_reading import Beside, Mark, Reading, TitleReadings, Where, read_title
from mamctl.domain.title_words import words_of
from mamctl.domain.word_likeness import SMALL_WORDS, compare_words, unmatched

Words = tuple[str, ...]

# Words that say what a book is without naming it: "a novel", "a Lantern Cycle story", "series".
_GENERIC = frozenset(
    [
        "novel",
        "novella",
        "novelette",
        "memoir",
        "thriller",
        "mystery",
        "romance",
        "fantasy",
        "story",
        "tale",
        "roman",
        "kriminalroman",
        "krimi",
        "series",
        "saga",
        "cycle",
        "book",
        "books",
        "volume",
        "light",
        "novels",
        "adventure",
        "autobiography",
        "biography",
        "unabridged",
        "edition",
        "fiction",
        "litrpg",
        "true",
        "new",
        "york",
        "times",
        "bestseller",
        "bestselling",
        "author",
    ]
)
_SETS = frozenset(
    ["trilogy", "duology", "quartet", "quintet", "tetralogy", "collection", "omnibus", "anthology", "stories"]
)
_DESCRIBING = 4  # words; a subtitle so long describes the book, a shorter one may name another of its series
_ONE_SIDED_MARKS = {Mark.OMNIBUS: 0.5, Mark.ABOUT: 0.5, Mark.DRAMATIZED: 0.3}


@dataclass(frozen=True, slots=True)
class TitleSide:
    """One side's title. `known` are words of names, publisher and year that may stand in the other's title."""

    title: str
    subtitle: str = ""
    series: tuple[tuple[str, str | None], ...] = ()
    known: frozenset[str] = frozenset()


def compare_titles(ours: TitleSide, theirs: TitleSide) -> tuple[Penalty, ...]:
    """What speaks against two titles being one book's, by the pair of readings that agrees best."""
    a, b = _Sided.of(ours, theirs.known), _Sided.of(theirs, ours.known)
    whole = (*_marks(a.read.marks, b.read.marks), *_parts(a, b))
    pairs = [(x, y) for x in a.read.readings for y in b.read.readings]
    found = [_compare_readings(a, x, b, y) for x, y in pairs]
    best = min((*found, *_by_place(a, b), *_by_place(b, a)), key=total)
    return (*best, *whole)


@dataclass(frozen=True, slots=True)
class _Sided:
    """A side with its readings made and its series folded."""

    read: TitleReadings
    subtitle: Words
    series: tuple[tuple[Words, str | None], ...]
    known: frozenset[str]

    @classmethod
    def of(cls, side: TitleSide, people: frozenset[str]) -> _Sided:
        read = read_title(side.title, side.known | people)
        series = tuple((words_of(name), plain_position(position)) for name, position in side.series)
        extra = read_title(side.subtitle, side.known | people) if side.subtitle else None
        subtitle = tuple(w for segment in _all_words(extra) for w in segment) if extra else ()
        told = _told_series(extra) if extra else ()
        return cls(_with_marks(read, extra), subtitle, (*series, *told), side.known | _years(side.known))


def plain_position(position: str | None) -> str | None:
    """ "02", "2.0", "Book 2", "two" → "2"; "1-3" stays a range; None for what is no place."""
    if position is None:
        return None
    text = " ".join(words_of(position.replace("-", " to ")))
    numbers = [number for word in text.split() if (number := as_number(word)) is not None]
    if len(numbers) >= 2 and " to " in text:
        return f"{numbers[0]}-{numbers[1]}"
    return numbers[0] if numbers else None


def _with_marks(read: TitleReadings, subtitle: TitleReadings | None) -> TitleReadings:
    if subtitle is None:
        return read
    return TitleReadings(read.readings, read.marks | subtitle.marks, read.part or subtitle.part)


def _all_words(read: TitleReadings) -> tuple[Words, ...]:
    first = read.readings[0]
    return (first.core, *(beside.words for beside in first.beside))


def _told_series(read: TitleReadings) -> tuple[tuple[Words, str | None], ...]:
    """A subtitle such as "Lantern Cycle, Book 2" tells series and place."""
    first = read.readings[0]
    return ((first.series or first.core, first.position),) if first.position else ()


def _years(known: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in known if word.isdigit())


def _compare_readings(a: _Sided, x: Reading, b: _Sided, y: Reading) -> tuple[Penalty, ...]:
    found = [*compare_words(x.core, y.core), *_beside(a, x, b, y), *_positions(a, x, b, y)]
    if rank := x.rank + y.rank:
        found.append(Penalty("unusual_order", round(min(0.02, 0.005 * rank), 4), "the name stands in an unusual place"))
    return tuple(found)


def _by_place(a: _Sided, b: _Sided) -> list[tuple[Penalty, ...]]:
    """ "Lantern Cycle 2" names a book by its place in a series, not by its title."""
    return [
        (Penalty("named_by_series", 0.1, f"named as number {position} of its series"), *compare_words(x.core, name))
        for x in a.read.readings
        for name, position in b.series
        if x.position is not None and x.position == position and name
    ]


def _explained(side: _Sided, reading: Reading) -> Words:
    """Every word this side knows: what the other says beside its name may be any of them."""
    series = tuple(word for name, _ in side.series for word in name)
    beside = tuple(word for one in reading.beside for word in one.words)
    return (*reading.core, *beside, *side.subtitle, *series, *sorted(side.known))


def _telling(words: Words) -> Words:
    """Words that say something of this book: neither generic nor small, each once."""
    return tuple(dict.fromkeys(w for w in words if w not in _GENERIC and w not in SMALL_WORDS))


def _extras(side: _Sided, x: Reading, other: _Sided, y: Reading) -> list[Beside]:
    """What one side says beside the name that the other nowhere has; a labelled series is judged by its place."""
    said = (beside for beside in x.beside if beside.words != x.series)
    left = ((beside, _telling(beside.words)) for beside in said)
    return [beside for beside, words in left if words and unmatched(words, _explained(other, y))[0]]


def _beside(a: _Sided, x: Reading, b: _Sided, y: Reading) -> list[Penalty]:
    """Subtitles that contradict each other name two books; one that only one side has is a doubt."""
    only_a, only_b = _extras(a, x, b, y), _extras(b, y, a, x)
    sub_a, sub_b = _separate(a, b, y), _separate(b, a, x)
    if (only_a or sub_a) and (only_b or sub_b):
        return [_contradiction(_all(only_a, sub_a), _all(only_b, sub_b))]
    verdicts = {_is_only_series(a, x), _is_only_series(b, y)}
    named = True if True in verdicts else False if False in verdicts else None
    found = [_one_sided(beside, named=named) for beside in (*only_a, *only_b)]
    return found or [_subtitle_alone(words, named=named) for words in (sub_a, sub_b) if words]


def _all(extras: list[Beside], subtitle: Words) -> Words:
    return (*(word for beside in extras for word in _telling(beside.words)), *subtitle)


def _separate(one: _Sided, other: _Sided, reading: Reading) -> Words:
    """What one side's own subtitle field says that the other side nowhere has."""
    own = {word for name, _ in one.series for word in name} | one.known
    said = tuple(word for word in _telling(one.subtitle) if word not in own)
    return unmatched(said, _explained(other, reading))[0] if said else ()


def _contradiction(ours: Words, theirs: Words) -> Penalty:
    from rapidfuzz import fuzz

    detail = f"beside the name: {' '.join(ours)} against {' '.join(theirs)}"
    if fuzz.token_sort_ratio(" ".join(ours), " ".join(theirs)) >= 85:
        return Penalty("subtitle", 0.05, detail)
    return Penalty("subtitle_differs", 0.4, detail, hard=True)


def _one_sided(beside: Beside, *, named: bool | None) -> Penalty:
    detail = f"only one side says {' '.join(beside.words)}"
    if _SETS.intersection(beside.words):
        return Penalty("omnibus", 0.3, detail, hard=True)
    if named:  # "Mistborn" may be any book of that series
        return Penalty("only_series_named", 0.25, detail)
    if named is False:  # the first book, as people call it
        return Penalty("subtitle_missing", 0.05, detail)
    if len(beside.words) >= _DESCRIBING:
        return Penalty("subtitle_missing", 0.04, detail)
    amount = {Where.BEFORE: 0.06, Where.AFTER: 0.16, Where.BRACKET: 0.05}[beside.where]
    return Penalty("subtitle_missing", amount, detail)


def _subtitle_alone(words: Words, *, named: bool | None) -> Penalty:
    """A catalogue keeps the subtitle apart; people leave it out."""
    detail = f"only one side has the subtitle {' '.join(words)}"
    if _SETS.intersection(words):
        return Penalty("omnibus", 0.3, detail, hard=True)
    return Penalty("only_series_named", 0.25, detail) if named else Penalty("subtitle_missing", 0.02, detail)


def _is_only_series(side: _Sided, reading: Reading) -> bool | None:
    """Whether the name is that of the series, or part of it: True for any book of it, False for its first,
    None when the name is the book's own."""
    core = set(reading.core) - SMALL_WORDS
    for name, position in side.series:
        if core and core < set(name):
            return True
        if name and not compare_words(name, reading.core):
            return (position or reading.position) != "1"
    return None


def _places(side: _Sided, reading: Reading) -> dict[Words, str]:
    """Place by series; the key () stands for a place whose series is not said."""
    told = {name: position for name, position in side.series if position}
    if reading.position is not None:
        told.setdefault(reading.series or (), reading.position)
    return told


def _positions(a: _Sided, x: Reading, b: _Sided, y: Reading) -> list[Penalty]:
    ours, theirs = _places(a, x), _places(b, y)
    if set(ours.values()) & set(theirs.values()):
        return []
    if ours and theirs:
        return _contradicting(ours, theirs, x, y, a, b)
    return _lonely_place(ours or theirs)


def _contradicting(
    ours: dict[Words, str], theirs: dict[Words, str], x: Reading, y: Reading, a: _Sided, b: _Sided
) -> list[Penalty]:
    detail = f"place {', '.join(ours.values())} against {', '.join(theirs.values())} in the series"
    shared = [(p, q) for s, p in ours.items() for t, q in theirs.items() if not s or not t or not compare_words(s, t)]
    if not shared:
        return [Penalty("other_series", 0.02, detail)]
    if any(("-" in p) != ("-" in q) for p, q in shared):
        return [Penalty("omnibus", 0.4, detail, hard=True)]
    numbered = () in ours or () in theirs or _named_alike(a, x) or _named_alike(b, y)
    return [Penalty("position", 0.4 if numbered else 0.1, detail, hard=numbered)]


def _named_alike(side: _Sided, reading: Reading) -> bool:
    """Whether the books of this series share its name, so that only the number tells them apart."""
    return any(name and not compare_words(name, reading.core) for name, _ in side.series)


def _lonely_place(told: dict[Words, str]) -> list[Penalty]:
    """Only one side has a place: harmless beside a series' name, telling where the name itself is numbered."""
    place = told.get(())
    if place in {"1", None}:
        return []
    return [Penalty("number", 0.4, f"only one side is number {place}", hard=True)]


def _marks(ours: frozenset[Mark], theirs: frozenset[Mark]) -> tuple[Penalty, ...]:
    one_sided = (ours ^ theirs) & _ONE_SIDED_MARKS.keys()
    return tuple(
        Penalty(mark.value, _ONE_SIDED_MARKS[mark], f"only one side is {mark.value}", hard=True)
        for mark in sorted(one_sided)
    )


def _parts(a: _Sided, b: _Sided) -> tuple[Penalty, ...]:
    ours, theirs = a.read.part, b.read.part
    if ours == theirs:
        return ()
    return (Penalty("part", 0.4, f"part {ours or 'unknown'} against part {theirs or 'unknown'}", hard=True),)


@lru_cache(maxsize=16_384)
def known_words(*texts: str) -> frozenset[str]:
    """The words of names, for `TitleSide.known`."""
    return frozenset(word for text in texts for word in words_of(text))
