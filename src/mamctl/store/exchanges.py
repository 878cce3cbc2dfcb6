"""Exchanges with outside servers by day: the budget of requests of a service, and how exchanges ended."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime

from mamctl.dataclass import dataclass
from mamctl.domain.exchange import ExchangeOutcome
from mamctl.domain.timestamps import timestamp
from mamctl.errors import MamctlError
from mamctl.sqlite import transaction


@dataclass(frozen=True, slots=True)
class ExchangeCount:
    """Exchanges of one UTC day (YYYY-MM-DD) with one service that ended in one way."""

    day: str
    service: str
    outcome: ExchangeOutcome
    count: int


def count_exchanges(db: sqlite3.Connection, counts: Mapping[tuple[str, ExchangeOutcome], int], now: datetime) -> None:
    """Add to the counts of the UTC day of `now`, by service and outcome. Raises sqlite3.Error."""
    with transaction(db):
        db.executemany(
            "INSERT INTO exchange_counts (day, service, outcome, count) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET count = count + excluded.count",
            [(timestamp(now)[:10], service, outcome.value, count) for (service, outcome), count in counts.items()],
        )


def load_exchanges(db: sqlite3.Connection, since: datetime) -> tuple[ExchangeCount, ...]:
    """The counts from the UTC day of `since` on, the oldest first."""
    rows = db.execute("SELECT * FROM exchange_counts WHERE day >= ? ORDER BY 1, 2, 3", (timestamp(since)[:10],))
    return tuple(ExchangeCount(r["day"], r["service"], ExchangeOutcome(r["outcome"]), r["count"]) for r in rows)


class BudgetSpentError(MamctlError):
    """The day's requests are used up."""

    code = "budget_spent"


def count_request(db: sqlite3.Connection, service: str, budget: int, now: datetime, path: str | None = None) -> None:
    """Count one request before it is made. Raises BudgetSpentError instead when the UTC day's budget is used up.

    `path` is its endpoint, for the journal of requests to the site.
    """
    day = timestamp(now)[:10]
    with transaction(db):
        if requests_today(db, service, now) >= budget:
            raise BudgetSpentError(
                f"the day's budget of {budget} requests is used up",
                subject=service,
                remedy="it starts again at 00:00 UTC; tracker.daily_budget sets it",
            )
        db.execute("INSERT INTO requests VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1", (day, service))
        if path is not None:
            db.execute(
                "INSERT INTO site_requests VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1", (day, path)
            )


def requests_today(db: sqlite3.Connection, service: str, now: datetime) -> int:
    """Requests of the UTC day so far."""
    row = db.execute(
        "SELECT count FROM requests WHERE day = ? AND service = ?", (timestamp(now)[:10], service)
    ).fetchone()
    return int(row["count"]) if row else 0
