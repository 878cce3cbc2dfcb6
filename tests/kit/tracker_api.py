"""The adapter of the tracker on the practice tracker, and what it asked and refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mamctl.adapters.http.policy import Bounds
from mamctl.adapters.tracker.api import TrackerApi
from mamctl.errors import MamctlError
from mamctl.practice.tracker import PracticeTracker
from tests.kit.tracker_loopback import client_for

LIMITS = Bounds(silence=5, total=5, largest_body=1_000_000)


def api_for(tracker: PracticeTracker, directory: Path, session: str = "api") -> TrackerApi:
    """The API as the holder of this session of the practice world."""
    seed = tracker.world.sessions[session].value
    return TrackerApi(client_for(tracker.url, directory / session, seed=seed, bounds=LIMITS))


@pytest.fixture
def api(tracker: PracticeTracker, tmp_path: Path) -> TrackerApi:
    return api_for(tracker, tmp_path)


def slug_of(call: Callable[[], object]) -> str:
    """The name of the error that the call raises; every one says what to do."""
    with pytest.raises(MamctlError) as trouble:
        call()
    assert trouble.value.remedy
    return trouble.value.slug


def requests_of(tracker: PracticeTracker) -> list[tuple[str, str]]:
    """Method and path of every request so far."""
    return [(entry.method, entry.path) for entry in tracker.journal.entries]
