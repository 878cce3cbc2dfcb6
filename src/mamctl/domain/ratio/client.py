"""What a torrent client says of itself and its torrents, in mamctl's own words."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from mamctl.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping


class TorrentState(StrEnum):
    """The state of one torrent. Paused is what qBittorrent 5 calls stopped; `_up` means that it is complete."""

    __hash__ = (
        str.__hash__
    )  # a dict: each torrent of a client is looked up by its state, and calling the Enum takes longer

    DOWNLOADING = "downloading"
    STALLED_DL = "stalled_dl"
    QUEUED_DL = "queued_dl"
    FORCED_DL = "forced_dl"
    METADATA_DL = "metadata_dl"
    FORCED_METADATA_DL = "forced_metadata_dl"
    CHECKING_DL = "checking_dl"
    PAUSED_DL = "paused_dl"
    UPLOADING = "uploading"
    STALLED_UP = "stalled_up"
    QUEUED_UP = "queued_up"
    FORCED_UP = "forced_up"
    CHECKING_UP = "checking_up"
    PAUSED_UP = "paused_up"
    MOVING = "moving"
    MISSING_FILES = "missing_files"
    ERROR = "error"
    CHECKING_RESUME = "checking_resume"
    ALLOCATING = "allocating"
    UNKNOWN = "unknown"


class ClientTorrent(NamedTuple):
    """One torrent of one client; a tuple, for each pass makes thousands. Sizes are bytes, speeds bytes a second,
    `progress` 0 to 1.

    `trackers` are the lower-case hosts of its announce addresses (None when the client did not say); the addresses
    themselves hold passkeys and are never kept. `forced` is the client's force-start flag, which it shows as a state
    only while the torrent runs. `private` is None where the client does not show it (before 5.0).
    """

    hash: str
    name: str
    state: TorrentState
    progress: float = 0.0
    amount_left: int = 0
    size: int = 0
    category: str = ""
    tags: frozenset[str] = frozenset()
    trackers: frozenset[str] | None = None
    uploaded: int = 0
    downloaded: int = 0
    upspeed: int = 0
    dlspeed: int = 0
    private: bool | None = None
    forced: bool = False


@dataclass(frozen=True, slots=True)
class ClientTotals:
    """All that the client ever moved, in bytes, and its speeds now, in bytes a second.

    Both totals are None when unknown: for a moment after its start qBittorrent says 0 and 0.
    """

    uploaded_alltime: int | None
    downloaded_alltime: int | None
    upspeed: int = 0
    dlspeed: int = 0


@dataclass(frozen=True, slots=True)
class ClientSnapshot:
    """A client as it is now; `torrents` by hash, all of them. `full` when nothing saved could be used.

    `session_paused` when the client holds every torrent back at once, whatever their states say (qBittorrent 5.3 and
    later; earlier ones do not show it): nothing downloads or seeds until the user resumes the session.
    """

    name: str
    version: str
    totals: ClientTotals
    torrents: Mapping[str, ClientTorrent] = field(default_factory=dict)
    full: bool = True
    session_paused: bool = False
