"""The practice Audiobookshelf as a real HTTP server on loopback, in the forms of version 2.36."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any

from mamctl.dataclass import dataclass
from mamctl.practice.audiobookshelf.edits import edit_item
from mamctl.practice.audiobookshelf.state import Item, ShelfWorld
from mamctl.practice.faults import Fault, FaultPlan
from mamctl.practice.journal import Journal, masked
from mamctl.practice.loopback import LoopbackServer
from mamctl.practice.request_gate import RequestGate
from mamctl.practice.web import Answer, BodyUnreadableError, Request, json_answer

OPEN = ("/status", "/ping", "/healthcheck")


class FaultKind(StrEnum):
    """What can go wrong with one request."""

    RESET = "reset"  # nothing was done
    LOST_ANSWER = "lost_answer"  # done, then the connection breaks
    HOLD_AFTER = "hold_after"  # done, waits for release(), then answers
    STATUS_502 = "status_502"  # a proxy in front
    PAGE = "page"  # 200 and a web page, as a wrong address gives


@dataclass(slots=True)
class _Visit:
    world: ShelfWorld
    rest: tuple[str, ...]
    body: dict[str, Any] = field(default_factory=dict)


class PracticeShelf(LoopbackServer):
    """A running server of one world: `with PracticeShelf(world) as shelf: shelf.url`; `journal` has the requests."""

    def __init__(self, world: ShelfWorld | None = None, port: int = 0) -> None:
        super().__init__(RequestGate(), port)
        self.world = world or ShelfWorld()
        self.journal = Journal()
        self.faults: FaultPlan[Fault] = FaultPlan()

    def headers(self) -> Sequence[tuple[str, str]]:
        """What it always says."""
        return (("X-Powered-By", "Express"),)

    def changes(self) -> list[tuple[str, str]]:
        """The requests that change something, with their paths."""
        return [(one.method, one.path) for one in self.journal.entries if one.method == "PATCH"]

    def respond(self, request: Request) -> Answer | None:
        """The answer, or None when the connection is to break."""
        fault = self.faults.hit(f"{request.method} {request.path}")
        answer = self._with(fault, request)
        self.journal.note(
            at=datetime.now(UTC),
            method=request.method,
            path=request.path,
            fields=masked(request.readable_fields),
            status=answer.status if answer else None,
            session=None,
            user_agent=request.headers.get("user-agent", ""),
            host=request.headers.get("host", ""),
            trouble=fault.kind.value if fault else None,
        )
        return answer

    def _with(self, fault: Fault | None, request: Request) -> Answer | None:
        if self.world.ended or (fault and fault.kind == FaultKind.RESET):
            return None
        if fault and fault.kind == FaultKind.STATUS_502:
            return Answer(502, b"<h1>Bad Gateway</h1>", "text/html")
        if fault and fault.kind == FaultKind.PAGE:
            return Answer(200, b"<!doctype html><title>Books</title>", "text/html")
        answer = self._answer(request)
        if fault and fault.kind == FaultKind.HOLD_AFTER:
            self.gate.hold()
        return None if fault and fault.kind == FaultKind.LOST_ANSWER else answer

    def _answer(self, request: Request) -> Answer:
        world = self.world
        if request.path in OPEN:
            return json_answer({"app": "audiobookshelf", "serverVersion": world.version, "isInit": True})
        if request.headers.get("authorization") != f"Bearer {world.key}" or not world.key_active:
            return Answer(401, b"Unauthorized", "text/plain")
        parts = tuple(request.path.strip("/").split("/"))
        try:
            body = request.fields
        except BodyUnreadableError:
            return Answer(400, b"Bad Request", "text/plain")
        for (method, pattern), answer in _ROUTES.items():
            if method == request.method and (rest := _match(pattern, parts)) is not None:
                with world.lock:
                    return answer(_Visit(world, rest, body))
        return Answer(404, b"Not Found", "text/plain")


def _match(pattern: tuple[str, ...], parts: tuple[str, ...]) -> tuple[str, ...] | None:
    """What stands at the stars, when the path has the pattern."""
    if len(pattern) != len(parts) or any(one not in ("*", other) for one, other in zip(pattern, parts, strict=True)):
        return None
    return tuple(other for one, other in zip(pattern, parts, strict=True) if one == "*")


def _plain(status: int, text: str) -> Answer:
    return Answer(status, text.encode(), "text/plain; charset=utf-8")


def _authorize(visit: _Visit) -> Answer:
    world = visit.world
    user = {"username": "practice", "type": world.user_type, "permissions": {"update": world.may_update}}
    return json_answer({"user": user, "serverSettings": {"storeMetadataWithItem": world.stores_with_item}})


def _libraries(visit: _Visit) -> Answer:
    return json_answer({"libraries": [_library(visit.world, number) for number in visit.world.libraries]})


def _library(world: ShelfWorld, number: str) -> dict[str, Any]:
    folders = [{"id": "fo-1", "fullPath": world.roots[number][0]}] if number in world.roots else []
    settings = {"audiobooksOnly": False, "disableWatcher": not world.watches}
    return {
        "id": number,
        "name": world.libraries[number],
        "mediaType": "book",
        "folders": folders,
        "settings": settings,
    }


def _list_items(visit: _Visit) -> Answer:
    """Minified: people and series are joined texts, and there are no files. What was announced is there by now.

    A limit of 0 is none; pages count from 0.
    """
    if visit.rest[0] in visit.world.announced:
        visit.world.look_again(visit.rest[0])
    found = [item for item in visit.world.items.values() if item.library_id == visit.rest[0]]
    limit, page = (int(visit.body.get(name, 0)) for name in ("limit", "page"))
    rows = [
        {"id": item.id, "path": item.path, "isFile": item.folder is None,
         "media": {"metadata": {"title": item.metadata["title"],
                                "authorName": ", ".join(one["name"] for one in item.metadata["authors"])}}}
        for item in (found[page * limit : (page + 1) * limit] if limit else found)
    ]  # fmt: skip
    return json_answer({"results": rows, "total": len(found), "limit": limit, "page": page})


def _batch(visit: _Visit) -> Answer:
    ids = visit.body.get("libraryItemIds")
    if not ids:
        return _plain(403, "Forbidden")
    return json_answer({"libraryItems": [_whole(visit.world.items[one]) for one in ids if one in visit.world.items]})


def _whole(item: Item) -> dict[str, Any]:
    files = [{"index": number, "metadata": {"path": path}} for number, path in enumerate(item.files, 1)]
    media = {"metadata": item.metadata, "tags": item.tags, "audioFiles": files}
    return {
        "id": item.id,
        "libraryId": item.library_id,
        "path": item.path,
        "isFile": item.folder is None,
        "media": media,
    }


def _patch(visit: _Visit) -> Answer:
    if not visit.world.may_update:
        return _plain(403, "Forbidden")
    item = visit.world.items.get(visit.rest[0])
    if item is None:
        return _plain(404, "Not Found")
    changed = edit_item(item, visit.body)
    if changed:
        visit.world.store_sidecar(item)
    # Where nothing changed the key is not there at all.
    return json_answer({**({"updated": True} if changed else {}), "libraryItem": _whole(item)})


def _scan(visit: _Visit) -> Answer:
    if visit.world.user_type not in ("root", "admin"):
        return _plain(403, "Forbidden")
    item = visit.world.items.get(visit.rest[0])
    if item is None:
        return _plain(404, "Not Found")
    if item.folder is None:
        return _plain(500, "Internal Server Error")
    return json_answer({"result": "UPDATED" if visit.world.read_sidecar(item) else "UPTODATE"})


def _watcher(visit: _Visit) -> Answer:
    """200 whatever becomes of it; a task that waits is the only sign that it was taken up."""
    world, body = visit.world, visit.body
    if world.user_type not in ("root", "admin"):
        return _plain(403, "Forbidden")
    if not body.get("path") or body.get("type") not in ("add", "unlink", "rename"):
        return _plain(400, "Bad Request")
    path = PurePosixPath(str(body["path"]))
    root = world.roots.get(str(body.get("libraryId")))
    hidden = any(part.startswith(".") for part in path.parts) or path.suffix in (".part", ".tmp")
    if world.watches and root is not None and str(path).startswith(root[0] + "/") and path.suffix and not hidden:
        world.announced.add(str(body["libraryId"]))
        world.tasks.append({"action": "watcher-scan", "data": {"libraryId": body["libraryId"]}, "isFinished": False})
    return _plain(200, "OK")


def _tasks(visit: _Visit) -> Answer:
    return json_answer({"tasks": visit.world.tasks})


def _match_blindly(visit: _Visit) -> Answer:
    """The real one takes the first result it finds, and a series without a place ends the process."""
    visit.world.ended = True
    return _plain(500, "Internal Server Error")


def _embed(visit: _Visit) -> Answer:
    visit.world.embedded.append(visit.rest[0])
    return _plain(200, "OK")


_ROUTES: dict[tuple[str, tuple[str, ...]], Callable[[_Visit], Answer]] = {
    ("POST", ("api", "authorize")): _authorize,
    ("GET", ("api", "libraries")): _libraries,
    ("GET", ("api", "libraries", "*", "items")): _list_items,
    ("POST", ("api", "items", "batch", "get")): _batch,
    ("PATCH", ("api", "items", "*", "media")): _patch,
    ("POST", ("api", "items", "*", "scan")): _scan,
    ("POST", ("api", "watcher", "update")): _watcher,
    ("GET", ("api", "tasks")): _tasks,
    ("POST", ("api", "items", "*", "match")): _match_blindly,
    ("POST", ("api", "tools", "item", "*", "embed-metadata")): _embed,
}
