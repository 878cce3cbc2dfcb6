"""The renewal decision: every condition, always stated; properties of the whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.account.purchases import Claim, ClaimState, judge_claim, renewal_took_effect
from mamctl.domain.account.vip import (
    CEILING,
    Refusal,
    VipFacts,
    VipPolicy,
    decide_renewal,
    price_of_max,
    reserved_points,
)

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
days = st.floats(-400, 95, allow_nan=False).map(lambda d: NOW + timedelta(days=d))
facts = st.builds(
    VipFacts,
    expires_at=st.none() | days,
    expiry_known=st.booleans(),
    points=st.none() | st.floats(0, 99_999.9),
    shortage=st.integers(0, 5),
    emergency=st.booleans(),
    unsettled_claim=st.none() | st.just("open"),
    window_renewed=st.none() | st.just("renewed"),
    clock_skew=st.none() | st.integers(-9000, 9000).map(lambda s: timedelta(seconds=s)),
    user_class=st.sampled_from(["VIP", "Power User", "User", "Elite VIP", "Patron", None]),
    refused=st.none()
    | st.builds(
        Refusal,
        at=days,
        words=st.just("Not today"),
        user_class=st.sampled_from(["VIP", "Power User", "User"]),
        points=st.none() | st.floats(0, 99_999),
    ),
)
policies = st.builds(
    VipPolicy,
    auto_renew=st.booleans(),
    renew_within_days=st.integers(1, 83),
    min_points=st.integers(0, 99_999),
    renew_without_shortage=st.booleans(),
    accept_shorter=st.booleans(),
)


_DUE = VipFacts(NOW + timedelta(days=29), True, 20_000, 1, False, user_class="VIP")


@pytest.mark.spec("VIP-3")
@pytest.mark.spec("VIP-4")
@pytest.mark.spec("VIP-5")
@pytest.mark.spec("VIP-6")
@pytest.mark.parametrize(
    ("change", "failing"),
    [
        ({}, ()),
        ({"expires_at": NOW - timedelta(days=3)}, ()),
        ({"expires_at": NOW + timedelta(days=30)}, ("due",)),
        ({"expires_at": NOW + timedelta(days=29), "points": 11_000}, ("affordable",)),
        ({"points": price_of_max(NOW + timedelta(days=29), NOW) + 500}, ()),
        ({"points": price_of_max(NOW + timedelta(days=29), NOW) + 499}, ("affordable",)),
        ({"points": None}, ("affordable",)),
        ({"shortage": 0}, ("shortage",)),
        ({"emergency": True}, ("no_ratio_emergency",)),
        ({"window_renewed": "renewed"}, ("unclaimed",)),
        ({"user_class": "Elite VIP", "expires_at": None}, ("class", "due")),
        ({"shortage": 0, "emergency": True}, ("shortage", "no_ratio_emergency")),
    ],
)
def test_renewal_decision_logic(change: dict[str, object], failing: tuple[str, ...]) -> None:
    verdict = decide_renewal(replace(_DUE, **change), VipPolicy(auto_renew=True), NOW)
    assert (verdict.renew, verdict.failing) == (not failing, failing)


@pytest.mark.spec("VIP-7")
@given(facts, policies)
def test_every_condition_is_always_stated_in_the_same_order(found: VipFacts, policy: VipPolicy) -> None:
    verdict = decide_renewal(found, policy, NOW)
    assert [c.name for c in verdict.conditions] == [
        "auto_renew", "class", "due", "adds_a_week", "affordable", "shortage", "no_ratio_emergency", "unclaimed",
        "not_refused", "clock",
    ]  # fmt: skip
    assert verdict.renew == all(c.holds for c in verdict.conditions)
    assert verdict.reason


@pytest.mark.spec("VIP-4")
@given(facts, policies, st.floats(0, 50_000))
def test_more_points_never_turn_a_renewal_into_a_block(found: VipFacts, policy: VipPolicy, more: float) -> None:
    richer = replace(found, points=(found.points or 0) + more)
    assert decide_renewal(richer, policy, NOW).renew >= decide_renewal(found, policy, NOW).renew


@pytest.mark.spec("VIP-5")
@given(facts, policies)
def test_a_further_wanted_title_never_blocks(found: VipFacts, policy: VipPolicy) -> None:
    more = replace(found, shortage=found.shortage + 1)
    assert decide_renewal(more, policy, NOW).renew >= decide_renewal(found, policy, NOW).renew


@pytest.mark.spec("VIP-3")
@given(facts, policies)
def test_nothing_is_renewed_too_early_or_on_an_unknown(found: VipFacts, policy: VipPolicy) -> None:
    if not decide_renewal(found, policy, NOW).renew:
        return
    assert policy.auto_renew
    assert found.expiry_known
    assert found.points is not None
    assert found.expires_at is None or found.expires_at - NOW < timedelta(days=policy.renew_within_days)
    full = price_of_max(found.expires_at, NOW)
    if policy.accept_shorter and found.points < full:
        assert policy.min_points == 0
        assert found.points >= 1_250
        assert found.expires_at is None or found.expires_at - NOW <= timedelta(days=policy.warn_within_days)
    else:
        assert found.points - full >= policy.min_points


@pytest.mark.spec("VIP-6")
@given(facts, policies)
def test_an_emergency_an_open_claim_and_a_wrong_clock_block(found: VipFacts, policy: VipPolicy) -> None:
    for blocked in (
        replace(found, emergency=True),
        replace(found, unsettled_claim="open"),
        replace(found, window_renewed="yes"),
        replace(found, clock_skew=timedelta(hours=1)),
    ):
        assert not decide_renewal(blocked, policy, NOW).renew


def test_the_price_follows_from_the_ceiling() -> None:
    assert price_of_max(None, NOW) == 16_072  # 90/7 weeks of 1 250 points, to the next whole point
    assert price_of_max(NOW + timedelta(days=20), NOW) == 12_500
    assert price_of_max(NOW + CEILING, NOW) == 0
    assert price_of_max(NOW - timedelta(days=5), NOW) == 16_072


@pytest.mark.spec("VIP-9")
@given(days, policies)
def test_the_ring_fence_covers_the_renewal_when_it_comes_due(expires_at: datetime, policy: VipPolicy) -> None:
    due = max(NOW, expires_at - timedelta(days=policy.renew_within_days))
    assert reserved_points(expires_at, policy, NOW) == price_of_max(expires_at, due) + policy.min_points


def test_a_renewal_shows_as_a_week_more() -> None:
    before = NOW + timedelta(days=20)
    assert renewal_took_effect(before, NOW, before + timedelta(days=7))
    assert not renewal_took_effect(before, NOW, before + timedelta(days=6))
    assert not renewal_took_effect(before, NOW, before)
    assert not renewal_took_effect(before, NOW, None)
    assert renewal_took_effect(None, NOW, NOW + timedelta(days=90))
    assert not renewal_took_effect(NOW - timedelta(days=9), NOW, NOW + timedelta(days=1))


@given(st.none() | days, st.none() | st.floats(0, 99_999), st.integers(0, 10_000))
def test_a_claim_is_never_given_up_while_the_answer_may_be_under_way(
    expires_at: datetime | None, points: float | None, seconds: int
) -> None:
    claim = Claim(1, "w", NOW, NOW + timedelta(days=20), 50_000.0, 12_500)
    state = judge_claim(claim, expires_at, points, NOW + timedelta(seconds=seconds))
    if seconds < 900:
        assert state in (ClaimState.CLAIMED, ClaimState.CONFIRMED)
    if points is not None and points <= 48_750 and state is not ClaimState.CONFIRMED:
        assert state is ClaimState.CLAIMED


@pytest.mark.spec("VIP-11")
@given(facts, policies)
def test_no_class_that_has_vip_for_good_or_may_not_buy_it_is_sold_any(found: VipFacts, policy: VipPolicy) -> None:
    for held in ("Elite VIP", "elite", "Supporter", "MOUSEKETEER", "Uploader", "Sr. Moderator", "Dev", "User", "Mouse"):
        verdict = decide_renewal(replace(found, user_class=held), policy, NOW)
        assert not verdict.renew
        assert "class" in verdict.failing
        assert held in ("User", "Mouse") or "due" in verdict.failing


@pytest.mark.spec("VIP-11")
def test_an_unknown_class_buys_only_where_its_vip_has_an_end() -> None:
    policy = VipPolicy(auto_renew=True, renew_without_shortage=True)
    found = VipFacts(NOW + timedelta(days=5), True, 50_000.0, 0, False, user_class="Patron of Mice")
    assert decide_renewal(found, policy, NOW).renew
    assert decide_renewal(replace(found, user_class=None), policy, NOW).renew
    assert decide_renewal(replace(found, expires_at=None), policy, NOW).failing == ("class",)
    assert decide_renewal(replace(found, expires_at=None, user_class=None), policy, NOW).failing == ("class",)


REFUSED = Refusal(NOW - timedelta(days=1), "Not today", "Power User", 50_000.0)


@pytest.mark.spec("VIP-11")
@pytest.mark.parametrize(
    ("change", "asked"),
    [
        ({}, False),
        ({"points": 60_000.0}, False),  # both balances reach the ceiling
        ({"user_class": "VIP"}, True),
        ({"refused": replace(REFUSED, points=10_000.0)}, True),
        ({"refused": replace(REFUSED, points=None)}, True),
        ({"refused": replace(REFUSED, at=NOW - timedelta(days=6))}, False),
        ({"refused": replace(REFUSED, at=NOW - timedelta(days=7))}, True),
        ({"refused": None}, True),
    ],
)
def test_a_refusal_is_not_asked_for_again_for_the_same_reason(change: dict, asked: bool) -> None:
    policy = VipPolicy(auto_renew=True, renew_without_shortage=True)
    found = VipFacts(None, True, 50_000.0, 0, False, user_class="Power User", refused=REFUSED)
    verdict = decide_renewal(replace(found, **change), policy, NOW)
    assert verdict.renew is asked
    assert verdict.failing == (() if asked else ("not_refused",))


@pytest.mark.spec("VIP-4")
@pytest.mark.parametrize(
    ("points", "days_left", "policy", "price"),
    [
        (9_000.0, 5, {}, 9_000),
        (9_000.4, 5, {}, 9_001),
        (9_000.0, 8, {}, None),  # not about to end yet
        (9_000.0, 5, {"min_points": 500}, None),  # the site takes all points
        (9_000.0, 5, {"accept_shorter": False}, None),
        (1_249.0, 5, {}, None),  # less than the site's smallest
        (50_000.0, 5, {}, 15_179),  # reaches the ceiling: a whole renewal
    ],
)
def test_a_shorter_renewal_is_bought_only_on_request_at_the_end_and_with_nothing_to_keep(
    points: float, days_left: int, policy: dict, price: int | None
) -> None:
    wishes = {"auto_renew": True, "renew_without_shortage": True, "accept_shorter": True, "min_points": 0} | policy
    found = VipFacts(NOW + timedelta(days=days_left), True, points, 0, False, user_class="VIP")
    verdict = decide_renewal(found, VipPolicy(**wishes), NOW)
    assert verdict.renew is (price is not None)
    if price is not None:
        assert verdict.price == price


@given(st.datetimes(timezones=st.just(UTC)), policies)
def test_no_date_however_absurd_breaks_the_figures(expires_at: datetime, policy: VipPolicy) -> None:
    assert reserved_points(expires_at, policy, NOW) >= policy.min_points
    assert reserved_points(expires_at, policy, NOW, user_class="Elite VIP") == 0
    decide_renewal(VipFacts(expires_at, True, 50_000.0, 1, False), policy, NOW)
