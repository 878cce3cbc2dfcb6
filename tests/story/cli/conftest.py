"""A member of the practice tracker whose clock is this machine's."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mamctl.practice.tracker import PracticeTracker
from tests.kit.member import Member
from tests.kit.practice_fixtures import tracker

__all__ = ["tracker"]


@pytest.fixture
def reader(tracker: PracticeTracker, tmp_path: Path) -> Member:
    home = tmp_path / "reader"
    home.mkdir()
    tracker.world.clock.move_to(datetime.now(UTC))
    member = Member(tracker, home)
    member.expire_in(days=40)
    return member
