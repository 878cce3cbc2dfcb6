"""A book of the library as it is recorded: its files and their verdicts, agreed values, evidence, problems."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

from mamctl.dataclass import dataclass
from mamctl.domain.library.audio_integrity import AudioIntegrity, AudioVerdict, judge_audio

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from mamctl.domain.library.audio_facts import AudioFacts, Chapter
    from mamctl.domain.library.files import FoundFile
    from mamctl.domain.library.parts import TrackTag
    from mamctl.domain.metadata.agreed_value import AgreedValue
    from mamctl.domain.metadata.observation import Field, Observation
    from mamctl.domain.problem import Problem

NOT_DECODED, ENDS, WHOLE = "no", "edges", "whole"


@dataclass(frozen=True, slots=True)
class AudioFile:
    """One audio file and the verdict on it. `decoded` is how far that reaches: no, edges (both ends) or whole.

    `checked_at` is when it was judged, None for a verdict that is not recorded yet.
    """

    found: FoundFile
    sound: AudioIntegrity = AudioIntegrity.UNCHECKED
    detail: str = "not decoded"
    decoded: str = NOT_DECODED
    container: str | None = None
    codec: str | None = None
    bit_rate: int | None = None
    channels: int | None = None
    sample_rate: int | None = None
    duration: float | None = None
    header_duration: float | None = None
    has_cover: bool = False
    chapters: tuple[Chapter, ...] = ()
    checked_at: datetime | None = None

    def is_same(self, other: FoundFile) -> bool:
        """Whether `other` is this very file, unchanged since."""
        mine = self.found
        return (mine.path, mine.size, mine.mtime_ns, mine.inode) == (
            other.path,
            other.size,
            other.mtime_ns,
            other.inode,
        )


def judge_file(found: FoundFile, facts: AudioFacts, *, whole: bool) -> AudioFile:
    """The file with its verdict; `whole` is what was asked for. What another day may change is not called decoded."""
    verdict: AudioVerdict = judge_audio(facts, found.size)
    return AudioFile(
        found=found,
        sound=verdict.sound,
        detail=verdict.detail,
        decoded=NOT_DECODED if facts.not_attempted or facts.transient else WHOLE if whole or facts.whole else ENDS,
        container=facts.container,
        codec=facts.codec,
        bit_rate=facts.bit_rate,
        channels=facts.channels,
        sample_rate=facts.sample_rate,
        duration=verdict.duration,
        header_duration=facts.header_duration,
        has_cover=facts.has_cover,
        chapters=facts.chapters,
    )


def relocate(file: AudioFile, found: FoundFile) -> AudioFile:
    """The same verdict for the same file as it lies now."""
    return replace(file, found=found)


def decoded_so_far(files: Iterable[AudioFile]) -> str:
    """How far every one of the files was decoded."""
    reached = {file.decoded for file in files}
    return next((reach for reach in (NOT_DECODED, ENDS) if reach in reached), WHOLE if reached else NOT_DECODED)


def total_duration(files: tuple[AudioFile, ...]) -> float | None:
    """Seconds of the whole book; None when the length of any file is unknown."""
    lengths = [file.duration for file in files]
    if not lengths or any(length is None for length in lengths):
        return None
    return round(sum(length for length in lengths if length is not None), 3)


@dataclass(frozen=True, slots=True)
class BookReading:
    """What a book's tags, sidecars and names say, and what of it could not be read.

    `tracks` are the disc and track numbers in the files' tags, by path.
    """

    observations: tuple[Observation, ...]
    problems: tuple[Problem, ...] = ()
    tracks: Mapping[str, TrackTag] = field(default_factory=dict)

    def digest(self) -> bytes:
        """16 bytes that are the same where another reading gave the same, whenever it was made."""
        from hashlib import blake2b  # here: what is read long after it was written needs none

        said = [(one.field, one.value, one.source, one.place, one.confidence) for one in self.observations]
        whole = repr((said, self.problems, sorted(self.tracks.items())))
        return blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class BookRecord:
    """A book as the store has it. `path` is its folder, or the file when it lies loose at the root."""

    id: int
    path: str
    root: str
    files: tuple[AudioFile, ...]
    agreed: dict[Field, AgreedValue]
    observations: tuple[Observation, ...]
    problems: tuple[Problem, ...]
    duration: float | None
    scanned_at: datetime
