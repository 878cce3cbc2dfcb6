"""How long a server asks not to be asked: a Retry-After header in either form, or the body that Audnexus sends."""

from __future__ import annotations

import json
from datetime import UTC
from email.utils import parsedate_to_datetime

LONGEST = 86400.0  # seconds; what is further away is taken as this


def parse_retry_after(header: str | None, now: float, body: bytes = b"") -> float | None:
    """Seconds from `now` (unix time), at most a day; None when neither header nor body gives any."""
    seconds = _from_header(header.strip(" \t"), now) if header else _from_body(body)
    return None if seconds is None else min(LONGEST, max(0.0, seconds))


def _from_header(text: str, now: float) -> float | None:
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _from_body(body: bytes) -> float | None:
    try:
        found = json.loads(body)["error"]["details"]["retryAfterSeconds"]
        return float(found) if isinstance(found, (int, float)) else None
    except (ValueError, RecursionError, KeyError, TypeError, IndexError, OverflowError):
        return None
