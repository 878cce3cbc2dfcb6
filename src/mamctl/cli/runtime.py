"""The composition root: builds what a command needs, when it needs it, from options and configuration."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from mamctl.cli.clock import current_clock
from mamctl.cli.wiring.requests import ExchangeTally
from mamctl.errors import MamctlError, StoreError

if TYPE_CHECKING:
    from mamctl.adapters.qbittorrent import SessionCache
    from mamctl.adapters.tracker.api import TrackerApi
    from mamctl.config import Config, Loaded
    from mamctl.domain.exchange import ExchangeOutcome
    from mamctl.domain.outcome import Result
    from mamctl.domain.problem import Notice, Problem
    from mamctl.domain.reporting import Due, ReminderPolicy
    from mamctl.jobs.account.vip_check import Settings
    from mamctl.jobs.ports import Notifier
    from mamctl.jobs.ratio.client_actions import ScopedClient
    from mamctl.jobs.run import Heartbeat, Run
    from mamctl.store.runs import Trigger

    Work = Callable[["Runtime"], Result | None]


@dataclass(frozen=True, slots=True)
class Options:
    """The options that every command understands."""

    config: Path | None = None
    json: bool = False
    quiet: bool = False
    verbose: bool = False
    dry_run: bool = False
    yes: bool = False


class Runtime:
    """Opens configuration, store and adapters on first use, and closes them at the end."""

    def __init__(self, options: Options, job: str) -> None:
        self.options = options
        self.job = job
        self.requests_made = 0
        self.started_at = self.now()
        self.exchanges = ExchangeTally()
        self.report: Callable[[Work], int]
        """Runs a piece of work and reports it at once, for a command that goes on; its exit code."""
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.forget_clients()
        self._count_exchanges()
        self._open.close()

    @staticmethod
    def now() -> datetime:
        """The clock."""
        return current_clock().now()

    def log(self, text: str) -> None:
        """A line on stderr when `--verbose` was given."""
        if self.options.verbose:
            sys.stderr.write(f"{self.now():%H:%M:%S} {text}\n")

    @cached_property
    def loaded(self) -> Loaded:
        """The configuration and where it came from. Raises ConfigInvalidError."""
        from mamctl.config import load

        return load(self.options.config)

    @property
    def config(self) -> Config:
        """The configuration."""
        return self.loaded.config

    @cached_property
    def store(self) -> sqlite3.Connection:
        """The store; a dry run has a copy of it in memory. Raises StoreError."""
        from mamctl.store.database import open_copy, open_store

        opener = open_copy if self.options.dry_run else open_store
        db = opener(self.config.store.path)
        self._open.callback(db.close)
        return db

    @cached_property
    def ledger(self) -> sqlite3.Connection:
        """Where requests are counted: always the real store, for a dry run's requests are real too."""
        if not self.options.dry_run:
            return self.store
        from mamctl.store.database import open_store

        db = open_store(self.config.store.path)
        self._open.callback(db.close)
        return db

    @cached_property
    def tracker(self) -> TrackerApi:
        """The site as this member. Raises ConfigInvalidError when there is no session to use."""
        from mamctl.cli.wiring.tracker import open_tracker

        return open_tracker(self)

    @cached_property
    def clients(self) -> tuple[ScopedClient, ...]:
        """Every configured torrent client."""
        from mamctl.cli.wiring.clients import open_clients

        return open_clients(self)

    @cached_property
    def client_memory(self) -> SessionCache:
        """What the torrent clients asked to be remembered."""
        from mamctl.adapters.qbittorrent import SessionCache

        return SessionCache(self.config.store.path, dry_run=self.options.dry_run)

    def forget_clients(self) -> None:
        """Connect anew at the next use: a password may have been corrected meanwhile."""
        for watched in self.__dict__.pop("clients", ()):
            watched.client.close()

    def count_request(self, path: str) -> None:
        """Count one request to the tracker before it leaves. Raises BudgetSpentError."""
        from mamctl.cli.wiring.requests import TRACKER
        from mamctl.store.exchanges import count_request

        count_request(self.ledger, TRACKER, self.config.tracker.daily_budget, self.now())
        self.requests_made += 1
        self.log(f"asking {path}")

    def show_waiting(self, text: str) -> AbstractContextManager[None]:
        """While the block runs, a terminal shows what is waited for."""
        from mamctl.output.progress import waiting

        return waiting(text, wanted=not self.options.quiet and not self.options.verbose)

    def record_exchange(self, service: str, outcome: ExchangeOutcome) -> None:
        """Count how one exchange with an outside server ended; from any thread."""
        self.exchanges.record(service, outcome)

    def _count_exchanges(self) -> None:
        """Write the counts down, where a database was opened; those of a dry run are real too."""
        if "store" in self.__dict__ or "ledger" in self.__dict__:
            with contextlib.suppress(MamctlError, OSError):
                self.exchanges.write(self.ledger, self.now())

    def vip_settings(self) -> Settings:
        """What the daily task needs of the configuration."""
        from mamctl.jobs.account.vip_check import Settings
        from mamctl.jobs.ratio.download_gate import is_emergency

        config = self.config
        return Settings(
            vip=config.vip,
            max_pages=config.rules.max_pages,
            pending_searches=config.rules.pending_searches,
            emergency=is_emergency(self.store),
        )

    @property
    def notifier(self) -> Notifier:
        """Where messages go."""
        from mamctl.jobs.ports import NoNotifier

        urls, _ = self._addresses
        if not urls:
            return NoNotifier()
        from mamctl.adapters.notify.apprise import AppriseNotifier

        return AppriseNotifier(urls)

    @cached_property
    def _addresses(self) -> tuple[tuple[str, ...], Problem | None]:
        """Where messages go, and why some addresses are left out."""
        from mamctl.cli.wiring.notify import usable_addresses

        return usable_addresses(self.loaded)

    @contextmanager
    def run(self, job: str) -> Iterator[Run]:
        """The bracket around a job: lock, run row, heartbeat, and a word about addresses that are left out."""
        from mamctl.jobs.run import job_run

        with job_run(
            job,
            self.store,
            self.config.store.path,
            self.now,
            dry_run=self.options.dry_run,
            heartbeat=self.heartbeat(job),
            trigger=self.trigger,
            notifier=self.notifier,
            reminders=self.reminders(job),
        ) as run:
            _, left_out = self._addresses
            run.add_problem(left_out)
            yield run
        self._count_exchanges()

    @property
    def trigger(self) -> Trigger:
        """What began this run: the lines of cron say so in a variable."""
        from mamctl.cli.cron.lines import SCHEDULED
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

    def store_failure(self, error: sqlite3.Error) -> StoreError:
        """What went wrong with the store in the middle of a command."""
        from mamctl.store.database import store_errors

        try:
            with store_errors(self.config.store.path):
                raise error
        except StoreError as failure:
            return failure
