"""The fields of a structured sidecar, whose keys are already separate from its values.

JSON, YAML and XML sidecars differ in syntax only; their keys are the labels of NFO files in other clothes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from mamctl.dataclass import dataclass
from mamctl.domain.json_values import JsonObject
from mamctl.domain.library.labels import Label, label_of
from mamctl.domain.metadata import extract
from mamctl.domain.metadata.observation import Field, Observation, Origin
from mamctl.domain.text.credits import AUTHOR, NARRATOR, parse_credits
from mamctl.domain.text.series import SeriesEntry, parse_position


@dataclass(frozen=True, slots=True)
class Levels:
    """How far a kind of sidecar is believed; `year` is what its plain "year" is worth."""

    sure: float
    year: float


Extractor = Callable[[Origin, list[str], float, str], Iterator[Observation]]


def _each(function: Callable[..., Iterator[Observation]], **fixed: object) -> Extractor:
    def extractor(origin: Origin, texts: list[str], confidence: float, at: str) -> Iterator[Observation]:
        for text in texts[:1]:
            yield from function(origin, text, confidence, at=at, **fixed)

    return extractor


def _field(function: Callable[..., Iterator[Observation]], field: Field, factor: float = 1.0) -> Extractor:
    def extractor(origin: Origin, texts: list[str], confidence: float, at: str) -> Iterator[Observation]:
        for text in texts[:1]:
            yield from function(origin, field, text, confidence * factor, at=at)

    return extractor


_EXTRACTORS: dict[Label, Extractor] = {
    Label.TITLE: _each(extract.extract_title),
    Label.SUBTITLE: _each(extract.extract_subtitle),
    Label.PUBLISHER: _field(extract.extract_text, Field.PUBLISHER),
    Label.TEXT_YEAR: _field(extract.extract_date, Field.YEAR),
    Label.AUDIO_DATE: _field(extract.extract_date, Field.PUBLISHED),
    Label.COPYRIGHT: _each(extract.extract_copyright),
    Label.UNABRIDGED: _each(extract.extract_abridged, yes_means=False),
    Label.ABRIDGED: _each(extract.extract_abridged, yes_means=True),
    Label.EDITION: _each(extract.extract_abridged, yes_means=False),
    Label.ASIN: _field(extract.extract_text, Field.ASIN),
    Label.ISBN: _field(extract.extract_text, Field.ISBN),
    Label.LANGUAGE: _field(extract.extract_text, Field.LANGUAGE),
    Label.DESCRIPTION: _each(extract.extract_description),
    Label.COVER: _field(extract.extract_text, Field.COVER, 0.6),
    Label.GENRE: lambda w, texts, c, at: extract.extract_genres(w, texts, c, at=at),
}
MOST_VALUES = 300  # of one key; a cast of two hundred is the largest that was seen
LONGEST_TEXT = 100_000  # characters; no description is longer
_MINUTES, _SECONDS = 60.0, 1.0


def observe_mapping(
    data: JsonObject, origin: Origin, levels: Levels, *, duration_unit: float = _SECONDS
) -> tuple[Observation, ...]:
    """Everything known in a mapping of keys to text, number, list, or objects with a name; unknown keys say nothing."""
    by_label: dict[Label, list[object]] = {}
    for key, value in data.items():
        label = label_of(str(key))
        values = value if isinstance(value, list) else [value]
        if label is not None and value is not None and values:
            by_label.setdefault(label, []).extend(values[:MOST_VALUES])
    observations = _people(by_label, origin, levels.sure)
    observations += _series(by_label, origin, levels.sure)
    for label, values in by_label.items():
        if extractor := _EXTRACTORS.get(label):
            observations += extractor(
                origin, [text for value in values if (text := text_of(value))], levels.sure, label.value
            )
        elif label is Label.YEAR:
            observations += extract.extract_date(origin, Field.YEAR, text_of(values[0]), levels.year, at=label.value)
        elif label is Label.DURATION:
            unit = _MINUTES if any("min" in key.lower() for key in data if label_of(key) is label) else duration_unit
            observations += extract.extract_duration(
                origin, text_of(values[0]), levels.sure * 0.8, unit=unit, at=label.value
            )
    return tuple(observations)


def text_of(value: object) -> str:
    """A scalar, or the name of an object, as text; "" for anything else."""
    if isinstance(value, Mapping):
        value = next((value[key] for key in ("name", "title", "text", "value", "series") if value.get(key)), "")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)[:LONGEST_TEXT] if isinstance(value, (str, int, float)) else ""


def _people(by_label: dict[Label, list[object]], origin: Origin, sure: float) -> list[Observation]:
    observations: list[Observation] = []
    for label, field in ((Label.AUTHOR, Field.AUTHORS), (Label.NARRATOR, Field.NARRATORS)):
        texts = [_person(value) for value in by_label.get(label, [])]
        observations += extract.extract_people(origin, field, texts, sure, at=label.value)
    return observations


def _person(value: object) -> str:
    """A name with its role, when an object gives one that is not the field's own."""
    name = text_of(value)
    role = value.get("role") or value.get("type") if isinstance(value, Mapping) else None
    known = {credit.role for credit in parse_credits(f"x y ({role})")} if isinstance(role, str) and role else set()
    return f"{name} ({role})" if known - {None, AUTHOR, NARRATOR} else name


def _series(by_label: dict[Label, list[object]], origin: Origin, sure: float) -> list[Observation]:
    values = by_label.get(Label.SERIES, [])
    entries = tuple(entry for value in values if isinstance(value, Mapping) for entry in series_of(value))
    if entries:
        return list(origin.observe(Field.SERIES, entries, sure, at=Label.SERIES.value))
    names = [text for value in values if (text := text_of(value))]
    positions = [text for value in by_label.get(Label.POSITION, []) if (text := text_of(value))]
    return list(extract.extract_series(origin, names, positions, sure, at=Label.SERIES.value))


def series_of(value: JsonObject) -> tuple[SeriesEntry, ...]:
    """A series as an object: its name, and its place under one of the usual keys."""
    name = extract.clean(text_of(value))
    places = ("sequence", "position", "number", "part", "index")
    place = next((text_of(value[key]) for key in places if value.get(key) is not None), "")
    if not name:
        return ()
    position = parse_position(place)
    return (SeriesEntry(name),) if position is None else extract.place_series(name, position)
