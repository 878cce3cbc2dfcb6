"""The envelope: a failure stands first, once; names that Python forbids lose their underscore."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from mamctl.domain.outcome import Late, Result, Rows
from mamctl.domain.problem import Problem
from mamctl.domain.ratio.forecast import Forecast
from mamctl.errors import UnreachableError
from mamctl.output.json_text import jsonable
from mamctl.output.report import Report

ERROR = UnreachableError("no answer", remedy="look")
OTHER = Problem("other", "something else")


def problems_of(*told: Problem) -> tuple[Problem, ...]:
    return Report.of("mamctl.x/1", Result(None, told, error=ERROR), dry_run=False).problems


def test_the_failure_stands_first() -> None:
    assert problems_of(OTHER) == (Problem.of(ERROR), OTHER)


def test_a_failure_that_the_job_has_told_is_told_once_with_its_subject() -> None:
    told = Problem("unreachable", "no answer", "home", "look")
    assert problems_of(OTHER, told) == (told, OTHER)


@pytest.mark.parametrize("count", [0, 1, 5_000])
@pytest.mark.parametrize("indent", [None, 2])
def test_rows_that_are_read_while_they_are_printed_make_the_same_document(count: int, indent: int | None) -> None:
    held = [{"id": number, "names": ["Ódän", "塩"], "none": []} for number in range(count)]
    whole, streamed = (
        Report.of("mamctl.x/1", Result({"before": 1, "rows": rows, "after": None}), dry_run=False)
        for rows in (held, Rows(lambda: iter(held)))
    )
    assert b"".join(streamed.json_pieces(indent=indent)).decode() == whole.to_json(indent=indent)
    assert json.loads(whole.to_json(indent=indent))["data"]["rows"] == held


def test_a_late_value_is_found_when_it_is_printed() -> None:
    found: list[int] = []
    report = Report.of("mamctl.x/1", Result({"late": Late(lambda: [*found])}), dry_run=False)
    found.append(7)
    assert json.loads(report.to_json())["data"] == {"late": [7]}


def test_a_name_that_is_no_unicode_is_escaped_alone() -> None:
    text = Report.of("mamctl.x/1", Result(["Ódän", "lost \udcff"]), dry_run=False).to_json()
    assert "Ódän" in text
    assert json.loads(text)["data"] == ["Ódän", "lost \udcff"]


def test_a_field_whose_name_is_a_word_of_python_has_its_own_name_in_json() -> None:
    @dataclass(frozen=True)
    class Change:
        from_: str
        to: str

    assert jsonable(Change("a", "b")) == {"from": "a", "to": "b"}


def test_a_forecast_has_its_bytes_under_both_names() -> None:
    ahead = jsonable(Forecast(None, None, None, False, (), 1, 2, 3))
    assert (ahead["flowing_left"], ahead["frozen_left"]) == (2, 3)
    assert (ahead["flowing_left_bytes"], ahead["frozen_left_bytes"]) == (2, 3)
