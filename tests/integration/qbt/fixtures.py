"""Fixtures: `program` (every qBittorrent at hand, in turn), `qbittorrent` (starts clients), `tracker`."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.qbt.daemon import Daemon, Program, programs
from tests.integration.qbt.tracker import Tracker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PASSKEY = "0123456789abcdef0123456789abcdef"


def need(name: str) -> Program:
    """The program of that name. What the distribution releases must be there in CI; `next` may be missing."""
    found = programs().get(name)
    if found is None and os.environ.get("CI") and name != "next":
        pytest.fail(f"qBittorrent {name} is missing; run make parts")
    if found is None:
        pytest.skip(f"qBittorrent {name} is not here; run make parts")
    return found


@pytest.fixture(params=["4", "5", "next"])
def program(request: pytest.FixtureRequest) -> Program:
    return need(request.param)


@pytest.fixture
def qbittorrent(program: Program, tmp_path: Path) -> Iterator[Callable[..., Daemon]]:
    """`qbittorrent("ours", totals=(up, down), settings={…})` starts a client and stops it after the test."""
    with ExitStack() as stack:

        def start(name: str = "client", *, program: Program = program, **options: Any) -> Daemon:
            return stack.enter_context(Daemon(program, tmp_path / name, **options))

        yield start


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    """A tracker that knows PASSKEY and nobody else."""
    with Tracker(passkeys={PASSKEY}) as running:
        yield running
