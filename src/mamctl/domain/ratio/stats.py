"""The figures of one pass (RAT-7, RAT-10): counted from what the clients show."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

from mamctl.dataclass import dataclass
from mamctl.domain.ratio.client import ClientSnapshot, ClientTorrent, TorrentState
from mamctl.domain.ratio.forecast import Rates
from mamctl.domain.ratio.torrent_journal import Scope, TransferState, transfer_state
from mamctl.domain.ratio.totals import MOST

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


def count_stats(
    snapshots: Iterable[tuple[ClientSnapshot, Scope]], frozen: Iterable[tuple[str, str]], free_tag: str = ""
) -> PassStats:
    """`frozen` names the frozen downloads by client and hash; those with `free_tag` are not among what is to come."""
    held = frozenset(frozen)
    ours: list[tuple[str, ClientTorrent]] = []
    speeds: list[tuple[int, int]] = []
    for snapshot, scope in snapshots:
        speeds.append((snapshot.totals.upspeed, snapshot.totals.dlspeed))
        ours += [(snapshot.name, torrent) for torrent in snapshot.torrents.values() if scope.holds(torrent)]
    costly = [(client, torrent) for client, torrent in ours if not free_tag or free_tag not in torrent.tags]
    return PassStats(
        upspeed=_sum(up for up, _ in speeds) if speeds else None,
        dlspeed=_sum(down for _, down in speeds) if speeds else None,
        active_uploads=sum(_uploads(torrent) for _, torrent in ours),
        active_downloads=sum(torrent.state is TorrentState.DOWNLOADING or torrent.dlspeed > 0 for _, torrent in ours),
        frozen=len(held),
        torrents=len(ours),
        flowing_left=_sum(
            torrent.amount_left for _, torrent in costly if transfer_state(torrent) is TransferState.DOWNLOADS
        ),
        frozen_left=_sum(torrent.amount_left for client, torrent in costly if _is_held(client, torrent, held)),
    )


def _sum(figures: Iterable[int]) -> int:
    """Without what no client can mean, and never more than the store can hold."""
    return min(sum(figure for figure in figures if 0 <= figure <= MOST), MOST)


def _uploads(torrent: ClientTorrent) -> bool:
    return torrent.state is TorrentState.UPLOADING or torrent.upspeed > 0


def _is_held(client: str, torrent: ClientTorrent, held: frozenset[tuple[str, str]]) -> bool:
    return (client, torrent.hash) in held and transfer_state(torrent) is not TransferState.DOWNLOADS


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
