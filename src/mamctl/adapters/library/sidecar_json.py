"""Reads JSON sidecars: Audiobookshelf's metadata.json in both forms, Libation's in both, and others.

Audiobookshelf's older metadata.abs is text; it has the same fields.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from mamctl.adapters.library.text_encoding import decode_nfo
from mamctl.domain.json_values import Json, JsonObject
from mamctl.domain.library.audiobookshelf import TEXT_MARK, Document, observe_abs, read_text_form
from mamctl.domain.library.labels import Label, label_of
from mamctl.domain.library.sidecar_fields import Levels, observe_mapping, series_of, text_of
from mamctl.domain.metadata import extract
from mamctl.domain.metadata.extract import clean
from mamctl.domain.metadata.observation import Field, Observation, Origin, Source
from mamctl.domain.text.series import SeriesEntry, parse_position
from mamctl.regex import regex

if TYPE_CHECKING:
    from datetime import datetime

_ABS_KEYS = frozenset({"narrators", "authors", "authorName", "narratorName", "publishedYear", "abridged", "explicit"})
_OWN_NAMES = frozenset({"metadata.json", "info.json", "audiobook.json", "book.json"})
_LIBATION = Levels(sure=0.93, year=0.6)
# "2 : Lantern Cycle, 1 : Harbour Tales"
_ORDERED_SERIES = regex(r"(?:^|, )(?P<place>[^:,]{0,12}?) ?: (?P<name>.+?)(?=, [^:,]{0,12} : |$)")
_OTHER = Levels(sure=0.8, year=0.6)


ABS_NAMES = frozenset({"metadata.json", "metadata.abs"})


def observe_json(
    data: bytes, name: str, place: str, seen_at: datetime, known: Iterable[Document] = ()
) -> tuple[Observation, ...]:
    """What the file `name` says. Raises ValueError when it is not a JSON object; an unknown object says what it can.

    `known` is what Audiobookshelf reads by itself: its file is not a source for that.
    """
    if name.lower() == "metadata.abs" and (text := decode_nfo(data)).startswith(TEXT_MARK):
        return tuple(observe_abs(read_text_form(text), Origin(Source.ABS_JSON, place, seen_at), known))
    found = read_object(data)
    if "AuthorNames" in found:
        return tuple(_observe_export(found, Origin(Source.LIBATION, place, seen_at)))
    product = _inside(found, "product")
    if "runtime_length_min" in product or "publication_name" in product or "publisher_summary" in product:
        return tuple(_observe_product(product, Origin(Source.LIBATION, place, seen_at)))
    # The older form keeps the same names one level down.
    inner = _inside(found, "metadata")
    if name.lower() in ABS_NAMES and _ABS_KEYS & inner.keys():
        return tuple(observe_abs(inner, Origin(Source.ABS_JSON, place, seen_at), known))
    labels = {label_of(str(key)) for key in inner}
    if name.lower() not in _OWN_NAMES and not {Label.TITLE, Label.AUTHOR} <= labels:
        return ()  # some other program's file
    return observe_mapping(inner, Origin(Source.SIDECAR, place, seen_at), _OTHER)


def _inside(found: JsonObject, key: str) -> JsonObject:
    """The object of this name, else the whole."""
    inner = found.get(key)
    return inner if isinstance(inner, dict) else found


def read_object(data: bytes) -> dict[str, Json]:
    """The JSON object of a file; raises ValueError when it is not one."""
    try:
        found = json.loads(decode_nfo(data))
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    if isinstance(found, dict):
        return found
    raise ValueError("it is not a JSON object")


def _observe_product(product: JsonObject, origin: Origin) -> Iterator[Observation]:
    """A product of Audible's catalogue as Libation saves it."""
    simple = {key: product.get(key) for key in ("title", "subtitle", "authors", "narrators", "asin", "isbn", "language",
                                                "publisher_name", "format_type", "copyright")}  # fmt: skip
    yield from observe_mapping(simple, origin, _LIBATION)
    series = product.get("series")
    entries = (
        [entry for part in series if isinstance(part, Mapping) for entry in series_of(part)]
        if isinstance(series, list)
        else []
    )
    yield from origin.observe(Field.SERIES, tuple(dict.fromkeys(entries)), _LIBATION.sure, at="series")
    released = text_of(product.get("release_date") or product.get("issue_date"))
    yield from extract.extract_date(origin, Field.PUBLISHED, released, 0.9, at="release_date")
    summary = text_of(product.get("publisher_summary") or product.get("merchandising_summary"))
    yield from extract.extract_description(origin, summary, _LIBATION.sure, at="publisher_summary")
    yield from extract.extract_genres(origin, _genres(product), 0.9, at="category_ladders")
    yield from _minutes(product.get("runtime_length_min"), origin, "runtime_length_min")


def _observe_export(row: JsonObject, origin: Origin) -> Iterator[Observation]:
    """A book as Libation's older files and its exported library have it: texts, several values joined in one."""
    keys = {"authors": "AuthorNames", "narrators": "NarratorNames", "asin": "AudibleProductId", "title": "Title",
            "subtitle": "Subtitle", "publisher": "Publisher", "language": "Language"}  # fmt: skip
    yield from observe_mapping({key: row.get(old) for key, old in keys.items()}, origin, _LIBATION)
    found = [(part["place"], part["name"]) for part in _ORDERED_SERIES.finditer(text_of(row.get("SeriesOrder")))]
    entries = tuple(SeriesEntry(clean(name), parse_position(place)) for place, name in found if clean(name))
    names = [] if entries else [text_of(row.get("SeriesNames"))]
    yield from origin.observe(Field.SERIES, entries, _LIBATION.sure, at="SeriesOrder")
    yield from extract.extract_series(origin, names, (), _LIBATION.sure, at="SeriesNames")
    yield from extract.extract_date(origin, Field.PUBLISHED, text_of(row.get("DatePublished")), 0.9, at="DatePublished")
    yield from extract.extract_description(origin, text_of(row.get("Description")), _LIBATION.sure, at="Description")
    yield from extract.extract_genres(origin, [text_of(row.get("CategoriesNames"))], 0.9, at="CategoriesNames")
    if isinstance(abridged := row.get("IsAbridged"), bool):
        yield from origin.observe(Field.ABRIDGED, abridged, _LIBATION.sure, at="IsAbridged")
    yield from _minutes(row.get("LengthInMinutes"), origin, "LengthInMinutes")


def _minutes(value: Json, origin: Origin, at: str) -> tuple[Observation, ...]:
    seconds = float(value) * 60 if isinstance(value, (int, float)) and 0 < value < 100_000 else None
    return origin.observe(Field.DURATION, seconds, 0.8, at=at)


def _genres(product: JsonObject) -> list[str]:
    """The first rung of each ladder; the others are tags."""
    ladders = [_list(ladder, "ladder") for ladder in _list(product, "category_ladders")]
    return [text_of(rungs[0]) for rungs in ladders if rungs]


def _list(data: JsonObject, key: str) -> list[JsonObject]:
    found = data.get(key)
    return [part for part in found if isinstance(part, Mapping)] if isinstance(found, list) else []
