"""The forecast: a range from totals and rates that counts what is still to come, or "not at these rates"."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.ratio.forecast import (
    HORIZON_HOURS,
    UNKNOWN,
    ForecastFacts,
    Rates,
    forecast_recovery,
    hours_to_target,
)

pytestmark = pytest.mark.spec("RAT-8")
GIB, MIB = 2**30, 2**20
sizes = st.integers(0, 10_000 * GIB)
speeds = st.floats(0, 100 * MIB) | st.just(0.0)
rates = st.builds(Rates, st.sampled_from([0.0, 3600.0, 86_400.0]), speeds, speeds)
facts = st.builds(
    ForecastFacts,
    uploaded=sizes,
    downloaded=sizes,
    target=st.sampled_from([1.0, 1.05, 2.0]),
    rates=st.lists(rates, min_size=1, max_size=4).map(tuple),
    flowing_left=st.just(0) | sizes,
    frozen_left=st.just(0) | sizes,
    free_counts=st.booleans(),
)
NEVER = float("inf")


def hours(value: float | None) -> float:
    return NEVER if value is None else value


def steady(up: float, down: float = 0.0, **more: object) -> ForecastFacts:
    base = ForecastFacts(90 * GIB, 100 * GIB, 1.05, (Rates(3600, up, down),))
    return replace(base, **more)  # type: ignore[arg-type]


def test_a_steady_upload_with_nothing_to_come() -> None:
    forecast = forecast_recovery(steady(5 * MIB))
    assert forecast.hours == pytest.approx(15 * GIB / (5 * MIB) / 3600)
    assert forecast.hours_low == forecast.hours == forecast.hours_high
    assert (forecast.reachable, forecast.missing_bytes) == (True, 15 * GIB)
    assert forecast.words == "51 min"


def test_it_is_the_moment_at_which_the_ratio_is_there() -> None:
    """Downloads that flow and end before it, and such that still flow at it."""
    for to_come in (2 * GIB, 400 * GIB):
        case = steady(5 * MIB, 1 * MIB, flowing_left=to_come)
        when = hours_to_target(case, 5 * MIB, 1 * MIB, to_come)
        assert when is not None
        seconds = when * 3600
        moved = min(1 * MIB * seconds, to_come)
        assert (case.uploaded + 5 * MIB * seconds) / (case.downloaded + moved) == pytest.approx(1.05)


def test_bytes_still_to_be_downloaded_count_and_frozen_ones_in_the_upper_end() -> None:
    plain = forecast_recovery(steady(5 * MIB, 1 * MIB))
    flowing = forecast_recovery(steady(5 * MIB, 1 * MIB, flowing_left=10 * GIB))
    frozen = forecast_recovery(steady(5 * MIB, 1 * MIB, frozen_left=10 * GIB))
    assert hours(flowing.hours) > hours(plain.hours)
    assert frozen.hours == plain.hours
    assert hours(frozen.hours_high) > hours(plain.hours_high)
    assert any("frozen downloads as well" in line for line in frozen.assumptions)


@pytest.mark.parametrize(
    "case",
    [steady(0), steady(0, 5 * MIB, flowing_left=GIB), steady(0.1), replace(steady(1), rates=())],
)
def test_not_at_these_rates(case: ForecastFacts) -> None:
    forecast = forecast_recovery(case)
    assert (forecast.hours, forecast.reachable, forecast.words) == (None, False, "not at these rates")


def test_a_slow_window_leaves_the_upper_end_open() -> None:
    forecast = forecast_recovery(steady(0, rates=(Rates(0, 5 * MIB, 0), Rates(60, 5 * MIB, 0), Rates(3600, 0, 0))))
    assert forecast.reachable
    assert forecast.hours_high is None
    assert "not at the slowest rate" in forecast.words


def test_already_there_is_reached() -> None:
    forecast = forecast_recovery(steady(0, uploaded=105 * GIB))
    assert (forecast.hours, forecast.words, forecast.missing_bytes) == (0.0, "reached", 0)


def test_unknown_totals_have_no_number() -> None:
    assert (UNKNOWN.hours, UNKNOWN.reachable, UNKNOWN.words) == (None, False, "unknown")


def test_what_freeleech_does_is_said() -> None:
    assert "freeleech downloads do not count" in forecast_recovery(steady(1, free_counts=False)).assumptions
    assert any("like any other" in line for line in forecast_recovery(steady(1, free_counts=True)).assumptions)


@given(facts)
def test_it_is_a_range(case: ForecastFacts) -> None:
    forecast = forecast_recovery(case)
    assert hours(forecast.hours_low) <= hours(forecast.hours) * (1 + 1e-9)
    assert hours(forecast.hours) <= hours(forecast.hours_high)
    assert forecast.reachable == (forecast.hours is not None)
    for value in (forecast.hours_low, forecast.hours, forecast.hours_high):
        assert value is None or 0 <= value <= HORIZON_HOURS
    assert forecast.assumptions


@given(facts, st.floats(1, 50 * MIB), st.data())
def test_more_upload_never_takes_longer(case: ForecastFacts, more: float, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(case.rates) - 1))
    quicker = tuple(replace(rate, up=rate.up + more) if i == at else rate for i, rate in enumerate(case.rates))
    before, after = forecast_recovery(case), forecast_recovery(replace(case, rates=quicker))
    assert hours(after.hours_low) <= hours(before.hours_low) * (1 + 1e-9)
    assert hours(after.hours) <= hours(before.hours) * (1 + 1e-9)
    assert hours(after.hours_high) <= hours(before.hours_high) * (1 + 1e-9)


@given(facts, st.integers(1, 1000 * GIB))
def test_more_to_be_downloaded_never_takes_less(case: ForecastFacts, more: int) -> None:
    before = forecast_recovery(case)
    for name in ("flowing_left", "frozen_left"):
        after = forecast_recovery(replace(case, **{name: getattr(case, name) + more}))
        assert hours(after.hours) >= hours(before.hours) * (1 - 1e-9)
        assert hours(after.hours_low) >= hours(before.hours_low) * (1 - 1e-9)
        assert hours(after.hours_high) >= hours(before.hours_high) * (1 - 1e-9)


@given(facts, st.floats(1, 50 * MIB))
def test_a_quicker_download_never_brings_it_nearer(case: ForecastFacts, more: float) -> None:
    """A rate of nothing at all says that nothing is downloaded, so it is not one of those compared."""
    case = replace(case, rates=tuple(replace(rate, down=rate.down + 1) for rate in case.rates))
    quicker = tuple(replace(rate, down=rate.down + more) for rate in case.rates)
    before, after = forecast_recovery(case), forecast_recovery(replace(case, rates=quicker))
    assert hours(after.hours) >= hours(before.hours) * (1 - 1e-9)
    assert hours(after.hours_low) >= hours(before.hours_low) * (1 - 1e-9)
