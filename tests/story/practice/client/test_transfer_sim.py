"""Time in the practice client: what flows, what does not, and that looking changes nothing."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from mamctl.practice.client import ClientWorld, Torrent
from mamctl.practice.client.transfer_sim import simulate_transfers
from mamctl.practice.clock import PracticeClock
from tests.kit.practice_fixtures import NOW

rates = st.integers(0, 40)
torrents = st.builds(
    Torrent,
    name=st.uuids().map(str),
    size=st.just(5000),
    left=st.integers(0, 5000),
    stopped=st.booleans(),
    over=st.sampled_from(["", "", "checking", "error"]),
    down_rate=rates,
    up_rate=rates,
)


def lived(shelf: list[dict], spans: list[int]) -> ClientWorld:
    world = ClientWorld(PracticeClock(NOW))
    world.add(*(Torrent(**traits) for traits in shelf))
    simulate_transfers(world)
    for seconds in spans:
        world.clock.advance(timedelta(seconds=seconds))
        simulate_transfers(world)
    return world


def traits(torrent: Torrent) -> dict:
    return {name: getattr(torrent, name) for name in Torrent.__slots__}


@given(st.lists(torrents, max_size=5), st.lists(st.integers(0, 900), max_size=6))
def test_it_is_the_same_however_often_somebody_looks(shelf: list[Torrent], spans: list[int]) -> None:
    kept = [traits(torrent) for torrent in shelf]
    often, once = lived(kept, spans), lived(kept, [sum(spans)])
    assert often.torrents == once.torrents
    assert (often.uploaded, often.downloaded) == (once.uploaded, once.downloaded)


@given(st.lists(torrents, max_size=5), st.lists(st.integers(0, 900), max_size=6))
def test_the_totals_are_the_sum_of_what_flowed(shelf: list[Torrent], spans: list[int]) -> None:
    kept = [traits(torrent) for torrent in shelf]
    world = lived(kept, spans)
    assert world.uploaded == sum(torrent.uploaded for torrent in world.torrents.values())
    assert world.downloaded == sum(torrent.downloaded for torrent in world.torrents.values())
    for before in shelf:
        after = world.torrents[before.hash]
        assert after.left + after.downloaded == before.left
        if before.stopped or before.over:
            assert (after.uploaded, after.downloaded) == (0, 0)


def test_a_download_seeds_from_the_second_it_is_complete() -> None:
    world = lived([{"name": "Dune", "size": 100, "left": 95, "down_rate": 10, "up_rate": 3}], [12])
    torrent = world.named("Dune")
    assert (torrent.complete, torrent.downloaded, torrent.uploaded) == (True, 95, 6)


def test_parts_of_a_second_are_not_lost() -> None:
    world = lived([{"name": "Dune", "size": 1000, "left": 1000, "down_rate": 10}], [])
    for _ in range(8):
        world.clock.advance(timedelta(milliseconds=250))
        simulate_transfers(world)
    assert world.downloaded == 20
