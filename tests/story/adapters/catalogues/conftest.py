"""A practice catalogue over HTTP, and adapters that know it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mamctl.adapters.catalogues.client import CatalogueHttp, RequestPolicy
from mamctl.jobs.catalogues.ports import Catalogue
from mamctl.practice.catalogue.make_world import make_world
from mamctl.practice.catalogue.server import PracticeCatalogue
from mamctl.practice.catalogue.world import World
from tests.kit.catalogue import FixedClock, make_catalogue


@pytest.fixture(scope="session")
def world() -> World:
    return make_world(150)


@pytest.fixture
def server(world: World) -> Iterator[PracticeCatalogue]:
    with PracticeCatalogue(world, share={}) as running:
        yield running


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def http(tmp_path: Path, clock: FixedClock) -> Iterator[CatalogueHttp]:
    policy = RequestPolicy(contact="member@catalogue.test")
    client = CatalogueHttp(tmp_path / "catalogues", policy, now=clock, sleep=clock.sleep)
    yield client
    client.close()


@pytest.fixture
def adapter(server: PracticeCatalogue, http: CatalogueHttp, clock: FixedClock) -> Callable[[str], Catalogue]:
    return lambda name: make_catalogue(name, http, server.base_url(name), clock)
