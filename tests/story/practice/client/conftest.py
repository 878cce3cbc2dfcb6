"""A running practice client with a small shelf, its clock standing at NOW."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from mamctl.adapters.qbittorrent import Endpoint, Login, QbittorrentClient
from mamctl.domain.secret import Secret
from mamctl.practice.client import ClientWorld, PracticeClient, Torrent
from mamctl.practice.clock import PracticeClock
from tests.kit.practice_fixtures import NOW

KB = 1000
ELSEWHERE = "https://tracker.example.net/announce/practicepasskey"


def shelf(version: str = "v5.1.0") -> ClientWorld:
    """A download, a stopped one, a seed, a stopped seed, and one of another tracker; the ratio is 1.5."""
    world = ClientWorld(PracticeClock(NOW), version, uploaded=1500 * KB, downloaded=1000 * KB)
    world.add(
        Torrent("Dune", 900 * KB, left=600 * KB, down_rate=100, up_rate=50),
        Torrent("Emma", 500 * KB, left=500 * KB, stopped=True, tags={"later"}, down_rate=100),
        Torrent("Dracula", 400 * KB, category="books", up_rate=20),
        Torrent("Carmilla", 300 * KB, stopped=True, up_rate=10),
        Torrent("Other", 200 * KB, left=200 * KB, trackers=[ELSEWHERE], private=False),
    )
    return world


@pytest.fixture(params=["v4.5.2", "v5.1.0", "v5.3.0"])
def client(request: pytest.FixtureRequest) -> Iterator[PracticeClient]:
    with PracticeClient(shelf(request.param)) as running:
        yield running


@pytest.fixture
def connect() -> Iterator[Callable[..., QbittorrentClient]]:
    """Makes adapters as new processes would, and closes them at the end."""
    opened: list[QbittorrentClient] = []

    def connect(client: PracticeClient, login: Login | None = None, timeout: float = 60.0) -> QbittorrentClient:
        own = Login(client.world.username, Secret(client.world.password))
        opened.append(QbittorrentClient(Endpoint("loft", client.url, timeout), login or own))
        return opened[-1]

    yield connect
    for adapter in opened:
        adapter.close()
