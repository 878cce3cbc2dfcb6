"""Bencoding, as torrent files are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias, Union

Bencodable: TypeAlias = Union[int, str, bytes, "Raw", Sequence["Bencodable"], Mapping[str, "Bencodable"]]


class Raw(bytes):
    """Bytes that are bencoded already."""


def bencode(value: Bencodable) -> bytes:
    """The canonical bencoding; keys are sorted."""
    if isinstance(value, Raw):
        return bytes(value)
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, str):
        return bencode(value.encode())
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    if isinstance(value, Mapping):
        items = sorted((key.encode(), item) for key, item in value.items())
        return b"d" + b"".join(bencode(key) + bencode(item) for key, item in items) + b"e"
    return b"l" + b"".join(bencode(item) for item in value) + b"e"
