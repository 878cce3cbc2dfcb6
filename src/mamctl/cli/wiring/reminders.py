"""How often each job's problems are reported, from the configuration."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mamctl.domain.reporting import ReminderPolicy

if TYPE_CHECKING:
    from mamctl.config.sections import NotifySection


def reminder_policy(notify: NotifySection, job: str) -> ReminderPolicy:
    """The reminders of a job, or of the command that runs it: "vip" and "vip.check" are the same.

    All but the guard's passes are daily or rarer, so that their reminders count local days.
    """
    if job.startswith("meta.scan"):
        return _library(notify.remind_after_scan, "mamctl meta problems")
    if job.startswith("drift"):
        return _library(notify.remind_after_drift, "mamctl drift history --state told")
    return ReminderPolicy(
        timedelta(seconds=notify.remind_after),
        daily=not job.startswith("ratio"),
        asks_site=job.startswith(("vip", "rules", "pending")),
    )


def _library(seconds: float, command: str) -> ReminderPolicy:
    return ReminderPolicy(timedelta(seconds=seconds), daily=True, summary=command)
