"""The loop: it goes on until TERM, and finishes what is under way."""

from __future__ import annotations

import os
import signal

import pytest

from mamctl.cli.clock import repeat


def test_it_goes_on_until_a_signal_and_finishes_what_is_under_way() -> None:
    done: list[str] = []

    def work() -> None:
        done.append("begun")
        if len(done) == 5:
            os.kill(os.getpid(), signal.SIGTERM)
        done.append("ended")

    before = signal.getsignal(signal.SIGTERM)
    repeat(0, work)
    assert done == ["begun", "ended"] * 3
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_signal_ends_the_wait_at_once() -> None:
    """It comes while the pass waits; the time is counted from the pass, for before it INT would end the tests."""
    signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
    repeat(3600, lambda: signal.setitimer(signal.ITIMER_REAL, 0.05))


def test_a_second_signal_does_not_wait() -> None:
    def work() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        repeat(0, work)
