"""Charts: round axes, broken curves, words for those who do not see them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.report.series import Mark
from mamctl.output.page.chart import HEIGHT, WIDTH, Level, Line, Plot, Span, draw, path_of, scale_for

BEGIN = datetime(2026, 9, 1, tzinfo=UTC)
DAY = timedelta(days=1)
MARKS = tuple(Mark(BEGIN + n * DAY, value) for n, value in enumerate((1.2, 1.1, None, 0.9, 1.4)))
PLOT = Plot(
    "ratio", "Ratio", BEGIN, BEGIN + 10 * DAY, "{:.2f}", (Line("curve", "Ratio", MARKS),),
    spans=(Span("emergency", "Emergency: from 2026-09-03", BEGIN + 2 * DAY, BEGIN + 3 * DAY),),
    levels=(Level("floor", "Floor 1.00", 1.0),),
)  # fmt: skip


@given(st.lists(st.floats(-1e15, 1e15), min_size=1, max_size=20))
def test_an_axis_holds_its_values_in_a_few_equal_steps(values: list[float]) -> None:
    steps = scale_for(values)
    assert 2 <= len(steps) <= 8
    slack = (steps[-1] - steps[0]) * 1e-6
    assert steps[0] - slack <= min(values)
    assert max(values) <= steps[-1] + slack
    assert steps[-1] > steps[0]


def test_a_chart_says_in_words_what_it_shows() -> None:
    chart = draw(PLOT)
    assert chart is not None
    assert chart.description == (
        "Ratio: from 1.20 on 2026-09-01 to 1.40 on 2026-09-05, between 0.90 and 1.40. Floor 1.00. Emergency: 1 time."
    )
    assert chart.head == ("when", "Ratio")
    assert [row[1] for row in chart.rows][:2] == ["1.10", "0.90"]
    assert next(shape.kind for shape in chart.shapes) == "emergency", "bands lie behind the curve"
    assert chart.shapes[-1].kind == "curve"
    assert all(0 <= tick.percent <= 100 for tick in (*chart.rising, *chart.along))


def test_a_curve_is_broken_where_nothing_is_known() -> None:
    marks = [Mark(BEGIN, 1.0), Mark(BEGIN, 2.0), Mark(BEGIN, None), Mark(BEGIN, 3.0)]
    assert path_of(marks, lambda at: 5.0, lambda value: value) == "M5.0,1.0L5.0,2.0M5.0,3.0h2"


def test_everything_lies_inside_the_plot() -> None:
    far = replace(PLOT, lines=(Line("curve", "Ratio", (*MARKS, Mark(BEGIN + 400 * DAY, 9.0))),))
    chart = draw(far)
    assert chart is not None
    curve = chart.shapes[-1].attributes.removeprefix('d="M').removesuffix('"')
    points = [pair.split(",") for piece in curve.split("M") for pair in piece.replace("h2", "").split("L")]
    assert all(0 <= float(x) <= WIDTH and 0 <= float(y) <= HEIGHT for x, y in points)


def test_without_a_value_there_is_no_chart() -> None:
    assert draw(replace(PLOT, lines=(Line("curve", "Ratio", (Mark(BEGIN, None),)),))) is None
