"""Apple's iTunes search: covers, descriptions and dates of audiobooks. It has neither narrators nor series."""

from __future__ import annotations

from collections.abc import Iterator

from mamctl.adapters.catalogues.answer import Answer, Json, changed, check, read_json
from mamctl.adapters.catalogues.by_id import LooksUpById, Question, first
from mamctl.adapters.catalogues.call import Call
from mamctl.adapters.catalogues.client import CatalogueHttp
from mamctl.adapters.catalogues.wording import description_of, split_edition
from mamctl.domain.matching.records import BookQuery, CatalogueRecord, Medium
from mamctl.domain.metadata.observation import Field, Source
from mamctl.domain.text.credits import split_people
from mamctl.domain.text.dates import parse_date
from mamctl.regex import regex

_NAME = "itunes"
_SIZE = regex(r"/\d+x\d+(bb)?(?=\.\w+$)")


class ITunes(LooksUpById):
    """Audiobooks of one country's shop."""

    name = _NAME
    source = Source.ITUNES
    states = frozenset(
        {Field.TITLE, Field.AUTHORS, Field.PUBLISHED, Field.ABRIDGED, Field.DESCRIPTION, Field.COVER, Field.GENRES}
    )
    details: frozenset[Field] = frozenset()
    by_asin_only = False

    def __init__(
        self,
        http: CatalogueHttp,
        *,
        country: str = "us",
        base_url: str = "https://itunes.apple.com",
        interval: float = 3.0,
    ) -> None:
        self._http = http
        self._country = country
        self._base_url = base_url
        self._interval = interval

    def search(self, book_query: BookQuery) -> list[CatalogueRecord]:
        """By the words of title and author."""
        if not book_query.title:
            return []
        term = " ".join(filter(None, (book_query.title, book_query.author)))
        params = (("term", term), ("media", "audiobook"), ("entity", "audiobook"), ("limit", "25"))
        return self._http.ask(self._call("/search", params), self._read)

    def questions(self, record_id: str) -> Iterator[Question]:
        """The audiobook with Apple's number."""
        if record_id.isascii() and record_id.isdigit():
            yield self._call("/lookup", (("id", record_id),)), lambda answer: first(self._read(answer))

    def _call(self, path: str, params: tuple[tuple[str, str], ...]) -> Call:
        return Call(
            catalogue=_NAME,
            url=self._base_url + path,
            params=(*params, ("country", self._country)),
            interval=self._interval,
        )

    def _read(self, answer: Answer) -> list[CatalogueRecord]:
        return parse_results(answer, self._country)


def parse_results(answer: Answer, country: str) -> list[CatalogueRecord]:
    """The audiobooks of an answer."""
    check(_NAME, answer)
    document = read_json(_NAME, answer)
    if not document["results"].is_list:
        raise changed(_NAME, "no list of results")
    return [record for result in document["results"] if (record := _record(result, country))]


def _record(result: Json, country: str) -> CatalogueRecord | None:
    number, name = result["collectionId"].text, result["collectionName"].text
    if result["wrapperType"].text != "audiobook" or not number or not name:
        return None
    title, abridged = split_edition(name)
    picture = result["artworkUrl100"].address
    genre = result["primaryGenreName"].text
    return CatalogueRecord(
        source=Source.ITUNES,
        id=number,
        title=title,
        authors=split_people(result["artistName"].text or ""),
        published=parse_date((result["releaseDate"].text or "")[:10]),
        abridged=abridged,
        genres=(genre,) if genre else (),
        description=description_of(result["description"].text),
        cover=_SIZE.sub(r"/600x600\1", picture) if picture else None,
        format=Medium.AUDIO,
        region=country,
        url=result["collectionViewUrl"].address,
    )
