"""Numbers hidden in the words of a title: digits, number words, ordinals, small Roman numerals.

A number on one side only, or an unequal one, means another book, whatever a fuzzy score says; so numbers are
taken out of the words and compared for themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ONES = {
    word: value
    for value, words in enumerate(
        (
            "zero zeroth",
            "one first",
            "two second",
            "three third",
            "four fourth",
            "five fifth",
            "six sixth",
            "seven seventh",
            "eight eighth",
            "nine ninth",
            "ten tenth",
            "eleven eleventh",
            "twelve twelfth",
            "thirteen thirteenth",
            "fourteen fourteenth",
            "fifteen fifteenth",
            "sixteen sixteenth",
            "seventeen seventeenth",
            "eighteen eighteenth",
            "nineteen nineteenth",
        )
    )
    for word in words.split()
}
_TENS = {
    word: 10 * value
    for value, words in enumerate(
        (
            "twenty twentieth",
            "thirty thirtieth",
            "forty fortieth",
            "fifty fiftieth",
            "sixty sixtieth",
            "seventy seventieth",
            "eighty eightieth",
            "ninety ninetieth",
        ),
        start=2,
    )
    for word in words.split()
}
_SCALES = {"hundred": 100, "hundredth": 100, "thousand": 1_000, "thousandth": 1_000, "million": 1_000_000}
_ROMAN = {
    "ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "xi": 11, "xii": 12, "xiii": 13,
    "xiv": 14, "xv": 15, "xvi": 16, "xvii": 17, "xviii": 18, "xix": 19, "xx": 20,
}  # fmt: skip
_DIGITS = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)(?:st|nd|rd|th)?")
# What a scanner or a hurried hand puts for a digit, believed only beside a true digit: "l984", "2OO1".
_LOOKALIKE = str.maketrans({"o": "0", "l": "1", "i": "1"})
_MANGLED = re.compile(r"(?=.*\d)[\doli]{2,12}")


@dataclass(frozen=True, slots=True)
class WordsAndNumbers:
    """A title's words without its numbers, and its numbers in their plainest spelling, in order."""

    words: tuple[str, ...]
    numbers: tuple[str, ...]


def split_numbers(words: tuple[str, ...]) -> WordsAndNumbers:
    """`("catch", "twenty", "two")` → words `("catch",)`, numbers `("22",)`."""
    rest: list[str] = []
    numbers: list[str] = []
    at = 0
    while at < len(words):
        if words[at] == "a" and words[at + 1 : at + 2] and words[at + 1] in {"hundred", "thousand"}:
            words = (*words[:at], "one", *words[at + 1 :])
        number, used = _number_at(words, at)
        if number is None:
            rest.append(words[at])
        else:
            numbers.append(number)
        at += used
    return WordsAndNumbers(tuple(rest), tuple(numbers))


def as_number(word: str) -> str | None:
    """One word as a number: `"2nd"`, `"02"`, `"two"`, `"second"`, `"ii"` → `"2"`; else None."""
    if digits := _DIGITS.fullmatch(word):
        return _plain(digits.group(1))
    if word in _ROMAN:
        return str(_ROMAN[word])
    value = _ONES.get(word, _TENS.get(word))
    if value is not None:
        return str(value)
    return str(int(word.translate(_LOOKALIKE))) if _MANGLED.fullmatch(word) else None


def _number_at(words: tuple[str, ...], at: int) -> tuple[str | None, int]:
    """The number that starts at this word, and how many words it takes (1 when there is none)."""
    spoken = _spoken_at(words, at)
    if spoken is not None:
        return spoken
    return as_number(words[at]), 1


def _spoken_at(words: tuple[str, ...], at: int) -> tuple[str, int] | None:
    """A number in words, as long as it goes: "one hundred", "nineteen eighty four", "twenty thousand"."""
    total, group, used = 0, None, 0
    for word in words[at:]:
        if word in _SCALES and group is not None:
            total, group = total + group * _SCALES[word], 0
        elif word == "and" and _goes_on_after_and(words, at + used, group, total):
            pass
        elif word in _TENS and group is not None and 0 < group < 10 and used == 1:
            group = group * 100 + _TENS[word]  # "four fifty-one"
        elif word in _TENS and (group is None or group == 0):
            group = (group or 0) + _TENS[word]
        elif word in _TENS and group is not None and 10 < group < 100 and used == 1:
            group = group * 100 + _TENS[word]  # "nineteen eighty" is a year
        elif word in _ONES and (group is None or group == 0 or (group % 10 == 0 and _ONES[word] < 10)):
            group = (group or 0) + _ONES[word]
        else:
            break
        used += 1
    return None if group is None else (str(total + group), used)


def _goes_on_after_and(words: tuple[str, ...], at: int, group: int | None, total: int) -> bool:
    """ "one hundred and one"."""
    following = words[at + 1] if at + 1 < len(words) else ""
    return total > 0 and group == 0 and (following in _ONES or following in _TENS)


def _plain(digits: str) -> str:
    """ "02" and "2.0" are "2"; "1.50" is "1.5"."""
    whole, _, part = digits.partition(".")
    part = part.rstrip("0")
    return f"{int(whole)}.{part}" if part else str(int(whole))
