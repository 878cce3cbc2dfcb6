"""The faults that a practice server is to show, each for some of the requests to come."""

from __future__ import annotations

import threading
from dataclasses import field
from enum import StrEnum
from typing import Generic, TypeVar

from mamctl.dataclass import dataclass


@dataclass(slots=True)
class Fault:
    """One fault, on paths beginning with `path` ("" is any): after `skip` of them, for `times` (None: for ever)."""

    kind: StrEnum
    path: str = ""
    times: int | None = 1
    skip: int = 0

    def hits(self, path: str) -> bool:
        """Whether this request meets it; counts it."""
        if not path.startswith(self.path) or self.times == 0:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


Kind = TypeVar("Kind", bound=Fault)


@dataclass(slots=True)
class FaultPlan(Generic[Kind]):
    """The faults to come; may be changed while the server runs, from any thread."""

    faults: list[Kind] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def add(self, fault: Kind) -> Kind:
        """Plan a fault; it is given back, so that its end can be waited for."""
        with self._lock:
            self.faults.append(fault)
        return fault

    def hit(self, path: str) -> Kind | None:
        """The first fault that this request meets; spent ones go."""
        with self._lock:
            hit = next((fault for fault in self.faults if fault.hits(path)), None)
            self.faults = [fault for fault in self.faults if fault.times != 0]
        return hit

    def clear(self) -> None:
        """Forget every planned fault."""
        with self._lock:
            self.faults = []
