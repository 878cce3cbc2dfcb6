"""The renewal decision: every condition, always stated; properties of the whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.account.vip import (
    CEILING,
    Claim,
    ClaimState,
    VipFacts,
    VipPolicy,
    decide_renewal,
    judge_claim,
    price_of_max,
    renewal_took_effect,
    ring_fence,
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
)
policies = st.builds(
    VipPolicy,
    auto_renew=st.booleans(),
    renew_within_days=st.integers(1, 83),
    min_points=st.integers(0, 99_999),
    renew_without_shortage=st.booleans(),
)


@pytest.mark.spec("VIP-7")
@given(facts, policies)
def test_every_condition_is_always_stated_in_the_same_order(found: VipFacts, policy: VipPolicy) -> None:
    verdict = decide_renewal(found, policy, NOW)
    assert [c.name for c in verdict.conditions] == [
        "auto_renew", "due", "adds_a_week", "affordable", "shortage", "no_ratio_emergency", "unclaimed", "clock",
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
    assert found.points - price_of_max(found.expires_at, NOW) >= policy.min_points


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
    assert ring_fence(expires_at, policy, NOW) == price_of_max(expires_at, due) + policy.min_points


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
