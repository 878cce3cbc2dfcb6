"""What a client says of itself and its torrents: how the next `sync/maindata` is merged, and what it means.

An incremental answer holds only the changed fields of changed torrents (qBittorrent Web API documentation,
"Get main data"); `full_update` is present only in a whole answer, which replaces everything.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mamctl.domain.ratio.client import ClientSnapshot, ClientTorrent, ClientTotals, TorrentState
from mamctl.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Kinds = tuple[type[Any], ...]

# What is kept of each torrent and of the client, with the types it may have; all else is dropped at once.
ROW: dict[str, Kinds] = {
    "name": (str,),
    "state": (str,),
    "progress": (float, int),
    "amount_left": (int,),
    "size": (int,),
    "category": (str,),
    "tags": (str,),
    "uploaded": (int,),
    "downloaded": (int,),
    "upspeed": (int,),
    "dlspeed": (int,),
    "force_start": (bool,),
    "private": (bool, type(None)),  # since 5.0, and null for a magnet link whose torrent is not known yet
}
SERVER: dict[str, Kinds] = {
    "alltime_ul": (int,),
    "alltime_dl": (int,),
    "up_info_speed": (int,),
    "dl_info_speed": (int,),
    "session_state": (bool,),  # since 5.3; true when the session as a whole is paused
}

HASH = regex(r"[0-9a-fA-F]{40}([0-9a-fA-F]{24})?")  # never "all", which the client takes for every torrent
MOST = 2**53  # above it JSON numbers are no longer exact, and no figure of a client is that large


_LAST_RID = 1_000_000  # after it a client numbers its answers from 1 again


class OddAnswerError(ValueError):
    """The answer does not have the shape of main data; the text names the field, never its value."""


@dataclass(frozen=True, slots=True)
class Announced:
    """The torrents of one announce URL. Only its host is kept: the rest of the URL holds a passkey."""

    host: str
    hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mirror:
    """`rid` names the last answer merged; `trackers` are keyed by a digest of the announce URL."""

    rid: int = 0
    server: Mapping[str, Any] = field(default_factory=dict)
    rows: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    trackers: Mapping[str, Announced] = field(default_factory=dict)

    def hosts(self) -> dict[str, frozenset[str]]:
        """Hash → the hosts of its trackers."""
        found: dict[str, frozenset[str]] = {}
        for announced in self.trackers.values():
            host = frozenset((announced.host,))
            these = dict.fromkeys(announced.hashes, host)
            for info_hash in found.keys() & these.keys():  # most torrents have one tracker
                these[info_hash] = found[info_hash] | host
            found |= these
        return found


def merge_main_data(before: Mirror, answer: Any) -> Mirror:
    """The mirror after one answer; raises OddAnswerError when the answer has another shape."""
    changes = _mapping(answer, "the answer")
    if changes.get("full_update"):
        before = Mirror()
    return Mirror(
        rid=_checked(changes, "rid", (int,)),
        server=_merge_server(before.server, _mapping(changes.get("server_state", {}), "server_state")),
        rows=_merge_rows(before.rows, changes),
        trackers=_merge_trackers(before.trackers, changes),
    )


def is_next(rid: int, after: int) -> bool:
    """Whether answer `rid` of a session is the one right after answer `after`, so that none in between was lost.

    A client numbers the answers of a session one by one (qBittorrent, synccontroller.cpp). Where an answer was lost,
    it says again what that one said, but from 5.0 on only of torrents and totals that did not change again since: of
    those it says the later change alone.
    """
    return rid == after % _LAST_RID + 1


def _merge_server(before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    changed = {name: _checked(changes, name, kinds) for name, kinds in SERVER.items() if name in changes}
    return {**before, **changed}


def _merge_rows(before: Mapping[str, tuple[Any, ...]], changes: Mapping[str, Any]) -> Mapping[str, tuple[Any, ...]]:
    """`before` itself where nothing changed."""
    torrents = _mapping(changes.get("torrents", {}), "torrents")
    removed = _texts(changes.get("torrents_removed", []), "torrents_removed")
    if not torrents and not removed:
        return before
    rows = dict(before)
    for info_hash, changed in torrents.items():
        if not HASH.fullmatch(info_hash):
            raise OddAnswerError("a torrent's hash is not valid")
        rows[info_hash] = _merge_row(rows.get(info_hash), _mapping(changed, "a torrent"))
    for info_hash in removed:
        rows.pop(info_hash, None)
    return rows


def _merge_row(before: tuple[Any, ...] | None, changed: Mapping[str, Any]) -> tuple[Any, ...]:
    if before is None:
        return tuple(_checked(changed, name, kinds) for name, kinds in ROW.items())
    return tuple(
        _checked(changed, name, kinds) if name in changed else old
        for (name, kinds), old in zip(ROW.items(), before, strict=True)
    )


def _merge_trackers(before: Mapping[str, Announced], changes: Mapping[str, Any]) -> Mapping[str, Announced]:
    """`before` itself where nothing changed. A changed tracker comes with all of its torrents again."""
    changed = _mapping(changes.get("trackers", {}), "trackers")
    removed = _texts(changes.get("trackers_removed", []), "trackers_removed")
    if not changed and not removed:
        return before
    trackers = dict(before)
    for url, hashes in changed.items():
        trackers[_digest(url)] = Announced(tracker_host(url), _texts(hashes, "a tracker"))
    for url in removed:
        trackers.pop(_digest(url), None)
    return trackers


def tracker_host(url: str) -> str:
    """The lower-case host of an announce URL; empty when there is none to be seen."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _digest(url: str) -> str:
    """Recognises an announce URL again without keeping it."""
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _mapping(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise OddAnswerError(f"{what} is not an object")
    return value


def _texts(value: Any, what: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise OddAnswerError(f"{what} is not a list of texts")
    return tuple(value)


def _checked(values: Mapping[str, Any], name: str, kinds: Kinds) -> Any:
    value = values.get(name)
    if type(value) is int and abs(value) > MOST:
        raise OddAnswerError(f"{name} is too large")
    if type(value) in kinds:  # exactly: true is not a number here
        return value
    raise OddAnswerError(f"{name} is missing" if value is None else f"{name} is not of type {kinds[0].__name__}")


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


_NOWHERE: frozenset[str] = frozenset()


def read_snapshot(name: str, version: str, mirror: Mirror, *, full: bool) -> ClientSnapshot:
    """The client `name` as its mirror shows it."""
    paused = mirror.server.get("session_state", False)
    return ClientSnapshot(name, version, read_totals(mirror.server), _torrents(mirror), full, session_paused=paused)


def _torrents(mirror: Mirror) -> dict[str, ClientTorrent]:
    """Column by column: a client may have tens of thousands."""
    if not mirror.rows:
        return {}
    hosts = mirror.hosts()
    columns: dict[str, Iterable[Any]] = dict(zip(ROW, zip(*mirror.rows.values(), strict=True), strict=True))
    columns |= {
        "hash": mirror.rows,
        "state": [STATES.get(state, TorrentState.UNKNOWN) for state in columns["state"]],
        "amount_left": [max(0, left) for left in columns["amount_left"]],
        "size": [max(0, size) for size in columns["size"]],  # -1 for a magnet link whose torrent is not known yet
        "tags": map(read_tags, columns["tags"]),
        "trackers": [hosts.get(info_hash, _NOWHERE) for info_hash in mirror.rows],
        "forced": columns["force_start"],
    }
    made = map(ClientTorrent._make, zip(*(columns[name] for name in ClientTorrent._fields), strict=True))
    return dict(zip(mirror.rows, made, strict=True))


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


@lru_cache(maxsize=1_024)  # most torrents bear the same few
def read_tags(text: str) -> frozenset[str]:
    """The client joins tags with commas, which no tag can hold."""
    return frozenset(tag for part in text.split(",") if (tag := part.strip()))


_VERSION = regex(r"v?(\d{1,3})\.(\d{1,3})")
OLDEST = (4, 4)  # the oldest whose main data is known to list every tracker of every torrent


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """`text` is as the client says it: "v5.1.0", "v5.2.0rc1"."""

    major: int
    minor: int
    text: str

    @property
    def supported(self) -> bool:
        return (self.major, self.minor) >= OLDEST


def parse_version(text: str) -> Version | None:
    """None when it is not a version."""
    match = _VERSION.match(text.strip())
    return Version(int(match[1]), int(match[2]), text.strip()[:40]) if match else None
