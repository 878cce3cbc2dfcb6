"""The practice catalogue: on its own as a program, misbehaving on demand, telling of changed worlds."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from dataclasses import replace
from urllib.request import urlopen

from mamctl.practice.catalogue.faults import FaultKind
from mamctl.practice.catalogue.make_world import make_world
from mamctl.practice.catalogue.server import WIRES, PracticeCatalogue
from mamctl.practice.catalogue.world import World


def _get(address: str):
    with urlopen(address, timeout=20) as response:
        return json.loads(response.read())


def test_it_runs_alone_and_says_how_to_reach_it():
    command = [sys.executable, "-m", "mamctl.practice.catalogue", "--books", "20", "--seed", "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            told = "".join(process.stdout.readline() for _ in range(1 + 3 * len(WIRES) + 1))
            section = tomllib.loads(told)["catalogues"]
            work = make_world(20, seed=3).works[0]
            title = work.title.replace(" ", "%20")
            found = _get(f"{section['open_library']['base_url']}/search.json?title={title}")
            assert work.title in {doc["title"] for doc in found["docs"]}
        finally:
            process.terminate()


def test_a_fault_comes_when_it_is_due_and_goes_again():
    with PracticeCatalogue(make_world(10)) as server:
        server.behaviour.plan(FaultKind.OTHER_SHAPE, "itunes", skip=1, times=1)
        address = f"{server.root}/itunes/lookup?id=1"
        assert ["results" in _get(address) for _ in range(3)] == [True, False, True]
        assert [entry.trouble for entry in server.asked("itunes")] == [None, FaultKind.OTHER_SHAPE, None]
        server.reset()
        assert server.asked() == []


def test_the_world_can_change_under_it():
    world = make_world(10)
    with PracticeCatalogue(world) as server:
        renamed = tuple(replace(work, description="Told anew.") for work in world.works)
        server.show(World(renamed, world.series))
        assert _get(f"{server.root}/open_library/works/OL2W.json")["description"] == "Told anew."


def test_a_share_of_the_world_is_the_same_each_time():
    world = make_world(200)
    with PracticeCatalogue(world, share={"itunes": 0.5}) as server:
        known = [server.shelves.knows("itunes", work) for work in world.works]
        assert known == [server.shelves.knows("itunes", work) for work in world.works]
        assert 0.35 < sum(known) / len(known) < 0.65
        assert all(server.shelves.knows("audible", work) for work in world.works)
