"""VIP renewal: what it costs, when it is due, and the decision with the state of every condition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from mamctl.domain.bounds import Range

# MAM API documentation (store): 1 250 points a week; by API only "max", which must add at least 7 days
# and fills up to 90 days ahead.
POINTS_PER_WEEK = 1250
CEILING = timedelta(days=90)
SMALLEST_RENEWAL = timedelta(days=7)
_WEEK = timedelta(days=7)
# A wrong clock would renew at the wrong time; the site's Date header is to the second.
CLOCK_TOLERANCE = timedelta(minutes=10)
# An answer that was lost may still be on its way; only after this time does "not there" mean "not made".
SETTLE_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True, slots=True)
class VipPolicy:
    """The `[vip]` section: when mamctl may renew. Points are whole seedbonus points, times are days."""

    auto_renew: bool = False
    renew_within_days: Annotated[int, Range(low=1, high=83)] = 30
    min_points: Annotated[int, Range(low=0, high=99_999)] = 500
    renew_without_shortage: bool = False
    warn_within_days: Annotated[int, Range(low=0, high=90)] = 7


@dataclass(frozen=True, slots=True)
class VipFacts:
    """What the decision rests on; `None` is unknown, and an unknown never holds.

    `expires_at` None with `expiry_known` means that the member has no VIP at all.
    """

    expires_at: datetime | None
    expiry_known: bool
    points: float | None
    shortage: int
    emergency: bool
    unsettled_claim: str | None = None
    window_renewed: str | None = None
    clock_skew: timedelta | None = None


class Outcome(StrEnum):
    """What became of a renewal; `would_renew` is a dry run's word."""

    RENEWED = "renewed"
    SKIPPED = "skipped"
    FAILED = "failed"
    WOULD_RENEW = "would_renew"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a renewal: does it hold, and why, with the figures."""

    name: str
    holds: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether to renew; `conditions` always lists every condition in the same order."""

    renew: bool
    reason: str
    conditions: tuple[Condition, ...]


def time_left(expires_at: datetime | None, now: datetime) -> timedelta:
    """VIP time still to run; zero when lapsed or never held."""
    return max(expires_at - now, timedelta()) if expires_at else timedelta()


