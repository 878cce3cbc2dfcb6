"""Bounds of configuration values as annotations, so that a policy states its own limits in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, slots=True)
class Range:
    """A number within `low` … `high`, both included; `None` leaves that side open."""

    low: float | None = None
    high: float | None = None

    def fault(self, value: float) -> str | None:
        """What is expected, when `value` is outside."""
        if self.low is not None and value < self.low:
            return f"at least {self.low:g}"
        if self.high is not None and value > self.high:
            return f"at most {self.high:g}"
        return None


@dataclass(frozen=True, slots=True)
class Matches:
    """Text of a form; `expected` says it in words."""

    pattern: str
    expected: str

    def fault(self, value: str) -> str | None:
        """What is expected, when `value` has another form."""
        return None if re.fullmatch(self.pattern, value) else self.expected


@dataclass(frozen=True, slots=True)
class DurationText:
    """Seconds as a number, or text such as "90s", "5m", "24h", "30d"."""


Seconds = Annotated[float, DurationText(), Range(low=0)]
HttpUrl = Annotated[
    str,
    Matches(
        r"https://[^\s/@]+(/\S*)?|http://(127(\.\d{1,3}){3}|localhost|\[::1\])(:\d+)?(/\S*)?",
        "an https address (plain http only for this machine)",
    ),
]
# A torrent client is mostly on the same machine or network, where nobody has certificates. A name and password belong
# into keys of their own, never into the address.
ClientUrl = Annotated[
    str, Matches(r"https?://[^\s/@?#]+(/[^\s@?#]*)?", "an http or https address, without a user name in it")
]
