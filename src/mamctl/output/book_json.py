"""A book of the library as one JSON object, the same in every command. The order of the fields is part of the format.

Durations are seconds, sizes bytes, bit rates bits per second. An unknown value is null, an unknown list is empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from mamctl.dataclass import dataclass
from mamctl.domain.library.audio_integrity import AudioIntegrity
from mamctl.domain.library.book import AudioFile, BookRecord
from mamctl.domain.metadata.agreed_value import AgreedValue
from mamctl.domain.metadata.observation import Field, Source, Value
from mamctl.domain.outcome import FLAT
from mamctl.domain.problem import Problem
from mamctl.domain.text.series import SeriesEntry


@dataclass(frozen=True, slots=True)
class FileData:
    """One audio file and the verdict on it."""

    path: str
    size: int
    container: str | None
    codec: str | None
    bitrate: int | None
    channels: int | None
    sample_rate: int | None
    duration: float | None
    header_duration: float | None
    chapters: int
    cover: bool
    sound: AudioIntegrity
    decoded: str
    detail: str

    @classmethod
    def of(cls, file: AudioFile) -> FileData:
        """The facts of one file."""
        return cls(
            file.found.path, file.found.size, file.container, file.codec, file.bit_rate, file.channels,
            file.sample_rate, file.duration, file.header_duration, len(file.chapters), file.has_cover, file.sound,
            file.decoded, file.detail,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class BookValues:
    """The value of each field."""

    title: str | None
    subtitle: str | None
    authors: tuple[str, ...]
    narrators: tuple[str, ...]
    series: tuple[SeriesEntry, ...]
    year: int | None
    published: str | None
    publisher: str | None
    language: str | None
    asin: str | None
    isbn: str | None
    abridged: bool | None
    genres: tuple[str, ...]
    description: str | None
    cover: str | None

    @classmethod
    def of(cls, agreed: Mapping[Field, AgreedValue]) -> BookValues:
        """The values of what was agreed."""
        values = {known.field: known.value for known in agreed.values()}
        year, abridged = values.get(Field.YEAR), values.get(Field.ABRIDGED)
        return cls(
            title=_text(values, Field.TITLE),
            subtitle=_text(values, Field.SUBTITLE),
            authors=_names(values, Field.AUTHORS),
            narrators=_names(values, Field.NARRATORS),
            series=_series(values),
            year=year if isinstance(year, int) else None,
            published=_text(values, Field.PUBLISHED),
            publisher=_text(values, Field.PUBLISHER),
            language=_text(values, Field.LANGUAGE),
            asin=_text(values, Field.ASIN),
            isbn=_text(values, Field.ISBN),
            abridged=abridged if isinstance(abridged, bool) else None,
            genres=_names(values, Field.GENRES),
            description=_text(values, Field.DESCRIPTION),
            cover=_text(values, Field.COVER),
        )


@dataclass(frozen=True, slots=True)
class EvidenceData:
    """What one source states of one field."""

    field: Field
    value: Value
    source: Source
    place: str
    confidence: float
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class BookData:
    """A book with its files, the values that hold, and all that was observed."""

    id: int
    path: str
    files: tuple[FileData, ...]
    duration: float | None
    values: BookValues = field(metadata=FLAT)
    verified: tuple[Field, ...]
    evidence: tuple[EvidenceData, ...]
    problems: tuple[Problem, ...]

    @classmethod
    def of(cls, book: BookRecord) -> BookData:
        """The book as the store has it."""
        return cls(
            id=book.id,
            path=book.path,
            files=tuple(map(FileData.of, book.files)),
            duration=book.duration,
            values=BookValues.of(book.agreed),
            verified=tuple(name for name, agreed in book.agreed.items() if agreed.verified),
            evidence=tuple(
                EvidenceData(one.field, one.value, one.source, one.place, one.confidence, one.seen_at)
                for one in book.observations
            ),
            problems=book.problems,
        )


def _text(values: Mapping[Field, Value], name: Field) -> str | None:
    value = values.get(name)
    return value if isinstance(value, str) else None


def _names(values: Mapping[Field, Value], name: Field) -> tuple[str, ...]:
    value = values.get(name)
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, tuple) else ()


def _series(values: Mapping[Field, Value]) -> tuple[SeriesEntry, ...]:
    value = values.get(Field.SERIES)
    return tuple(one for one in value if isinstance(one, SeriesEntry)) if isinstance(value, tuple) else ()
