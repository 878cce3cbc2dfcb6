"""Unit tests reach nothing outside this process: a socket to an address, or another program, is a story's part."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

# An audit hook cannot be taken away again; it speaks only while a test of this folder runs.
_guarded = False


def _refuse(event: str, args: tuple[Any, ...]) -> None:
    if not _guarded:
        return
    if event == "subprocess.Popen":
        raise AssertionError(f"a unit test starts {args[0]}: such a test belongs in tests/story")
    if event in {"socket.bind", "socket.connect"} and isinstance(args[1], tuple):
        raise AssertionError(f"a unit test opens a socket to {args[1]}: such a test belongs in tests/story")


sys.addaudithook(_refuse)


@pytest.fixture(autouse=True)
def _nothing_outside() -> Iterator[None]:
    global _guarded  # noqa: PLW0603 - the hook has no other way to know
    _guarded = True
    yield
    _guarded = False
