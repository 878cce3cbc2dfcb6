"""The books of the library as a table shows them, and the counts below it: cheap with any number of books."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from mamctl.dataclass import dataclass
from mamctl.domain.catalogues.links import STRONGEST_FIRST, BookState
from mamctl.domain.library.problem_kinds import DOUBTFUL_BELOW
from mamctl.domain.metadata.observation import Field, Value, value_from_json
from mamctl.store.library.book_list import ALL_NAMED, CONFIDENCE, NAMED, select_books
from mamctl.store.library.summary import count_states, count_with_problems, load_places
from mamctl.store.values import read_json, text_to_path

# The path is unique and indexed: rows come without being sorted first. Names are parsed once for all books with them.
_LINES = f"""SELECT b.id, b.path, t.value, a.value, s.value, n.value, b.duration, {CONFIDENCE}
  FROM books b {ALL_NAMED}
  WHERE b.gone_at IS NULL {{which}} ORDER BY b.path LIMIT :limit"""  # noqa: S608
_UNCERTAIN = f"SELECT count(*) FROM books b {NAMED} WHERE b.gone_at IS NULL AND {CONFIDENCE} < ?"  # noqa: S608


class BookLine(NamedTuple):
    """A book in a table: what is not known is None. `duration` in seconds, `confidence` 0..1 as `ListedBook` has it.
    Authors, series and narrators are as `spell` writes them.
    """

    id: int
    path: str
    title: str | None
    authors: str
    series: str
    narrators: str
    duration: float | None
    confidence: float
    state: BookState


@dataclass(frozen=True, slots=True)
class BookCounts:
    """How many books of the whole library are in each state, and how many need a look for another reason."""

    states: dict[BookState, int]
    low_confidence: int
    with_problems: int


class BookLines:
    """The books that are there, in the order of paths, read row by row: all, those of `ids`, the first `limit`.

    `spell` makes a text of a field's value, once for many of the books with it.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        spell: Callable[[Value | None, Field], str],
        ids: Sequence[int] | None = None,
        limit: int | None = None,
    ) -> None:
        self._db, self._spell, self._ids, self._limit = db, spell, ids, limit
        self._places: dict[int, int] | None = None
        self._uncertain: int | None = None

    def __iter__(self) -> Iterator[BookLine]:
        """The lines from the first."""
        authors_of, series_of, narrators_of = (
            _spelled(self._spell, field) for field in (Field.AUTHORS, Field.SERIES, Field.NARRATORS)
        )
        made, places, uncertain = BookLine._make, load_places(self._db), 0
        rows = select_books(self._db, _LINES, self._ids, self._limit)
        for key, path, title, authors, series, narrators, duration, sure in rows:
            uncertain += sure < DOUBTFUL_BELOW
            yield made((
                key, text_to_path(path), None if title is None else read_json(title), authors_of(authors),
                series_of(series), narrators_of(narrators), duration, sure, STRONGEST_FIRST[places.get(key, -1)],
            ))  # fmt: skip
        self._places = places
        if self._ids is None and self._limit is None:
            self._uncertain = uncertain

    def counts(self) -> BookCounts:
        """The counts over every book that is there; what the lines have shown by then is not counted again."""
        states, uncertain = count_states(self._db, self._places), self._uncertain
        if uncertain is None:
            (uncertain,) = self._db.execute(_UNCERTAIN, (DOUBTFUL_BELOW,)).fetchone()
        return BookCounts(states, uncertain, count_with_problems(self._db))


def _spelled(spell: Callable[[Value | None, Field], str], field: Field) -> Callable[[str | None], str]:
    @lru_cache(maxsize=4_096)  # names recur from book to book
    def spelled(text: str | None) -> str:
        return spell(None if text is None else value_from_json(field, read_json(text)), field)

    return spelled
