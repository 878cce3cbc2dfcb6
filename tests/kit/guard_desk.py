"""A desk for stories about the guard: a real store, clients, a clock that can be set, and an notifier that listens."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mamctl.adapters.qbittorrent import SessionCache
from mamctl.domain.problem import Problem
from mamctl.domain.ratio.policy import RatioPolicy
from mamctl.domain.ratio.reading import RatioReading
from mamctl.domain.ratio.torrent_journal import Scope
from mamctl.errors import MamctlError
from mamctl.jobs.ratio.client_actions import ScopedClient
from mamctl.jobs.ratio.watch import RatioWatch, WatchContext, adopt_frozen, lift_emergency, watch_ratio
from mamctl.jobs.run import Run
from mamctl.store.database import open_copy
from mamctl.store.runs import begin_run, end_run
from tests.kit.model_client import ModelClient

START = datetime(2026, 11, 25, 12, tzinfo=UTC)
SCOPE = Scope(("example.org",))


class Listener:
    """Hears every message."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []

    def notify(self, title: str, body: str) -> Problem | None:
        self.heard.append((title, body))
        return None


class Desk:
    """Runs passes as the command does; `last` is the newest run."""

    def __init__(
        self, folder: Path, *clients: ModelClient, policy: RatioPolicy | None = None, scope: Scope = SCOPE
    ) -> None:
        self.clients = clients or (ModelClient(),)
        self.policy = policy or RatioPolicy(min_downloaded=0)
        self.scope = scope
        self.now = START
        self.listener = Listener()
        self.db: sqlite3.Connection = open_copy(folder / "none.db")
        self.memory = SessionCache(folder / "none.db", dry_run=True)
        self.account: RatioReading | MamctlError | None = None
        self.on_wait: Callable[[float], None] = lambda seconds: None
        self.last: Run

    @property
    def client(self) -> ModelClient:
        return self.clients[0]

    def watch(self, *, dry_run: bool = False) -> RatioWatch:
        """One pass, five minutes after the one before."""
        return self._run(watch_ratio, dry_run)

    def release(self) -> RatioWatch:
        """A person's thaw."""
        return self._run(lift_emergency, False)

    def adopt(self, *, dry_run: bool = False) -> RatioWatch:
        """`ratio thaw --adopt`."""
        return self._run(adopt_frozen, dry_run)

    def _run(self, job, dry_run: bool) -> RatioWatch:
        self.now += timedelta(minutes=5)
        self.last = Run(begin_run(self.db, "ratio", self.now), "ratio", self.db, lambda: self.now, dry_run, self.now)
        result, error = job(self.last, self.kit())
        end_run(self.db, self.last.id, self.now, self.last.status, 0, self.last.problems)
        self.error = error
        return result

    def kit(self) -> WatchContext:
        return WatchContext(
            clients=tuple(ScopedClient(client, self.scope) for client in self.clients),
            policy=self.policy,
            memory=self.memory,
            notifier=self.listener,
            wait=self.on_wait,
            account=self._ask_account if self.account else None,
        )

    def _ask_account(self) -> RatioReading:
        if isinstance(self.account, MamctlError):
            raise self.account
        assert self.account is not None
        return self.account

    def set_ratio(self, ratio: float) -> None:
        """The first client's ratio from now on; its totals only grow, as a client's do."""
        down = grown(ratio, self.client.uploaded or 0, self.client.downloaded or 0)
        self.client.uploaded, self.client.downloaded = round(ratio * down), down


def grown(ratio: float, uploaded: int, downloaded: int) -> int:
    """The least downloaded bytes, in whole gigabytes, at which totals come to this ratio without falling."""
    return math.ceil(max(1, downloaded / 10**9, uploaded / ratio / 10**9)) * 10**9
