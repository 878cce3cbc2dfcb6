"""A process that is gone from one step on, as after a kill."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest


class KilledError(BaseException):
    """The process is gone: nothing catches it, and nothing after it runs or tidies up."""


def die_before(patch: pytest.MonkeyPatch, number: int, *places: tuple[object, str]) -> list[str]:
    """Each call of these attributes is a step, and instead of the `number`th (from 0) the process dies.

    The names of the steps that were made.
    """
    steps: list[str] = []

    def dying(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **more: Any) -> Any:
            if len(steps) == number:
                raise KilledError
            steps.append(name)
            return call(*args, **more)

        return run

    for place, name in places:
        found = dying(name, getattr(place, name))
        is_static = isinstance(inspect.getattr_static(place, name), staticmethod)
        patch.setattr(place, name, staticmethod(found) if is_static else found)
    return steps
