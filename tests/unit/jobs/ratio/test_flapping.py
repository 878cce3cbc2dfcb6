"""An emergency that comes back within a day does not flap: frozen downloads go on one after another."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.ratio.guard import GuardState
from mamctl.domain.ratio.policy import RatioPolicy
from mamctl.domain.ratio.reading import RatioReading
from mamctl.domain.ratio.release import HeldBack, next_releases
from mamctl.store.ratio.guard import list_transitions
from tests.kit.guard_desk import START, Desk
from tests.kit.model_client import ModelTorrent
from tests.unit.jobs.ratio.test_user_actions import looks

GIB, KB, MB = 2**30, 10**3, 10**6
STEP = 4 * 60  # seconds from one pass to the next
POLICY = RatioPolicy()


@dataclass
class Life:
    """Seeds at a steady rate, and downloads what runs; a pass every four minutes."""

    desk: Desk
    up: int = 400 * KB
    down: int = 2 * MB

    def live(self, hours: float) -> list[float]:
        """The ratio after each pass."""
        ratios = []
        client = self.desk.client
        for _ in range(round(hours * 3600 / STEP)):
            self.desk.now += timedelta(seconds=STEP - 300)
            client.uploaded = (client.uploaded or 0) + self.up * STEP
            running = [torrent for torrent in client.torrents.values() if not torrent.paused and not torrent.complete]
            for torrent in running:
                moved = min(torrent.amount_left, self.down * STEP // len(running))
                torrent.amount_left -= moved
                torrent.complete = torrent.amount_left == 0
                client.downloaded = (client.downloaded or 0) + moved
            self.desk.watch()
            ratios.append(client.uploaded / (client.downloaded or 1))
        return ratios


def member(folder: Path, downloaded: int, *lefts: int, ratio: float = 1.04) -> Life:
    desk = Desk(folder, policy=POLICY)
    desk.client.uploaded, desk.client.downloaded = round(ratio * downloaded), downloaded
    for number, left in enumerate(lefts):
        desk.client.add(f"d{number}", amount_left=left)
    return Life(desk)


def freezes(desk: Desk) -> int:
    return sum(made.to_state is GuardState.EMERGENCY for made in list_transitions(desk.db, START))


@pytest.mark.spec("RAT-14")
@pytest.mark.parametrize("downloaded", [20, 100, 500])
def test_a_new_member_with_one_large_download_freezes_twice_and_not_twenty_times(
    tmp_path: Path, downloaded: int
) -> None:
    life = member(tmp_path, downloaded * GIB, 300 * GIB)
    ratios = life.live(48)
    assert freezes(life.desk) <= 2
    assert len(life.desk.listener.heard) <= 4
    assert min(ratios) > 0.9


@pytest.mark.spec("RAT-14")
def test_from_the_second_freeze_on_each_waits_until_the_ratio_can_bear_it(tmp_path: Path) -> None:
    life = member(tmp_path, 20 * GIB, 3 * GIB, 1 * GIB, 8 * GIB)
    desk = life.desk
    told: list[str] = []
    while freezes(desk) < 2:
        life.live(STEP / 3600)
    while desk.watch().guard.state is GuardState.EMERGENCY:
        life.live(STEP / 3600)
    told = [problem.code for problem in desk.last.problems]
    assert told in (["ratio_flapping"], [])
    ratios = life.live(24)
    assert min(ratios) >= POLICY.floor
    assert freezes(desk) == 2
    assert all(torrent.complete for torrent in desk.client.torrents.values())
    assert all(torrent.tags == set() for torrent in desk.client.torrents.values())


def flapped(folder: Path, *lefts: int) -> Desk:
    """A desk right after its second freeze of the day, at ratio 0.9."""
    desk = Desk(folder, policy=RatioPolicy(min_downloaded=0))
    for number, left in enumerate(lefts):
        desk.client.add(f"d{number}", amount_left=left)
    for ratio in (0.9, 1.1, 0.9):
        desk.set_ratio(ratio)
        desk.watch()
    return desk


@pytest.mark.spec("RAT-14")
def test_the_smallest_first_and_the_others_are_held_back_in_sight(tmp_path: Path) -> None:
    desk = flapped(tmp_path, 10**6, 10**12, 10**11)
    desk.set_ratio(1.06)
    result = desk.watch()
    assert (result.guard.state, result.held_back, result.actions.resumed) == (GuardState.NORMAL, 2, 1)
    assert [problem.code for problem in desk.last.problems] == ["ratio_flapping"]
    assert "2 downloads wait" in desk.listener.heard[-1][1]
    result = desk.watch()
    assert (result.held_back, result.actions.any, desk.last.problems) == (2, False, [])
    torrents = desk.client.torrents
    assert (torrents["d0"].paused, torrents["d0"].tags) == (False, set())
    assert (torrents["d1"].paused, torrents["d1"].tags) == (True, {"mamctl-frozen"})
    desk.client.uploaded = (desk.client.uploaded or 0) + 10**11
    desk.watch()
    assert [torrents[name].paused for name in ("d0", "d1", "d2")] == [False, True, False]


@pytest.mark.spec("RAT-14")
def test_your_word_outranks_the_row(tmp_path: Path) -> None:
    desk = flapped(tmp_path, 10**12, 10**12, 10**12)
    desk.set_ratio(1.06)
    assert desk.watch().held_back == 3
    desk.client.torrents["d0"].paused = False  # started by hand: it goes on
    assert desk.watch().held_back == 2
    assert desk.client.torrents["d0"].look() == ModelTorrent().look()
    result = desk.release()
    assert (result.held_back, result.actions.resumed) == (0, 2)
    assert set(looks(desk).values()) == {ModelTorrent().look()}


@pytest.mark.spec("RAT-14")
def test_a_third_emergency_takes_on_what_is_held_back(tmp_path: Path) -> None:
    desk = flapped(tmp_path, 10**12)
    desk.set_ratio(1.06)
    assert desk.watch().held_back == 1
    desk.set_ratio(0.9)
    result = desk.watch()
    assert (result.guard.state, result.held_back, result.figures.frozen) == (GuardState.EMERGENCY, 0, 1)
    assert desk.listener.heard[-1][0] == "mamctl: ratio emergency, the 3rd in 24 hours"
    told = len(desk.listener.heard)
    for ratio in (1.06, 0.9, 1.06, 0.9):
        desk.set_ratio(ratio)
        desk.watch()
    assert len(desk.listener.heard) == told
    desk.now += timedelta(days=2)
    desk.release()
    assert desk.client.torrents["d0"].look() == ModelTorrent().look()


@pytest.mark.spec("RAT-14")
@pytest.mark.spec("RAT-5")
def test_after_a_day_all_are_released_at_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for name in ("a", "b"):
        desk.client.add(name, amount_left=10**12)
    for ratio in (0.9, 1.1):
        desk.set_ratio(ratio)
        desk.watch()
    desk.now += timedelta(days=1)
    desk.set_ratio(0.9)
    desk.watch()
    desk.set_ratio(1.06)
    assert desk.watch().actions.resumed == 2


@pytest.mark.spec("RAT-14")
def test_an_unknown_ratio_releases_nothing(tmp_path: Path) -> None:
    desk = flapped(tmp_path, 10**12, 10**6)
    desk.set_ratio(1.06)
    desk.watch()
    desk.client.add("d2", amount_left=1)
    up, desk.client.uploaded = desk.client.uploaded, None
    down, desk.client.downloaded = desk.client.downloaded, None
    assert desk.watch().held_back == 1
    desk.client.uploaded, desk.client.downloaded = (up or 0) + 10**13, down
    assert desk.watch().held_back == 0


waiting = st.lists(
    st.builds(
        lambda number, left, size: HeldBack("home", held(number, left, size)),
        st.integers(0, 99),
        st.integers(0, 10**12),
        st.sampled_from([0, 1]),
    ),
    max_size=8,
    unique_by=lambda one: one.torrent.hash,
)


def held(number: int, left: int, size: int) -> Any:
    from mamctl.domain.ratio.client import ClientTorrent, TorrentState

    return ClientTorrent(str(number), str(number), TorrentState.PAUSED_DL, amount_left=left * size, size=left * size)


@pytest.mark.spec("RAT-14")
@given(waiting, st.integers(0, 10**13), st.integers(1, 10**13), st.integers(0, 10**12))
def test_what_is_released_never_takes_the_ratio_below_the_floor(
    rows: list[HeldBack], up: int, down: int, flowing: int
) -> None:
    reading = RatioReading(up / down, "", uploaded=up, downloaded=down)
    released = next_releases(rows, reading, POLICY, flowing)
    to_come = flowing + sum(one.left or 0 for one in released)
    if released:
        assert up >= math.floor(POLICY.floor * (down + to_come))
    assert len(released) <= 1 or all(one.left is not None for one in released)
    rest = [one.left for one in rows if one not in released and one.left is not None]
    if rest and all(one.left is not None for one in released):
        assert up < POLICY.floor * (down + to_come + min(rest))
