"""Tags in the middle of an MP3: files that were joined byte by byte keep the tags of each.

Players skip them, and so does the check: a tag that does not decode is not lost sound. Sizes are
those of ID3v2 (four bytes of seven bits), ID3v1 (128 bytes) and APEv2 (little-endian, without its header).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mamctl.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

_TAG = regex(rb"ID3[\x02-\x04][\x00-\x0f][\x00-\xff](?P<id3>[\x00-\x7f]{4})|APETAGEX.{4}(?P<ape>.{4})", re.DOTALL)
_HEADERS = 32  # bytes in which either header lies
_CHUNK = 1 << 20
ID3V1 = 128


def tag_end(data: bytes, at: int) -> int:
    """Where in the file the tags end that begin in `data`, read from offset `at`; 0 when none does."""
    ends = (at + found.start() + _length(found) for found in _TAG.finditer(data))
    return max((at + ID3V1 if data.startswith(b"TAG") else 0, *ends))


def _length(found: re.Match[bytes]) -> int:
    if found["ape"]:
        return 32 + int.from_bytes(found["ape"], "little")
    size: bytes = found["id3"]
    return 10 + sum(byte << shift for byte, shift in zip(size, (21, 14, 7, 0), strict=True))


def without_tags(file: BinaryIO) -> Iterator[bytes]:
    """The bytes of the file but those of tags, in pieces; an ID3v1 tag is one that stands before another."""
    position, kept = 0, b""
    while chunk := file.read(_CHUNK):
        kept += chunk
        while found := _TAG.search(kept):
            end = position + found.start() + _length(found)
            before = kept[: found.start()]
            yield before[:-ID3V1] if before[-ID3V1:].startswith(b"TAG") else before
            file.seek(end)
            position, kept = end, file.read(_CHUNK)
        yield kept[:-_HEADERS]
        position, kept = position + max(0, len(kept) - _HEADERS), kept[-_HEADERS:]
    yield kept


def holds_tags_inside(file: BinaryIO) -> bool:
    """Whether a tag begins anywhere but at the start of the file."""
    file.seek(0)
    position, kept = 0, b""
    while chunk := file.read(_CHUNK):
        kept += chunk
        if any(position + found.start() for found in _TAG.finditer(kept)):
            return True
        position, kept = position + max(0, len(kept) - _HEADERS), kept[-_HEADERS:]
    return False
