"""How one exchange with an outside server ended, as availability is counted."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class ExchangeOutcome(StrEnum):
    """The end of one request, after its own repetitions: each request that was sent has exactly one."""

    ANSWERED = "answered"
    """An answer that was understood, also one that says "there is none"."""
    REFUSED = "refused"
    """The server answered and would not serve: 401, 403, 429, 5xx, maintenance."""
    UNREACHABLE = "unreachable"
    """No whole answer came: no connection, a time-out, a cut body."""
    UNREADABLE = "unreadable"
    """A whole answer came and its form was not understood."""


RecordExchange = Callable[[str, ExchangeOutcome], None]
"""`record(service, outcome)`: may be called from any thread, returns at once and never raises. `service` is the
name used in messages and counts, e.g. "tracker", "audnexus", or a client's name with "qbittorrent:" before it."""


def record_nothing(_service: str, _outcome: ExchangeOutcome) -> None:
    """For an adapter whose exchanges are not counted."""
