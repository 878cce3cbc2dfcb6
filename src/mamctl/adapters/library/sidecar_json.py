"""Reads JSON sidecars: Audiobookshelf's metadata.json in both forms, Libation's saved Audible record, and others."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mamctl.adapters.library.text_encoding import decode_nfo
from mamctl.domain.library.audiobookshelf import Document, observe_abs
from mamctl.domain.library.labels import Label, label_of
from mamctl.domain.library.sidecar_fields import Levels, observe_mapping, series_of, text_of
from mamctl.domain.metadata import extract
from mamctl.domain.metadata.observation import Field, Observation, Origin, Source

if TYPE_CHECKING:
    from datetime import datetime

_ABS_KEYS = frozenset({"narrators", "authors", "authorName", "narratorName", "publishedYear", "abridged", "explicit"})
_OWN_NAMES = frozenset({"metadata.json", "info.json", "audiobook.json", "book.json"})
_LIBATION = Levels(sure=0.93, year=0.6)
_OTHER = Levels(sure=0.8, year=0.6)


ABS_NAMES = frozenset({"metadata.json", "metadata.abs"})


def observe_json(
    data: bytes, name: str, place: str, seen_at: datetime, known: Iterable[Document] = ()
) -> tuple[Observation, ...]:
    """What the file `name` says. Raises ValueError when it is no JSON object; an unknown object says what it can.

    `known` is what Audiobookshelf reads by itself: its file is no source for that.
    """
    found = read_object(data)
    product = found["product"] if isinstance(found.get("product"), dict) else found
    if "runtime_length_min" in product or "publication_name" in product or "publisher_summary" in product:
        return tuple(_observe_product(product, Origin(Source.LIBATION, place, seen_at)))
    # The older form keeps the same names one level down.
    inner = found["metadata"] if isinstance(found.get("metadata"), dict) else found
    if name.lower() in ABS_NAMES and _ABS_KEYS & inner.keys():
        return tuple(observe_abs(inner, Origin(Source.ABS_JSON, place, seen_at), known))
    labels = {label_of(str(key)) for key in inner}
    if name.lower() not in _OWN_NAMES and not {Label.TITLE, Label.AUTHOR} <= labels:
        return ()  # some other program's file
    return observe_mapping(inner, Origin(Source.SIDECAR, place, seen_at), _OTHER)


def read_object(data: bytes) -> dict[str, Any]:
    """The JSON object of a file; raises ValueError when it is none."""
    try:
        found = json.loads(decode_nfo(data))
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if isinstance(found, dict):
        return found
    raise ValueError("it is no JSON object")


def _observe_product(product: Mapping[str, Any], origin: Origin) -> Iterator[Observation]:
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
    minutes = product.get("runtime_length_min")
    if isinstance(minutes, (int, float)) and 0 < minutes < 100_000:
        yield from origin.observe(Field.DURATION, float(minutes) * 60, 0.8, at="runtime_length_min")


def _genres(product: Mapping[str, Any]) -> list[str]:
    """The first rung of each ladder; the others are tags."""
    ladders = [_list(ladder, "ladder") for ladder in _list(product, "category_ladders")]
    return [text_of(rungs[0]) for rungs in ladders if rungs]


def _list(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = data.get(key)
    return [part for part in found if isinstance(part, Mapping)] if isinstance(found, list) else []
