"""How much the tracker was asked: in this run and today, against the day's budget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mamctl.cli.runtime import Runtime

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
