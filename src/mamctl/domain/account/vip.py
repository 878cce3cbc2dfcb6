"""VIP renewal: what it costs, when it is due, and the decision with the state of every condition."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from mamctl.dataclass import dataclass
from mamctl.domain.account.classes import VipTerms, folded_class, vip_terms
from mamctl.domain.account.policy import VipPolicy

# MAM API documentation (store): 1 250 points a week; by API only "max", which must add at least 7 days
# and fills up to 90 days ahead.
POINTS_PER_WEEK = 1250
CEILING = timedelta(days=90)
SMALLEST_RENEWAL = timedelta(days=7)
_WEEK = timedelta(days=7)
# A wrong clock would renew at the wrong time; the site's Date header is to the second.
CLOCK_TOLERANCE = timedelta(minutes=10)
# A renewal that was refused is asked for again on the seventh day, whatever minute the daily task runs at.
REFUSAL_STANDS = timedelta(days=6, hours=12)


@dataclass(frozen=True, slots=True)
class Refusal:
    """The last renewal that was asked for, when the site refused it: its words, and the account of that moment."""

    at: datetime
    words: str
    user_class: str | None
    points: float | None


@dataclass(frozen=True, slots=True)
class VipFacts:
    """What the decision rests on; `None` is unknown, and an unknown never holds.

    `expires_at` None with `expiry_known` means that the member has no VIP, or VIP for good by class. `shortage` counts
    the wanted titles that are free through VIP only; `refused` is the newest renewal where the site refused it. `held`
    says why nothing at all may be spent: a change that fails its self-tests.
    """

    expires_at: datetime | None
    expiry_known: bool
    points: float | None
    shortage: int
    emergency: bool
    unsettled_claim: str | None = None
    window_renewed: str | None = None
    clock_skew: timedelta | None = None
    user_class: str | None = None
    refused: Refusal | None = None
    held: str | None = None

    @property
    def vip_for_good(self) -> bool:
        """Whether the class has VIP without an end."""
        return vip_terms(self.user_class) is VipTerms.FOR_GOOD


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
    """Whether to renew; `conditions` always lists every condition in the same order; `price` in points."""

    renew: bool
    reason: str
    conditions: tuple[Condition, ...]
    price: int

    @property
    def failing(self) -> tuple[str, ...]:
        """The names of the conditions that do not hold."""
        return tuple(condition.name for condition in self.conditions if not condition.holds)


def time_left(expires_at: datetime | None, now: datetime) -> timedelta:
    """VIP time still to run; zero when lapsed or never held."""
    return max(expires_at - now, timedelta()) if expires_at else timedelta()


def price_of_max(expires_at: datetime | None, now: datetime) -> int:
    """Points that `duration=max` costs now: the weeks up to the 90-day ceiling, rounded up to a whole point."""
    return _price_to_ceiling(time_left(expires_at, now))


def _price_to_ceiling(left: timedelta) -> int:
    return max(0, -int(-(CEILING - left) / _WEEK * POINTS_PER_WEEK // 1))


def price_of_renewal(
    expires_at: datetime | None, points: float | None, policy: VipPolicy, now: datetime
) -> tuple[int, bool]:
    """Points that a renewal would cost now, and whether it is a shorter one.

    `duration=max` buys as far as the points reach. Where they do not reach the ceiling, a shorter renewal costs all of
    them; it is considered only with `accept_shorter`, in the days in which VIP is about to end, for a week or more.
    """
    full = price_of_max(expires_at, now)
    due = time_left(expires_at, now) <= timedelta(days=policy.warn_within_days)
    if not policy.accept_shorter or not due or points is None or not POINTS_PER_WEEK <= points < full:
        return full, False
    return int(-(-points // 1)), True


def decide_renewal(facts: VipFacts, policy: VipPolicy, now: datetime) -> Verdict:
    """Renew only when every condition holds; each is stated, not only the first that fails."""
    conditions = (
        _allowed(policy),
        _class_buys(facts, now),
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
        _not_refused(facts, now),
        _clock_agrees(facts),
        *([Condition("change_settled", False, facts.held)] if facts.held else []),
    )
    failing = [condition for condition in conditions if not condition.holds]
    reason = "; ".join(condition.detail for condition in failing) or "every condition holds"
    price, _ = price_of_renewal(facts.expires_at, facts.points, policy, now)
    return Verdict(not failing, reason, conditions, price)


def will_lapse_unrenewed(facts: VipFacts, policy: VipPolicy, now: datetime) -> bool:
    """Whether VIP ends within the warning time (a lapsed or absent VIP is no longer about to, one for good never)."""
    return (
        facts.expires_at is not None
        and not facts.vip_for_good
        and timedelta() < facts.expires_at - now <= timedelta(days=policy.warn_within_days)
    )


def _allowed(policy: VipPolicy) -> Condition:
    detail = "vip.auto_renew is on" if policy.auto_renew else "vip.auto_renew is off"
    return Condition("auto_renew", policy.auto_renew, detail)


def _class_buys(facts: VipFacts, now: datetime) -> Condition:
    """VIP-11: nothing is bought for whom has it for good, and nothing asked for whom the site refuses."""
    held = f"the class “{facts.user_class}”" if facts.user_class else "the class, which the account does not name,"
    terms = vip_terms(facts.user_class)
    if terms is VipTerms.FOR_GOOD:
        return Condition("class", False, f"{held} has VIP for good")
    if terms is VipTerms.MAY_NOT_BUY:
        return Condition("class", False, f"{held} may not buy VIP; the site sells it from Power User on")
    if terms is VipTerms.MAY_BUY:
        return Condition("class", True, f"{held} may buy VIP")
    # A date in the future shows that this member buys VIP, whatever the class is called.
    if facts.expires_at is not None and facts.expires_at > now:
        return Condition("class", True, f"{held} is not known, but it has VIP with an end, so VIP was bought")
    return Condition("class", False, f"{held} is not known: it may have VIP for good, or may not buy it")


def _due(facts: VipFacts, policy: VipPolicy, now: datetime) -> Condition:
    window = f"renewal is considered below {policy.renew_within_days} days"
    if facts.vip_for_good:
        return Condition("due", False, "VIP does not end")
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
    price, shorter = price_of_renewal(facts.expires_at, facts.points, policy, now)
    need = price + policy.min_points
    if facts.points is None:
        return Condition("affordable", False, f"the balance is unknown; {need:,} points are needed")
    if shorter:
        return _affordable_shorter(facts.points, policy)
    detail = f"{facts.points:,.0f} points; {price:,} for the renewal and {policy.min_points:,} to keep"
    return Condition("affordable", facts.points >= need, detail)


def _affordable_shorter(points: float, policy: VipPolicy) -> Condition:
    """A shorter renewal takes every point there is, so it fits no `min_points` but 0."""
    weeks = points / POINTS_PER_WEEK
    detail = f"{points:,.0f} points reach for {weeks:.1f} weeks, and vip.accept_shorter is on"
    if policy.min_points:
        detail += f"; but the site would take them all, and vip.min_points keeps {policy.min_points:,}"
    return Condition("affordable", policy.min_points == 0, detail)


def _needed(facts: VipFacts, policy: VipPolicy) -> Condition:
    titles = "1 wanted title is" if facts.shortage == 1 else f"{facts.shortage} wanted titles are"
    titles += " free through VIP only"
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
    return Condition("unclaimed", True, "no renewal is recorded for this window")


def _not_refused(facts: VipFacts, now: datetime) -> Condition:
    """A refusal is not asked for again for the same reason: the same class, and a balance that reaches no further."""
    if facts.refused is None:
        return Condition("not_refused", True, "the site did not refuse the last renewal")
    last = facts.refused
    refusal = f"the site refused on {last.at:%Y-%m-%d}: “{last.words}”"
    if folded_class(last.user_class) != folded_class(facts.user_class):
        return Condition("not_refused", True, f"{refusal}; the class has changed since")
    if _weeks_reached(facts.points) > _weeks_reached(last.points):
        return Condition("not_refused", True, f"{refusal}; the balance buys more now")
    again = last.at + REFUSAL_STANDS
    if now >= again:
        return Condition("not_refused", True, f"{refusal}; that is a week ago")
    return Condition(
        "not_refused", False, f"{refusal}; it is asked again after {again:%Y-%m-%d}, or when class or balance change"
    )


def _weeks_reached(points: float | None) -> int:
    """Whole weeks of VIP that a balance reaches, as far as VIP can be bought at all."""
    return 0 if points is None else int(min(CEILING // _WEEK, points // POINTS_PER_WEEK))


def _clock_agrees(facts: VipFacts) -> Condition:
    if facts.clock_skew is None:
        return Condition("clock", True, "the site's clock is not known; this machine's is taken as right")
    agrees = abs(facts.clock_skew) <= CLOCK_TOLERANCE
    minutes = abs(facts.clock_skew) / timedelta(minutes=1)
    detail = (
        "this machine's clock agrees with the site's" if agrees else f"this machine's clock is {minutes:,.0f} min off"
    )
    return Condition("clock", agrees, detail)


def reserved_points(
    expires_at: datetime | None, policy: VipPolicy, now: datetime, *, user_class: str | None = None
) -> int:
    """Points that no other spending may touch: the next renewal's price when it comes due, and what must stay.

    0 for a class that has VIP for good, which no renewal comes due for.
    """
    if vip_terms(user_class) is VipTerms.FOR_GOOD:
        return 0
    left_when_due = min(time_left(expires_at, now), timedelta(days=policy.renew_within_days))
    return _price_to_ceiling(left_when_due) + policy.min_points


def describe_days(span: timedelta) -> str:
    """A span in days with one decimal, e.g. "12.5 days"."""
    days = round(span / timedelta(days=1), 1)
    return f"{days:g} day" if days == 1 else f"{days:g} days"
