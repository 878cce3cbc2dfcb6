"""A member with torrent clients: practice ones, and a configuration that names them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import tomli_w

from mamctl.practice.client import ClientWorld, PracticeClient, Torrent
from mamctl.practice.clock import PracticeClock
from tests.kit.guard_desk import grown

MB = 10**6
DOWNLOADS = ("Dune", "Emma")


def shelf(uploaded: int = 980 * MB, downloaded: int = 1000 * MB) -> ClientWorld:
    """Two downloads, one that the person paused, a seed, a seed that the person paused; nothing flows by itself."""
    world = ClientWorld(PracticeClock(datetime.now(UTC)), uploaded=uploaded, downloaded=downloaded)
    world.add(
        Torrent("Dune", 90 * MB, left=60 * MB),
        Torrent("Emma", 50 * MB, left=50 * MB, forced=True),
        Torrent("Ivanhoe", 50 * MB, left=20 * MB, stopped=True),
        Torrent("Dracula", 40 * MB),
        Torrent("Carmilla", 30 * MB, stopped=True),
        Torrent("Other", 20 * MB, left=20 * MB, trackers=["https://tracker.example.net/announce"]),
    )
    return world


@dataclass
class Seedbox:
    """`home` holds the configuration, the password and the store."""

    home: Path
    clients: dict[str, PracticeClient]
    ratio: dict[str, Any] = field(default_factory=dict)
    sections: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def client(self) -> PracticeClient:
        return next(iter(self.clients.values()))

    @property
    def store_path(self) -> Path:
        return self.home / "mamctl.db"

    def client_tables(self) -> list[dict[str, Any]]:
        """The `[[qbittorrent]]` tables of the configuration."""
        secret = self.home / "password"
        if not secret.exists():
            secret.write_text(self.client.world.password)
            secret.chmod(0o600)
        return [
            {"name": name, "url": client.url, "password_file": str(secret), "timeout": 60, **self.tables.get(name, {})}
            for name, client in self.clients.items()
        ]

    def config(self) -> str:
        """Writes the configuration as it is now; its path."""
        own = {
            "store": {"path": str(self.store_path)},
            "ratio": {"min_downloaded": 0, **self.ratio},
            "alerts": {"disk_free": 0},  # how full this machine's disk is, is no part of a story
        }
        document = {**own, "qbittorrent": self.client_tables()}
        path = self.home / "mamctl.toml"
        path.write_text(tomli_w.dumps(document | self.sections))
        return str(path)

    def set_ratio(self, ratio: float) -> None:
        """The first client's, from now on."""
        world = self.client.world
        world.downloaded = grown(ratio, world.uploaded, world.downloaded)
        world.uploaded = round(ratio * world.downloaded)

    def look(self) -> dict[str, tuple[object, ...]]:
        """How every torrent of every client stands."""
        return {
            f"{name}/{torrent.name}": (torrent.stopped, torrent.forced, torrent.complete, frozenset(torrent.tags))
            for name, client in self.clients.items()
            for torrent in client.world.torrents.values()
        }

    def changes(self) -> list[str]:
        """The requests so far that change something."""
        asked = [path for client in self.clients.values() for path in client.journal.paths()]
        return [path for path in asked if "/torrents/" in path]


@contextmanager
def seedbox(home: Path, *names: str) -> Iterator[Seedbox]:
    """Running clients of these names, each with the same shelf."""
    home.mkdir(parents=True, exist_ok=True)
    clients = {name: PracticeClient(shelf()) for name in names or ("home",)}
    for client in clients.values():
        client.start()
    try:
        yield Seedbox(home, clients)
    finally:
        for client in clients.values():
            client.stop()
