"""Whether two spellings are one person's name: "Vell, Mara J." is "Mara Vell", "Mona Vell" is someone else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from mamctl.dataclass import dataclass
from mamctl.domain.text.normalize import fold, tidy
from mamctl.regex import regex

MOST_NAMES = 200
"""People of one list; what comes behind them is not a list of a book's people."""

GENERATIONS = frozenset({"jr", "sr", "ii", "iii", "iv", "junior", "senior"})
DEGREES = frozenset(
    "phd md ma ba mba dds dmd esq jd pere fils cfa cpa llb llm msc bsc edd psyd dphil obe cbe "
    "mbe kbe dbe rn lcsw mph".split()
)
PARTICLES = frozenset("von van de der den del della di da du la le les el al bin ibn ben ter ten zu zur st".split())
_TITLES = frozenset("dr prof professor mr mrs ms miss sir dame lord lady rev reverend fr father".split())
_DOTTED_DEGREE = regex(r"\b(?:ph\.\s?d|m\.\s?d|m\.\s?a|b\.\s?a|j\.\s?d)\b\.?", re.IGNORECASE)
_UMLAUTS = regex("([aou])e")


@dataclass(frozen=True, slots=True)
class _Name:
    """A name taken apart; `given` words and initials in order, all folded."""

    given: tuple[str, ...]
    family: str
    generation: str | None


class _Spellings(NamedTuple):
    """What is compared of a `name`: the family name, alone and with its particles, the words in any order, and all
    letters, for words may be divided otherwise ("LeGuin", "JRR"). Umlauts are plain vowels."""

    name: _Name
    family: str
    joined: str
    words: tuple[str, ...]
    letters: str


def same_person(one: str, other: str) -> bool:
    """Whether both can be one person's name. Symmetric; not transitive, for "J. Vell" may be Jane or John.

    Case, accents, punctuation, titles, degrees, "Last, First", initials and left-out middle names do not count.
    A surname alone is not its bearer: "Vell" is not "Mara Vell".
    """
    ones, others = _spellings(one), _spellings(other)
    a, b = ones.name, others.name
    if a.generation and b.generation and a.generation != b.generation:
        return False
    if ones.words == others.words or ones.letters == others.letters:
        return True
    if ones.family == others.family and _given_fit(a.given, b.given):
        return True
    return ones.joined == others.joined and _given_fit(_join_particles(a).given, _join_particles(b).given)


def _join_particles(name: _Name) -> _Name:
    """ "Ursula K. Le Guin" as "Ursula K. LeGuin"."""
    given, family = name.given, name.family
    while len(given) > 1 and given[-1] in PARTICLES:
        given, family = given[:-1], given[-1] + family
    return _Name(given, family, name.generation)


def same_people(ones: Iterable[str], others: Iterable[str]) -> bool:
    """Whether two lists name the same people, in whatever order."""
    left, right = unite_people(ones), list(unite_people(others))
    for name in left:
        match = next((other for other in right if same_person(name, other)), None)
        if match is None:
            return False
        right.remove(match)
    return not right


def unite_people(names: Iterable[str]) -> tuple[str, ...]:
    """Everyone once, in order of first mention, under their fullest spelling."""
    names = tuple(islice(names, MOST_NAMES))
    if len(names) < 2:
        return names
    united: list[str] = []
    by_key: dict[str, list[int]] = {}
    for name in names:
        keys = _keys(name)
        near = sorted({index for key in keys for index in by_key.get(key, ())})
        known = next((index for index in near if same_person(name, united[index])), None)
        if known is None:
            known = len(united)
            united.append(name)
        else:
            united[known] = max(united[known], name, key=_fullness)
        for key in keys:
            by_key.setdefault(key, []).append(known)
    return tuple(united)


def _keys(name: str) -> tuple[str, ...]:
    """Two spellings of one person share one of these: the family name, the words in any order, all letters."""
    spelled = _spellings(name)
    return (f"f {spelled.family}", f"f {spelled.joined}", f"w {' '.join(spelled.words)}", f"l {spelled.letters}")


def fold_name(name: str) -> str:
    """The name for sorting and indexing: given names first, without titles and degrees."""
    parts = _take_apart(name)
    return " ".join((*parts.given, parts.family))


def _fullness(name: str) -> tuple[int, int]:
    """How complete a spelling is: written-out words, then initials; equal spellings keep the first."""
    parts = _take_apart(name)
    return sum(len(word) > 1 for word in parts.given), len(parts.given)


@lru_cache(maxsize=2_048)
def _take_apart(name: str) -> _Name:
    words = _given_first(name)
    generation = next((_generation(word) for word in words[1:] if word in GENERATIONS), None)
    # In front, letters are initials written together: "JD Marlow" is no doctor of law.
    kept = [word for at, word in enumerate(words) if not at or (word not in GENERATIONS and word not in DEGREES)]
    if len(kept) > 2 and kept[0] in _TITLES:
        kept = kept[1:]
    return _Name(tuple(kept[:-1]), kept[-1] if kept else "", generation)


def _given_first(name: str) -> list[str]:
    before, comma, after = tidy(name).partition(",")
    after_words = _words(after)
    if comma and after_words and not all(word in GENERATIONS or word in DEGREES for word in after_words):
        return after_words + _words(before)
    words = _words(name)
    if len(words) > 2 and len(words[0]) > 1 and all(len(word) == 1 for word in words[1:]):
        return [*words[1:], words[0]]  # "Достоевский Ф. М."
    return words


def _words(text: str) -> list[str]:
    """Folded words; degrees written with dots ("Ph.D.") are one word, initials are one each."""
    text = _DOTTED_DEGREE.sub(lambda found: re.sub(r"\W", "", found[0]), text)
    return [word for word in fold(text).split() if any(char.isalnum() for char in word)] or fold(text).split()


def _generation(word: str) -> str:
    return {"junior": "jr", "senior": "sr"}.get(word, word)


def _plain(word: str) -> str:
    """ "mueller" as "muller", for sources write umlauts either way."""
    return _UMLAUTS.sub(r"\1", word) if "e" in word else word


@lru_cache(maxsize=2_048)
def _spellings(name: str) -> _Spellings:
    parts = _take_apart(name)
    words = (*parts.given, parts.family)
    joined = _join_particles(parts).family
    return _Spellings(parts, _plain(parts.family), _plain(joined), tuple(sorted(words)), _plain("".join(words)))


def _given_fit(ones: tuple[str, ...], others: tuple[str, ...]) -> bool:
    shorter, longer = sorted((_divide(ones, others), _divide(others, ones)), key=len)
    if not shorter:
        return not longer
    # "Scott Vell" is "F. Scott Vell", but "Jane Vell" is not "Mara Jane Vell".
    starts = range(len(longer)) if len(longer[0]) == 1 else range(1)
    return any(_fits_in_order(shorter, longer[start:]) for start in starts if _fit(shorter[0], longer[start]))


def _divide(words: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    """ "jrr" as three initials where the other side has the same initials."""
    initials = "".join(word for word in others if len(word) == 1)
    return tuple(part for word in words for part in (word if 1 < len(word) <= 4 and word == initials else [word]))


def _fits_in_order(shorter: tuple[str, ...], longer: tuple[str, ...]) -> bool:
    rest = iter(longer)
    return all(any(_fit(word, other) for other in rest) for word in shorter)


def _fit(one: str, other: str) -> bool:
    if 1 in {len(one), len(other)}:
        return one[:1] == other[:1]
    return _plain(one) == _plain(other)
