"""From the client's words to mamctl's: states, totals, torrents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mamctl.adapters.qbittorrent.mirror import ROW
from mamctl.domain.ratio.client import ClientSnapshot, ClientTorrent, ClientTotals, TorrentState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mamctl.adapters.qbittorrent.mirror import Mirror

# Every state of qBittorrent 4.1 to 5.x (its Web API documentation, "Get torrent list"); 5.0 renamed paused to stopped.
STATES: dict[str, TorrentState] = {
    "downloading": TorrentState.DOWNLOADING,
    "stalledDL": TorrentState.STALLED_DL,
    "queuedDL": TorrentState.QUEUED_DL,
    "forcedDL": TorrentState.FORCED_DL,
    "metaDL": TorrentState.METADATA_DL,
    "forcedMetaDL": TorrentState.FORCED_METADATA_DL,
    "checkingDL": TorrentState.CHECKING_DL,
    "pausedDL": TorrentState.PAUSED_DL,
    "stoppedDL": TorrentState.PAUSED_DL,
    "uploading": TorrentState.UPLOADING,
    "stalledUP": TorrentState.STALLED_UP,
    "queuedUP": TorrentState.QUEUED_UP,
    "forcedUP": TorrentState.FORCED_UP,
    "checkingUP": TorrentState.CHECKING_UP,
    "pausedUP": TorrentState.PAUSED_UP,
    "stoppedUP": TorrentState.PAUSED_UP,
    "moving": TorrentState.MOVING,
    "missingFiles": TorrentState.MISSING_FILES,
    "error": TorrentState.ERROR,
    "checkingResumeData": TorrentState.CHECKING_RESUME,
    "allocating": TorrentState.ALLOCATING,
}


def read_snapshot(name: str, version: str, mirror: Mirror, *, full: bool) -> ClientSnapshot:
    """The client `name` as its mirror shows it."""
    hosts = mirror.hosts()
    torrents = {
        info_hash: _torrent(info_hash, row, hosts.get(info_hash, frozenset())) for info_hash, row in mirror.rows.items()
    }
    paused = mirror.server.get("session_state", False)
    return ClientSnapshot(name, version, read_totals(mirror.server), torrents, full, session_paused=paused)


def read_totals(server: Mapping[str, Any]) -> ClientTotals:
    """0 and 0 are unknown: so says every version for a moment after its start, whatever its totals are."""
    up, down = server.get("alltime_ul"), server.get("alltime_dl")
    known = up is not None and down is not None and min(up, down) >= 0 and max(up, down) > 0
    return ClientTotals(
        up if known else None,
        down if known else None,
        upspeed=server.get("up_info_speed", 0),
        dlspeed=server.get("dl_info_speed", 0),
    )


def _torrent(info_hash: str, row: tuple[Any, ...], trackers: frozenset[str]) -> ClientTorrent:
    said = dict(zip(ROW, row, strict=True))
    return ClientTorrent(
        hash=info_hash,
        name=said["name"],
        state=STATES.get(said["state"], TorrentState.UNKNOWN),
        progress=said["progress"],
        amount_left=max(0, said["amount_left"]),
        size=max(0, said["size"]),  # -1 for a magnet link whose torrent is not known yet
        category=said["category"],
        tags=read_tags(said["tags"]),
        trackers=trackers,
        uploaded=said["uploaded"],
        downloaded=said["downloaded"],
        upspeed=said["upspeed"],
        dlspeed=said["dlspeed"],
        private=said["private"],
        forced=said["force_start"],
    )


def read_tags(text: str) -> frozenset[str]:
    """The client joins tags with commas, which no tag can hold."""
    return frozenset(tag for part in text.split(",") if (tag := part.strip()))
