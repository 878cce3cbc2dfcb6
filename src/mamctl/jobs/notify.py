"""Sends what is due of a run to the addresses of `notify.urls`; nothing that fails here ends a job."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby

from mamctl.domain.problem import Notice, Problem
from mamctl.domain.reporting import Due, ReminderPolicy
from mamctl.errors import MamctlError
from mamctl.jobs.ports import NoNotifier, Notifier
from mamctl.store.reported import due_by_markers, due_reports

_NEEDED = "mamctl needs you"
_TITLES = {
    "vip_renewed": "mamctl: VIP renewed",
    "wanted_free": "mamctl: wanted titles are free now",
    "wanted_free_over": "mamctl: wanted titles are no longer free",
    "site_freeleech": "mamctl: freeleech of the whole site",
    "site_freeleech_over": "mamctl: the freeleech is over",
    "site_bonus": "mamctl: bonus event",
    "site_bonus_over": "mamctl: the bonus event is over",
    "gap": "mamctl runs again",
    "known_problems": _NEEDED,
}


def due_or_fallback(
    db: sqlite3.Connection | None,
    job: str,
    problems: tuple[Problem, ...],
    notices: Iterable[Notice],
    now: datetime,
    policy: ReminderPolicy,
    *,
    judged: bool,
) -> Due:
    """What is due by the memory in the database, or by markers beside it while it cannot be written."""
    notices = tuple(notices)
    try:
        if db is not None:
            return due_reports(db, job, problems, notices, now, policy, judged=judged)
    except (MamctlError, sqlite3.Error, OSError):
        pass
    return due_by_markers(job, problems, notices, now, policy)


def notify_due(
    db: sqlite3.Connection,
    notifier: Notifier,
    job: str,
    problems: tuple[Problem, ...],
    notices: Iterable[Notice],
    now: datetime,
    policy: ReminderPolicy,
    *,
    judged: bool,
    sent: frozenset[str] = frozenset(),
) -> Problem | None:
    """Send what is due of a run that began at `now`; a problem when a message was not delivered, never an exception.

    `sent` are codes of problems and notices that the job has sent a message about already.
    """
    if isinstance(notifier, NoNotifier):
        return None
    due = due_or_fallback(db, f"notify.{job}", problems, notices, now, policy, judged=judged)
    wanted = Due(
        tuple(problem for problem in due.problems if problem.code not in sent),
        tuple(notice for notice in due.notices if notice.code not in sent),
    )
    failed = None
    for title, body in _messages(wanted):
        try:
            failed = notifier.notify(title, body) or failed
        except Exception as error:  # noqa: BLE001 - whatever a service does, the job's work is done
            failed = Problem("notify_failed", f"a message was not sent ({type(error).__name__})", "notify.urls")
    return failed


def _messages(due: Due) -> Iterator[tuple[str, str]]:
    lines = [(_NEEDED, problem.message) for problem in due.problems]
    lines += [(_title(notice), notice.message) for notice in due.notices]
    for title, group in groupby(sorted(lines, key=lambda line: line[0] != _NEEDED), key=lambda line: line[0]):
        yield title, "\n".join(text for _, text in group)


def _title(notice: Notice) -> str:
    if notice.code.endswith("_over"):
        return _TITLES.get(notice.code, "mamctl: resolved")
    return _TITLES.get(notice.code, _NEEDED if notice.code.startswith("alert_") else "mamctl")
