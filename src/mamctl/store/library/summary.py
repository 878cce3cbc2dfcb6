"""The library in figures: how much of it is known, where narrators come from, and how sound the files are."""

from __future__ import annotations

import sqlite3

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
    states = dict.fromkeys(BookState, 0)
    for answers, count in db.execute(_ANSWERS):  # few answers differ, however many books there are
        states[book_state(_parse_answers(answers))] += count
    return LibrarySummary(
        books=totals["books"],
        seconds=totals["seconds"],
        bytes=totals["bytes"],
        enriched=totals["enriched"],
        narrators={row[0]: row[1] for row in db.execute(_NARRATORS)},
        sound={row[0]: row[1] for row in db.execute(_SOUND)},
        states=states,
        with_problems=db.execute(_PROBLEMS).fetchone()[0],
    )


def _parse_answers(answers: str | None) -> list[tuple[Outcome, ChosenBy]]:
    pairs = [answer.split() for answer in answers.split(",")] if answers else []
    return [(Outcome(outcome), ChosenBy(chosen_by)) for outcome, chosen_by in pairs]
