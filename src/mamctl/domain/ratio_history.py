"""The ratio's history made shorter without losing what matters: its lows, its highs, and where it is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

STEPS = tuple(map(timedelta, (0, 0, 1, 7, 30), (300, 3600, 0, 0, 0)))


@dataclass(frozen=True, slots=True)
class Sample:
    """The ratio at one moment, or over an hour or a day from then on. None is unknown; totals are bytes."""

    at: datetime
    ratio: float | None
    low: float | None
    high: float | None
    frozen: int
    emergency: bool
    uploaded: int | None
    downloaded: int | None


def choose_step(span: timedelta, most: int) -> timedelta:
    """The finest step that shows `span` in at most so many rows."""
    return next((step for step in STEPS if span <= most * step), STEPS[-1])


def condense(samples: Iterable[Sample], step: timedelta) -> tuple[Sample, ...]:
    """One sample a step, begun at whole steps of UTC: the last ratio and totals, the extremes, the most frozen."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    groups = groupby(samples, key=lambda sample: (sample.at - epoch) // step)
    return tuple(_together(epoch + number * step, list(group)) for number, group in groups)


def _together(at: datetime, group: Sequence[Sample]) -> Sample:
    known = [sample for sample in group if sample.ratio is not None]
    last = known[-1] if known else group[-1]
    return Sample(
        at=at,
        ratio=last.ratio,
        low=min((sample.low for sample in known if sample.low is not None), default=None),
        high=max((sample.high for sample in known if sample.high is not None), default=None),
        frozen=max(sample.frozen for sample in group),
        emergency=any(sample.emergency for sample in group),
        uploaded=last.uploaded,
        downloaded=last.downloaded,
    )
