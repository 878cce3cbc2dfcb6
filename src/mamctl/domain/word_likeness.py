"""How alike two names of books are, word by word.

No single fuzzy score separates "The Salt Road" from "The Salt Road 2" (93) and "The Salt Rood" (92) from it, so
numbers, words that only one side has, slips of the pen, small words and order are judged apart.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from mamctl.domain.match_penalty import Penalty
from mamctl.domain.title_numbers import split_numbers

ARTICLES = frozenset({"a", "an", "the"})
_LINKS = frozenset({"and", "of"})
_PREPOSITIONS = frozenset({"in", "on", "at", "to", "for", "from", "by", "with", "or"})
SMALL_WORDS = ARTICLES | _LINKS | _PREPOSITIONS

# Below this token-sort likeness a slip of the pen is too large for so short a name to be believed alone.
_LIKE_ENOUGH = 88.0
# Endings that make another word, and often the next book: "Hunter" and "Hunters", "Fallen" and "Falling".
_ENDINGS = frozenset({"s", "es", "d", "ed", "er", "ers", "ing", "n", "r", "y", "ly"})
_CONFUSED = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"), ("8", "b"))


@lru_cache(maxsize=65_536)
def compare_words(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[Penalty, ...]:
    """What speaks against two names being one; symmetric in its amounts, empty when they are equal."""
    if left == right:
        return () if left else (Penalty("title_missing", 1.0, "no title to compare", hard=True),)
    if not left or not right:
        return (Penalty("title_missing", 1.0, "no title to compare", hard=True),)
    a, b = split_numbers(min(left, right)), split_numbers(max(left, right))
    penalties = _numbers(a.numbers, b.numbers)
    if "".join(a.words) != "".join(b.words):
        penalties += (*_contents(a.words, b.words), *_small_words(a.words, b.words))
    elif a.words != b.words:
        penalties += (Penalty("spacing", 0.01, "the words are divided differently"),)
    return penalties


def unmatched(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The content words of each side that the other lacks, slips of the pen forgiven."""
    rest_a, rest_b, _ = _pair_off(_content(left), _content(right))
    return rest_a, rest_b


def is_slip(a: str, b: str) -> bool:
    """Whether one word may be the other misspelt or misread: one change, two in long words."""
    from rapidfuzz.distance import OSA

    longest = max(len(a), len(b))
    if longest < 3 or a.isdigit() or b.isdigit():
        return False
    limit = 1 if longest < 8 else 2
    return OSA.distance(a, b, score_cutoff=limit) <= limit or as_scanned(a) == as_scanned(b)


def as_scanned(word: str) -> str:
    """The word with the letters that scanners confuse made equal: "modem" and "modern", "r0ad" and "road"."""
    for seen, meant in _CONFUSED:
        word = word.replace(seen, meant)
    return word


def _numbers(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[Penalty, ...]:
    if left == right:
        return ()
    detail = f"{' '.join(left) or 'no number'} against {' '.join(right) or 'no number'}"
    return (Penalty("number", 0.5, detail, hard=True),)


def _content(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in SMALL_WORDS) or words


def _contents(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[Penalty, ...]:
    a, b = _content(left), _content(right)
    if a == b or "".join(a) == "".join(b):
        return ()
    rest_a, rest_b, slips = _pair_off(a, b)
    if rest_a or rest_b:
        detail = f"only one side has {', '.join(sorted((*rest_a, *rest_b)))}"
        return (Penalty("unmatched_word", round(min(1.0, 0.4 + 0.1 * len(rest_a + rest_b)), 4), detail, hard=True),)
    if slips:
        return _slips(left, right, slips)
    return (Penalty("word_order", 0.12, "the same words in another order"),)


def _pair_off(
    a: tuple[str, ...], b: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Equal words go, then pairs that differ by a slip; what is left has no counterpart."""
    left = sorted((Counter(a) - Counter(b)).elements())
    right = sorted((Counter(b) - Counter(a)).elements())
    if left and right and len(left) != len(right) and "".join(left) in {"".join(right), "".join(right[::-1])}:
        return (), (), ()
    slips = []
    for word in list(left):
        partner = next((other for other in right if is_slip(word, other)), None)
        if partner is not None:
            left.remove(word)
            right.remove(partner)
            slips.append((word, partner))
    return tuple(left), tuple(right), tuple(slips)


def _slips(left: tuple[str, ...], right: tuple[str, ...], slips: tuple[tuple[str, str], ...]) -> tuple[Penalty, ...]:
    detail = ", ".join("/".join(sorted(pair)) for pair in slips)
    if any(_is_inflection(a, b) for a, b in slips):
        return (Penalty("other_form", 0.2, f"{detail} may be two words"),)
    if _likeness(left, right) < _LIKE_ENOUGH:
        return (Penalty("spelling", 0.25, f"{detail} in so short a title"),)
    first = 0.03 if any(a[0] != b[0] for a, b in slips) else 0.0
    return (Penalty("spelling", round(0.01 + 0.05 * len(slips) + first, 4), detail),)


def _is_inflection(a: str, b: str) -> bool:
    short, long_ = sorted((a, b), key=len)
    if long_.startswith(short) and long_[len(short) :] in _ENDINGS:
        return True
    stem = 0
    while stem < len(short) and short[stem] == long_[stem]:
        stem += 1
    return stem >= 3 and short[stem:] in _ENDINGS and long_[stem:] in _ENDINGS


def _likeness(left: tuple[str, ...], right: tuple[str, ...]) -> float:
    from rapidfuzz import fuzz

    scanned = [" ".join(as_scanned(word) for word in words) for words in (left, right)]
    return max(fuzz.token_sort_ratio(" ".join(left), " ".join(right)), fuzz.token_sort_ratio(*scanned))


def _small_words(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[Penalty, ...]:
    """Small words missing or changed: an article says little, a preposition may make another name."""
    ours, theirs = (Counter(word for word in words if word in SMALL_WORDS) for words in (left, right))
    only = [*(ours - theirs).elements(), *(theirs - ours).elements()]
    if not only:
        return ()
    amount = sum(0.12 if word in _PREPOSITIONS else 0.02 for word in only)
    detail = f"only one side has {', '.join(sorted(only))}"
    return (Penalty("small_word", round(min(0.24, amount), 4), detail),)
