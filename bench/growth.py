"""How jobs grow with what is on record and in the client: runs, figures, torrents."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.kit.member import Member

from bench.frame.measure import database_mb, environment, run_process
from bench.frame.model import Benchmark, Growth
from mamctl.domain.account.pending import Wanted
from mamctl.domain.timestamps import timestamp
from mamctl.practice.client import ClientWorld, PracticeClient
from mamctl.practice.client.state import Torrent
from mamctl.practice.clock import PracticeClock
from mamctl.practice.tracker import PracticeTracker, small_world
from mamctl.sqlite import transaction
from mamctl.store.database import open_store
from mamctl.store.queue.items import NewItem, add_item

_GIB = 2**30
_RAW = timedelta(days=20)  # figures younger than ratio.keep_raw are kept one by one


@dataclass(frozen=True)
class Site:
    """A member's configuration and store, with the practice site and the practice client."""

    member: Member
    client: PracticeClient
    config: Path

    def requests(self) -> int:
        """All that were made so far, to both."""
        return len(self.member.tracker.journal.entries) + len(self.client.journal.paths())


def measure(sizes: tuple[int, ...], torrents: tuple[int, ...], rounds: int) -> Iterator[Growth]:
    """Each job at each size."""
    for count in sizes:
        with _site(torrents=10) as site:
            _fill(site, _insert_days, count)
            for words in (("vip", "check"), ("vip", "history"), ("spec", "check")):
                yield _job(site, words, count, "runs", rounds)
    for count in sizes:
        with _site(torrents=10) as site:
            _fill(site, _insert_figures, count)
            for words in (("ratio", "watch"), ("ratio", "status"), ("status",), ("report", "metrics")):
                yield _job(site, words, count, "figures", rounds)
    for count in torrents:
        with _site(torrents=count) as site:
            for words in (("ratio", "watch"), ("queue", "run")):
                yield _job(site, words, count, "torrents", rounds)


@contextmanager
def _site(torrents: int) -> Iterator[Site]:
    now = datetime.now(UTC)
    world = ClientWorld(PracticeClock(now))
    world.add(*(Torrent(f"Book {number}", 6, seeding_s=10**6, up_rate=1) for number in range(torrents)))
    with (
        tempfile.TemporaryDirectory() as folder,
        PracticeTracker(small_world(now)) as site,
        PracticeClient(world) as client,
    ):
        member = Member(site, Path(folder))
        secret = Path(folder) / "password"
        secret.write_text(world.password)
        secret.chmod(0o600)
        table = {"name": "home", "url": client.url, "password_file": str(secret)}
        config = member.config(qbittorrent=[table], catalogues={"order": []}, vip={"auto_renew": False})
        with member.store() as db:  # one book that the site does not have: the queue looks at the client
            add_item(db, NewItem(wanted=Wanted("Nowhere", "Nobody"), reason="wanted"), now)
        yield Site(member, client, config)


def _job(site: Site, words: tuple[str, ...], count: int, of: str, rounds: int) -> Growth:
    """The least processor time of some rounds after one that does not count, and the requests of the last."""
    command = [sys.executable, "-m", "mamctl", *words, "--config", site.config]
    environ = environment(site.member.home)
    best = None
    for number in range(rounds + 1):
        asked = site.requests()
        spent = run_process(command, environ, ok=(0, 3))
        best = spent if best is None or number == 1 else best | spent
    assert best is not None
    size = database_mb(site.member.store_path)
    job = f"`{' '.join(words)}`"
    return Growth(job, count, of, best.processor, best.peak_mib, round(size, 1), site.requests() - asked)


def _fill(site: Site, insert: Callable[[sqlite3.Connection, datetime, int], None], count: int) -> None:
    with closing(open_store(site.member.store_path)) as db, transaction(db):
        insert(db, datetime.now(UTC), count)


def _insert_days(db: sqlite3.Connection, now: datetime, count: int) -> None:
    """As many runs of the daily task, each with the account as it was and the decision."""
    step = timedelta(days=3 * 365) / count
    times = [timestamp(now - (count - number) * step) for number in range(count)]
    db.executemany(
        'INSERT INTO runs (id, job, started_at, finished_at, status, exit_code, "trigger")'
        " VALUES (?, 'vip', ?, ?, 'ok', 0, 'scheduled')",
        ((number, at, at) for number, at in enumerate(times, 1)),
    )
    expires = timestamp(now + timedelta(days=60))
    db.executemany(
        "INSERT INTO standings (id, run_id, seen_at, vip_status, vip_expires_at, points, ratio, ratio_text,"
        " uploaded_bytes, downloaded_bytes, user_class, wedges, unsatisfied_count, unsatisfied_limit, hit_and_runs,"
        " connectable) VALUES (?, ?, ?, 'active', ?, ?, 1.5, '1.500', ?, ?, 'VIP', 7, 3, 150, 0, 1)",
        ((number, number, at, expires, 9_000.0 + number, number * _GIB * 3, number * _GIB * 2)
         for number, at in enumerate(times, 1)),
    )  # fmt: skip
    db.executemany(
        "INSERT INTO vip_decisions (run_id, decided_at, outcome, reason, standing_id)"
        " VALUES (?, ?, 'skipped', 'VIP is not due yet', ?)",
        ((number, at, number) for number, at in enumerate(times, 1)),
    )


def _insert_figures(db: sqlite3.Connection, now: datetime, count: int) -> None:
    """As many readings of the ratio in the time in which none is thinned out."""
    step = _RAW / count
    rows = [
        (timestamp(now - (count - number) * step), 400 * _GIB + number * 10**6, 300 * _GIB) for number in range(count)
    ]
    db.executemany(
        "INSERT INTO figures (seen_at, state, source, ratio, uploaded_bytes, downloaded_bytes, upspeed, dlspeed,"
        " active_uploads, active_downloads, frozen, torrents, flowing_left_bytes, frozen_left_bytes, clients,"
        " clients_unknown) VALUES (?, 'normal', 'qbittorrent', 1.4, ?, ?, 2400000, 700000, 30, 1, 0, 800, 0, 0, 1, 0)",
        rows,
    )
    db.executemany(
        "INSERT INTO client_figures (client, seen_at, uploaded_bytes, downloaded_bytes, upspeed, dlspeed, torrents)"
        " VALUES ('home', ?, ?, ?, 2400000, 700000, 800)",
        rows,
    )


BENCHMARK = Benchmark(
    "Growth with runs, figures and torrents",
    measure,
    full={"sizes": (1_000, 10_000, 100_000), "torrents": (1_000, 10_000, 40_000), "rounds": 3},
    quick={"sizes": (100,), "torrents": (100,), "rounds": 0},
    about=(
        "Whole processes with a store that holds as many runs of the daily task, or as many readings of the ratio, and"
        " with a practice client of as many torrents. Time is the processor's, start-up included, the least of three"
        " rounds after one that does not count. Requests are those to the site and to the client."
        " The first answer of a client with 100,000 torrents, which nobody has, exceeds 64 MiB, and is refused."
    ),
)
