"""How much a heard name sounds like a written one: "Nick Poe Dale" like "Nick Podehl"."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from mamctl.domain.text.normalize import fold_letters

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MOST_WORDS = 8
"""Words of a heard window that are compared."""

_HOPELESS = 60.0
_PART_MAY_LACK = 15.0  # a given or family name this much less alike than the whole still is the person's


def likeness(heard: Sequence[str], name: str) -> tuple[float, int]:
    """How alike, 0 to 100, the best stretch of the heard words is to the name, and where that stretch ends.

    Engines split and join the words of a name they do not know, so stretches one word shorter and two longer than
    the name are tried, from the first heard word or the second. Alike in letters or in sounds will do; but a given
    name that is another one is another person, however alike the rest.
    """
    return _best_stretch(heard, name.split(), _name_score)


def loose_likeness(heard: Sequence[str], name: str) -> float:
    """The same for the whole name at once, 0 to 100: chance brings strangers to 70."""
    return _best_stretch(heard, name.split(), lambda one, other: _alike(" ".join(one), " ".join(other)))[0]


def _best_stretch(
    heard: Sequence[str], written: Sequence[str], score: Callable[[Sequence[str], Sequence[str]], float]
) -> tuple[float, int]:
    best, best_end = 0.0, 0
    for start in (0, 1):
        for end in range(start + max(1, len(written) - 1), min(len(heard), start + len(written) + 2, MOST_WORDS) + 1):
            found = score(heard[start:end], written) - 3.0 * start
            if found > best:
                best, best_end = found, end
    return best, best_end


def word_likeness(heard: str, word: str) -> float:
    """How alike two words are, 0 to 100: letters and sounds together."""
    from rapidfuzz.fuzz import ratio

    one, other = _spelling(heard), _spelling(word)
    return (ratio(one[0], other[0]) + ratio(one[1], other[1])) / 2


def _name_score(heard: Sequence[str], written: Sequence[str]) -> float:
    whole = _alike(" ".join(heard), " ".join(written))
    if len(written) < 2 or whole < _HOPELESS:
        return whole
    given, family = written[0], written[-1]
    parted = max(
        (min(_alike(" ".join(heard[:at]), given), _alike(" ".join(heard[at:]), family)) for at in range(1, len(heard))),
        default=0.0,
    )
    if len(written) > 2:  # what stands in between may be left out or said as an initial
        parted = max(parted, min(_alike(heard[0], given), _alike(heard[-1], family)))
    return min(whole, parted + _PART_MAY_LACK)


def _alike(one: str, other: str) -> float:
    from rapidfuzz.fuzz import ratio

    a, b = _spelling(one), _spelling(other)
    return max(ratio(a[0], b[0]), ratio(a[1], b[1]))


@lru_cache(maxsize=20_000)
def _spelling(text: str) -> tuple[str, str]:
    """The letters in one word, and their sounds (metaphone)."""
    from jellyfish import metaphone

    letters = fold_letters(text)
    return "".join(char for char in letters if char.isalnum()), metaphone(letters).replace(" ", "")
