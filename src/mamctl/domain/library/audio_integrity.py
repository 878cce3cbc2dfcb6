"""Judges whether an audio file is sound, from what decoding it measured.

A decoder's exit status says nothing: it is 0 for most damage. What tells is the length that comes out against the
length that the file claims, packets that do not decode, and jumps in time.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mamctl.domain.library.audio_facts import AudioFacts, BadSpot

# A shortfall below this is how encoders pad and round; above it, sound is missing.
MIN_SHORTFALL = 2.0
SHORTFALL_SHARE = 0.005
# A frame or two of difference between a container's byte count and the file is rounding.
BYTE_TOLERANCE = 4096
TOLD_SPOTS = 3


class Sound(StrEnum):
    """Whether a file can be listened to from beginning to end."""

    GOOD = "good"
    DAMAGED = "damaged"  # sound comes out, but not all of it
    UNREADABLE = "unreadable"  # no sound comes out at all
    UNCHECKED = "unchecked"  # nothing could be said


@dataclass(frozen=True, slots=True)
class SoundVerdict:
    """The verdict on one file; `detail` names each fault with its position, empty for a good file."""

    sound: Sound
    detail: str
    duration: float | None  # seconds, as the decoder found it; None when it could not tell


def judge_sound(facts: AudioFacts | None, size: int) -> SoundVerdict:
    """The verdict on a file of `size` bytes. `facts` is None when it was not opened."""
    if size == 0:
        return SoundVerdict(Sound.UNREADABLE, "the file is empty", None)
    if facts is None or facts.untried:
        return SoundVerdict(Sound.UNCHECKED, facts.untried if facts and facts.untried else "not decoded", None)
    if facts.failure is not None:
        return SoundVerdict(Sound.UNREADABLE, facts.failure, None)
    if facts.decoded <= 0:
        return SoundVerdict(Sound.UNREADABLE, "no sound can be decoded from it", None)
    duration = decoded_duration(facts)
    faults = [
        *_size_faults(facts),
        *_length_faults(facts, duration),
        *_spot_faults(facts.bad_spots, facts.bad_count),
    ]
    return SoundVerdict(Sound.DAMAGED if faults else Sound.GOOD, "; ".join(faults), duration)


def decoded_duration(facts: AudioFacts) -> float | None:
    """Seconds of sound in the file: counted when all was decoded, else where the decoded end lies."""
    if facts.failure is not None or facts.decoded <= 0:
        return None
    if facts.whole:
        return round(facts.decoded, 3)
    return None if facts.reached is None else round(facts.reached, 3)


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
        return [f"cut: sound ends at {clock(duration)}, the header claims {clock(claimed)}"]
    return []


def _spot_faults(spots: tuple[BadSpot, ...], count: int) -> list[str]:
    if not count:
        return []
    texts = [f"{spot.message} at {clock(spot.at)}" if spot.at is not None else spot.message for spot in spots]
    told = list(dict.fromkeys(texts))[:TOLD_SPOTS]
    rest = count - len(told)
    return [f"{', '.join(told)} and {rest} more" if rest > 0 else ", ".join(told)]


def clock(seconds: float) -> str:
    """`h:mm:ss`, as players show it."""
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
