"""Fixtures of the real outside parts."""

from tests.integration.qbt.fixtures import program, qbittorrent, tracker

__all__ = ["program", "qbittorrent", "tracker"]
