"""Counts the figures of a pass from what the clients show (RAT-7, RAT-10)."""

from __future__ import annotations

from collections.abc import Iterable

from mamctl.domain.ratio.client import ClientSnapshot, ClientTorrent, TorrentState
from mamctl.domain.ratio.stats import PassStats
from mamctl.domain.ratio.torrent_journal import Scope, TransferState, transfer_state
from mamctl.domain.ratio.totals import MOST


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
