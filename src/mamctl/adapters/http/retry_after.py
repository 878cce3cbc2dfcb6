"""How long a server asks to be left alone: a Retry-After header in either form, or Audnexus' JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_LONGEST = 86400.0


def parse_retry_after(header: str | None, body: bytes, now: datetime) -> float | None:
    """Seconds from `now`, at most a day; None when the server does not say."""
    seconds = _from_header(header.strip(), now) if header else _from_body(body)
    return None if seconds is None else min(_LONGEST, max(0.0, seconds))


def _from_header(text: str, now: datetime) -> float | None:
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now.timestamp()


def _from_body(body: bytes) -> float | None:
    try:
        said = json.loads(body)["error"]["details"]["retryAfterSeconds"]
        return float(said) if isinstance(said, (int, float)) else None
    except (ValueError, RecursionError, KeyError, TypeError, IndexError, OverflowError):
        return None
