"""Series made as short as a chart can show, without losing what matters: lows, highs, gaps and the last value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby, starmap
from typing import TypeAlias

from mamctl.dataclass import dataclass
from mamctl.domain.ratio.forecast import Rates

COLUMNS = 360
"""Columns of a chart: more than that no screen shows apart."""


Value: TypeAlias = tuple[datetime, float | None]
"""A value at a moment; None is a gap. A plain tuple: of the ratio there are tens of thousands."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A value at a moment as a chart shows it; None is a gap."""

    at: datetime
    value: float | None


def thin(values: Iterable[Value], since: datetime, until: datetime, columns: int = COLUMNS) -> tuple[Mark, ...]:
    """The values from `since` to `until`, at most five for each of `columns`: the first, lowest, highest and last
    known one, and a gap where there was one at the end. In the order of time, which `values` must have.
    """
    span = (until - since).total_seconds()
    inside = [value for value in values if since <= value[0] <= until]
    if len(inside) <= columns or span <= 0:
        return tuple(starmap(Mark, inside))
    groups = groupby(inside, key=lambda value: int((value[0] - since).total_seconds() / span * columns))
    return tuple(Mark(*kept) for _, group in groups for kept in _extremes(list(group)))


def _extremes(group: Sequence[Value]) -> list[Value]:
    known = {number: value for number, (_, value) in enumerate(group) if value is not None}
    if not known:
        return [group[0]]
    places = [*known]
    wanted = {places[0], min(known, key=known.__getitem__), max(known, key=known.__getitem__), places[-1]}
    if group[-1][1] is None:
        wanted.add(len(group) - 1)
    return [group[number] for number in sorted(wanted)]


def with_gaps(values: Iterable[Value], longest: float) -> list[Value]:
    """The same with a gap wherever two values lie more than `longest` seconds apart, so that no line pretends to
    know what was between.
    """
    found: list[Value] = []
    for at, value in values:
        if found and found[-1][1] is not None and (at - found[-1][0]).total_seconds() > longest:
            found.append((found[-1][0], None))
        found.append((at, value))
    return found


@dataclass(frozen=True, slots=True)
class Course:
    """Where the ratio would be after some hours: by the slowest, the middle and the quickest of the rates."""

    hours: float
    low: float
    middle: float
    high: float


def ratio_courses(
    uploaded: int, downloaded: int, rates: Sequence[Rates], left: int, hours: Sequence[float]
) -> tuple[Course, ...]:
    """The course of the ratio at `rates` (bytes a second) over `hours`; no more than `left` bytes are downloaded.

    Empty without rates or before anything was downloaded.
    """
    if not rates or downloaded <= 0:
        return ()
    from statistics import median

    ups, downs = [rate.up for rate in rates], [rate.down for rate in rates]

    def at(hour: float, up: float, down: float) -> float:
        return (uploaded + up * hour * 3600) / (downloaded + min(down * hour * 3600, left))

    return tuple(
        Course(
            hour, at(hour, min(ups), max(downs)), at(hour, median(ups), median(downs)), at(hour, max(ups), min(downs))
        )
        for hour in hours
    )
