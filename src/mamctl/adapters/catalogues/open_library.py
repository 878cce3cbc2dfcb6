"""Open Library: works with their authors, first year and ISBNs. It has no narrators."""

from __future__ import annotations

from collections.abc import Iterator

from mamctl.adapters.catalogues.answer import Answer, Json, changed, check, read_json
from mamctl.adapters.catalogues.by_id import LooksUpById, Question
from mamctl.adapters.catalogues.call import Call
from mamctl.adapters.catalogues.client import CatalogueHttp
from mamctl.adapters.catalogues.wording import description_of
from mamctl.domain.matching.records import BookQuery, CatalogueRecord
from mamctl.domain.metadata.observation import Field, Source
from mamctl.domain.text.dates import parse_date
from mamctl.domain.text.identifiers import isbn13, parse_isbn
from mamctl.domain.text.languages import parse_language
from mamctl.regex import regex

_NAME = "open_library"
_FIELDS = "key,title,subtitle,author_name,first_publish_year,isbn,language,cover_i,ratings_average,ratings_count"
_WORK = regex(r"OL\d{1,12}W")
_MOST_GENRES = 5


class OpenLibrary(LooksUpById):
    """Searches works; `lookup` adds description and subjects. `covers_url` serves the pictures."""

    name = _NAME
    source = Source.OPEN_LIBRARY
    states = frozenset(
        {Field.TITLE, Field.SUBTITLE, Field.AUTHORS, Field.YEAR, Field.ISBN, Field.DESCRIPTION, Field.COVER}
    )
    details: frozenset[Field] = frozenset({Field.DESCRIPTION, Field.GENRES, Field.COVER})
    by_asin_only = False

    def __init__(
        self,
        http: CatalogueHttp,
        *,
        base_url: str = "https://openlibrary.org",
        covers_url: str = "https://covers.openlibrary.org",
        interval: float = 1.0,
    ) -> None:
        self._http = http
        self._base_url = base_url
        self._covers_url = covers_url
        self._interval = interval

    def search(self, book_query: BookQuery) -> list[CatalogueRecord]:
        """By ISBN when there is one, else by title and author."""
        isbn = parse_isbn(book_query.isbn or "")
        if isbn and (found := self._search((("isbn", isbn),), isbn)):
            return found
        if not book_query.title:
            return []
        author = (("author", book_query.author),) if book_query.author else ()
        return self._search((("title", book_query.title), *author), isbn)

    def questions(self, record_id: str) -> Iterator[Question]:
        """The work with this number (OL…W); its authors are known to `search` only."""
        if _WORK.fullmatch(record_id):
            call = Call(
                catalogue=_NAME,
                url=f"{self._base_url}/works/{record_id}.json",
                interval=self._interval,
            )
            yield call, lambda answer: parse_work(answer, self._covers_url)

    def _search(self, terms: tuple[tuple[str, str], ...], isbn: str | None) -> list[CatalogueRecord]:
        call = Call(
            catalogue=_NAME,
            url=f"{self._base_url}/search.json",
            params=(*terms, ("fields", _FIELDS), ("limit", "20")),
            interval=self._interval,
        )
        return self._http.ask(call, lambda answer: parse_search(answer, self._covers_url, isbn))


def parse_search(answer: Answer, covers_url: str, isbn: str | None = None) -> list[CatalogueRecord]:
    """The works found. A work has the ISBNs of all its editions, so only the one asked for is kept."""
    check(_NAME, answer)
    document = read_json(_NAME, answer)
    if not document["docs"].is_list:
        raise changed(_NAME, "no list of works")
    return [record for doc in document["docs"] if (record := _found(doc, covers_url, isbn))]


def parse_work(answer: Answer, covers_url: str) -> CatalogueRecord | None:
    """The work; None when there is none."""
    check(_NAME, answer, allowed=(200, 404))
    document = read_json(_NAME, answer)
    if answer.status == 404 or document["type"]["key"].text == "/type/redirect":
        return None
    number, title = _number(document), document["title"].text
    if not number or not title:
        raise changed(_NAME, "no work in the answer")
    description = document["description"]
    cover = next((cover for item in document["covers"] if (cover := item.count)), None)
    return CatalogueRecord(
        source=Source.OPEN_LIBRARY,
        id=number,
        title=title,
        subtitle=document["subtitle"].text,
        first_published=parse_date(document["first_publish_date"].text or ""),
        genres=document["subjects"].texts[:_MOST_GENRES],
        description=description_of(description.text or description["value"].text),
        cover=_cover(covers_url, cover),
        url=f"https://openlibrary.org/works/{number}",
    )


def _found(doc: Json, covers_url: str, isbn: str | None) -> CatalogueRecord | None:
    number, title = _number(doc), doc["title"].text
    if not number or not title:
        return None
    languages = doc["language"].texts
    isbns = {isbn13(known) for text in doc["isbn"].texts if (known := parse_isbn(text))} if isbn else set()
    return CatalogueRecord(
        source=Source.OPEN_LIBRARY,
        id=number,
        title=title,
        subtitle=doc["subtitle"].text,
        authors=tuple(dict.fromkeys(doc["author_name"].texts)),
        first_published=parse_date(doc["first_publish_year"].text or ""),
        # A work lists the languages of all its editions; only a single one says something.
        language=parse_language(languages[0]) if len(languages) == 1 else None,
        isbn=isbn if isbn and isbn13(isbn) in isbns else None,
        cover=_cover(covers_url, doc["cover_i"].count),
        rating=doc["ratings_average"].number,
        ratings_count=doc["ratings_count"].count,
        url=f"https://openlibrary.org/works/{number}",
    )


def _number(document: Json) -> str | None:
    found = _WORK.search(document["key"].text or "")
    return found[0] if found else None


def _cover(covers_url: str, number: int | None) -> str | None:
    return f"{covers_url}/b/id/{number}-L.jpg" if number else None
