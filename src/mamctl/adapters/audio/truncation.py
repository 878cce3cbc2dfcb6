"""How many bytes an audio file lacks by its own structure: seen without decoding, exact where the format counts.

MP4 boxes carry their sizes (ISO 14496-12), RIFF and AIFF chunks too, a Matroska segment (RFC 9559) as well, ASF states
the file's size, the Xing/Info header of an MP3 counts the bytes of its frames, and the last page of an Ogg stream is
flagged (RFC 3533).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mamctl.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

ASF_HEADER = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
ASF_FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
HEAD = 16
OGG_PAGE_MAX = 65_307
OGG_HEADER = 27
OGG_END_OF_STREAM = 0x04
XING_SEARCH = 4096
XING_OFFSETS = (13, 21, 36)  # behind the frame header and the side information of MPEG 1 and 2, mono and stereo
EBML_HEADER, SEGMENT = bytes.fromhex("1a45dfa3"), bytes.fromhex("18538067")
STREAMED = 0xFFFFFFFF  # the size that a program writes when it cannot go back to fill it in


@dataclass(frozen=True, slots=True)
class ContainerEnd:
    """`missing_bytes` by the container's own count (0 when all are there or nothing is counted)."""

    missing_bytes: int = 0
    end_marked: bool = True


def read_container_end(path: str) -> ContainerEnd:
    """Looks at a few structural bytes of the file; raises OSError when it cannot be read."""
    with open(path, "rb") as file:  # noqa: PTH123  a path may hold bytes that are not UTF-8
        size = os.fstat(file.fileno()).st_size
        head = file.read(HEAD)
        if head[:4] == b"OggS":
            return _ogg_end(file, size)
        counter = _counter(head)
        return ContainerEnd(counter(file, size, head) if counter else 0)


def _counter(head: bytes) -> Callable[[BinaryIO, int, bytes], int] | None:
    """What counts the missing bytes of a file that begins so."""
    if head[4:8] == b"ftyp":
        return _mp4_missing
    if head[:3] == b"ID3" or head[:1] == b"\xff":
        return _mp3_missing
    known = {b"RIFF": _riff_missing, b"FORM": _aiff_missing, EBML_HEADER: _matroska_missing, ASF_HEADER: _asf_missing}
    return known.get(head[:4]) or known.get(head)


def _riff_missing(_: BinaryIO, size: int, head: bytes) -> int:
    counted = int.from_bytes(head[4:8], "little")
    return 0 if counted == STREAMED else max(0, counted + 8 - size)


def _aiff_missing(_: BinaryIO, size: int, head: bytes) -> int:
    return max(0, int.from_bytes(head[4:8], "big") + 8 - size)


def mp4_boxes(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    """The top-level boxes: kind, offset and length; the last one may reach beyond the file's end."""
    offset = 0
    while offset + 8 <= size:
        file.seek(offset)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        length = length or size - offset  # 0 means "to the end of the file"
        if length < 8:  # this is not a box, and the next cannot be found
            return
        yield head[4:8], offset, length
        offset += length


def _mp4_missing(file: BinaryIO, size: int, _: bytes) -> int:
    end = max((offset + length for _kind, offset, length in mp4_boxes(file, size)), default=0)
    return max(0, end - size)


def _matroska_missing(file: BinaryIO, size: int, _: bytes) -> int:
    """The one segment follows the header and holds all the rest."""
    header = _ebml_content(file, len(EBML_HEADER))
    if header is None:
        return 0
    file.seek(sum(header))
    if file.read(len(SEGMENT)) != SEGMENT:
        return 0
    segment = _ebml_content(file, sum(header) + len(SEGMENT))
    return max(0, sum(segment) - size) if segment else 0


def _ebml_content(file: BinaryIO, at: int) -> tuple[int, int] | None:
    """Where the content begins whose size stands at `at`, and that size; None when it is not stated."""
    file.seek(at)
    field = file.read(8)
    width = 9 - field[0].bit_length() if field else 9  # as many zeros lead as bytes follow
    unknown = (1 << 7 * width) - 1  # nothing but ones: a recording whose end was never written back
    length = int.from_bytes(field[:width], "big") & unknown
    return None if width > len(field) or length == unknown else (at + width, length)


def _asf_missing(file: BinaryIO, size: int, _: bytes) -> int:
    file.seek(0)
    header = file.read(65_536)
    at = header.find(ASF_FILE_PROPERTIES)
    if at < 0:
        return 0
    return max(0, int.from_bytes(header[at + 40 : at + 48], "little") - size)


def _ogg_end(file: BinaryIO, size: int) -> ContainerEnd:
    start = max(0, size - OGG_PAGE_MAX - OGG_HEADER)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"OggS")
    if at < 0 or at + OGG_HEADER > len(tail):
        return ContainerEnd(end_marked=False)
    table = tail[at + OGG_HEADER : at + OGG_HEADER + tail[at + 26]]
    missing = at + OGG_HEADER + tail[at + 26] + sum(table) - len(tail)
    return ContainerEnd(max(0, missing), bool(tail[at + 5] & OGG_END_OF_STREAM))


def _mp3_missing(file: BinaryIO, size: int, head: bytes) -> int:
    """The Xing or Info header in the first frame counts the bytes from that frame to the last."""
    start = 0
    if head[:3] == b"ID3" and len(head) == HEAD:
        start = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
    file.seek(start)
    data = file.read(XING_SEARCH)
    frame = len(data) - len(data.lstrip(b"\0"))
    for at in (frame + offset for offset in XING_OFFSETS):
        flags = data[at + 7 : at + 8]
        if data[at : at + 4] in {b"Xing", b"Info"} and flags and flags[0] & 2:
            counted = at + 8 + (4 if flags[0] & 1 else 0)
            return max(0, start + frame + int.from_bytes(data[counted : counted + 4], "big") - size)
    return 0
