"""Hardcover's GraphQL: series and audio editions with narrators, by one's own token (which expires each year)."""

from __future__ import annotations

import json
from collections.abc import Iterator

from mamctl.adapters.catalogues.by_id import Question, first
from mamctl.adapters.catalogues.call import Call, Credential
from mamctl.adapters.catalogues.hardcover_answers import LISTENED, parse_editions, parse_search, parse_series_answer
from mamctl.adapters.catalogues.keyed import KeyedCatalogue
from mamctl.domain.matching.records import BookQuery, CatalogueRecord, SeriesRecord
from mamctl.domain.metadata.observation import Field, Source
from mamctl.domain.secret import Secret

_SEARCH = """query Search($q: String!) {
  search(query: $q, query_type: "Book", per_page: 10, page: 1) { results }
}"""
_EDITION = """{
    id title subtitle asin isbn_13 audio_seconds reading_format_id release_date
    language { code3 } publisher { name } contributions { contribution author { name } }
    book { id title description release_date rating ratings_count slug }
  }"""
_BY_ASIN = f"query ByAsin($v: String!) {{ editions(where: {{asin: {{_eq: $v}}}}, limit: 5) {_EDITION} }}"
_BY_ISBN = f"query ByIsbn($v: String!) {{ editions(where: {{isbn_13: {{_eq: $v}}}}, limit: 5) {_EDITION} }}"
_BY_BOOK = (
    "query ByBook($v: Int!) { editions("
    f"where: {{book_id: {{_eq: $v}}, reading_format_id: {{_eq: {LISTENED}}}}}, "
    "order_by: {users_count: desc}, limit: 5) "
    f"{_EDITION} }}"
)
_SERIES = """query Series($v: Int!) {
  series(where: {id: {_eq: $v}}) {
    id name description
    book_series(order_by: {position: asc}) { position book { id title release_date } }
  }
}"""


class Hardcover(KeyedCatalogue):
    """Editions by ASIN or ISBN, else books by title; `lookup` has a book's commonest audio edition."""

    name = "hardcover"
    home = "https://api.hardcover.app"
    remedy = "copy your token from hardcover.app/account/api to where catalogues.hardcover_token_env says"
    source = Source.HARDCOVER
    states = frozenset(Field) - {Field.ABRIDGED}
    details: frozenset[Field] = frozenset(
        {Field.NARRATORS, Field.PUBLISHED, Field.PUBLISHER, Field.LANGUAGE, Field.DURATION}
    )

    def search(self, book_query: BookQuery) -> list[CatalogueRecord]:
        """By ASIN, by ISBN, by title and author: the first that finds something."""
        for query, value in ((_BY_ASIN, book_query.asin), (_BY_ISBN, book_query.isbn)):
            if value and (found := self._http.ask(self._query(query, v=value), parse_editions)):
                return found
        if not book_query.title:
            return []
        text = " ".join(filter(None, (book_query.title, book_query.author)))
        return self._http.ask(self._query(_SEARCH, q=text), parse_search)

    def questions(self, record_id: str) -> Iterator[Question]:
        """The commonest audio edition of the book with Hardcover's number."""
        if _is_number(record_id):
            yield self._query(_BY_BOOK, v=int(record_id)), lambda answer: first(parse_editions(answer))

    def series(self, series_id: str) -> SeriesRecord | None:
        """The series with Hardcover's number."""
        if not _is_number(series_id):
            return None
        return self._http.ask(self._query(_SERIES, v=int(series_id)), parse_series_answer)

    def _credential(self, key: Secret) -> Credential:
        return Credential("Authorization", key, "header", "Bearer ")

    def _query(self, query: str, **variables: str | int) -> Call:
        return self._call("/v1/graphql", body=json.dumps({"query": query, "variables": variables}))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
