"""From a book to the question about it, and from the record that answers to observations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from functools import lru_cache

from mamctl.domain.library.paths.reading import ReadPath
from mamctl.domain.matching.records import BookQuery, CatalogueRecord, Medium
from mamctl.domain.metadata.agreed_value import AgreedValue
from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Field, Observation, Origin, Source, Value
from mamctl.domain.metadata.source_priority import CATALOGUE_SOURCES, is_final
from mamctl.domain.text.credits import same_person
from mamctl.domain.text.dates import parse_year
from mamctl.domain.text.normalize import fold
from mamctl.domain.text.series import SeriesEntry, parse_series

_ASKED = frozenset({
    Field.TITLE, Field.AUTHORS, Field.NARRATORS, Field.ASIN, Field.ISBN, Field.SERIES, Field.LANGUAGE, Field.ABRIDGED,
})  # fmt: skip
"""The fields of a book that a query about it has."""
_OF_NAMES = frozenset({Source.FOLDER, Source.FILE_NAME})
# A record that is certainly the right one can still be wrong in a field.
_RECORD_CERTAINTY = 0.95
MOST_READINGS = 3
"""Readings of one name that are asked about."""
_WORTH_ASKING = 0.01  # the least likelihood of a reading that is worth a question


def book_query_of(
    observations: Iterable[Observation], agreed: Mapping[Field, AgreedValue], duration_s: float | None
) -> BookQuery:
    """The query about a book, from what you and the files state.

    What catalogues said before is left out, or a wrong record would confirm itself.
    """
    local = agree([one for one in observations if one.field in _ASKED and one.source not in CATALOGUE_SOURCES])
    values = {chosen.field: chosen.value for chosen in local}
    values |= {field: chosen.value for field, chosen in agreed.items() if chosen.source is Source.USER}
    return BookQuery(
        title=_text(values.get(Field.TITLE)),
        author=_first_name(values.get(Field.AUTHORS)),
        narrator=_first_name(values.get(Field.NARRATORS)),
        duration_s=duration_s,
        asin=_text(values.get(Field.ASIN)),
        isbn=_text(values.get(Field.ISBN)),
        series=_first_series(values.get(Field.SERIES)),
        language=_text(values.get(Field.LANGUAGE)),
        abridged=value if isinstance(value := values.get(Field.ABRIDGED), bool) else None,
    )


def other_queries(
    first: BookQuery, observations: Iterable[Observation], agreed: Mapping[Field, AgreedValue], read: ReadPath | None
) -> tuple[BookQuery, ...]:
    """The query again for each further reading of the book's path, the likeliest first: for catalogues that find
    nothing with the first. None where the title is your own or a record's, and none by other authors than those
    that tags or sidecars name.
    """
    local = {value.field: value for value in agree(one for one in observations if one.source not in CATALOGUE_SOURCES)}
    title = agreed[Field.TITLE] if _is_own(agreed.get(Field.TITLE)) else local.get(Field.TITLE)
    if read is None or title is None or is_final(Field.TITLE, title.source):
        return ()
    author = agreed[Field.AUTHORS] if _is_own(agreed.get(Field.AUTHORS)) else local.get(Field.AUTHORS)
    stated = first.author if author is not None and author.source not in _OF_NAMES else None
    found = []
    for other in queries_of_path(read, first.duration_s):
        if stated and other.author and not same_person(stated, other.author):
            continue
        query = replace(
            without_ids(first), title=other.title, author=stated or other.author, series=other.series or first.series
        )
        if (fold(query.title or ""), query.author) != (fold(first.title or ""), first.author):
            found.append(query)
    return tuple(found)


def _is_own(value: AgreedValue | None) -> bool:
    return value is not None and value.source is Source.USER


def queries_of_path(read: ReadPath, duration_s: float | None) -> tuple[BookQuery, ...]:
    """The questions about a path, one a reading that may be right, the likeliest first."""
    facts = read.facts
    found: dict[tuple[object, ...], BookQuery] = {}
    for one in read.readings:
        if one.title is None or (found and one.likelihood < _WORTH_ASKING):
            continue
        book_query = BookQuery(
            title=one.title,
            author=one.authors[0] if one.authors else None,
            narrator=one.narrators[0] if one.narrators else None,
            duration_s=duration_s,
            asin=facts.asin,
            isbn=facts.isbn,
            series=one.series[0] if one.series else None,
            language=facts.language,
            abridged=facts.abridged,
        )
        found.setdefault((fold(one.title), book_query.author), book_query)
    return tuple(found.values())[:MOST_READINGS]


def without_ids(book_query: BookQuery) -> BookQuery:
    """The same question by title and people alone."""
    return replace(book_query, asin=None, isbn=None)


def add_known_fields(book_query: BookQuery, record: CatalogueRecord) -> BookQuery:
    """The question to the next catalogue: what one record of this recording adds is asked of the others too."""
    if record.format is not Medium.AUDIO:
        return book_query
    return replace(
        book_query,
        narrator=book_query.narrator or (record.narrators[0] if record.narrators else None),
        duration_s=book_query.duration_s or record.duration_s,
        asin=book_query.asin or record.asin,
        series=book_query.series or (record.series[0] if record.series else None),
        language=book_query.language or record.language,
        abridged=record.abridged if book_query.abridged is None else book_query.abridged,
    )


def follow_record(book_query: BookQuery, record: CatalogueRecord) -> BookQuery:
    """The question to the other catalogues once you have chosen the record that the book is: they are asked about
    that book, whatever the files state, but of the recording that the files have."""
    return replace(
        add_known_fields(book_query, record),
        title=record.title,
        author=record.authors[0] if record.authors else book_query.author,
        series=record.series[0] if record.series else None,
        asin=record.asin,
        isbn=record.isbn,
    )


def merge_details(record: CatalogueRecord, details: CatalogueRecord | None) -> CatalogueRecord:
    """The record with what a lookup adds to the search; the title by which it was matched stays."""
    if details is None:
        return record
    added = {
        entry.name: value
        for entry in fields(details)
        if (value := getattr(details, entry.name)) not in {None, ()} and entry.name not in {"source", "id", "title"}
    }
    if "series" in added and not any(added.get("series_ids", ())) and any(record.series_ids):
        del added["series"]
        added.pop("series_ids", None)
    return replace(record, **added)


def observe_record(
    record: CatalogueRecord, source: Source, certainty: float, place: str, seen_at: datetime
) -> tuple[Observation, ...]:
    """What a matched record states of the book; `certainty` (0..1) is that of the match, scaled by trust.

    A print edition states nothing about this recording: not its publisher, its date, its ISBN.
    """
    origin = Origin(source, place, seen_at, trust=min(1.0, max(0.0, certainty)) * _RECORD_CERTAINTY)
    return tuple([observation for one in _statements(record) for observation in origin.observe(*one)])


def stated_fields(record: CatalogueRecord) -> frozenset[Field]:
    """The fields of which the record states something."""
    return frozenset([field for field, value, _ in _statements(record) if value is not None and value not in {"", ()}])


def _statements(record: CatalogueRecord) -> tuple[tuple[Field, Value | None, float], ...]:
    """Field, value and certainty of what a record may state."""
    year = parse_year(record.first_published or "")
    of_the_book = (
        (Field.TITLE, record.title, 1.0),
        (Field.SUBTITLE, _own_subtitle(record.subtitle), 0.95),
        (Field.AUTHORS, record.authors, 1.0),
        (Field.SERIES, record.series, 0.97),
        (Field.YEAR, year, 0.95),
        (Field.LANGUAGE, record.language, 0.95),
        (Field.GENRES, record.genres, 0.9),
        (Field.DESCRIPTION, record.description, 0.95),
        (Field.COVER, record.cover, 0.9),
    )
    if record.format is not Medium.AUDIO:
        return of_the_book
    return (
        *of_the_book,
        (Field.NARRATORS, record.narrators, 1.0),
        (Field.PUBLISHED, record.published, 0.95),
        (Field.PUBLISHER, record.publisher, 0.95),
        (Field.ASIN, record.asin, 0.95),
        (Field.ISBN, record.isbn, 0.95),
        (Field.ABRIDGED, record.abridged, 0.95),
        (Field.DURATION, record.duration_s, 0.9),
    )


@lru_cache(maxsize=1_024)
def _own_subtitle(text: str | None) -> str | None:
    """A subtitle that is no more than the series and the place in it is none."""
    return None if text and any(entry.position for entry in parse_series(text)) else text


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _first_name(value: object) -> str | None:
    return value[0] if isinstance(value, tuple) and value and isinstance(value[0], str) else None


def _first_series(value: object) -> SeriesEntry | None:
    return value[0] if isinstance(value, tuple) and value and isinstance(value[0], SeriesEntry) else None
