"""Whether a torrent file is the one that was asked for, before it is handed to a client (QUE-1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from mamctl.dataclass import dataclass
from mamctl.domain.library.torrent_contents import TorrentListing

if TYPE_CHECKING:
    from mamctl.domain.site.search import TorrentRow

MOST_FILES = 5_000  # a book in chapters of a few minutes has hundreds
_ROUNDING = 0.06  # the site writes "1.3 GiB"
_SMALL_ROUNDING = 1_100_000  # bytes


@dataclass(frozen=True, slots=True)
class FetchedTorrent:
    """A torrent file as it was read. `hosts` are those of its trackers; the addresses hold a passkey and are not kept.

    `private` is its private flag. The file itself is kept in memory only, until the client has it.
    """

    info_hash: str
    listing: TorrentListing
    private: bool
    hosts: frozenset[str]


@dataclass(frozen=True, slots=True)
class TorrentFile:
    """A torrent file on its way to a client. Its bytes hold your passkey: they are never written or shown."""

    torrent: FetchedTorrent
    content: bytes = field(repr=False)


class RefusalKind(StrEnum):
    """Why the site gave no torrent file: its block for too many unsatisfied torrents, other words, or it is gone."""

    BLOCKED = "blocked"
    REFUSED = "refused"
    GONE = "gone"
    NOT_A_TORRENT = "not_a_torrent"


@dataclass(frozen=True, slots=True)
class TorrentRefusal:
    """The site's answer where it is not a torrent file; `wait` is how long a block lasts."""

    kind: RefusalKind
    words: str
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class TorrentFault:
    """Why a torrent file is not handed over: a stable name, and the words."""

    name: str
    detail: str


def judge_torrent(torrent: FetchedTorrent, row: TorrentRow, trackers: Iterable[str]) -> TorrentFault | None:
    """The first fault of a torrent file for the row that was chosen; None when it is what the site lists.

    `trackers` are the hosts that belong to the site, as `scope_trackers` names them.
    """
    if not torrent.private:
        return TorrentFault("not_private", "the torrent is not marked private")
    return _judge_trackers(torrent.hosts, tuple(trackers)) or _judge_contents(torrent.listing, row)


def _judge_trackers(hosts: frozenset[str], known: tuple[str, ...]) -> TorrentFault | None:
    if len(hosts) != 1:
        named = ", ".join(sorted(hosts)) or "none"
        return TorrentFault("trackers", f"one tracker was expected, and it names {named}")
    (host,) = hosts
    if not any(host == name or host.endswith(f".{name}") for name in known):
        return TorrentFault("trackers", f"its tracker {host} is not one of the site's")
    return None


def _judge_contents(listing: TorrentListing, row: TorrentRow) -> TorrentFault | None:
    count = len(listing.files)
    if count > MOST_FILES:
        return TorrentFault("too_many_files", f"it lists {count:,} files; at most {MOST_FILES:,} are taken")
    if row.file_count and row.file_count != count:
        return TorrentFault("other_files", f"it lists {count} files where the site lists {row.file_count}")
    if row.size_bytes is not None and not sizes_agree(listing.size, row.size_bytes):
        return TorrentFault("other_size", f"it has {listing.size:,} bytes, the site lists {row.size_bytes:,}")
    return None


def sizes_agree(exact: int, rounded: int) -> bool:
    """Whether an exact size is what the site rounds to one digit after the point."""
    return abs(exact - rounded) <= max(_ROUNDING * rounded, _SMALL_ROUNDING)
