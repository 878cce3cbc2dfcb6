"""A book of the library as one JSON object, the same in every command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mamctl.domain.metadata.observation import LIST_FIELDS, Field, value_to_json
from mamctl.output.report import jsonable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mamctl.domain.library.book import AudioFile, BookRecord
    from mamctl.domain.metadata.agreed_value import AgreedValue
    from mamctl.domain.metadata.observation import Observation

# The order of the keys is part of the format.
FIELDS = (
    Field.TITLE, Field.SUBTITLE, Field.AUTHORS, Field.NARRATORS, Field.SERIES, Field.YEAR, Field.PUBLISHED,
    Field.PUBLISHER, Field.LANGUAGE, Field.ASIN, Field.ISBN, Field.ABRIDGED, Field.GENRES, Field.DESCRIPTION,
    Field.COVER,
)  # fmt: skip
_LISTS = LIST_FIELDS | {Field.SERIES}


def book_to_json(book: BookRecord) -> dict[str, Any]:
    """Keys are always there; an unknown value is null, an unknown list is empty. Seconds, bytes, bits per second."""
    return {
        "id": book.id,
        "path": book.path,
        "files": [file_to_json(file) for file in book.files],
        "duration": book.duration,
        **values_to_json(book.agreed),
        "verified": [field.value for field, agreed in book.agreed.items() if agreed.verified],
        "evidence": [_evidence(said) for said in book.observations],
        "problems": jsonable(book.problems),
    }


def file_to_json(file: AudioFile) -> dict[str, Any]:
    """One audio file and the verdict on it."""
    return {
        "path": file.found.path,
        "size": file.found.size,
        "container": file.container,
        "codec": file.codec,
        "bitrate": file.bit_rate,
        "channels": file.channels,
        "sample_rate": file.sample_rate,
        "duration": file.duration,
        "header_duration": file.header_duration,
        "chapters": len(file.chapters),
        "cover": file.has_cover,
        "sound": file.sound.value,
        "decoded": file.decoded,
        "detail": file.detail,
    }


def values_to_json(agreed: Mapping[Field, AgreedValue]) -> dict[str, Any]:
    """Every field; an unknown value is null, an unknown list is empty."""
    return {field.value: _value(agreed.get(field), field) for field in FIELDS}


def _value(agreed: AgreedValue | None, field: Field) -> Any:
    if agreed is None:
        return [] if field in _LISTS else None
    return value_to_json(agreed.value)


def _evidence(said: Observation) -> dict[str, Any]:
    return {
        "field": said.field.value,
        "value": value_to_json(said.value),
        "source": said.source.value,
        "place": said.place,
        "confidence": said.confidence,
        "seen_at": jsonable(said.seen_at),
    }
