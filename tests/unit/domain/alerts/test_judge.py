"""Which alerts stand, and with which words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.alerts.facts import (
    AddressDiffers,
    AlertFacts,
    BrokenClause,
    DiskSpace,
    RatioTrend,
    ScheduledJob,
    SiteFigures,
    SourceState,
    VipEnd,
)
from mamctl.domain.alerts.judge import ALERT_ENDS, hours_to, judge_alerts, unknown_alerts
from mamctl.domain.alerts.policy import AlertName, AlertPolicy

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
POLICY = AlertPolicy()
EVERYTHING = AlertFacts(
    vip=VipEnd(NOW + timedelta(days=5), NOW + timedelta(days=2), "the points will not suffice"),
    ratio=RatioTrend(1.03, 1.0, -0.01),
    site=SiteFigures(96_000.0, 146, 150, 5, 1, (False, False)),
    jobs=(ScheduledJob("vip", "vip check", timedelta(days=1), NOW - timedelta(days=3)),),
    sources=(SourceState("goodreads", NOW - timedelta(days=4)),),
    disks=(DiskSpace("/library", 2**30),),
    clauses=(BrokenClause("RAT-1", "RAT-1 is violated: the last freeze took 7 minutes", "mamctl ratio status"),),
    address=AddressDiffers("203.0.113.7", "198.51.100.2"),
    address_known=True,
)


def names(facts: AlertFacts, policy: AlertPolicy = POLICY) -> set[str]:
    return {alert.name.value for alert in judge_alerts(facts, policy, NOW)}


@pytest.mark.spec("OPS-1")
def test_each_alert_has_its_figure_clause_and_command() -> None:
    alerts = judge_alerts(EVERYTHING, POLICY, NOW)
    assert {alert.name for alert in alerts} == set(AlertName)
    for alert in alerts:
        assert alert.clause.split("-")[1].isdigit()
        assert alert.figure is not None
        assert alert.threshold is not None
        assert alert.message[0] != alert.message[0].isspace()
        assert alert.remedy
        assert alert.problem.code in ALERT_ENDS


def test_nothing_known_raises_nothing_and_ends_nothing() -> None:
    nothing = AlertFacts(vip_known=False)
    assert names(nothing) == set()
    assert unknown_alerts(nothing) == set(AlertName) - {
        AlertName.JOB_OVERDUE, AlertName.SOURCE_DOWN
    }  # fmt: skip
    assert unknown_alerts(EVERYTHING) == set()


def test_what_you_do_not_want_is_off() -> None:
    policy = replace(POLICY, off=(AlertName.POINTS_HIGH, AlertName.DISK_LOW))
    assert names(EVERYTHING) - names(EVERYTHING, policy) == {"points_high", "disk_low"}


@pytest.mark.parametrize(
    ("suffices", "words"),
    [
        (NOW + timedelta(days=2), "the points suffice for a renewal on 2026-12-01"),
        (NOW, "the points suffice for a renewal"),
        (None, "will not suffice for a renewal within a year"),
    ],
)
def test_vip_that_ends_says_when_the_points_suffice(suffices: datetime | None, words: str) -> None:
    (alert,) = judge_alerts(AlertFacts(vip=VipEnd(NOW + timedelta(days=5), suffices)), POLICY, NOW)
    assert words in alert.message
    assert "ends on 2026-12-04, in 5.0 days" in alert.message


def test_vip_that_ended_long_ago_is_your_choice() -> None:
    assert names(AlertFacts(vip=VipEnd(NOW - timedelta(days=2), None))) == {"vip_ends"}
    assert names(AlertFacts(vip=VipEnd(NOW - timedelta(days=40), None))) == set()


@pytest.mark.parametrize(
    ("ratio", "per_day", "stands"),
    [(1.049, None, True), (1.05, None, False), (1.14, -0.05, True), (1.16, -0.05, False), (3.0, 0.5, False)],
)
def test_the_ratio_near_its_floor_or_falling_to_it(ratio: float, per_day: float | None, stands: bool) -> None:
    assert names(AlertFacts(ratio=RatioTrend(ratio, 1.0, per_day))) == ({"ratio_low"} if stands else set())


def test_a_ratio_below_the_floor_is_not_rounded_up_to_it() -> None:
    (alert,) = judge_alerts(AlertFacts(ratio=RatioTrend(0.99996, 1.0, None)), AlertPolicy(), NOW)
    assert alert.message == "the ratio is 0.9999, under 1.05"


def test_thresholds_are_crossed_exactly_there() -> None:
    def site(**figures) -> set[str]:
        return names(AlertFacts(site=SiteFigures(**figures)))

    assert site(points=94_999.9) == set()
    assert site(points=95_000.0) == {"points_high"}
    assert site(unsatisfied=144, unsatisfied_limit=150, reserve=5) == set()
    assert site(unsatisfied=145, unsatisfied_limit=150, reserve=5) == {"unsatisfied_high"}
    assert site(hit_and_runs=0) == set()
    assert site(connectable=(False,)) == set()
    assert site(connectable=(False, True)) == set()


def test_a_job_is_overdue_after_twice_its_interval_and_half_an_hour_at_least() -> None:
    def late(interval: timedelta, since: timedelta) -> set[str]:
        return names(AlertFacts(jobs=(ScheduledJob("vip", "vip check", interval, NOW - since),)))

    assert late(timedelta(days=1), timedelta(hours=48)) == set()
    assert late(timedelta(days=1), timedelta(hours=49)) == {"job_overdue"}
    assert late(timedelta(minutes=4), timedelta(minutes=29)) == set()
    assert late(timedelta(minutes=4), timedelta(minutes=31)) == {"job_overdue"}


@given(st.floats(0.5, 5), st.floats(-2, 2))
def test_hours_to_the_line_are_those_of_a_straight_line(ratio: float, per_day: float) -> None:
    hours = hours_to(ratio, 1.05, per_day)
    if ratio < 1.05:
        assert hours == 0
    elif per_day > -1e-6:
        assert hours is None
    else:
        assert hours is not None
        assert ratio + per_day * hours / 24 == pytest.approx(1.05)
