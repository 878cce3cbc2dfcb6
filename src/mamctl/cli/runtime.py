"""The composition root: builds what a command needs, when it needs it, from options and configuration.

Its imports stand where they are used: every command has this module, and few need what a property builds.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Self

from mamctl.cli.context import Context, Options
from mamctl.errors import MamctlError

if TYPE_CHECKING:
    from mamctl.adapters.tracker.api import TrackerApi
    from mamctl.cli.context import RunSelfTests
    from mamctl.domain.outcome import Result
    from mamctl.domain.problem import Notice, Problem
    from mamctl.domain.reporting import Due, ReminderPolicy
    from mamctl.jobs.account.vip_check import Settings
    from mamctl.jobs.ports import Notifier
    from mamctl.jobs.ratio.client_actions import ScopedClient
    from mamctl.jobs.run import Alerts, Heartbeat, Run
    from mamctl.store.runs import Trigger

    Work = Callable[["Runtime"], Result | None]


class Runtime(Context):
    """Opens configuration, store and adapters on first use, and closes them at the end."""

    def __init__(self, options: Options, job: str, run_self_tests: RunSelfTests) -> None:
        super().__init__(options, job, run_self_tests)
        self.report: Callable[[Work], int]
        """Runs a piece of work and reports it at once, for a command that goes on; its exit code."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.forget_clients()
        self.count_exchanges()
        self._open.close()

    @cached_property
    def tracker(self) -> TrackerApi:
        """The site as this member. Raises ConfigInvalidError when there is no session to use."""
        from mamctl.cli.wiring.tracker import open_tracker

        return open_tracker(self)

    @cached_property
    def clients(self) -> tuple[ScopedClient, ...]:
        """Every configured torrent client."""
        from mamctl.cli.wiring.clients import open_clients

        return open_clients(self, self.session_cache)

    def forget_clients(self) -> None:
        """Connect again at the next use: a password may have been corrected meanwhile."""
        for watched in self.__dict__.pop("clients", ()):
            watched.client.close()

    def vip_settings(self) -> Settings:
        """What the daily task needs of the configuration."""
        from mamctl.jobs.account.vip_check import Settings
        from mamctl.jobs.change.notice import held_problems
        from mamctl.jobs.ratio.download_gate import is_emergency

        config = self.config
        return Settings(
            vip=config.vip,
            max_pages=config.rules.max_pages,
            search=config.rules.search,
            emergency=is_emergency(self.store),
            held=next((problem.message for problem in held_problems(self.store)), None),
        )

    @property
    def notifier(self) -> Notifier:
        """Where messages go."""
        from mamctl.jobs.ports import NoNotifier

        urls, _ = self.addresses
        if not urls:
            return NoNotifier()
        from mamctl.adapters.notify.apprise import AppriseNotifier

        return AppriseNotifier(urls)

    @property
    def alerts(self) -> Alerts | None:
        """What judges alerts at the end of a run; None where no message would reach you."""
        if not self.options.quiet and not self.addresses[0]:
            return None
        from mamctl.cli.wiring.alerts import AlertsOfRun

        return AlertsOfRun(self)

    @cached_property
    def addresses(self) -> tuple[tuple[str, ...], Problem | None]:
        """Where messages go, and why some addresses are left out."""
        from mamctl.cli.wiring.notify import usable_addresses

        return usable_addresses(self.loaded)

    @contextmanager
    def run(self, job: str, *, heartbeat: bool = True) -> Iterator[Run]:
        """The bracket around a job: lock, run row, heartbeat, and a word about addresses that are left out.

        A job that no schedule runs has no `heartbeat`: the next one would be missed.
        """
        from mamctl.cli.garbage import begin_work
        from mamctl.cli.wiring.notice import notice
        from mamctl.jobs.run import job_run

        begin_work()
        with job_run(
            job,
            self.store,
            self.config.store.path,
            self.now,
            dry_run=self.options.dry_run,
            heartbeat=self.heartbeat(job) if heartbeat else None,
            trigger=self.trigger,
            notifier=self.notifier,
            alerts=self.alerts,
            reminders=self.reminders(job),
        ) as run:
            _, left_out = self.addresses
            run.add_problem(left_out)
            notice(self, run)
            yield run
        self.count_exchanges()

    @property
    def trigger(self) -> Trigger:
        """What began this run: the lines of cron say so in a variable."""
        from mamctl.cli.cron import SCHEDULED
        from mamctl.store.runs import Trigger

        return Trigger.SCHEDULED if os.environ.get(SCHEDULED, "0") not in ("", "0") else Trigger.BY_HAND

    def heartbeat(self, job: str) -> Heartbeat | None:
        """The dead man's switch of this job, when one is configured; each call is for another run."""
        address = self.config.notify.heartbeat_of(job)
        if address is None:
            return None
        from uuid import uuid4

        from mamctl.adapters.notify.heartbeat import HeartbeatUrl

        url, key = address
        return HeartbeatUrl(url, str(uuid4()), key)

    def reminders(self, job: str) -> ReminderPolicy:
        """How often a problem of `job` is reported."""
        from mamctl.cli.wiring.notify import reminder_policy

        return reminder_policy(self.config.notify, job)

    def due_reports(self, problems: tuple[Problem, ...], notices: tuple[Notice, ...], *, judged: bool) -> Due:
        """What `--quiet` prints; by markers outside of the database when that cannot say what was reported before."""
        from mamctl.domain.reporting import ReminderPolicy
        from mamctl.jobs.notify import due_or_fallback

        try:
            db, policy = self.store, self.reminders(self.job)
        except (MamctlError, sqlite3.Error, OSError):
            db, policy = None, ReminderPolicy()
        return due_or_fallback(db, self.job, problems, notices, self.started_at, policy, judged=judged)
