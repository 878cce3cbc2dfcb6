"""Agreed values in the forms other programs read: Audiobookshelf's metadata.json and calibre's OPF.

A file is only written where there is none, or over one that mamctl wrote and that has not changed since.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import field as dataclass_field
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from mamctl.dataclass import dataclass
from mamctl.domain.json_values import Json
from mamctl.domain.metadata.observation import Field, Value
from mamctl.domain.text.languages import language_code
from mamctl.domain.text.normalize import plain_text
from mamctl.domain.text.series import SeriesEntry, join_series

if TYPE_CHECKING:
    from mamctl.domain.library.book import AudioFile, BookRecord

Values = Mapping[Field, Value]
ABS_NAME, OPF_NAME = "metadata.json", "metadata.opf"


def export_book(book: BookRecord) -> dict[str, str]:
    """File names with their text, for everything that mamctl writes beside a book."""
    values = {field: agreed.value for field, agreed in book.agreed.items()}
    if description := values.get(Field.DESCRIPTION):
        values[Field.DESCRIPTION] = plain_text(str(description))
    return {ABS_NAME: write_abs_json(values, book.files), OPF_NAME: write_opf(values)}


def write_abs_json(values: Values, files: tuple[AudioFile, ...] = ()) -> str:
    """The flat form that Audiobookshelf writes itself, of what is known.

    A key stands only where there is a value: Audiobookshelf takes every list and every `false` for a statement, and an
    empty one would hide what it knows. `explicit` is never written, since mamctl does not know it.
    """
    year = values.get(Field.YEAR)
    document: dict[str, object] = {
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
        "abridged": values.get(Field.ABRIDGED),
    }
    known = {key: value for key, value in document.items() if value is not None and value != []}
    return json.dumps(known, ensure_ascii=False, indent=2) + "\n"


def _chapters(files: tuple[AudioFile, ...]) -> Iterator[dict[str, Json]]:
    """Chapter marks over the whole book, in seconds; none when a file's length is unknown.

    Audiobookshelf drops the whole list for one chapter without a title, so an empty one becomes "Chapter 3".
    """
    if any(file.duration is None for file in files):
        return
    offset, number = 0.0, 0
    for file in files:
        for mark in file.chapters:
            yield {"id": number, "start": round(offset + mark.start, 3), "end": round(offset + mark.end, 3),
                   "title": mark.title.strip() or f"Chapter {number + 1}"}  # fmt: skip
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
    from xml.sax.saxutils import quoteattr  # it brings all of urllib along

    for entry in _series(values):
        yield f'<meta name="calibre:series" content={quoteattr(_legal(entry.name))}/>'
        if entry.position:
            yield f'<meta name="calibre:series_index" content={quoteattr(_legal(entry.position))}/>'


def _element(tag: str, value: object, attributes: str = "") -> Iterator[str]:
    if value is not None and value != "":
        from html import escape  # here: who only reads exports needs no table of entities

        yield f"<dc:{tag}{attributes}>{escape(_legal(str(value)), quote=False)}</dc:{tag}>"


def _legal(text: str) -> str:
    """Without the control characters and lone surrogates that XML cannot hold."""
    return "".join(
        char
        for char in text
        if char in "\t\n\r" or (char >= " " and not "\ud800" <= char <= "\udfff" and char not in "\ufffe\uffff")
    )


class Write(StrEnum):
    """What to do with one file."""

    CREATE = "create"
    REPLACE = "replace"
    KEEP = "keep"  # it has this very content
    REFUSE = "refuse"  # another program or the user wrote it


@dataclass(frozen=True, slots=True)
class FileState:
    """A file as it lies on the disk; `mtime_ns` is when it was last written."""

    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class PlannedWrite:
    """One file, what to do with it, its content and the content's digest. `root` is the library it belongs to.

    `state` is the file as it is now, where its content stays.
    """

    root: str
    path: str
    write: Write
    content: bytes
    sha256: str
    state: FileState | None = None


@dataclass(frozen=True, slots=True)
class OwnExport:
    """What mamctl wrote to a path: digests of the last file and of one begun, and the text of the last (if kept).

    `sent` is what it sent to Audiobookshelf of the book, which may write it to that path.
    """

    digests: frozenset[str] = frozenset()
    text: str | None = None
    sent: Mapping[str, Json] = dataclass_field(default_factory=dict)


KEPT_BY_ABS = "kept_by_audiobookshelf"
"""The code of a file that Audiobookshelf writes itself and would write again."""


def digest(content: bytes) -> str:
    """What is remembered of a file that was written."""
    return hashlib.sha256(content).hexdigest()


def decide_write(on_disk: str | None, own: Collection[str], wanted: str) -> Write:
    """From the digests of the file as it is (None: absent), of mamctl's own writing, and of the new content."""
    if on_disk is None:
        return Write.CREATE
    if on_disk == wanted:
        return Write.KEEP
    return Write.REPLACE if on_disk in own else Write.REFUSE
