"""A desk with a real book of forty seconds on the practice site."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.kit.member import Member
from tests.kit.practice_fixtures import tracker
from tests.kit.queue_desk import QueueDesk

__all__ = ["tracker"]


@pytest.fixture
def desk(tracker, tmp_path: Path) -> QueueDesk:
    tracker.world.torrents.clear()
    return QueueDesk(Member(tracker, tmp_path))


@pytest.fixture
def book(audio_kit: Path, tmp_path: Path) -> Path:
    """A folder with one recording and an e-book beside it."""
    folder = tmp_path / "source" / "Mara Vell - The Salt Road"
    folder.mkdir(parents=True)
    shutil.copyfile(audio_kit / "m4b.m4b", folder / "The Salt Road.m4b")
    (folder / "The Salt Road.epub").write_bytes(b"words")
    return folder
