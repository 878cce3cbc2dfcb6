"""Series are made as short as a chart shows, and lose no low, no high, no gap and no end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.ratio.forecast import Rates
from mamctl.domain.report.series import Mark, Value, ratio_courses, thin, with_gaps

BEGIN = datetime(2023, 11, 29, tzinfo=UTC)
MARKS = st.lists(
    st.tuples(st.integers(0, 10**6), st.one_of(st.none(), st.floats(-1e9, 1e9))),
    max_size=400,
    unique_by=lambda one: one[0],
).map(lambda found: [(BEGIN + timedelta(seconds=second), value) for second, value in sorted(found)])


@given(MARKS, st.integers(1, 40))
def test_a_thinned_series_keeps_its_extremes_its_order_and_its_last_value(values: list[Value], columns: int) -> None:
    end = BEGIN + timedelta(seconds=10**6)
    short = thin(values, BEGIN, end, columns)
    assert len(short) <= max(columns, 5 * (columns + 1))
    assert list(short) == sorted(short, key=lambda mark: mark.at)
    assert set(short) <= {Mark(*value) for value in values}
    known = [value for _, value in values if value is not None]
    kept = [mark.value for mark in short if mark.value is not None]
    if known:
        assert (min(kept), max(kept), kept[0], kept[-1]) == (min(known), max(known), known[0], known[-1])
    assert thin([(mark.at, mark.value) for mark in short], BEGIN, end, columns) == short, "what is thin stays as it is"


def test_what_lies_outside_is_left_out() -> None:
    marks = [(BEGIN + timedelta(days=day), float(day)) for day in range(10)]
    kept = thin(marks, BEGIN + timedelta(days=3), BEGIN + timedelta(days=5))
    assert [mark.value for mark in kept] == [3.0, 4.0, 5.0]


def test_a_long_silence_is_a_gap() -> None:
    marks = [(BEGIN + timedelta(days=day), 1.0) for day in (0, 1, 9)]
    assert [value for _, value in with_gaps(marks, 3 * 86_400)] == [1.0, 1.0, None, 1.0]


def test_the_courses_begin_at_the_ratio_and_spread() -> None:
    rates = [Rates(0, 2e6, 0.0), Rates(3600, 1e6, 1e6)]
    now, later = ratio_courses(2 * 10**12, 10**12, rates, 10**10, (0, 48))
    assert (now.low, now.middle, now.high) == (2.0, 2.0, 2.0)
    assert later.low < later.middle < later.high
    # No more is downloaded than there is left.
    assert later.low == pytest.approx((2e12 + 1e6 * 48 * 3600) / (1e12 + 1e10))


def test_without_rates_or_downloads_there_is_no_course() -> None:
    assert ratio_courses(1, 1, [], 0, (0, 1)) == ()
    assert ratio_courses(1, 0, [Rates(0, 1.0, 1.0)], 0, (0, 1)) == ()
