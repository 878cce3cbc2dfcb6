"""Counts the requests of a run: how exchanges end, and the tracker's budget of the day."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING

from mamctl.domain.exchange import ExchangeOutcome

if TYPE_CHECKING:
    from mamctl.cli.runtime import Runtime


class ExchangeTally:
    """Adapters record from their threads; the database is written by the one that owns it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[tuple[str, ExchangeOutcome]] = Counter()

    def record(self, service: str, outcome: ExchangeOutcome) -> None:
        """Count one exchange with `service`."""
        with self._lock:
            self._counts[service, outcome] += 1

    def write(self, db: sqlite3.Connection, now: datetime) -> None:
        """Add the counts since the last time to the day of `now`. A database that cannot be written loses them."""
        from mamctl.store.exchanges import count_exchanges

        with self._lock:
            counts, self._counts = self._counts, Counter()
        if counts:
            with contextlib.suppress(sqlite3.Error):
                count_exchanges(db, counts, now)


TRACKER = "tracker"


@dataclass(frozen=True, slots=True)
class Requests:
    """Requests to the tracker; a day is a UTC day."""

    run: int
    today: int
    budget: int


def count_requests(runtime: Runtime) -> Requests:
    """The figures as they are now."""
    from mamctl.store.exchanges import requests_today

    today = requests_today(runtime.ledger, TRACKER, runtime.now())
    return Requests(runtime.requests_made, today, runtime.config.tracker.daily_budget)
