"""Audiobookshelf's API (2.36), the few calls that mamctl makes: reading items, changing one, letting one be scanned.

`match` and `embed-metadata` are never called: the first takes the first result it finds and can end the server, the
second writes into audio files in place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mamctl.adapters.documents import TooManyValuesError, decode_json
from mamctl.adapters.http.policy import Bounds
from mamctl.dataclass import dataclass
from mamctl.domain.exchange import ExchangeOutcome, RecordExchange, record_nothing
from mamctl.domain.library.abs_items import ShelfItem
from mamctl.domain.redaction import excerpt
from mamctl.errors import MamctlError, SessionRefusedError, ShapeChangedError, UnreachableError

if TYPE_CHECKING:
    from mamctl.domain.permits import ChangeShelf, Permit
    from mamctl.domain.secret import Secret

SERVICE = "audiobookshelf"
_ADDRESS = "check that audiobookshelf.url is Audiobookshelf's own address, with its path if a proxy adds one"
_SUBJECT = "audiobookshelf.url"
_CHUNK = 100  # items asked for at once, or fewer where they are large: one of a hundred files has 10,000 values
_PAGE = 2_000  # items in one piece of a library's list, 1.2 kB each
_MOST_VALUES = 300_000  # of an answer
LARGEST_ANSWER = 32 * 1024**2  # bytes; 100 whole items have about 1 MB, of a hundred files each 20 MB


class ShelfRefusalError(MamctlError):
    """The server understood, and declines: what is asked for is not there, or the key may not."""

    code = "abs_refused"


@dataclass(frozen=True, slots=True)
class ShelfAbout:
    """The server and the key: version, rights of the key's user, and whether edits are written into the folders."""

    version: str | None
    user_type: str | None
    may_update: bool
    stores_with_item: bool

    @property
    def may_scan(self) -> bool:
        """Scans are for administrators."""
        return self.user_type in ("root", "admin")


@dataclass(frozen=True, slots=True)
class ShelfLibrary:
    """A library of books; `folders` are paths as the server has them."""

    id: str
    name: str
    folders: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ShelfClient:
    """Every call raises UnreachableError, SessionRefusedError (the key), ShelfRefusalError, ShapeChangedError."""

    url: str
    key: Secret
    bounds: Bounds = field(default_factory=lambda: Bounds(silence=30, total=120, largest_body=LARGEST_ANSWER))
    record_exchange: RecordExchange = record_nothing

    def fetch_about(self) -> ShelfAbout:
        """Two requests: the version, and what the key may do."""
        status = self._ask("GET", "/status", _mapping)
        found = self._ask("POST", "/api/authorize", _mapping)
        user, settings = _dict(found.get("user")), _dict(found.get("serverSettings"))
        version = status.get("serverVersion")
        return ShelfAbout(
            version if isinstance(version, str) else None,
            user.get("type") if isinstance(user.get("type"), str) else None,
            _dict(user.get("permissions")).get("update") is True,
            settings.get("storeMetadataWithItem") is True,
        )

    def fetch_libraries(self) -> tuple[ShelfLibrary, ...]:
        """The libraries of books that the key may see."""
        found = self._ask("GET", "/api/libraries", _mapping)
        return tuple(_library(one) for one in _list(found.get("libraries")) if one.get("mediaType") == "book")

    def fetch_paths(self, library_id: str) -> dict[str, str]:
        """The path of every item of a library, by the item's id; what is added meanwhile comes last."""
        items = f"/api/libraries/{quote(library_id, safe='')}/items?limit={_PAGE}&sort=addedAt&minified=1&page="
        paths: dict[str, str] = {}
        for page in count():
            found = _list(self._ask("GET", f"{items}{page}", _mapping).get("results"))
            known = len(paths)
            paths |= {str(one.get("id")): str(one.get("path")) for one in found}
            if len(found) != _PAGE or len(paths) == known:
                break
        return paths

    def fetch_items(self, ids: Iterable[str]) -> tuple[ShelfItem, ...]:
        """These items, whole; ids that the server does not know are left out."""
        wanted = list(ids)
        chunks = [wanted[start : start + _CHUNK] for start in range(0, len(wanted), _CHUNK)]
        return tuple(item for chunk in chunks for item in self._fetch_chunk(chunk))

    def _fetch_chunk(self, ids: list[str]) -> list[ShelfItem]:
        """Items in one answer, or in two halves where that is too large to be read."""
        try:
            found = self._ask("POST", "/api/items/batch/get", _mapping, {"libraryItemIds": ids})
        except _TooLargeError:
            if len(ids) < 2:
                raise
            half = len(ids) // 2
            return [*self._fetch_chunk(ids[:half]), *self._fetch_chunk(ids[half:])]
        return [_item(one) for one in _list(found.get("libraryItems"))]

    def change_item(
        self,
        item_id: str,
        metadata: Mapping[str, Any],
        permit: Permit[ChangeShelf],
    ) -> ShelfItem:
        """Set these values; the item as it is afterwards. Asked once, never repeated."""
        path = f"/api/items/{quote(item_id, safe='')}/media"
        return _item(_dict(self._ask("PATCH", path, _mapping, {"metadata": metadata}).get("libraryItem")))

    def scan_item(self, item_id: str) -> str:
        """Let the server read the item's folder again; its word for what it found, such as UPTODATE. An admin's key."""
        found = self._ask("POST", f"/api/items/{quote(item_id, safe='')}/scan", _mapping)
        return str(found.get("result"))

    def announce_file(self, library_id: str, path: str) -> bool:
        """Say that a file has come, by its path there; whether the server takes it up. An admin's key.

        It answers 200 whatever it makes of the file, and scans after ten seconds: the task that waits is the only sign.
        """
        self._ask("POST", "/api/watcher/update", _anything, {"libraryId": library_id, "path": path, "type": "add"})
        tasks = self._ask("GET", "/api/tasks", _mapping)
        return any(one.get("action") == "watcher-scan" for one in _list(tasks.get("tasks")))

    def _ask(self, method: str, path: str, read: Callable[[bytes], Any], body: object = None) -> Any:
        from mamctl.adapters.http.client import WayOut
        from mamctl.adapters.http.exchange import ExchangeError, Fault, Request, exchange

        headers = {"Authorization": f"Bearer {self.key.reveal()}", "Accept": "application/json"}
        content = None if body is None else json.dumps(body).encode()
        if content is not None:
            headers["Content-Type"] = "application/json"
        request = Request(url=self.url.rstrip("/") + path, method=method, headers=headers, body=content)
        shown, way = path.partition("?")[0], WayOut(timeout=self.bounds.silence)
        try:
            reply = exchange(way, request, self.bounds)
        except ExchangeError as error:
            if error.fault is Fault.TOO_LARGE:
                self.record_exchange(SERVICE, ExchangeOutcome.UNREADABLE)
                raise _too_large(shown, error.words) from None
            self.record_exchange(SERVICE, ExchangeOutcome.UNREACHABLE)
            raise UnreachableError(
                f"no answer from Audiobookshelf at {shown}: {error.words}",
                subject=_SUBJECT,
                remedy="check that it runs, and that audiobookshelf.url is its address",
                code="abs_down",
            ) from None
        finally:
            way.close()
        try:
            _check(reply.status, shown, reply.body)
            found = read(reply.body)
        except ShapeChangedError:
            self.record_exchange(SERVICE, ExchangeOutcome.UNREADABLE)
            raise
        except TooManyValuesError as error:
            self.record_exchange(SERVICE, ExchangeOutcome.UNREADABLE)
            raise _too_large(shown, str(error)) from None
        except ValueError:
            self.record_exchange(SERVICE, ExchangeOutcome.UNREADABLE)
            raise _unknown(shown, excerpt(reply.body[:2000].decode(errors="replace"))) from None
        except MamctlError:
            self.record_exchange(SERVICE, ExchangeOutcome.REFUSED)
            raise
        self.record_exchange(SERVICE, ExchangeOutcome.ANSWERED)
        return found


