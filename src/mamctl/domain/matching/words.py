"""How alike two names of books are, word by word.

No single fuzzy score separates "The Salt Road" from "The Salt Road 2" (93) and "The Salt Rood" (92) from it, so
numbers, words that only one side has, typing errors, small words and order are judged apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from itertools import pairwise

from mamctl.domain.matching.penalties import Penalty
from mamctl.domain.text.common_names import is_given_name
from mamctl.domain.text.common_words import is_word
from mamctl.domain.text.numbers import as_number, split_numbers

Words = tuple[str, ...]

ARTICLES = frozenset({"a", "an", "the"})
# Articles of other languages carry little too, but only at the beginning of a title.
FOREIGN_ARTICLES = frozenset("der die das le la les l el los las il lo un une ein eine o os as".split())
_LINKS = frozenset({"and", "of"})
_PREPOSITIONS = frozenset({"in", "on", "at", "to", "for", "from", "by", "with", "or"})
SMALL_WORDS = ARTICLES | _LINKS | _PREPOSITIONS

# Below this token-sort similarity a typing error is too large for so short a name to be believed alone.
_LIKE_ENOUGH = 88.0
_LIKE_AT_ALL = 76.0
# Endings that make another word, and often the next book: "Hunter" and "Hunters", "Fallen" and "Falling".
_ENDINGS = frozenset({"s", "es", "ed", "er", "ers", "en", "ing", "ings", "ly", "y"})
_FULL = {"dr": "doctor", "mr": "mister", "st": "saint", "vs": "versus", "grey": "gray"}
_LETTERS = {"i": "1", "v": "5", "x": "10"}
_CONFUSED = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"), ("8", "b"))


@lru_cache(maxsize=4_096)
def compare_words(left: Words, right: Words) -> tuple[Penalty, ...]:
    """Penalties against two names being one; symmetric in its amounts, empty when they are equal."""
    left, right = in_full(left), in_full(right)
    if left == right:
        return () if left else (Penalty("title_missing", 1.0, "no title to compare", hard=True),)
    if not left or not right:
        return (Penalty("title_missing", 1.0, "no title to compare", hard=True),)
    if _is_latin(left) != _is_latin(right):
        return _in_latin(left, right)
    first, second, typos = _spell_numbers(min(left, right), max(left, right))
    a, b = split_numbers(first), split_numbers(second)
    penalties = (*_typos(left, right, typos), *_numbers(a.numbers, b.numbers))
    if "".join(a.words) != "".join(b.words):
        penalties += _contents(a.words, b.words)
    elif a.words != b.words:
        penalties += (Penalty("spacing", 0.01, "the words are divided differently"),)
    return penalties


def in_full(words: Words) -> Words:
    """ "Dr. Jekyll" as "Doctor Jekyll"."""
    return words if _FULL.keys().isdisjoint(words) else tuple(_FULL.get(word, word) for word in words)


def _is_latin(words: Words) -> bool:
    return all(word.isascii() for word in words)


def _in_latin(left: Words, right: Words) -> tuple[Penalty, ...]:
    """ "Преступление" beside "Prestuplenie": as it is pronounced, which is itself a doubt."""
    from anyascii import anyascii

    a, b = (tuple(re.findall(r"[a-z0-9]+", anyascii(" ".join(words)).lower())) for words in (left, right))
    return (*compare_words(a, b), Penalty("spelling", 0.03, "one of them is in another script"))


def unmatched(words: Words, others: Words) -> Words:
    """The content words that the other side lacks, typing errors forgiven."""
    return _content(_pair_off(in_full(words), in_full(others))[0]) if words else ()


def are_same_words(left: Words, right: Words) -> bool:
    """Whether neither side has a content word that the other lacks, typing errors forgiven."""
    rest_a, rest_b, _ = _pair_off(in_full(left), in_full(right))
    return not _content(rest_a) and not _content(rest_b)


@lru_cache(maxsize=8_192)
def is_typo(a: str, b: str) -> bool:
    """Whether one word may be the other misspelt or misread: one change, two in long words."""
    longest = max(len(a), len(b))
    if longest < 3 or a.isdigit() or b.isdigit():
        return False
    limit = 1 if longest < 8 else 2
    if _changes(a, b, limit) <= limit and _digits(a) == _digits(b):  # "第1巻" is not "第2巻"
        return True
    return as_scanned(a) == as_scanned(b)


def _digits(word: str) -> str:
    return "" if word.isalpha() else "".join(filter(str.isdecimal, word))


def _changes(a: str, b: str, limit: int) -> int:
    """Letters added, left out, replaced or swapped between two words; anything above `limit` when there are more."""
    return limit + 1 if abs(len(a) - len(b)) > limit else _edits()(a, b, score_cutoff=limit)


@cache
def _edits() -> Callable[..., int]:
    """The distance that counts swapped letters as one change; its library is loaded where words are compared."""
    from rapidfuzz.distance import OSA

    return OSA.distance


@lru_cache(maxsize=4_096)
def as_scanned(word: str) -> str:
    """The word with the letters that scanners confuse made equal: "modem" and "modern", "r0ad" and "road"."""
    for seen, meant in _CONFUSED:
        word = word.replace(seen, meant)
    return word


def _spell_numbers(a: Words, b: Words) -> tuple[Words, Words, tuple[tuple[str, str], ...]]:
    """Both sides with misspelt number words as the other side spells them: "Twellve" beside "Twelve"."""
    if not _has_number(a) and not _has_number(b):
        return a, b, ()
    typos: list[tuple[str, str]] = []
    sides = []
    for ours, theirs in ((a, b), (b, a)):
        ours_ = _with_numerals(ours, theirs)
        meant = sorted({word for word in theirs if word.isalpha() and as_number(word)} - set(ours_))
        spelt = tuple(next((n for n in meant if not as_number(w) and _is_number_typo(w, n)), w) for w in ours_)
        typos.extend((w, n) for w, n in zip(ours_, spelt, strict=True) if w != n)
        sides.append(spelt)
    return sides[0], sides[1], tuple(typos)


def _has_number(words: Words) -> bool:
    return any(as_number(word) for word in words)


def _with_numerals(ours: Words, theirs: Words) -> Words:
    """ "Henry V" as "Henry 5" where the other side has the number: alone, one letter is not a numeral."""
    numbers = {number for word in theirs if (number := as_number(word))}
    return tuple(
        _LETTERS[w] if at and w not in theirs and _LETTERS.get(w) in numbers else w for at, w in enumerate(ours)
    )


def _is_number_typo(word: str, number: str) -> bool:
    return as_scanned(word) == as_scanned(number) or (len(number) >= 5 and is_typo(word, number))


def _numbers(left: Words, right: Words) -> tuple[Penalty, ...]:
    if left == right:
        return ()
    detail = f"{' '.join(left) or 'no number'} against {' '.join(right) or 'no number'}"
    return (Penalty("number", 0.5, detail, hard=True),)


def _contents(left: Words, right: Words) -> tuple[Penalty, ...]:
    """Words without counterpart, typing errors, small words, order."""
    rest_a, rest_b, typos = _pair_off(left, right)
    alone = [word for word in (*rest_a, *rest_b) if word not in SMALL_WORDS]
    if len(alone) == 1 and _begins_with_article(left, right, alone[0]):
        return (Penalty("small_word", 0.05, f"only one side has {alone[0]}"), *_typos(left, right, typos))
    if alone:
        detail = f"only one side has {', '.join(sorted(alone))}"
        return (Penalty("unmatched_word", round(min(1.0, 0.4 + 0.1 * len(alone)), 4), detail, hard=True),)
    found = (*_typos(left, right, typos), *_small_words(rest_a, rest_b))
    if typos or "".join(_content(left)) == "".join(_content(right)):
        return found
    return (*found, Penalty("word_order", 0.12, "the same words in another order"))


def _begins_with_article(left: Words, right: Words, word: str) -> bool:
    """ "Der Prozess" beside "Prozess"."""
    return word in FOREIGN_ARTICLES and word in {*left[:1], *right[:1]} and bool(_content(left) and _content(right))


def _content(words: Words) -> Words:
    return tuple(word for word in words if word not in SMALL_WORDS)


def _pair_off(a: Words, b: Words) -> tuple[Words, Words, tuple[tuple[str, str], ...]]:
    """Equal words go, then words divided otherwise, then pairs that differ by a typo; the rest has no counterpart."""
    left, right = _surplus(a, b), _surplus(b, a)
    if not left or not right:
        return tuple(left), tuple(right), ()
    _drop_divided(a, left, right)
    _drop_divided(b, right, left)
    typos = []
    for word in list(left):
        for other in right:
            if is_misspelt(word, other):
                left.remove(word)
                right.remove(other)
                typos.append((word, other))
                break
    return tuple(left), tuple(right), tuple(typos)


def _surplus(words: Words, others: Words) -> list[str]:
    """The words that the others do not have, or not as often, sorted."""
    rest = list(others)
    surplus = []
    for word in words:
        if word in rest:
            rest.remove(word)
        else:
            surplus.append(word)
    surplus.sort()
    return surplus


def _drop_divided(order: Words, parts: list[str], wholes: list[str]) -> None:
    """ "night", "watch" on one side and "nightwatch" on the other are the same."""
    for first, second in pairwise(order):
        whole = first + second
        if whole in wholes and first in parts and second in parts and (first != second or parts.count(first) > 1):
            wholes.remove(whole)
            parts.remove(first)
            parts.remove(second)


@lru_cache(maxsize=16_384)
def is_misspelt(a: str, b: str) -> bool:
    """Whether one word may be the other misspelt or misread, small words included."""
    return is_typo(a, b) or _is_small_typo(a, b)


def _is_small_typo(a: str, b: str) -> bool:
    """ "teh" or "th" for "the", "0f" for "of": one of the two is a small word, the other nothing known."""
    if (a in SMALL_WORDS) == (b in SMALL_WORDS) or max(len(a), len(b)) > 4:
        return False
    return as_scanned(a) == as_scanned(b) or (max(len(a), len(b)) > 2 and _changes(a, b, 1) == 1)


def _typos(left: Words, right: Words, typos: tuple[tuple[str, str], ...]) -> tuple[Penalty, ...]:
    if not typos:
        return ()
    detail = ", ".join("/".join(sorted(pair)) for pair in typos)
    if any(_is_inflection(a, b) for a, b in typos):
        return (Penalty("other_form", 0.25, f"{detail} may be two words", hard=True),)
    if any(_is_known(a) and _is_known(b) for a, b in typos):
        return (Penalty("other_word", 0.25, f"{detail} are two words"),)
    similarity = _similarity(left, right, typos)
    if similarity < _LIKE_ENOUGH:
        return (Penalty("spelling", 0.1 if similarity >= _LIKE_AT_ALL else 0.2, f"{detail} in so short a title"),)
    first = 0.02 if any(a[0] != b[0] for a, b in typos) else 0.0
    return (Penalty("spelling", round(0.01 + 0.05 * len(typos) + first, 4), detail),)


def _is_known(word: str) -> bool:
    return is_word(word) or is_given_name(word)


def _is_inflection(a: str, b: str) -> bool:
    """Whether two words differ by their endings: "hunter" and "hunters", "hunted", "dance" and "dancer"."""
    if {a[-3:], b[-3:]} == {"man", "men"} and a[:-3] == b[:-3]:
        return True
    short, long_ = sorted((a, b), key=len)
    if long_.endswith("ess") and long_.removesuffix("ess") in {short, short.removesuffix("e"), short[:-2] + "r"}:
        return True  # "prince" and "princess", "lion" and "lioness", "actor" and "actress"
    if long_.startswith(short):
        return long_[len(short) :] in (_ENDINGS | {"r", "d"} if short.endswith("e") else _ENDINGS)
    stems = (stem for stem in range(3, len(short)) if a[:stem] == b[:stem])
    return any(a[stem:] in _ENDINGS and b[stem:] in _ENDINGS for stem in stems)


def _similarity(left: Words, right: Words, typos: tuple[tuple[str, str], ...]) -> float:
    """The share of letters, in percent, that the typos leave in place."""
    from rapidfuzz.distance import Indel

    changed = sum(Indel.distance(a, b) if as_scanned(a) != as_scanned(b) else 1 for a, b in typos)
    return 100 * (1 - changed / max(1, len(" ".join(left)) + len(" ".join(right))))


def _small_words(left: Words, right: Words) -> tuple[Penalty, ...]:
    """Small words missing or changed: an article carries little, a preposition may make another name."""
    only = sorted((*left, *right))
    if not only:
        return ()
    amount = sum(0.12 if word in _PREPOSITIONS else 0.02 for word in only)
    if all(set(side) - ARTICLES for side in (left, right)):
        amount = max(amount, 0.2)  # "Salt to the Sea" is not "Salt of the Sea"
    return (Penalty("small_word", round(min(0.24, amount), 4), f"only one side has {', '.join(only)}"),)
