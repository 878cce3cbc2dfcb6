"""The library's facts: books, values and their evidence, matches, corrections."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime

from mamctl.domain.catalogues.links import BookState
from mamctl.domain.spec.facts import BookFact, ComparedFact, CorrectionFact, LibraryFacts, ValueFact
from mamctl.domain.timestamps import timestamp
from mamctl.store.library.summary import LibrarySummary
from mamctl.store.values import moment, sure_moment

# Of tens of thousands of books and values only those are read that may break a clause; the others are counted.
_BOOKS = """
SELECT b.path, b.added_at,
  (SELECT count(DISTINCT o.source) FROM observations o WHERE o.book_id = b.id) AS sources,
  (SELECT count(*) FROM files f WHERE f.book_id = b.id AND f.sound = 'unchecked') AS undecoded
FROM books b WHERE b.gone_at IS NULL AND (
  b.id NOT IN (SELECT book_id FROM observations)
  OR b.id IN (SELECT book_id FROM files WHERE sound = 'unchecked'))
ORDER BY b.id"""
_VALUES = """
SELECT a.*, e.action, e.value AS own_value
FROM agreed a JOIN books b ON b.id = a.book_id AND b.gone_at IS NULL
LEFT JOIN person_edits e ON e.id = (
  SELECT max(n.id) FROM person_edits n WHERE n.book_id = a.book_id AND n.field = a.field AND n.action <> 'unverify')"""
_CORRECTIONS = """
SELECT c.*, EXISTS (SELECT 1 FROM person_edits e WHERE e.book_id = c.book_id AND e.field = c.field
    AND e.id = (SELECT max(n.id) FROM person_edits n
      WHERE n.book_id = c.book_id AND n.field = c.field AND n.made_at <= c.made_at)
    AND e.action <> 'unverify') AS verified_before
FROM drift_changes c WHERE c.state IN ('made', 'undone') AND c.made_at >= ? ORDER BY c.id DESC"""
_WITHOUT_RECORD = """
SELECT b.path FROM catalogue_answers c JOIN books b ON b.id = c.book_id
WHERE c.outcome = 'match' AND c.record_id IS NULL LIMIT 5"""
_COMPARED = """
SELECT b.path, m.matched_at, l.looked_at
FROM (SELECT book_id, max(asked_at) AS matched_at FROM catalogue_answers WHERE outcome = 'match' GROUP BY book_id) m
LEFT JOIN looked_at l ON l.book_id = m.book_id CROSS JOIN books b ON b.id = m.book_id
WHERE b.gone_at IS NULL AND coalesce(l.looked_at, m.matched_at) < ?"""
_DOUBTFUL_NARRATORS = f"""{_VALUES} WHERE a.field = 'narrators'
  AND (json_array_length(a.value) > 1 OR a.source = '' OR a.confidence NOT BETWEEN 0 AND 1)"""


def read_library_facts(
    db: sqlite3.Connection, since: datetime, compared_before: datetime, counted: LibrarySummary
) -> LibraryFacts:
    """The library as it is, its corrections since then, and the books last compared before that."""
    matches = db.execute("SELECT count(*), sum(record_id IS NULL) FROM catalogue_answers WHERE outcome = 'match'")
    total, bare = matches.fetchone()
    values_total = db.execute("SELECT count(*) FROM agreed").fetchone()[0]
    suspects = db.execute(f"{_VALUES} WHERE a.verified = 1 OR a.source = '' OR a.reason = ''")
    listened = db.execute(
        "SELECT b.path, s.seconds FROM book_speech s JOIN books b ON b.id = s.book_id WHERE s.seconds IS NOT NULL"
    )
    return LibraryFacts(
        books=tuple(map(_book, db.execute(_BOOKS))),
        books_total=counted.books,
        books_enriched=counted.complete,
        narrators=tuple(map(_value, db.execute(_DOUBTFUL_NARRATORS))),
        narrators_total=counted.books - counted.narrators.get(None, 0),
        values=tuple(map(_value, suspects)),
        values_total=values_total,
        matches=total,
        matches_without_record=tuple(row["path"] for row in db.execute(_WITHOUT_RECORD)) if bare else (),
        corrections=tuple(map(_correction, db.execute(_CORRECTIONS, (timestamp(since),)))),
        compared=tuple(
            ComparedFact(row["path"], sure_moment(row["matched_at"]), moment(row["looked_at"]))
            for row in db.execute(_COMPARED, (timestamp(compared_before),))
        ),
        compared_total=counted.states[BookState.MATCHED],
        listened=tuple((row["path"], row["seconds"]) for row in listened),
    )


def _book(row: sqlite3.Row) -> BookFact:
    return BookFact(
        path=row["path"],
        sources=row["sources"],
        undecoded=row["undecoded"],
        added_at=sure_moment(row["added_at"]),
    )


def _value(row: sqlite3.Row) -> ValueFact:
    value = json.loads(row["value"])
    own = row["own_value"]
    return ValueFact(
        book=row["book_id"],
        field=row["field"],
        value=value,
        source=row["source"],
        reason=row["reason"],
        confidence=row["confidence"],
        verified=bool(row["verified"]),
        own_word=None if row["action"] is None else own is None or json.loads(own) == value,
    )


def _correction(row: sqlite3.Row) -> CorrectionFact:
    return CorrectionFact(
        id=row["id"],
        book=row["book_id"],
        field=row["field"],
        made_at=sure_moment(row["made_at"]),
        undone=row["state"] == "undone",
        replaced=row["old"] is not None,
        source=row["source"],
        complete=row["before"] is not None and row["after"] is not None,
        verified_before=bool(row["verified_before"]),
    )
