"""Corrections by drift: made, told, undone; each with what it changed, so that it can be taken back exactly."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from mamctl.domain.catalogues.drift_changes import Change, spell
from mamctl.domain.metadata.agreed_value import AgreedValue
from mamctl.domain.metadata.observation import Field, Observation
from mamctl.domain.metadata.source_priority import CATALOGUE_SOURCES
from mamctl.domain.permits import Correct, Permit
from mamctl.domain.problem import Problem
from mamctl.domain.timestamps import timestamp
from mamctl.sqlite import transaction
from mamctl.store.catalogues.drift_history import RecordedChange
from mamctl.store.library.agreed import read_observations, value_text
from mamctl.store.values import path_to_text

_SOURCES = tuple(sorted(CATALOGUE_SOURCES))
_MARKS = ", ".join("?" * len(_SOURCES))


def begin_drift_run(db: sqlite3.Connection, run_id: int, now: datetime) -> int:
    """A new row for a run of corrections; its number."""
    row = db.execute("INSERT INTO drift_runs (run_id, begun_at) VALUES (?, ?)", (run_id, timestamp(now)))
    return int(row.lastrowid or 0)


def due_books(db: sqlite3.Connection, before: datetime | None, now: datetime) -> tuple[int, ...]:
    """Books that a catalogue knows, not looked at since `before` (None: all), those longest not looked at first.

    What was looked at later than `now` was dated by a clock that was wrong, and is due.
    """
    rows = db.execute(
        "SELECT b.id, coalesce(l.looked_at, max(a.asked_at)) AS seen FROM books b"
        " JOIN catalogue_answers a ON a.book_id = b.id AND a.outcome = 'match'"
        " LEFT JOIN looked_at l ON l.book_id = b.id WHERE b.gone_at IS NULL"
        " GROUP BY b.id HAVING ?1 IS NULL OR seen <= ?1 OR seen > ?2 ORDER BY seen, b.id",
        (timestamp(before) if before else None, timestamp(now)),
    )
    return tuple(int(row["id"]) for row in rows)


def mark_looked_at(db: sqlite3.Connection, book_id: int, drift_run: int, now: datetime) -> None:
    """The book was compared now."""
    db.execute(
        "INSERT INTO looked_at (book_id, looked_at, drift_run_id) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET looked_at = excluded.looked_at, drift_run_id = excluded.drift_run_id",
        (book_id, timestamp(now), drift_run),
    )


def make_change(
    db: sqlite3.Connection,
    change: Change,
    before: str,
    run_id: int,
    drift_run: int,
    now: datetime,
    permit: Permit[Correct],
) -> None:
    """Write the agreed value, and the change with what was `before`. The field's evidence is renewed already.

    The database refuses it when the field is verified.
    """
    write_agreed(db, change.book, change.chosen, run_id, now)
    _record(db, change, "made", before, snapshot(db, change.book, change.field), drift_run, now)


def propose_change(db: sqlite3.Connection, change: Change, drift_run: int, now: datetime) -> None:
    """Record that the change was proposed and left to you."""
    _record(db, change, "told", None, None, drift_run, now)


def write_agreed(db: sqlite3.Connection, book_id: int, value: AgreedValue, run_id: int, now: datetime) -> None:
    """One agreed value. The database refuses it when the field is verified."""
    db.execute(
        "INSERT INTO agreed (book_id, field, value, confidence, source, reason, changed_at, run_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET value = excluded.value, confidence = excluded.confidence, source = excluded.source,"
        " reason = excluded.reason, changed_at = excluded.changed_at, run_id = excluded.run_id, edit_id = NULL",
        (
            book_id,
            value.field,
            value_text(value.value),
            value.confidence,
            value.source,
            value.reason,
            timestamp(now),
            run_id,
        ),
    )


def renew_evidence(db: sqlite3.Connection, book_id: int, run_id: int, observations: Iterable[Observation]) -> None:
    """What catalogues say from now on; statements that stand stay as they are, with the run that brought them."""
    wanted = Counter(one for one in observations if one.source in CATALOGUE_SOURCES)
    gone = []
    for number, one in _numbered(db, book_id):
        if wanted[one] > 0:
            wanted[one] -= 1
        else:
            gone.append((number,))
    db.executemany("DELETE FROM observations WHERE id = ?", gone)
    db.executemany(
        "INSERT INTO observations (book_id, run_id, field, value, source, place, confidence, seen_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (book_id, run_id, o.field, value_text(o.value), o.source, path_to_text(o.place), o.confidence,
             timestamp(o.seen_at))
            for o in wanted.elements()
        ],
    )  # fmt: skip


def _numbered(db: sqlite3.Connection, book_id: int) -> list[tuple[int, Observation]]:
    """The catalogues' statements with their row numbers, in the order that loading them has."""
    rows = db.execute(
        "SELECT id, field, value, source, place, confidence, seen_at FROM observations"  # noqa: S608
        f" WHERE book_id = ? AND source IN ({_MARKS}) ORDER BY field, confidence DESC, id",
        (book_id, *_SOURCES),
    ).fetchall()
    observations = read_observations(tuple(row)[1:] for row in rows)
    return [(int(row["id"]), one) for row, one in zip(rows, observations, strict=True)]


