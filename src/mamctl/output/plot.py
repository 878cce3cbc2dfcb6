"""A line over time in the terminal; colour says what the marks say too, so that it may be missing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from mamctl.dataclass import dataclass

_HEIGHT = 16
_TICKS = 5
_MANY = 30  # values, from which on the scale leaves out those far off


@dataclass(frozen=True, slots=True)
class Dot:
    """One value at its time; None breaks the line. `alarm` is drawn in a mark of its own."""

    at: datetime
    value: float | None
    alarm: bool = False


def plot(dots: Sequence[Dot], levels: Iterable[float], title: str, alarm_title: str, *, colour: bool) -> str:
    """The plot as text, as wide as the terminal; `levels` are lines across. Empty when there is nothing to draw."""
    known = [dot for dot in dots if dot.value is not None]
    if len(known) < 2 or known[0].at == known[-1].at:
        return ""
    import plotext  # type: ignore[import-untyped]

    plotext.clear_figure()
    plotext.theme("clear")
    plotext.plotsize(_columns(), _HEIGHT)
    shown = set()
    for alarm, stretch in _stretches(dots):
        name = (alarm_title if alarm else title) if alarm not in shown else None
        shown.add(alarm)
        times, values = [dot.at.timestamp() for dot in stretch], [dot.value for dot in stretch]
        plotext.plot(times, values, marker="x" if alarm else "braille", color="red" if alarm else "green", label=name)
    lines = list(levels)
    for level in lines:
        plotext.hline(level, "yellow")
    if scale := _clipped_scale([dot.value for dot in known if dot.value is not None], lines):
        plotext.ylim(*scale)
    plotext.xticks(*_ticks(known[0].at, known[-1].at))
    text: str = plotext.build()
    return (text if colour and "NO_COLOR" not in os.environ else plotext.uncolorize(text)).rstrip("\n")


def _clipped_scale(values: Sequence[float], levels: Sequence[float]) -> tuple[float, float] | None:
    """The scale without a few values far out, which would press all others into some rows; None when there are none.

    The middle 98 of 100 values, the newest twentieth and every level are within it, with a twentieth of room at both
    ends.
    """
    ordered = sorted(values)
    outside = max(1, len(ordered) // 100) if len(ordered) >= _MANY else 0
    kept = [*ordered[outside : len(ordered) - outside], *values[-len(values) // 20 :], *levels]
    low, high = min(kept), max(kept)
    room = (high - low) / 20
    if not outside or (ordered[0] >= low - room and ordered[-1] <= high + room):
        return None
    return low - room, high + room


def _columns() -> int:
    return max(40, min(shutil.get_terminal_size((80, 24)).columns, 160))


def _stretches(dots: Sequence[Dot]) -> Iterable[tuple[bool, list[Dot]]]:
    """Runs of one kind; each but the first begins at the end of the one before, so that the line is not broken."""
    before: Dot | None = None
    for (known, alarm), group in groupby(dots, key=lambda dot: (dot.value is not None, dot.alarm)):
        stretch = list(group)
        if known:
            yield alarm, [*((before,) if before else ()), *stretch]
        before = stretch[-1] if known else None


def _ticks(first: datetime, last: datetime) -> tuple[list[float], list[str]]:
    span = last - first
    form = "%d %b %Y" if span > timedelta(days=300) else "%d %b" if span > timedelta(days=3) else "%d %b %H:%M"
    times = [first + span * number / (_TICKS - 1) for number in range(_TICKS)]
    return [time.timestamp() for time in times], [time.strftime(form) for time in times]
