"""Series made as short as a chart can show, without losing what matters: lows, highs, gaps and the last value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

from mamctl.dataclass import dataclass
from mamctl.domain.ratio.forecast import Rates

COLUMNS = 360
"""Columns of a chart: more than that no screen shows apart."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A value at a moment; None is a gap."""

    at: datetime
    value: float | None


def thin(marks: Iterable[Mark], since: datetime, until: datetime, columns: int = COLUMNS) -> tuple[Mark, ...]:
    """The marks from `since` to `until`, at most five for each of `columns`: the first, lowest, highest and last
    known one, and a gap where there was one at the end. In the order of time, which `marks` must have.
    """
    span = (until - since).total_seconds()
    inside = [mark for mark in marks if since <= mark.at <= until]
    if len(inside) <= columns or span <= 0:
        return tuple(inside)
    groups = groupby(inside, key=lambda mark: int((mark.at - since).total_seconds() / span * columns))
    return tuple(kept for _, group in groups for kept in _extremes(list(group)))


def _extremes(group: Sequence[Mark]) -> list[Mark]:
    known = [(number, mark) for number, mark in enumerate(group) if mark.value is not None]
    if not known:
        return [group[0]]
    low = min(known, key=lambda one: one[1].value or 0.0)
    high = max(known, key=lambda one: one[1].value or 0.0)
    wanted = {known[0][0], low[0], high[0], known[-1][0]}
    if group[-1].value is None:
        wanted.add(len(group) - 1)
    return [group[number] for number in sorted(wanted)]


def with_gaps(marks: Sequence[Mark], longest: float) -> tuple[Mark, ...]:
    """The same with a gap wherever two marks lie more than `longest` seconds apart, so that no line pretends to
    know what was between.
    """
    found: list[Mark] = []
    for mark in marks:
        if found and found[-1].value is not None and (mark.at - found[-1].at).total_seconds() > longest:
            found.append(Mark(found[-1].at, None))
        found.append(mark)
    return tuple(found)


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
