"""Goodreads' XML read: what it answers is judged by content, not by status."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from mamctl.adapters.catalogues.answer import (
    Answer,
    as_address,
    as_count,
    as_number,
    changed,
    check,
    clean,
    rating_of,
    read_xml,
    refused,
    xml_fields,
    xml_items,
    xml_text,
)
from mamctl.adapters.catalogues.wording import description_of, split_series
from mamctl.dataclass import dataclass
from mamctl.domain.matching.records import CatalogueRecord, Medium, SeriesRecord, SeriesVolume
from mamctl.domain.metadata.observation import Source
from mamctl.domain.text.dates import parse_date
from mamctl.domain.text.identifiers import parse_asin, parse_isbn
from mamctl.domain.text.languages import parse_language
from mamctl.domain.text.normalize import tidy
from mamctl.domain.text.series import SeriesEntry, parse_position
from mamctl.regex import regex

if TYPE_CHECKING:
    from lxml.etree import _Element

_NAME = "goodreads"
_NARRATING = regex(r"\b(?:narrat|reader|read by|sprecher|lecteur|voice)", re.IGNORECASE)
_AUDIO = regex(r"\baudi|\bmp3 cd\b|\bcassette\b|hörbuch", re.IGNORECASE)
_EBOOK = regex(r"\bkindle\b|\be-?book\b|\bnook\b|\bepub\b", re.IGNORECASE)
# Shelves for what readers did with the book, not for what it is.
_NO_GENRES = regex(
    r"read|own|buy|wish|want|librar|favou?rit|shelf|shelved|book|audio|kindle|ebook|default|finish|dnf|tbr|\d|series|"
    r"novels?$|my-|abandoned|borrowed|wait|maybe|star"
)
_MOST_GENRES = 5
_MOST_PEOPLE = 100


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of what a search found, with the few facts that it has of each book; `is_last` when none follows."""

    books: tuple[CatalogueRecord, ...]
    is_last: bool


def parse_search(answer: Answer) -> list[CatalogueRecord]:
    """The books on a page of a search."""
    return list(parse_search_page(answer).books)


def parse_search_page(answer: Answer) -> SearchPage:
    """A page of a search."""
    root = _root(answer)
    if root is None:
        return SearchPage((), is_last=True)
    search = root.find("search")
    if search is None:
        raise changed(_NAME, "no search in the answer")
    books = tuple([record for work in xml_items(search, "results/work") if (record := _found(work))])
    end, total = as_count(xml_text(search, "results-end")), as_count(xml_text(search, "total-results"))
    return SearchPage(books, is_last=not books or end is None or total is None or end >= total)


def parse_book(answer: Answer) -> CatalogueRecord | None:
    """The book; None when Goodreads says that there is none."""
    root = _root(answer)
    if root is None:
        return None
    book = root.find("book")
    record = None if book is None else _record(book)
    if record is None:
        raise changed(_NAME, "no book in the answer")
    return record


@dataclass(frozen=True, slots=True)
class AuthorPage:
    """One page of an author's books; `is_last` when no page follows."""

    author: str
    books: tuple[CatalogueRecord, ...]
    is_last: bool


def parse_author_page(answer: Answer) -> AuthorPage | None:
    """The author's name and books; None when Goodreads says that there is no such author."""
    root = _root(answer)
    if root is None:
        return None
    author = root.find("author")
    name = _name(xml_text(author, "name"))
    books = None if author is None else author.find("books")
    if name is None or books is None:
        raise changed(_NAME, "no books of an author in the answer")
    records = tuple(record for book in xml_items(books, "book") if (record := _record(book)))
    end, total = as_count(books.get("end")), as_count(books.get("total"))
    return AuthorPage(name, records, is_last=not records or end is None or total is None or end >= total)


def _record(book: _Element) -> CatalogueRecord | None:
    """The book of a `book` element; None without number or title."""
    number, full_title = xml_text(book, "id"), xml_text(book, "title")
    if not number or not full_title:
        return None
    title, bracketed = split_series(full_title)
    entries, series_ids = _series_of(book)
    medium = _medium(book)
    return CatalogueRecord(
        source=Source.GOODREADS,
        id=number,
        title=xml_text(book, "title_without_series") or title,
        authors=tuple(dict.fromkeys(name for name, role in _people(book) if not role)),
        narrators=tuple(dict.fromkeys(name for name, role in _people(book) if _NARRATING.search(role))),
        series=entries or bracketed,
        series_ids=series_ids or ("",) * len(bracketed),
        published=_date(xml_fields(book), "publication"),
        first_published=_date(xml_fields(book.find("work")), "original_publication"),
        publisher=xml_text(book, "publisher"),
        language=parse_language(xml_text(book, "language_code") or ""),
        asin=parse_asin(xml_text(book, "asin") or "") if medium is Medium.AUDIO else None,
        isbn=parse_isbn(xml_text(book, "isbn13") or "") or parse_isbn(xml_text(book, "isbn") or ""),
        genres=_genres(book),
        description=description_of(xml_text(book, "description")),
        cover=_cover(xml_text(book, "image_url")),
        rating=rating_of(as_number(xml_text(book, "average_rating"))),
        ratings_count=as_count(xml_text(book, "work/ratings_count") or xml_text(book, "ratings_count")),
        format=medium,
        url=as_address(xml_text(book, "url") or xml_text(book, "link")),
    )


