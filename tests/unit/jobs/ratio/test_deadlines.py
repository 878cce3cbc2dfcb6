"""How long a pass may take, by the sum of all its waits and time-outs; nothing here is timed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from mamctl.domain.ratio.guard import GuardState
from mamctl.errors import UnreachableError
from tests.kit.guard_desk import Desk
from tests.kit.model_client import ModelClient

FIVE_MINUTES = timedelta(minutes=5)
TIME_OUT = timedelta(seconds=30)  # as the adapter has it


class Costly:
    """Every request takes its time, and so does every wait."""

    def __init__(self, folder: Path, *clients: ModelClient) -> None:
        self.desk = Desk(folder, *clients)
        self.waits: list[float] = []

    def costs(self, client: ModelClient, time: timedelta, silent_from: int | None = None) -> None:
        """What each request to the client takes; from the n-th on it is silent."""

        def trouble(call: str) -> None:
            silent = silent_from is not None and len(client.calls) >= silent_from
            self.desk.now += TIME_OUT if silent else time
            if silent:
                raise UnreachableError("no answer")

        client.trouble = trouble

    def watch(self) -> timedelta:
        """The time of one pass."""
        begun = self.desk.now + timedelta(minutes=5)
        self.desk.on_wait = self._wait
        self.result = self.desk.watch()
        return self.desk.now - begun

    def _wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.desk.now += timedelta(seconds=seconds)


@pytest.fixture
def costly(tmp_path: Path) -> Costly:
    clients = [ModelClient(name) for name in ("home", "attic", "cellar")]
    for client in clients:
        for number in range(1_200):
            client.add(f"{client.name}{number}")
        for number in range(10):
            client.add(f"{client.name}seed{number}", complete=True, paused=True)
    costly = Costly(tmp_path, *clients)
    costly.desk.watch()  # all is well, and every client has said what it moved
    return costly


def freeze(costly: Costly, silent: ModelClient | None) -> timedelta:
    costly.desk.set_ratio(0.01)
    took = costly.watch()
    assert costly.result.guard.state is GuardState.EMERGENCY
    for client in costly.desk.clients:
        downloads = [torrent for torrent in client.torrents.values() if not torrent.complete]
        assert all(torrent.paused is (client is not silent) for torrent in downloads)
    return took


@pytest.mark.spec("RAT-1")
@pytest.mark.parametrize("silent", [None, 1, 2])
def test_a_freeze_on_three_clients_takes_less_than_five_minutes(costly: Costly, silent: int | None) -> None:
    """Every answer takes a second, every change four looks to show, and one client is silent."""
    for number, client in enumerate(costly.desk.clients):
        client.calls.clear()
        client.slow = 4
        costly.costs(client, timedelta(seconds=1), silent_from=0 if number == silent else None)
    took = freeze(costly, None if silent is None else costly.desk.clients[silent])
    assert took < FIVE_MINUTES
    if silent is not None:
        assert len(costly.desk.clients[silent].calls) == 1


@pytest.mark.spec("RAT-1")
@pytest.mark.parametrize("nth", range(1, 14))
def test_a_client_that_falls_silent_in_the_middle_costs_one_time_out(costly: Costly, nth: int) -> None:
    for client in costly.desk.clients:
        client.calls.clear()
        costly.costs(client, timedelta(seconds=1), silent_from=nth if client.name == "attic" else None)
    costly.desk.set_ratio(0.01)
    assert costly.watch() < FIVE_MINUTES
    for client in (costly.desk.clients[0], costly.desk.clients[2]):
        assert all(torrent.paused for torrent in client.torrents.values() if not torrent.complete)


@pytest.mark.spec("RAT-1")
def test_clients_that_never_show_a_change_are_left_after_a_bounded_number_of_looks(costly: Costly) -> None:
    for client in costly.desk.clients:
        client.calls.clear()
        client.slow = 10_000
        costly.costs(client, timedelta(seconds=6))
    costly.desk.set_ratio(0.01)
    assert costly.watch() < FIVE_MINUTES
    for client in costly.desk.clients:
        assert sum(call == "fetch" for call, _ in client.calls) <= 2 + 10
        assert all(torrent.paused for torrent in client.torrents.values() if not torrent.complete)
    assert len(costly.waits) <= 3 * 10
