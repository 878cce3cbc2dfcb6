"""Agreed values in the forms other programs read: Audiobookshelf's metadata.json and calibre's OPF."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast
from xml.sax.saxutils import escape, quoteattr

from mamctl.domain.metadata.observation import Field, Value
from mamctl.domain.text.languages import language_code
from mamctl.domain.text.series import SeriesEntry, join_series

if TYPE_CHECKING:
    from mamctl.domain.library.book import AudioFile, BookRecord

Values = Mapping[Field, Value]
ABS_NAME, OPF_NAME = "metadata.json", "metadata.opf"


def export_book(book: BookRecord) -> dict[str, str]:
    """File names with their text, for everything that mamctl writes beside a book."""
    values = {field: agreed.value for field, agreed in book.agreed.items()}
    return {ABS_NAME: write_abs_json(values, book.files), OPF_NAME: write_opf(values)}


def write_abs_json(values: Values, files: tuple[AudioFile, ...] = ()) -> str:
    """The flat form that Audiobookshelf writes itself; every key is there, what is unknown is null or empty."""
    year = values.get(Field.YEAR)
    document: dict[str, Any] = {
        "tags": [],
        "chapters": list(_chapters(files)),
        "title": values.get(Field.TITLE),
        "subtitle": values.get(Field.SUBTITLE),
        "authors": list(_names(values, Field.AUTHORS)),
        "narrators": list(_names(values, Field.NARRATORS)),
        "series": list(join_series(_series(values))),
        "genres": list(_names(values, Field.GENRES)),
        "publishedYear": None if year is None else str(year),
        "publishedDate": values.get(Field.PUBLISHED),
        "publisher": values.get(Field.PUBLISHER),
        "description": values.get(Field.DESCRIPTION),
        "isbn": values.get(Field.ISBN),
        "asin": values.get(Field.ASIN),
        "language": values.get(Field.LANGUAGE),
        "explicit": False,
        "abridged": bool(values.get(Field.ABRIDGED, False)),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _chapters(files: tuple[AudioFile, ...]) -> Iterator[dict[str, Any]]:
    """Chapter marks over the whole book, in seconds; none when a file's length is unknown."""
    if any(file.duration is None for file in files):
        return
    offset, number = 0.0, 0
    for file in files:
        for mark in file.chapters:
            yield {"id": number, "start": round(offset + mark.start, 3), "end": round(offset + mark.end, 3),
                   "title": mark.title}  # fmt: skip
            number += 1
        offset += file.duration or 0.0


def _names(values: Values, field: Field) -> tuple[str, ...]:
    return cast("tuple[str, ...]", values.get(field, ()))


def _series(values: Values) -> tuple[SeriesEntry, ...]:
    return cast("tuple[SeriesEntry, ...]", values.get(Field.SERIES, ()))


_OPF = """<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="2.0" unique-identifier="book">
  <metadata xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf">
{lines}
  </metadata>
</package>
"""


def write_opf(values: Values) -> str:
    """An OPF package document that holds metadata only; roles are MARC's `aut` and `nrt`."""
    return _OPF.format(lines="\n".join(f"    {line}" for line in _opf_lines(values)))


def _opf_lines(values: Values) -> Iterator[str]:
    for tag, field in (("title", Field.TITLE), ("subtitle", Field.SUBTITLE)):
        yield from _element(tag, values.get(field))
    for role, field in (("aut", Field.AUTHORS), ("nrt", Field.NARRATORS)):
        for name in _names(values, field):
            yield from _element("creator", name, f' opf:role="{role}"')
    yield from _element("publisher", values.get(Field.PUBLISHER))
    yield from _element("date", values.get(Field.YEAR) or values.get(Field.PUBLISHED))
    language = values.get(Field.LANGUAGE)
    yield from _element("language", language_code(str(language)) or language if language else None)
    yield from _element("description", values.get(Field.DESCRIPTION))
    for genre in _names(values, Field.GENRES):
        yield from _element("subject", genre)
    yield from _element("identifier", values.get(Field.ASIN), ' opf:scheme="ASIN"')
    yield from _element("identifier", values.get(Field.ISBN), ' opf:scheme="ISBN"')
    for entry in _series(values):
        yield f'<meta name="calibre:series" content={quoteattr(_legal(entry.name))}/>'
        if entry.position:
            yield f'<meta name="calibre:series_index" content={quoteattr(_legal(entry.position))}/>'


def _element(tag: str, value: object, attributes: str = "") -> Iterator[str]:
    if value is not None and value != "":
        yield f"<dc:{tag}{attributes}>{escape(_legal(str(value)))}</dc:{tag}>"


def _legal(text: str) -> str:
    """Without the control characters and lone surrogates that XML cannot hold."""
    return "".join(
        char
        for char in text
        if char in "\t\n\r" or (char >= " " and not "\ud800" <= char <= "\udfff" and char not in "\ufffe\uffff")
    )
