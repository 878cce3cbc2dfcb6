"""ASIN, ISBN and the place of a cover: knowing them, checking them, finding them in text."""

from __future__ import annotations

import re
from functools import lru_cache

from mamctl.regex import regex

_ASIN = regex(r"B(?=[0-9A-Z]*\d)[0-9A-Z]{9}")
_ASIN_SEARCH = regex(r"(?<![0-9A-Z])B(?=[0-9A-Z]*\d)[0-9A-Z]{9}(?![0-9A-Za-z])")


def parse_asin(text: str) -> str | None:
    """An ASIN as Audible has them: B and nine more, or a valid ISBN-10; an all-letter word of ten is none."""
    candidate = text.strip().upper()
    if _ASIN.fullmatch(candidate) and candidate.isascii():
        return candidate
    return candidate if len(candidate) == 10 and _is_isbn10(candidate) else None


@lru_cache(maxsize=4_096)
def parse_isbn(text: str) -> str | None:
    """A valid ISBN without hyphens; None when its check digit is wrong."""
    if not text:
        return None
    candidate = re.sub(r"^(?:urn:)?isbn(?:-1[03])?[:\s]*", "", text.strip(), flags=re.IGNORECASE)
    candidate = re.sub(r"[\s‐-―-]", "", candidate).upper()
    return candidate if _is_isbn13(candidate) or _is_isbn10(candidate) else None


def parse_cover(text: str) -> str | None:
    """A web address, or a path below the book's folder; None for one that leads out of it."""
    if re.match(r"https?://\S+$", text, re.IGNORECASE):
        return text
    leads_out = text.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", text) or re.match(r"[a-zA-Z][\w+.-]*:", text)
    return None if leads_out else text or None


def isbn13(isbn: str) -> str:
    """The thirteen-digit form, in which two ISBNs of one edition are equal."""
    if len(isbn) != 10:
        return isbn
    body = "978" + isbn[:9]
    return body + str(-_weighted(body) % 10)


def find_asin(text: str) -> str | None:
    """The first ASIN inside a longer text; an all-letter word of ten is none."""
    found = _ASIN_SEARCH.search(text)
    return found[0] if found else None


def _is_isbn13(text: str) -> bool:
    return bool(re.fullmatch(r"97[89][0-9]{10}", text)) and _weighted(text) % 10 == 0


def _weighted(digits: str) -> int:
    return sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(digits))


def _is_isbn10(text: str) -> bool:
    if not re.fullmatch(r"[0-9]{9}[0-9X]", text):
        return False
    return sum((10 - index) * (10 if digit == "X" else int(digit)) for index, digit in enumerate(text)) % 11 == 0