def parse_series_answer(answer: Answer) -> SeriesRecord | None:
    """A series with its books in Goodreads' order."""
    root = _root(answer)
    if root is None:
        return None
    series = root.find("series")
    number, name = xml_text(series, "id"), xml_text(series, "title")
    if series is None or not number or not name:
        raise changed(_NAME, "no series in the answer")
    volumes = (
        SeriesVolume(
            position=parse_position(xml_text(part, "user_position") or ""),
            title=split_series(title)[0],
            id=xml_text(part, "work/best_book/id") or "",
            authors=tuple(filter(None, (xml_text(part, "work/best_book/author/name"),))),
            published=_date(xml_fields(part.find("work")), "original_publication"),
        )
        for part in xml_items(series, "series_works/series_work")
        if (title := xml_text(part, "work/best_book/title"))
    )
    description = description_of(xml_text(series, "description"))
    return SeriesRecord(
        source=Source.GOODREADS, id=number, name=tidy(name), volumes=tuple(volumes), description=description
    )


def _root(answer: Answer) -> _Element | None:
    """The response; None when it says that there is no such thing."""
    beginning = answer.body[:200].strip().lower()
    if b"invalid api key" in beginning or b"invalid key" in beginning:
        raise refused(_NAME, "Invalid API key")
    check(_NAME, answer, allowed=(200, 404))
    root = read_xml(_NAME, answer)
    if root.tag == "error" or (error := root.find("error")) is not None:
        text = (xml_text(root) if root.tag == "error" else xml_text(error)) or "an error"
        if "not found" in text.casefold():
            return None
        raise changed(_NAME, f"it says: {text[:120]}")
    if root.tag != "GoodreadsResponse":
        raise changed(_NAME, "XML of another kind")
    return root


def _found(work: _Element) -> CatalogueRecord | None:
    facts = xml_fields(work)
    book = xml_fields(facts.get("best_book"))
    number, full_title = xml_text(book.get("id")), xml_text(book.get("title"))
    if not number or not full_title:
        return None
    title, series = split_series(full_title)
    return CatalogueRecord(
        source=Source.GOODREADS,
        id=number,
        title=title,
        authors=tuple(filter(None, (_name(xml_text(book.get("author"), "name")),))),
        series=series,
        series_ids=("",) * len(series),
        first_published=_date(facts, "original_publication"),
        cover=_cover(xml_text(book.get("image_url"))),
        rating=rating_of(as_number(xml_text(facts.get("average_rating")))),
        ratings_count=as_count(xml_text(facts.get("ratings_count"))),
    )


def _people(book: _Element) -> Iterator[tuple[str, str]]:
    """Names with their role; an author's role is empty."""
    for person in islice(book.iterfind("authors/author"), _MOST_PEOPLE):
        if name := _name(xml_text(person, "name")):
            role = xml_text(person, "role") or ""
            yield name, "" if role.casefold() == "author" else role


def _name(text: str | None) -> str | None:
    return tidy(text) if text else None


def _series_of(book: _Element) -> tuple[tuple[SeriesEntry, ...], tuple[str, ...]]:
    found = [
        (
            SeriesEntry(tidy(name), parse_position(xml_text(part, "user_position") or "")),
            xml_text(part, "series/id") or "",
        )
        for part in xml_items(book, "series_works/series_work")
        if (name := xml_text(part, "series/title"))
    ]
    return tuple(entry for entry, _ in found), tuple(number for _, number in found)


def _date(fields: dict[str, _Element], stem: str) -> str | None:
    """The date from the three elements `stem`_year, _month and _day, as fine as they are filled."""
    parts = [as_count(xml_text(fields.get(f"{stem}_{unit}"))) for unit in ("year", "month", "day")]
    known = parts[: parts.index(None)] if None in parts else parts
    return parse_date("-".join(f"{part:02}" for part in known if part is not None))


def _medium(book: _Element) -> Medium | None:
    form = xml_text(book, "format") or ""
    if _AUDIO.search(form):
        return Medium.AUDIO
    if _EBOOK.search(form) or xml_text(book, "is_ebook") == "true":
        return Medium.EBOOK
    return Medium.PRINT if form else None


def _genres(book: _Element) -> tuple[str, ...]:
    """The commonest shelves that name a genre: "science-fiction" → "Science Fiction"."""
    names = (clean(shelf.get("name") or "") for shelf in xml_items(book, "popular_shelves/shelf"))
    kept = (name.replace("-", " ").title() for name in names if name and not _NO_GENRES.search(name.casefold()))
    return tuple(dict.fromkeys(kept))[:_MOST_GENRES]


def _cover(url: str | None) -> str | None:
    return None if url is None or "nophoto" in url else as_address(url)
