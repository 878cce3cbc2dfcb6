"""Two titles of which one has a word that the other lacks are seen to be two books without being read.

Whatever part of a title is taken for the name, two names are one only if every content word of the one has its
counterpart in the other: the same word, one divided otherwise, or one misspelt. Where each name that the query may be
called by holds a word like none of the record's, no reading of the two can agree. A query may also be called by its
series, which only a title that names the series can answer: other books of the series do not. Numbers are left to the
full comparison, and so are titles whose name may be nothing but numbers and small words.
"""

from __future__ import annotations

from functools import lru_cache

from mamctl.dataclass import dataclass
from mamctl.domain.matching.title_input import ParsedTitle, TitleInput, parse_title_input
from mamctl.domain.matching.words import FOREIGN_ARTICLES, SMALL_WORDS, Words, in_full, is_misspelt
from mamctl.domain.text.numbers import as_number, split_numbers
from mamctl.domain.text.title_words import words_of

UNLIKE = 0.5
"""The least that a content word without its counterpart takes off a score."""
_SHORTEST = 3  # letters; shorter words may be numerals and initials
_SMALL = SMALL_WORDS | FOREIGN_ARTICLES


@dataclass(frozen=True, slots=True, eq=False)
class _Names:
    """The content words of every name that a title may be, and of every series that it may be called by."""

    of_title: tuple[Words, ...]
    of_series: tuple[Words, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Text:
    """Words in their order, and all their letters without the numbers."""

    words: Words
    letters: str


def are_unlike(query: TitleInput, record: TitleInput) -> bool:
    """Whether the titles are two books' by their words alone; False leaves it open."""
    if not _is_plain(query) or (texts := _texts(record)) is None:
        return False
    names = _names(parse_title_input(query, record.known))
    if names is None:
        return False
    title, everything = texts
    return _lack_a_word(names.of_title, everything) and _lack_a_word(names.of_series, title)


def _lack_a_word(names: tuple[Words, ...], theirs: _Text) -> bool:
    """Whether each name has a word without its counterpart; words divided otherwise have the same letters in a row."""
    words, letters = theirs.words, theirs.letters
    for name in names:
        for one in name:
            if one not in letters and not _may_be_one_of(one, words):
                break
        else:
            return False
    return True


def _may_be_one_of(word: str, theirs: Words) -> bool:
    """Whether a word may stand for another one, for a part of it, or for it and its neighbours."""
    for other in theirs:  # noqa: SIM110 - done a hundred times a book, and a generator takes twice as long
        if (other in word and len(other) >= _SHORTEST) or is_misspelt(word, other):
            return True
    return False


@lru_cache(maxsize=256)
def _is_plain(side: TitleInput) -> bool:
    """Whether the title of a query is of words whose counterparts can be looked for, and it has no subtitle."""
    texts = (side.title, *(name for name, _ in side.series))
    words = [word for text in texts for word in in_full(words_of(text))]
    return not side.subtitle and all(word.isascii() and (word.isalpha() or as_number(word)) for word in words)


@lru_cache(maxsize=256)
def _names(query: ParsedTitle) -> _Names | None:
    """The names of a query, read as it is beside the record; None where one may be without any content word."""
    titles = dict.fromkeys(_content(variant.main_title) for variant in query.read.variants)
    called = dict.fromkeys(_content(name) for name, _ in query.series)
    return _Names(tuple(titles), tuple(called)) if all(titles) and all(called) else None


def _content(name: Words) -> Words:
    """What must have its counterpart: not small, no number, and long enough to be neither numeral nor initial."""
    words = split_numbers(in_full(name)).words
    return tuple([word for word in words if len(word) >= _SHORTEST and word not in _SMALL])


@lru_cache(maxsize=1_024)
def _texts(side: TitleInput) -> tuple[_Text, _Text] | None:
    """The title of a record, and every word that a reading of it can make its name; None where some words are in
    another script, or there are none."""
    title = in_full(words_of(side.title))
    texts = (side.subtitle, *(name for name, _ in side.series))
    words = (*title, *(word for text in texts if text for word in in_full(words_of(text))))
    if not title or not all(map(str.isascii, words)):
        return None
    return _text(title), _text(words)


def _text(words: Words) -> _Text:
    return _Text(words, "".join(split_numbers(words).words))
