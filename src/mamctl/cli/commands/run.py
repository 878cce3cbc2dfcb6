"""`mamctl run`: follows the schedule of the crontab where there is no cron, as in a container."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from mamctl.cli.clock import stop_on_signal
from mamctl.cli.command import command
from mamctl.cli.cron import SCHEDULED
from mamctl.cli.cron.lines import wanted_tasks
from mamctl.cli.cron.own_lines import read_own_lines
from mamctl.cli.format import day
from mamctl.cli.runtime import Runtime
from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Result
from mamctl.domain.schedule import next_time, parse_schedule
from mamctl.errors import UsageError
from mamctl.jobs.scheduler import Entry, JobCounts, Scheduler
from mamctl.output.screen import Screen
from mamctl.store.runs import job_lock

app = typer.Typer()

_ONE = "one is enough; end that one first if this one is to follow the schedule"


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """A line of the schedule, and when it is due next."""

    job: str
    command: str
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunData:
    """The schedule that was followed, and what became of each job until the end; nothing of a dry run."""

    schedule: tuple[PlannedRun, ...]
    jobs: tuple[JobCounts, ...]


def render_run(screen: Screen, data: RunData) -> None:
    """The schedule of a dry run; else how often each job ran."""
    if not data.jobs:
        coming = sorted(data.schedule, key=_soonest)
        screen.table(("next run", "at"), [(one.command, day(one.next_at)) for one in coming])
        return
    screen.table(
        ("job", "started", "left out", "failed", "last exit"),
        [(one.job, one.started, one.skipped, one.failed, one.last_exit) for one in data.jobs],
        right=(1, 2, 3, 4),
    )


class _Process:
    """The same command in a process of its own, with this one's streams; with `aside` it prints to stderr alone."""

    def __init__(self, words: list[str], *, aside: bool) -> None:
        self._running = subprocess.Popen(
            words, env={**os.environ, SCHEDULED: "1"}, start_new_session=True, stdout=sys.stderr if aside else None
        )

    def ended(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._running.poll()

    def wait(self) -> int:
        """Its exit code, when it has ended."""
        return self._running.wait()

    def stop(self) -> None:
        """Ask it to end now."""
        self._running.terminate()


@command(app, "run", schema="mamctl.run/1", render=render_run, dry_run=True)
def run(
    runtime: Runtime,
    crontab: Annotated[
        Path | None, typer.Option("--crontab", metavar="FILE", help="Lines of your own, as in a crontab.")
    ] = None,
) -> Result:
    """Follow the crontab's schedule, where there is no cron.

    TERM ends it after the running jobs; a second one ends those too. A missed time is not made up for.
    """
    entries = _entries(runtime, crontab)
    if not entries:
        raise UsageError("there is nothing to run", remedy="see mamctl cron show, or the file of --crontab")
    now = runtime.now()
    planned = tuple(PlannedRun(entry.job, " ".join(entry.words), next_time(entry.schedule, now)) for entry in entries)
    if runtime.options.dry_run:
        return Result(RunData(planned, ()))
    with job_lock(runtime.config.store.path, "run", remedy=_ONE), stop_on_signal() as stop:
        _say(f"following {len(entries)} lines; the next is {min(planned, key=_soonest).command}")
        scheduler = Scheduler(
            entries,
            runtime.now,
            stop.wait,
            lambda entry: _Process(_command(runtime, entry), aside=runtime.options.json),
            lambda job, code: _say(f"{job} ended with exit code {code}") if code else None,
        )
        return Result(RunData(planned, scheduler.follow()))


def _entries(runtime: Runtime, crontab: Path | None) -> tuple[Entry, ...]:
    if crontab is not None:
        return read_own_lines(crontab)
    config = runtime.config
    found = ((task, parse_schedule(task.schedule(config))) for task in wanted_tasks(config))
    return tuple(Entry(task.job, schedule, tuple(task.command.split())) for task, schedule in found if schedule)


def _command(runtime: Runtime, entry: Entry) -> list[str]:
    option = ["--config", str(runtime.options.config)] if runtime.options.config else []
    return [sys.executable, "-m", "mamctl", *entry.words, *option]


def _soonest(one: PlannedRun) -> tuple[bool, str]:
    return one.next_at is None, one.next_at.isoformat() if one.next_at else ""


def _say(text: str) -> None:
    sys.stderr.write(f"mamctl run: {text}\n")
    sys.stderr.flush()
