"""Reads the list of files in a torrent file; nothing else of it, so that no passkey is ever held.

Bencoding and the keys are those of BEP 3, padding files of BEP 47, the file tree of BEP 52.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mamctl.domain.library.torrent_contents import ListedFile, TorrentListing

LARGEST = 32 * 1024 * 1024  # bytes; a torrent of a terabyte has less than ten
# Letters that may begin a value; in 32 MiB of piece hashes they stand by chance 400,000 times.
MOST_VALUES = 2_000_000
MOST_FILES = 100_000


def read_torrent(path: Path) -> TorrentListing:
    """The torrent's name and files. Raises OSError, or ValueError when it is not a torrent."""
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    return read_listing(_mapping(decode_bencoding(data)).get(b"info"))


def read_listing(info_value: Any) -> TorrentListing:
    """Name and files of a decoded `info`. Raises ValueError when it is none."""
    info = _mapping(info_value)
    name = _text(info.get(b"name.utf-8") or info.get(b"name"))
    _safe(name)
    if b"files" in info:
        files = tuple(_listed(info[b"files"]))
    elif b"length" in info:
        return TorrentListing(name, (ListedFile(name, _size(info[b"length"])),), single=True)
    else:
        files = tuple(_tree(_mapping(info.get(b"file tree")), ()))
        if [file.path for file in files] == [name]:
            return TorrentListing(name, files, single=True)
    if not files:
        raise ValueError("it lists no files")
    return TorrentListing(name, files)


def _listed(files: Any) -> Iterator[ListedFile]:
    if not isinstance(files, list):
        raise ValueError("it lists no files")  # noqa: TRY004 - the fault is the file's
    if len(files) > MOST_FILES:
        raise ValueError(f"it lists {len(files)} files")
    for entry in map(_mapping, files):
        parts = entry.get(b"path.utf-8") or entry.get(b"path")
        if not isinstance(parts, list) or not parts:
            raise ValueError("a file in it has no path")
        if not _is_padding(entry):
            yield ListedFile("/".join(_safe(_text(part)) for part in parts), _size(entry.get(b"length")))


def _tree(folder: Mapping[bytes, Any], above: tuple[str, ...]) -> Iterator[ListedFile]:
    for name, entry in folder.items():
        below = _mapping(entry)
        if b"" not in below:
            yield from _tree(below, (*above, _safe(_text(name))))
        elif not _is_padding(leaf := _mapping(below[b""])):
            yield ListedFile("/".join((*above, _safe(_text(name)))), _size(leaf.get(b"length")))


def _is_padding(entry: Mapping[bytes, Any]) -> bool:
    return isinstance(entry.get(b"attr"), bytes) and b"p" in entry[b"attr"]


def _mapping(value: Any) -> Mapping[bytes, Any]:
    if not isinstance(value, dict):
        raise ValueError("it is not a torrent")  # noqa: TRY004
    return value


def _size(value: Any) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError("a file in it has no size")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, bytes) or not value:
        raise ValueError("a name in it is not text")
    return os.fsdecode(value)


def _safe(name: str) -> str:
    if name in {".", ".."} or "/" in name or "\0" in name:
        raise ValueError("a name in it leads out of the torrent's folder")
    return name


def decode_bencoding(data: bytes) -> Any:
    """The value as dict, list, int and bytes. Raises ValueError, which says why, for all that is not canonical."""
    from bencode2 import BencodeDecodeError, bdecode

    if len(data) > LARGEST:
        raise ValueError("it is too large for a torrent")
    if data.count(b"l") + data.count(b"d") + data.count(b"i") > MOST_VALUES:
        raise ValueError("it contains too many values for a torrent")
    try:
        return bdecode(data)
    except BencodeDecodeError as error:
        raise ValueError(f"not a torrent file: {error}") from error
