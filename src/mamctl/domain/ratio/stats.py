"""The figures of one pass (RAT-7, RAT-10), and the rates between several."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

from mamctl.dataclass import dataclass
from mamctl.domain.ratio.forecast import Rates

_LEAST_SPAN = 60.0  # seconds; over less, a rate is noise
_LEAST_SHARE = 0.5  # of its window that a rate must cover


@dataclass(frozen=True, slots=True)
class PassStats:
    """Speeds in bytes a second, sizes in bytes; counts are of torrents in scope. A speed not reported is None.

    `flowing_left` is what running downloads still need, `frozen_left` what the frozen ones need; freeleech downloads
    are in neither where they do not count.
    """

    upspeed: int | None
    dlspeed: int | None
    active_uploads: int
    active_downloads: int
    frozen: int
    torrents: int
    flowing_left: int
    frozen_left: int


@dataclass(frozen=True, slots=True)
class TotalsSample:
    """What a client had moved at one moment."""

    at: datetime
    uploaded: int
    downloaded: int


def rate_over(marks: Iterable[TotalsSample], window: float, now: datetime) -> Rates | None:
    """Mean rates of one client over the last `window` seconds; None when its marks cover less than half of it.

    Totals that fell (a client that lost its last minutes in a crash) begin a new stretch.
    """
    recent = sorted((mark for mark in marks if 0 <= (now - mark.at).total_seconds() <= window), key=lambda m: m.at)
    up = down = span = 0.0
    for before, after in pairwise(recent):
        if after.uploaded < before.uploaded or after.downloaded < before.downloaded:
            continue
        up += after.uploaded - before.uploaded
        down += after.downloaded - before.downloaded
        span += (after.at - before.at).total_seconds()
    if span < max(_LEAST_SPAN, window * _LEAST_SHARE):
        return None
    return Rates(window, up / span, down / span)


def add_rates(rates: Iterable[Rates | None]) -> Rates | None:
    """The rates of several clients over one window together; None when one of them is unknown."""
    known = list(rates)
    if not known or any(rate is None for rate in known):
        return None
    some = [rate for rate in known if rate is not None]
    return Rates(some[0].window, sum(rate.up for rate in some), sum(rate.down for rate in some))
