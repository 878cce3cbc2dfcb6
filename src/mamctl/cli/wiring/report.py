"""Gathers the report with this configuration, and the crontab's next runs."""

from __future__ import annotations

from datetime import datetime, timedelta

from mamctl import __version__
from mamctl.cli.cron.next_runs import next_runs
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.alerts import alert_settings
from mamctl.domain.report.figures import ReportFigures
from mamctl.jobs.report.gather import Due, ReportSettings, gather_report


def report_figures(runtime: Runtime, since: datetime) -> ReportFigures:
    """The figures from `since` to now; nothing is asked outside."""
    config, now = runtime.config, runtime.now()
    settings = ReportSettings(
        alerts=alert_settings(config, now),
        clients=tuple(client.name for client in config.qbittorrent),
        due={run.job: Due(run.next_at, run.schedule) for run in reversed(next_runs(config, now))},
        seed_hold=timedelta(seconds=config.queue.seed_hold),
        version=__version__,
    )
    return gather_report(runtime.store, settings, since, now)
