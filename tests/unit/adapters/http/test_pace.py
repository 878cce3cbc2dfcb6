"""The pace of requests: intervals, rests that a server asked for, clocks that jump, broken files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.adapters.http.pace import Pace, Turn
from tests.kit.tracker_loopback import PassingTime

HOST = "catalogue.test"


@pytest.fixture
def time():
    return PassingTime()


@pytest.fixture
def pace(tmp_path, time):
    return Pace(tmp_path / "pace.db", time.now)


def test_callers_queue_up(pace):
    assert [pace.reserve(HOST, 2.0, 60.0).wait for _ in range(3)] == [0.0, 2.0, 4.0]
    assert pace.reserve("elsewhere.test", 2.0, 60.0).wait == 0.0


def test_a_long_interval_is_waited_for_whatever_a_run_waits_for_a_server(pace):
    assert [pace.reserve(HOST, 300.0, 60.0) for _ in range(2)] == [Turn(0.0, 0.0, True), Turn(300.0, 0.0, True)]


def test_a_turn_that_is_too_far_away_is_not_taken(pace, time):
    pace.hold(HOST, 100.0)
    assert pace.reserve(HOST, 2.0, 60.0) == Turn(100.0, 100.0, reserved=False)
    time.at += 50
    assert pace.reserve(HOST, 2.0, 60.0) == Turn(50.0, 50.0, reserved=True)
    assert pace.reserve(HOST, 2.0, 60.0) == Turn(52.0, 50.0, reserved=True)


def test_a_shorter_rest_does_not_end_a_longer_one(pace):
    pace.hold(HOST, 50.0)
    pace.hold(HOST, 5.0)
    assert pace.reserve(HOST, 0.0, 60.0).wait == 50.0


@given(st.floats(0.0, 4e9), st.floats(0.0, 4e9), st.floats(0.0, 60.0), st.floats(0.0, 80000.0))
def test_a_jump_of_the_clock_never_makes_a_wait_longer(tmp_path_factory, before, after, interval, rest):
    time = PassingTime(before)
    pace = Pace(tmp_path_factory.mktemp("pace") / "pace.db", time.now)
    pace.reserve(HOST, interval, 0.0)
    pace.hold(HOST, rest)
    time.at = after
    turn = pace.reserve(HOST, interval, 90000.0)
    assert turn.wait <= max(interval, rest) + 1e-3
    assert turn.wait >= min(max(interval, rest), before + max(interval, rest) - after) - 1e-3
    time.at += turn.wait
    assert pace.reserve(HOST, 0.0, 90000.0).wait == pytest.approx(interval, abs=1e-3)


def test_a_rest_ends_by_a_clock_that_was_set_back_too(pace, time):
    pace.hold(HOST, 100.0)
    time.at -= 1e6
    assert pace.reserve(HOST, 0.0, 10.0).wait == 100.0
    time.at += 95
    assert pace.reserve(HOST, 0.0, 10.0) == Turn(5.0, 5.0, reserved=True)


@pytest.mark.parametrize("damage", ["whole", "behind the first page", "senseless"])
def test_a_broken_file_is_begun_again(pace, tmp_path, damage):
    path = tmp_path / "pace.db"
    if damage == "whole":
        path.write_bytes(b"no database at all" * 100)
    else:
        for number in range(200):
            pace.reserve(f"{number}.test", 1.0, 60.0)
        content = path.read_bytes()
        path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    if damage == "senseless":
        path.unlink()
        pace.hold(HOST, float("inf"))
    assert pace.reserve(HOST, 1.0, 60.0).wait == 0.0
    assert pace.reserve(HOST, 1.0, 60.0).wait == 1.0
    assert path.stat().st_mode & 0o077 == 0
