"""How a catalogue is asked about a book whose title comes from a file: first as written plainly, then otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from mamctl.domain.matching.records import BookQuery
from mamctl.domain.matching.title_input import known_words
from mamctl.domain.matching.title_variants import read_title
from mamctl.domain.text.credits import split_people
from mamctl.domain.text.normalize import tidy
from mamctl.domain.text.title_words import words_of
from mamctl.regex import regex

_PLACE_FIRST = regex(r"(?:\d{1,2}|.+ 0\d) (?P<rest>\D{4,})")
_INITIALS = regex(r"(?:\w\.\s?){2,}\w?\.?")
_LABELLED = regex(r"\b(?:book|bk|vol|volume)\b\.?\s*\w+\W*$", re.IGNORECASE)
MOST_QUESTIONS = 5
"""Questions about one book to one catalogue."""


def search_forms(book_query: BookQuery) -> Iterator[BookQuery]:
    """The same question in up to five wordings, the likeliest first: what searching finds, matching still judges.

    Series, notes and names are taken off the title; the author is one person, and finally left out. Most books are
    found with the first wording, so that each is made when it is asked for.
    """
    if not book_query.title:
        yield book_query
        return
    people = split_people(book_query.author) if book_query.author else ()
    author = people[0] if people else book_query.author
    titles = _titles(book_query)
    for title in titles[: MOST_QUESTIONS - 1]:
        yield replace(book_query, title=title, author=author)
    if author:
        yield replace(book_query, title=titles[0], author=None)


def _titles(book_query: BookQuery) -> tuple[str, ...]:
    written = tidy(book_query.title or "")
    known = known_words(book_query.author or "", book_query.narrator or "")
    variants = sorted(read_title(written, known).variants, key=lambda variant: variant.rank)
    main_titles = [" ".join(variant.main_title) for variant in variants if variant.main_title]
    # A title that is nothing but a name is asked for as it is spelt; otherwise as it was read, then as it is.
    plain = bool(main_titles) and main_titles[0] == " ".join(words_of(written))
    ordered = (written, *main_titles[1:]) if plain else (*main_titles, written)
    found = (*ordered, *_without_series(written, main_titles), *_without_points(written))
    return tuple(dict.fromkeys(title for title in found if title)) or (written,)


def _without_points(written: str) -> Iterator[str]:
    """ "SALT" of "S.A.L.T."."""
    if _INITIALS.fullmatch(written):
        yield written.replace(".", "").replace(" ", "")


def _without_series(written: str, main_titles: list[str]) -> Iterator[str]:
    """ "The Salt Road" of "Lantern Cycle 02 The Salt Road" and of "The Salt Road, Lantern Cycle Book 2"."""
    for main_title in main_titles:
        if numbered := _PLACE_FIRST.fullmatch(main_title):
            yield numbered["rest"]
    if "," in written and (label := _LABELLED.search(written)) and written.index(",") < label.start():
        yield written.partition(",")[0]
