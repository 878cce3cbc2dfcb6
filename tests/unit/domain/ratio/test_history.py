"""History made shorter keeps its extremes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.ratio.history import STEPS, Point, choose_step, condense

ratios = st.one_of(st.none(), st.floats(0, 10))
START = datetime(2026, 11, 25, 12, 3, tzinfo=UTC)


def samples_of(values: list[float | None], minutes: int) -> list[Point]:
    return [
        Point(START + timedelta(minutes=minutes * n), "pass", value, value, value, n, n, n, n, n % 4, n % 7 == 0)
        for n, value in enumerate(values)
    ]


@given(st.lists(ratios, max_size=200), st.integers(1, 500), st.sampled_from(STEPS))
def test_lows_highs_the_most_frozen_and_every_emergency_survive(
    values: list[float | None], minutes: int, step: timedelta
) -> None:
    samples = samples_of(values, minutes)
    rows = condense(samples, step)
    known = [value for value in values if value is not None]
    assert min((row.ratio_low for row in rows if row.ratio_low is not None), default=None) == min(known, default=None)
    assert max((row.ratio_high for row in rows if row.ratio_high is not None), default=None) == max(known, default=None)
    assert max((row.frozen for row in rows), default=0) == max((sample.frozen for sample in samples), default=0)
    assert any(row.emergency for row in rows) == any(sample.emergency for sample in samples)
    assert [row.at for row in rows] == sorted({row.at for row in rows})
    last = next((value for value in reversed(values) if value is not None), None)
    assert next((row.ratio for row in reversed(rows) if row.ratio is not None), None) == last


@given(st.timedeltas(timedelta(), timedelta(days=900)), st.integers(31, 400))
def test_the_step_keeps_the_rows_few(span: timedelta, most: int) -> None:
    step = choose_step(span, most)
    assert step in STEPS
    assert span <= most * step or step == STEPS[-1]
    finer = [other for other in STEPS if other < step]
    assert all(span > most * other for other in finer)
