"""What the catalogues answered about each book, and which books are to be asked about."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime

from mamctl.domain.catalogues.links import CatalogueAnswer, ChosenBy, Outcome
from mamctl.domain.metadata.observation import Field
from mamctl.domain.timestamps import timestamp
from mamctl.store.values import path_to_text

_INSERT = """INSERT INTO catalogue_answers (book_id, catalogue, outcome, chosen_by, reason, record_id, region, title,
  score, series, rating, ratings_count, url, asked_at, run_id)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"""
_REPLACE = """ON CONFLICT DO UPDATE SET outcome = excluded.outcome, chosen_by = excluded.chosen_by,
  reason = excluded.reason, record_id = excluded.record_id, region = excluded.region, title = excluded.title,
  score = excluded.score, series = excluded.series, rating = excluded.rating, ratings_count = excluded.ratings_count,
  url = excluded.url, asked_at = excluded.asked_at, run_id = excluded.run_id
  WHERE catalogue_answers.chosen_by <> 'person' OR ?16"""
_SAVE = f"{_INSERT} {_REPLACE}"
_SAVE_OUTAGE = f"{_INSERT} ON CONFLICT DO NOTHING"


def save_answers(db: sqlite3.Connection, book_id: int, run_id: int | None, answers: Iterable[CatalogueAnswer]) -> None:
    """The newest answers. That a catalogue was out of reach replaces no answer; your choice stays."""
    for answer in answers:
        values = (
            book_id, answer.catalogue, answer.outcome, answer.chosen_by, answer.reason, answer.record_id,
            answer.region, answer.title, answer.score, json.dumps(answer.series), answer.rating,
            answer.ratings_count, answer.url, timestamp(answer.asked_at), run_id,
        )  # fmt: skip
        if answer.outcome is Outcome.UNAVAILABLE:
            db.execute(_SAVE_OUTAGE, values)
        else:
            db.execute(_SAVE, (*values, answer.chosen_by is ChosenBy.USER))


def forget_outages(db: sqlite3.Connection, book_id: int) -> None:
    """That catalogues were out of reach no longer matters: the book was looked up again."""
    db.execute("DELETE FROM catalogue_answers WHERE book_id = ? AND outcome = 'unavailable'", (book_id,))


def load_answers(db: sqlite3.Connection, book_id: int) -> dict[str, CatalogueAnswer]:
    """The answers by catalogue."""
    rows = db.execute("SELECT * FROM catalogue_answers WHERE book_id = ? ORDER BY catalogue", (book_id,))
    return {row["catalogue"]: read_answer(row) for row in rows}


def read_answer(row: sqlite3.Row) -> CatalogueAnswer:
    """A row of `catalogue_answers` as the answer."""
    return CatalogueAnswer(
        catalogue=row["catalogue"],
        outcome=Outcome(row["outcome"]),
        chosen_by=ChosenBy(row["chosen_by"]),
        reason=row["reason"],
        asked_at=datetime.fromisoformat(row["asked_at"]),
        record_id=row["record_id"],
        region=row["region"],
        title=row["title"],
        score=row["score"],
        series=tuple((str(name), str(number)) for name, number in json.loads(row["series"])),
        rating=row["rating"],
        ratings_count=row["ratings_count"],
        url=row["url"],
    )


def all_books(db: sqlite3.Connection) -> tuple[int, ...]:
    """Every book that is there."""
    return _ids(db.execute("SELECT id FROM books WHERE gone_at IS NULL ORDER BY id"))


def books_to_ask_about(db: sqlite3.Connection, catalogues: Iterable[str]) -> tuple[int, ...]:
    """The books about which no catalogue has answered anything yet, or one of these was out of reach when asked."""
    return _ids(
        db.execute(
            "SELECT id FROM books WHERE gone_at IS NULL AND (id NOT IN"
            " (SELECT book_id FROM catalogue_answers WHERE outcome <> 'unavailable') OR id IN"
            " (SELECT book_id FROM catalogue_answers WHERE outcome = 'unavailable'"
            " AND catalogue IN (SELECT value FROM json_each(?)))) ORDER BY id",
            (json.dumps(sorted(catalogues)),),
        )
    )


def books_without(db: sqlite3.Connection, field: Field) -> tuple[int, ...]:
    """The books that have no agreed value of the field."""
    return _ids(
        db.execute(
            "SELECT id FROM books WHERE gone_at IS NULL AND id NOT IN (SELECT book_id FROM agreed WHERE field = ?)"
            " ORDER BY id",
            (field,),
        )
    )


def books_at(db: sqlite3.Connection, text: str) -> tuple[int, ...]:
    """The book with this number or path, or all books below this folder; none when there is none."""
    rows = db.execute(
        "SELECT id FROM books WHERE gone_at IS NULL"
        " AND (CAST(id AS TEXT) = ?1 OR path = ?2 OR substr(path, 1, length(?2) + 1) = ?2 || '/') ORDER BY id",
        (text, path_to_text(text.rstrip("/"))),
    )
    return _ids(rows)


def series_links(db: sqlite3.Connection) -> dict[int, dict[str, tuple[tuple[str, str], ...]]]:
    """For each book the series (name, id) that each catalogue counts it to."""
    links: dict[int, dict[str, tuple[tuple[str, str], ...]]] = {}
    rows = db.execute(
        "SELECT a.book_id, a.catalogue, a.series FROM catalogue_answers a JOIN books b ON b.id = a.book_id"
        " WHERE b.gone_at IS NULL AND a.outcome = 'match' AND a.series <> '[]'"
    )
    for row in rows:
        pairs = tuple((str(name), str(number)) for name, number in json.loads(row["series"]) if number)
        if pairs:
            links.setdefault(row["book_id"], {})[row["catalogue"]] = pairs
    return links


def _ids(rows: Iterable[sqlite3.Row]) -> tuple[int, ...]:
    return tuple(int(row[0]) for row in rows)
