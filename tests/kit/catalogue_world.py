"""The made-up world on practice catalogues, a configuration that reaches nothing else, and its library in a store.

A module says with WORKS how many works its world has, and may say with CATALOGUES the keys of that section.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mamctl.practice.catalogue.make_world import make_world
from mamctl.practice.catalogue.server import PracticeCatalogue, catalogue_sections
from mamctl.practice.catalogue.world import Recording, World
from mamctl.store.database import open_store
from tests.kit.stocked_library import stock_library


def write_config(home: Path, server: PracticeCatalogue, *catalogues: str) -> Path:
    """The configuration; `catalogues` are lines of that section."""
    path = home / "mamctl.toml"
    sections = ["[alerts]", "disk_free = 0", "[store]", f'path = "{home / "mamctl.db"}"', catalogue_sections(server)]
    lines = ["[catalogues]", *catalogues, *sections]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def world(request: pytest.FixtureRequest) -> World:
    return make_world(request.module.WORKS)


@pytest.fixture
def server(world: World) -> Iterator[PracticeCatalogue]:
    with PracticeCatalogue(world) as running:
        yield running


@pytest.fixture
def config(request: pytest.FixtureRequest, server: PracticeCatalogue, tmp_path: Path) -> Path:
    return write_config(tmp_path, server, *getattr(request.module, "CATALOGUES", ("timeout = 60",)))


@pytest.fixture
def library(config: Path, tmp_path: Path, world: World) -> dict[int, Recording]:
    with closing(open_store(tmp_path / "mamctl.db")) as db:
        return stock_library(db, world, datetime.now(UTC))
