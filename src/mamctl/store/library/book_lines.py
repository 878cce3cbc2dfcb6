"""The books of the library as a table shows them, and the counts below it: cheap with any number of books."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from mamctl.dataclass import dataclass
from mamctl.domain.catalogues.links import BookState
from mamctl.domain.library.problem_kinds import DOUBTFUL_BELOW
from mamctl.domain.metadata.observation import Field, Value, value_from_json
from mamctl.store.library.book_list import select_books
from mamctl.store.library.summary import count_states, count_with_problems, parse_state
from mamctl.store.values import text_to_path

_SURE = "coalesce(iif({0}.verified, 1.0, {0}.confidence), 0.0)"
_NAMES = """FROM books b LEFT JOIN agreed t ON t.book_id = b.id AND t.field = 'title'
  LEFT JOIN agreed a ON a.book_id = b.id AND a.field = 'authors'"""
_CONFIDENCE = f"min({_SURE.format('t')}, {_SURE.format('a')})"
# The path is unique and indexed: rows come without being sorted first. Names are parsed once for all books with them.
_LINES = f"""SELECT b.id, b.path, json_extract(t.value, '$'), a.value, s.value, n.value, b.duration, {_CONFIDENCE},
  (SELECT group_concat(outcome || ' ' || chosen_by) FROM catalogue_answers WHERE book_id = b.id)
  {_NAMES}
  LEFT JOIN agreed s ON s.book_id = b.id AND s.field = 'series'
  LEFT JOIN agreed n ON n.book_id = b.id AND n.field = 'narrators'
  WHERE b.gone_at IS NULL {{which}} ORDER BY b.path LIMIT :limit"""  # noqa: S608
_UNCERTAIN = f"SELECT count(*) {_NAMES} WHERE b.gone_at IS NULL AND {_CONFIDENCE} < ?"


class BookLine(NamedTuple):
    """A book in a table: what is not known is None. `duration` in seconds, `confidence` 0..1 as `ListedBook` has it."""

    id: int
    path: str
    title: str | None
    authors: Value | None
    series: Value | None
    narrators: Value | None
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
    db: sqlite3.Connection, ids: Sequence[int] | None = None, limit: int | None = None
) -> Iterator[BookLine]:
    """The books that are there, in the order of paths, read row by row: all, those of `ids`, the first `limit`."""
    for key, path, title, authors, series, narrators, duration, sure, answers in select_books(db, _LINES, ids, limit):
        yield BookLine(
            key, text_to_path(path), title, _value(Field.AUTHORS, authors), _value(Field.SERIES, series),
            _value(Field.NARRATORS, narrators), duration, sure, parse_state(answers),
        )  # fmt: skip


@lru_cache(maxsize=4_096)
def _value(field: Field, text: str | None) -> Value | None:
    return None if text is None else value_from_json(field, json.loads(text))


def count_books(db: sqlite3.Connection) -> BookCounts:
    """The counts over every book that is there."""
    states = count_states(db)
    (uncertain,) = db.execute(_UNCERTAIN, (DOUBTFUL_BELOW,)).fetchone()
    return BookCounts(sum(states.values()), states, uncertain, count_with_problems(db))
