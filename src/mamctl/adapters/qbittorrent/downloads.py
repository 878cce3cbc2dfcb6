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
from mamctl.domain.queue.pieces import PieceHashes
from mamctl.domain.queue.share_limits import ShareLimit
from mamctl.domain.queue.watching import ClientDownload, ClientFile
from mamctl.domain.ratio.client import TorrentState
from mamctl.domain.redaction import excerpt

if TYPE_CHECKING:
    from mamctl.adapters.qbittorrent.web_api import WebApi
    from mamctl.domain.permits import HandOver, Permit
    from mamctl.domain.queue.watching import AddRequest

_NOT_WORKING = frozenset({4, 5, 6})  # of a tracker: not working; since 5.2 also its own error, and unreachable
_FOREVER = -1  # of a share limit: none, whatever the client's own is
_SUPER_SEEDING = 2  # what happens at a limit; this one seeds on
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

    def piece_hashes(self, info_hash: str) -> PieceHashes | None:
        """The SHA-1 of each piece, and how many bytes a piece has; None where the client gives none."""
        api = self._open_api()
        facts: Any = api.torrents_properties(info_hash)
        found: Any = api.torrents_piece_hashes(info_hash)
        size = _whole(facts, "piece_size") if isinstance(facts, Mapping) else 0
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise api.errors.strange("torrents/pieceHashes", "did not answer with a list of hashes")
        return PieceHashes(size, tuple(found)) if size > 0 and found else None

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
            inactive_seeding_time_limit=_FOREVER,
            content_layout="Original",
        )

    def share_limits(self) -> tuple[ShareLimit, ...]:
        """The client's own limits and, since 5.2, those of its categories, where they end a torrent's seeding."""
        api = self._open_api()
        found: Any = api.app_preferences()
        own = found if isinstance(found, Mapping) else {}
        limits = [_own_limit(own)]
        categories: Any = api.torrents_categories()
        if isinstance(categories, Mapping):
            rows = ((name, row) for name, row in categories.items() if isinstance(row, Mapping))
            limits += [_category_limit(str(name), row, own) for name, row in rows]
        return tuple(limit for limit in limits if limit is not None)

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


def _own_limit(preferences: Mapping[str, Any]) -> ShareLimit | None:
    """The limits for every torrent without limits of its own; None where there is none."""
    if preferences.get("max_ratio_act") == _SUPER_SEEDING:
        return None

    def read(name: str) -> float | None:
        return _limit(preferences.get(name)) if preferences.get(f"{name}_enabled") else None

    return _as_limit(
        None, read("max_ratio"), read("max_seeding_time"), read("max_inactive_seeding_time"),
        preferences.get("share_limits_mode"),
    )  # fmt: skip


def _category_limit(name: str, row: Mapping[str, Any], own: Mapping[str, Any]) -> ShareLimit | None:
    """The limits that a category sets; None where it sets none, and the client's own hold."""
    if row.get("share_limit_action") == "EnableSuperSeeding":
        return None
    mode = row.get("share_limits_mode")
    return _as_limit(
        name, _limit(row.get("ratio_limit")), _limit(row.get("seeding_time_limit")),
        _limit(row.get("inactive_seeding_time_limit")),
        own.get("share_limits_mode") if mode in (None, "Default") else mode,
    )  # fmt: skip


def _as_limit(
    category: str | None, ratio: float | None, minutes: float | None, idle: float | None, mode: Any
) -> ShareLimit | None:
    if ratio is None and minutes is None and idle is None:
        return None
    return ShareLimit(
        category=category, ratio=ratio, seeding_s=None if minutes is None else minutes * 60,
        idle_s=None if idle is None else idle * 60, all_needed=mode == "MatchAll",
    )  # fmt: skip


def _limit(value: Any) -> float | None:
    """A share limit; the client writes -1 for none and -2 for its own general one."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 else None
