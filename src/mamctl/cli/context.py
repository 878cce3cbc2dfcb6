"""What every part of a command shares: options, configuration, store, clock, and the count of requests."""

from __future__ import annotations

import contextlib
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from mamctl import paths
from mamctl.cli.clock import current_clock
from mamctl.dataclass import dataclass
from mamctl.domain.exchange import ExchangeOutcome
from mamctl.errors import MamctlError, StoreError

if TYPE_CHECKING:
    from mamctl.adapters.qbittorrent import SessionCache
    from mamctl.config import Config, Loaded
    from mamctl.domain.change.self_tests import SelfTest

    RunSelfTests = Callable[["Options", frozenset[str] | None], tuple[SelfTest, ...]]

TRACKER = "tracker"


@dataclass(frozen=True, slots=True)
class Options:
    """The options that every command understands."""

    config: Path | None = None
    json: bool = False
    quiet: bool = False
    verbose: bool = False
    dry_run: bool = False
    yes: bool = False


@dataclass(frozen=True, slots=True)
class Requests:
    """Requests to the tracker; a day is a UTC day."""

    run: int
    today: int
    budget: int


class Context:
    """Opens configuration and store on first use. What a command builds on them is in `Runtime`.

    `run_self_tests` tests a changed configuration in a `Runtime` made for that; it is passed in, since it has commands
    and all of the wiring behind it.
    """

    def __init__(self, options: Options, job: str, run_self_tests: RunSelfTests) -> None:
        self.options = options
        self.job = job
        self.run_self_tests = run_self_tests
        self.requests_made = 0
        self.started_at = self.now()
        self.exchanges = ExchangeCounts()
        self._open = ExitStack()

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
    def config_path(self) -> Path:
        """Where the configuration file is, or would be."""
        return (self.options.config or paths.default_config()).absolute()

    @property
    def config(self) -> Config:
        """The configuration."""
        return self.loaded.config

    @cached_property
    def store(self) -> sqlite3.Connection:
        """The store; a dry run has a copy of it. Raises StoreError."""
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
    def session_cache(self) -> SessionCache:
        """Sessions and last answers of the torrent clients, saved between runs."""
        from mamctl.adapters.qbittorrent import SessionCache

        return SessionCache(self.config.store.path, dry_run=self.options.dry_run)

    def count_request(self, path: str) -> None:
        """Count one request to the tracker before it leaves. Raises BudgetSpentError."""
        from mamctl.domain.site.endpoints import endpoint
        from mamctl.store.exchanges import count_request

        count_request(self.ledger, TRACKER, self.config.tracker.daily_budget, self.now(), endpoint(path))
        self.requests_made += 1
        self.log(f"asking {path}")

    def show_waiting(self, text: str) -> AbstractContextManager[None]:
        """While the block runs, a terminal shows what is waited for."""
        from mamctl.output.progress import waiting

        return waiting(text, wanted=not self.options.quiet and not self.options.verbose)

    def record_exchange(self, service: str, outcome: ExchangeOutcome) -> None:
        """Count how one exchange with an outside server ended; from any thread."""
        self.exchanges.record(service, outcome)

    def count_exchanges(self) -> None:
        """Write the counts down, where a database was opened; those of a dry run are real too."""
        if "store" in self.__dict__ or "ledger" in self.__dict__:
            with contextlib.suppress(MamctlError, OSError):
                self.exchanges.write(self.ledger, self.now())

    def requests(self) -> Requests:
        """How much the tracker was asked, in this run and today, against the day's budget."""
        from mamctl.store.exchanges import requests_today

        today = requests_today(self.ledger, TRACKER, self.now())
        return Requests(self.requests_made, today, self.config.tracker.daily_budget)

    def store_failure(self, error: sqlite3.Error) -> StoreError:
        """What went wrong with the store in the middle of a command."""
        from mamctl.store.database import store_errors

        try:
            with store_errors(self.config.store.path):
                raise error
        except StoreError as failure:
            return failure


class ExchangeCounts:
    """Adapters record from their threads; the database is written by the one that owns it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[tuple[str, ExchangeOutcome]] = Counter()

    def record(self, service: str, outcome: ExchangeOutcome) -> None:
        """Count one exchange with `service`."""
        with self._lock:
            self._counts[service, outcome] += 1

    def write(self, db: sqlite3.Connection, now: datetime) -> None:
        """Add the counts since the last time to the day of `now`. A database that cannot be written loses them."""
        from mamctl.store.exchanges import count_exchanges

        with self._lock:
            counts, self._counts = self._counts, Counter()
        if counts:
            with contextlib.suppress(sqlite3.Error):
                count_exchanges(db, counts, now)
