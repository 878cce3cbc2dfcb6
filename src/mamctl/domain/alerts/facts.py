"""What alerts are judged on; None is unknown, and of what is unknown no alert is raised or ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from mamctl.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class VipEnd:
    """When VIP ends or ended, when the points suffice for the next renewal (None: not within a year, or unknown), and
    why the last decision did not renew.
    """

    expires_at: datetime
    suffices_at: datetime | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class RatioTrend:
    """The ratio that decides, and how it changed a day by the guard's passes of the last day; None with too few."""

    ratio: float
    floor: float
    per_day: float | None


@dataclass(frozen=True, slots=True)
class SiteFigures:
    """What the account says; `reserve` of the unsatisfied limit is kept free. `connectable` has the newest readings
    that say so, the newest first.
    """

    points: float | None = None
    unsatisfied: int | None = None
    unsatisfied_limit: int | None = None
    reserve: int = 0
    hit_and_runs: int | None = None
    connectable: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """A job that a scheduler runs: the command, how often it is due, and when a run of it last ended well, or when the
    first run was scheduled, or awaited, where none has.
    """

    job: str
    command: str
    interval: timedelta
    last_success_at: datetime
    ever: bool = True


@dataclass(frozen=True, slots=True)
class SourceState:
    """A server that answers nothing: since which day, and whether it is the site, a client or a catalogue."""

    service: str
    down_since: datetime


@dataclass(frozen=True, slots=True)
class DiskSpace:
    """Bytes that are free where `path` lies."""

    path: str
    free_bytes: int


@dataclass(frozen=True, slots=True)
class BrokenClause:
    """A clause of the specification that is violated, in words, and what to do about it."""

    clause: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class AddressDiffers:
    """The address that the site sees is not the one that is registered with it."""

    seen: str
    registered: str | None


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """Everything known when alerts are judged.

    `sources`, `jobs`, `disks` and `clauses` name all there is to say: what is not in them is well. None for a kind
    that could not be looked at.
    """

    vip: VipEnd | None = None
    vip_known: bool = True
    ratio: RatioTrend | None = None
    site: SiteFigures = SiteFigures()
    jobs: tuple[ScheduledJob, ...] = ()
    sources: tuple[SourceState, ...] = ()
    disks: tuple[DiskSpace, ...] | None = None
    clauses: tuple[BrokenClause, ...] | None = None
    address: AddressDiffers | None = None
    address_known: bool = False
