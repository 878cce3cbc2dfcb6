"""A member with a site, a torrent client, a book with sidecars, and one configuration for all of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mamctl.practice.client import PracticeClient
from mamctl.practice.tracker import PracticeTracker
from tests.kit.member import Member
from tests.kit.practice_fixtures import tracker
from tests.kit.seedbox import shelf

__all__ = ["tracker"]

AT = "2026-11-29T12:00:00Z"


@dataclass
class Household:
    """Runs commands with `call`; each returns the finished command."""

    member: Member
    client: PracticeClient
    run: Callable[..., Any]

    @property
    def config(self) -> Path:
        return self.member.home / "mamctl.toml"

    @property
    def points(self) -> Path:
        return self.member.home / "points"

    @property
    def book(self) -> Path:
        return self.member.home / "library" / "Salt Road"

    def write_config(self, **sections: Any) -> None:
        """Write the file as an editor would."""
        table = {
            "name": "home", "url": self.client.url, "username": "admin",
            "password_file": str(self.member.home / "password"), "timeout": 60,
        }  # fmt: skip
        self.member.config(**({"qbittorrent": [table], "ratio": {"min_downloaded": 0}} | sections))

    def call(self, *words: str) -> Any:
        return self.run(*words, "--json", "--config", str(self.config))

    def point(self) -> str:
        """A new point's id."""
        return str(self.call("change", "checkpoint").data["point"]["id"])

    def log(self) -> list[dict[str, Any]]:
        """The log, the newest first."""
        return list(self.call("change", "log").data["changes"])

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.member.store() as db:
            return [tuple(row) for row in db.execute(query, values)]

    def rows_as_they_are(self, query: str) -> list[tuple[Any, ...]]:
        """Without bringing the database to the present schema."""
        with closing(sqlite3.connect(self.member.store_path)) as db:
            return [tuple(row) for row in db.execute(query)]

    def rewrite(self, old: str, new: str) -> None:
        """Change the configuration by hand."""
        text = self.config.read_text()
        assert old in text
        self.config.write_text(text.replace(old, new))


@pytest.fixture
def household(tracker: PracticeTracker, tmp_path: Path, mamctl) -> Iterator[Household]:
    home = tmp_path / "home"
    home.mkdir()
    tracker.world.clock.move_to(datetime.now(UTC))
    member = Member(tracker, home)
    member.expire_in(days=50)
    secret = home / "password"
    secret.write_text("practice-password")
    secret.chmod(0o600)
    with PracticeClient(shelf(uploaded=3000 * 10**6)) as client:
        house = Household(member, client, mamctl)
        house.write_config()
        yield house


@pytest.fixture
def shelved(household: Household) -> Household:
    """With a book whose sidecars mamctl wrote."""
    household.book.mkdir(parents=True)
    with household.member.store() as db:
        db.execute(
            "INSERT INTO books (id, path, root, stamp, size, added_at, scanned_at) VALUES (1, ?, ?, 's', 1, ?, ?)",
            (str(household.book), str(household.book.parent), AT, AT),
        )
    assert household.call("meta", "set", "1", "title", "Salt Road").code == 0
    assert household.call("meta", "export", "--all").code == 0
    return household
