"""Troubles that a practice server has in store, each for some of the requests to come."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar


@dataclass(slots=True)
class Planned:
    """One trouble, on paths beginning with `path` ("" is any): after `skip` of them, for `times` (None: for ever)."""

    kind: StrEnum
    path: str = ""
    times: int | None = 1
    skip: int = 0

    def strikes(self, path: str) -> bool:
        """Whether it hits this request; counts it."""
        if not path.startswith(self.path) or self.times == 0:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


Kind = TypeVar("Kind", bound=Planned)


@dataclass(slots=True)
class Plans(Generic[Kind]):
    """The troubles to come; may be changed while the server runs."""

    troubles: list[Kind] = field(default_factory=list)

    def strike(self, path: str) -> Kind | None:
        """The first trouble that hits this request; spent ones go."""
        hit = next((trouble for trouble in self.troubles if trouble.strikes(path)), None)
        self.troubles = [trouble for trouble in self.troubles if trouble.times != 0]
        return hit

    def calm(self) -> None:
        """Forget every planned trouble."""
        self.troubles = []
