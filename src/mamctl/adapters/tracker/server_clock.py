"""How far this machine's clock is from the site's, as the Date header of its answers tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime


@dataclass(slots=True)
class ServerClock:
    """Remembers the difference heard last; None before any answer carried a readable date."""

    skew: timedelta | None = None

    def update(self, date_header: str | None, now: float) -> None:
        """Take in one answer's Date header; `now` is this machine's unix time."""
        try:
            theirs = parsedate_to_datetime(date_header or "").timestamp()
        except (ValueError, OverflowError):
            return
        self.skew = timedelta(seconds=round(now - theirs))
