"""The library in figures: how much of it is known, where narrators come from, and how sound the files are."""

from __future__ import annotations

import sqlite3
from functools import lru_cache

from mamctl.dataclass import dataclass
from mamctl.domain.catalogues.links import BookState, ChosenBy, Outcome, book_state

_TOTALS = """
SELECT count(*) AS books, coalesce(sum(duration), 0) AS seconds, coalesce(sum(size), 0) AS bytes,
  coalesce(sum((SELECT count(*) FROM agreed a
    WHERE a.book_id = b.id AND a.field IN ('title', 'authors', 'narrators')) = 3), 0) AS enriched
FROM books b WHERE gone_at IS NULL
"""
_NARRATORS = """
SELECT a.source, count(*) FROM books b LEFT JOIN agreed a ON a.book_id = b.id AND a.field = 'narrators'
WHERE b.gone_at IS NULL GROUP BY 1
"""
_SOUND = """
SELECT f.sound, count(*) FROM files f JOIN books b ON b.id = f.book_id WHERE b.gone_at IS NULL GROUP BY 1
"""
_ANSWERS = """
SELECT answers, count(*) FROM (
  SELECT group_concat(c.outcome || ' ' || c.chosen_by) AS answers
  FROM books b LEFT JOIN catalogue_answers c ON c.book_id = b.id WHERE b.gone_at IS NULL GROUP BY b.id)
GROUP BY 1
"""
_PROBLEMS = """
SELECT count(DISTINCT p.book_id) FROM library_problems p JOIN books b ON b.id = p.book_id WHERE b.gone_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class LibrarySummary:
    """Counts over the books that are there. `narrators` counts books by the source of their narrators, None for books
    without; `sound` files by how they decode; `states` books by what the catalogues said. Length in seconds.
    """

    books: int
    seconds: float
    bytes: int
    enriched: int
    narrators: dict[str | None, int]
    sound: dict[str, int]
    states: dict[BookState, int]
    with_problems: int


def summarise_library(db: sqlite3.Connection) -> LibrarySummary:
    """The library as it is known now."""
    totals = db.execute(_TOTALS).fetchone()
    return LibrarySummary(
        books=totals["books"],
        seconds=totals["seconds"],
        bytes=totals["bytes"],
        enriched=totals["enriched"],
        narrators={row[0]: row[1] for row in db.execute(_NARRATORS)},
        sound={row[0]: row[1] for row in db.execute(_SOUND)},
        states=count_states(db),
        with_problems=count_with_problems(db),
    )


def count_states(db: sqlite3.Connection) -> dict[BookState, int]:
    """How many books are in each state with the catalogues."""
    states = dict.fromkeys(BookState, 0)
    for answers, count in db.execute(_ANSWERS):  # few answers differ, however many books there are
        states[parse_state(answers)] += count
    return states


def count_with_problems(db: sqlite3.Connection) -> int:
    """How many books the last scan found something wrong with."""
    count: int = db.execute(_PROBLEMS).fetchone()[0]
    return count


@lru_cache(maxsize=1_024)
def parse_state(answers: str | None) -> BookState:
    """The state that the catalogues' answers amount to, in the form "match search,none person"; None: no answer."""
    pairs = [answer.split() for answer in answers.split(",")] if answers else []
    return book_state((Outcome(outcome), ChosenBy(chosen_by)) for outcome, chosen_by in pairs)
