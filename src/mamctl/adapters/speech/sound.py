"""A window of an audio file as samples that an engine takes: mono, 16 kHz, 16 bits. Decoded by PyAV."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

RATE = 16_000
"""Samples a second."""

_LEAD = 1.0  # seconds decoded before a window, since seeking lands where it can


class CannotCutError(Exception):
    """The file gives no sound there; the message says why in a few words."""


def cut_window(path: str, start: float, seconds: float, *, from_end: bool = False) -> bytes:
    """The samples of a window, little-endian; at most `seconds` of them, however long the file says it is.

    Raises CannotCutError. The end of a file is found by decoding, for a header's length may be wrong.
    """
    import av

    try:
        with av.open(path, metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise CannotCutError("no audio in it")
            stream = container.streams.audio[0]
            length = float(container.duration or 0) / av.time_base
            if from_end:
                return _tail(container, stream, length, start, seconds)
            return _head(container, stream, start, seconds)
    except (av.FFmpegError, OSError, ValueError) as error:
        raise CannotCutError(
            f"{type(error).__name__}: {error.strerror if isinstance(error, OSError) else error}"
        ) from None


def _head(container: Any, stream: Any, start: float, seconds: float) -> bytes:
    first, last = _bytes(start), _bytes(start + seconds)
    samples = bytearray()
    for chunk in _decode(container, stream):
        samples += chunk
        if len(samples) >= last:
            break
    return bytes(samples[first:last])


def _tail(container: Any, stream: Any, length: float, before_end: float, seconds: float) -> bytes:
    """The last `seconds` before the point `before_end` seconds from the end; memory stays bounded by the window."""
    wanted = _bytes(before_end + seconds)
    begin = length - before_end - seconds - _LEAD
    if begin > 0:
        container.seek(int(begin / stream.time_base), stream=stream)
    samples = bytearray()
    for chunk in _decode(container, stream):
        samples += chunk
        if len(samples) > 2 * wanted:
            del samples[: len(samples) - wanted]
    kept = bytes(samples[-wanted:])
    return kept[: _bytes(seconds)] if before_end else kept


def _decode(container: Any, stream: Any) -> Iterator[bytes]:
    """The samples frame by frame; a frame that is damaged is left out."""
    import av

    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.FFmpegError):
            break
        try:
            frames = packet.decode()
        except av.FFmpegError:
            continue
        for frame in frames:
            frame.pts = None
            for out in resampler.resample(frame):
                yield bytes(out.planes[0])[: out.samples * 2]
    for out in resampler.resample(None):
        yield bytes(out.planes[0])[: out.samples * 2]


def _bytes(seconds: float) -> int:
    return int(seconds * RATE) * 2


def sound_key(samples: bytes) -> str:
    """The hash that a window's transcript is kept under."""
    return hashlib.blake2b(samples, digest_size=16).hexdigest()


def loudness(samples: bytes) -> float:
    """Root mean square of about 50,000 of the samples, 0 to 1."""
    import array

    values = array.array("h", samples[: len(samples) // 2 * 2])
    every = values[:: max(1, len(values) // 50_000)]
    return (sum(value * value for value in every) / len(every)) ** 0.5 / 32_768 if every else 0.0
