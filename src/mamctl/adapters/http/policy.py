"""How far one exchange may go, and how long to wait before the next: by our own pauses, or as the server asks."""

from __future__ import annotations

import json
from datetime import UTC

from mamctl.dataclass import dataclass

LONGEST = 86400.0  # seconds of a Retry-After; what is further away is taken as this


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """The limits of one exchange.

    `silence` and `total` are seconds: one wait for the next bytes, and the whole with connection, TLS and headers.
    `largest_body` is bytes when unpacked, `redirects` how many within the same host are followed.
    """

    silence: float = 30.0
    total: float = 120.0
    largest_body: int = 16 * 1024**2
    redirects: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Retries:
    """Pauses between the attempts of one run, in seconds; each is twice as long as the one before."""

    first: float = 4.0
    first_throttled: float = 4.0  # after a 429 without Retry-After

    def pause(self, attempt: int, *, asked: float | None = None, chance: float = 0.0, throttled: bool = False) -> float:
        """Seconds after attempt number `attempt` (the first is 0), at least the `asked` ones; `chance` adds jitter."""
        first = self.first_throttled if throttled else self.first
        return max(asked or 0.0, first * float(2**attempt) * (1 + chance))


def parse_retry_after(header: str | None, now: float, body: bytes = b"") -> float | None:
    """Seconds from `now`, at most a day, by a Retry-After header in either form or the body that Audnexus sends; None
    when neither gives any. `now` is unix time, by the server's own clock where it is known.
    """
    seconds = _from_header(header.strip(" \t"), now) if header else _from_body(body)
    return None if seconds is None else min(LONGEST, max(0.0, seconds))


def parse_http_date(text: str | None) -> float | None:
    """Unix seconds of a Date, Expires or Retry-After header; UTC where it names no zone, None when it is not a date."""
    from email.utils import parsedate_to_datetime  # loads sockets, which a command without requests does not need

    try:
        moment = parsedate_to_datetime(text or "")
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _from_header(text: str, now: float) -> float | None:
    if text.isascii() and text.isdigit():
        return float(text[:9])
    moment = parse_http_date(text)
    return None if moment is None else moment - now


def _from_body(body: bytes) -> float | None:
    try:
        found = json.loads(body)["error"]["details"]["retryAfterSeconds"]
        return float(found) if isinstance(found, (int, float)) else None
    except (ValueError, RecursionError, KeyError, TypeError, IndexError, OverflowError):
        return None
