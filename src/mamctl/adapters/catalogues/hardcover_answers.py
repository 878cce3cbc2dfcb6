"""Hardcover's GraphQL answers read."""

from __future__ import annotations

import re

from mamctl.adapters.catalogues.answer import Answer, Json, changed, check, rating_of, read_json, refused
from mamctl.adapters.catalogues.wording import description_of
from mamctl.domain.matching.records import CatalogueRecord, Medium, SeriesRecord, SeriesVolume
from mamctl.domain.metadata.observation import Source
from mamctl.domain.text.dates import parse_date
from mamctl.domain.text.identifiers import parse_asin, parse_isbn
from mamctl.domain.text.languages import parse_language
from mamctl.domain.text.series import SeriesEntry, parse_position
from mamctl.regex import regex

LISTENED = 2  # reading_format_id of audio editions
_NAME = "hardcover"
_FORMATS = {1: Medium.PRINT, LISTENED: Medium.AUDIO, 4: Medium.EBOOK}
_NARRATING = regex(r"narrat|read", re.IGNORECASE)
_WRITING = regex(r"author|writ", re.IGNORECASE)


def parse_search(answer: Answer) -> list[CatalogueRecord]:
    """The books found."""
    results = _data(answer)["search"]["results"]
    if not results["hits"].is_list:
        raise changed(_NAME, "no list of hits")
    return [record for hit in results["hits"] if (record := _found(hit["document"]))]


def parse_editions(answer: Answer) -> list[CatalogueRecord]:
    """The editions, each under the number of its book."""
    editions = _data(answer)["editions"]
    if not editions.is_list:
        raise changed(_NAME, "no list of editions")
    return [record for edition in editions if (record := _edition(edition))]


def parse_series_answer(answer: Answer) -> SeriesRecord | None:
    """The series; None when there is none."""
    found = _data(answer)["series"]
    if not found.is_list:
        raise changed(_NAME, "no list of series")
    series = next(iter(found), Json())
    number, name = series["id"].text, series["name"].text
    if not number or not name:
        return None
    volumes = (
        SeriesVolume(
            position=_position(part["position"]),
            title=title,
            id=part["book"]["id"].text or "",
            published=parse_date(part["book"]["release_date"].text or ""),
        )
        for part in series["book_series"]
        if (title := part["book"]["title"].text)
    )
    description = description_of(series["description"].text)
    return SeriesRecord(source=Source.HARDCOVER, id=number, name=name, volumes=tuple(volumes), description=description)


def _data(answer: Answer) -> Json:
    check(_NAME, answer)
    document = read_json(_NAME, answer)
    troubles = [text for trouble in document["errors"] if (text := trouble["message"].text)]
    message = (troubles or [document["error"].text or ""])[0]
    if re.search(r"token|jwt|authori[sz]|authenticat", message, re.IGNORECASE):
        raise refused(_NAME, message[:120])
    if message or not document["data"].is_object:
        raise changed(_NAME, f"it says: {message[:120]}" if message else "no data")
    return document["data"]


def _found(document: Json) -> CatalogueRecord | None:
    number, title = document["id"].text, document["title"].text
    if not number or not title:
        return None
    featured = document["featured_series"]
    first = featured["series"]["name"].text
    names = tuple(dict.fromkeys(filter(None, (first, *document["series_names"].texts))))
    return CatalogueRecord(
        source=Source.HARDCOVER,
        id=number,
        title=title,
        subtitle=document["subtitle"].text,
        authors=tuple(dict.fromkeys(document["author_names"].texts)),
        # The position is that of the featured series, whose name older answers leave out.
        series=tuple(
            SeriesEntry(name, _position(featured["position"]) if place == 0 and (first or len(names) == 1) else None)
            for place, name in enumerate(names)
        ),
        series_ids=tuple((featured["series"]["id"].text or "") if name == first else "" for name in names),
        first_published=parse_date(document["release_date"].text or document["release_year"].text or ""),
        isbn=next((isbn for text in document["isbns"].texts if (isbn := parse_isbn(text))), None)
        if len(document["isbns"].texts) == 1
        else None,
        genres=document["genres"].texts,
        description=description_of(document["description"].text),
        cover=document["image"]["url"].address,
        rating=rating_of(document["rating"].number),
        ratings_count=document["ratings_count"].count,
        url=_url(document),
    )


def _edition(edition: Json) -> CatalogueRecord | None:
    book = edition["book"]
    number, title = book["id"].text, edition["title"].text or book["title"].text
    if not number or not title:
        return None
    authors, narrators = _people(edition["contributions"])
    seconds = edition["audio_seconds"].number
    return CatalogueRecord(
        source=Source.HARDCOVER,
        id=number,
        title=title,
        subtitle=edition["subtitle"].text,
        authors=authors,
        narrators=narrators,
        published=parse_date(edition["release_date"].text or ""),
        first_published=parse_date(book["release_date"].text or ""),
        publisher=edition["publisher"]["name"].text,
        language=parse_language(edition["language"]["code3"].text or ""),
        asin=parse_asin(edition["asin"].text or ""),
        isbn=parse_isbn(edition["isbn_13"].text or ""),
        duration_s=seconds if seconds and 0 < seconds < 10**7 else None,
        description=description_of(book["description"].text),
        rating=rating_of(book["rating"].number),
        ratings_count=book["ratings_count"].count,
        format=_FORMATS.get(edition["reading_format_id"].count or 0),
        url=_url(book),
    )


def _people(contributions: Json) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Authors and narrators. The role is free text: nothing, "Narrator", "Reading", "author/narrator"."""
    authors: dict[str, None] = {}
    narrators: dict[str, None] = {}
    for part in contributions:
        role, name = part["contribution"].text or "", part["author"]["name"].text
        if name and (not role or _WRITING.search(role)):
            authors[name] = None
        if name and _NARRATING.search(role):
            narrators[name] = None
    return tuple(authors), tuple(narrators)


def _position(place: Json) -> str | None:
    number = place.number
    return parse_position(f"{number:g}") if number is not None else parse_position(place.text or "")


def _url(book: Json) -> str | None:
    slug = book["slug"].text
    return f"https://hardcover.app/books/{slug}" if slug else None
