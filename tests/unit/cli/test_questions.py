"""How a line is read at a terminal: a signal ends the waiting whenever it comes, and nothing that was typed is lost."""

from __future__ import annotations

import os
import pty
import signal
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from mamctl.cli.questions import read_line

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Where to type for the terminal that is this process's stdin meanwhile."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield ours
    os.close(ours)


def test_lines_typed_ahead_are_read_one_by_one_and_ctrl_d_is_the_end(keyboard: int) -> None:
    os.write(keyboard, "1\n–\n\x04".encode())
    assert [read_line(), read_line(), read_line()] == ["1\n", "–\n", ""]


def test_a_signal_that_does_not_interrupt_the_reading_ends_it_all_the_same(keyboard: int) -> None:
    """Given to another thread it interrupts no system call of this one, like one that comes just before the call."""
    press = threading.Timer(0.2, lambda: signal.pthread_kill(threading.get_ident(), signal.SIGINT))

    def read_while_pressed() -> None:
        press.start()  # when it comes makes no difference: before, while or after the reading begins
        read_line()

    with pytest.raises(KeyboardInterrupt):
        read_while_pressed()
    press.join()
    assert signal.set_wakeup_fd(-1) == -1


def test_a_signal_that_ends_nothing_leaves_the_question_open(keyboard: int) -> None:
    came: list[int] = []

    def press() -> None:
        signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
        os.write(keyboard, b"yes\n")

    before = signal.signal(signal.SIGUSR1, lambda number, _: came.append(number))
    try:
        pressing = threading.Thread(target=press)
        pressing.start()
        assert read_line() == "yes\n"
        pressing.join()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert came == [signal.SIGUSR1]
