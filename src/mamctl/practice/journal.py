"""The journal of requests seen, without secrets, for tests to assert on."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any

from mamctl.dataclass import dataclass
from mamctl.domain.json_values import JsonObject

if TYPE_CHECKING:
    from datetime import datetime

MASK = "***"
_SECRET_FIELDS = frozenset({"mam_id", "password", "passkey", "dl", "email", "t", "j", "a", "key"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One request. `status` is None when the connection was broken instead of answered."""

    number: int
    at: datetime
    method: str
    path: str
    fields: JsonObject
    status: int | None
    session: str | None
    user_agent: str
    host: str
    trouble: str | None = None
    overlapping: bool = False
    forbidden: bool = False
    refused: str | None = None


@dataclass(slots=True)
class Journal:
    """The requests in the order in which they were decided."""

    entries: list[Entry] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def note(self, **facts: Any) -> Entry:
        """Write one entry; it gets the next number."""
        with self._lock:
            entry = Entry(number=len(self.entries) + 1, **facts)
            self.entries.append(entry)
            return entry

    def paths(self) -> list[str]:
        """The paths in order."""
        return [entry.path for entry in self.entries]

    def of(self, path: str) -> list[Entry]:
        """The entries whose path begins with `path`."""
        return [entry for entry in self.entries if entry.path.startswith(path)]

    def forbidden(self) -> list[Entry]:
        """Requests that the site forbids to programs."""
        return [entry for entry in self.entries if entry.forbidden]

    def overlapping(self) -> list[Entry]:
        """Requests that began while another of the same session was under way."""
        return [entry for entry in self.entries if entry.overlapping]

    def clear(self) -> None:
        """Begin afresh."""
        with self._lock:
            self.entries.clear()


def masked(fields: Any) -> Any:
    """The fields with every secret value replaced."""
    if isinstance(fields, Mapping):
        return {
            key: MASK if key in _SECRET_FIELDS and not isinstance(value, (Mapping, list)) else masked(value)
            for key, value in fields.items()
        }
    return [masked(item) for item in fields] if isinstance(fields, list) else fields


def masked_path(path: str) -> str:
    """The path without a download hash."""
    script, found, rest = path.partition("/tor/download.php/")
    return f"{script}{found}{MASK}" if found and rest else path
