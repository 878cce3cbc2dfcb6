"""The thresholds of alerts: section `[alerts]` of the configuration."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from mamctl.dataclass import dataclass
from mamctl.domain.bounds import ByteSize, Range, Seconds


class AlertName(StrEnum):
    """Every alert there is."""

    VIP_ENDS = "vip_ends"
    RATIO_LOW = "ratio_low"
    POINTS_HIGH = "points_high"
    UNSATISFIED_HIGH = "unsatisfied_high"
    HIT_AND_RUN = "hit_and_run"
    NOT_CONNECTABLE = "not_connectable"
    JOB_OVERDUE = "job_overdue"
    SOURCE_DOWN = "source_down"
    DISK_LOW = "disk_low"
    CLAUSE_VIOLATED = "clause_violated"
    SEEDBOX_ADDRESS = "seedbox_address"


@dataclass(frozen=True, kw_only=True)
class AlertPolicy:
    """`[alerts]`: from where on a figure is worth a message. Durations are seconds, `disk_free` bytes.

    `ratio_margin` is added to `ratio.floor`; `off` names the alerts that you do not want.
    """

    vip_days: Annotated[float, Range(low=0, high=90)] = 7.0
    ratio_margin: Annotated[float, Range(low=0, high=10)] = 0.05
    ratio_within: Annotated[Seconds, Range(low=0, high=30 * 86_400)] = 48 * 3_600.0
    points: Annotated[int, Range(low=0, high=99_999)] = 95_000
    hit_and_runs: Annotated[int, Range(low=1, high=1_000)] = 1
    unconnectable: Annotated[int, Range(low=1, high=100)] = 2
    job_intervals: Annotated[float, Range(low=1, high=100)] = 2.0
    source_days: Annotated[int, Range(low=1, high=60)] = 3
    disk_free: ByteSize = 10 * 2**30
    remind_after: Annotated[Seconds, Range(low=3_600, high=90 * 86_400)] = 86_400.0
    off: tuple[AlertName, ...] = ()
