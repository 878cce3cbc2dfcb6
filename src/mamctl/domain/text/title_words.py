"""A title as comparable words: folded, without apostrophes, underscores and dots read as blanks."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from mamctl.domain.text.normalize import fold_letters
from mamctl.regex import regex

_STRAY_S = regex(r"(?<=[a-z]) s\b(?!\.)")
_INVERTED = regex(r"^(?P<rest>.+), (?P<article>the|an?|der|die|das|le|la|les|el|los|las|il)$")
_WORD = regex(r"\d+(?:\.\d+)?(?:st|nd|rd|th)?(?![^\W_])|[^\W_]+")
# Digits that scanners put for letters; ordinals ("2nd", "1st") and codes with other digits stay as they are.
_MIXED = regex(
    r"\b(?!(?:cd|dis[ck]|v|vol|book|bk|part|pt|ep|episode|track|band|bd|teil|tome)\d+\b)(?!\d+(?:st|nd|rd|th|k|mb|gb)\b)(?=[a-z]*[015])(?=[015]*[a-z])[a-z015]{2,}\b"
)
_THOUSANDS = regex(r"(?<=\d),(?=\d{3}\b)")
_CLOCK = regex(r"\b(\d{1,2}):(?=\d\d\b(?!:))")
_DOTTED = regex(r"\b(\d+)\.(\d+)\.(\d+)\b")  # a date, no fraction
_MASK = regex(r"(?<=[^\W_])[*@$]+(?=[^\W_])")  # "F*ck"
_DIGIT = regex(r"\d")
_GAPS = regex(r"[_\s]+")
_DOT = regex(r"\.(?!\d*$)|(?<=\D)\.")
_AND = regex(r"\s*[&+]\s*")
_SIGNS = str.maketrans("™®©℠", "    ")
_DASHES = str.maketrans("–‐‑꞉∶", "---::")
_SCANNED = str.maketrans("015", "ols")


def _reread_digits(found: re.Match[str]) -> str:
    """ "R0ad", "V0l", "0f": a scanner's digits among letters are letters again."""
    word = found.group()
    return word.translate(_SCANNED) if sum(c.isalpha() for c in word) * 2 >= len(word) else word


@lru_cache(maxsize=2_048)
def clean_title(text: str) -> str:
    """Folded text that still has its punctuation, with "&" as "and" and file-name blanks as blanks."""
    if not text.isascii():
        text = text.translate(_SIGNS)
    folded = fold_letters(_MASK.sub("", text))
    if not folded.isascii():
        folded = unicodedata.normalize("NFC", folded)
    if _DIGIT.search(folded):
        folded = _MIXED.sub(_reread_digits, folded)
        folded = _DOTTED.sub(r"\1 \2 \3", _CLOCK.sub(r"\1.", _THOUSANDS.sub("", folded)))
    if not folded.isascii():
        folded = folded.replace("—", " - ").translate(_DASHES)
    if " " in folded:
        folded = folded.replace("_ ", ": ")
    spaced = _GAPS.sub(" ", folded.replace("&amp;", "&"))
    if " " not in spaced.strip():
        spaced = _DOT.sub(" ", spaced)
    return _STRAY_S.sub("s", _AND.sub(" and ", spaced)).strip()


@lru_cache(maxsize=4_096)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a piece of title in order, ", The" moved to the front; nothing but letters and digits."""
    plain = clean_title(text)
    if ", " in plain and (inverted := _INVERTED.match(plain)):
        plain = f"{inverted['article']} {inverted['rest']}"
    return tuple(_WORD.findall(plain))
