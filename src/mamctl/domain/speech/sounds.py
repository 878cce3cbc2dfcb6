"""Words as sequences of sounds, and how alike two sequences are: engines mishear "Okafor" as "Achafer".

A spelling is read by the rules that English, German, French and Spanish names share; each sound is one character:
vowels as written, consonants in lower case, and T for "th", S for "sh", C for "ch" (which may be k, too).
"""

from __future__ import annotations

from functools import lru_cache

_RULES = (  # the longest first; "" is silent
    ("tsch", "C"), ("schw", "Sv"), ("sch", "S"), ("tch", "C"), ("igh", "i"), ("eau", "o"), ("ough", "o"),
    ("augh", "o"), ("au", "o"), ("aw", "o"),
    ("qu", "kw"), ("ck", "k"), ("ch", "C"), ("ph", "f"), ("sh", "S"), ("th", "T"), ("gh", "g"),
    ("wh", "w"), ("wr", "r"), ("dg", "j"), ("ce", "se"), ("ci", "si"), ("cy", "si"), ("ee", "i"), ("ea", "i"),
    ("oo", "u"), ("ou", "u"), ("ie", "i"), ("ey", "i"), ("ay", "e"), ("ai", "e"), ("oa", "o"), ("ow", "o"),
    ("x", "ks"), ("q", "k"), ("c", "k"),
)  # fmt: skip
_AT_START = (("kn", "n"), ("gn", "n"), ("ps", "s"), ("ae", "e"), ("y", "y"))

_VOWELS = frozenset("aeiou")
_WEAK = {"h": 0.3, "y": 0.3, "w": 0.5, "r": 0.7, "g": 0.8}
_VOWEL_WEIGHT = 0.4
_OTHER_VOWEL = 0.12
_PAIRS = {
    "pb": 0.2, "td": 0.2, "kg": 0.2, "fv": 0.2, "sz": 0.2, "SC": 0.2, "Sj": 0.3, "Cj": 0.2, "Ck": 0.25, "Cg": 0.4,
    "Sz": 0.3, "Sk": 0.6, "zj": 0.3, "mn": 0.4, "tT": 0.2, "dT": 0.25, "fT": 0.3, "sT": 0.4, "sS": 0.3, "sC": 0.4,
    "tC": 0.4, "bv": 0.3, "pf": 0.5, "bf": 0.5, "pv": 0.5, "bm": 0.5, "vm": 0.5, "wv": 0.3, "wr": 0.4, "wl": 0.5,
    "rl": 0.5, "dn": 0.6, "nl": 0.6, "dl": 0.6, "kt": 0.6, "pt": 0.6, "pk": 0.6, "bd": 0.6, "bg": 0.7, "dg": 0.6,
    "gj": 0.4, "kh": 0.5, "gh": 0.5, "fh": 0.6, "yj": 0.4, "dj": 0.5, "wb": 0.5, "wm": 0.6, "nd": 0.6,
}  # fmt: skip
_COSTS = {both: cost for pair, cost in _PAIRS.items() for both in (pair, pair[::-1])}
_UNRELATED = 1.0


@lru_cache(maxsize=20_000)
def sounds(text: str) -> str:
    """The sounds of folded letters (a to z; anything else is left out); doubled ones once."""
    letters = "".join(char for char in text if "a" <= char <= "z")
    found: list[str] = []
    at = 0
    for spelled, spoken in _AT_START:
        if letters.startswith(spelled):
            found.append(spoken)
            at = len(spelled)
            break
    while at < len(letters):
        spelled, spoken = next((rule for rule in _RULES if letters.startswith(rule[0], at)), (letters[at],) * 2)
        found.append("i" if spoken == "y" and at else spoken)
        at += len(spelled)
    sounded = "".join(found)
    if len(sounded) > 3 and sounded[-1] == "e" and sounded[-2] not in _VOWELS:
        sounded = sounded[:-1]
    return "".join(sound for at, sound in enumerate(sounded) if at == 0 or sound != sounded[at - 1])


def sound_similarity(heard: str, parts: tuple[str, ...]) -> tuple[float, ...]:
    """How alike heard sounds are to those of `parts` spoken one after another: first the whole, then each part.

    Each is 0 to 100. The heard sounds are given to the parts as fits best, for engines do not hear where a word ends.
    """
    meant = "".join(parts)
    costs = _align(heard, meant)
    row, column = len(heard), len(meant)
    ends = [sum(len(part) for part in parts[: at + 1]) for at in range(len(parts))]
    cuts = {column: row}
    while row and column:  # back along the cheapest way: which heard sound each part begins with
        step = costs[row][column]
        if step == costs[row - 1][column - 1] + _swap(heard[row - 1], meant[column - 1]):
            row, column = row - 1, column - 1
        elif step == costs[row][column - 1] + _weight(meant[column - 1]):
            column -= 1
        else:
            row -= 1
        if column in ends[:-1]:  # what was heard after the last sound belongs to the last part
            cuts[column] = row
    scores = [_score(costs[-1][-1], heard, meant)]
    begin = since = 0
    for part, end in zip(parts, ends, strict=True):
        until = cuts.get(end, since)
        scores.append(_score(costs[until][end] - costs[since][begin], heard[since:until], part))
        begin, since = end, until
    return tuple(scores)


def _align(heard: str, meant: str) -> list[list[float]]:
    """The least cost of turning each beginning of one into each beginning of the other."""
    costs = [[0.0] * (len(meant) + 1) for _ in range(len(heard) + 1)]
    for column, sound in enumerate(meant):
        costs[0][column + 1] = costs[0][column] + _weight(sound)
    for row, one in enumerate(heard):
        above, here = costs[row], costs[row + 1]
        loss = _weight(one)
        here[0] = above[0] + loss
        for column, other in enumerate(meant):
            here[column + 1] = min(
                above[column] + _swap(one, other), here[column] + _weight(other), above[column + 1] + loss
            )
    return costs


def _weight(sound: str) -> float:
    return _VOWEL_WEIGHT if sound in _VOWELS else _WEAK.get(sound, 1.0)


def _swap(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if one in _VOWELS and other in _VOWELS:
        return _OTHER_VOWEL
    return _COSTS.get(one + other, _UNRELATED if one not in _VOWELS and other not in _VOWELS else 1.2)


def _score(cost: float, heard: str, meant: str) -> float:
    both = sum(map(_weight, heard)) + sum(map(_weight, meant))
    return max(0.0, 100.0 * (1.0 - 2.0 * cost / both)) if both else 0.0
