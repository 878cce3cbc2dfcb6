"""Fixtures of the real outside parts, and more time for what waits for them."""

from pathlib import Path

import pytest

from tests.integration.qbt.fixtures import program, qbittorrent, tracker

__all__ = ["program", "qbittorrent", "tracker"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A wait may last two minutes on a machine that is busy with other things; a test has several."""
    for item in items:
        if Path(__file__).parent in item.path.parents and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(400))
