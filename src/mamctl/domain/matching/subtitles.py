"""Extra text in titles: subtitles and names of series, on one side, on both, or in conflict."""

from __future__ import annotations

from mamctl.dataclass import dataclass
from mamctl.domain.matching.penalties import Penalty, total
from mamctl.domain.matching.title_input import ParsedTitle, ParsedVariant, Words, telling_words
from mamctl.domain.matching.title_variants import TitleVariant, Where
from mamctl.domain.matching.words import SMALL_WORDS, are_same_words, compare_words, unmatched
from mamctl.domain.text.numbers import as_number

_SETS = frozenset(
    {"trilogy", "duology", "quartet", "quintet", "tetralogy", "collection", "omnibus", "anthology", "stories"}
)
# In a subtitle these say what kind of book it is: "Salt: Stories", "Salt Unbound: The Cycle Collection".
_KINDS = frozenset({"collection", "anthology", "stories"})
_DOUBT = 0.25  # what only a length as good as equal makes up for: series have one narrator and like lengths
_DESCRIBING = 4  # words; a subtitle so long describes the book, a shorter one may name another of its series


@dataclass(frozen=True, slots=True)
class _UnmatchedExtra:
    """Words besides the main title, and which of them the other side lacks; `partly` when it has others of them."""

    words: Words
    alone: Words
    where: Where
    partly: bool


def _unmatched_extras(x: ParsedVariant, other: ParsedTitle, y: ParsedVariant) -> list[_UnmatchedExtra]:
    """Extra text of one side that the other has nowhere; a labelled series is judged by its place."""
    found = []
    for extra in x.extras:
        alone = unmatched(extra.telling, y.all_words)
        if alone:
            shared = not y.extra_words.isdisjoint(extra.telling) or not set(other.subtitle).isdisjoint(extra.telling)
            partly = shared and extra.where is Where.AFTER and not all(map(as_number, alone))
            found.append(_UnmatchedExtra(extra.words, alone, extra.where, partly))
    return found


def compare_extras(a: ParsedTitle, x: ParsedVariant, b: ParsedTitle, y: ParsedVariant) -> list[Penalty]:
    """Subtitles that contradict each other name two books; one that only one side has is a doubt."""
    only_a = _unmatched_extras(x, b, y) if x.extras else []
    only_b = _unmatched_extras(y, a, x) if y.extras else []
    sub_a = unmatched(a.own_subtitle, y.all_words) if a.own_subtitle else ()
    sub_b = unmatched(b.own_subtitle, x.all_words) if b.own_subtitle else ()
    if (only_a or sub_a) and (only_b or sub_b):
        return [_contradiction(_all(only_a, sub_a), _all(only_b, sub_b))]
    if x.before and y.before and (doubt := _typos_before(x.before, y.before)):
        return [doubt]
    if not only_a and not only_b and not sub_a and not sub_b:
        return []
    verdicts = {_is_only_series(a, x.variant), _is_only_series(b, y.variant)}
    named = True if True in verdicts else False if False in verdicts else None
    found = [_one_sided(extra, named=named) for extra in (*only_a, *only_b)]
    return found or [_subtitle_alone(words, named=named) for words in (sub_a, sub_b) if words]


def _typos_before(ours: Words, theirs: Words) -> Penalty | None:
    """ "Gate: A Quill Mystery" beside "Gale: A Quill Mystery": what many books share may not pass for the name."""
    if not (typos := compare_words(ours, theirs)):
        return None
    if not are_same_words(telling_words(ours), telling_words(theirs)):
        return None  # a series on one side, something else on the other
    return Penalty(
        "subtitle", min(_DOUBT, total(typos)), f"before the name: {' '.join(ours)} against {' '.join(theirs)}"
    )


def _all(extras: list[_UnmatchedExtra], subtitle: Words) -> Words:
    return (*(word for extra in extras for word in telling_words(extra.words)), *subtitle)


def _contradiction(ours: Words, theirs: Words) -> Penalty:
    from rapidfuzz import fuzz

    detail = f"beside the name: {' '.join(ours)} against {' '.join(theirs)}"
    found = compare_words(ours, theirs)
    alike = fuzz.token_sort_ratio(" ".join(ours), " ".join(theirs)) >= 85
    if alike and not any(penalty.hard for penalty in found):
        return Penalty("subtitle", max(0.05, total(found)), detail)
    return Penalty("subtitle_differs", 0.4, detail, hard=True)


def _one_sided(extra: _UnmatchedExtra, *, named: bool | None) -> Penalty:
    detail = f"only one side says {' '.join(extra.alone)}"
    sets = _SETS - _KINDS if extra.where is Where.AFTER and not any(map(as_number, extra.words)) else _SETS
    if sets.intersection(extra.words):
        return Penalty("omnibus", 0.3, detail, hard=True)
    in_series = extra.where is Where.BEFORE and not all(map(as_number, extra.words))  # "Lantern Cycle 02 - "
    if len(extra.words) < _DESCRIBING and not in_series and any(_counts(word) for word in extra.alone):
        return Penalty("number", 0.4, detail, hard=True)
    if named:  # "Mistborn" may be any book of that series
        return Penalty("only_series_named", _DOUBT, detail)
    # "Dune: House Atreides" beside "Dune: House Corrino", or a subtitle cut short
    name = "subtitle_partly" if extra.partly else "subtitle_missing"
    return Penalty(name, _amount(extra, first=named is False), detail)


def _amount(extra: _UnmatchedExtra, *, first: bool) -> float:
    """`first`: the name is that of the series, and this its first book, which people call so."""
    if extra.partly:
        return _DOUBT
    if len(extra.words) >= _DESCRIBING or extra.words[0] == "or":  # "Moby-Dick; or, The Whale"
        return 0.04
    if first:
        return 0.05
    return {Where.BEFORE: 0.06, Where.AFTER: _DOUBT, Where.BRACKET: 0.05}[extra.where]


def _counts(word: str) -> bool:
    """Whether it is a number, and no year."""
    number = as_number(word)
    return number is not None and not (word.isdigit() and len(word) == 4)


def _subtitle_alone(words: Words, *, named: bool | None) -> Penalty:
    """A catalogue keeps the subtitle apart; people leave it out."""
    detail = f"only one side has the subtitle {' '.join(words)}"
    if (_SETS - _KINDS).intersection(words):
        return Penalty("omnibus", 0.3, detail, hard=True)
    return Penalty("only_series_named", _DOUBT, detail) if named else Penalty("subtitle_missing", 0.02, detail)


def _is_only_series(side: ParsedTitle, variant: TitleVariant) -> bool | None:
    """Whether the name is that of the series, or part of it: True for any book of it, False for its first,
    None when the name is the book's own."""
    main_title = set(variant.main_title) - SMALL_WORDS
    for name, position in side.series:
        if main_title and main_title < set(name):
            return True
        if name and not compare_words(name, variant.main_title):
            return (position or variant.position) != "1"
    return None
