"""Two titles that have no word in common are seen to be two books without being read.

Whatever part of a title is taken for the name, two names are one only if every content word of the one has its
counterpart in the other: the same word, one divided otherwise, or one misspelt. Where the query has no word like any of
the record's, no reading of the two can agree. Titles with numbers, and those whose name may be nothing but small words,
are left to the full comparison.
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
    ours = _telling_words(query)
    if not ours:
        return False
    theirs = _all_words(record)
    return bool(theirs) and not any(_may_be(one, other) for one in ours for other in theirs)


def _may_be(ours: str, theirs: str) -> bool:
    """Whether a word may stand for the other, for a part of it, or for it and its neighbours."""
    if ours == theirs or is_misspelt(ours, theirs):
        return True
    return len(theirs) >= _SHORTEST and (ours in theirs or theirs in ours)


@lru_cache(maxsize=256)
def _telling_words(side: TitleInput) -> Words:
    """The content words of a title and of its series; none where a name in it may be without any."""
    texts = (side.title, *(name for name, _ in side.series))
    words = tuple(dict.fromkeys(word for text in texts for word in in_full(words_of(text))))
    if side.subtitle or not all(map(str.isascii, words)) or any(map(_has_digit, words)) or split_numbers(words).numbers:
        return ()
    names = [variant.main_title for variant in read_title(side.title).variants]
    names += [words_of(name) for name, _ in side.series]
    if not all(any(map(_is_content, name[:2])) for name in names):
        return ()
    return tuple(word for word in words if word not in _SMALL)


def _is_content(word: str) -> bool:
    return len(word) >= _SHORTEST and word not in _SMALL


def _has_digit(word: str) -> bool:
    return not word.isalpha()


@lru_cache(maxsize=8_192)
def _all_words(side: TitleInput) -> Words:
    """Every word that a reading of the title can make its name; none where some are in another script."""
    texts = (side.title, side.subtitle, *(name for name, _ in side.series))
    words = tuple(dict.fromkeys(word for text in texts if text for word in in_full(words_of(text))))
    return words if all(map(str.isascii, words)) else ()
