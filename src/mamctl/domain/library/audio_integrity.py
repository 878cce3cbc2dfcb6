"""Judges whether an audio file is complete and undamaged, from what decoding it measured.

A decoder's exit status says nothing: it is 0 for most damage. The signs are the length that comes out against the
length that the file claims, packets that do not decode, jumps in time, and zeros where sound must be. A cut that leaves
no trace in the file is found by the length that catalogues and sidecars expect.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, cast

from mamctl.dataclass import dataclass
from mamctl.domain.metadata.observation import Field, Observation, Source
from mamctl.domain.metadata.source_priority import CREDIBLE
from mamctl.domain.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mamctl.domain.library.audio_facts import AudioFacts, DecodeError

# A shortfall below this is how encoders pad and round; above it, sound is missing.
MIN_SHORTFALL = 2.0
SHORTFALL_SHARE = 0.005
# A frame or two of difference between a container's byte count and the file is rounding.
BYTE_TOLERANCE = 4096
SHOWN_ERRORS = 3
LENGTH_TOLERANCE = 0.01  # META-4: the decoded length lies this close to the expected one
MINUTE = 60.0


class AudioIntegrity(StrEnum):
    """Whether a file can be listened to from beginning to end."""

    GOOD = "good"
    DAMAGED = "damaged"  # sound comes out, but not all of it
    UNREADABLE = "unreadable"  # no sound comes out at all
    UNCHECKED = "unchecked"  # nothing could be said


@dataclass(frozen=True, slots=True)
class AudioVerdict:
    """The verdict on one file; `detail` names each fault with its position, empty for a good file."""

    sound: AudioIntegrity
    detail: str
    duration: float | None  # seconds, as the decoder found it; None when it could not say


def judge_audio(facts: AudioFacts | None, size: int) -> AudioVerdict:
    """The verdict on a file of `size` bytes. `facts` is None when it was not opened."""
    if size == 0:
        return AudioVerdict(AudioIntegrity.UNREADABLE, "the file is empty", None)
    if facts is None or facts.not_attempted:
        return AudioVerdict(
            AudioIntegrity.UNCHECKED, facts.not_attempted if facts and facts.not_attempted else "not decoded", None
        )
    if facts.failure is not None:
        return AudioVerdict(AudioIntegrity.UNREADABLE, facts.failure, None)
    if facts.decoded <= 0:
        return AudioVerdict(AudioIntegrity.UNREADABLE, "no audio can be decoded from it", None)
    duration = decoded_duration(facts)
    faults = [
        *_size_faults(facts),
        *_length_faults(facts, duration),
        *_decode_faults(facts.errors, facts.error_count),
    ]
    return AudioVerdict(AudioIntegrity.DAMAGED if faults else AudioIntegrity.GOOD, "; ".join(faults), duration)


def decoded_duration(facts: AudioFacts) -> float | None:
    """Seconds of sound in the file: counted when all was decoded, else where the decoded end lies."""
    if facts.failure is not None or facts.decoded <= 0:
        return None
    if facts.whole:
        return round(facts.decoded, 3)
    return None if facts.decoded_until is None else round(facts.decoded_until, 3)


def is_short(claimed: float, found: float) -> bool:
    """Whether `found` seconds lack a noticeable part of the `claimed` ones."""
    return claimed - found > max(MIN_SHORTFALL, SHORTFALL_SHARE * claimed)


def _size_faults(facts: AudioFacts) -> list[str]:
    faults = []
    if facts.missing_bytes > BYTE_TOLERANCE:
        faults.append(f"cut: the last {facts.missing_bytes} bytes that its header announces are missing")
    if not facts.end_marked:
        faults.append("cut: the stream stops without its end-of-stream page")
    if facts.zero_bytes:
        faults.append(f"incomplete: {facts.zero_bytes} bytes were never written, from byte {facts.zeros_from} on")
    return faults


def _length_faults(facts: AudioFacts, duration: float | None) -> list[str]:
    claimed = facts.header_duration
    if not claimed or facts.estimated:
        return []
    if duration is None:
        return [f"cut: nothing can be decoded near its claimed end at {clock(claimed)}"]
    if is_short(claimed, duration):
        return [f"cut: audio ends at {clock(duration)}, the header claims {clock(claimed)}"]
    return []


def _decode_faults(errors: tuple[DecodeError, ...], count: int) -> list[str]:
    if not count:
        return []
    texts = [f"{one.message} at {clock(one.at)}" if one.at is not None else one.message for one in errors]
    shown = list(dict.fromkeys(texts))[:SHOWN_ERRORS]
    rest = count - len(shown)
    return [f"{', '.join(shown)} and {rest} more" if rest > 0 else ", ".join(shown)]


def clock(seconds: float) -> str:
    """`h:mm:ss`, as players show it."""
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def expected_length(observations: Iterable[Observation]) -> Observation | None:
    """The length in seconds by the most trusted source but the decoder; None when no source states one."""
    others = [
        one
        for one in observations
        if one.field is Field.DURATION and one.source is not Source.DECODER and one.confidence >= CREDIBLE
    ]
    if not others:
        return None
    from mamctl.domain.metadata.merge import rank_candidates

    return rank_candidates(others)[Field.DURATION].winner.observations[0]


def is_as_expected(played: float, expected: float) -> bool:
    """Whether the two lengths in seconds lie within one percent; whole minutes may have been rounded."""
    rounding = MINUTE if expected % MINUTE == 0 else 0.0
    return abs(played - expected) <= max(LENGTH_TOLERANCE * expected, rounding)


def judge_length(path: str, played: float | None, observations: Iterable[Observation]) -> tuple[Problem, ...]:
    """The problem of a book at `path` that does not play as long as it should; none when no source states a length."""
    word = expected_length(observations)
    if played is None or word is None or is_as_expected(played, cast("float", word.value)):
        return ()
    message = f"{path}: plays {clock(played)} where {word.source.value} says {clock(cast('float', word.value))}"
    remedy = "download it again if audio is missing; another edition may also be longer or shorter"
    return (Problem("length_differs", message, path, remedy),)
