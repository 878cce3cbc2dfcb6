"""What one pass leaves for the next: the session, and the mirror that its next answer is merged into.

They are one value because neither is worth anything without the other: an answer's number counts only within
its session, and one that is ahead of its mirror would lose changes. The session opens the client as the
password does, so the value must be kept as carefully.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mamctl.adapters.qbittorrent.mirror import ROW, SERVER, Announced, Mirror

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mamctl.adapters.qbittorrent.login import Login

_FORM = 1  # another number means another form: what an older mamctl left is forgotten, not misread


@dataclass(frozen=True, slots=True)
class Remembered:
    """`version` is the client's own, as "v5.1.0"; empty when it is to be asked."""

    version: str = ""
    cookies: Mapping[str, str] = field(default_factory=dict)
    mirror: Mirror = field(default_factory=Mirror)

    def __repr__(self) -> str:
        return f"Remembered(version={self.version!r}, rid={self.mirror.rid}, torrents={len(self.mirror.rows)})"


NOTHING = Remembered()


def owner(url: str, login: Login) -> str:
    """Tells whether what is remembered belongs to this address and login."""
    return hashlib.sha256(f"{url}\n{login.username}\n{bool(login.api_key)}".encode()).hexdigest()[:16]


def encode_remembered(remembered: Remembered, owned_by: str) -> bytes:
    """About 60 bytes a torrent."""
    mirror = remembered.mirror
    place = {info_hash: index for index, info_hash in enumerate(mirror.rows)}
    document = {
        "form": [_FORM, list(ROW), list(SERVER)],
        "owner": owned_by,
        "version": remembered.version,
        "cookies": dict(remembered.cookies),
        "rid": mirror.rid,
        "server": dict(mirror.server),
        "hashes": list(mirror.rows),
        "columns": list(zip(*mirror.rows.values(), strict=True)),
        "trackers": [
            [digest, announced.host, [place.get(info_hash, info_hash) for info_hash in announced.hashes]]
            for digest, announced in mirror.trackers.items()
        ],
    }
    return zlib.compress(json.dumps(document, separators=(",", ":")).encode(), level=1)


def decode_remembered(blob: bytes | None, owned_by: str) -> Remembered:
    """NOTHING when there is none, when it is another's, or when it cannot be read: then all is asked anew."""
    if not blob:
        return NOTHING
    try:
        document = json.loads(zlib.decompress(blob))
        if document["form"] != [_FORM, list(ROW), list(SERVER)] or document["owner"] != owned_by:
            return NOTHING
        hashes = document["hashes"]
        mirror = Mirror(
            rid=document["rid"],
            server=document["server"],
            rows=dict(zip(hashes, zip(*document["columns"], strict=True), strict=True)),
            trackers={
                digest: Announced(host, tuple(hashes[at] if isinstance(at, int) else at for at in places))
                for digest, host, places in document["trackers"]
            },
        )
        return Remembered(document["version"], document["cookies"], mirror)
    except (zlib.error, ValueError, LookupError, TypeError):
        return NOTHING
