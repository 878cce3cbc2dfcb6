"""A pass of the queue over 1,000 queued books and 5,000 torrents of a client: time, requests, growth of the store."""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.kit.member import Member

from mamctl.domain.account.pending import Wanted
from mamctl.practice.client import ClientWorld, PracticeClient
from mamctl.practice.client.state import Torrent as ClientTorrent
from mamctl.practice.clock import PracticeClock
from mamctl.practice.tracker import PracticeTracker, small_world
from mamctl.practice.tracker.state import Torrent
from mamctl.store.database import open_store
from mamctl.store.queue.items import NewItem, add_item

BOOKS, TORRENTS = 1_000, 5_000


def run() -> None:
    """Print one line a case."""
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder, PracticeTracker(small_world(now)) as site:
        client_world = ClientWorld(PracticeClock(now))
        client_world.add(
            *(ClientTorrent(f"Book {number}", 6, seeding_s=10**6, up_rate=1) for number in range(TORRENTS))
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
            _measure("empty queue", member, client, config)
            _fill(member, site, now)
            _measure(f"{BOOKS} queued, first pass", member, client, config)
            _measure(f"{BOOKS} queued, second pass", member, client, config)
            _measure(f"{BOOKS} queued, no slot left", member, client, config)
            _measure("queue plan", member, client, config, "plan")
            _measure("queue list", member, client, config, "list")


def _fill(member: Member, site: PracticeTracker, now: datetime) -> None:
    site.world.announce_url = "https://t.myanonamouse.net/tracker.php/{passkey}/announce"
    db = open_store(member.store_path)
    try:
        for number in range(BOOKS):
            title, author = f"Chronicle of {number}", f"Author Number{number}"
            site.world.list_torrent(Torrent(700_000 + number, title, [author], 41, 10**6, now, free=True))
            new = NewItem(wanted=Wanted(title, author), reason="bench", torrent_id=700_000 + number, paid=False)
            add_item(db, new, now)
    finally:
        db.close()


def _measure(case: str, member: Member, client: PracticeClient, config: Path, verb: str = "run") -> None:
    import subprocess

    asked = len(member.tracker.journal.entries), len(client.journal.paths())
    size = member.store_path.stat().st_size if member.store_path.exists() else 0
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "mamctl", "queue", verb, "--config", str(config)],
        capture_output=True, check=False, text=True,
    )  # fmt: skip
    spent = time.perf_counter() - begun
    site_requests = len(member.tracker.journal.entries) - asked[0]
    client_requests = len(client.journal.paths()) - asked[1]
    grown = member.store_path.stat().st_size - size
    print(
        f"{case:34} {spent:6.2f} s  {site_requests:3} to the site  {client_requests:3} to the client"
        f"  {grown / 1024:8.0f} KiB  exit {done.returncode}",
        flush=True,
    )
