"""How much a heard name sounds like a written one: "Nick Poe Dale" like "Nick Podehl"."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from mamctl.domain.speech.sounds import sound_similarity, sounds
from mamctl.domain.text.common_names import is_given_name
from mamctl.domain.text.normalize import fold_letters

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST_WORDS = 8
"""Words of a heard window that are compared."""

_LATER_START = 3.0  # taken off for leaving out the first heard word
_PART_MAY_LACK = 15.0  # a given or family name this much less alike than the whole still is the person's
_LETTERS_OVER_SOUNDS = 10.0  # how far equal letters may lift what sounds differ
_SAME_GIVEN = 75.0  # less alike than this, a plainly heard given name is another one
_OTHER_GIVEN = 45.0  # as which such a one counts
_COMPARED = 30  # names that are compared sound by sound; the others are further off than any of them


def name_similarity(heard: Sequence[str], name: str) -> tuple[float, int]:
    """How alike, 0 to 100, the best stretch of the heard words is to the name, and where that stretch ends.

    Engines split and join the words of a name they do not know, so stretches one word shorter and two longer than
    the name are tried, from the first heard word or the second, and the sounds decide which of them belong to the
    given name and which to the family name. Both must be alike: a given name that is another one is another person.
    """
    return max(
        ((_name_score(heard[start:end], name) - _LATER_START * start, end) for start, end in _stretches(heard, name)),
        default=(0.0, 0),
    )


def most_similar(heard: Sequence[str], names: Iterable[str]) -> list[tuple[float, int, str]]:
    """The names that are most alike, best first: score, end of the heard stretch, name. Far ones are left out."""
    near = sorted(names, key=lambda name: -rough_similarity(heard, name))[:_COMPARED]
    return sorted(((*name_similarity(heard, name), name) for name in near), key=lambda one: (-one[0], one[2]))


def rough_similarity(heard: Sequence[str], text: str) -> float:
    """How alike the best stretch is by letters or by Metaphone as a whole, 0 to 100: chance brings strangers to 70."""
    return max(
        (_roughly(" ".join(heard[start:end]), text) - _LATER_START * start for start, end in _stretches(heard, text)),
        default=0.0,
    )


def whole_similarity(heard: Sequence[str], name: str) -> float:
    """How alike the best stretch sounds to the name as a whole, 0 to 100: chance brings strangers to 55."""
    meant = (sounds(fold_letters(name)),)
    return max(
        (
            sound_similarity(sounds("".join(heard[start:end])), meant)[0] - _LATER_START * start
            for start, end in _stretches(heard, name)
        ),
        default=0.0,
    )


def is_other_given_name(heard: str, name: str) -> bool:
    """Whether a heard word is plainly a given name, and another than that of `name`."""
    given = sounds(fold_letters(name).split()[0]) if name.split() else ""
    return is_given_name(heard) and sound_similarity(sounds(heard), (given,))[0] < _SAME_GIVEN


def word_similarity(heard: str, word: str) -> float:
    """How alike two words are, 0 to 100: letters and sounds together."""
    from rapidfuzz.fuzz import ratio

    one, other = _spelling(heard), _spelling(word)
    return (ratio(one[0], other[0]) + ratio(one[1], other[1])) / 2


def _stretches(heard: Sequence[str], text: str) -> Iterator[tuple[int, int]]:
    length = len(text.split())
    for start in (0, 1):
        for end in range(start + max(1, length - 1), min(len(heard), start + length + 2, MOST_WORDS) + 1):
            yield start, end


def _name_score(heard: Sequence[str], name: str) -> float:
    from rapidfuzz.fuzz import ratio

    written = fold_letters(name).split()
    spoken = sounds("".join(heard))
    letters = ratio("".join(heard), "".join(written))
    if len(written) < 2:
        return _together(letters, sound_similarity(spoken, (sounds(written[0]),))[0]) if written else 0.0
    best = 0.0
    for given, family in _two_parts(written):
        whole, of_given, of_family = sound_similarity(spoken, (sounds(given), sounds(family)))
        if is_other_given_name(heard[0], name):
            of_given = min(of_given, _OTHER_GIVEN)
        parted = min(of_given, of_family) + _PART_MAY_LACK
        best = max(best, min(_together(letters, whole), parted))
    return best


def _together(letters: float, sound: float) -> float:
    return max(sound, min(letters, sound + _LETTERS_OVER_SOUNDS))


def _two_parts(written: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Given and family name as they may be said: names between them in full, or left out."""
    yield "".join(written[:-1]), written[-1]
    if len(written) > 2:
        yield written[0], written[-1]
        yield written[0], "".join(written[1:])


def _roughly(one: str, other: str) -> float:
    from rapidfuzz.fuzz import ratio

    a, b = _spelling(one), _spelling(other)
    return max(ratio(a[0], b[0]), ratio(a[1], b[1]))


@lru_cache(maxsize=20_000)
def _spelling(text: str) -> tuple[str, str]:
    """The letters in one word, and their sounds (Metaphone)."""
    from jellyfish import metaphone

    letters = fold_letters(text)
    return "".join(char for char in letters if char.isalnum()), metaphone(letters).replace(" ", "")
