"""The envelope: a failure stands first, once; names that Python forbids lose their underscore."""

from __future__ import annotations

from dataclasses import dataclass

from mamctl.domain.outcome import Result
from mamctl.domain.problem import Problem
from mamctl.domain.ratio.forecast import Forecast
from mamctl.errors import UnreachableError
from mamctl.output.report import Report, jsonable

ERROR = UnreachableError("no answer", remedy="look")
OTHER = Problem("other", "something else")


def problems_of(*told: Problem) -> tuple[Problem, ...]:
    return Report.of("mamctl.x/1", Result(None, told, error=ERROR), dry_run=False).problems


def test_the_failure_stands_first() -> None:
    assert problems_of(OTHER) == (Problem.of(ERROR), OTHER)


def test_a_failure_that_the_job_has_told_is_told_once_with_its_subject() -> None:
    told = Problem("unreachable", "no answer", "home", "look")
    assert problems_of(OTHER, told) == (told, OTHER)


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
