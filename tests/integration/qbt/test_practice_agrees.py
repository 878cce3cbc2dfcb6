"""The practice client answers as the real one does: the same acts on both are followed by the same looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from mamctl.adapters.qbittorrent import Endpoint, Login, QbittorrentClient
from mamctl.domain.secret import Secret
from mamctl.practice.client import ClientWorld, PracticeClient, Torrent
from mamctl.practice.clock import PracticeClock
from tests.integration.qbt.fixtures import PASSKEY
from tests.integration.qbt.profile import PASSWORD, USER
from tests.integration.qbt.swarm import add
from tests.integration.qbt.torrents import make_torrent
from tests.integration.qbt.waiting import wait_until
from tests.kit.permits import may_pause, may_start, may_tag, may_untag
from tests.kit.practice_fixtures import NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.integration.qbt.daemon import Daemon
    from tests.integration.qbt.tracker import Tracker

pytestmark = pytest.mark.real("qbittorrent")
LOGIN = Login(USER, Secret(PASSWORD))
TOTALS = (95_000_000, 100_000_000)
SIZE = 3000
UNKNOWN_HASH = "f" * 40


class Side:
    """One of the two, through the adapter and by bare requests."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.adapter = QbittorrentClient(Endpoint("loft", url, 60), LOGIN)
        self.saved: bytes | None = None
        self.paused = False

    def look(self) -> dict[str, tuple]:
        snapshot, self.saved = self.adapter.fetch_snapshot(self.saved)
        self.paused = snapshot.session_paused
        return {
            torrent.name: (
                torrent.hash,
                torrent.state,
                torrent.tags,
                torrent.category,
                torrent.trackers,
                torrent.forced,
                torrent.private,
                (torrent.size, torrent.amount_left, torrent.progress),
            )
            for torrent in snapshot.torrents.values()
        }

    def statuses(self, hash_: str) -> list[tuple[str, int, str]]:
        """What bare requests are answered with; the words of a refusal are left out, for they vary."""
        answers = []
        with httpx.Client(base_url=f"{self.url}/api/v2/", trust_env=False) as http:

            def ask(method: str, path: str, **sent: object) -> None:
                answer = http.request(method, path, **sent)
                answers.append((f"{method} {path}", answer.status_code, answer.text if answer.is_success else ""))

            ask("GET", "app/version")
            ask("GET", "sync/maindata", params={"rid": 0})
            ask("POST", "auth/login", data={"username": USER, "password": "not this"})
            ask("POST", "auth/login", data={"username": USER, "password": PASSWORD})
            for path in ("stop", "start", "pause", "resume"):
                ask("POST", f"torrents/{path}", data={"hashes": UNKNOWN_HASH})
            ask("POST", "torrents/addTags", data={"hashes": hash_, "tags": "one, two"})
            ask("POST", "torrents/removeTags", data={"hashes": hash_, "tags": "one,two"})
            ask("POST", "torrents/setForceStart", data={"hashes": UNKNOWN_HASH, "value": "true"})
            ask("POST", "torrents/addTags", data={})
            ask("GET", "torrents/addTags")
            ask("POST", "torrents/nonsense")
        return answers


@pytest.fixture
def real(qbittorrent: Callable[..., Daemon]) -> Daemon:
    return qbittorrent(totals=TOTALS)


@pytest.fixture
def sides(real: Daemon, tracker: Tracker, tmp_path: Path) -> Iterator[tuple[Side, Side]]:
    """The real one and the practice one, with the same four torrents."""
    announce = tracker.announce_url(PASSKEY)
    made = [make_torrent(tmp_path / "shelf", name, SIZE, announce) for name in ("Dune", "Emma", "Dracula", "Carmilla")]
    dune, emma, dracula, carmilla = made
    add(real, dune)
    add(real, emma, stopped=True, tags="later")
    add(real, dracula, seeds=True, category="books")
    add(real, carmilla, seeds=True, stopped=True)
    version = real.hands.app_version()
    world = ClientWorld(PracticeClock(NOW), version, USER, PASSWORD, uploaded=TOTALS[0], downloaded=TOTALS[1])

    def twin(name: str, hash_: str, **traits: object) -> Torrent:
        return Torrent(name, SIZE, trackers=[announce], hash=hash_, **traits)

    world.add(
        twin("Dune", dune.hash, left=SIZE),
        twin("Emma", emma.hash, left=SIZE, stopped=True, tags={"later"}),
        twin("Dracula", dracula.hash, category="books"),
        twin("Carmilla", carmilla.hash, stopped=True),
    )
    with PracticeClient(world) as practice:
        both = Side(real.url), Side(practice.url)
        yield both
        for side in both:
            side.adapter.close()


def test_the_same_acts_are_followed_by_the_same_looks(sides: tuple[Side, Side]) -> None:
    real, practice = sides
    hashes = {name: seen[0] for name, seen in practice.look().items()}
    dune, emma, dracula, carmilla = hashes["Dune"], hashes["Emma"], hashes["Dracula"], hashes["Carmilla"]
    acts: list[tuple[str, Callable[[QbittorrentClient], None]]] = [
        ("nothing yet", lambda client: None),
        ("a tag", lambda client: client.add_tag(may_tag([dune, dracula], "mamctl-frozen"))),
        ("a pause", lambda client: client.pause(may_pause([dune, UNKNOWN_HASH]))),
        ("a start", lambda client: client.resume(may_start([carmilla]))),
        ("force-starts", lambda client: client.force_resume(may_start([dune, dracula]))),
        ("a pause of a forced one", lambda client: client.pause(may_pause([dune, dracula]))),
        ("a start after it", lambda client: client.resume(may_start([dune, dracula]))),
        (
            "forced and started",
            lambda client: (client.force_resume(may_start([emma])), client.resume(may_start([emma]))),
        ),
        ("no tags", lambda client: client.remove_tag(may_untag([dune, emma, dracula], "mamctl-frozen"))),
        ("another tag gone", lambda client: client.remove_tag(may_untag([emma], "later"))),
    ]
    for what, act in acts:
        for side in sides:
            act(side.adapter)
        wanted = practice.look()
        wait_until(f"the same after {what}: {wanted}", lambda wanted=wanted: real.look() == wanted, pause=0.1)


@pytest.mark.parametrize("program", ["next"], indirect=True)
def test_a_paused_session_is_shown_alike(sides: tuple[Side, Side]) -> None:
    real, practice = sides
    for call, paused in (("transfer/pauseSession", True), ("transfer/resumeSession", False)):
        for side in sides:
            with httpx.Client(base_url=f"{side.url}/api/v2/", trust_env=False) as http:
                http.post("auth/login", data={"username": USER, "password": PASSWORD})
                assert http.post(call).is_success
        wait_until(
            f"{call} shows", lambda: real.look() == practice.look() and real.paused == practice.paused, pause=0.1
        )
        assert practice.paused is paused


def test_bare_requests_are_answered_alike(sides: tuple[Side, Side]) -> None:
    real, practice = sides
    dune = practice.look()["Dune"][0]
    assert practice.statuses(dune) == real.statuses(dune)
