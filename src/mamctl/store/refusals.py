"""Acts that were refused because they would have broken a clause."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from mamctl.domain.timestamps import timestamp
from mamctl.store.values import storable


def record_refusal(
    db: sqlite3.Connection, act: str, clause: str, reason: str, now: datetime, *, run_id: int | None = None
) -> None:
    """Count one refusal in. `act` is the kind of act, e.g. "buy_vip"."""
    db.execute(
        "INSERT INTO clause_refusals (run_id, at, act, clause, reason) VALUES (?, ?, ?, ?, ?)",
        (run_id, timestamp(now), act, clause, storable(reason)),
    )
