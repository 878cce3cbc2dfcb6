"""Two titles of which one has a word that the other lacks are seen to be two books without being read.

Whatever part of a title is taken for the name, two names are one only if every content word of the one has its
counterpart in the other: the same word, one divided otherwise, or one misspelt. Where each name that the query may be
called by holds a word like none of the record's, no reading of the two can agree. Titles with numbers, and those whose
name may be nothing but small words, are left to the full comparison.
"""

from __future__ import annotations

from functools import lru_cache

from mamctl.domain.matching.title_input import TitleInput
from mamctl.domain.matching.title_variants import read_title
from mamctl.domain.matching.words import FOREIGN_ARTICLES, SMALL_WORDS, Words, in_full, is_misspelt
from mamctl.domain.text.numbers import split_numbers
from mamctl.domain.text.title_words import words_of

UNLIKE = 0.5
"""The least that a content word without its counterpart takes off a score."""
_SHORTEST = 3  # letters; shorter words may be numerals and initials
_SMALL = SMALL_WORDS | FOREIGN_ARTICLES


def are_unlike(query: TitleInput, record: TitleInput) -> bool:
    """Whether the titles are two books' by their words alone; False leaves it open."""
    names = _names(query)
    if not names:
        return False
    theirs = _all_words(record)
    return bool(theirs) and all(_lacks_a_word(name, theirs) for name in names)


def _lacks_a_word(name: Words, theirs: Words) -> bool:
    for one in name:
        if one not in theirs and not any(_may_be(one, other) for other in theirs):
            return "".join(name) not in "".join(theirs)
    return False


def _may_be(ours: str, theirs: str) -> bool:
    """Whether a word may stand for another one, for a part of it, or for it and its neighbours."""
    return is_misspelt(ours, theirs) or (len(theirs) >= _SHORTEST and (ours in theirs or theirs in ours))


@lru_cache(maxsize=256)
def _names(side: TitleInput) -> tuple[Words, ...]:
    """The content words of every name that the title, or its series, may be; none where one may be without any.

    "The House of Vell" may be called "The House" where Vell is the author.
    """
    texts = (side.title, *(name for name, _ in side.series))
    words = [word for text in texts for word in in_full(words_of(text))]
    if (
        side.subtitle
        or not all(word.isascii() and word.isalpha() for word in words)
        or split_numbers(tuple(words)).numbers
    ):
        return ()
    names = [_before_author(variant.main_title) for variant in read_title(side.title).variants]
    found = dict.fromkeys(tuple(filter(_is_content, in_full(name))) for name in (*names, *map(words_of, texts[1:])))
    return tuple(found) if all(found) else ()


def _before_author(name: Words) -> Words:
    at = min((name.index(sign) for sign in ("by", "of") if sign in name), default=len(name))
    return name[:at]


def _is_content(word: str) -> bool:
    return len(word) >= _SHORTEST and word not in _SMALL


@lru_cache(maxsize=8_192)
def _all_words(side: TitleInput) -> Words:
    """Every word that a reading of the title can make its name; none where some are in another script."""
    texts = (side.title, side.subtitle, *(name for name, _ in side.series))
    words = tuple([word for text in texts if text for word in in_full(words_of(text))])
    return words if all(map(str.isascii, words)) else ()
