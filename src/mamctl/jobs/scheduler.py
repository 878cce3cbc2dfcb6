"""Following a schedule where there is no cron: each job at its minutes, one at a time a job, and none made up for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import field
from datetime import datetime, timedelta
from typing import Protocol

from mamctl.dataclass import dataclass
from mamctl.domain.schedule import Schedule, next_time

_LONGEST_WAIT = 60.0  # seconds; a clock that is set is noticed within this


class Child(Protocol):
    """A command under way."""

    def ended(self) -> int | None:
        """Its exit code; None while it runs."""
        ...

    def wait(self) -> int:
        """Its exit code, when it has ended."""
        ...

    def stop(self) -> None:
        """Ask it to end now."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the schedule: the job, when, and the words after `mamctl`."""

    job: str
    schedule: Schedule
    words: tuple[str, ...]


@dataclass(slots=True)
class JobCounts:
    """How often each job was started, was left out because it still ran, and ended badly, and its last exit code."""

    job: str
    started: int = 0
    skipped: int = 0
    failed: int = 0
    last_exit: int | None = None


@dataclass(slots=True)
class Scheduler:
    """`follow` runs until `wait` says that it is asked to stop.

    `wait(seconds)` waits, and returns True as soon as the end is asked for. A minute that went by while this process
    did not run, or slept, is not made up for. `report(job, code)` is called at each end.
    """

    entries: tuple[Entry, ...]
    now: Callable[[], datetime]
    wait: Callable[[float], bool]
    start: Callable[[Entry], Child]
    report: Callable[[str, int], None] = lambda job, code: None
    counts: dict[str, JobCounts] = field(init=False)
    _running: dict[str, Child] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.counts = {entry.job: JobCounts(entry.job) for entry in self.entries}

    def follow(self) -> tuple[JobCounts, ...]:
        """Start what is due, minute by minute; at the end wait for what is under way."""
        handled = _minute(self.now())
        try:
            while not self.wait(self._until_next_minute()):
                self._collect()
                minute = _minute(self.now())
                if minute != handled:
                    handled = minute
                    self._start_due(minute)
            for job, child in self._running.items():
                self._note_end(job, child.wait())
        except BaseException:
            for child in self._running.values():
                child.stop()
            raise
        return tuple(self.counts.values())

    def _until_next_minute(self) -> float:
        now = self.now()
        return min(_LONGEST_WAIT, (_minute(now) + timedelta(minutes=1) - now) / timedelta(seconds=1))

    def _start_due(self, minute: datetime) -> None:
        for entry in due(self.entries, minute):
            if entry.job in self._running:
                self.counts[entry.job].skipped += 1
            else:
                self._running[entry.job] = self.start(entry)
                self.counts[entry.job].started += 1

    def _collect(self) -> None:
        for job, child in tuple(self._running.items()):
            if (code := child.ended()) is not None:
                del self._running[job]
                self._note_end(job, code)

    def _note_end(self, job: str, code: int) -> None:
        counts = self.counts[job]
        counts.last_exit = code
        counts.failed += code not in (0, 3)  # 3 is done, with something for your attention
        self.report(job, code)


def due(entries: Iterable[Entry], minute: datetime) -> tuple[Entry, ...]:
    """The entries whose schedule has this very minute."""
    just_before = minute - timedelta(seconds=1)
    return tuple(entry for entry in entries if next_time(entry.schedule, just_before) == minute)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
