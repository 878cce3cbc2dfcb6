"""The guard's machine: its table, and what holds of every step."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.ratio.guard import (
    NEXT,
    Guard,
    GuardState,
    Override,
    Verdict,
    Zone,
    decide_guard,
    decide_release,
    override_ended,
    show_ratio,
    zone_of,
)
from mamctl.domain.ratio.policy import RatioPolicy
from mamctl.domain.ratio.reading import RatioReading

N, E = GuardState.NORMAL, GuardState.EMERGENCY
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
UNKNOWN = RatioReading(None, "nobody said it")
ratios = st.floats(0, 3) | st.sampled_from([0.0, 0.9999999999, 1.0, 1.0000000001, 1.0499999999, 1.05, math.inf])
policies = st.builds(
    lambda floor, band, drop: RatioPolicy(floor=floor, recovery=floor + band, hold_drop=drop),
    st.floats(0.01, 2),
    st.floats(0, 1),
    st.floats(0, 1),
)
holds = st.none() | st.builds(
    Override, st.integers(-3, 3).map(lambda hours: NOW + timedelta(hours=hours)), st.none() | st.floats(0, 3)
)
guards = st.builds(lambda hold: Guard(N, NOW, hold), holds) | st.just(Guard(E, NOW, None, 1))


def at(ratio: float | None) -> RatioReading:
    return RatioReading(ratio, "a test says so")


def after(guard: Guard, verdict: Verdict) -> Guard:
    """The guard as the store has it after a verdict."""
    if not verdict.changes:
        return guard
    return Guard(verdict.state, NOW, None, 1 if verdict.state is E else None)


@pytest.mark.spec("RAT-2")
@pytest.mark.spec("RAT-3")
@pytest.mark.parametrize(
    ("state", "ratio", "then"),
    [
        (N, 0.0, E),
        (N, 0.9999999999, E),
        (N, 1.0, N),
        (N, 1.0499999999, N),
        (N, 1.05, N),
        (N, math.inf, N),
        (N, None, N),
        (E, 0.0, E),
        (E, 0.9999999999, E),
        (E, 1.0, E),
        (E, 1.0499999999, E),
        (E, 1.05, N),
        (E, math.inf, N),
        (E, None, E),
    ],
)
def test_the_table_at_the_defaults(state: GuardState, ratio: float | None, then: GuardState) -> None:
    verdict = decide_guard(Guard(state, NOW), at(ratio), RatioPolicy(), NOW)
    assert (verdict.state, verdict.changes) == (then, then is not state)
    assert verdict.reason


def test_the_table_is_whole_and_only_two_zones_move_it() -> None:
    assert set(NEXT) == {(state, zone) for state in GuardState for zone in Zone}
    moves = {(state, zone) for (state, zone), then in NEXT.items() if then is not state}
    assert moves == {(N, Zone.BELOW), (E, Zone.RECOVERED)}


@given(guards, ratios | st.none(), policies)
def test_it_settles_in_one_step(guard: Guard, ratio: float | None, policy: RatioPolicy) -> None:
    first = decide_guard(guard, at(ratio), policy, NOW)
    again = decide_guard(after(guard, first), at(ratio), policy, NOW)
    assert (again.state, again.changes) == (first.state, False)


@pytest.mark.spec("RAT-3")
@given(guards, st.lists(st.floats(0, 1), max_size=8), policies)
def test_within_the_band_nothing_flaps(guard: Guard, walk: list[float], policy: RatioPolicy) -> None:
    for share in walk:
        ratio = policy.floor + share * (policy.recovery - policy.floor)
        if policy.floor <= ratio < policy.recovery:
            assert not decide_guard(guard, at(ratio), policy, NOW).changes


@given(guards, ratios, ratios, policies)
def test_a_better_ratio_is_never_treated_worse(guard: Guard, one: float, other: float, policy: RatioPolicy) -> None:
    worse, better = sorted((one, other))
    states = [decide_guard(guard, at(ratio), policy, NOW).state for ratio in (worse, better)]
    assert states != [N, E]


@pytest.mark.spec("RAT-11")
@given(guards, policies)
def test_an_unknown_ratio_changes_nothing(guard: Guard, policy: RatioPolicy) -> None:
    verdict = decide_guard(guard, UNKNOWN, policy, NOW)
    assert (verdict.state, verdict.changes) == (guard.state, False)
    assert "nobody said it" in verdict.reason
    if guard.override is not None and guard.override.until > NOW:
        assert not override_ended(guard, None, policy, NOW)


@pytest.mark.spec("RAT-2")
@pytest.mark.spec("RAT-3")
@given(guards, ratios, policies)
def test_emergency_activation(guard: Guard, ratio: float, policy: RatioPolicy) -> None:
    verdict = decide_guard(guard, at(ratio), policy, NOW)
    if verdict.changes:
        assert ratio < policy.floor if verdict.state is E else ratio >= policy.recovery
    elif guard.override is None:
        assert not ratio < policy.floor if guard.state is N else not ratio >= policy.recovery


@given(guards, ratios | st.none(), policies, ratios)
def test_a_persons_word_holds_until_its_time_is_over_or_it_gets_worse(
    guard: Guard, ratio: float | None, policy: RatioPolicy, later: float
) -> None:
    hold = decide_release(guard, at(ratio), policy, NOW)
    if guard.state is N:
        assert hold is None
        return
    assert hold == Override(NOW + timedelta(days=1), ratio)
    held = Guard(N, NOW, hold)
    soon, late = NOW + timedelta(hours=23), NOW + timedelta(days=1)
    much_worse = ratio is not None and later < ratio - policy.hold_drop
    frozen = decide_guard(held, at(later), policy, soon).state is E
    assert frozen == (later < policy.floor and much_worse)
    assert (decide_guard(held, at(later), policy, late).state is E) == (later < policy.floor)
    assert override_ended(held, later, policy, late)
    assert override_ended(held, later, policy, soon) == (later >= policy.recovery)


@given(ratios | st.none(), policies)
def test_there_is_nothing_to_lift_outside_of_an_emergency(ratio: float | None, policy: RatioPolicy) -> None:
    assert decide_release(Guard(), at(ratio), policy, NOW) is None


@given(ratios)
def test_a_ratio_is_shown_cut_so_that_it_never_looks_safer_than_it_is(ratio: float) -> None:
    shown = show_ratio(ratio)
    if math.isinf(ratio):
        assert shown == "∞"
        return
    assert ratio - 0.000101 < float(shown) <= ratio + 1e-12
    for bound in (1.0, 1.05):
        assert not (ratio < bound <= float(shown))


def test_an_unknown_ratio_is_called_so() -> None:
    assert show_ratio(None) == "unknown"
    assert zone_of(None, RatioPolicy()) is Zone.UNKNOWN
