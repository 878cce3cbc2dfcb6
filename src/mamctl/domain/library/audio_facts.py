"""Measurements of one audio file, from opening and decoding it; audio_integrity.py judges them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from mamctl.dataclass import dataclass

NO_DECODER = "nothing here can decode audio: neither PyAV nor ffmpeg"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter mark; `start` and `end` are seconds from the beginning of the file."""

    start: float
    end: float
    title: str


@dataclass(frozen=True, slots=True)
class DecodeError:
    """A place where decoding failed or time jumped; `at` is seconds, None when the decoder could not say."""

    at: float | None
    message: str


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """One file as measured.

    `not_attempted` says why the file was not opened; `failure` why nothing could be decoded (the rest is then mostly
    empty), and `transient` that a later run may succeed. `header_duration` is what the container claims in seconds;
    `estimated` is true when no header states it and it was guessed from size and bit rate. `decoded` counts the seconds
    of sound that came out, over the whole file when `whole`, else over its first and last ten seconds; `decoded_until`
    is the time at which the last decoded sound ends. `errors` are the first of `error_count`. `missing_bytes` is how
    much shorter the file is than its own structure says; `end_marked` is false for an Ogg stream that stops without its
    end-of-stream page. `zero_bytes` are zeros where sound must be, the first at the offset `zeros_from`. Sizes are
    bytes, rates per second.
    """

    not_attempted: str | None = None
    failure: str | None = None
    transient: bool = False
    container: str | None = None
    codec: str | None = None
    bit_rate: int | None = None
    channels: int | None = None
    sample_rate: int | None = None
    header_duration: float | None = None
    estimated: bool = False
    chapters: tuple[Chapter, ...] = ()
    has_cover: bool = False
    whole: bool = False
    decoded: float = 0.0
    decoded_until: float | None = None
    errors: tuple[DecodeError, ...] = ()
    error_count: int = 0
    missing_bytes: int = 0
    end_marked: bool = True
    zero_bytes: int = 0
    zeros_from: int | None = None


@dataclass(frozen=True, slots=True)
class DecodeRequest:
    """One file to decode: `key` belongs to the caller, `size` (bytes) bounds how long it may take."""

    key: object
    path: str
    size: int
    whole: bool = False


def facts_to_json(facts: AudioFacts) -> dict[str, Any]:
    """The facts as plain JSON values."""
    return asdict(facts)


def facts_from_json(data: dict[str, Any]) -> AudioFacts:
    """The inverse of `facts_to_json`; raises TypeError or KeyError on a foreign shape."""
    chapters = tuple(Chapter(**part) for part in data["chapters"])
    spots = tuple(DecodeError(**part) for part in data["errors"])
    return AudioFacts(**{**data, "chapters": chapters, "errors": spots})
