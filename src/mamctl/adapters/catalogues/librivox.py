"""LibriVox: readings of books in the public domain, with all their readers. Nothing found is status 404."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mamctl.adapters.catalogues.answer import Answer, Json, changed, check, read_json
from mamctl.adapters.catalogues.by_id import LooksUpById, Question, first
from mamctl.adapters.catalogues.call import Call
from mamctl.adapters.catalogues.client import CatalogueHttp
from mamctl.adapters.catalogues.wording import description_of, split_edition
from mamctl.domain.matching.records import BookQuery, CatalogueRecord, Medium
from mamctl.domain.metadata.observation import Field, Source
from mamctl.domain.text.dates import parse_date
from mamctl.domain.text.durations import parse_duration
from mamctl.domain.text.languages import parse_language
from mamctl.domain.text.normalize import restore_article, tidy

_NAME = "librivox"


class LibriVox(LooksUpById):
    """Searches by the beginning of the title and the author's last name: it takes no more of a name."""

    name = _NAME
    source = Source.LIBRIVOX
    states = frozenset(
        {
            Field.TITLE,
            Field.AUTHORS,
            Field.NARRATORS,
            Field.YEAR,
            Field.LANGUAGE,
            Field.DURATION,
            Field.DESCRIPTION,
            Field.GENRES,
        }
    )
    details: frozenset[Field] = frozenset()
    by_asin_only = False

    def __init__(self, http: CatalogueHttp, *, base_url: str = "https://librivox.org", interval: float = 1.0) -> None:
        self._http = http
        self._base_url = base_url
        self._interval = interval

    def search(self, book_query: BookQuery) -> list[CatalogueRecord]:
        """Readings whose title begins like the query's."""
        if not book_query.title:
            return []
        author = (("author", _last_name(book_query.author)),) if book_query.author else ()
        params = (("title", f"^{book_query.title}"), *author, ("limit", "50"), ("offset", "0"))
        return self._http.ask(self._call(params), parse_books)

    def questions(self, record_id: str) -> Iterator[Question]:
        """The reading with LibriVox's number."""
        if record_id.isascii() and record_id.isdigit():
            yield self._call((("id", record_id),)), lambda answer: first(parse_books(answer))

    def _call(self, params: tuple[tuple[str, str], ...]) -> Call:
        return Call(
            catalogue=_NAME,
            url=f"{self._base_url}/api/feed/audiobooks",
            params=(*params, ("extended", "1"), ("format", "json")),
            interval=self._interval,
        )


def parse_books(answer: Answer) -> list[CatalogueRecord]:
    """The readings of an answer."""
    check(_NAME, answer, allowed=(200, 404))
    document = read_json(_NAME, answer)
    if "could not be found" in (document["error"].text or ""):
        return []
    if not document["books"].is_list:
        raise changed(_NAME, "no list of books")
    return [record for book in document["books"] if (record := _record(book))]


def _record(book: Json) -> CatalogueRecord | None:
    number, title = book["id"].text, book["title"].text
    if not number or not title:
        return None
    title, _ = split_edition(restore_article(title))
    year = book["copyright_year"].text
    seconds = book["totaltimesecs"].number or parse_duration(book["totaltime"].text or "")
    return CatalogueRecord(
        source=Source.LIBRIVOX,
        id=number,
        title=title,
        authors=_authors(book["authors"]),
        narrators=_readers(book["sections"]),
        first_published=parse_date(year) if year and year != "0" else None,
        publisher="LibriVox",
        language=parse_language(book["language"].text or ""),
        duration_s=seconds if seconds and 0 < seconds < 10**7 else None,
        abridged=False,
        genres=tuple(dict.fromkeys(name for genre in book["genres"] if (name := genre["name"].text))),
        description=description_of(book["description"].text),
        format=Medium.AUDIO,
        url=book["url_librivox"].address,
    )


def _authors(authors: Json) -> tuple[str, ...]:
    names = (tidy(f"{author['first_name'].text or ''} {author['last_name'].text or ''}") for author in authors)
    return tuple(dict.fromkeys(name for name in names if name))


def _readers(sections: Json) -> tuple[str, ...]:
    """Every reader, the one with the most sections first."""
    names = Counter(
        name for section in sections for reader in section["readers"] if (name := reader["display_name"].text)
    )
    return tuple(name for name, _ in names.most_common())


def _last_name(author: str) -> str:
    words = author.replace(",", " ").split()
    return (words[0] if "," in author else words[-1]) if words else author
