"""Goodreads' XML interface, for those who still have a key.

No new keys have been given since December 2020. Its terms allow a method once a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from threading import Lock
from typing import TYPE_CHECKING

from mamctl.adapters.catalogues.by_id import Question
from mamctl.adapters.catalogues.call import Call
from mamctl.adapters.catalogues.goodreads_answers import (
    SearchPage,
    parse_author_page,
    parse_book,
    parse_search,
    parse_search_page,
    parse_series_answer,
)
from mamctl.adapters.catalogues.goodreads_authors import AuthorLists, SeenBooks
from mamctl.adapters.catalogues.keyed import KeyedCatalogue
from mamctl.domain.matching.people import share_person
from mamctl.domain.matching.records import BookQuery, CatalogueRecord, SeriesRecord
from mamctl.domain.metadata.observation import Field, Source
from mamctl.domain.text.identifiers import parse_isbn
from mamctl.domain.text.normalize import fold_title

if TYPE_CHECKING:
    from mamctl.adapters.catalogues.client import CatalogueHttp
    from mamctl.domain.secret import Secret

_SPOKEN = frozenset({404})
_MOST_PAGES = 20  # of 30 books each


class Goodreads(KeyedCatalogue):
    """Searches by title, because it ranks title and author together badly; `lookup` has the rest.

    Where a run asks about several books by one author, a search for the author answers for all of them.

    The books of the author with the number `author_id` are asked for once, and answer first for books by that author.
    """

    name = "goodreads"
    home = "https://www.goodreads.com"
    remedy = "Goodreads issues no new keys; if you have one, put it where catalogues.goodreads_key_env says"
    source = Source.GOODREADS
    states = frozenset(Field) - {Field.DURATION, Field.ABRIDGED}
    details: frozenset[Field] = frozenset({Field.DESCRIPTION, Field.GENRES, Field.LANGUAGE})

    def __init__(
        self,
        http: CatalogueHttp,
        *,
        key: Secret | None,
        base_url: str = "",
        interval: float = 1.0,
        author_id: str = "",
    ) -> None:
        super().__init__(http, key=key, base_url=base_url, interval=interval)
        self._author_id = author_id
        self._author: tuple[str, tuple[CatalogueRecord, ...]] | None = None
        self._asking = Lock()  # several books are asked about at once
        self._seen = SeenBooks()
        self._lists = AuthorLists(self._author_page)

    def expect_authors(self, authors: Iterable[str]) -> None:
        """The authors of all books that this run asks about, each as often as there are books."""
        self._lists.expect(authors)

    def search_author(self, book_query: BookQuery) -> list[CatalogueRecord]:
        """The books by this author that may be meant, where several books by the author are asked about."""
        if self._author_id:
            return []
        return self._lists.find(book_query) or self._seen.find(book_query)

    def begin_batch(self) -> None:
        """What was found until now may answer for the books of the next batch."""
        self._seen.begin_batch()

    def search(self, book_query: BookQuery) -> list[CatalogueRecord]:
        """The one author's books that may be meant; where there are none, by ISBN when there is one, else by title."""
        if listed := self._by_the_author(book_query):
            return listed
        if book_query.isbn and (isbn := parse_isbn(book_query.isbn)):
            call = self._call(f"/book/isbn/{isbn}", (("format", "xml"),), spoken=_SPOKEN)
            if record := self._http.ask(call, parse_book):
                return [record]
        if not book_query.title:
            return []
        found = self._http.ask(self._search("title", book_query.title, 1), parse_search)
        self._seen.note(found)
        return found

    def _search(self, field: str, text: str, page: int) -> Call:
        params = (("q", text), ("search[field]", field), ("page", str(page)))
        return self._call("/search/index.xml", params, spoken=_SPOKEN)

    def _author_page(self, name: str, page: int) -> SearchPage:
        return self._http.ask(self._search("author", name, page), parse_search_page)

    def _by_the_author(self, book_query: BookQuery) -> list[CatalogueRecord]:
        if not self._author_id or not book_query.author:
            return []
        with self._asking:
            self._author = self._author or self._ask_for_author()
        name, books = self._author
        if not share_person((book_query.author,), (name,)):
            return []
        return [book for book in books if _may_be(book, book_query)]

    def _ask_for_author(self) -> tuple[str, tuple[CatalogueRecord, ...]]:
        """The author's name and books; no name when Goodreads knows no such author."""
        name = ""
        books: list[CatalogueRecord] = []
        for page in range(1, _MOST_PAGES + 1):
            path = f"/author/list/{self._author_id}.xml"
            found = self._http.ask(self._call(path, (("page", str(page)),), spoken=_SPOKEN), parse_author_page)
            if found is None:
                break
            name = found.author
            books += found.books
            if found.is_last:
                break
        return name, tuple(books)

    def questions(self, record_id: str) -> Iterator[Question]:
        """The book with Goodreads' number."""
        if _is_number(record_id):
            yield self._call(f"/book/show/{record_id}.xml", spoken=_SPOKEN), parse_book

    def series(self, series_id: str) -> SeriesRecord | None:
        """The series with Goodreads' number."""
        if not _is_number(series_id):
            return None
        call = self._call(f"/series/{series_id}", (("format", "xml"),), spoken=_SPOKEN)
        return self._http.ask(call, parse_series_answer)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _may_be(book: CatalogueRecord, book_query: BookQuery) -> bool:
    """Whether the title or the ISBN is the same, as far as one of the titles goes: the other may have a subtitle."""
    if book_query.isbn and book.isbn == parse_isbn(book_query.isbn):
        return True
    ours, theirs = f"{fold_title(book_query.title or '')} ", f"{fold_title(book.title)} "
    return bool(ours.strip()) and (ours.startswith(theirs) or theirs.startswith(ours))
