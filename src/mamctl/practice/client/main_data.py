"""`sync/maindata`: the whole client as the Web API shows it, and what changed between two answers of one session."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from mamctl.dataclass import dataclass

if TYPE_CHECKING:
    from mamctl.practice.client.state import ClientWorld, Torrent

_Data = dict[str, Any]
_KEYED = ("torrents", "categories", "trackers")  # objects by name, of which those that went are listed apart


def show_all(world: ClientWorld) -> _Data:
    """All main data; like the real ones it leaves out what is empty."""
    torrents = world.torrents.values()
    tags = world.tags.union(*(torrent.tags for torrent in torrents))
    categories = {torrent.category: "" for torrent in torrents if torrent.category} | world.categories
    categories = dict.fromkeys(world.category_limits, "") | categories
    trackers: dict[str, list[str]] = {}
    for torrent in torrents:
        for url in torrent.trackers:
            trackers.setdefault(url, []).append(torrent.hash)
    shown = {
        "server_state": show_transfer(world),
        "torrents": {torrent.hash: show_torrent(torrent, world) for torrent in torrents},
        "categories": {
            name: {"name": name, "savePath": folder, **world.category_limits.get(name, {})}
            for name, folder in sorted(categories.items())
        },
        "tags": sorted(tags),
        "trackers": trackers,
    }
    return {name: value for name, value in shown.items() if value}


def show_torrent(torrent: Torrent, world: ClientWorld) -> _Data:
    """One torrent's row, with the fields that programs read most."""
    row = {
        "name": torrent.name,
        "state": torrent.state(world.api, still=world.session_paused),
        "progress": 1 if torrent.complete else (torrent.size - torrent.left) / torrent.size,
        "amount_left": torrent.left,
        "size": torrent.size,
        "total_size": torrent.size,
        "completed": torrent.size - torrent.left,
        "category": torrent.category,
        "tags": ", ".join(sorted(torrent.tags)),
        "tracker": torrent.trackers[0] if torrent.trackers else "",
        "trackers_count": len(torrent.trackers),
        "uploaded": torrent.uploaded,
        "downloaded": torrent.downloaded,
        "ratio": torrent.uploaded / max(1, torrent.downloaded or torrent.size),
        "upspeed": 0 if world.session_paused else torrent.upspeed,
        "dlspeed": 0 if world.session_paused else torrent.dlspeed,
        "eta": torrent.left // torrent.dlspeed if torrent.dlspeed else 8_640_000,
        "force_start": torrent.forced,
        "infohash_v1": torrent.hash,
        "save_path": torrent.save_path,
        "content_path": f"{torrent.save_path}/{torrent.name}",
        "seeding_time": torrent.seeding_s,
        "added_on": int(torrent.added_at.timestamp()) if torrent.added_at else 0,
        "num_complete": 1,
        "ratio_limit": -2,
        "seeding_time_limit": -2,
    }
    return row | ({"private": torrent.private} if world.api.renamed else {})


def show_transfer(world: ClientWorld) -> _Data:
    """The client's own figures; the ratio is a rounded text, as the real one's is."""
    up, down = (0, 0) if world.just_started else (world.uploaded, world.downloaded)
    torrents = () if world.session_paused else world.torrents.values()
    paused = {"session_state": world.session_paused} if world.api.pauses_session else {}
    return paused | {
        "alltime_ul": up,
        "alltime_dl": down,
        "global_ratio": f"{up / down:.2f}" if down else "-",
        "up_info_speed": sum(torrent.upspeed for torrent in torrents),
        "dl_info_speed": sum(torrent.dlspeed for torrent in torrents),
        "up_info_data": up,
        "dl_info_data": down,
        "connection_status": "connected",
        "dht_nodes": 0,
        "refresh_interval": 1500,
    }


@dataclass(slots=True)
class Session:
    """A session and what it was sent. An answer has arrived once its number comes back; until then it is repeated,
    as far as nothing of it has changed again: `pending` has the last change alone of each torrent, as 5.1 keeps it.
    """

    name: str
    rid: int = 0
    last: _Data = field(default_factory=dict)
    known_rid: int = 0
    pending: _Data = field(default_factory=dict)

    def answer(self, rid: int, now: _Data) -> _Data:
        """The changes since answer `rid`; everything when the session does not know that number."""
        if rid > 0 and rid == self.rid:
            self.known_rid, self.pending = self.rid, {}
        known = rid > 0 and rid == self.known_rid
        self.pending = _add(self.pending, changes(self.last, now)) if known else now
        self.rid += 1
        self.last = now
        return {"rid": self.rid, **({} if known else {"full_update": True}), **self.pending}


def _add(pending: _Data, fresh: _Data) -> _Data:
    """A later change of a thing replaces its pending one."""
    added = {**pending, **{name: value for name, value in fresh.items() if name == "server_state"}}
    for name in (*_KEYED, "tags"):
        went = f"{name}_removed"
        new, gone = fresh.get(name, {}), fresh.get(went, [])
        if name == "tags":
            added[name] = [tag for tag in pending.get(name, []) if tag not in gone] + list(new)
        else:
            added[name] = {key: value for key, value in pending.get(name, {}).items() if key not in gone} | new
        added[went] = [key for key in pending.get(went, []) if key not in new] + gone
    return {name: value for name, value in added.items() if value}


def changes(before: _Data, now: _Data) -> _Data:
    """What an incremental answer says: changed fields of changed things, and the names of those that went."""
    changed: _Data = {"server_state": _changed(before.get("server_state", {}), now.get("server_state", {}))}
    for name in _KEYED:
        old, new = before.get(name, {}), now.get(name, {})
        changed[name] = {key: _part(old.get(key), value) for key, value in new.items() if old.get(key) != value}
        changed[f"{name}_removed"] = [key for key in old if key not in new]
    old_tags, new_tags = before.get("tags", []), now.get("tags", [])
    changed["tags"] = [tag for tag in new_tags if tag not in old_tags]
    changed["tags_removed"] = [tag for tag in old_tags if tag not in new_tags]
    return {name: value for name, value in changed.items() if value}


def _part(old: Any, new: Any) -> Any:
    """A list is said anew as a whole."""
    return _changed(old, new) if isinstance(old, dict) else new


def _changed(old: _Data, new: _Data) -> _Data:
    return {name: value for name, value in new.items() if name not in old or old[name] != value}
