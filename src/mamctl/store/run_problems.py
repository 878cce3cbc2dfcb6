"""The problems of runs: one row from when a problem begins or changes until it is over."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta

from mamctl.domain.problem import Problem
from mamctl.store.database import storable, timestamp

_SAME_SPELL = timedelta(days=1)  # away for less than this, a problem has not ended: it comes and goes
_FIGURES = re.compile(r"\d+(?:[.,:]\d+)*")

Key = tuple[str, str | None, str]


def record_problems(
    db: sqlite3.Connection, run_id: int, problems: Iterable[Problem], now: datetime, *, judged: bool
) -> None:
    """Note the problems of a run, inside the caller's transaction.

    One that stands already has its row renewed: new figures in its message are no change. What a run that has
    `judged` does not mention is over.
    """
    (job,) = db.execute("SELECT job FROM runs WHERE id = ?", (run_id,)).fetchone()
    at = timestamp(now)
    rows = db.execute(
        "SELECT id, code, subject, message, ended_at FROM run_problems WHERE job = ?"
        " AND (ended_at IS NULL OR ended_at > ?) ORDER BY id",
        (job, timestamp(now - _SAME_SPELL)),
    ).fetchall()
    known = {key(row["code"], row["subject"], row["message"]): row for row in rows}
    current = {key(p.code, storable(p.subject), str(storable(p.message))): p for p in problems}
    db.executemany(
        "UPDATE run_problems SET last_run_id = ?, last_seen_at = ?, ended_at = NULL, message = ?, remedy = ?"
        " WHERE id = ?",
        [
            (run_id, at, storable(p.message), storable(p.remedy), known[mark]["id"])
            for mark, p in current.items()
            if mark in known
        ],
    )
    db.executemany(
        "INSERT INTO run_problems (run_id, last_run_id, job, code, message, subject, remedy, began_at, last_seen_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (run_id, run_id, job, p.code, storable(p.message), storable(p.subject), storable(p.remedy), at, at)
            for mark, p in current.items()
            if mark not in known
        ],
    )
    if judged:
        over = [(at, row["id"]) for mark, row in known.items() if row["ended_at"] is None and mark not in current]
        db.executemany("UPDATE run_problems SET ended_at = ? WHERE id = ?", over)


def key(code: str, subject: str | None, message: str) -> Key:
    """What makes two notes of a problem the same: everything but the figures in its message."""
    return code, subject, _FIGURES.sub("#", message)