def snapshot(db: sqlite3.Connection, book_id: int, field: Field) -> str:
    """The agreed row of a field and what catalogues say of it, as JSON."""
    agreed = db.execute("SELECT * FROM agreed WHERE book_id = ? AND field = ?", (book_id, field)).fetchone()
    rows = db.execute(
        f"SELECT * FROM observations WHERE book_id = ? AND field = ? AND source IN ({_MARKS}) ORDER BY id",  # noqa: S608
        (book_id, field, *_SOURCES),
    )
    return json.dumps({"agreed": dict(agreed) if agreed else None, "observations": [dict(row) for row in rows]})


def undo_changes(db: sqlite3.Connection, changes: Iterable[RecordedChange], now: datetime) -> list[Problem]:
    """Take changes back, the newest first; each is wholly undone, or a problem says why it was left."""
    found = sorted(changes, key=lambda change: -change.id)
    return [problem for change in found if (problem := _undo(db, change, now)) is not None]


def _undo(db: sqlite3.Connection, change: RecordedChange, now: datetime) -> Problem | None:
    subject = f"c{change.id}"
    with transaction(db):
        row = db.execute("SELECT * FROM drift_changes WHERE id = ? AND state = 'made'", (change.id,)).fetchone()
        if row is None:
            return Problem("drift_not_made", f"{subject} is not a correction in effect", subject)
        field, before, after = Field(row["field"]), json.loads(row["before"]), json.loads(row["after"])
        current = db.execute("SELECT * FROM agreed WHERE book_id = ? AND field = ?", (change.book, field)).fetchone()
        if current is None or current["verified"] or current["value"] != after["agreed"]["value"]:
            text = f"the {field.value} was changed again after {subject}; it was left as it is"
            return Problem("drift_changed_since", text, subject, "undo the later change first")
        _restore(db, change.book, field, before)
        db.execute("UPDATE drift_changes SET state = 'undone', undone_at = ? WHERE id = ?", (timestamp(now), change.id))
    return None


def _restore(db: sqlite3.Connection, book_id: int, field: Field, before: dict[str, Any]) -> None:
    """The agreed row and the catalogues' observations of one field, exactly as they were."""
    db.execute("DELETE FROM agreed WHERE book_id = ? AND field = ?", (book_id, field))
    db.execute(
        f"DELETE FROM observations WHERE book_id = ? AND field = ? AND source IN ({_MARKS})",  # noqa: S608
        (book_id, field, *_SOURCES),
    )
    for table, rows in (
        ("agreed", [before["agreed"]] if before["agreed"] else []),
        ("observations", [{k: v for k, v in one.items() if k != "id"} for one in before["observations"]]),
    ):
        for row in rows:
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))  # noqa: S608


def _record(
    db: sqlite3.Connection,
    change: Change,
    state: str,
    before: str | None,
    after: str | None,
    drift_run: int,
    now: datetime,
) -> None:
    old = spell(change.old) if change.old is not None else None
    db.execute(
        "INSERT INTO drift_changes (drift_run_id, book_id, field, old, new, source, kind, reason, state, before, after,"
        " made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            drift_run, change.book, change.field, old, spell(change.new), change.source, change.kind, change.reason,
            state, before, after, timestamp(now),
        ),
    )  # fmt: skip
