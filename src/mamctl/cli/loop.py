"""Doing something again and again until the system or a person asks for the end."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def repeat(seconds: float, work: Callable[[], object]) -> None:
    """Begin `work` every so many seconds, at once if it takes longer, until TERM or INT.

    What is under way then is finished first; a second signal does not wait for it.
    """
    with _stop_on_signal() as stop:
        while not stop.is_set():
            began = time.monotonic()
            work()
            stop.wait(max(0.0, seconds - (time.monotonic() - began)))


@contextlib.contextmanager
def _stop_on_signal() -> Iterator[threading.Event]:
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
