"""When requests may leave, over all processes, and how far this machine's clock is from the site's.

The last request's time is kept next to the session.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from mamctl.adapters.http.policy import parse_http_date
from mamctl.adapters.private_files import write_private

LONGEST_BAN = 6 * 3600.0  # a Retry-After beyond this is taken as this


@dataclass(frozen=True, slots=True)
class Pace:
    """Unix seconds: when the last request left, and before when the tracker asked not to be asked again."""

    last: float = 0.0
    not_before: float = 0.0

    def wait(self, now: float, interval: float) -> float:
        """Seconds to wait for the interval; a clock that was set back never makes it longer than the interval."""
        return min(max(0.0, self.last + interval - now), interval)

    def banned_for(self, now: float) -> float:
        """Seconds the tracker still asked for; 0 when it did not, or when the figure cannot be right."""
        left = self.not_before - now
        return left if 0 < left <= LONGEST_BAN else 0.0


@dataclass(frozen=True, slots=True)
class PaceFile:
    """The pace of one session on disk. Losing it costs politeness only, so an unreadable one counts as none."""

    path: Path

    def read(self) -> Pace:
        """The recorded pace; a fresh one when there is none."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            pace = Pace(float(found["last"]), float(found["not_before"]))
        except (OSError, ValueError, TypeError, KeyError, OverflowError):
            return Pace()
        return pace if math.isfinite(pace.last) and math.isfinite(pace.not_before) else Pace()

    def write(self, pace: Pace) -> None:
        """Record it. Raises OSError: a directory that cannot be written could not keep a rotated cookie either."""
        write_private(self.path, json.dumps({"last": pace.last, "not_before": pace.not_before}))


@dataclass(slots=True)
class ServerClock:
    """Remembers the latest difference; None before any answer carried a readable date."""

    skew: timedelta | None = None

    def update(self, date_header: str | None, now: float) -> None:
        """Take in one answer's Date header; `now` is this machine's unix time."""
        theirs = parse_http_date(date_header)
        if theirs is not None:
            self.skew = timedelta(seconds=round(now - theirs))
