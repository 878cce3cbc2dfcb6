"""Making torrents: real files, info-hashes."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bencode2 import bencode

if TYPE_CHECKING:
    from pathlib import Path

PIECE = 262_144


@dataclass(frozen=True, slots=True)
class Made:
    """A torrent whose data lies at `data`."""

    name: str
    hash: str
    size: int
    metainfo: bytes
    data: Path


def make_torrent(
    folder: Path,
    name: str,
    size: int,
    announce: str,
    *,
    more_trackers: tuple[str, ...] = (),
    private: bool = True,
) -> Made:
    """A single-file torrent, its data written to `folder/name`; the same name and size give the same hash."""
    folder.mkdir(parents=True, exist_ok=True)
    content = random.Random(f"{name}/{size}").randbytes(size)
    (folder / name).write_bytes(content)
    pieces = b"".join(hashlib.sha1(content[at : at + PIECE]).digest() for at in range(0, size, PIECE))
    info: dict[str, Any] = {"name": name, "length": size, "piece length": PIECE, "pieces": pieces}
    if private:
        info["private"] = 1
    metainfo: dict[str, Any] = {"announce": announce, "info": info}
    if more_trackers:
        metainfo["announce-list"] = [[url] for url in (announce, *more_trackers)]
    return Made(name, hashlib.sha1(bencode(info)).hexdigest(), size, bencode(metainfo), folder / name)
