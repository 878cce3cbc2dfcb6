"""The books of the library as a table shows them, and the counts below it: cheap with any number of books."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from mamctl.dataclass import dataclass
from mamctl.domain.catalogues.links import STRONGEST_FIRST, BookState
from mamctl.domain.library.problem_kinds import DOUBTFUL_BELOW
from mamctl.domain.metadata.observation import Field, Value, value_from_json
from mamctl.store.library.book_list import CONFIDENCE, NAMED, select_books
from mamctl.store.library.summary import STATE, count_states, count_with_problems
from mamctl.store.values import text_to_path

# The path is unique and indexed: rows come without being sorted first. Names are parsed once for all books with them.
_LINES = f"""SELECT b.id, b.path, json_extract(t.value, '$'), a.value, s.value, n.value, b.duration,
  {CONFIDENCE}, {STATE}
  FROM books b {NAMED}
  LEFT JOIN agreed s ON s.book_id = b.id AND s.field = 'series'
  LEFT JOIN agreed n ON n.book_id = b.id AND n.field = 'narrators'
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

    total: int
    states: dict[BookState, int]
    low_confidence: int
    with_problems: int


def read_lines(
    db: sqlite3.Connection,
    spell: Callable[[Value | None, Field], str],
    ids: Sequence[int] | None = None,
    limit: int | None = None,
) -> Iterator[BookLine]:
    """The books that are there, in the order of paths, read row by row: all, those of `ids`, the first `limit`.

    `spell` makes a text of a field's value, once for many of the books with it.
    """
    made = BookLine._make
    authors_of, series_of, narrators_of = (
        _spelled(spell, field) for field in (Field.AUTHORS, Field.SERIES, Field.NARRATORS)
    )
    for key, path, title, authors, series, narrators, duration, sure, place in select_books(db, _LINES, ids, limit):
        yield made((
            key, text_to_path(path), title, authors_of(authors), series_of(series), narrators_of(narrators), duration,
            sure, STRONGEST_FIRST[place],
        ))  # fmt: skip


def _spelled(spell: Callable[[Value | None, Field], str], field: Field) -> Callable[[str | None], str]:
    @lru_cache(maxsize=4_096)  # names recur from book to book
    def spelled(text: str | None) -> str:
        return spell(None if text is None else value_from_json(field, json.loads(text)), field)

    return spelled


def count_books(db: sqlite3.Connection) -> BookCounts:
    """The counts over every book that is there."""
    states = count_states(db)
    (uncertain,) = db.execute(_UNCERTAIN, (DOUBTFUL_BELOW,)).fetchone()
    return BookCounts(sum(states.values()), states, uncertain, count_with_problems(db))
