"""qBittorrent as the queue needs it: adding a torrent, finding it by its info-hash, its files and tracker messages.

Whether an add took effect is seen by its info-hash alone: 4.x and 5.x answer differently, and a duplicate is "Fails."
or a conflict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mamctl.adapters.qbittorrent.main_data import STATES, read_tags
from mamctl.domain.json_values import JsonObject
from mamctl.domain.queue.watching import ClientDownload, ClientFile
from mamctl.domain.ratio.client import TorrentState
from mamctl.domain.redaction import excerpt

if TYPE_CHECKING:
    from mamctl.adapters.qbittorrent.web_api import WebApi
    from mamctl.domain.permits import HandOver, Permit
    from mamctl.domain.queue.watching import AddRequest

_NOT_WORKING = frozenset({4, 5, 6})  # of a tracker: not working; since 5.2 also its own error, and unreachable
_FOREVER = -1  # of a share limit: none, whatever the client's own is
_LARGEST_LIMIT = 2**31


class ClientDownloads:
    """The calls of one client; `open_api` gives its session. Every call raises what `QbittorrentClient`'s do."""

    def __init__(self, open_api: Callable[[], WebApi]) -> None:
        self._open_api = open_api

    def find_downloads(self, hashes: Sequence[str]) -> dict[str, ClientDownload]:
        """Those of the torrents that the client has, by info-hash."""
        if not hashes:  # no hash at all would mean all of them
            return {}
        return {one.hash: one for one in self._list(torrent_hashes=list(hashes))}

    def youngest_seeds(self, most: int) -> tuple[ClientDownload, ...]:
        """The torrents with the least seeding time, at most so many."""
        return tuple(self._list(sort="seeding_time", limit=most))

    def list_files(self, info_hash: str) -> tuple[ClientFile, ...]:
        """A torrent's files as the client has them."""
        api = self._open_api()
        rows = _rows(api, "torrents/files", api.torrents_files(info_hash))
        return tuple(
            ClientFile(
                _text(row, "name"), _whole(row, "size"), _share(row, "progress"), bool(_whole(row, "priority", 1))
            )
            for row in rows
        )

    def tracker_messages(self, info_hash: str) -> tuple[str, ...]:
        """What trackers that refuse a torrent's announces say, without names and keys; empty when all is well."""
        api = self._open_api()
        rows = _rows(api, "torrents/trackers", api.torrents_trackers(info_hash))
        # DHT, PeX and LSD stand among them, with a negative tier.
        refused = (row for row in rows if _whole(row, "tier", 0) >= 0 and _whole(row, "status", 0) in _NOT_WORKING)
        return tuple(dict.fromkeys(words for row in refused if (words := excerpt(_text(row, "msg"), 160))))

    def save_path(self, category: str) -> str:
        """Where a torrent of that category goes: the category's path, else the client's default path."""
        api = self._open_api()
        known: Any = api.torrents_categories()
        chosen = known.get(category) if isinstance(known, Mapping) else None
        path = chosen.get("savePath") if isinstance(chosen, Mapping) else None
        if isinstance(path, str) and path:
            return path
        default: Any = api.app_default_save_path()
        return default if isinstance(default, str) else ""

    def add_torrent(
        self,
        content: bytes,
        request: AddRequest,
        permit: Permit[HandOver],
    ) -> None:
        """Hand a torrent over, started, without share limits. What became of it is seen by `find_downloads` alone."""
        self._open_api().torrents_add(
            torrent_files=content,
            save_path=request.save_path,
            category=request.category,
            tags=request.tags,
            use_auto_torrent_management=False,
            ratio_limit=_FOREVER,
            seeding_time_limit=_FOREVER,
            content_layout="Original",
        )

    def share_limits(self) -> tuple[float | None, float | None]:
        """The client's own share limits: a ratio, and seconds of seeding; None where there is none."""
        found: Any = self._open_api().app_preferences()
        if not isinstance(found, Mapping):
            return None, None
        ratio = found.get("max_ratio") if found.get("max_ratio_enabled") else None
        minutes = found.get("max_seeding_time") if found.get("max_seeding_time_enabled") else None
        return _limit(ratio), (None if (limit := _limit(minutes)) is None else limit * 60)

    def _list(self, **query: Any) -> Iterable[ClientDownload]:
        api = self._open_api()
        for row in _rows(api, "torrents/info", api.torrents_info(**query)):
            yield _download(row)


def _rows(api: WebApi, path: str, answer: Any) -> list[JsonObject]:
    if not isinstance(answer, list) or not all(isinstance(row, Mapping) for row in answer):
        raise api.errors.strange(path, "did not answer with a list of objects")
    return answer


def _download(row: JsonObject) -> ClientDownload:
    added = _whole(row, "added_on", 0)
    minutes = _limit(row.get("seeding_time_limit"))
    return ClientDownload(
        hash=_text(row, "hash").lower(),
        name=_text(row, "name"),
        state=STATES.get(_text(row, "state"), TorrentState.UNKNOWN),
        progress=_share(row, "progress"),
        amount_left=max(0, _whole(row, "amount_left")),
        size=max(0, _whole(row, "size")),
        save_path=_text(row, "save_path"),
        content_path=_text(row, "content_path"),
        category=_text(row, "category"),
        tags=read_tags(_text(row, "tags")),
        seeding_s=float(max(0, _whole(row, "seeding_time", 0))),
        added_at=datetime.fromtimestamp(added, UTC) if 0 < added < _LARGEST_LIMIT else None,
        seeders=max(0, _whole(row, "num_complete", 0)),
        seed_time_limit_s=None if minutes is None else minutes * 60,
        ratio_limit=_limit(row.get("ratio_limit")),
    )


def _text(row: JsonObject, name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""


def _whole(row: JsonObject, name: str, otherwise: int = 0) -> int:
    value = row.get(name)
    return value if type(value) is int else otherwise


def _share(row: JsonObject, name: str) -> float:
    value = row.get(name)
    return float(value) if isinstance(value, int | float) and 0 <= value <= 1 else 0.0


def _limit(value: Any) -> float | None:
    """A share limit; the client writes -1 for none and -2 for its own general one."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 else None
