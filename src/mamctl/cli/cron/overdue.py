"""Which of the configured jobs have not succeeded for longer than twice their interval."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime

from mamctl.cli.cron.lines import wanted_tasks
from mamctl.cli.format import ago
from mamctl.config import Config
from mamctl.domain.problem import Problem
from mamctl.domain.schedule import longest_gap, parse_schedule
from mamctl.store.runs import last_runs, store_made_at


def overdue_jobs(db: sqlite3.Connection, config: Config, now: datetime) -> Iterator[Problem]:
    """A problem for each; one that never succeeded is given the time since the store was made."""
    success = {run.job: run.last_success_at for run in last_runs(db)}
    for task in wanted_tasks(config):
        schedule = parse_schedule(task.schedule(config))
        interval = longest_gap(schedule, now) if schedule else None
        since = success.get(task.job) or store_made_at(db)
        if interval is None or since is None or now - since <= 2 * interval:
            continue
        never = "never succeeded" if success.get(task.job) is None else f"last succeeded {ago(now - since)}"
        yield Problem(
            "job_overdue",
            f"{task.job} {never}; it should every {_words(interval.total_seconds())}",
            task.job,
            f"mamctl {task.command.removesuffix(' --quiet')} shows why; does cron, or mamctl run, still run?",
        )


def _words(seconds: float) -> str:
    for unit, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= unit:
            count = round(seconds / unit)
            return f"{count} {name}" if count > 1 else name[:-1]
    return "minute"
