"""The practice tracker's fixtures for its own tests."""

from tests.kit.practice_fixtures import member, tracker

__all__ = ["member", "tracker"]
