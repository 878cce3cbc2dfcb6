"""Waiting for the outside world, always with a deadline."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def wait_until(what: str, seen: Callable[[], T], *, seconds: float = 30, pause: float = 0.05) -> T:
    """The first truthy value of `seen`; after the deadline an AssertionError names `what` and the last."""
    deadline = time.monotonic() + seconds
    while not (value := seen()):
        if time.monotonic() > deadline:
            message = f"still not so after {seconds:g} s: {what} (last seen: {value!r})"
            raise AssertionError(message)
        time.sleep(pause)
    return value
