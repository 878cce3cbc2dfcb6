"""Points: what was earned and spent over a period, and when they will reach the next renewal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from mamctl.domain.account.vip import VipPolicy, price_of_max

_DAY = timedelta(days=1)
_LOOK_AHEAD = 366  # days
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
    of mamctl's own is spent too (`spent_elsewhere` of `spent`).
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


def judge_points(
    balances: Sequence[Balance],
    spendings: Iterable[Spending],
    expires_at: datetime | None,
    policy: VipPolicy,
    now: datetime,
) -> Points:
    """Earned and spent between the first and the last reading; all None with fewer than two readings."""
    readings = sorted(balances, key=lambda reading: reading.at)
    price = next_price(expires_at, policy, now)
    if len(readings) < 2 or readings[0].at == readings[-1].at:
        last = readings[-1].points if readings else None
        when = renewal_date(last, None, expires_at, policy, now)
        return Points(None, None, last, None, None, None, None, None, None, price, when)
    first, last_reading = readings[0], readings[-1]
    earned, own, elsewhere = _flows(readings, sorted(spendings, key=lambda spending: spending.at))
    spent = own + elsewhere
    per_day = earned / ((last_reading.at - first.at) / _DAY)
    returned = earned / spent if spent > 0 else None
    return Points(
        since=first.at,
        until=last_reading.at,
        balance=last_reading.points,
        earned=earned,
        spent=spent,
        spent_elsewhere=elsewhere,
        returned=returned,
        earned_per_day=per_day,
        recommendation=ADVICE if returned is not None and returned < 1.0 else None,
        renewal_price=price,
        renewal_at=renewal_date(last_reading.points, per_day, expires_at, policy, now),
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


def next_price(expires_at: datetime | None, policy: VipPolicy, at: datetime) -> int:
    """Points that the next renewal needs, when it is due at `at` or later: its price and what must stay."""
    due = expires_at - timedelta(days=policy.renew_within_days) if expires_at else at
    return price_of_max(expires_at, max(at, due)) + policy.min_points


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
        if balance + (per_day or 0.0) * day >= next_price(expires_at, policy, at):
            return at
    return None
