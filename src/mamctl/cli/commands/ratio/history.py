"""`mamctl ratio history`: figures and transitions over time, as a table, a plot, JSON or CSV."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Annotated

import typer

from mamctl.cli.command import command
from mamctl.cli.format import bytes_text, day, yes_no
from mamctl.cli.options import SINCE, start_time
from mamctl.cli.runtime import Runtime
from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Result
from mamctl.domain.ratio.guard import show_ratio
from mamctl.domain.ratio.history import Point, choose_step, condense
from mamctl.errors import UsageError
from mamctl.output.json_text import jsonable
from mamctl.output.plot import Dot, plot
from mamctl.output.screen import Screen, Tone
from mamctl.store.ratio.guard import Transition, list_transitions
from mamctl.store.ratio.stats import list_points

app = typer.Typer()

_ROWS = 31
_CHANGES = 10  # transitions on a screen
_DOTS = 400  # more than a terminal has columns for


@dataclass(frozen=True, slots=True)
class Change:
    """One transition of the guard with the figures of that moment; `decided_by` is guard or person."""

    at: datetime
    from_: str
    to: str
    decided_by: str
    reason: str
    ratio: float | None
    uploaded_bytes: int | None
    downloaded_bytes: int | None


@dataclass(frozen=True, slots=True)
class HistoryData:
    """The history since then, oldest first; `plot` says that it is to be drawn."""

    since: datetime
    floor: float
    recovery: float
    transitions: tuple[Change, ...]
    points: tuple[Point, ...]
    plot: bool


def render_history(screen: Screen, data: HistoryData) -> None:
    """The newest transitions, then the figures: drawn, or in rows of a bearable number."""
    if (older := len(data.transitions) - _CHANGES) > 0:
        screen.line(f"… {older} more before these: --json has them all", Tone.DIM)
    for change in data.transitions[-_CHANGES:]:
        tone = Tone.BAD if change.to == "emergency" else Tone.GOOD
        by = "you" if change.decided_by == "person" else change.decided_by
        screen.line(f"{day(change.at)}  {change.from_} → {change.to} ({by}): {change.reason}", tone)
    if not data.points:
        screen.line(f"No figures since {day(data.since)}: each pass of mamctl ratio watch leaves some.")
    elif data.plot:
        _draw(screen, data)
    else:
        _tabulate(screen, data)


def _draw(screen: Screen, data: HistoryData) -> None:
    rows = data.points if len(data.points) <= _DOTS else _condensed(data.points, _DOTS)
    dots = [Dot(row.at, row.ratio_low if row.emergency else row.ratio, row.emergency) for row in rows]
    text = plot(dots, (data.floor, data.recovery), "ratio", "emergency", colour=screen.terminal)
    if text:
        screen.raw(text)
    else:
        screen.line("Too few figures to draw: two known ratios are needed.")


def _tabulate(screen: Screen, data: HistoryData) -> None:
    screen.table(
        ("from", "lowest", "last", "highest", "uploaded", "downloaded", "frozen", "emergency"),
        [
            (
                day(row.at),
                *map(show_ratio, (row.ratio_low, row.ratio, row.ratio_high)),
                *map(bytes_text, (row.uploaded_bytes, row.downloaded_bytes)),
                row.frozen,
                yes_no(row.emergency),
            )
            for row in _condensed(data.points, _ROWS)
        ],
        right=(1, 2, 3, 4, 5, 6),
        optional=(5, 4, 6),
    )


def _condensed(points: Sequence[Point], most: int) -> Sequence[Point]:
    return condense(points, choose_step(points[-1].at - points[0].at, most))


@command(app, "history", schema="mamctl.ratio.history/1", render=render_history)
def history(
    runtime: Runtime,
    since: SINCE = "30d",  # type: ignore[assignment]  # the parser turns it into a span
    plot: Annotated[bool, typer.Option("--plot", help="Draw it.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the figures as CSV.")] = False,
) -> Result | None:
    """Show ratio and transfers over time.

    The figures are kept for good, coarser as they age.
    """
    if as_csv and plot:
        raise UsageError("--csv and --plot cannot be combined", remedy="choose one of them")
    policy = runtime.config.ratio
    now = runtime.now()
    start = start_time(since, now)
    points = list_points(runtime.store, start, now)
    if as_csv:
        _write_csv(points)
        return None
    changes = tuple(map(_change, list_transitions(runtime.store, start)))
    return Result(HistoryData(start, policy.floor, policy.recovery, changes, points, plot))


def _change(made: Transition) -> Change:
    return Change(
        at=made.at,
        from_=made.from_state.value,
        to=made.to_state.value,
        decided_by=made.decided_by,
        reason=made.reason,
        ratio=made.ratio,
        uploaded_bytes=made.uploaded_bytes,
        downloaded_bytes=made.downloaded_bytes,
    )


def _write_csv(points: Iterable[Point]) -> None:
    names = [entry.name for entry in fields(Point)]
    sheet = csv.writer(sys.stdout, lineterminator="\n")
    sheet.writerow(names)
    sheet.writerows([_cell(getattr(point, name)) for name in names] for point in points)


def _cell(value: object) -> object:
    """A value as JSON spells it: true and false, not Python's words for them."""
    return str(value).lower() if isinstance(value, bool) else jsonable(value)
