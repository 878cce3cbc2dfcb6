"""The tracker's figures in every form they are known in, and in forms that nobody has seen."""

from __future__ import annotations

import contextlib
import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.text.quantities import (
    parse_flag,
    parse_integer,
    parse_moment,
    parse_number,
    parse_ratio,
    parse_size,
    parse_vip_until,
    show_size,
    show_span,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
figure_like = st.text(alphabet="0123456789,.-+ eE∞KMGTiB:TZ٣", max_size=60)


@pytest.mark.parametrize(
    ("given_", "size"),
    [
        (1395864371, 1395864371),
        ("6324306932", 6324306932),
        ("1.3 GiB", round(1.3 * 1024**3)),
        ("1,016.2 KiB", round(1016.2 * 1024)),
        ("0.00 KiB", 0),
        ("1.234 TiB", round(1.234 * 1024**4)),
        ("12 B", 12),
        ("512MiB", 512 * 1024**2),
        (1.5e9, 1_500_000_000),
    ],
)
def test_size_forms(given_, size):
    assert parse_size(given_) == size


@pytest.mark.parametrize("bad", ["", "GiB", "1.3 XiB", "-1 GiB", -5, True, None, [], "9" * 5000, math.nan, math.inf])
def test_no_size(bad):
    with pytest.raises(ValueError):
        parse_size(bad)


@given(st.integers(min_value=0, max_value=2**63 - 1))
def test_a_size_in_bytes_is_exact(size):
    assert parse_size(size) == parse_size(str(size)) == parse_size(f"{size:,}") == size


@given(st.floats(min_value=0, max_value=999), st.sampled_from(["KiB", "MiB", "GiB", "TiB"]))
def test_a_pretty_size_is_within_its_rounding(number, unit):
    factor = 1024 ** (["KiB", "MiB", "GiB", "TiB"].index(unit) + 1)
    assert abs(parse_size(f"{number:.3f} {unit}") - number * factor) <= 0.0006 * factor + 1


@pytest.mark.parametrize(
    ("given_", "ratio"),
    [
        (12.3, 12.3),
        (5, 5.0),
        ("3.01", 3.01),
        ("1,234.5", 1234.5),
        ("∞", math.inf),
        ("Inf.", math.inf),
        (math.inf, math.inf),
        (" inf ", math.inf),
        (0, 0.0),
    ],
)
def test_ratio_forms(given_, ratio):
    assert parse_ratio(given_) == ratio


@pytest.mark.spec("RAT-11")
@pytest.mark.parametrize("unknown", [None, "", "---", "n/a", -1, "-0.5", True, math.nan, [], {}, "1.2.3", "1,23"])
def test_an_unreadable_ratio_is_unknown(unknown):
    assert parse_ratio(unknown) is None


@pytest.mark.parametrize("yes", [True, 1, "1", "true", "yes", "Yes", 1.0])
def test_flag_yes(yes):
    assert parse_flag(yes) is True


@pytest.mark.parametrize("no", [False, 0, "0", "no", "", None, "false"])
def test_flag_no(no):
    assert parse_flag(no) is False


def test_numbers():
    assert parse_number("61,250") == 61250
    assert parse_number("55898.75") == 55898.75
    assert parse_integer("1,234") == parse_integer(1234.0) == 1234


@pytest.mark.parametrize("absent", [None, "", "0000-00-00 00:00:00", 0, "0"])
def test_no_vip(absent):
    assert parse_vip_until(absent) is None


def test_vip_until_is_utc():
    assert parse_vip_until("2026-12-20 09:30:00") == datetime(2026, 12, 20, 9, 30, tzinfo=UTC)


def test_unix_moments():
    assert parse_moment(1764550000) == parse_moment("1764550000") == datetime(2025, 12, 1, 0, 46, 40, tzinfo=UTC)


@given(json_values | figure_like)
def test_nothing_but_value_error_is_ever_raised(value):
    for parse in (parse_size, parse_number, parse_integer, parse_flag, parse_moment):
        with contextlib.suppress(ValueError):
            parse(value)
    ratio = parse_ratio(value)
    assert ratio is None or ratio >= 0


@pytest.mark.parametrize(
    ("size", "shown"),
    [(0, "0 B"), (1023, "1,023 B"), (1024, "1.00 KiB"), (2**20 - 1, "1.00 MiB"), (1022 * 2**30, "1,022.00 GiB"),
     (2**40 - 1, "1.000 TiB"), (2**40 * 1234, "1,234.000 TiB"), (-(2**30), "-1.00 GiB")],
)  # fmt: skip
def test_a_size_is_never_1024_of_its_unit(size: int, shown: str) -> None:
    assert show_size(size) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(-5, "0 min"), (20, "0 min"), (3_600, "60 min"), (7_200, "2 h"), (9_000, "2 h 30 min"), (80_000, "22 h"),
     (183_600, "2 d 3 h"), (172_800, "2 d"), (2_678_400, "31 d")],
)  # fmt: skip
def test_a_span_in_one_or_two_units(seconds: float, shown: str) -> None:
    assert show_span(seconds) == shown
