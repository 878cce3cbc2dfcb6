"""The guard on practice clients, over HTTP: the ratio falls by really downloading, and rises by seeding."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mamctl.adapters.qbittorrent import QbittorrentClient
from mamctl.domain.ratio.guard import GuardState
from mamctl.domain.ratio.policy import RatioPolicy
from mamctl.domain.ratio.torrent_journal import Scope
from mamctl.practice.client import ClientWorld, FaultKind, PracticeClient, Torrent
from mamctl.practice.clock import PracticeClock
from tests.kit.guard_desk import START, Desk
from tests.story.practice.client.conftest import ELSEWHERE

SITE = Scope(("myanonamouse.net",))
GB = 10**9


def world() -> ClientWorld:
    """At a ratio of 1.02, with a download under way that will spoil it."""
    world = ClientWorld(PracticeClock(START), uploaded=102 * GB, downloaded=100 * GB)
    world.add(
        Torrent("Dune", 9 * GB, 9 * GB, down_rate=1_000_000, up_rate=400_000),
        Torrent("Emma", GB, GB, stopped=True, down_rate=1_000_000),
        Torrent("Dracula", GB, up_rate=600_000),
        Torrent("Carmilla", GB, stopped=True, up_rate=200_000),
        Torrent("Other", 9 * GB, 9 * GB, down_rate=1, trackers=[ELSEWHERE]),
    )
    return world


class Days:
    """Passes every so often, on the desk's clock and the client's together."""

    def __init__(self, folder: Path, client: PracticeClient, adapter: QbittorrentClient) -> None:
        self.client = client
        self.desk = Desk(folder, adapter, policy=RatioPolicy(min_downloaded=0), scope=SITE)  # type: ignore[arg-type]

    def watch(self, **later: float):
        self.desk.now += timedelta(**later)
        self.client.world.clock.move_to(self.desk.now + timedelta(minutes=5))
        return self.desk.watch()

    def until(self, state: GuardState, **every: float):
        for _ in range(200):
            result = self.watch(**every)
            if result.guard.state is state:
                return result
        raise AssertionError(f"never {state}: {result.reason}")

    def look(self) -> dict[str, tuple[bool, bool, frozenset[str]]]:
        torrents = self.client.world.torrents.values()
        return {torrent.name: (torrent.stopped, torrent.forced, frozenset(torrent.tags)) for torrent in torrents}


@pytest.fixture
def client() -> Iterator[PracticeClient]:
    with PracticeClient(world()) as running:
        yield running


@pytest.fixture
def days(tmp_path: Path, client: PracticeClient, connect: Callable[..., QbittorrentClient]) -> Days:
    return Days(tmp_path, client, connect(client))


@pytest.mark.spec("RAT-2")
@pytest.mark.spec("RAT-3")
@pytest.mark.spec("RAT-5")
def test_an_emergency_and_its_recovery(days: Days, client: PracticeClient) -> None:
    before = days.look()
    assert days.watch().guard.state is GuardState.NORMAL
    frozen = days.until(GuardState.EMERGENCY, minutes=10)
    assert frozen.ratio is not None
    assert frozen.ratio < 1
    assert (frozen.actions.paused, frozen.actions.resumed, frozen.actions.tagged) == (1, 1, 1)
    assert days.look()["Dune"] == (True, False, {"mamctl-frozen"})
    downloaded = client.world.downloaded
    assert days.watch(hours=1).actions.any is False

    thawed = days.until(GuardState.NORMAL, hours=1)
    assert thawed.ratio is not None
    assert thawed.ratio >= 1.05
    assert client.world.downloaded - downloaded < GB // 100, "only the other tracker's download flowed"
    assert days.look() == before


@pytest.mark.spec("RAT-12")
@pytest.mark.parametrize("kind", [FaultKind.RESET, FaultKind.LOST_ANSWER, FaultKind.LOST_SESSION])
@pytest.mark.parametrize("call", ["torrents/addTags", "torrents/stop", "torrents/start", "sync/"])
def test_trouble_in_a_freeze_is_made_good_by_the_next_pass(days: Days, client, kind: FaultKind, call: str) -> None:
    before = days.look()
    client.world.uploaded = 90 * GB
    client.behaviour.plan(kind, call)
    days.watch()
    days.watch()
    look = days.look()
    assert (look["Dune"][0], look["Emma"][0], look["Carmilla"][0]) == (True, True, False)
    client.world.uploaded = 190 * GB
    days.watch()
    assert days.look() == before


@pytest.mark.spec("RAT-11")
def test_a_client_that_cannot_be_read_changes_nothing(days: Days, client: PracticeClient) -> None:
    client.world.uploaded = 90 * GB
    before = days.look()
    with client.unreachable():
        assert days.watch().guard.state is GuardState.NORMAL
    client.world.just_started = True
    assert days.watch().ratio is None
    assert days.look() == before
