"""How frozen downloads go on after an emergency that came back within a day: one after another (RAT-14)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from mamctl.dataclass import dataclass
from mamctl.domain.ratio.client import ClientTorrent
from mamctl.domain.ratio.policy import RatioPolicy
from mamctl.domain.ratio.reading import RatioReading
from mamctl.domain.ratio.totals import MOST

# From the second freeze within this time on, the downloads are released one after another.
FLAPPING = timedelta(hours=24)
FLAPS = 2


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A frozen download that waits, with its client."""

    client: str
    torrent: ClientTorrent

    @property
    def left(self) -> int | None:
        """Bytes that it still needs; None while the client cannot know (a magnet link without its metadata)."""
        known = self.torrent.size > 0 or self.torrent.amount_left > 0
        return self.torrent.amount_left if known and 0 <= self.torrent.amount_left <= MOST else None


def next_releases(
    waiting: Iterable[HeldBack], reading: RatioReading, policy: RatioPolicy, flowing_left: int
) -> tuple[HeldBack, ...]:
    """The downloads that may go on now, the smallest first: each only when the ratio stays at the floor or above even
    if nothing more is uploaded while it and all that runs (`flowing_left` bytes) is downloaded. The first one that the
    ratio cannot bear ends the row. One of unknown size goes on alone.
    """
    released: list[HeldBack] = []
    for one in sorted(waiting, key=_by_size):
        if not _may_go_on(one, reading, policy, flowing_left, alone=not released):
            break
        released.append(one)
        flowing_left += one.left or 0
        if one.left is None:
            break
    return tuple(released)


def _may_go_on(one: HeldBack, reading: RatioReading, policy: RatioPolicy, flowing_left: int, *, alone: bool) -> bool:
    if reading.ratio is None:
        return False
    if reading.uploaded is None or reading.downloaded is None:
        # Without bytes nothing can be reckoned: one at a time, each from the recovery.
        return alone and flowing_left == 0 and reading.ratio >= policy.recovery
    if one.left is None and not (alone and flowing_left == 0):
        return False
    return reading.uploaded >= policy.floor * (reading.downloaded + flowing_left + (one.left or 0))


def _by_size(one: HeldBack) -> tuple[bool, int, str, str]:
    return (one.left is None, one.left or 0, one.client, one.torrent.hash)
