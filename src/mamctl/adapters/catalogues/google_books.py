"""Google Books, with one's own key: the quota that those without a key share is nearly always spent."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mamctl.adapters.catalogues.answer import Answer, Json, changed, check, rating_of, read_json, refused
from mamctl.adapters.catalogues.by_id import Question
from mamctl.adapters.catalogues.keyed import KeyedCatalogue
from mamctl.adapters.catalogues.wording import description_of
from mamctl.domain.matching.records import BookQuery, CatalogueRecord, Medium
from mamctl.domain.metadata.observation import Field, Source
from mamctl.domain.text.dates import parse_date
from mamctl.domain.text.identifiers import parse_isbn
from mamctl.domain.text.languages import parse_language
from mamctl.regex import regex

_NAME = "google_books"
_VOLUMES = "/books/v1/volumes"
_VOLUME = regex(r"[\w-]{1,40}", re.ASCII)


class GoogleBooks(KeyedCatalogue):
    """Volumes in print and as e-books; it knows no narrators."""

    name = _NAME
    home = "https://www.googleapis.com"
    remedy = "create one in Google's cloud console and put it where catalogues.google_books_key_env says"
    source = Source.GOOGLE_BOOKS
    states = frozenset(
        {
            Field.TITLE,
            Field.SUBTITLE,
            Field.AUTHORS,
            Field.LANGUAGE,
            Field.ISBN,
            Field.DESCRIPTION,
            Field.COVER,
            Field.GENRES,
        }
    )
    details: frozenset[Field] = frozenset()

    def search(self, book_query: BookQuery) -> list[CatalogueRecord]:
        """By ISBN when there is one, else by title and author."""
        isbn = parse_isbn(book_query.isbn or "")
        if isbn and (found := self._search(f"isbn:{isbn}")):
            return found
        if not book_query.title:
            return []
        author = f' inauthor:"{_quoted(book_query.author)}"' if book_query.author else ""
        return self._search(f'intitle:"{_quoted(book_query.title)}"{author}')

    def questions(self, record_id: str) -> Iterator[Question]:
        """The volume with Google's id."""
        if _VOLUME.fullmatch(record_id):
            yield self._call(f"{_VOLUMES}/{record_id}"), parse_volume

    def _search(self, query: str) -> list[CatalogueRecord]:
        return self._http.ask(self._call(_VOLUMES, (("q", query), ("maxResults", "20"))), parse_volumes)


def parse_volumes(answer: Answer) -> list[CatalogueRecord]:
    """The volumes found; where there are none, Google leaves the list out."""
    document = _document(answer)
    if document is None:
        return []
    if document["totalItems"].count is None:
        raise changed(_NAME, "no list of volumes")
    return [record for item in document["items"] if (record := _record(item))]


def parse_volume(answer: Answer) -> CatalogueRecord | None:
    """The volume; None when there is none."""
    document = _document(answer)
    if document is None:
        return None
    if not document["volumeInfo"].is_object:
        raise changed(_NAME, "no volume in the answer")
    return _record(document)


def _document(answer: Answer) -> Json | None:
    document = read_json(_NAME, answer) if answer.body.strip() else Json()
    trouble = document["error"]
    message = trouble["message"].text or ""
    if "api key" in message.casefold():
        raise refused(_NAME, message[:120])
    if answer.status == 404 and trouble.is_object:
        return None
    check(_NAME, answer)
    if trouble.is_object:
        raise changed(_NAME, f"it says: {message[:120]}")
    return document


def _record(item: Json) -> CatalogueRecord | None:
    number, info = item["id"].text, item["volumeInfo"]
    title = info["title"].text
    if not number or not title:
        return None
    covers = info["imageLinks"]
    return CatalogueRecord(
        source=Source.GOOGLE_BOOKS,
        id=number,
        title=title,
        subtitle=info["subtitle"].text,
        authors=tuple(dict.fromkeys(info["authors"].texts)),
        published=parse_date(info["publishedDate"].text or ""),
        publisher=info["publisher"].text,
        language=parse_language(info["language"].text or ""),
        isbn=_isbn(info),
        genres=tuple(dict.fromkeys(name.split(" / ")[0] for name in info["categories"].texts)),
        description=description_of(info["description"].text),
        cover=covers["thumbnail"].address or covers["smallThumbnail"].address,
        rating=rating_of(info["averageRating"].number),
        ratings_count=info["ratingsCount"].count,
        format=Medium.EBOOK if item["saleInfo"]["isEbook"].value is True else Medium.PRINT,
        url=info["canonicalVolumeLink"].address or info["infoLink"].address,
    )


def _isbn(info: Json) -> str | None:
    known = {entry["type"].text: entry["identifier"].text or "" for entry in info["industryIdentifiers"]}
    return parse_isbn(known.get("ISBN_13", "")) or parse_isbn(known.get("ISBN_10", ""))


def _quoted(text: str) -> str:
    return text.replace('"', " ")
