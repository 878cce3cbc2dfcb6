"""Gathers the report with this configuration, and the crontab's next runs."""

from __future__ import annotations

from datetime import datetime, timedelta

from mamctl import __version__
from mamctl.cli.cron.next_runs import next_runs
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.alerts import alert_settings
from mamctl.cli.wiring.spec import spec_settings
from mamctl.domain.report.figures import ReportFigures
from mamctl.jobs.report.gather import Due, ReportSettings, gather_report
from mamctl.jobs.spec.check import check_spec
from mamctl.store.library.summary import summarise_library


def report_figures(runtime: Runtime, since: datetime, counted_since: datetime | None = None) -> ReportFigures:
    """The figures from `since` to now, exchanges from `counted_since` on; nothing is asked outside."""
    config, now = runtime.config, runtime.now()
    due: dict[str, Due] = {}
    for run in next_runs(config, now):
        due.setdefault(run.job, Due(run.next_at, run.schedule))
    settings = ReportSettings(
        alerts=alert_settings(config, now),
        clients=tuple(client.name for client in config.qbittorrent),
        due=due,
        seed_hold=timedelta(seconds=config.queue.seed_hold),
        version=__version__,
    )
    library = summarise_library(runtime.store)
    checked = check_spec(runtime.store, spec_settings(runtime), now, library=library)
    return gather_report(runtime.store, settings, since, now, library, checked, counted_since)
