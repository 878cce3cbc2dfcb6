"""The practice clock: real time or a standing moment, moved by hand so that a demo lives through weeks."""

from __future__ import annotations

from dataclasses import field
from datetime import UTC, datetime, timedelta

from mamctl.dataclass import dataclass


@dataclass(slots=True)
class PracticeClock:
    """Called, it gives the world's aware UTC time; `standing_at` None means real time plus `offset`."""

    standing_at: datetime | None = None
    offset: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return (self.standing_at or datetime.now(UTC)) + self.offset

    def advance(self, by: timedelta) -> None:
        """Let `by` go past."""
        self.offset += by

    def move_to(self, moment: datetime) -> None:
        """Make it `moment` now."""
        self.offset += moment - self()
