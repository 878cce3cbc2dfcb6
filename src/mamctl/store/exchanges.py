"""How exchanges with outside servers ended, counted by day, service and outcome."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mamctl.domain.exchange import ExchangeOutcome
from mamctl.store.database import timestamp, transaction


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
