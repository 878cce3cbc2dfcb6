"""The ratio's history made shorter without losing what matters: its lows, its highs, and where it is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby

from mamctl.dataclass import dataclass

STEPS = tuple(map(timedelta, (0, 0, 1, 7, 30), (300, 3600, 0, 0, 0)))


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the history. `grain` is pass, hour or day; a day's or hour's ratio is its last one."""

    at: datetime
    grain: str
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    uploaded_bytes: int | None
    downloaded_bytes: int | None
    upspeed: float | None
    dlspeed: float | None
    frozen: int
    emergency: bool


def choose_step(span: timedelta, most: int) -> timedelta:
    """The finest step that shows `span` in at most so many rows."""
    return next((step for step in STEPS if span <= most * step), STEPS[-1])


def condense(points: Iterable[Point], step: timedelta) -> tuple[Point, ...]:
    """One point a step, begun at whole steps of UTC: the last known one, with the extremes and the most frozen."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    groups = groupby(points, key=lambda point: (point.at - epoch) // step)
    return tuple(_together(epoch + number * step, list(group)) for number, group in groups)


def _together(at: datetime, group: Sequence[Point]) -> Point:
    known = [point for point in group if point.ratio is not None]
    return replace(
        (known or group)[-1],
        at=at,
        ratio_low=min((point.ratio_low for point in known if point.ratio_low is not None), default=None),
        ratio_high=max((point.ratio_high for point in known if point.ratio_high is not None), default=None),
        frozen=max(point.frozen for point in group),
        emergency=any(point.emergency for point in group),
    )
