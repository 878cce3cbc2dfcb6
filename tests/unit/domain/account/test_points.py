"""Points: what came in and what went out, and when they reach the next renewal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.account.points import ADVICE, Balance, Spending, judge_points, renewal_date, whole_renewals
from mamctl.domain.account.policy import VipPolicy
from mamctl.domain.account.vip import reserved_points

pytestmark = pytest.mark.spec("RAT-9")
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
POLICY = VipPolicy()
moments = st.integers(-30 * 24, 0).map(lambda hours: NOW + timedelta(hours=hours))
balances = st.lists(st.builds(Balance, moments, st.floats(0, 99_999)), max_size=8)
spendings = st.lists(st.builds(Spending, moments, st.floats(0, 20_000)), max_size=4)
expiries = st.none() | st.integers(-30, 89).map(lambda days: NOW + timedelta(days=days))


def day(days: float) -> datetime:
    return NOW + timedelta(days=days)


def test_a_week_of_earning_and_one_renewal() -> None:
    readings = [Balance(day(-7), 10_000), Balance(day(-4), 16_000), Balance(day(-3), 7_000), Balance(NOW, 14_000)]
    points = judge_points(readings, [Spending(day(-3.5), 10_000)], None, POLICY, NOW)
    assert (points.earned, points.spent, points.spent_elsewhere) == (6_000 + 1_000 + 7_000, 10_000, 0)
    assert points.returned == pytest.approx(1.4)
    assert points.recommendation is None
    assert points.earned_per_day == pytest.approx(2_000)
    assert (points.since, points.until, points.balance) == (day(-7), NOW, 14_000)


def test_point_optimization() -> None:
    readings = [Balance(day(-2), 50_000), Balance(day(-1), 20_000), Balance(NOW, 21_000)]
    points = judge_points(readings, [], None, POLICY, NOW)
    assert (points.earned, points.spent, points.spent_elsewhere) == (1_000, 30_000, 30_000)
    assert points.recommendation == ADVICE


@pytest.mark.parametrize(("hours", "told"), [(0.15, False), (11, False), (23.5, True)])
def test_a_few_minutes_say_nothing_of_a_day(hours: float, told: bool) -> None:
    points = judge_points([Balance(day(-hours / 24), 50_000), Balance(NOW, 49_000)], [], None, POLICY, NOW)
    assert (points.earned, points.spent) == (0, 1_000)
    assert (points.earned_per_day is not None) is told
    assert (points.recommendation is not None) is told


def test_nothing_spent_has_no_return_and_one_reading_has_no_flows() -> None:
    points = judge_points([Balance(day(-1), 100), Balance(NOW, 200)], [], None, POLICY, NOW)
    assert (points.earned, points.spent, points.returned, points.recommendation) == (100, 0, None, None)
    for readings in ([], [Balance(NOW, 100)], [Balance(NOW, 100), Balance(NOW, 100)]):
        none = judge_points(readings, [], None, POLICY, NOW)
        assert (none.earned, none.spent, none.returned, none.earned_per_day) == (None, None, None, None)
        assert none.renewal_price is not None


@given(balances, spendings, expiries)
def test_point_balance_calculation(readings: list[Balance], spent: list[Spending], expires_at: datetime | None) -> None:
    points = judge_points(readings, spent, expires_at, POLICY, NOW)
    if points.earned is None:
        return
    assert points.spent is not None
    assert points.spent_elsewhere is not None
    ordered = sorted(readings, key=lambda reading: reading.at)
    assert points.earned >= 0
    assert 0 <= points.spent_elsewhere <= points.spent
    assert ordered[0].points + points.earned - points.spent == pytest.approx(ordered[-1].points, abs=1e-3)
    told = points.returned is not None and points.returned < 1.0 and points.earned_per_day is not None
    assert (points.recommendation is not None) == told


@given(balances, spendings, expiries)
def test_the_order_of_readings_does_not_matter(
    readings: list[Balance], spent: list[Spending], expires_at: datetime | None
) -> None:
    once = {reading.at: reading for reading in readings}.values()
    forth = judge_points(list(once), spent, expires_at, POLICY, NOW)
    back = judge_points(list(once)[::-1], spent[::-1], expires_at, POLICY, NOW)
    assert forth.earned == (None if back.earned is None else pytest.approx(back.earned))
    assert forth.balance == back.balance


@given(st.floats(0, 99_999), st.none() | st.floats(-500, 5_000), expiries)
def test_the_renewal_is_the_first_day_that_is_covered(
    balance: float, per_day: float | None, expires_at: datetime | None
) -> None:
    when = renewal_date(balance, per_day, expires_at, POLICY, NOW)
    covered = [
        balance + (per_day or 0.0) * days >= reserved_points(expires_at, POLICY, NOW + timedelta(days=days))
        for days in range(366)
    ]
    assert when == (NOW + timedelta(days=covered.index(True)) if any(covered) else None)


@given(st.floats(0, 90_000), st.floats(0, 5_000), st.floats(0, 5_000), expiries)
def test_more_points_never_reach_it_later(
    balance: float, per_day: float, more: float, expires_at: datetime | None
) -> None:
    never = NOW + timedelta(days=9_999)
    poorer = renewal_date(balance, per_day, expires_at, POLICY, NOW) or never
    assert (renewal_date(balance + more, per_day, expires_at, POLICY, NOW) or never) <= poorer
    assert (renewal_date(balance, per_day + more, expires_at, POLICY, NOW) or never) <= poorer


def test_an_unknown_balance_has_no_date() -> None:
    assert renewal_date(None, 100, None, POLICY, NOW) is None


@given(expiries)
def test_what_must_stay_is_part_of_the_price(expires_at: datetime | None) -> None:
    ring = VipPolicy(min_points=5_000)
    free = VipPolicy(min_points=0)
    assert reserved_points(expires_at, ring, NOW) == reserved_points(expires_at, free, NOW) + 5_000


@pytest.mark.parametrize("today", range(60))
@pytest.mark.parametrize("per_day", [250.0, 150.0])
def test_the_return_over_whole_renewals_is_the_same_on_every_day_of_the_cycle(today: int, per_day: float) -> None:
    """A renewal of 10,715 points every 60 days: no day of the cycle sees it half."""
    start = day(-300 - today)
    renewals = [Spending(start + timedelta(days=60 * n, hours=1), 10_715.0) for n in range(1, 6)]
    readings = []
    for n in range(300 + today + 1):
        at = start + timedelta(days=n)
        readings.append(Balance(at, 50_000 + per_day * n - sum(s.points for s in renewals if s.at < at)))
    points = judge_points(readings, renewals, None, POLICY, NOW, period=whole_renewals(readings, renewals, NOW))
    assert points.returned == pytest.approx(per_day * 60 / 10_715, rel=0.01)
    assert points.renewals is not None
    assert (points.recommendation is None) == (per_day == 250.0)
    assert points.balance == pytest.approx(readings[-1].points)


def test_without_two_renewals_the_last_90_days_are_judged() -> None:
    readings = [Balance(day(-120), 10_000), Balance(day(-80), 20_000), Balance(NOW, 30_000)]
    points = judge_points(readings, [], None, POLICY, NOW, period=whole_renewals(readings, [], NOW))
    assert (points.since, points.earned, points.renewals) == (day(-80), 10_000, None)


def test_a_renewal_that_is_covered_says_when_it_is_due() -> None:
    readings = [Balance(day(-10), 50_000), Balance(NOW, 60_000)]
    points = judge_points(readings, [], day(70), POLICY, NOW)
    assert (points.renewal_covered, points.renewal_due_at) == (True, day(40))
    poor = judge_points([Balance(NOW, 100)], [], day(70), POLICY, NOW)
    assert (poor.renewal_covered, poor.renewal_at) == (False, None)


@pytest.mark.spec("VIP-11")
def test_a_class_that_has_vip_for_good_needs_no_renewal() -> None:
    points = judge_points([Balance(NOW, 60_000)], [], None, POLICY, NOW, user_class="Elite VIP")
    assert (points.renewal_price, points.renewal_at, points.renewal_due_at) == (None, None, None)
