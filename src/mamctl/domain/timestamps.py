"""A moment in time as text, the same in the store and in JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache


@lru_cache(maxsize=256)  # a run writes one moment for hundreds of values
def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC to the second, e.g. 2026-11-25T12:00:00Z."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
