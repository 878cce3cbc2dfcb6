"""Requests held back until a test lets them go; so races and crashes need no timing."""

from __future__ import annotations

import threading


class RequestGate:
    """Counts the requests that wait, and lets all of them go at once."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._round = 0
        self._open = False
        self.held = 0

    def hold(self) -> None:
        """Wait for the next release."""
        with self._changed:
            mine = self._round
            self.held += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._round != mine or self._open)
            self.held -= 1

    def pause(self, seconds: float) -> None:
        """Wait that long, or until everything is let go for good."""
        with self._changed:
            self._changed.wait_for(lambda: self._open, timeout=seconds)

    def release(self) -> None:
        """Let every held request go on."""
        with self._changed:
            self._round += 1
            self._changed.notify_all()

    def release_for_good(self) -> None:
        """Let everything go on, now and later."""
        with self._changed:
            self._open = True
            self._changed.notify_all()

    def reopen(self) -> None:
        """Hold again from now on."""
        with self._changed:
            self._open = False

    def wait_until_held(self, count: int = 1, timeout: float = 60.0) -> bool:
        """Wait until that many requests are held; False when they did not come in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self.held >= count, timeout)
