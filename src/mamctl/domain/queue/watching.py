"""What a torrent in a client means for its download: under way, whole, stalled, yours, or gone (QUE-5, QUE-7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from mamctl.dataclass import dataclass
from mamctl.domain.library.torrent_contents import TorrentListing
from mamctl.domain.ratio.client import TorrentState
from mamctl.domain.text.quantities import show_size, show_span

_S = TorrentState
_SEEDING = frozenset({_S.UPLOADING, _S.STALLED_UP, _S.QUEUED_UP, _S.FORCED_UP, _S.PAUSED_UP})
_STALLABLE = frozenset({_S.STALLED_DL, _S.METADATA_DL, _S.FORCED_METADATA_DL, _S.FORCED_DL, _S.DOWNLOADING})


@dataclass(frozen=True, slots=True)
class ClientFile:
    """A file of a torrent as its client has it: path below the save path, bytes, 0 to 1, and whether it is selected."""

    path: str
    size: int
    progress: float
    selected: bool


@dataclass(frozen=True, slots=True)
class ClientDownload:
    """A torrent of a client, as the queue needs it. Paths are the client's own; `seeding_s` is seconds of seeding.

    `added_at` is when it was added; `ratio_limited` when a share limit of its own would end its seeding.
    """

    hash: str
    name: str
    state: TorrentState
    progress: float
    amount_left: int
    size: int
    save_path: str
    content_path: str
    category: str = ""
    tags: frozenset[str] = frozenset()
    seeding_s: float = 0.0
    added_at: datetime | None = None
    seeders: int = 0
    seed_time_limit_s: float | None = None
    ratio_limit: float | None = None


@dataclass(frozen=True, slots=True)
class AddRequest:
    """How a torrent is added: the client's own path to save to, a category and tags to know it by."""

    save_path: str
    category: str = ""
    tags: tuple[str, ...] = ()


class DownloadState(StrEnum):
    """What a look at the client says."""

    UNDER_WAY = "under_way"
    COMPLETE = "complete"
    STALLED = "stalled"
    YOURS = "yours"
    BROKEN = "broken"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Watched:
    """The verdict with its reason."""

    state: DownloadState
    reason: str


@dataclass(frozen=True, slots=True)
class Progress:
    """What an earlier look saw: `left` bytes, and since when they have not become fewer."""

    left: int
    since: datetime


_DECIDED = {
    _S.MISSING_FILES: Watched(DownloadState.BROKEN, "the client is missing its files; stop it, then recheck"),
    _S.ERROR: Watched(DownloadState.BROKEN, "the client reports an error of the disk"),
    _S.PAUSED_DL: Watched(DownloadState.YOURS, "stopped in the client; it continues when you start it"),
}


def judge_progress(
    torrent: ClientDownload | None,
    files: tuple[ClientFile, ...],
    listing: TorrentListing | None,
    before: Progress | None,
    stalled_after: timedelta,
    now: datetime,
) -> Watched:
    """The verdict on one torrent, with its `files` (only needed once nothing is left) and what its torrent lists.

    A stop by you is yours; nothing is ever resumed or removed here.
    """
    if torrent is None:
        return Watched(DownloadState.GONE, "the torrent is no longer in the client")
    if torrent.state in _DECIDED:
        return _DECIDED[torrent.state]
    if torrent.state in _SEEDING:
        lacking = incomplete_because(torrent, files, listing)
        return (
            Watched(DownloadState.UNDER_WAY, lacking)
            if lacking
            else Watched(DownloadState.COMPLETE, "every file is complete")
        )
    if torrent.state not in _STALLABLE:
        return Watched(DownloadState.UNDER_WAY, f"the client says {torrent.state.value.replace('_', ' ')}")
    return _judge_flow(torrent, before, stalled_after, now)


def _judge_flow(torrent: ClientDownload, before: Progress | None, stalled_after: timedelta, now: datetime) -> Watched:
    still = before is not None and torrent.amount_left >= before.left
    if still and before is not None and now - before.since >= stalled_after:
        still_for = show_span((now - before.since).total_seconds())
        return Watched(DownloadState.STALLED, f"no progress for {still_for}, {torrent.seeders} seeders")
    return Watched(DownloadState.UNDER_WAY, f"{torrent.progress:.0%} of {show_size(torrent.size)}")


def next_progress(torrent: ClientDownload, before: Progress | None, now: datetime) -> Progress:
    """What to remember for the next pass. A stop, a check or a wait in the client's queue is not a standstill."""
    moves = before is None or torrent.amount_left < before.left or torrent.state not in _STALLABLE
    return Progress(torrent.amount_left, now if moves or before is None else before.since)


def incomplete_because(
    torrent: ClientDownload, files: tuple[ClientFile, ...], listing: TorrentListing | None
) -> str | None:
    """QUE-5: what is still missing of a torrent that seeds; None when it is complete.

    A stopped one that has everything is complete too: all is there to be read.
    """
    if torrent.progress < 1 or torrent.amount_left > 0:
        return f"{show_size(torrent.amount_left)} left to download"
    if lacking := _file_lacking(files, listing):
        return lacking
    if not is_below(torrent.content_path, torrent.save_path):
        return "its files are still being moved to the save path"
    return None


def _file_lacking(files: tuple[ClientFile, ...], listing: TorrentListing | None) -> str | None:
    if not files:
        return "the client does not list its files"
    if unselected := [file.path for file in files if not file.selected]:
        return f"{len(unselected)} of its files are not selected, such as {unselected[0]}"
    if parts := [file.path for file in files if file.progress < 1]:
        return f"{len(parts)} of its files are incomplete, such as {parts[0]}"
    size = sum(file.size for file in files)
    if listing is not None and size != listing.size:
        return f"its files have {size:,} bytes where the torrent lists {listing.size:,}"
    return None


def is_below(path: str, folder: str) -> bool:
    """Whether a client's path lies in a folder of it; "/data/ab" does not lie in "/data/a"."""
    inner, outer = _parts(path), _parts(folder)
    return len(inner) > len(outer) and inner[: len(outer)] == outer


def map_path(path: str, table: Mapping[str, str]) -> str | None:
    """The client's path as this machine has it, by the longest fitting entry of `path_map`; itself without any table.

    None when there is a table and no entry of it fits.
    """
    if not table:
        return path
    fitting = [
        (source, target) for source, target in table.items() if _parts(path)[: len(_parts(source))] == _parts(source)
    ]
    if not fitting:
        return None
    source, target = max(fitting, key=lambda pair: len(_parts(pair[0])))
    rest = "/".join(_parts(path)[len(_parts(source)) :])
    return f"{target.rstrip('/')}/{rest}" if rest else target


def _parts(path: str) -> list[str]:
    """A path in its parts; a Windows client's has backslashes."""
    return [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]
