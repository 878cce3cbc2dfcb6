"""The bencoded `info` of files that really exist, so that what a practice site lists can be downloaded and checked."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bencode2 import bencode

if TYPE_CHECKING:
    from pathlib import Path

_PIECE = 65_536


def info_of_content(source: Path) -> bytes:
    """A private torrent's info of one file, or of a folder's files."""
    paths = list_content(source)
    data = b"".join(path.read_bytes() for path in paths)
    pieces = b"".join(
        hashlib.sha1(data[at : at + _PIECE], usedforsecurity=False).digest() for at in range(0, len(data), _PIECE)
    )
    info: dict[str, object] = {"name": source.name, "piece length": _PIECE, "pieces": pieces, "private": 1}
    if source.is_file():
        return bencode(info | {"length": len(data)})
    files = [{"length": path.stat().st_size, "path": list(path.relative_to(source).parts)} for path in paths]
    return bencode(info | {"files": files})


def torrent_of_content(source: Path, announce: str) -> bytes:
    """The whole torrent file of it."""
    return bencode({"announce": announce}).removesuffix(b"e") + bencode("info") + info_of_content(source) + b"e"


def list_content(source: Path) -> list[Path]:
    """The file, or the folder's files in the order of their names."""
    return [source] if source.is_file() else sorted(path for path in source.rglob("*") if path.is_file())
