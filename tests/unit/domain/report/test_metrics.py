"""Figures in Prometheus' text form."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from mamctl.domain.report.metrics import Metric, Sample, metrics_text

TEXTS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=40).filter(
    lambda text: len(text.splitlines()) < 2
)


@given(
    st.lists(
        st.tuples(TEXTS, st.floats(allow_nan=False, min_value=0)), min_size=1, max_size=5, unique_by=lambda one: one[0]
    )
)
def test_any_label_and_any_value_comes_back(values: list[tuple[str, float]]) -> None:
    samples = tuple(Sample({"job": label}, value) for label, value in values)
    text = metrics_text([Metric("mamctl_some", "gauge", "Something.", samples)])
    (family,) = text_string_to_metric_families(text)
    assert [(sample.labels["job"], sample.value) for sample in family.samples] == values


def test_a_ratio_without_downloads_is_infinite() -> None:
    text = metrics_text([Metric("mamctl_ratio", "gauge", "The ratio.", (Sample({}, math.inf),))])
    assert text == "# HELP mamctl_ratio The ratio.\n# TYPE mamctl_ratio gauge\nmamctl_ratio +Inf\n"
