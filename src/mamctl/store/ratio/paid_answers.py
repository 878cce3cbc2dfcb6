"""What the paid gate answered."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from mamctl.domain.timestamps import timestamp
from mamctl.sqlite import transaction
from mamctl.store.values import storable


def record_answer(
    db: sqlite3.Connection,
    subject: str,
    answer: str,
    reason: str,
    now: datetime,
    *,
    run_id: int | None = None,
    emergency_id: int | None = None,
) -> int:
    """One question with its answer."""
    with transaction(db):
        row = db.execute(
            "INSERT INTO paid_answers (run_id, asked_at, subject, answer, reason, emergency_id)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (run_id, timestamp(now), storable(subject), answer, reason, emergency_id),
        )
        return int(row.lastrowid or 0)


def count_blocked(db: sqlite3.Connection, emergency_id: int) -> int:
    """Paid downloads refused in this emergency."""
    row = db.execute(
        "SELECT count(*) FROM paid_answers WHERE emergency_id = ? AND answer = 'blocked_ratio_emergency'",
        (emergency_id,),
    ).fetchone()
    return int(row[0])
