"""How often each service was asked today, and the refusal once the day's budget is used up."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from mamctl.errors import MamctlError
from mamctl.store.database import timestamp, transaction


class BudgetSpentError(MamctlError):
    """The day's requests are used up."""

    code = "budget_spent"


def count_request(db: sqlite3.Connection, service: str, budget: int, now: datetime) -> None:
    """Count one request before it is made. Raises BudgetSpentError instead when the UTC day's budget is used up."""
    day = timestamp(now)[:10]
    with transaction(db):
        if requests_today(db, service, now) >= budget:
            raise BudgetSpentError(
                f"the day's budget of {budget} requests is used up",
                subject=service,
                remedy="it starts anew at 00:00 UTC; tracker.daily_budget sets it",
            )
        db.execute("INSERT INTO requests VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1", (day, service))


def requests_today(db: sqlite3.Connection, service: str, now: datetime) -> int:
    """Requests of the UTC day so far."""
    row = db.execute(
        "SELECT count FROM requests WHERE day = ? AND service = ?", (timestamp(now)[:10], service)
    ).fetchone()
    return int(row["count"]) if row else 0
