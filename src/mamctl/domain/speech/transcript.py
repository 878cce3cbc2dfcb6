"""A transcript as an engine returns it, and what of it was really said."""

from __future__ import annotations

import re
from enum import StrEnum

from mamctl.dataclass import dataclass
from mamctl.domain.text.normalize import fold
from mamctl.regex import regex

MOST_SEGMENTS = 400
"""Segments of one window that are read; no minute and a half of speech has more."""

_NO_SPEECH = 0.6  # of 1: with a low probability of the words, the engine heard no speech (openai/whisper's own rule)
_IMPROBABLE = -1.0  # mean log probability of the words
_REPEATS = 3  # the same words again and again are what Whisper makes of music

# What Whisper writes over silence and music, in any language (openai/whisper discussions; SYSTRAN/faster-whisper).
_FILLERS = frozenset(
    {
        "you", "thank you", "thanks for watching", "thank you for watching", "please subscribe", "subscribe", "bye",
        "music", "applause", "silence", "blank audio", "beep", "vielen dank", "untertitel der amara org community",
        "untertitelung des zdf", "sous titres realises par la communaute d amara org", "merci",
        "subtitulos realizados por la comunidad de amara org", "gracias por ver el video", "gracias",
        "so", "oh", "okay",
    }
)  # fmt: skip
_ASIDE = regex(r"[\[(*♪][^\])*♪]*[\])*♪]")  # [Music], (upbeat music), *beep*, ♪ la la ♪


class Place(StrEnum):
    """Which end of the book was listened to."""

    OPENING = "opening"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of speech. Times in seconds from the start of the window; probabilities as the engine gives them."""

    text: str
    start: float = 0.0
    end: float = 0.0
    no_speech: float = 0.0
    log_probability: float = 0.0


@dataclass(frozen=True, slots=True)
class Transcript:
    """What an engine wrote of one window, and the language it took it for (ISO 639-1)."""

    segments: tuple[Segment, ...]
    language: str = "en"
    spoken: float | None = None
    """Seconds of voice in the window, where the engine measures them."""

    @property
    def text(self) -> str:
        """The words that were really said, in one line."""
        return " ".join(segment.text.strip() for segment in spoken_segments(self.segments))


def spoken_segments(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """The segments without noises, repeated loops, and what an engine makes up over silence."""
    kept: list[Segment] = []
    for segment in segments[:MOST_SEGMENTS]:
        text = _ASIDE.sub(" ", segment.text).strip()
        if not text or _is_made_up(segment, fold(text)):
            continue
        if [fold(before.text) for before in kept[-_REPEATS:]] == [fold(text)] * _REPEATS:
            continue
        kept.append(Segment(text, segment.start, segment.end, segment.no_speech, segment.log_probability))
    return tuple(kept)


def _is_made_up(segment: Segment, folded: str) -> bool:
    if segment.no_speech > _NO_SPEECH and segment.log_probability < _IMPROBABLE:
        return True
    return " ".join(re.findall(r"\w+", folded)) in _FILLERS
