"""Line charts as inline SVG: the plot stretches with the page, the labels beside it stay as large as its text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import field
from datetime import UTC, datetime, timedelta

from mamctl.dataclass import dataclass
from mamctl.domain.report.series import Mark

WIDTH, HEIGHT = 720.0, 200.0
_MOST_TICKS = 5
_ROWS = 12  # of the table that stands for a chart


@dataclass(frozen=True, slots=True)
class Line:
    """A curve with its name; `kind` is its class in the style sheet."""

    kind: str
    name: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """The room between two curves."""

    kind: str
    name: str
    low: tuple[Mark, ...]
    high: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time behind the curves."""

    kind: str
    name: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Level:
    """A line across, with its label."""

    kind: str
    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Moment:
    """A line from top to bottom, with its label."""

    kind: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Plot:
    """What is to be drawn from `since` to `until`. Values are written by `unit`, a format such as "{:.2f}"."""

    name: str
    title: str
    since: datetime
    until: datetime
    unit: str
    lines: tuple[Line, ...]
    areas: tuple[Area, ...] = ()
    spans: tuple[Span, ...] = ()
    levels: tuple[Level, ...] = ()
    moments: tuple[Moment, ...] = ()
    scale: float = 1.0
    """Values are divided by this before they are written."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A label beside the plot, at a share of its height (from the top) or width, in percent."""

    percent: float
    label: str


