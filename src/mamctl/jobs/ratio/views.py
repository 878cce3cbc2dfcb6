"""What a pass of the guard reports: the same facts for people and programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mamctl.domain.ratio.client import ClientSnapshot
from mamctl.domain.ratio.forecast import Forecast
from mamctl.domain.ratio.guard import Guard, GuardState
from mamctl.domain.ratio.reading import ratio_of
from mamctl.errors import MamctlError
from mamctl.jobs.ratio.stats import StatsView
from mamctl.store.guard import Transition


@dataclass(frozen=True, slots=True)
class GuardView:
    """The guard as it is reported; `held_until` is a person's thaw still in force."""

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
    """All that a pass learnt and did."""

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
    totals = snapshot.totals
    ratio = ratio_of(totals.uploaded_alltime or 0, totals.downloaded_alltime or 0)
    return ClientView(name, snapshot.version, True, ratio, len(snapshot.torrents), problem)
