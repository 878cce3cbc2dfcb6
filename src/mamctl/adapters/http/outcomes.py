"""What became of each exchange with a server outside, for the count from which availability is computed."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from mamctl.errors import MamctlError, PurchaseUnknownError, SessionRefusedError, ShapeChangedError, UnreachableError

# The server answered, and declined to serve.
_DECLINED = frozenset({"rate_limited", "front_server_refused", "challenge_page"})


class Outcome(StrEnum):
    """One exchange in one word."""

    ANSWERED = "answered"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    UNREADABLE = "unreadable"


RecordExchange = Callable[[str, Outcome], None]
"""Called once for each exchange with the service's name and the outcome. Must not raise."""


def record_nothing(service: str, outcome: Outcome) -> None:
    """For callers that keep no count."""


def outcome_of(error: MamctlError) -> Outcome:
    """The outcome of an exchange that ended in this error."""
    if isinstance(error, SessionRefusedError) or error.slug in _DECLINED:
        return Outcome.REFUSED
    if isinstance(error, ShapeChangedError | PurchaseUnknownError):
        return Outcome.UNREADABLE
    return Outcome.UNREACHABLE if isinstance(error, UnreachableError) else Outcome.ANSWERED