def _check(status: int, path: str, body: bytes) -> None:
    """Return for a good answer; otherwise raise what the status means."""
    if status == 200:
        return
    words = excerpt(body[:2000].decode(errors="replace")) or "no text"
    if status == 401:
        raise SessionRefusedError(
            f"Audiobookshelf refused the API key at {path}",
            subject="audiobookshelf.api_key",
            remedy="the key is wrong, has expired, or was created inactive: create one in Settings → API Keys, active",
            code="abs_key_refused",
        )
    if status == 403:
        raise ShelfRefusalError(
            f"Audiobookshelf does not allow this API key to do that: {path} ({words})",
            subject="audiobookshelf.api_key",
            remedy="pushing needs a user with the permission to update; scanning needs an administrator's key",
            code="abs_not_allowed",
        )
    if status >= 500 and not path.endswith("/scan"):
        raise UnreachableError(
            f"Audiobookshelf failed at {path}: status {status}", subject=_SUBJECT, remedy="see its log", code="abs_down"
        )
    if status in (404, 500, 400):
        raise ShelfRefusalError(
            f"Audiobookshelf declined {path}: status {status} ({words})",
            subject=_SUBJECT,
            remedy="the item may be gone: run it again" if _names_one(path) else _ADDRESS,
        )
    raise _unknown(path, f"status {status}: {words}")


class _TooLargeError(ShapeChangedError):
    """An answer of more than is read, be it of bytes or of values."""


def _too_large(path: str, found: str) -> _TooLargeError:
    return _TooLargeError(f"{path} of Audiobookshelf returned too much: {found}", subject=_SUBJECT, remedy=_ADDRESS)


def _unknown(path: str, found: str) -> ShapeChangedError:
    return ShapeChangedError(
        f"{path} of Audiobookshelf returned something unexpected: {found or 'no text'}",
        subject=_SUBJECT,
        remedy=_ADDRESS,
    )


def _names_one(path: str) -> bool:
    """Whether the path names an item or library by id, which may be gone; other paths always exist."""
    return path.startswith(("/api/items/", "/api/libraries/")) and path != "/api/items/batch/get"


def _anything(_: bytes) -> None:
    return None


def _mapping(body: bytes) -> dict[str, Any]:
    """The JSON object of an answer. Raises ValueError."""
    try:
        found = decode_json(body, _MOST_VALUES)
    except RecursionError:
        raise ValueError("too deep") from None
    if not isinstance(found, dict):
        raise ValueError("no object")  # noqa: TRY004 - a finding about text, as the others are
    return found


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _library(found: Mapping[str, Any]) -> ShelfLibrary:
    folders = tuple(str(one.get("fullPath")) for one in _list(found.get("folders")))
    return ShelfLibrary(str(found.get("id")), str(found.get("name")), folders)


def _item(found: Mapping[str, Any]) -> ShelfItem:
    media = _dict(found.get("media"))
    files = (_dict(one.get("metadata")).get("path") for one in _list(media.get("audioFiles")))
    if not found.get("id") or "metadata" not in media:
        raise _unknown("an item", "without id or metadata")
    return ShelfItem(
        str(found.get("id")),
        str(found.get("libraryId")),
        str(found.get("path")),
        frozenset(str(path) for path in files if path),
        _dict(media.get("metadata")),
    )
