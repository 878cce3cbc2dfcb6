"""Which books a filter means, found without reading more of each book than filters can ask about."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from mamctl.dataclass import dataclass
from mamctl.domain.catalogues.links import STRONGEST_FIRST, BookState
from mamctl.domain.library.problem_kinds import DOUBTFUL_BELOW
from mamctl.domain.metadata.observation import Field
from mamctl.domain.text.normalize import as_unicode, fold, word_sieve
from mamctl.store.library.book_list import ALL_NAMED, CONFIDENCE
from mamctl.store.library.summary import load_places
from mamctl.store.values import read_json, text_to_path

_BOOKS = f"""SELECT b.id, b.path, t.value, a.value, n.value, s.value FROM books b {ALL_NAMED}
  WHERE b.gone_at IS NULL {{which}} ORDER BY b.path"""  # noqa: S608 - our own words
_WITHOUT = "AND NOT EXISTS (SELECT 1 FROM agreed WHERE book_id = b.id AND field = '{}')"


@dataclass(frozen=True, slots=True)
class BookFilter:
    """Which books are meant: those for which everything that is given holds.

    Case, accents and punctuation of names do not count. `words` are those of title, people, series or path.
    """

    missing: tuple[Field, ...] = ()
    states: frozenset[BookState] = frozenset()
    low_confidence: bool = False
    author: str = ""
    series: str = ""
    words: tuple[str, ...] = ()

    @property
    def is_everything(self) -> bool:
        """Whether every book is meant."""
        return self == BookFilter()


def matching_ids(db: sqlite3.Connection, wanted: BookFilter) -> list[int]:
    """The ids of the books that are meant, in the order of paths."""
    which = [_WITHOUT.format(field.value) for field in wanted.missing]
    if Field.DURATION in wanted.missing:
        which.append("AND b.duration IS NULL")
    if wanted.low_confidence:
        which.append(f"AND {CONFIDENCE} < {DOUBTFUL_BELOW}")
    cursor = db.cursor()
    cursor.row_factory = None
    rows: Iterator[tuple[Any, ...]] = cursor.execute(_BOOKS.format(which=" ".join(which)))
    if wanted.states:
        meant, places = {STRONGEST_FIRST.index(state) for state in wanted.states}, load_places(db)
        last = len(STRONGEST_FIRST) - 1  # not asked
        rows = (row for row in rows if places.get(row[0], last) in meant)
    if wanted.author:
        rows = (row for row in rows if _holds(row[3], wanted.author))
    if wanted.series:
        rows = (row for row in rows if _holds(row[5], wanted.series))
    if words := tuple(map(fold, wanted.words)):
        may_have = word_sieve(words)
        rows = (row for row in rows if may_have(" ".join(filter(None, row[1:]))) and _has_words(row, words))
    return [key for key, *_ in rows]


def _has_words(row: tuple[Any, ...], words: tuple[str, ...]) -> bool:
    _, path, title, *lists = row
    names = (name for stored in lists for name in _names(stored))
    text = fold(" ".join((read_json(title) if title else "", *names, as_unicode(text_to_path(path)))))
    return all(word in text for word in words)


def _holds(stored: str | None, part: str) -> bool:
    return any(fold(part) in fold(name) for name in _names(stored))


@lru_cache(maxsize=4_096)  # names recur from book to book
def _names(stored: str | None) -> tuple[str, ...]:
    """The names in a list of people or series as the store has it."""
    return tuple(str(one["name"] if isinstance(one, dict) else one) for one in read_json(stored)) if stored else ()
