"""The settings of the ratio guard: section `[ratio]` of the configuration."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

from mamctl.dataclass import dataclass
from mamctl.domain.bounds import YEAR_S, ByteSize, Matches, Range, Seconds

# A client trims its tags: one with a blank at its end would never be found again.
_TAG = r"[^,\s]([^,\t\r\n]{0,59}[^,\s])?"
_ONE_TAG = "one tag, without commas, not beginning or ending with a blank"


class RatioSource(StrEnum):
    """Whose ratio decides: the clients' own totals, the account on the tracker, or whichever is lower."""

    QBITTORRENT = "qbittorrent"
    TRACKER = "tracker"
    LOWEST = "lowest"


@dataclass(frozen=True, kw_only=True)
class RatioPolicy:
    """The `[ratio]` section. Durations are seconds, sizes bytes; `hold_drop` is a difference of ratios."""

    floor: Annotated[float, Range(low=0.01, high=100)] = 1.0
    recovery: Annotated[float, Range(low=0.01, high=100)] = 1.05
    interval: Annotated[Seconds, Range(low=1, high=86_400)] = 300.0
    source: RatioSource = RatioSource.QBITTORRENT
    min_downloaded: ByteSize = 2**30
    insist: bool = False
    tag: Annotated[str, Matches(_TAG, _ONE_TAG)] = "mamctl-frozen"
    free_tag: Annotated[str, Matches(f"({_TAG})?", _ONE_TAG)] = ""
    hold: Annotated[Seconds, Range(low=0, high=30 * 86_400)] = 86_400.0
    hold_drop: Annotated[float, Range(low=0, high=1)] = 0.02
    forecast_windows: tuple[Seconds, ...] = (3_600.0, 21_600.0, 86_400.0)
    keep_raw: Annotated[Seconds, Range(low=86_400, high=10 * YEAR_S)] = 21 * 86_400.0
    keep_hourly: Annotated[Seconds, Range(low=7 * 86_400, high=10 * YEAR_S)] = 180 * 86_400.0

    @property
    def period(self) -> float:
        """Seconds from one pass to the next: a pass takes time itself, and within `interval` of the ratio's fall the
        freeze is to be done (RAT-1).
        """
        return 0.8 * self.interval

    def faults(self) -> Iterable[tuple[str, str]]:
        """What contradicts itself."""
        if self.recovery < self.floor:
            yield "recovery", f"at least ratio.floor ({self.floor:g})"
        if self.keep_hourly < self.keep_raw:
            yield "keep_hourly", "at least ratio.keep_raw"
