"""What an engine is asked and what it answers: a window of sound by its own hash, a transcript, or why not."""

from __future__ import annotations

from mamctl.dataclass import dataclass
from mamctl.domain.speech.transcript import Place, Segment, Transcript


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of one file: seconds from its start, or, where `from_end`, before its end."""

    path: str
    place: Place
    start: float
    seconds: float
    from_end: bool = False


@dataclass(frozen=True, slots=True)
class SoundCut:
    """A window as it was decoded: the hash of its samples, its length in seconds, and how loud it is (0 to 1)."""

    key: str
    seconds: float
    level: float


@dataclass(frozen=True, slots=True)
class Unusable:
    """A window that could not be decoded or transcribed, and why; `passing` when another day may help."""

    reason: str
    passing: bool = False


class EngineStoppedError(Exception):
    """The engine takes nothing more in this run; the message says why, in words for people."""


@dataclass(frozen=True, kw_only=True)
class EngineInfo:
    """An engine as `doctor` shows it. Without languages it takes any."""

    name: str
    model: str
    version: str = ""
    """Tells a model from another of the same name."""
    languages: frozenset[str] | None = None
    unavailable: str | None = None
    remedy: str | None = None

    def understands(self, language: str | None) -> bool:
        """Whether speech of this language (ISO 639-1; None is unknown) can be written down."""
        return self.languages is None or language is None or language in self.languages


def transcript_to_json(transcript: Transcript) -> dict[str, object]:
    """For the cache."""
    return {
        "language": transcript.language,
        "spoken": transcript.spoken,
        "segments": [[one.text, one.start, one.end, one.no_speech, one.log_probability] for one in transcript.segments],
    }


def transcript_from_json(kept: dict[str, object]) -> Transcript:
    """From the cache."""
    segments = kept["segments"]
    assert isinstance(segments, list)
    spoken = kept.get("spoken")
    assert spoken is None or isinstance(spoken, float | int)
    return Transcript(tuple(Segment(*one) for one in segments), str(kept["language"]), spoken)
