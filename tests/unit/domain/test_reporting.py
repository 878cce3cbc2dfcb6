"""What is reported, what is held back, and what is said at its end."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from mamctl.domain.problem import Notice, Problem
from mamctl.domain.reporting import Due, ReminderPolicy, Reported, decide_reports, is_due

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
DAILY = ReminderPolicy(daily=True)
PASSES = ReminderPolicy()
LIBRARY = ReminderPolicy(timedelta(days=7), daily=True, summary="mamctl meta problems")
DOWN = Problem("unreachable", "seedbox: no connection", "seedbox")


class Memory:
    """Runs one after another with one memory."""

    def __init__(self, policy: ReminderPolicy) -> None:
        self.policy = policy
        self.rows: dict[str, Reported] = {}

    def run(self, now: datetime, *items: Problem | Notice, judged: bool = True) -> Due:
        problems = [item for item in items if isinstance(item, Problem)]
        notices = [item for item in items if isinstance(item, Notice)]
        due = decide_reports(self.rows, problems, notices, now, self.policy, judged=judged)
        self.rows |= due.changes
        return due


@pytest.fixture
def berlin(monkeypatch) -> Iterator[None]:
    before = os.environ.get("TZ")
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    assert os.environ.get("TZ") == before
    time.tzset()


def test_a_daily_job_that_starts_or_ends_a_little_early_still_reminds() -> None:
    memory = Memory(DAILY)
    starts = [NOON + timedelta(days=day, seconds=-7 * (day % 3)) for day in range(30)]
    assert all(memory.run(start, DOWN).problems for start in starts)


def test_a_day_of_23_hours_reminds_and_so_does_a_machine_that_was_late(berlin) -> None:
    midday_before, midday = datetime(2027, 3, 27, 11, tzinfo=UTC), datetime(2027, 3, 28, 10, tzinfo=UTC)
    assert is_due(midday_before, midday, DAILY)
    assert is_due(midday, midday + timedelta(hours=16), DAILY)
    assert not is_due(midday, midday + timedelta(hours=11), DAILY)


def test_passes_remind_after_nine_tenths_of_the_time() -> None:
    assert not is_due(NOON, NOON + timedelta(hours=21, minutes=30), PASSES)
    assert is_due(NOON, NOON + timedelta(hours=21, minutes=36), PASSES)
    assert is_due(NOON, NOON - timedelta(days=400), PASSES)  # the clock was set back


@pytest.mark.spec("VIP-7")
def test_a_nearer_deadline_is_never_held_back() -> None:
    weekly = Memory(ReminderPolicy(timedelta(days=7), daily=True))
    ends_at = NOON + timedelta(days=10, hours=1)
    reported = [
        day
        for day in range(11)
        if weekly.run(NOON + timedelta(days=day), Problem("vip_will_lapse", "…", "VIP", deadline=ends_at)).problems
    ]
    assert reported == [0, 4, 8, 9, 10]  # then when 7, 3, 2 and 1 days are left at the latest


def test_a_flapping_problem_is_reported_once_a_day_and_another_does_not_reset_it() -> None:
    memory, other = Memory(PASSES), Problem("ratio_unknown", "the ratio is unknown", "ratio")
    mails = ends = 0
    for number in range(330):  # 22 hours, a pass in 4 minutes
        now = NOON + timedelta(minutes=4 * number)
        due = memory.run(now, *([DOWN] if number % 2 == 0 else []), *([other] if number % 7 == 0 else []))
        mails += sum(problem is DOWN for problem in due.problems)
        ends += sum(notice.code == "unreachable_over" for notice in due.notices)
    assert (mails, ends) == (2, 2)  # the second at 21.6 hours


def test_one_that_returns_and_stays_is_reported_within_hours() -> None:
    memory = Memory(PASSES)
    memory.run(NOON, DOWN)
    memory.run(NOON + timedelta(minutes=4))
    later = [NOON + timedelta(minutes=8 + 30 * number) for number in range(14)]
    assert [now for now in later if memory.run(now, DOWN).problems] == [later[12]]


def test_the_end_is_said_once_and_only_by_a_run_that_could_judge() -> None:
    memory = Memory(PASSES)
    memory.run(NOON, DOWN)
    assert not memory.run(NOON + timedelta(minutes=4), Problem("store", "disk full"), judged=False).notices
    over = memory.run(NOON + timedelta(minutes=8))
    assert [n.message for n in over.notices] == [
        "resolved: seedbox works again",
        "resolved: the database works again",
    ]
    assert not memory.run(NOON + timedelta(minutes=12))


def test_an_outage_of_the_site_ends_in_one_line_and_not_while_it_refuses() -> None:
    memory = Memory(DAILY)
    memory.run(NOON, Problem("site_maintenance", "a page", "/jsonLoad.php"), Problem("rate_limited", "429", "/search"))
    refused = Problem("session_refused", "the session is dead")
    assert not memory.run(NOON + timedelta(days=1), refused).notices
    memory = Memory(DAILY)
    memory.run(NOON, Problem("tracker_down", "no answer", "/jsonLoad.php"), Problem("rate_limited", "429", "/search"))
    over = memory.run(NOON + timedelta(days=1)).notices
    assert [notice.message for notice in over] == ["resolved: the site works again"]


def test_what_still_has_another_problem_is_not_well_again() -> None:
    memory = Memory(PASSES)
    memory.run(NOON, DOWN)
    refused = Problem("login_refused_before", "seedbox refused the password", "seedbox")
    assert not memory.run(NOON + timedelta(minutes=4), refused).notices


def test_known_problems_of_the_library_are_counted_and_reminded_of_weekly() -> None:
    memory = Memory(LIBRARY)
    cut, bare, new = (Problem("audio_cut", f"{name}: cut", name) for name in ("a", "b", "c"))
    assert memory.run(NOON, cut, bare).problems == (cut, bare)
    days = [memory.run(NOON + timedelta(days=day), cut, bare) for day in range(1, 7)]
    assert not any(days)
    weekly = memory.run(NOON + timedelta(days=7), cut, bare)
    assert (weekly.problems, [n.message for n in weekly.notices]) == ((), ["none new, 2 known (mamctl meta problems)"])
    fresh = memory.run(NOON + timedelta(days=9), cut, bare, new)
    assert (fresh.problems, [n.message for n in fresh.notices]) == ((new,), ["1 new, 2 known (mamctl meta problems)"])
    assert not memory.run(NOON + timedelta(days=14), cut, bare, new)  # all were reminded of two days ago
    assert not memory.run(NOON + timedelta(days=15), bare, new)  # a replaced file is your own doing


def test_a_standing_notice_is_said_when_it_begins_and_when_it_ends() -> None:
    memory, event = Memory(DAILY), Notice("site_freeleech", "the whole site is free", "site", standing=True)
    said = [memory.run(NOON + timedelta(days=day), *([event] if day < 5 else [])).notices for day in range(8)]
    assert [[notice.code for notice in day] for day in said] == [
        ["site_freeleech"], [], [], [], [], ["site_freeleech_over"], [], [],
    ]  # fmt: skip


def test_a_clock_that_is_off_is_said_once() -> None:
    memory, off = Memory(DAILY), Problem("clock_off", "this machine's clock is 120 minutes behind the site's", "clock")
    said = [bool(memory.run(NOON + timedelta(days=day), off)) for day in range(9)]
    assert said == [True] + [False] * 8


def test_two_runs_in_the_same_second_report_once() -> None:
    memory = Memory(PASSES)
    assert memory.run(NOON, DOWN).problems
    assert not memory.run(NOON, DOWN).problems
