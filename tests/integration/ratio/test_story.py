"""An emergency and its recovery for real: bytes are downloaded, the ratio falls, the guard freezes; bytes are uploaded,
the ratio rises, the guard thaws, and everything is as it was.
"""

from __future__ import annotations

import signal
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.integration.qbt.fixtures import PASSKEY
from tests.integration.qbt.swarm import add, complete, meet, meet_again, totals
from tests.integration.qbt.torrents import Made, make_torrent
from tests.integration.qbt.waiting import wait_until
from tests.integration.ratio.runner import TAG, Runner
from tests.integration.ratio.shelf import furnish, look, wait_shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.qbt.daemon import Daemon
    from tests.integration.qbt.tracker import Tracker

pytestmark = pytest.mark.real("qbittorrent")

MB = 1_000_000
SLOW = 40_000  # bytes a second: a download that lasts
CHUNK = MB // 2
CHUNKS = 14


class Swarm:
    """Our client and another one, with torrents that one has and the other wants."""

    def __init__(self, ours: Daemon, theirs: Daemon, tracker: Tracker, folder: Path) -> None:
        self.ours, self.theirs, self.folder = ours, theirs, folder
        self.url = tracker.announce_url(PASSKEY)

    def make(self, name: str, size: int) -> Made:
        return make_torrent(self.folder / "shelf", name, size, self.url)

    def upload(self, *torrents: Made) -> None:
        """They download what our client has, to the last byte, and our client has counted it."""
        before = totals(self.ours)[0]
        add(self.theirs, *torrents)
        for torrent in torrents:
            meet(torrent, self.ours, [self.theirs])

        def again() -> None:
            for torrent in torrents:
                meet_again(torrent, self.ours, self.theirs)

        wait_until("uploaded", lambda: all(complete(self.theirs, torrent) for torrent in torrents), again=again)
        sizes = sum(torrent.size for torrent in torrents)
        wait_until("the upload counted", lambda: totals(self.ours)[0] >= before + sizes)

    def offer(self, *torrents: Made) -> None:
        """They have it all."""
        add(self.theirs, *torrents, seeds=True)

    def download(self, torrent: Made) -> None:
        """Our client downloads it from them."""
        meet(torrent, self.theirs, [self.ours])
        wait_until("downloaded", lambda: complete(self.ours, torrent), again=lambda: self.again(torrent))
        wait_until("the download counted", lambda: totals(self.ours)[1] >= torrent.size)

    def again(self, torrent: Made) -> None:
        """What they may have missed of each other."""
        meet_again(torrent, self.theirs, self.ours)

    def ratio(self) -> float:
        up, down = totals(self.ours)
        return up / down

    def bytes_to(self, ratio: float) -> int:
        """What is still to be uploaded until then."""
        up, down = totals(self.ours)
        return int(ratio * down - up)


