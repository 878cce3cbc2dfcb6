"""Audnexus: Audible's records and chapters by ASIN, kept by somebody else. Both of its error shapes are known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mamctl.adapters.catalogues.answer import Answer, Json, changed, check, rating_of, read_json
from mamctl.adapters.catalogues.audible import STATES
from mamctl.adapters.catalogues.by_id import LooksUpById, Question
from mamctl.adapters.catalogues.call import Call
from mamctl.adapters.catalogues.client import CatalogueHttp
from mamctl.adapters.catalogues.wording import authors_only, description_of
from mamctl.domain.matching.records import (
    BookQuery,
    CatalogueRecord,
    CatalogueUnavailableError,
    Medium,
    Unavailability,
)
from mamctl.domain.metadata.observation import Field, Source
from mamctl.domain.text.dates import parse_date
from mamctl.domain.text.identifiers import parse_asin, parse_isbn
from mamctl.domain.text.languages import parse_language
from mamctl.domain.text.series import SeriesEntry, parse_position
from mamctl.regex import regex

REGIONS = frozenset({"au", "ca", "de", "es", "fr", "in", "it", "jp", "us", "uk"})
_NAME = "audnexus"
_SPOKEN = frozenset({200, 400, 404, 422, 500})
_UNKNOWN_CODES = frozenset({"NOT_FOUND", "REGION_UNAVAILABLE", "PRODUCT_DELISTED", "BAD_REQUEST", "VALIDATION_ERROR"})
# For years a missing book was status 500 with one of these texts (audnexus issues 243, 543, 812).
_UNKNOWN_TEXT = regex(r"not available in region|does(?: not|, does not) exist|not found|required key", re.IGNORECASE)


class Audnexus(LooksUpById):
    """Knows books by ASIN only; `search` therefore answers nothing without one."""

    name = _NAME
    source = Source.AUDNEXUS
    states = STATES
    details: frozenset[Field] = frozenset()
    by_asin_only = True

    def __init__(
        self,
        http: CatalogueHttp,
        *,
        regions: Sequence[str] = ("us",),
        base_url: str = "https://api.audnex.us",
        interval: float = 0.7,
    ) -> None:
        self._http = http
        self._regions = tuple(region for region in regions if region in REGIONS)
        self._base_url = base_url
        self._interval = interval

    def search(self, book_query: BookQuery) -> list[CatalogueRecord]:
        """The book with the query's ASIN."""
        record = self.lookup(book_query.asin) if book_query.asin else None
        return [record] if record else []

    def questions(self, record_id: str) -> Iterator[Question]:
        """The book with this ASIN, from the first region that has it."""
        asin = parse_asin(record_id)
        for region in self._regions if asin else ():
            call = Call(
                catalogue=_NAME,
                url=f"{self._base_url}/books/{asin}",
                params=(("region", region),),
                interval=self._interval,
                spoken=_SPOKEN,
            )
            yield call, parse_book


def parse_book(answer: Answer) -> CatalogueRecord | None:
    """The book; None when Audnexus says, in whichever shape, that it has none."""
    book = _document(answer)
    if book is None:
        return None
    asin, title = book["asin"].text, book["title"].text
    if not asin:
        raise changed(_NAME, "a book without ASIN")
    if not title:
        return None
    series = [entry for key in ("seriesPrimary", "seriesSecondary") if (entry := book[key])["name"].text]
    minutes = book["runtimeLengthMin"].number
    return CatalogueRecord(
        source=Source.AUDNEXUS,
        id=asin,
        title=title,
        subtitle=book["subtitle"].text,
        authors=authors_only(book["authors"].names),
        narrators=book["narrators"].names,
        series=tuple(
            SeriesEntry(str(entry["name"].text), parse_position(entry["position"].text or "")) for entry in series
        ),
        series_ids=tuple(entry["asin"].text or "" for entry in series),
        published=parse_date((book["releaseDate"].text or "")[:10]),
        publisher=book["publisherName"].text,
        language=parse_language(book["language"].text or ""),
        asin=parse_asin(asin),
        isbn=parse_isbn(book["isbn"].text or ""),
        duration_s=minutes * 60 if minutes and 0 < minutes < 100_000 else None,
        abridged={"abridged": True, "unabridged": False}.get(book["formatType"].text or ""),
        genres=tuple(
            dict.fromkeys(
                name for genre in book["genres"] if genre["type"].text == "genre" and (name := genre["name"].text)
            )
        ),
        description=description_of(book["summary"].text or book["description"].text),
        cover=book["image"].address,
        rating=rating_of(book["rating"].number),
        format=Medium.AUDIO,
        region=book["region"].text,
    )


def _document(answer: Answer) -> Json | None:
    check(_NAME, answer, allowed=tuple(_SPOKEN))
    document = read_json(_NAME, answer)
    if not document.is_object:
        raise changed(_NAME, "no object")
    trouble = document["error"]
    code = trouble["code"].text or document["code"].text
    if code in _UNKNOWN_CODES or (answer.status == 404 and ("error" in document or "message" in document)):
        return None
    if trouble.is_object or "statusCode" in document:
        _raise_unless_missing(document)
        return None
    if answer.status != 200:
        raise changed(_NAME, f"HTTP {answer.status}")
    return document


def _raise_unless_missing(document: Json) -> None:
    """A missing book may come as an error of the server; a true error raises."""
    message = document["error"]["message"].text or document["message"].text or "an error"
    if not _UNKNOWN_TEXT.search(message):
        raise CatalogueUnavailableError(_NAME, Unavailability.DOWN, f"it says: {message[:120]}")
