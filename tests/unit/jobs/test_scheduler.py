"""The scheduler of containers: what is due, one at a time a job, nothing made up for, an end after the running jobs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from mamctl.domain.schedule import parse_schedule
from mamctl.jobs.scheduler import Entry, Scheduler, due

pytestmark = pytest.mark.spec("OPS-4")
NOON = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


def entry(job: str, text: str) -> Entry:
    schedule = parse_schedule(text)
    assert schedule is not None
    return Entry(job, schedule, (job, "check"))


@dataclass
class Job:
    """A command that ends when the clock says so."""

    world: World
    ends_at: datetime
    code: int = 0
    stopped: bool = False

    def ended(self) -> int | None:
        return self.code if self.world.now >= self.ends_at else None

    def wait(self) -> int:
        self.world.now = max(self.world.now, self.ends_at)
        return self.code

    def stop(self) -> None:
        self.stopped = True


@dataclass
class World:
    """A clock that waiting moves; after `minutes` the end is asked for. `jumps` are what a wait takes instead."""

    minutes: int = 10
    takes: timedelta = timedelta(seconds=30)
    code: int = 0
    now: datetime = NOON
    jumps: list[timedelta] = field(default_factory=list)
    started: list[tuple[str, datetime]] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)

    def wait(self, seconds: float) -> bool:
        self.now += self.jumps.pop(0) if self.jumps else timedelta(seconds=seconds)
        return self.now > NOON + timedelta(minutes=self.minutes)

    def start(self, one: Entry) -> Job:
        self.started.append((one.job, self.now))
        self.jobs.append(Job(self, self.now + self.takes, self.code))
        return self.jobs[-1]

    def follow(self, *entries: Entry):
        found = Scheduler(entries, lambda: self.now, self.wait, self.start).follow()
        return {one.job: one for one in found}

    def minutes_of(self, job: str) -> list[int]:
        return [round((at - NOON) / timedelta(minutes=1)) for name, at in self.started if name == job]


def test_each_job_runs_at_its_minutes() -> None:
    world = World(minutes=12)
    counts = world.follow(entry("ratio", "*/4 * * * *"), entry("vip", "3 12 * * *"))
    assert world.minutes_of("ratio") == [4, 8, 12]
    assert world.minutes_of("vip") == [3]
    assert (counts["ratio"].started, counts["ratio"].failed, counts["ratio"].last_exit) == (3, 0, 0)


def test_one_that_still_runs_is_left_out() -> None:
    world = World(minutes=6, takes=timedelta(minutes=2, seconds=30))
    counts = world.follow(entry("ratio", "* * * * *"))["ratio"]
    assert world.minutes_of("ratio") == [1, 4]
    assert (counts.started, counts.skipped) == (2, 4)


def test_a_missed_time_is_not_made_up_for() -> None:
    world = World(minutes=200, jumps=[timedelta(minutes=90)])  # the machine slept
    world.follow(entry("hourly", "0 * * * *"))
    assert world.minutes_of("hourly") == [120, 180]


def test_a_clock_that_is_set_back_runs_no_minute_twice_in_a_row() -> None:
    world = World(minutes=4, jumps=[timedelta(minutes=1), timedelta(seconds=-30), timedelta(seconds=30)])
    world.follow(entry("ratio", "1 12 * * *"))
    assert len(world.started) <= 2


def test_the_end_waits_for_what_runs_and_a_second_signal_does_not() -> None:
    world = World(minutes=1, takes=timedelta(hours=1), code=5)
    counts = world.follow(entry("scan", "1 * * * *"))["scan"]
    assert (counts.last_exit, counts.failed, world.jobs[0].stopped) == (5, 1, False)

    world = World(takes=timedelta(hours=1))

    def impatient(seconds: float) -> bool:
        if world.jobs:
            raise KeyboardInterrupt
        return world.wait(seconds)

    with pytest.raises(KeyboardInterrupt):
        Scheduler((entry("scan", "1 * * * *"),), lambda: world.now, impatient, world.start).follow()
    assert world.jobs[0].stopped


def test_what_is_due_in_a_minute() -> None:
    entries = (entry("a", "0 12 * * *"), entry("b", "0 12 * * sun"), entry("c", "0 12 * * mon"), entry("d", "@hourly"))
    assert [one.job for one in due(entries, NOON)] == ["a", "b", "d"]
