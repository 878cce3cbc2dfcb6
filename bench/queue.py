"""A pass of the queue over 1,000 queued books and 5,000 torrents of a client: time, requests, growth of the store."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.kit.member import Member

from bench.frame.measure import run_process
from bench.frame.model import Benchmark, Cell, Table
from mamctl.domain.account.pending import Wanted
from mamctl.practice.client import ClientWorld, PracticeClient
from mamctl.practice.client.state import Torrent as ClientTorrent
from mamctl.practice.clock import PracticeClock
from mamctl.practice.tracker import PracticeTracker, small_world
from mamctl.practice.tracker.state import Torrent
from mamctl.store.database import open_store
from mamctl.store.queue.items import NewItem, add_item


def measure(books: int, torrents: int) -> Iterator[Table]:
    """A row for each pass."""
    yield Table(
        f"{books:,} queued books, a client with {torrents:,} torrents.",
        ("pass", "seconds", "requests to the site", "to the client", "growth of the store, KiB"),
        tuple(_passes(books, torrents)),
    )


def _passes(books: int, torrents: int) -> Iterator[tuple[Cell, ...]]:
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder, PracticeTracker(small_world(now)) as site:
        client_world = ClientWorld(PracticeClock(now))
        client_world.add(
            *(ClientTorrent(f"Book {number}", 6, seeding_s=10**6, up_rate=1) for number in range(torrents))
        )
        with PracticeClient(client_world) as client:
            member = Member(site, Path(folder))
            secret = Path(folder) / "password"
            secret.write_text(client.world.password)
            secret.chmod(0o600)
            config = member.config(
                qbittorrent=[{"name": "home", "url": client.url, "password_file": str(secret)}],
                catalogues={"order": []},
            )
            yield _pass("`queue run`, nothing queued", member, client, config)
            _fill(member, site, now, books)
            yield _pass("`queue run`, three books released", member, client, config)
            yield _pass("`queue run`, the next one", member, client, config)
            yield _pass("`queue run`, no slot left", member, client, config)
            yield _pass("`queue plan`", member, client, config, "plan")
            yield _pass("`queue list`", member, client, config, "list")


def _fill(member: Member, site: PracticeTracker, now: datetime, books: int) -> None:
    site.world.announce_url = "https://t.myanonamouse.net/tracker.php/{passkey}/announce"
    db = open_store(member.store_path)
    try:
        for number in range(books):
            title, author = f"Chronicle of {number}", f"Author Number{number}"
            site.world.list_torrent(Torrent(700_000 + number, title, [author], 41, 10**6, now, free=True))
            new = NewItem(wanted=Wanted(title, author), reason="bench", torrent_id=700_000 + number, paid=False)
            add_item(db, new, now)
    finally:
        db.close()


def _pass(case: str, member: Member, client: PracticeClient, config: Path, verb: str = "run") -> tuple[Cell, ...]:
    asked = len(member.tracker.journal.entries), len(client.journal.paths())
    size = member.store_path.stat().st_size if member.store_path.exists() else 0
    spent = run_process([sys.executable, "-m", "mamctl", "queue", verb, "--config", config], ok=(0, 3))
    return (
        case,
        round(spent.wall, 2),
        len(member.tracker.journal.entries) - asked[0],
        len(client.journal.paths()) - asked[1],
        round((member.store_path.stat().st_size - size) / 1024),
    )


BENCHMARK = Benchmark(
    "Download queue",
    measure,
    full={"books": 1_000, "torrents": 5_000},
    quick={"books": 20, "torrents": 50},
    about="Each pass is a process of its own, with the practice site and the practice client.",
)
