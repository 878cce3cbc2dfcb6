"""The plot in the terminal: every value is drawn, gaps are gaps, and it says the same without colour."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from mamctl.output.plot import Dot, plot

START = datetime(2026, 11, 25, 12, tzinfo=UTC)


def draw(*values: float | None, alarms: tuple[int, ...] = (), colour: bool = False, step: float = 1.0) -> str:
    dots = [Dot(START + timedelta(hours=step * n), value, n in alarms) for n, value in enumerate(values)]
    return plot(dots, (1.0, 1.05), "ratio", "emergency", colour=colour)


@pytest.fixture(autouse=True)
def _eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_it_is_as_wide_as_the_terminal_and_names_its_lines() -> None:
    text = draw(1.2, 1.1, 0.98, 0.99, 1.06, alarms=(2, 3))
    assert max(map(len, text.splitlines())) <= 80
    assert "ratio" in text
    assert "emergency" in text
    assert "x" in text.replace("emergency", "")
    assert "25 Nov 12:00" in text


def test_colour_only_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in draw(1.2, 1.1)
    assert "\x1b[" in draw(1.2, 1.1, colour=True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in draw(1.2, 1.1, colour=True)


@pytest.mark.parametrize("values", [(), (1.0,), (None, None), (None, 1.0)])
def test_with_fewer_than_two_values_there_is_nothing_to_draw(values: tuple[float | None, ...]) -> None:
    assert draw(*values) == ""


def test_an_unknown_stretch_breaks_the_line() -> None:
    flat = [1.5] * 20
    whole, broken = draw(*flat), draw(*flat[:5], *[None] * 10, *flat[15:])

    def inked(text: str) -> int:
        return sum("\u2800" < char <= "\u28ff" for char in text)

    assert inked(broken) < 0.7 * inked(whole)


@pytest.mark.parametrize(("step", "form"), [(1, "12:00"), (24, "25 Nov"), (24 * 60, "2026")])
def test_the_dates_suit_the_span(step: float, form: str) -> None:
    assert form in draw(*[1.1] * 10, step=step).splitlines()[-1]


def scale(text: str) -> list[float]:
    """The numbers at the left."""
    starts = [re.match(r"\s*(\d+\.\d+)[┤├]", line) for line in text.splitlines()]
    return [float(start[1]) for start in starts if start]


def test_one_value_far_out_does_not_press_the_others_together() -> None:
    values = [1.0 + 0.001 * (n % 50) for n in range(200)]
    values[100] = 60.0
    assert max(scale(draw(*values))) < 1.2


def test_the_newest_values_are_always_in_sight() -> None:
    values = [1.2] * 199 + [0.4]
    assert min(scale(draw(*values))) <= 0.4


@pytest.mark.parametrize("count", [2, 29])
def test_a_few_values_are_all_drawn(count: int) -> None:
    assert max(scale(draw(*[1.1] * (count - 1), 9.0))) >= 9.0
