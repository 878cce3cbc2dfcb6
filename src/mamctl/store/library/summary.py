"""The library in figures: how much of it is known, where narrators come from, and how sound the files are.

Each figure is one pass over one table: a look-up of a book's rows for each book would cost as much again.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping

from mamctl.dataclass import dataclass
from mamctl.domain.catalogues.links import STRONGEST_FIRST, BookState, ChosenBy, Outcome, answer_state

_TOTALS = """
SELECT count(*) AS books, coalesce(sum(duration), 0) AS seconds, coalesce(sum(size), 0) AS bytes
FROM books WHERE gone_at IS NULL
"""
# A book has each field at most once, so the sum has one bit for each of the four.
_KNOWN = """
SELECT coalesce(sum(v.known & 7 = 7), 0) AS enriched,
  coalesce(sum(v.known & 7 = 7 AND (v.known & 8 OR v.book_id NOT IN (
    SELECT book_id FROM catalogue_answers WHERE outcome = 'match' AND series <> '[]'))), 0) AS complete
FROM (SELECT book_id,
    sum(CASE field WHEN 'title' THEN 1 WHEN 'authors' THEN 2 WHEN 'narrators' THEN 4 WHEN 'series' THEN 8 ELSE 0 END)
      AS known
  FROM agreed GROUP BY book_id) v CROSS JOIN books b ON b.id = v.book_id WHERE b.gone_at IS NULL
"""
_NARRATORS = """
SELECT a.source, count(*) FROM agreed a CROSS JOIN books b ON b.id = a.book_id
WHERE b.gone_at IS NULL AND a.field = 'narrators' GROUP BY 1
"""
_SOUND = """
SELECT f.sound, count(*) FROM files f CROSS JOIN books b ON b.id = f.book_id WHERE b.gone_at IS NULL GROUP BY 1
"""
_PROBLEMS = """
SELECT count(DISTINCT p.book_id) FROM library_problems p JOIN books b ON b.id = p.book_id WHERE b.gone_at IS NULL
"""


def _place() -> str:
    outcomes = []
    for outcome in Outcome:
        places = {by: STRONGEST_FIRST.index(answer_state(outcome, by)) for by in ChosenBy}
        chosen = " ".join(f"WHEN '{by}' THEN {place}" for by, place in places.items())
        same = len(set(places.values())) == 1
        outcomes.append(f"WHEN '{outcome}' THEN {places[ChosenBy.SEARCH] if same else f'CASE chosen_by {chosen} END'}")
    return f"CASE outcome {' '.join(outcomes)} END"


PLACE = _place()
"""SQL for the index in `STRONGEST_FIRST` of the state that one row of `catalogue_answers` means."""

_PLACES = f"""
SELECT c.book_id, min({PLACE}) AS place FROM catalogue_answers c CROSS JOIN books b ON b.id = c.book_id
WHERE b.gone_at IS NULL GROUP BY c.book_id
"""  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class LibrarySummary:
    """Counts over the books that are there. Length in seconds.

    `enriched` books have title, authors and narrators; those of them that are `complete` have a series, too, where a
    catalogue's record names one. `narrators` counts books by the source of their narrators, None for books without;
    `sound` files by how they decode; `states` books by what the catalogues said.
    """

    books: int
    seconds: float
    bytes: int
    enriched: int
    complete: int
    narrators: dict[str | None, int]
    sound: dict[str, int]
    states: dict[BookState, int]
    with_problems: int


def summarise_library(db: sqlite3.Connection) -> LibrarySummary:
    """The library as it is known now."""
    totals, known = db.execute(_TOTALS).fetchone(), db.execute(_KNOWN).fetchone()
    narrators: dict[str | None, int] = {row[0]: row[1] for row in db.execute(_NARRATORS)}
    if without := totals["books"] - sum(narrators.values()):
        narrators[None] = without
    return LibrarySummary(
        books=totals["books"],
        seconds=totals["seconds"],
        bytes=totals["bytes"],
        enriched=known["enriched"],
        complete=known["complete"],
        narrators=narrators,
        sound={row[0]: row[1] for row in db.execute(_SOUND)},
        states=count_states(db),
        with_problems=count_with_problems(db),
    )


def count_present(db: sqlite3.Connection) -> int:
    """How many books are there."""
    count: int = db.execute("SELECT count(*) FROM books WHERE gone_at IS NULL").fetchone()[0]
    return count


def load_places(db: sqlite3.Connection) -> dict[int, int]:
    """The places in `STRONGEST_FIRST` of the states of all books about which a catalogue was asked, by their ids."""
    cursor = db.cursor()
    cursor.row_factory = None
    return dict(cursor.execute(_PLACES))


def count_states(db: sqlite3.Connection, places: Mapping[int, int] | None = None) -> dict[BookState, int]:
    """How many books are in each state with the catalogues; `places` where they have been loaded."""
    if places is None:
        asked = dict(db.execute(f"SELECT place, count(*) FROM ({_PLACES}) GROUP BY place"))  # noqa: S608
    else:
        asked = Counter(places.values())
    counts = dict.fromkeys(BookState, 0) | {STRONGEST_FIRST[place]: count for place, count in asked.items()}
    counts[BookState.NOT_ASKED] += count_present(db) - sum(asked.values())  # those without any answer
    return counts


def count_with_problems(db: sqlite3.Connection) -> int:
    """How many books the last scan found something wrong with."""
    count: int = db.execute(_PROBLEMS).fetchone()[0]
    return count
