"""What one pass leaves for the next: the session, and the main data that its next answer is merged into.

They are one value because neither is worth anything without the other: an answer's number counts only within
its session, and one that is ahead of its data would lose changes. The session opens the client as the password does,
so the value is kept in a private file beside the store, never in the database.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mamctl.adapters.private_files import read_regular_file, write_private
from mamctl.adapters.qbittorrent.main_data import HASH, MOST, ROW, SERVER, Announced, Kinds, Mirror
from mamctl.dataclass import dataclass
from mamctl.regex import regex

if TYPE_CHECKING:
    from mamctl.adapters.qbittorrent.access import Login

_FORM = 3  # another number means another form: what an older mamctl left is forgotten, not misread
_LARGEST = 256 * 1024**2  # bytes when unpacked; 100,000 torrents have 20 MB
_COOKIE = regex(r"[!-:<-~]+")  # printable ASCII without ; and blanks


@dataclass(frozen=True, slots=True)
class SavedSession:
    """`version` is the client's own, as "v5.1.0"; empty when it is to be asked. `packed` are the torrents of the mirror
    as they were read; empty when they have changed since.
    """

    version: str = ""
    cookies: Mapping[str, str] = field(default_factory=dict)
    mirror: Mirror = field(default_factory=Mirror)
    packed: bytes = field(default=b"", compare=False)

    def followed_by(self, version: str, cookies: Mapping[str, str], mirror: Mirror) -> SavedSession:
        """What is to be saved after the next answer."""
        same = mirror.rows is self.mirror.rows and mirror.trackers is self.mirror.trackers
        return SavedSession(version, cookies, mirror, self.packed if same else b"")

    def __repr__(self) -> str:
        return f"SavedSession(version={self.version!r}, rid={self.mirror.rid}, torrents={len(self.mirror.rows)})"


NOTHING = SavedSession()


def owner(url: str, login: Login) -> str:
    """Tells whether what is saved belongs to this address and login."""
    return hashlib.sha256(f"{url}\n{login.username}\n{bool(login.api_key)}".encode()).hexdigest()[:16]


def encode_session(saved: SavedSession, owned_by: str) -> bytes:
    """About 60 bytes a torrent. The torrents are packed separately, because most answers leave them unchanged."""
    head = {
        "form": [_FORM, list(ROW), list(SERVER)],
        "owner": owned_by,
        "version": saved.version,
        "cookies": dict(saved.cookies),
        "rid": saved.mirror.rid,
        "server": dict(saved.mirror.server),
    }
    return _pack(head) + (saved.packed or _pack(_torrents(saved.mirror)))


def _torrents(mirror: Mirror) -> dict[str, Any]:
    place = {info_hash: index for index, info_hash in enumerate(mirror.rows)}
    return {
        "hashes": list(mirror.rows),
        "columns": list(zip(*mirror.rows.values(), strict=True)),
        "trackers": [
            [digest, announced.host, [place.get(info_hash, info_hash) for info_hash in announced.hashes]]
            for digest, announced in mirror.trackers.items()
        ],
    }


def _pack(document: Mapping[str, Any]) -> bytes:
    return zlib.compress(json.dumps(document, separators=(",", ":")).encode(), level=1)


def _unpack(blob: bytes) -> tuple[Any, bytes]:
    """The first document, and what follows it."""
    unpacking = zlib.decompressobj()
    return json.loads(unpacking.decompress(blob, _LARGEST)), unpacking.unused_data


def decode_session(blob: bytes | None, owned_by: str) -> SavedSession:
    """NOTHING when there is none, when it is another's, or whatever else it holds: then all is asked from the start."""
    if not blob:
        return NOTHING
    try:
        head, packed = _unpack(blob)
        if head["form"] != [_FORM, list(ROW), list(SERVER)] or head["owner"] != owned_by:
            return NOTHING
        torrents, _ = _unpack(packed)
        return SavedSession(_text(head["version"]), _cookies(head["cookies"]), _mirror(head, torrents), packed)
    except (zlib.error, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return NOTHING


def _mirror(head: Mapping[str, Any], torrents: Mapping[str, Any]) -> Mirror:
    hashes, columns = torrents["hashes"], torrents["columns"]
    if not all(map(HASH.fullmatch, hashes)) or (hashes and len(columns) != len(ROW)):
        raise ValueError("no torrents")
    for column, kinds in zip(columns, ROW.values(), strict=bool(hashes)):
        _expect(column, kinds)
    for name, value in head["server"].items():
        _expect([value], SERVER[name])
    _expect([head["rid"]], (int,))
    return Mirror(
        rid=head["rid"],
        server=head["server"],
        rows=dict(zip(hashes, zip(*columns, strict=True), strict=True)),
        trackers={
            _text(digest): Announced(_text(host), tuple(hashes[at] if type(at) is int else _text(at) for at in places))
            for digest, host, places in torrents["trackers"]
        },
    )


def _expect(values: Sequence[Any], kinds: Kinds) -> None:
    """Raises ValueError unless each value is exactly of one of these kinds, and no number larger than a client's."""
    if not set(map(type, values)) <= set(kinds):
        raise ValueError("another kind")
    if int in kinds and values and max(map(abs, values)) > MOST:
        raise ValueError("too large")


def _text(value: Any) -> str:
    _expect([value], (str,))
    return str(value)


def _cookies(found: Mapping[Any, Any]) -> dict[str, str]:
    if not all(_COOKIE.fullmatch(text) for pair in found.items() for text in pair):
        raise ValueError("no cookie")
    return dict(found)


class SessionCache:
    """One file a client in the folder `clients` beside the store. Losing it costs one full answer.

    Beside it lies a note of a login that the client refused.
    """

    def __init__(self, store_path: Path, *, dry_run: bool = False) -> None:
        self._folder = store_path.parent / "clients"
        self._dry_run = dry_run
        self._held: dict[str, bytes] = {}

    def recall(self, client: str) -> bytes | None:
        """What was kept last; None when there is nothing to be read."""
        if client in self._held:
            return self._held[client]
        return self._read(self._path(client))

    def keep(self, client: str, saved: bytes) -> None:
        """Replace what was kept, readable by its owner only. A dry run keeps it for itself."""
        self._held[client] = saved
        if not self._dry_run:
            self._write(self._path(client), saved)

    def recall_refusal(self, client: str) -> bytes | None:
        """What was noted of a login that the client refused; None when there is nothing to be read."""
        return self._read(self._path(client, "refused"))

    def keep_refusal(self, client: str, note: bytes | None) -> None:
        """Replace the note, or take it away. A dry run keeps it as well: its failed login counts like any other."""
        path = self._path(client, "refused")
        if note is not None:
            self._write(path, note)
        else:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def _read(self, path: Path) -> bytes | None:
        try:
            return read_regular_file(path, _LARGEST)
        except OSError:
            return None

    def _write(self, path: Path, content: bytes) -> None:
        with contextlib.suppress(OSError):
            write_private(path, content, lasting=False)

    def _path(self, client: str, kind: str = "session") -> Path:
        """A name that is not a plain word gets a digest."""
        plain = re.sub(r"[^A-Za-z0-9_-]", "_", client)[:40]
        mark = "" if plain == client else "-" + hashlib.sha256(client.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        return self._folder / f"{plain}{mark}.{kind}"
