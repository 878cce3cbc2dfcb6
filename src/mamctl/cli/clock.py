"""The clock of the program, and work that is repeated until a signal; the demo has a clock that runs faster."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from types import FrameType

from mamctl.dataclass import dataclass


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """What the time is, in aware UTC, and how to wait some seconds."""

    now: Callable[[], datetime] = _utc_now
    sleep: Callable[[float], None] = time.sleep


_REAL = Clock()
_CURRENT: ContextVar[Clock] = ContextVar("clock", default=_REAL)


def current_clock() -> Clock:
    """The one in force."""
    return _CURRENT.get()


@contextlib.contextmanager
def use_clock(other: Clock) -> Iterator[None]:
    """Within the block, time goes as `other` says."""
    token = _CURRENT.set(other)
    try:
        yield
    finally:
        _CURRENT.reset(token)


_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def repeat(seconds: float, work: Callable[[], object]) -> None:
    """Begin `work` every so many seconds, at once if it takes longer, until TERM or INT.

    What is under way then is finished first; a second signal does not wait for it.
    """
    with stop_on_signal() as stop:
        while not stop.is_set():
            began = time.monotonic()
            work()
            stop.wait(max(0.0, seconds - (time.monotonic() - began)))


@contextlib.contextmanager
def stop_on_signal() -> Iterator[threading.Event]:
    """Within the block, the first TERM or INT sets the event; a second one does what it always does."""
    stop = threading.Event()
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        for number in _SIGNALS:
            signal.signal(number, before[number])

    for number in _SIGNALS:
        signal.signal(number, ask)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
