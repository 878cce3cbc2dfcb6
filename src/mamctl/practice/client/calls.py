"""The calls of qBittorrent's Web API that programs like mamctl make, answered from the world."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mamctl.dataclass import dataclass
from mamctl.domain.json_values import Json
from mamctl.practice.client.adding import add_torrent
from mamctl.practice.client.main_data import Session, show_all, show_torrent, show_transfer
from mamctl.practice.web import Answer, json_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mamctl.practice.client.state import ClientWorld, Torrent

TEXT_TYPE = "text/plain; charset=UTF-8"


def text_answer(text: str, status: int = 200) -> Answer:
    """An answer in words."""
    return Answer(status, text.encode(), TEXT_TYPE)


@dataclass(frozen=True, slots=True)
class Visit:
    """What an answering function gets."""

    world: ClientWorld
    session: Session
    fields: dict[str, Json]

    @property
    def torrents(self) -> Iterable[Torrent]:
        """Those that `hashes` names; one that the client does not have is not an error."""
        named = str(self.fields["hashes"]).split("|")
        everything = named == ["all"]
        return [torrent for torrent in self.world.torrents.values() if everything or torrent.hash in named]

    @property
    def tags(self) -> set[str]:
        """Those that `tags` names."""
        return {name for part in str(self.fields["tags"]).split(",") if (name := part.strip())}


def answer_call(name: str, method: str, visit: Visit) -> Answer:
    """The answer to a call; 404 when this version has none of that name."""
    if read := _READS.get(name):
        return read(visit)
    if name == "torrents/add" and method == "POST":
        return _add(visit)
    change = _changes(visit.world).get(name)
    if change is None:
        return text_answer("Not Found", 404)
    if method != "POST":
        return text_answer("Method Not Allowed", 405)
    try:
        change(visit)
    except KeyError:
        return text_answer("Bad Request", 400)
    return text_answer("")


def _main_data(visit: Visit) -> Answer:
    rid = str(visit.fields.get("rid", ""))
    return json_answer(visit.session.answer(int(rid) if rid.isdecimal() else 0, show_all(visit.world)))


def _info(visit: Visit) -> Answer:
    chosen = visit.torrents if "hashes" in visit.fields else visit.world.torrents.values()
    rows = [{"hash": torrent.hash, **show_torrent(torrent, visit.world)} for torrent in chosen]
    if (key := str(visit.fields.get("sort", ""))) and all(key in row for row in rows):
        rows.sort(key=lambda row: row[key])
    limit = str(visit.fields.get("limit", ""))
    return json_answer(rows[: int(limit)] if limit.isdecimal() and int(limit) else rows)


def _files(visit: Visit) -> Answer:
    torrent = visit.world.torrents.get(str(visit.fields.get("hash")))
    if torrent is None:
        return text_answer("Not Found", 404)
    share = 1 if torrent.complete else (torrent.size - torrent.left) / torrent.size
    return json_answer(
        [
            {"index": place, "name": path, "size": size, "progress": share, "priority": 1}
            for place, (path, size) in enumerate(torrent.files)
        ]
    )


def _trackers(visit: Visit) -> Answer:
    torrent = visit.world.torrents.get(str(visit.fields.get("hash")))
    if torrent is None:
        return text_answer("Not Found", 404)
    status = 4 if torrent.message else 2
    return json_answer(
        [
            {"url": url, "tier": tier, "status": status, "msg": torrent.message}
            for tier, url in enumerate(torrent.trackers)
        ]
    )


def _properties(visit: Visit) -> Answer:
    torrent = visit.world.torrents.get(str(visit.fields.get("hash")))
    if torrent is None:
        return text_answer("Not Found", 404)
    return json_answer({"piece_size": torrent.piece_size, "pieces_num": len(torrent.pieces)})


def _piece_hashes(visit: Visit) -> Answer:
    torrent = visit.world.torrents.get(str(visit.fields.get("hash")))
    return text_answer("Not Found", 404) if torrent is None else json_answer(torrent.pieces)


def _categories(visit: Visit) -> Answer:
    return json_answer(show_all(visit.world).get("categories", {}))


def _add(visit: Visit) -> Answer:
    """Up to 5.1 a duplicate is `Fails.`, from 5.2 on a conflict."""
    try:
        new = add_torrent(visit.world, visit.fields)
    except ValueError:
        return text_answer("Error: 'x.torrent' is not a valid torrent file.", 415)
    if visit.world.api.pauses_session:
        counts = {"added_torrent_ids": [], "failure_count": 0, "pending_count": 0, "success_count": 1}
        return json_answer(counts) if new else text_answer("Conflict", 409)
    return text_answer("Ok." if new else "Fails.")


def _stop(visit: Visit) -> None:
    for torrent in visit.torrents:
        torrent.stop()


def _start(visit: Visit) -> None:
    for torrent in visit.torrents:
        torrent.start()


def _pause_session(visit: Visit) -> None:
    visit.world.session_paused = True


def _resume_session(visit: Visit) -> None:
    visit.world.session_paused = False


def _force_start(visit: Visit) -> None:
    for torrent in visit.torrents:
        torrent.start(forced=str(visit.fields.get("value")).lower() == "true")


def _add_tags(visit: Visit) -> None:
    visit.world.tags |= visit.tags
    for torrent in visit.torrents:
        torrent.tags |= visit.tags


def _remove_tags(visit: Visit) -> None:
    for torrent in visit.torrents:
        torrent.tags -= visit.tags


def _export(visit: Visit) -> Answer:
    """A torrent file of the right form, with the passkey in it as real ones have."""
    torrent = visit.world.torrents.get(str(visit.fields.get("hash", "")))
    if torrent is None:
        return text_answer("Not Found", 404)
    announce, name = (torrent.trackers or [""])[0].encode(), torrent.name.encode()
    info = b"d6:lengthi%de4:name%d:%s12:piece lengthi16384e6:pieces0:e" % (torrent.size, len(name), name)
    return Answer(200, b"d8:announce%d:%s4:info%se" % (len(announce), announce, info), "application/x-bittorrent")


def _create_category(visit: Visit) -> None:
    visit.world.categories[str(visit.fields["category"])] = str(visit.fields.get("savePath", ""))


def _set_category(visit: Visit) -> None:
    for torrent in visit.torrents:
        torrent.category = str(visit.fields["category"])


_READS: dict[str, Callable[[Visit], Answer]] = {
    "app/version": lambda visit: text_answer(visit.world.version),
    "app/webapiVersion": lambda visit: text_answer(visit.world.api.web_api),
    "sync/maindata": _main_data,
    "torrents/categories": _categories,
    "torrents/export": _export,
    "torrents/info": _info,
    "torrents/files": _files,
    "torrents/trackers": _trackers,
    "torrents/properties": _properties,
    "torrents/pieceHashes": _piece_hashes,
    "app/defaultSavePath": lambda visit: text_answer(visit.world.save_path),
    "app/preferences": lambda visit: json_answer(visit.world.preferences),
    "torrents/tags": lambda visit: json_answer(show_all(visit.world).get("tags", [])),
    "transfer/info": lambda visit: json_answer(show_transfer(visit.world)),
}


def _changes(world: ClientWorld) -> dict[str, Callable[[Visit], None]]:
    calls: dict[str, Callable[[Visit], None]] = {
        world.api.stop: _stop,
        world.api.start: _start,
        "torrents/setForceStart": _force_start,
        "torrents/addTags": _add_tags,
        "torrents/removeTags": _remove_tags,
        "torrents/createCategory": _create_category,
        "torrents/setCategory": _set_category,
    }
    if world.api.pauses_session:
        calls |= {"transfer/pauseSession": _pause_session, "transfer/resumeSession": _resume_session}
    return calls
