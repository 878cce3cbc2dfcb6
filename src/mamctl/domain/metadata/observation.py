"""An observation: the value that one source states for one field of one book, where, and how certain it is."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from mamctl.dataclass import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from mamctl.domain.text.series import SeriesEntry


class Field(StrEnum):
    """What can be known of a book. The comment is the shape of the value."""

    TITLE = "title"  # str, without subtitle and series
    SUBTITLE = "subtitle"  # str
    AUTHORS = "authors"  # tuple of names, first author first
    NARRATORS = "narrators"  # tuple of names
    SERIES = "series"  # tuple of SeriesEntry, the main series first
    YEAR = "year"  # int, the year the text was published
    PUBLISHED = "published"  # YYYY, YYYY-MM or YYYY-MM-DD, when this recording was published
    PUBLISHER = "publisher"  # str
    LANGUAGE = "language"  # English name of the language
    ASIN = "asin"  # ten characters
    ISBN = "isbn"  # ISBN-13 or ISBN-10, without hyphens
    ABRIDGED = "abridged"  # bool
    GENRES = "genres"  # tuple of str
    DESCRIPTION = "description"  # plain text
    COVER = "cover"  # path below the book's folder (of a picture, or of audio that holds one), or URL
    DURATION = "duration"  # float, seconds


NAME_FIELDS = frozenset({Field.AUTHORS, Field.NARRATORS})
LIST_FIELDS = NAME_FIELDS | {Field.GENRES}


class Source(StrEnum):
    """Where a value comes from."""

    USER = "person"
    CATALOGUE_ASIN = "catalogue_asin"  # Audible's record for an ASIN that the files themselves name
    TRACKER = "tracker"
    ABS_SERVER = "audiobookshelf"  # set in Audiobookshelf by hand or by a match, as its server says
    ABS_JSON = "abs_json"
    OPF = "opf"
    LIBATION = "libation"  # Audible's record, saved beside the file
    SIDECAR = "sidecar"  # info.json, metadata.yml, album.nfo and other structured files
    TAGS = "tags"
    NFO = "nfo"
    TEXT_FILE = "text_file"  # desc.txt, reader.txt
    FOLDER = "folder"
    FILE_NAME = "file_name"
    DECODER = "decoder"  # what decoding the audio measured
    SPEECH = "speech"
    AUDIBLE = "audible"
    AUDNEXUS = "audnexus"
    GOODREADS = "goodreads"
    OPEN_LIBRARY = "open_library"
    GOOGLE_BOOKS = "google_books"
    HARDCOVER = "hardcover"
    ITUNES = "itunes"
    LIBRIVOX = "librivox"
    CUSTOM = "custom"

    @property
    def group(self) -> str:
        """Sources of one group repeat one origin: together they count as one source, not several."""
        return _GROUPS[self]


# Audnexus and Libation pass on what Audible says. One tool names files, writes their tags and leaves
# desc.txt beside them. Audiobookshelf writes its JSON and its OPF from the record that its server shows.
_GROUPS: dict[Source, str] = {source: source.value for source in Source} | {
    Source.CATALOGUE_ASIN: "audible",
    Source.AUDNEXUS: "audible",
    Source.LIBATION: "audible",
    Source.TAGS: "files",
    Source.TEXT_FILE: "files",
    Source.FOLDER: "files",
    Source.FILE_NAME: "files",
    Source.ABS_SERVER: "library",
    Source.ABS_JSON: "library",
    Source.OPF: "library",
}


Value: TypeAlias = "str | int | float | bool | tuple[str, ...] | tuple[SeriesEntry, ...]"


@dataclass(frozen=True, slots=True)
class Observation:
    """One statement. An empty value cannot be observed: no value is not a statement.

    `place` is the file, tag or line; `confidence` lies in 0..1; `seen_at` is aware UTC.
    """

    field: Field
    value: Value
    source: Source
    place: str
    confidence: float
    seen_at: datetime

    def __post_init__(self) -> None:
        if self.value in {"", ()}:
            raise ValueError(f"an observation of {self.field} needs a value")
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"confidence {self.confidence} is not in 0..1")


@dataclass(frozen=True, slots=True)
class Origin:
    """A source at one moment, from which observations are made; `trust` scales all confidences."""

    source: Source
    place: str
    seen_at: datetime
    trust: float = 1.0

    def observe(
        self, field: Field, value: Value | None, confidence: float, *, at: str | None = None
    ) -> tuple[Observation, ...]:
        """The one observation, or none where there is no value. `at` is a tag or line inside the place."""
        if value is None or value in {"", ()}:
            return ()
        place = f"{self.place}#{at}" if at else self.place
        certainty = round(min(1.0, max(0.0, confidence * self.trust)), 4)
        return (Observation(field, value, self.source, place, certainty, self.seen_at),)


def value_to_json(value: Value) -> Any:
    """The value as JSON has it; a series becomes `{"name", "position"}`."""
    if not isinstance(value, tuple):
        return value
    return [part if isinstance(part, str) else {"name": part.name, "position": part.position} for part in value]


def value_from_json(field: Field, data: Any) -> Value:
    """The inverse of `value_to_json`; raises ValueError or KeyError on a foreign shape."""
    if field is Field.SERIES:
        entry = _series_entry()
        return tuple([entry(str(part["name"]), part.get("position")) for part in data])
    if field in LIST_FIELDS:
        return tuple(map(str, data))
    if isinstance(data, (str, int, float)):
        return data
    raise ValueError(f"{field} cannot hold a {type(data).__name__}")


@cache
def _series_entry() -> type[SeriesEntry]:
    """Imported once, with the first series that is met: all that reads a series comes with it."""
    from mamctl.domain.text.series import SeriesEntry

    return SeriesEntry
