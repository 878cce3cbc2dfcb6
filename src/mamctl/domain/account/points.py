"""Points: what was earned and spent over a period, and when they will reach the next renewal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from mamctl.dataclass import dataclass
from mamctl.domain.account.classes import VipTerms, vip_terms
from mamctl.domain.account.policy import VipPolicy
from mamctl.domain.account.vip import reserved_points, time_left

_DAY = timedelta(days=1)
_SHORTEST_SPAN = timedelta(hours=12)  # over less, points come in lumps that say nothing of a day
_LOOK_AHEAD = 366  # days
# Renewals lie up to 90 days apart: a shorter period holds one wholly or not at all, and its return means nothing.
LONGEST_PERIOD = timedelta(days=365)
PLAIN_PERIOD = timedelta(days=90)
# Bytes are bought for points only while their price is the better bargain; the advice names the cheap way first.
ADVICE = (
    "fewer points come in than go out: seed more and longer (points grow with what is seeded), "
    "and let upload credit wait until the return is above 1"
)


@dataclass(frozen=True, slots=True)
class Balance:
    """The points at one reading of the account."""

    at: datetime
    points: float


@dataclass(frozen=True, slots=True)
class Spending:
    """Points that mamctl spent, when it was settled."""

    at: datetime
    points: float


@dataclass(frozen=True, slots=True)
class Points:
    """RAT-9 over one period. `returned` is earned ÷ spent, None when nothing was spent; what fell without a purchase
    of mamctl's own is spent too (`spent_elsewhere` of `spent`). `earned_per_day` is None over less than half a day.

    `renewals` counts the renewals that the period was cut to, None where it was not. `renewal_price` is None for a
    class that has VIP for good; `renewal_at` is the first day on which the balance covers it, `renewal_covered` whether
    that is so already, `renewal_due_at` when it comes due.
    """

    since: datetime | None
    until: datetime | None
    balance: float | None
    earned: float | None
    spent: float | None
    spent_elsewhere: float | None
    returned: float | None
    earned_per_day: float | None
    recommendation: str | None
    renewal_price: int | None
    renewal_at: datetime | None
    renewals: int | None = None
    renewal_covered: bool = False
    renewal_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """From one reading to another, both included; `renewals` were bought in between, and as many used up."""

    since: datetime
    until: datetime
    renewals: int | None = None


def whole_renewals(balances: Iterable[Balance], renewals: Iterable[Spending], now: datetime) -> Period:
    """The period that income is judged over: from just after a renewal to just after a later one, as many as there are
    within `LONGEST_PERIOD`; the last `PLAIN_PERIOD` where there are not two.
    """
    moments = sorted(balance.at for balance in balances)
    after = (next((at for at in moments if at >= renewal.at), None) for renewal in renewals)
    marks = sorted({at for at in after if at is not None and at >= now - LONGEST_PERIOD})
    if len(marks) < 2:
        return Period(now - PLAIN_PERIOD, now)
    return Period(marks[0], marks[-1], len(marks) - 1)


def judge_points(
    balances: Sequence[Balance],
    spendings: Iterable[Spending],
    expires_at: datetime | None,
    policy: VipPolicy,
    now: datetime,
    *,
    period: Period | None = None,
    user_class: str | None = None,
) -> Points:
    """Earned and spent between the first and the last reading of the period; None with fewer than two readings."""
    every = sorted(balances, key=lambda reading: reading.at)
    readings = [one for one in every if period is None or period.since <= one.at <= period.until]
    balance = every[-1].points if every else None
    if len(readings) < 2 or readings[0].at == readings[-1].at:
        none = Points(None, None, balance, None, None, None, None, None, None, None, None)
        return _with_renewal(none, expires_at, policy, now, user_class)
    first, last_reading = readings[0], readings[-1]
    earned, own, elsewhere = _flows(readings, sorted(spendings, key=lambda spending: spending.at))
    spent = own + elsewhere
    span = last_reading.at - first.at
    long_enough = span >= _SHORTEST_SPAN
    returned = earned / spent if spent > 0 else None
    points = Points(
        since=first.at,
        until=last_reading.at,
        balance=balance,
        earned=earned,
        spent=spent,
        spent_elsewhere=elsewhere,
        returned=returned,
        earned_per_day=earned / (span / _DAY) if long_enough else None,
        recommendation=ADVICE if long_enough and returned is not None and returned < 1.0 else None,
        renewal_price=None,
        renewal_at=None,
        renewals=period.renewals if period else None,
    )
    return _with_renewal(points, expires_at, policy, now, user_class)


def _with_renewal(
    points: Points, expires_at: datetime | None, policy: VipPolicy, now: datetime, user_class: str | None
) -> Points:
    """The same with what the next renewal needs, and when; a class that has VIP for good needs none."""
    if vip_terms(user_class) is VipTerms.FOR_GOOD:
        return points
    due_in = time_left(expires_at, now) - timedelta(days=policy.renew_within_days)
    when = renewal_date(points.balance, points.earned_per_day, expires_at, policy, now)
    return replace(
        points,
        renewal_price=reserved_points(expires_at, policy, now),
        renewal_at=when,
        renewal_covered=when is not None and when <= now,
        renewal_due_at=now + max(due_in, timedelta()),
    )


def _flows(readings: Sequence[Balance], spendings: Sequence[Spending]) -> tuple[float, float, float]:
    """Earned, spent by mamctl, spent elsewhere. A balance that fell by more than was bought was spent elsewhere."""
    earned = own = elsewhere = 0.0
    for before, after in pairwise(readings):
        bought = sum(spending.points for spending in spendings if before.at < spending.at <= after.at)
        change = after.points - before.points + bought
        own += bought
        earned += max(change, 0.0)
        elsewhere += max(-change, 0.0)
    return earned, own, elsewhere


def renewal_date(
    balance: float | None, per_day: float | None, expires_at: datetime | None, policy: VipPolicy, now: datetime
) -> datetime | None:
    """The first day on which the balance covers the next renewal, whose price grows while one waits; None for never
    within a year.
    """
    if balance is None:
        return None
    for day in range(_LOOK_AHEAD):
        at = now + day * _DAY
        if balance + (per_day or 0.0) * day >= reserved_points(expires_at, policy, at):
            return at
    return None
