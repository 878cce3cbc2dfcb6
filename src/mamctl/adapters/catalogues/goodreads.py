"""Goodreads' XML interface, for those who still have a key.

No new keys have been given since December 2020. Its terms allow a method once a second.
"""

from __future__ import annotations

from mamctl.adapters.catalogues.goodreads_answers import parse_book, parse_search, parse_series_answer
from mamctl.adapters.catalogues.keyed import KeyedCatalogue
from mamctl.domain.matching.records import BookQuery, CatalogueRecord, SeriesRecord
from mamctl.domain.metadata.observation import Field, Source
from mamctl.domain.text.identifiers import parse_isbn

_SPOKEN = frozenset({404})


class Goodreads(KeyedCatalogue):
    """Searches by title, because it ranks title and author together badly; `lookup` tells the rest."""

    name = "goodreads"
    home = "https://www.goodreads.com"
    remedy = "Goodreads gives no new keys; if you have one, put it where catalogues.goodreads_key_env says"
    source = Source.GOODREADS
    states = frozenset(Field) - {Field.DURATION, Field.ABRIDGED}
    details: frozenset[Field] = frozenset({Field.DESCRIPTION, Field.GENRES, Field.LANGUAGE})

    def search(self, book_query: BookQuery) -> list[CatalogueRecord]:
        """By ISBN when there is one, else by title."""
        if book_query.isbn and (isbn := parse_isbn(book_query.isbn)):
            call = self._call(f"/book/isbn/{isbn}", (("format", "xml"),), spoken=_SPOKEN)
            if record := self._http.ask(call, parse_book):
                return [record]
        if not book_query.title:
            return []
        params = (("q", book_query.title), ("search[field]", "title"), ("page", "1"))
        return self._http.ask(self._call("/search/index.xml", params, spoken=_SPOKEN), parse_search)

    def lookup(self, record_id: str) -> CatalogueRecord | None:
        """The book with Goodreads' number."""
        if not _is_number(record_id):
            return None
        return self._http.ask(self._call(f"/book/show/{record_id}.xml", spoken=_SPOKEN), parse_book)

    def series(self, series_id: str) -> SeriesRecord | None:
        """The series with Goodreads' number."""
        if not _is_number(series_id):
            return None
        call = self._call(f"/series/{series_id}", (("format", "xml"),), spoken=_SPOKEN)
        return self._http.ask(call, parse_series_answer)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
