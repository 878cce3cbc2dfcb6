"""Alerts at the end of each run, from this configuration: the thresholds, the scheduled jobs, the disks."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from mamctl.domain.problem import Notice, Problem
from mamctl.errors import MamctlError

if TYPE_CHECKING:
    from mamctl.cli.context import Context
    from mamctl.config import Config
    from mamctl.jobs.alerts import AlertSettings
    from mamctl.jobs.run import Run


# A disk that does not answer, such as a share whose server is gone, must not keep the next pass from beginning.
_NEVER_WAITS = frozenset({"ratio"})


class AlertsOfRun:
    """Judges alerts for a run, once at its end."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def due(self, run: Run, *, succeeded: bool) -> Iterable[Notice]:
        """The messages that are due. What keeps alerts from being judged is a problem of the run."""
        from mamctl.jobs.alerts import raise_alerts

        now = run.clock()
        try:
            settings = alert_settings(self._context.config, now)
            if run.job in _NEVER_WAITS:
                settings = replace(settings, folders=None)
            codes = [problem.code for problem in run.problems]
            return raise_alerts(run.db, settings, now, done=run.job if succeeded else "", reported=codes)
        except (MamctlError, sqlite3.Error, OSError) as error:
            reason = error.message if isinstance(error, MamctlError) else type(error).__name__
            run.add_problem(Problem("alerts", f"alerts could not be judged: {reason}", None, "mamctl doctor"))
            return ()


def alert_settings(config: Config, now: datetime) -> AlertSettings:
    """What alerts need of this configuration."""
    from mamctl.cli.cron.lines import wanted_tasks
    from mamctl.domain.schedule import longest_gap, parse_schedule
    from mamctl.jobs.alerts import AlertSettings, Task

    tasks = []
    for task in wanted_tasks(config):
        schedule = parse_schedule(task.schedule(config))
        interval = longest_gap(schedule, now) if schedule else None
        if interval is not None and task.recorded:
            tasks.append(Task(task.job, task.command.removesuffix(" --quiet"), interval))
    folders = (*config.library.folders, config.store.path.parent)
    return AlertSettings(
        policy=config.alerts,
        vip=config.vip,
        ratio=config.ratio,
        reserve=config.queue.unsat_reserve,
        tasks=tuple(tasks),
        folders=folders,
        keeps_address=config.tracker.register_address,
    )
