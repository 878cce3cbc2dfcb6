"""How the practice catalogue misbehaves, and the journal of what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mamctl.practice.planned import Planned, Plans

MASK = "***"


class TroubleKind(StrEnum):
    """What can go wrong with one request."""

    OUTAGE = "outage"  # status 503
    RESET = "reset"  # the connection breaks without an answer
    SLOW = "slow"  # a delay, then the right answer
    THROTTLED = "throttled"  # status 429 in the catalogue's own form, with Retry-After if `retry_after` is set
    SOFT_BLOCK = "soft_block"  # status 202 and nothing else
    EMPTY = "empty"  # status 200 and an empty body
    PAGE = "page"  # status 200 and a web page
    TRUNCATED = "truncated"  # half of the right answer
    OTHER_SHAPE = "other_shape"  # well-formed, but all keys are new
    REFUSED_KEY = "refused_key"  # the key is not accepted
    STUB = "stub"  # Audible: a product with nothing but its ASIN
    OLD_MISSING = "old_missing"  # Audnexus: a missing book as status 500, as it was for years
    OLD_ERROR = "old_error"  # Audnexus: an error in the older shape
    WRONG_BOOK = "wrong_book"  # the right form about another book
    HUGE = "huge"  # an answer without end
    BODY = "body"  # `body` as it is, with `status` and `headers`


@dataclass(slots=True)
class Trouble(Planned):
    """One trouble for requests to a catalogue (`path` is its prefix; "" is any), with what some kinds need."""

    retry_after: str | None = None
    delay: float = 0.0
    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One request seen; keys are masked. `at` is the arrival in seconds since 1970."""

    number: int
    at: float
    catalogue: str
    method: str
    path: str
    params: Mapping[str, str]
    user_agent: str
    trouble: TroubleKind | None


@dataclass(slots=True)
class Mood:
    """The troubles to come and the journal of requests, for all threads of the server."""

    plans: Plans[Trouble] = field(default_factory=Plans)
    journal: list[Entry] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, kind: TroubleKind, catalogue: str = "*", *, times: int | None = None, **knobs: Any) -> Trouble:
        """Make a trouble for one catalogue ("*": any), for `times` requests (None: always); knobs as in Trouble."""
        trouble = Trouble(kind, "" if catalogue == "*" else f"{catalogue}/", times, **knobs)
        with self._lock:
            self.plans.troubles.append(trouble)
        return trouble

    def clear(self) -> None:
        """Behave well again, and forget the journal."""
        with self._lock:
            self.plans.calm()
            self.journal.clear()

    def meet(
        self, catalogue: str, method: str, path: str, params: Mapping[str, str], agent: str, at: float
    ) -> Trouble | None:
        """Write the request down, and say which trouble it meets."""
        with self._lock:
            trouble = self.plans.strike(f"{catalogue}/")
            shown = {key: MASK if key == "key" else value for key, value in params.items()}
            kind = TroubleKind(trouble.kind) if trouble else None
            self.journal.append(Entry(len(self.journal) + 1, at, catalogue, method, path, shown, agent, kind))
        return trouble

    def asked(self, catalogue: str | None = None) -> list[Entry]:
        """The requests seen, those to one catalogue if it is named."""
        with self._lock:
            return [entry for entry in self.journal if catalogue in {None, entry.catalogue}]
