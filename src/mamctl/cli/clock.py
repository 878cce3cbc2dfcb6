"""The clock and the patience of the program; the demo lives in days that pass in a blink."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Nature:
    """What the time is, in aware UTC, and how to wait some seconds."""

    now: Callable[[], datetime] = _utc_now
    sleep: Callable[[float], None] = time.sleep


_REAL = Nature()
_NATURE: ContextVar[Nature] = ContextVar("nature", default=_REAL)


def nature() -> Nature:
    """The one in force."""
    return _NATURE.get()


@contextlib.contextmanager
def under(other: Nature) -> Iterator[None]:
    """Within the block, time goes as `other` says."""
    token = _NATURE.set(other)
    try:
        yield
    finally:
        _NATURE.reset(token)
