"""The ratio to act on: from bytes, never from a rounded string, and unknown when it cannot be read."""

from __future__ import annotations

import math
from collections.abc import Iterable

from mamctl.dataclass import dataclass
from mamctl.domain.ratio.policy import RatioPolicy, RatioSource
from mamctl.domain.ratio.totals import MOST, NOTHING, Totals, TotalsReading
from mamctl.domain.text.quantities import show_size


@dataclass(frozen=True, slots=True)
class RatioReading:
    """A ratio with the bytes it follows from, or None with the reason in `why`.

    `source` says whose it is. `ratio` is `math.inf` while nothing was downloaded. `complete` is false when a client
    was left out; then `ratio` is the lower of what the others say with and without that client's last known totals.
    `too_small` is unknown because hardly anything was downloaded yet: no ratio follows from it.
    """

    ratio: float | None
    why: str
    source: RatioSource = RatioSource.QBITTORRENT
    uploaded: int | None = None
    downloaded: int | None = None
    complete: bool = True
    too_small: bool = False

    @property
    def known(self) -> bool:
        """Whether there is a ratio to act on."""
        return self.ratio is not None


def ratio_of(uploaded: int, downloaded: int) -> float | None:
    """Uploaded over downloaded; infinite while nothing was downloaded, None when nothing was moved at all."""
    if downloaded > 0:
        return uploaded / downloaded
    return math.inf if uploaded > 0 else None


def read_clients(clients: Iterable[TotalsReading | None], min_downloaded: int = 0) -> RatioReading:
    """The ratio over all clients. None stands for one that was not reached and has never been read.

    Totals only grow, and a client that is down moves nothing: the last known totals of one that is silent bound what
    it hides. Acting on the lower of the two figures errs towards safety both when freezing and when thawing. Below
    `min_downloaded` bytes over all of them the ratio means nothing, and is unknown (RAT-13).
    """
    read = list(clients)
    now = [c.now for c in read if c is not None and c.now is not None]
    if not now:
        return RatioReading(None, _why_unknown(read), complete=False)
    silent = [c.last for c in read if c is not None and c.now is None and c.last is not None]
    # A client that never moved anything says 0 and 0 for ever; it hides nothing.
    complete = not silent and all(c is not None for c in read)
    moved = min(_sum(now), _sum([*now, *silent]), key=_ratio_to_compare)
    if moved.down < min_downloaded:
        why = (
            f"{show_size(moved.down)} downloaded in all is too little for a ratio to mean anything"
            f" (ratio.min_downloaded is {show_size(min_downloaded)})"
        )
        return RatioReading(None, why, RatioSource.QBITTORRENT, moved.up, moved.down, complete, too_small=True)
    why = "all clients together" if complete else "the clients that answered"
    return RatioReading(ratio_of(moved.up, moved.down), why, RatioSource.QBITTORRENT, moved.up, moved.down, complete)


def _why_unknown(read: Iterable[TotalsReading | None]) -> str:
    clients = list(read)
    doubts = [client.doubt for client in clients if client is not None and client.doubt]
    return ", ".join(doubts) or ("no client reported its totals" if clients else "no client is configured")


def read_account(ratio: float | None, uploaded: int | None, downloaded: int | None, why: str = "") -> RatioReading:
    """The account's ratio as the tracker's standing gives it; `why` it is unknown when it is. What no ratio can be
    (below zero, or not a number) is unknown too, and so are bytes that no account can have moved.
    """
    if ratio is None or math.isnan(ratio) or ratio < 0:
        return RatioReading(None, why or "the tracker did not report it", RatioSource.TRACKER)
    up, down = (moved if moved is not None and 0 <= moved <= MOST else None for moved in (uploaded, downloaded))
    return RatioReading(ratio, "the account on the tracker", RatioSource.TRACKER, up, down)


def choose_reading(policy: RatioPolicy, clients: RatioReading, account: RatioReading | None) -> RatioReading:
    """The reading that decides. The lowest of the two needs both, for an unknown one could be the lower; but where the
    one that is known is below the floor, so is the lowest. Clients that hardly downloaded anything have no ratio that
    could be the lower.
    """
    if policy.source is RatioSource.QBITTORRENT:
        return clients
    if account is None:
        account = RatioReading(None, "the tracker was not asked", RatioSource.TRACKER)
    if policy.source is RatioSource.TRACKER or clients.too_small:
        return account
    lowest = min(clients, account, key=lambda reading: math.inf if reading.ratio is None else reading.ratio)
    if lowest.ratio is not None and lowest.ratio < policy.floor:
        return lowest
    return next((reading for reading in (clients, account) if not reading.known), lowest)


def _ratio_to_compare(totals: Totals) -> float:
    ratio = ratio_of(totals.up, totals.down)
    return math.inf if ratio is None else ratio


def _sum(totals: Iterable[Totals]) -> Totals:
    return sum(totals, NOTHING)
