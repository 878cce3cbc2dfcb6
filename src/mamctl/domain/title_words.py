"""A title as comparable words: folded, without apostrophes, underscores and dots read as blanks."""

from __future__ import annotations

import re
import unicodedata

_APOSTROPHES = re.compile(r"['’‘`´ʼ]")
_STRAY_S = re.compile(r"(?<=[a-z]) s\b")
_INVERTED = re.compile(r"^(?P<rest>.+), (?P<article>the|an?|der|die|das|le|la|les|el|los|las|il)$")
_WORD = re.compile(r"\d+(?:\.\d+)?(?:st|nd|rd|th)?(?![^\W_])|[^\W_]+")
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_LETTERS)


def clean_title(text: str) -> str:
    """Folded text that still has its punctuation, with "&" as "and" and file-name blanks as blanks."""
    folded = _APOSTROPHES.sub("", _fold(text)).replace("–", "-").replace("—", " - ").replace("‐", "-")
    if " " in folded:
        folded = folded.replace("_ ", ": ")
    spaced = re.sub(r"[_\s]+", " ", folded.replace("&amp;", "&"))
    if " " not in spaced.strip():
        spaced = re.sub(r"\.(?!\d*$)|(?<=\D)\.", " ", spaced)
    return _STRAY_S.sub("s", re.sub(r"\s*[&+]\s*", " and ", spaced)).strip()


def words_of(text: str) -> tuple[str, ...]:
    """The words of a piece of title in order, ", The" moved to the front; nothing but letters and digits."""
    plain = clean_title(text)
    if inverted := _INVERTED.match(plain):
        plain = f"{inverted['article']} {inverted['rest']}"
    return tuple(_WORD.findall(plain))
