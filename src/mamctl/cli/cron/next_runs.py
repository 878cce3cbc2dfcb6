"""When each job runs next: by the lines of the crontab, or by those that would stand there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import takewhile

from mamctl.adapters.crontab import CrontabError, read_crontab
from mamctl.cli.cron.crontab import CrontabBlockError, find_block, lines_outside
from mamctl.cli.cron.lines import task_of, verb, wanted_tasks, without_options
from mamctl.config import Config
from mamctl.dataclass import dataclass
from mamctl.domain.schedule import next_time, parse_schedule
from mamctl.regex import regex

_LINE = regex(r"\s*(@\w+|(?:\S+\s+){4}\S+)\s+(.*)")
_PROGRAM = regex(r"mamctl['\"]?\s+(.*)")
_WORD = regex(r"[a-z][a-z-]*")


@dataclass(frozen=True, slots=True)
class NextRun:
    """A line that runs a job: its schedule as cron writes it, and when it is due next.

    `installed` is whether the line stands in your crontab; else it is what `mamctl cron install` would write.
    """

    job: str
    command: str
    schedule: str
    next_at: datetime | None
    installed: bool


def next_runs(config: Config, now: datetime) -> tuple[NextRun, ...]:
    """The next run of each job, the soonest first; times are those of this machine's clock, in UTC."""
    lines = tuple(_installed())
    found = [NextRun(*line, _due(line[2], now), True) for line in lines]
    if not found:
        tasks = ((task.job, verb(task.command), task.schedule(config)) for task in wanted_tasks(config))
        found = [NextRun(*line, _due(line[2], now), False) for line in tasks]
    return tuple(sorted(found, key=lambda run: (run.next_at is None, run.next_at or now, run.job)))


def _installed() -> Iterator[tuple[str, str, str]]:
    """Job, command and schedule of each line of this user's crontab that runs mamctl."""
    try:
        crontab = read_crontab() or ""
        block, outside = find_block(crontab) or (), lines_outside(crontab)
    except (CrontabError, CrontabBlockError):
        return
    yield from read_lines((*block, *outside))


def read_lines(lines: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Job, command and schedule of each of these lines that runs mamctl."""
    for line in lines:
        match = _LINE.fullmatch(line)
        begun = _PROGRAM.search(match[2]) if match else None
        if match is None or begun is None or line.lstrip().startswith("#") or parse_schedule(match[1]) is None:
            continue
        words = tuple(takewhile(_WORD.fullmatch, without_options(begun[1].split())))
        if not words:
            continue
        task = task_of(words)
        command = verb(task.command) if task else " ".join(words[:2])
        yield task.job if task else command.replace(" ", "."), command, " ".join(match[1].split())


def _due(schedule: str, now: datetime) -> datetime | None:
    parsed = parse_schedule(schedule)
    return next_time(parsed, now) if parsed else None
