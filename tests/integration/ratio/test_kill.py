"""kill -9 of the watch at moments all over its life, then one pass: all is as if nothing had happened."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.integration.qbt.fault_proxy import FaultProxy
from tests.integration.ratio.runner import WATCH, Runner
from tests.integration.ratio.shelf import furnish, wait_shown
from tests.kit.effort import EFFORT, chance

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.qbt.daemon import Daemon
    from tests.integration.qbt.tracker import Tracker

pytestmark = pytest.mark.real("qbittorrent")

MB = 1_000_000
ROUNDS = 3 * EFFORT  # of a part; each kills one freeze and one thaw
PARTS = [("4", 1), ("4", 2), ("4", 3), ("5", 1), ("next", 1)]


class Killer:
    """Measures one pass from its first request to its end, and kills later ones at moments all over that span."""

    def __init__(self, runner: Runner, proxy: FaultProxy, seed: str, span: float = 0.0) -> None:
        self.runner, self.proxy = runner, proxy
        numbers = chance(seed)
        self.moments = [(number + numbers.random()) / ROUNDS for number in range(ROUNDS)]  # one in each stretch
        numbers.shuffle(self.moments)
        self.span = span

    def measure(self) -> None:
        """One pass that nobody disturbs."""
        before = len(self.proxy.times)
        assert self.runner.watch().code in (0, 3)
        self.span = time.monotonic() - self.proxy.times[before][0]

    def kill_next(self) -> None:
        """The next pass, up to its moment."""
        asked = len(self.proxy.times)
        with self.runner.start(*WATCH) as process:
            while len(self.proxy.times) == asked and process.poll() is None:
                time.sleep(0.001)
            time.sleep(self.span * self.moments.pop())
            process.kill()


@pytest.mark.long
@pytest.mark.timeout(120 * EFFORT)
@pytest.mark.spec("RAT-12")
@pytest.mark.parametrize(("program", "part"), PARTS, indirect=["program"])
def test_killed_anywhere_the_next_pass_finishes_the_work(
    qbittorrent: Callable[..., Daemon], tracker: Tracker, tmp_path: Path, part: int
) -> None:
    client = qbittorrent(totals=(95 * MB, 100 * MB))
    shelf = furnish(client, tracker, tmp_path / "shelf")
    with FaultProxy(client.web_port) as proxy:
        runner = Runner(tmp_path / "mamctl", {"home": proxy.url})
        freezes, thaws = (Killer(runner, proxy, f"{job}/{part}") for job in ("freeze", "thaw"))
        for turn in range(ROUNDS + 1):
            for prepare, killer, undisturbed in (
                (runner.endanger, freezes, shelf.in_emergency),
                (runner.relieve, thaws, shelf.before),
            ):
                prepare()
                if turn:
                    killer.kill_next()
                    assert runner.watch().code in (0, 3)
                else:
                    killer.measure()
                wait_shown(client, undisturbed)
            assert runner.journal() == []


@pytest.mark.spec("RAT-12")
@pytest.mark.parametrize(("program", "span"), [("4", 0.5), ("next", 1.0)], indirect=["program"])
def test_killed_in_a_freeze_the_ratio_recovers_before_the_next_pass_and_falls_again(
    qbittorrent: Callable[..., Daemon], tracker: Tracker, tmp_path: Path, span: float
) -> None:
    """At the pace of a client's own settings, which shows a change more than a second late; killed within `span`."""
    client = qbittorrent(totals=(95 * MB, 100 * MB), settings={"Session\\RefreshInterval": "1500"})
    shelf = furnish(client, tracker, tmp_path / "shelf")
    with FaultProxy(client.web_port) as proxy:
        runner = Runner(tmp_path / "mamctl", {"home": proxy.url})
        freezes, thaws = (Killer(runner, proxy, job, span) for job in ("freeze", "thaw"))
        runner.relieve()
        assert runner.watch().code == 0

        runner.endanger()
        freezes.kill_next()
        runner.relieve()
        assert runner.watch().code == 0
        wait_shown(client, shelf.before)

        runner.endanger()
        assert runner.watch().code == 3
        runner.relieve()
        thaws.kill_next()
        runner.endanger()
        assert runner.watch().code == 3
        wait_shown(client, shelf.in_emergency)
        runner.relieve()
        assert runner.watch().code == 0
        wait_shown(client, shelf.before)
        assert runner.journal() == []
