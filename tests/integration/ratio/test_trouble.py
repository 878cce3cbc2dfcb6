"""Real clients that refuse, cut off, hang, talk rubbish, restart or crash: told of, nothing done wrong, made up for."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from mamctl.cli.clock import Clock, use_clock
from tests.integration.qbt.fault_proxy import (
    PAUSE,
    RESUME,
    FaultProxy,
    after,
    cut_after,
    cut_before,
    cut_within,
    hang,
    rubbish,
    status,
)
from tests.integration.qbt.swarm import totals
from tests.integration.qbt.waiting import wait_until
from tests.integration.ratio.runner import TAG, Runner
from tests.integration.ratio.shelf import Shelf, Shown, furnish, look, wait_shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Done
    from tests.integration.qbt.daemon import Daemon
    from tests.integration.qbt.fault_proxy import Passing
    from tests.integration.qbt.tracker import Tracker

pytestmark = pytest.mark.real("qbittorrent")

MB = 1_000_000
TORRENTS = 14
READ, TAG_ON, TAG_OFF = "sync/maindata", "torrents/addTags", "torrents/removeTags"
DECLINED = ("404", "409", "rubbish")  # answers after which a pass goes on with its other requests
HUNG_UP = ("cut off before", "cut off after")
MISHAPS = {  # with the exit code where the client cannot be read for it
    "403": (status(403), 12),
    "404": (status(404), 14),
    "409": (status(409), 5),
    "500": (status(500), 13),
    "cut off before": (cut_before, 13),
    "cut off after": (cut_after, 13),
    "cut off within": (cut_within, 13),
    "silence": (hang, 13),
    "rubbish": (rubbish, 14),
}
# Every mishap with the distribution's version; with the others one that declines, one that fails, one that is done.
EACH = [("4", mishap) for mishap in MISHAPS]
EACH += [(program, mishap) for program in ("5", "next") for mishap in ("404", "500", "cut off after")]


@dataclass
class House:
    """A client with a full shelf, what may go wrong on the way to it, and mamctl."""

    client: Daemon
    shelf: Shelf
    proxy: FaultProxy
    runner: Runner
    mamctl: Callable[..., Done]

    def watch(self, patience: float = 1.0) -> Done:
        """One pass inside this process; with less patience for what the client does not do as asked."""
        with use_clock(Clock(sleep=lambda seconds: time.sleep(seconds * patience))):
            return self.mamctl("ratio", "watch", "--json", "--config", str(self.runner.config()))

    def settle(self) -> None:
        """All that a crash could make the client forget is saved. 5.3 forgets a force-start at every restart."""
        self.client.wait_saved(TORRENTS)
        self.restart()
        wait_until("checked", lambda: not any("checking" in state for state in self.client.states().values()))
        self.shelf = Shelf(self.client, look(self.client))

    def restart(self) -> None:
        """The client, until it knows what it has moved."""
        self.client.restart()
        wait_until("the totals known", lambda: any(totals(self.client)))

    def freeze(self, patience: float = 1.0) -> Done:
        self.runner.endanger()
        return self.watch(patience)

    def thaw(self, patience: float = 1.0) -> Done:
        self.runner.relieve()
        return self.watch(patience)


@pytest.fixture
def house(
    qbittorrent: Callable[..., Daemon], tracker: Tracker, tmp_path: Path, mamctl: Callable[..., Done]
) -> Iterator[House]:
    client = qbittorrent(totals=(95 * MB, 100 * MB))
    shelf = furnish(client, tracker, tmp_path / "shelf")
    with FaultProxy(client.web_port) as proxy:
        runner = Runner(tmp_path / "mamctl", {"home": proxy.url})
        yield House(client, shelf, proxy, runner, mamctl)


@pytest.mark.spec("RAT-4")
@pytest.mark.spec("RAT-5")
@pytest.mark.spec("RAT-12")
@pytest.mark.parametrize(("program", "mishap"), EACH, indirect=["program"])
def test_a_spoiled_request_is_told_of_and_the_next_pass_makes_up_for_it(house: House, mishap: str) -> None:
    for call in (READ, TAG_ON, PAUSE, RESUME):
        house.runner.endanger()
        spoiled_pass(house, call, mishap)
        assert house.watch().code == 3
        declined = call is TAG_ON and mishap in DECLINED
        wait_shown(house.client, without_tag(house.shelf) if declined else house.shelf.in_emergency)

        house.runner.relieve()
        spoiled_pass(house, TAG_OFF if call is TAG_ON and not declined else call, mishap, hit=not declined)
        assert house.watch().code == 0
        wait_shown(house.client, house.shelf.before)
    assert house.runner.journal() == []


def spoiled_pass(house: House, call: str | frozenset[str], mishap: str, *, hit: bool = True) -> None:
    spoil, unreadable = MISHAPS[mishap]
    # After the first 403 it logs in anew; a question that was hung up on is asked once more.
    again = mishap == "403" or (call is READ and mishap in HUNG_UP)
    house.proxy.spoil(call, spoil, times=2 if again else 1)
    house.runner.timeout = 2.0 if mishap == "silence" else 20.0
    done = house.watch(patience=0.03)
    house.runner.timeout = 20.0
    assert house.proxy.calm() is hit
    assert not hit or done.code == (unreadable if call is READ else 4), done
    assert [problem for problem in done.json["problems"] if not problem["remedy"]] == []
    assert_nothing_else_was_touched(house)


def without_tag(shelf: Shelf) -> dict[str, Shown]:
    """The emergency at a client that declined to tag: that all is paused matters more."""
    return {name: replace(shown, tags=shown.tags - {TAG}) for name, shown in shelf.in_emergency.items()}


def assert_nothing_else_was_touched(house: House) -> None:
    seen = look(house.client)
    assert {name: shown for name, shown in seen.items() if shown not in on_the_way(house.shelf, name)} == {}


def on_the_way(shelf: Shelf, name: str) -> list[Shown]:
    """What a torrent may look like while a freeze or a thaw is half done."""
    before, then = shelf.before[name], shelf.in_emergency[name]
    return [
        Shown(state, forced, tags, before.choices)
        for state in (before.state, then.state)
        for forced in (before.forced, then.forced)
        for tags in (before.tags, then.tags)
    ]


@pytest.mark.spec("RAT-12")
@pytest.mark.parametrize("call", [READ, PAUSE])
def test_a_client_that_restarts_in_the_middle(house: House, call: str | frozenset[str]) -> None:
    """Its session is gone, its totals are unknown at first, its torrents are being checked."""
    house.settle()
    for turn, result in ((house.freeze, house.shelf.in_emergency), (house.thaw, house.shelf.before)):
        house.proxy.spoil(call, after(house.client.restart))
        assert turn().code in (0, 3, 4, 13)
        assert house.proxy.calm()
        wait_until("the totals known", lambda: any(totals(house.client)))
        assert house.watch().code in (0, 3)
        wait_shown(house.client, result)
    assert house.runner.journal() == []


@pytest.mark.spec("RAT-12")
def test_a_client_that_crashes_in_the_middle_and_forgets_what_it_was_told(house: House) -> None:
    house.settle()

    def crash() -> None:
        house.client.kill()
        house.client.start()

    for turn, result in ((house.freeze, house.shelf.in_emergency), (house.thaw, house.shelf.before)):
        house.proxy.spoil(RESUME, after(crash))
        assert turn(patience=0.1).code in (0, 3, 4, 13)
        assert house.proxy.calm()
        wait_until("the totals known", lambda: any(totals(house.client)))
        assert house.watch().code in (0, 3)
        wait_shown(house.client, result)
    assert house.runner.journal() == []


@pytest.mark.spec("RAT-11")
def test_a_client_that_does_not_yet_know_its_totals(house: House) -> None:
    """For a moment after its start it says 0 and 0; nothing is frozen or thawed by that."""
    house.client.settings = {"Session\\RefreshInterval": "20000"}
    house.client.wait_saved(TORRENTS)
    house.client.restart()
    done = house.freeze()
    assert (done.code, done.data["ratio"], done.data["guard"]["state"]) == (3, None, "normal")
    assert [problem["code"] for problem in done.json["problems"]] == ["ratio_unknown"]
    assert not any(path.startswith("torrents/") for path in house.proxy.paths)


@pytest.mark.parametrize("cut", [cut_before, cut_after])
def test_a_question_that_is_hung_up_on_once_is_asked_again_unnoticed(
    house: House, cut: Callable[[Passing], None]
) -> None:
    house.freeze()
    house.proxy.spoil("auth/login", cut)
    house.proxy.spoil(READ, cut)
    for memory in (house.runner.home / "clients").iterdir():
        memory.unlink()
    house.runner.relieve()
    assert house.watch().code == 0
    assert house.proxy.calm()
    wait_shown(house.client, house.shelf.before)


def test_a_session_that_is_lost_is_begun_anew_unnoticed(house: House) -> None:
    assert house.freeze().code == 3
    house.proxy.spoil(READ, status(403))
    assert house.watch().code == 3
    assert house.proxy.calm()
    for memory in (house.runner.home / "clients").iterdir():
        memory.unlink()
    assert house.watch().code == 3
    wait_shown(house.client, house.shelf.in_emergency)
    assert house.thaw().code == 0
    wait_shown(house.client, house.shelf.before)


@pytest.mark.spec("RAT-4")
@pytest.mark.spec("RAT-11")
def test_two_clients_one_of_them_down(house: House, qbittorrent: Callable[..., Daemon], tracker: Tracker) -> None:
    """The other one is frozen, and the first when it is back; the thaw likewise."""
    attic = qbittorrent("attic", totals=(5 * MB, 10 * MB))
    shelf = furnish(attic, tracker, house.runner.home.parent / "attic-shelf")
    attic.wait_saved(TORRENTS)
    house.runner.clients = {"home": house.proxy.url, "attic": attic.url}
    house.runner.relieve()
    assert (house.watch().code, house.watch().data["ratio"]) == (0, pytest.approx(100 / 110, rel=1e-3))
    for turn, here, there, code in (
        (house.freeze, house.shelf.in_emergency, shelf.in_emergency, 3),
        (house.thaw, house.shelf.before, shelf.before, 0),
    ):
        attic.stop()
        done = turn()
        assert (done.code, done.json["status"], done.data["complete"]) == (4, "partial", False)
        assert [client["reachable"] for client in done.data["clients"]] == [True, False]
        wait_shown(house.client, here)
        attic.start()
        wait_until("the totals known", lambda: any(totals(attic)))
        assert house.watch().code == code
        wait_shown(attic, there, restarted=True)
        attic.wait_saved(TORRENTS)
    assert house.runner.journal() == []
