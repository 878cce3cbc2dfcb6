"""Waiting for the outside world, always with a deadline; no busy machine reaches it, since only a failure waits."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


AGAIN_S = 3
"""Seconds after which what a client tries again only in a minute is asked for again."""


def wait_until(
    what: str,
    seen: Callable[[], T],
    *,
    seconds: float = 120,
    pause: float = 0.05,
    again: Callable[[], object] = lambda: None,
) -> T:
    """The first truthy value of `seen`; after the deadline an AssertionError names `what` and the last.

    `again` is called every few seconds meanwhile: it asks for what the outside world may have missed.
    """
    begun = asked = time.monotonic()
    while not (value := seen()):
        now = time.monotonic()
        if now > begun + seconds:
            message = f"still not so after {seconds:g} s: {what} (last seen: {value!r})"
            raise AssertionError(message)
        if now > asked + AGAIN_S:
            again()
            asked = time.monotonic()
        time.sleep(pause)
    return value
