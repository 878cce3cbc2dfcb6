"""The ratio guard: two states, three zones, one table of what follows."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from mamctl.dataclass import dataclass
from mamctl.domain.ratio.policy import RatioPolicy
from mamctl.domain.ratio.reading import RatioReading


class GuardState(StrEnum):
    """`emergency` means that downloads are frozen."""

    NORMAL = "normal"
    EMERGENCY = "emergency"


class Zone(StrEnum):
    """Where a ratio lies. In the band between floor and recovery, whatever is goes on."""

    UNKNOWN = "unknown"
    BELOW = "below"
    BAND = "band"
    RECOVERED = "recovered"


# The whole machine. Your word (`decide_release`) is the only other way out of the emergency.
NEXT: dict[tuple[GuardState, Zone], GuardState] = {
    (GuardState.NORMAL, Zone.UNKNOWN): GuardState.NORMAL,
    (GuardState.NORMAL, Zone.BELOW): GuardState.EMERGENCY,
    (GuardState.NORMAL, Zone.BAND): GuardState.NORMAL,
    (GuardState.NORMAL, Zone.RECOVERED): GuardState.NORMAL,
    (GuardState.EMERGENCY, Zone.UNKNOWN): GuardState.EMERGENCY,
    (GuardState.EMERGENCY, Zone.BELOW): GuardState.EMERGENCY,
    (GuardState.EMERGENCY, Zone.BAND): GuardState.EMERGENCY,
    (GuardState.EMERGENCY, Zone.RECOVERED): GuardState.NORMAL,
}


@dataclass(frozen=True, slots=True)
class Override:
    """Your thaw: until `until` the guard does not freeze again, unless the ratio falls to below `ratio` less
    the policy's drop. `ratio` is the one of that moment; None when it was unknown, and then time alone counts.
    """

    until: datetime
    ratio: float | None


@dataclass(frozen=True, slots=True)
class Guard:
    """The guard as it stands. `emergency_id` names the emergency under way, for the journal."""

    state: GuardState = GuardState.NORMAL
    since: datetime | None = None
    override: Override | None = None
    emergency_id: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the guard is from now on, and why. `changes` is the one thing that asks for a transition."""

    state: GuardState
    changes: bool
    reason: str
    zone: Zone


def zone_of(ratio: float | None, policy: RatioPolicy) -> Zone:
    """RAT-2 and RAT-3: below the floor is below it, at the recovery is recovered."""
    if ratio is None:
        return Zone.UNKNOWN
    if ratio < policy.floor:
        return Zone.BELOW
    return Zone.RECOVERED if ratio >= policy.recovery else Zone.BAND


def decide_guard(guard: Guard, reading: RatioReading, policy: RatioPolicy, now: datetime) -> Verdict:
    """One step. Applied again to its own outcome with the same reading it changes nothing more."""
    zone = zone_of(reading.ratio, policy)
    state = NEXT[guard.state, zone]
    if (
        state is GuardState.EMERGENCY
        and guard.state is GuardState.NORMAL
        and is_overridden(guard, reading.ratio, policy, now)
    ):
        assert guard.override is not None
        return Verdict(guard.state, False, f"you lifted the emergency; held until {_when(guard.override.until)}", zone)
    return Verdict(state, state is not guard.state, _reason(zone, reading, policy), zone)


def is_overridden(guard: Guard, ratio: float | None, policy: RatioPolicy, now: datetime) -> bool:
    """Whether your thaw still keeps the guard from freezing at this ratio."""
    if guard.override is None or now >= guard.override.until:
        return False
    return guard.override.ratio is None or ratio is None or ratio >= guard.override.ratio - policy.hold_drop


def override_ended(guard: Guard, ratio: float | None, policy: RatioPolicy, now: datetime) -> bool:
    """Whether the hold has served: its time has passed, or the ratio recovered, so that the floor is hard again."""
    return guard.override is not None and (now >= guard.override.until or zone_of(ratio, policy) is Zone.RECOVERED)


def decide_release(guard: Guard, reading: RatioReading, policy: RatioPolicy, now: datetime) -> Override | None:
    """Your override (`ratio thaw`): the hold that follows; None when there is no emergency to lift."""
    if guard.state is not GuardState.EMERGENCY:
        return None
    return Override(now + timedelta(seconds=policy.hold), reading.ratio)


def _reason(zone: Zone, reading: RatioReading, policy: RatioPolicy) -> str:
    if zone is Zone.UNKNOWN:
        return f"the ratio is unknown: {reading.why}"
    shown = show_ratio(reading.ratio)
    return {
        Zone.BELOW: f"the ratio {shown} is below the floor {policy.floor:.2f}",
        Zone.BAND: f"the ratio {shown} is between the floor {policy.floor:.2f} and the recovery {policy.recovery:.2f}",
        Zone.RECOVERED: f"the ratio {shown} is at or above the recovery {policy.recovery:.2f}",
    }[zone]


def show_ratio(ratio: float | None) -> str:
    """Cut, not rounded, to four digits: 0.99996 is not 1.0000."""
    if ratio is None:
        return "unknown"
    return "∞" if ratio == float("inf") else f"{int(ratio * 10_000) / 10_000:.4f}"


def _when(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
