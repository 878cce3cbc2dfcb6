"""Bounds in words: with the unit in which the key is written."""

from __future__ import annotations

from typing import Annotated

import pytest

from mamctl.config.values import ValueFault, convert
from mamctl.domain.bounds import DurationText, Range, SizeText


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0"), (0.05, "0.05s"), (90, "90s"), (300.0, "5m"), (86_400, "1d"), (90_000, "25h"), (315_360_000, "3650d")],
)
def test_a_span_has_the_largest_unit_that_fits(seconds: float, text: str) -> None:
    assert DurationText.spell(seconds) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0"), (1, "1"), (1_500, "1500"), (1 << 30, "1 GiB"), (3 << 40, "3 TiB"), (1 << 60, "1024 PiB")],
)
def test_a_size_has_the_largest_unit_that_fits(size: int, text: str) -> None:
    assert SizeText.spell(size) == text


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        (Range(0, 10_000), "0 to 10000"),
        (Range(low=2), "at least 2"),
        (Range(high=2.5), "at most 2.5"),
        (Range(), ""),
    ],
)
def test_a_range_in_words(bounds: Range, words: str) -> None:
    assert bounds.expected() == words


def test_a_fault_names_the_bound_as_you_write_it() -> None:
    with pytest.raises(ValueFault, match=r"^at least 1d$"):
        convert("1h", Annotated[float, DurationText(), Range(86_400, None)])
    with pytest.raises(ValueFault, match=r"^at most 1 GiB$"):
        convert("2 GiB", Annotated[int, SizeText(), Range(0, 1 << 30)])
