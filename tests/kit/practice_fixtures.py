"""The running practice tracker for tests: import `tracker` (and `member`) into a test module or conftest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from mamctl.practice.tracker import PracticeTracker, small_world

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SEARCH = "/tor/js/loadSearchJSONbasic.php"


@dataclass
class Visitor:
    """Asks as one of the world's sessions and keeps its cookies as a careful client does."""

    tracker: PracticeTracker
    session: str = "api"
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        session = self.tracker.world.sessions[self.session]
        self.cookies = {"mam_id": session.value, "uid": str(session.uid)}

    def ask(self, method: str, path: str, *, keep: bool = True, **more: Any) -> httpx.Response:
        """One request over its own connection; `keep=False` ignores the new cookie."""
        sent = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": sent, **more.pop("headers", {})}
        answer = httpx.request(method, self.tracker.url + path, headers=headers, trust_env=False, verify=False, **more)
        if keep:
            self.cookies |= new_cookies(answer)
        return answer

    def get(self, path: str, **params: Any) -> httpx.Response:
        return self.ask("GET", path, params=params or None)

    def json(self, path: str, **params: Any) -> Any:
        return self.get(path, **params).json()

    def search(self, *, root: dict[str, Any] | None = None, **tor: Any) -> Any:
        return self.ask("POST", SEARCH, json={"tor": tor, **(root or {})}).json()

    def buy(self, **params: Any) -> Any:
        return self.json("/json/bonusBuy.php", **params)


def set_cookies(answer: httpx.Response) -> list[str]:
    return answer.headers.get_list("set-cookie")


def new_cookies(answer: httpx.Response) -> dict[str, str]:
    pairs = (header.partition(";")[0].partition("=") for header in set_cookies(answer))
    return {name: value for name, _, value in pairs if value != "deleted"}


@pytest.fixture
def tracker() -> Iterator[PracticeTracker]:
    """A running practice tracker with the small world, its clock standing at NOW."""
    with PracticeTracker(small_world(NOW)) as running:
        yield running


@pytest.fixture
def member(tracker: PracticeTracker) -> Visitor:
    """The member's API session."""
    return Visitor(tracker)
