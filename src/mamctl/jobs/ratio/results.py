"""What a pass of the guard reports: the same facts for you and for programs."""

from __future__ import annotations

from datetime import datetime, timedelta

from mamctl.dataclass import dataclass
from mamctl.domain.ratio.client import ClientSnapshot
from mamctl.domain.ratio.forecast import Forecast
from mamctl.domain.ratio.guard import Guard, GuardState, show_ratio
from mamctl.domain.ratio.reading import RatioReading, ratio_of
from mamctl.domain.ratio.stats import PassStats
from mamctl.domain.ratio.totals import sure_totals
from mamctl.errors import MamctlError
from mamctl.store.ratio.guard import Transition

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class StatsView:
    """RAT-7: what is watched, in one glance. Bytes, bytes a second, hours; None is unknown."""

    ratio: float | None
    ratio_text: str
    emergency: bool
    since: datetime | None
    emergency_hours: float | None
    uploaded_bytes: int | None
    downloaded_bytes: int | None
    upspeed: int | None
    dlspeed: int | None
    active_uploads: int | None
    active_downloads: int | None
    frozen: int
    torrents: int
    flowing_left_bytes: int
    frozen_left_bytes: int
    hours_to_recovery: float | None


@dataclass(frozen=True, slots=True)
class GuardView:
    """The guard as it is reported; `held_until` is your thaw still in force."""

    state: GuardState
    since: datetime | None
    held_until: datetime | None


@dataclass(frozen=True, slots=True)
class TransitionView:
    """The change this pass made."""

    from_: GuardState
    to: GuardState
    reason: str


@dataclass(frozen=True, slots=True)
class Actions:
    """Torrents by what was done to them; in a dry run, what would have been done."""

    paused: int
    resumed: int
    tagged: int
    untagged: int

    @property
    def any(self) -> bool:
        """Whether anything was done."""
        return bool(self.paused or self.resumed or self.tagged or self.untagged)


@dataclass(frozen=True, slots=True)
class ClientView:
    """One client as this pass found it."""

    name: str
    version: str | None
    reachable: bool
    ratio: float | None
    torrents: int | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class RatioWatch:
    """All that a pass learnt and did.

    `account_ratio` is the newest one known of the account; `freezes_in_a_day` counts emergencies in the 24 hours before
    the newest change; `held_back` downloads wait for their turn after one, `missing` torrents that the guard changed
    are not in their client now, `adopted` ones carried the tag without a record and were started.
    """

    guard: GuardView
    ratio: float | None
    ratio_text: str
    source: str
    complete: bool
    reason: str
    transition: TransitionView | None
    actions: Actions
    left_alone: int
    clients: tuple[ClientView, ...]
    figures: StatsView
    forecast: Forecast
    account_ratio: float | None
    freezes_in_a_day: int
    held_back: int
    missing: int
    adopted: int


def view_guard(guard: Guard) -> GuardView:
    """The guard as it stands."""
    return GuardView(guard.state, guard.since, guard.override.until if guard.override else None)


def view_transition(transition: Transition | None) -> TransitionView | None:
    """The change, if there was one."""
    return TransitionView(transition.from_state, transition.to_state, transition.reason) if transition else None


def view_client(name: str, snapshot: ClientSnapshot | None, error: MamctlError | None) -> ClientView:
    """One client by its newest snapshot, if it was reached, and by the first thing that went wrong."""
    problem = error.message if error else None
    if snapshot is None:
        return ClientView(name, None, False, None, None, problem)
    moved = sure_totals(snapshot.totals.uploaded_alltime, snapshot.totals.downloaded_alltime)
    ratio = ratio_of(moved.up, moved.down) if moved else None
    return ClientView(name, snapshot.version, True, ratio, len(snapshot.torrents), problem)


def hours_since(guard: Guard, now: datetime) -> float | None:
    """How long the guard is what it is; 0 where the clock was set back since."""
    return max(0.0, (now - guard.since) / _HOUR) if guard.since else None


def view_stats(guard: Guard, reading: RatioReading, figures: PassStats, forecast: Forecast, now: datetime) -> StatsView:
    """The figures as they are reported."""
    emergency = guard.state is GuardState.EMERGENCY
    answered = figures.upspeed is not None  # no client answered: nothing is known to be active, or idle
    return StatsView(
        ratio=reading.ratio,
        ratio_text=show_ratio(reading.ratio),
        emergency=emergency,
        since=guard.since if emergency else None,
        emergency_hours=hours_since(guard, now) if emergency else None,
        uploaded_bytes=reading.uploaded,
        downloaded_bytes=reading.downloaded,
        upspeed=figures.upspeed,
        dlspeed=figures.dlspeed,
        active_uploads=figures.active_uploads if answered else None,
        active_downloads=figures.active_downloads if answered else None,
        frozen=figures.frozen,
        torrents=figures.torrents,
        flowing_left_bytes=figures.flowing_left,
        frozen_left_bytes=figures.frozen_left,
        hours_to_recovery=forecast.hours,
    )
