"""Reads the list of files in a torrent file; nothing else of it, so that no passkey is ever held.

Bencoding and the keys are those of BEP 3, padding files of BEP 47, the file tree of BEP 52.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mamctl.domain.library.torrent_contents import ListedFile, TorrentListing

LARGEST = 64 * 1024 * 1024  # bytes; a torrent of a terabyte has less than ten
DEEPEST = 50


def read_torrent(path: Path) -> TorrentListing:
    """The torrent's name and files. Raises OSError, or ValueError when it is no torrent."""
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise ValueError("it is too large for a torrent")
    info = _mapping(_mapping(decode_bencoding(data)).get(b"info"))
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
        raise ValueError("it is no torrent")  # noqa: TRY004
    return value


def _size(value: Any) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError("a file in it has no size")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, bytes) or not value:
        raise ValueError("a name in it is no text")
    return os.fsdecode(value)


def _safe(name: str) -> str:
    if name in {".", ".."} or "/" in name or "\0" in name:
        raise ValueError("a name in it leads out of the torrent's folder")
    return name


def decode_bencoding(data: bytes) -> Any:
    """The value as dict, list, int and bytes. Raises ValueError for anything that is not exactly one value."""
    value, end = _value(data, 0, 0)
    if end != len(data):
        raise ValueError("something follows the torrent's end")
    return value


def _value(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    if depth > DEEPEST:
        raise ValueError("it is nested too deeply")
    match data[at : at + 1]:
        case b"i":
            end = _find(data, b"e", at)
            return _number(data[at + 1 : end]), end + 1
        case b"l":
            return _list(data, at + 1, depth)
        case b"d":
            flat, end = _list(data, at + 1, depth)
            if len(flat) % 2 or not all(isinstance(key, bytes) for key in flat[::2]):
                raise ValueError("it is no torrent")
            return dict(zip(flat[::2], flat[1::2], strict=True)), end
        case _:
            colon = _find(data, b":", at)
            end = colon + 1 + _number(data[at:colon])
            if not colon < end <= len(data):
                raise ValueError("it is cut off")
            return data[colon + 1 : end], end


def _list(data: bytes, at: int, depth: int) -> tuple[list[Any], int]:
    values = []
    while data[at : at + 1] != b"e":
        value, at = _value(data, at, depth + 1)
        values.append(value)
    return values, at + 1


def _find(data: bytes, mark: bytes, at: int) -> int:
    end = data.find(mark, at, at + 24)  # no number is longer
    if end < 0:
        raise ValueError("it is no torrent, or cut off")
    return end


def _number(digits: bytes) -> int:
    if not digits.lstrip(b"-").isdigit():
        raise ValueError("it is no torrent")
    return int(digits)
