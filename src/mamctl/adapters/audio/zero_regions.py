"""Finds zeros where an audio file must hold sound: pieces of a download that never came.

Compressed sound never holds long runs of zeros, not even for silence. Pieces that were never written are holes of a
sparse file, which the file system names at once (SEEK_HOLE). Where it was copied, or allocated in full, a few probes
find them: one for each two MiB, at most 32 a file.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from mamctl.adapters.audio.embedded_tags import tag_end
from mamctl.adapters.audio.truncation import mp4_boxes
from mamctl.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

SHORTEST = 65_536  # bytes; a tag's or a box's padding may have fewer, a piece of a torrent has more
PROBE = 4096
PROBE_EVERY = 2 * 1024 * 1024
MOST_PROBES = 32
LARGEST_TAG = 16 * 1024 * 1024  # a tag with its picture; its padding may be zeros
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ZeroRegions:
    """How many bytes of the sound are zeros, as far as was probed, and where the first of them lies."""

    size: int = 0
    first: int | None = None


def find_zeros(path: str) -> ZeroRegions:
    """Zeros in the sound of the file; none for a format that may hold them. Raises OSError when it cannot be read."""
    with open(path, "rb") as file:  # noqa: PTH123  a path may hold bytes that are not UTF-8
        size = os.fstat(file.fileno()).st_size
        found = sorted({span for region in _sound(file, size) for span in _zeros(file, region)})
    spans = [span for span in found if span[1] - span[0] >= SHORTEST]
    return ZeroRegions(sum(end - start for start, end in spans), spans[0][0]) if spans else ZeroRegions()


def _sound(file: BinaryIO, size: int) -> Iterator[Span]:
    """The parts of the file that hold compressed sound."""
    head = file.read(16)
    if head[4:8] == b"ftyp":
        yield from _mp4_sound(file, size)
    elif head[:3] == b"ID3" or head[:1] == b"\xff":
        yield min(size, tag_end(head, 0)), size
    elif head[:4] == b"OggS":
        yield 0, size
    elif head[:4] == b"fLaC":
        yield _flac_sound(file), size


def _mp4_sound(file: BinaryIO, size: int) -> Iterator[Span]:
    """The media data boxes (ISO 14496-12); a fragmented file has one for every few seconds."""
    boxes = [(at, min(size, at + length)) for kind, at, length in mp4_boxes(file, size) if kind == b"mdat"]
    yield from (box for box in boxes if len(boxes) <= MOST_PROBES or box[1] - box[0] > PROBE_EVERY)


def _flac_sound(file: BinaryIO) -> int:
    """Where the frames begin, behind the metadata blocks and their padding (RFC 9639)."""
    offset, last = 4, False
    while not last:
        file.seek(offset)
        head = file.read(4)
        if len(head) < 4:
            break
        last = bool(head[0] & 0x80)
        offset += 4 + int.from_bytes(head[1:], "big")
    return offset


def _zeros(file: BinaryIO, region: Span) -> Iterator[Span]:
    """Holes and probed zeros of a region, each as far as it reaches."""
    start, end = region
    holes = list(_holes(file, start, end))
    yield from holes
    if holes:
        return
    count = min(MOST_PROBES, max(2, (end - start) // PROBE_EVERY))
    step = (end - start) // (count + 1)
    reached = start
    for at in range(start + step, end - PROBE, max(step, PROBE)):
        if at >= reached and _is_zero(file, at):
            span = _extend(file, at, region)
            reached = span[1]
            if not _is_padding(file, span):
                yield span


def _holes(file: BinaryIO, start: int, end: int) -> Iterator[Span]:
    """What was never written, by the file system's own account; nothing where it gives none."""
    if not hasattr(os, "SEEK_HOLE"):
        return
    at = start
    while at < end:
        try:
            hole = os.lseek(file.fileno(), at, os.SEEK_HOLE)
        except OSError:
            return
        if hole >= end:
            return
        at = end
        with suppress(OSError):  # no data behind the last hole
            at = min(end, os.lseek(file.fileno(), hole, os.SEEK_DATA))
        # Some file systems call a hole what they have not written out yet: reading it shows.
        if _is_zero(file, (hole + at) // 2) and not _is_padding(file, (hole, at)):
            yield hole, at


def _is_zero(file: BinaryIO, at: int) -> bool:
    file.seek(at)
    data = file.read(PROBE)
    return bool(data) and not data.strip(b"\0")


def _extend(file: BinaryIO, at: int, region: Span) -> Span:
    """The run of zero blocks around a probe."""
    first, last = at, at + PROBE
    while first - PROBE >= region[0] and _is_zero(file, first - PROBE):
        first -= PROBE
    while last + PROBE <= region[1] and _is_zero(file, last):
        last += PROBE
    return first, last


def _is_padding(file: BinaryIO, span: Span) -> bool:
    """Whether the zeros fill up a tag in the middle of joined files."""
    start = max(0, span[0] - LARGEST_TAG)
    file.seek(start)
    return tag_end(file.read(span[0] - start), start) >= span[1]
