"""A member of the practice tracker with a configuration of their own: what most stories need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from mamctl.adapters.tracker.api import TrackerApi
from mamctl.adapters.tracker.client import Clock, RequestPolicy, TrackerClient
from mamctl.adapters.tracker.hosts import Hosts
from mamctl.adapters.tracker.session import SessionFile, parse_seed
from mamctl.domain.account.pending import Wanted
from mamctl.domain.account.policy import VipPolicy
from mamctl.domain.account.search_schedule import SearchPolicy
from mamctl.jobs.account.day import VipCheck
from mamctl.jobs.account.vip_check import Settings, check_vip
from mamctl.jobs.ports import NoNotifier
from mamctl.jobs.run import job_run
from mamctl.practice.tracker import PracticeTracker
from mamctl.practice.tracker.state import Torrent
from mamctl.store.account.pending import add_pending
from mamctl.store.database import open_copy, open_store

RENEWING = VipPolicy(auto_renew=True, renew_without_shortage=True)


@dataclass
class Member:
    """Runs the daily task inside this process, on the practice tracker's clock."""

    tracker: PracticeTracker
    home: Path
    policy: VipPolicy = RENEWING
    emergency: bool = False
    notifier: Any = field(default_factory=NoNotifier)
    pending_searches: int = 3
    seed: str = ""

    def __post_init__(self) -> None:
        self.seed = self.seed or self.tracker.mam_id

    @property
    def store_path(self) -> Path:
        return self.home / "mamctl.db"

    def now(self) -> datetime:
        return self.tracker.world.clock()

    def later(self, **span: float) -> None:
        """Time goes by on the site and here."""
        self.tracker.world.clock.advance(timedelta(**span))

    def api(self, attempts: int = 1, count_request: Callable[[str], None] = lambda path: None) -> TrackerApi:
        client = TrackerClient(
            hosts=Hosts(self.tracker.url, self.tracker.url),
            session=SessionFile(self.home / "tracker-session.json", parse_seed(self.seed)),
            policy=RequestPolicy(min_interval=0, attempts=attempts),
            clock=Clock(now=lambda: self.now().timestamp(), sleep=lambda seconds: None, chance=lambda: 0.0),
            count_request=count_request,
        )
        return TrackerApi(client)

    def settings(self) -> Settings:
        return Settings(self.policy, 5, SearchPolicy(self.pending_searches), self.emergency)

    @contextmanager
    def store(self) -> Iterator[Any]:
        db = open_store(self.store_path)
        try:
            yield db
        finally:
            db.close()

    def day(self, *, dry_run: bool = False, api: Any = None, db: Any = None) -> tuple[VipCheck, Any, Any]:
        """One run of the daily task: its result, the run, the error that kept the account from being read."""
        own = db is None
        db = db or (open_copy if dry_run else open_store)(self.store_path)
        try:
            with job_run("vip", db, self.store_path, self.now, dry_run=dry_run, notifier=self.notifier) as run:
                result, fatal_error = check_vip(run, api or self.api(), self.settings())
                run.finish(result, error=fatal_error)
            return result, run, fatal_error
        finally:
            if own:
                db.close()

    def bought(self) -> int:
        """VIP purchases that the site really made."""
        return sum(purchase.kind == "VIP" for purchase in self.tracker.world.purchases)

    def want(self, title: str, author: str = "Mara Vell") -> None:
        """Put a title on the pending list."""
        with self.store() as db:
            add_pending(db, Wanted(title, author), self.now(), auto_download=False)

    def list_torrent(self, title: str, **facts: Any) -> None:
        """Put a torrent on the site; numbers from 910001 on."""
        world = self.tracker.world
        number = max((910_000, *world.torrents)) + 1
        facts = {"authors": ["Mara Vell"], "category": 41, "size": 700_000_000} | facts
        world.list_torrent(Torrent(id=number, title=title, added=self.now(), **facts))

    def expire_in(self, **span: float) -> None:
        self.tracker.world.member.vip_until = self.now() + timedelta(**span)

    def points(self, amount: float) -> None:
        self.tracker.world.member.points = amount

    def config(self, **sections: Any) -> Path:
        """A configuration file for running the program itself; a section is a table, or a list of tables."""
        import tomli_w

        secret = self.home / "mam_id"
        secret.write_text(self.seed)
        secret.chmod(0o600)
        document: dict[str, Any] = {
            "tracker": {
                "base_url": self.tracker.url,
                "tracker_url": self.tracker.url,
                "mam_id_file": str(secret),
                "min_interval": 0,
            },
            "vip": {"auto_renew": True, "renew_without_shortage": True},
            "alerts": {"disk_free": 0},  # how full this machine's disk is, is no part of a story
            "store": {"path": str(self.store_path)},
        }
        for name, keys in sections.items():
            document[name] = keys if isinstance(keys, list) else document.get(name, {}) | keys
        path = self.home / "mamctl.toml"
        path.write_text(tomli_w.dumps(document))
        return path
