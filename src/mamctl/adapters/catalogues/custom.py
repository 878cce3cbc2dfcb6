"""Any server that speaks Audiobookshelf's contract for custom metadata providers; it reaches all imitators.

The contract has neither ids nor look-ups. An id made here is a key (the ASIN, else a digest of what separates a match
from others) and the words to search for it again: "B00TEST123 The Salt Road / Mara Vell".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from mamctl.adapters.catalogues.answer import Answer, Json, changed, check, read_json, refused
from mamctl.adapters.catalogues.by_id import LooksUpById, Question, first
from mamctl.adapters.catalogues.call import Call, Credential
from mamctl.adapters.catalogues.client import CatalogueHttp
from mamctl.adapters.catalogues.wording import description_of, split_edition, split_series
from mamctl.domain.matching.records import (
    BookQuery,
    CatalogueRecord,
    CatalogueUnavailableError,
    Medium,
    Unavailability,
)
from mamctl.domain.metadata.observation import Field, Source
from mamctl.domain.secret import Secret
from mamctl.domain.text.credits import AUTHOR, NARRATOR, split_people, unite_people
from mamctl.domain.text.dates import parse_date
from mamctl.domain.text.identifiers import parse_asin, parse_isbn
from mamctl.domain.text.languages import parse_language
from mamctl.domain.text.series import SeriesEntry, parse_position

_BETWEEN = " / "


class Custom(LooksUpById):
    """One provider, under the name it has in the configuration."""

    source = Source.CUSTOM
    states = frozenset(Field)
    details: frozenset[Field] = frozenset()
    by_asin_only = False

    def __init__(
        self, http: CatalogueHttp, *, name: str, base_url: str, key: Secret | None = None, interval: float = 1.0
    ) -> None:
        self.name = name
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._credential = Credential("Authorization", key, "header") if key else None
        self._interval = interval

    def search(self, book_query: BookQuery) -> list[CatalogueRecord]:
        """By title, with author and ISBN where they are known."""
        if not book_query.title:
            return []
        return self._http.ask(self._call(book_query.title, book_query.author, book_query.isbn), self._read)

    def questions(self, record_id: str) -> Iterator[Question]:
        """What the words of the id find under its key."""
        key, _, words = record_id.partition(" ")
        before, slash, author = words.rpartition(_BETWEEN)
        if title := before if slash else words:
            yield (
                self._call(title, author),
                lambda answer: first(one for one in self._read(answer) if one.id.partition(" ")[0] == key),
            )

    def _call(self, title: str, author: str | None = None, isbn: str | None = None) -> Call:
        extra = tuple((key, text) for key, text in (("author", author), ("isbn", isbn)) if text)
        return Call(
            catalogue=self.name,
            url=f"{self._base_url}/search",
            params=(("mediaType", "book"), ("query", title), *extra),
            credential=self._credential,
            interval=self._interval,
        )

    def _read(self, answer: Answer) -> list[CatalogueRecord]:
        return parse_matches(self.name, answer)


def parse_matches(name: str, answer: Answer) -> list[CatalogueRecord]:
    """The matches; errors of the contract are 400, 401 and 500 with a text."""
    if answer.status == 400:
        message = read_json(name, answer)["error"].text or "HTTP 400"
        raise CatalogueUnavailableError(name, Unavailability.DOWN, f"it says: {message[:120]}")
    if answer.status == 401:
        raise refused(name, "HTTP 401")
    check(name, answer)
    document = read_json(name, answer)
    if not document["matches"].is_list:
        raise changed(name, "no list of matches")
    return [record for match in document["matches"] if (record := _record(name, match))]


def _record(name: str, match: Json) -> CatalogueRecord | None:
    written = match["title"].text
    if not written:
        return None
    title, abridged = split_edition(written)
    title, bracketed = split_series(title)
    series = _series(match["series"]) or bracketed
    authors, narrators = _names(match["author"], AUTHOR), _names(match["narrator"], NARRATOR)
    minutes = match["duration"].number
    asin = parse_asin(match["asin"].text or "")
    audio = bool(narrators or minutes or asin)
    return CatalogueRecord(
        source=Source.CUSTOM,
        provider=name,
        id=f"{asin or _digest(match)} {title}{_BETWEEN if authors else ''}{authors[0] if authors else ''}",
        title=title,
        subtitle=match["subtitle"].text,
        authors=authors,
        narrators=narrators,
        series=series,
        series_ids=("",) * len(series),
        # The contract does not say whether the year is the text's or the recording's.
        published=parse_date(match["publishedYear"].text or ""),
        publisher=match["publisher"].text,
        language=parse_language(match["language"].text or ""),
        asin=asin,
        isbn=parse_isbn(match["isbn"].text or ""),
        duration_s=minutes * 60 if minutes and 0 < minutes < 100_000 else None,
        abridged=abridged,
        genres=match["genres"].texts,
        description=description_of(match["description"].text),
        cover=match["cover"].address,
        format=Medium.AUDIO if audio else None,
    )


def _digest(match: Json) -> str:
    values = [match[name].value for name in ("title", "author", "narrator", "isbn")]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:10]


def _names(place: Json, role: str) -> tuple[str, ...]:
    """Names in one text, or in a list, as some imitators send them."""
    return unite_people(place.texts) if place.is_list else split_people(place.text or "", role)


def _series(entries: Json) -> tuple[SeriesEntry, ...]:
    return tuple(
        SeriesEntry(name, parse_position(entry["sequence"].text or ""))
        for entry in entries
        if (name := entry["series"].text)
    )