@pytest.mark.spec("RAT-2")
@pytest.mark.spec("RAT-3")
@pytest.mark.spec("RAT-4")
@pytest.mark.spec("RAT-5")
def test_ratio_emergency_workflow(qbittorrent: Callable[..., Daemon], tracker: Tracker, tmp_path: Path) -> None:
    ours, theirs = qbittorrent("ours"), qbittorrent("theirs")
    swarm = Swarm(ours, theirs, tracker, tmp_path)
    runner = Runner(tmp_path / "mamctl", {"home": ours.url})
    earlier, wanted, long = swarm.make("Emma", 20 * MB), swarm.make("Dune", 24 * MB), swarm.make("Middlemarch", 30 * MB)
    popular = [swarm.make(f"Poems, volume {number}", CHUNK) for number in range(CHUNKS)]
    rare = swarm.make("Persuasion", 3 * MB)
    add(ours, earlier, *popular, seeds=True)
    add(ours, rare, seeds=True, stopped=True)

    # We have uploaded, and are fine.
    swarm.upload(earlier)
    done = runner.watch()
    assert (done.code, done.data["guard"]["state"], done.data["transition"]) == (0, "normal", None), done

    # We download, one book whole and one still under way, and are not.
    swarm.offer(wanted, long)
    shelf = furnish(ours, tracker, tmp_path / "shelf")
    add(ours, wanted)
    swarm.download(wanted)
    add(ours, long, download_limit=SLOW)
    meet(long, theirs, [ours])
    flows = lambda: (ours.torrent(long.hash) or {})["state"] == "downloading"  # noqa: E731
    wait_until("it flows", flows, again=lambda: swarm.again(long))
    before = look(ours)
    assert swarm.ratio() < 1.0

    done = runner.watch()
    assert done.code == 3
    assert done.data["transition"]["to"] == "emergency"
    assert 0.5 < done.data["ratio"] < 1.0
    frozen = shelf.frozen() | {long.name}
    assert done.data["actions"] == {"paused": len(frozen), "resumed": 3, "tagged": len(frozen), "untagged": 0}
    assert done.data["figures"]["frozen"] == len(frozen)
    in_emergency = shelf.in_emergency | {
        long.name: before[long.name].frozen(),
        rare.name: before[rare.name].seeding(),
        **{torrent.name: before[torrent.name] for torrent in (earlier, wanted, *popular)},
    }
    wait_shown(ours, in_emergency)
    downloaded = totals(ours)[1]

    # They download from us until we are between floor and recovery: nothing changes.
    swarm.upload(*popular[: -(-swarm.bytes_to(1.0) // CHUNK)])
    assert 1.0 <= swarm.ratio() < 1.05
    done = runner.watch()
    assert (done.code, done.data["guard"]["state"], done.data["transition"]) == (3, "emergency", None)
    assert set(done.data["actions"].values()) == {0}
    wait_shown(ours, in_emergency)

    # They download what only the freeze has started, and we are past the recovery.
    swarm.upload(rare)
    assert swarm.ratio() >= 1.05
    assert totals(ours)[1] - downloaded < 1.5 * MB  # what an upload costs in requests, and not a piece of a book
    done = runner.watch()
    assert (done.code, done.data["transition"]["to"]) == (0, "normal")
    wait_shown(ours, before)
    assert runner.journal() == []
    done = runner.watch()
    assert (done.code, done.data["transition"], set(done.data["actions"].values())) == (0, None, {0})


@pytest.mark.spec("RAT-1")
@pytest.mark.parametrize("program", ["5"], indirect=True)
def test_ratio_monitoring(qbittorrent: Callable[..., Daemon], tracker: Tracker, tmp_path: Path) -> None:
    ours, theirs = qbittorrent("ours", totals=(101 * MB, 100 * MB)), qbittorrent("theirs")
    swarm = Swarm(ours, theirs, tracker, tmp_path)
    runner = Runner(tmp_path / "mamctl", {"home": ours.url})
    long, popular = swarm.make("Dune", 60 * MB), swarm.make("Emma", 40 * MB)
    swarm.offer(long)
    shelf = furnish(ours, tracker, tmp_path / "shelf")
    add(ours, popular, seeds=True)
    before = look(ours)
    with runner.start("ratio", "watch", "--every", "1s", "--quiet") as loop:
        wait_until("a first pass", lambda: runner.passes() > 0)
        assert look(ours) == before
        add(ours, long, download_limit=MB)
        before[long.name] = look(ours)[long.name]
        meet(long, theirs, [ours])
        in_emergency = shelf.in_emergency | {popular.name: before[popular.name], long.name: before[long.name].frozen()}
        wait_shown(ours, in_emergency, again=lambda: swarm.again(long))
        assert swarm.ratio() > 0.9
        swarm.upload(popular)
        wait_shown(ours, before)
        loop.send_signal(signal.SIGTERM)
        assert loop.wait(120) == 0
    moves = runner.ask("SELECT to_state FROM guard_transitions ORDER BY id")
    assert moves == [("emergency",), ("normal",)]


@pytest.mark.spec("RAT-5")
def test_what_a_person_does_during_the_emergency_stands(
    qbittorrent: Callable[..., Daemon], tracker: Tracker, tmp_path: Path
) -> None:
    ours = qbittorrent("ours", totals=(95 * MB, 100 * MB))
    shelf = furnish(ours, tracker, tmp_path / "shelf")
    runner = Runner(tmp_path / "mamctl", {"home": ours.url})
    assert runner.watch().data["transition"]["to"] == "emergency"
    wait_shown(ours, shelf.in_emergency)

    hands, hashes = ours.hands, {row["name"]: row["hash"] for row in ours.hands.torrents_info()}
    hands.torrents_stop(torrent_hashes=[hashes["Seed"], hashes["Seed, paused by its owner"]])
    hands.torrents_start(torrent_hashes=hashes["Download"])
    hands.torrents_delete(torrent_hashes=hashes["Download, other"])
    new = make_torrent(tmp_path / "shelf", "Added", 3000, tracker.announce_url(PASSKEY))
    add(ours, new)
    added = look(ours)["Added"]
    theirs = {
        "Seed": replace(shelf.before["Seed"], state="pausedUP"),
        "Seed, paused by its owner": shelf.before["Seed, paused by its owner"],
        "Download": shelf.before["Download"],
    }
    expected = shelf.in_emergency | theirs | {"Added": added.frozen()}
    del expected["Download, other"]
    tagged = replace(theirs["Download"], tags=theirs["Download"].tags | {TAG})
    wait_shown(ours, expected | {"Download": tagged, "Added": added})
    assert runner.watch().code == 3
    wait_shown(ours, expected)

    assert runner.run("ratio", "thaw", "--yes", "--json").code == 0
    expected = shelf.before | theirs | {"Added": added}
    del expected["Download, other"]
    wait_shown(ours, expected)
    done = runner.watch()  # held by the person's word, though the ratio is what it was
    assert (done.code, done.data["guard"]["state"]) == (0, "normal")
    assert done.data["guard"]["held_until"]
    wait_shown(ours, expected)
