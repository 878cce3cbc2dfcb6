"""Numbers as words and Roman numerals, as they stand after "Book" and "Volume"."""

from __future__ import annotations

import re

from mamctl.domain.text.normalize import fold

_WORDS = {
    word: number
    for number, words in enumerate(
        (
            "one first eins erster erste erstes un uno una premier primero",
            "two second zwei zweiter zweite zweites deux dos due deuxieme segundo",
            "three third drei dritter dritte drittes trois tres tre troisieme tercero",
            "four fourth vier vierter vierte quatre cuatro quattro",
            "five fifth funf funfter funfte cinq cinco cinque",
            "six sixth sechs sechster sechste seis sei",
            "seven seventh sieben siebter siebte sept siete sette",
            "eight eighth acht achter achte huit ocho otto",
            "nine ninth neun neunter neunte neuf nueve nove",
            "ten tenth zehn zehnter zehnte dix diez dieci",
            "eleven eleventh elf",
            "twelve twelfth zwolf",
            "thirteen thirteenth",
            "fourteen fourteenth",
            "fifteen fifteenth",
            "sixteen sixteenth",
            "seventeen seventeenth",
            "eighteen eighteenth",
            "nineteen nineteenth",
            "twenty twentieth",
        ),
        start=1,
    )
    for word in words.split()
}
_ROMAN = re.compile(r"(?=[IVXL])(XL|L?X{0,3})(IX|IV|V?I{0,3})", re.IGNORECASE)
_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50}


def number_of_word(text: str) -> int | None:
    """The number of a word in English, German, French, Spanish or Italian, one to twenty."""
    return _WORDS.get(fold(text))


def number_of_roman(text: str) -> int | None:
    """The number of a well-formed Roman numeral below ninety."""
    if not text.isascii() or not _ROMAN.fullmatch(text):
        return None
    values = [_VALUES[char] for char in text.lower()]
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=True))
