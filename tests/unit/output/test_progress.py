"""Waiting is shown on a terminal, and nowhere else."""

from __future__ import annotations

import os
import pty
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mamctl.output.progress import file_progress, speed_text, waiting
from mamctl.output.screen import Screen


@contextmanager
def a_terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setenv("COLUMNS", "40")
        yield ours
    os.close(ours)


def read_until(terminal: int, end: str) -> str:
    """What a terminal shows, up to `end`: it comes in pieces as it likes."""
    shown = ""
    while not shown.endswith(end):
        shown += os.read(terminal, 1000).decode()
    return shown


def test_a_terminal_shows_the_wait_on_one_line_and_takes_it_away(monkeypatch):
    with a_terminal(monkeypatch) as terminal:
        with waiting("waiting 30 s as the tracker asked, however long this text is", wanted=True):
            shown = read_until(terminal, "…")
        left = read_until(terminal, "\x1b[K")
    assert shown.startswith("\rwaiting 30 s as the tracker")
    assert len(shown) <= 40
    assert left == "\r\x1b[K"


def test_it_is_taken_away_when_the_wait_fails(monkeypatch):
    with a_terminal(monkeypatch) as terminal:
        with pytest.raises(KeyError), waiting("waiting", wanted=True):
            raise KeyError
        assert read_until(terminal, "\x1b[K").startswith("\rwaiting")


def test_elsewhere_nothing_is_written(capsys: pytest.CaptureFixture[str]):
    with waiting("waiting", wanted=True), waiting("waiting", wanted=False):
        pass
    assert capsys.readouterr().err == ""


def test_a_terminal_that_cannot_go_back_is_left_alone(monkeypatch):
    """It would show the bytes that clear the line; tables have its width all the same."""
    monkeypatch.setenv("TERM", "dumb")
    with a_terminal(monkeypatch) as terminal:
        with waiting("waiting", wanted=True):
            pass
        Screen(sys.stderr).table(("id", "title"), [(1, "The Road of Salt and the Long Way Home Again")])
        sys.stderr.flush()
        shown = read_until(terminal, "…\r\n")
    assert "\x1b" not in shown
    assert "waiting" not in shown
    assert all(len(line) <= 40 for line in shown.splitlines())


@pytest.mark.parametrize(
    ("speed", "text"),
    [(None, ""), (0, "0 B/s"), (2048.7, "2.00 KiB/s"), (1_310_720, "1.25 MiB/s"), (3 << 30, "3.00 GiB/s")],
)
def test_a_speed_has_the_units_of_every_other_size(speed: float | None, text: str) -> None:
    assert speed_text(speed) == text


def test_a_bar_shows_its_speed_in_these_units(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    with a_terminal(monkeypatch) as terminal:
        monkeypatch.setenv("COLUMNS", "80")
        with file_progress(lambda: (2, 2 << 30), wanted=True) as bar:
            bar.advance(1, 1 << 30)
            bar.advance(1, 1 << 30)
        shown = ""
        while not re.search(r"2 of 2 files.*(\d B|[KMGT]iB)/s", shown):
            shown += os.read(terminal, 1000).decode()