@dataclass(frozen=True, slots=True)
class Shape:
    """One element of the plot: `tag` with `attributes`, and words for who points at it."""

    tag: str
    kind: str
    attributes: str
    name: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A plot with everything that the page writes of it; `rows` is the same as a table."""

    name: str
    title: str
    description: str
    rising: tuple[Tick, ...]
    along: tuple[Tick, ...]
    shapes: tuple[Shape, ...]
    legend: tuple[tuple[str, str], ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def draw(plot: Plot) -> Chart | None:
    """The chart; None where there is nothing to draw."""
    values = [mark.value for line in plot.lines for mark in line.marks if mark.value is not None]
    if not values:
        return None
    values += [mark.value for area in plot.areas for mark in (*area.low, *area.high) if mark.value is not None]
    shown = (*values, *(level.value for level in plot.levels))
    steps = tuple(step * plot.scale for step in scale_for(value / plot.scale for value in shown))
    low, high = steps[0], steps[-1]
    frame = _Frame(plot.since, plot.until, low, high)
    legend = [(line.kind, line.name) for line in plot.lines]
    legend += [(area.kind, area.name) for area in plot.areas]
    legend += [(level.kind, level.name) for level in plot.levels]
    legend += [(moment.kind, moment.name) for moment in plot.moments]
    legend += list(dict.fromkeys((span.kind, span.name.split(":")[0]) for span in plot.spans))
    return Chart(
        name=plot.name,
        title=plot.title,
        description=_describe(plot),
        rising=tuple(Tick(frame.y(step) / HEIGHT * 100, _spell(plot, step)) for step in steps),
        along=tuple(Tick(frame.x(at) / WIDTH * 100, label) for at, label in _dates(plot.since, plot.until)),
        shapes=tuple(_shapes(plot, frame, steps)),
        legend=tuple(legend),
        head=("when", *(line.name for line in plot.lines)),
        rows=tuple(_table(plot)),
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    since: datetime
    until: datetime
    low: float
    high: float
    seconds: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "seconds", max(1.0, (self.until - self.since).total_seconds()))

    def x(self, at: datetime) -> float:
        return min(max((at - self.since).total_seconds() / self.seconds, 0.0), 1.0) * WIDTH

    def y(self, value: float) -> float:
        return HEIGHT - min(max((value - self.low) / (self.high - self.low), 0.0), 1.0) * HEIGHT


def scale_for(values: Iterable[float]) -> tuple[float, ...]:
    """The round steps of an axis that holds these values, from its lower to its upper end; two at least."""
    known = [value for value in values if math.isfinite(value)]
    low, high = min(known, default=0.0), max(known, default=1.0)
    if high - low < 1e-9 * max(abs(high), 1.0):
        low, high = low - 0.05 * max(abs(low), 1.0), high + 0.05 * max(abs(high), 1.0)
    rough = (high - low) / _MOST_TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(number * step for number in range(first, last + 1))


def _shapes(plot: Plot, frame: _Frame, steps: Sequence[float]) -> Iterable[Shape]:
    for span in plot.spans:
        left, right = frame.x(span.starts_at), frame.x(span.ends_at)
        width = max(right - left, 2.0)
        yield Shape("rect", span.kind, f'x="{left:.1f}" y="0" width="{width:.1f}" height="{HEIGHT:g}"', span.name)
    for step in steps:
        yield _across("grid", "", frame.y(step))
    for area in plot.areas:
        there, back = _points(area.high, frame), list(reversed(_points(area.low, frame)))
        if there and back:
            path = "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in (*there, *back)) + "Z"
            yield Shape("path", area.kind, f'd="{path}"', area.name)
    for level in plot.levels:
        yield _across(level.kind, level.name, frame.y(level.value))
    for moment in plot.moments:
        if plot.since <= moment.at <= plot.until:
            x = frame.x(moment.at)
            yield Shape("path", moment.kind, f'd="M{x:.1f},0V{HEIGHT:g}"', moment.name)
    for line in plot.lines:
        if path := path_of(line.marks, frame.x, frame.y):
            yield Shape("path", line.kind, f'd="{path}"', line.name)


def _across(kind: str, name: str, y: float) -> Shape:
    return Shape("path", kind, f'd="M0,{y:.1f}H{WIDTH:g}"', name)


def _points(marks: Iterable[Mark], frame: _Frame) -> list[tuple[float, float]]:
    return [(frame.x(mark.at), frame.y(mark.value)) for mark in marks if mark.value is not None]


def path_of(marks: Iterable[Mark], x: object, y: object) -> str:
    """The path of a curve, broken where a value is missing; a lone value is a short dash."""
    pieces: list[list[str]] = [[]]
    for mark in marks:
        if mark.value is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{x(mark.at):.1f},{y(mark.value):.1f}")  # type: ignore[operator]
    return "".join(f"M{piece[0]}h2" if len(piece) == 1 else "M" + "L".join(piece) for piece in pieces if piece)


def _dates(since: datetime, until: datetime) -> Iterable[tuple[datetime, str]]:
    """Three or four round dates along the axis."""
    days = (until - since) / timedelta(days=1)
    if days < 2:
        step, form = timedelta(hours=max(1, round(days * 24 / 4))), "%H:%M"
    else:
        step, form = timedelta(days=max(1, round(days / 4))), "%-d %b" if days < 300 else "%b %Y"
    at = since + (until - since) * 0.06
    if days >= 2:
        at = datetime(at.year, at.month, at.day, tzinfo=UTC) + timedelta(days=1)
    while at < until - (until - since) * 0.06:
        yield at, at.strftime(form)
        at += step


def _spell(plot: Plot, value: float | None) -> str:
    return "–" if value is None else plot.unit.format(value / plot.scale)


def _describe(plot: Plot) -> str:
    """What the chart shows, in a sentence for each curve."""
    parts = []
    for line in plot.lines:
        known = [mark for mark in line.marks if mark.value is not None]
        if known:
            low, high = min(mark.value or 0 for mark in known), max(mark.value or 0 for mark in known)
            first, last = (f"{_spell(plot, mark.value)} on {mark.at:%Y-%m-%d}" for mark in (known[0], known[-1]))
            between = f", between {_spell(plot, low)} and {_spell(plot, high)}" if low < high else ""
            parts.append(f"{line.name}: from {first} to {last}{between}.")
    parts += [f"{level.name}." for level in plot.levels]
    counts: dict[str, int] = {}
    for span in plot.spans:
        kind = span.name.split(":")[0]
        counts[kind] = counts.get(kind, 0) + 1
    parts += [f"{kind}: {count} {'time' if count == 1 else 'times'}." for kind, count in counts.items()]
    return " ".join(parts)


def _table(plot: Plot) -> Iterable[tuple[str, ...]]:
    """The curves at a dozen moments, the last known value of each stretch."""
    step = (plot.until - plot.since) / _ROWS
    for number in range(_ROWS):
        begin, end = plot.since + step * number, plot.since + step * (number + 1)
        found = [_last(line.marks, begin, end) for line in plot.lines]
        if any(value is not None for value in found):
            yield (f"{end:%Y-%m-%d}", *(_spell(plot, value) for value in found))


def _last(marks: Iterable[Mark], begin: datetime, end: datetime) -> float | None:
    inside = [mark.value for mark in marks if begin < mark.at <= end and mark.value is not None]
    return inside[-1] if inside else None
