"""When a cron line is due next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.schedule import longest_gap, next_time, parse_schedule

SUNDAY = datetime(2026, 11, 29, 12, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def due(text: str, after: datetime = SUNDAY, zone=UTC) -> str | None:
    schedule = parse_schedule(text)
    assert schedule is not None
    at = next_time(schedule, after, zone)
    return f"{at:%Y-%m-%d %H:%M}" if at else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*/4 * * * *", "2026-11-29 12:32"),
        ("0 12 * * *", "2026-11-30 12:00"),
        ("20 4 * * 0", "2026-12-06 04:20"),
        ("20 4 * * 7", "2026-12-06 04:20"),
        ("20 4 * * sun", "2026-12-06 04:20"),
        ("@weekly", "2026-12-06 00:00"),
        ("0 0 29 feb *", "2028-02-29 00:00"),
        ("0 0 30 2 *", None),
        ("5 0 1,15 * mon", "2026-11-30 00:05"),  # either kind of day is enough
        ("5 0 */2 * mon", "2026-12-07 00:05"),  # a star in front: both must hold
        ("10-50/20 12 * * *", "2026-11-29 12:50"),
        ("30 12 * * *", "2026-11-30 12:30"),  # now is not the next time
    ],
)
def test_the_next_time(text: str, expected: str | None) -> None:
    assert due(text) == expected


@pytest.mark.parametrize(
    "text", ["", "@reboot", "* * * *", "61 * * * *", "* 24 * * *", "5-1 * * * *", "*/0 * * * *", "a b c d e"]
)
def test_what_is_no_schedule_is_none(text: str) -> None:
    assert parse_schedule(text) is None


def test_times_are_those_of_the_clock_on_the_wall() -> None:
    assert due("0 12 * * *", zone=BERLIN) == "2026-11-30 11:00"
    before = datetime(2026, 3, 28, 12, tzinfo=UTC)  # the night in which 02:30 does not exist there
    assert due("30 2 * * *", before, BERLIN) == "2026-03-29 01:30"


@pytest.mark.parametrize(
    ("text", "hours"), [("*/4 * * * *", 1 / 15), ("0 12 * * *", 24), ("20 4 * * 0", 168), ("0 8-10 * * *", 22)]
)
def test_how_often_it_is_due(text: str, hours: float) -> None:
    schedule = parse_schedule(text)
    assert schedule is not None
    assert longest_gap(schedule, SUNDAY, UTC) == timedelta(hours=hours)


@given(
    minute=st.integers(0, 59),
    hour=st.integers(0, 23),
    weekday=st.integers(0, 6),
    after=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_it_is_the_first_time_that_fits(minute: int, hour: int, weekday: int, after: datetime) -> None:
    schedule = parse_schedule(f"{minute} {hour} * * {weekday}")
    assert schedule is not None
    at = next_time(schedule, after, UTC)
    assert at is not None
    assert (at.minute, at.hour, at.isoweekday() % 7) == (minute, hour, weekday)
    assert timedelta(0) < at - after <= timedelta(days=7)
