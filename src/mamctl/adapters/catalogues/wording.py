"""What catalogues weave into titles and names: series in brackets, edition notes, roles behind a name."""

from __future__ import annotations

import re
from functools import lru_cache

from mamctl.domain.text.credits import parse_credits, unite_people
from mamctl.domain.text.normalize import plain_text, tidy
from mamctl.domain.text.series import SeriesEntry, parse_series
from mamctl.regex import regex

_LAST_BRACKET = regex(r"(?P<title>.*\S)\s*\((?P<inside>[^()]*)\)\s*")
_EDITION_NOTE = regex(r"\s*[(\[](?P<word>un)?abridged(?: edition| audiobook)?[)\]]\s*$", re.IGNORECASE)
_BOILERPLATE = ("discover and share books you love on goodreads",)


@lru_cache(maxsize=2_048)
def split_series(title: str) -> tuple[str, tuple[SeriesEntry, ...]]:
    """ "The Salt Road (Lantern Cycle, #2)" → title and series; a bracket without a position stays in the title."""
    found = _LAST_BRACKET.fullmatch(tidy(title)) if ")" in title else None
    entries = parse_series(found["inside"]) if found else ()
    if not found or not any(entry.position for entry in entries):
        return tidy(title), ()
    return found["title"], entries


def split_edition(title: str) -> tuple[str, bool | None]:
    """ "The Salt Road (Unabridged)" → title, and whether it is abridged (None when it does not say)."""
    found = _EDITION_NOTE.search(title)
    if not found or not found.start():
        return tidy(title), None
    return tidy(title[: found.start()]), found["word"] is None


@lru_cache(maxsize=2_048)
def authors_only(names: tuple[str, ...]) -> tuple[str, ...]:
    """Without translators and their like, whose role Audible writes behind the name; each name once."""
    return unite_people(name for entry in names for name in _authors_of(entry))


def _authors_of(entry: str) -> tuple[str, ...]:
    """An entry of a list is one name; only the role in it counts."""
    found = parse_credits(entry)
    if len(found) != 1:
        return (tidy(entry),)
    return (found[0].name,) if found[0].role in {None, "author"} else ()


@lru_cache(maxsize=2_048)  # the searches for an author's books find the same records
def description_of(text: str | None) -> str | None:
    """Plain text of a description; None for what only advertises the site."""
    plain = plain_text(text or "")
    return plain if plain and not plain.casefold().startswith(_BOILERPLATE) else None