def price_of_max(expires_at: datetime | None, now: datetime) -> int:
    """Points that `duration=max` costs now: the weeks up to the 90-day ceiling, rounded up to a whole point."""
    weeks = (CEILING - time_left(expires_at, now)) / _WEEK
    return max(0, -int(-weeks * POINTS_PER_WEEK // 1))


def decide_renewal(facts: VipFacts, policy: VipPolicy, now: datetime) -> Verdict:
    """Renew only when every condition holds; each is stated, not only the first that fails."""
    conditions = (
        _allowed(policy),
        _due(facts, policy, now),
        _long_enough(facts, now),
        _affordable(facts, policy, now),
        _needed(facts, policy),
        Condition(
            "no_ratio_emergency",
            not facts.emergency,
            "the ratio emergency is active" if facts.emergency else "the ratio guard is normal",
        ),
        _unclaimed(facts),
        _clock_agrees(facts),
    )
    failing = [condition for condition in conditions if not condition.holds]
    reason = "; ".join(condition.detail for condition in failing) or "every condition holds"
    return Verdict(not failing, reason, conditions)


def will_lapse_unrenewed(facts: VipFacts, policy: VipPolicy, now: datetime) -> bool:
    """Whether VIP ends within the warning time (a lapsed or absent VIP is no longer about to)."""
    return facts.expires_at is not None and (
        timedelta() < facts.expires_at - now <= timedelta(days=policy.warn_within_days)
    )


def renewal_took_effect(before: datetime | None, claimed_at: datetime, after: datetime | None) -> bool:
    """Whether expiry `after` shows a renewal claimed when it was `before`: a week more, within a minute's grace."""
    if after is None:
        return False
    start = max(before, claimed_at) if before else claimed_at
    return after - start >= SMALLEST_RENEWAL - timedelta(minutes=1)


def _allowed(policy: VipPolicy) -> Condition:
    detail = "vip.auto_renew is on" if policy.auto_renew else "vip.auto_renew is off"
    return Condition("auto_renew", policy.auto_renew, detail)


def _due(facts: VipFacts, policy: VipPolicy, now: datetime) -> Condition:
    window = f"renewal is considered below {policy.renew_within_days} days"
    if not facts.expiry_known:
        return Condition("due", False, "the expiry is unknown")
    if facts.expires_at is None:
        return Condition("due", True, "there is no VIP at present")
    left = facts.expires_at - now
    if left <= timedelta():
        return Condition("due", True, f"VIP lapsed {describe_days(-left)} ago")
    return Condition("due", left < timedelta(days=policy.renew_within_days), f"{describe_days(left)} left; {window}")


def _long_enough(facts: VipFacts, now: datetime) -> Condition:
    gain = CEILING - time_left(facts.expires_at, now)
    return Condition(
        "adds_a_week",
        facts.expiry_known and gain >= SMALLEST_RENEWAL,
        f"a renewal adds {describe_days(gain)}; the site's smallest is 7 days",
    )


def _affordable(facts: VipFacts, policy: VipPolicy, now: datetime) -> Condition:
    price = price_of_max(facts.expires_at, now)
    need = price + policy.min_points
    if facts.points is None:
        return Condition("affordable", False, f"the balance is unknown; {need:,} points are needed")
    detail = f"{facts.points:,.0f} points; {price:,} for the renewal and {policy.min_points:,} to keep"
    return Condition("affordable", facts.points >= need, detail)


def _needed(facts: VipFacts, policy: VipPolicy) -> Condition:
    titles = f"{facts.shortage} wanted title{'' if facts.shortage == 1 else 's'} not to be had free"
    if facts.shortage:
        return Condition("shortage", True, titles)
    if policy.renew_without_shortage:
        return Condition("shortage", True, "vip.renew_without_shortage is on")
    return Condition("shortage", False, "no wanted title needs VIP")


def _unclaimed(facts: VipFacts) -> Condition:
    if facts.unsettled_claim:
        return Condition("unclaimed", False, facts.unsettled_claim)
    if facts.window_renewed:
        return Condition("unclaimed", False, facts.window_renewed)
    return Condition("unclaimed", True, "no renewal of this window is on record")


def _clock_agrees(facts: VipFacts) -> Condition:
    if facts.clock_skew is None:
        return Condition("clock", True, "the site's clock is not known; this machine's is taken as right")
    agrees = abs(facts.clock_skew) <= CLOCK_TOLERANCE
    minutes = abs(facts.clock_skew) / timedelta(minutes=1)
    detail = (
        "this machine's clock agrees with the site's" if agrees else f"this machine's clock is {minutes:,.0f} min off"
    )
    return Condition("clock", agrees, detail)


def ring_fence(expires_at: datetime | None, policy: VipPolicy, now: datetime) -> int:
    """Points that no other spending may touch: the next renewal's price when it comes due, and what must stay."""
    due = expires_at - timedelta(days=policy.renew_within_days) if expires_at else now
    return price_of_max(expires_at, max(now, due)) + policy.min_points


def describe_days(span: timedelta) -> str:
    """A span in days with one decimal, e.g. "12.5 days"."""
    days = round(span / timedelta(days=1), 1)
    return f"{days:g} day" if days == 1 else f"{days:g} days"


class ClaimState(StrEnum):
    """Where a purchase stands. Only `claimed` is open; it is settled by observing, never by trying again."""

    CLAIMED = "claimed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    NOT_APPLIED = "not_applied"


@dataclass(frozen=True, slots=True)
class Claim:
    """A renewal that was claimed before its request, with the account of that moment."""

    id: int
    window: str
    claimed_at: datetime
    expires_before: datetime | None
    points_before: float | None
    price: int


def judge_claim(claim: Claim, expires_at: datetime | None, points: float | None, now: datetime) -> ClaimState:
    """What the account shows of an open claim.

    It stays `claimed` while the answer may still be under way, and when points went without VIP growing:
    then only a person can say what happened.
    """
    if renewal_took_effect(claim.expires_before, claim.claimed_at, expires_at):
        return ClaimState.CONFIRMED
    if now - claim.claimed_at < SETTLE_AFTER:
        return ClaimState.CLAIMED
    paid = None not in (points, claim.points_before) and points <= claim.points_before - POINTS_PER_WEEK  # type: ignore[operator]
    return ClaimState.CLAIMED if paid else ClaimState.NOT_APPLIED
