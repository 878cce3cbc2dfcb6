"""Audible's products as records: what a search, a look-up and a series are answered with."""

from __future__ import annotations

from mamctl.adapters.catalogues.answer import (
    Answer,
    Json,
    as_address,
    as_count,
    as_number,
    changed,
    check,
    items_of,
    names_of,
    rating_of,
    read_json,
    text_under,
)
from mamctl.adapters.catalogues.wording import authors_only, description_of
from mamctl.domain.matching.records import CatalogueRecord, Medium, SeriesRecord, SeriesVolume
from mamctl.domain.metadata.observation import Source
from mamctl.domain.text.dates import parse_date
from mamctl.domain.text.identifiers import parse_asin, parse_isbn
from mamctl.domain.text.languages import parse_language
from mamctl.domain.text.series import SeriesEntry, parse_position

DOMAINS = {
    "us": "com",
    "ca": "ca",
    "uk": "co.uk",
    "au": "com.au",
    "fr": "fr",
    "de": "de",
    "jp": "co.jp",
    "it": "it",
    "in": "in",
    "es": "es",
    "br": "com.br",
}
_NAME = "audible"
_LONGEST_SIZE = 6
_ABRIDGED = {"abridged": True, "unabridged": False}
_NO_BOOKS = frozenset({"PodcastParent", "PodcastEpisode", "BookSeries", "Periodical", "AudioPart"})


def parse_products(answer: Answer, region: str, today: str) -> list[CatalogueRecord]:
    """The books of a search answer; podcasts, series and what is only announced (after `today`) are left out."""
    products = _products(answer)
    records = [
        record
        for product in products
        if product.text_at("content_delivery_type") not in _NO_BOOKS and (record := _record(product, region))
    ]
    return [record for record in records if (record.published or "") <= today]


def parse_raw_products(answer: Answer) -> dict[str, dict[str, object]]:
    """The products of an answer as they came, by ASIN."""
    return {str(product["asin"].text): product.value for product in _products(answer) if product["asin"].text}


def parse_product(answer: Answer, region: str) -> CatalogueRecord | None:
    """The product of a look-up; None for the stub that stands for "unknown here"."""
    return _record(_product(answer), region)


def parse_series_product(answer: Answer) -> SeriesRecord | None:
    """A series with its volumes by their place; None when the product is not a series."""
    product = _product(answer)
    asin, name = product["asin"].text, product["title"].text
    children = [
        child
        for child in product["relationships"]
        if child["relationship_to_product"].text == "child" and child["asin"].text
    ]
    if not asin or not name or not children:
        return None
    children.sort(key=lambda child: child["sort"].number or 0)
    volumes = (
        SeriesVolume(
            position=parse_position(child["sequence"].text or ""),
            title=child["title"].text or "",
            id=child["asin"].text or "",
        )
        for child in children
    )
    return SeriesRecord(
        source=Source.AUDIBLE,
        id=asin,
        name=name,
        volumes=tuple(volumes),
        description=description_of(product["publisher_summary"].text),
    )


def _products(answer: Answer) -> list[Json]:
    document = _document(answer)
    if not document["products"].is_list:
        raise changed(_NAME, "no list of products")
    return list(document["products"])


def _product(answer: Answer) -> Json:
    document = _document(answer)
    if not document["product"].is_object:
        raise changed(_NAME, "no product")
    return document["product"]


def _document(answer: Answer) -> Json:
    check(_NAME, answer, allowed=(200, 400, 404))
    document = read_json(_NAME, answer)
    if "message" in document:
        raise changed(_NAME, f"it says: {(document['message'].text or '')[:120]}")
    return document


def _record(product: Json, region: str) -> CatalogueRecord | None:
    """The record of a product. A search has twenty, so that each key is read from the object itself."""
    facts = product.value if product.is_object else {}
    asin, title = text_under(facts, "asin"), text_under(facts, "title")
    if not asin or not title:
        return None
    series, series_ids = _series(facts)
    score = _object(_object(facts.get("rating")).get("overall_distribution"))
    minutes = as_number(facts.get("runtime_length_min"))
    return CatalogueRecord(
        source=Source.AUDIBLE,
        id=asin,
        title=title,
        subtitle=text_under(facts, "subtitle"),
        authors=authors_only(names_of(facts.get("authors"))),
        narrators=names_of(facts.get("narrators")),
        series=series,
        series_ids=series_ids,
        published=parse_date(text_under(facts, "release_date") or text_under(facts, "issue_date") or ""),
        publisher=text_under(facts, "publisher_name"),
        language=parse_language(text_under(facts, "language") or ""),
        asin=parse_asin(asin),
        isbn=parse_isbn(text_under(facts, "isbn") or ""),
        duration_s=minutes * 60 if minutes and 0 < minutes < 100_000 else None,
        abridged=_ABRIDGED.get(text_under(facts, "format_type") or ""),
        genres=_genres(facts),
        description=description_of(
            text_under(facts, "publisher_summary") or text_under(facts, "merchandising_summary")
        ),
        cover=_cover(_object(facts.get("product_images"))),
        rating=rating_of(as_number(score.get("display_average_rating")) or as_number(score.get("average_rating"))),
        ratings_count=as_count(score.get("num_ratings")),
        format=Medium.AUDIO,
        region=region,
        url=f"https://www.audible.{DOMAINS.get(region, 'com')}/pd/{asin}",
    )


def _object(node: object) -> dict[str, object]:
    return node if isinstance(node, dict) else {}


def _series(facts: dict[str, object]) -> tuple[tuple[SeriesEntry, ...], tuple[str, ...]]:
    """The series, the one that Audible names as the book's own first."""
    found = [(title, entry) for entry in items_of(facts.get("series")) if (title := text_under(entry, "title"))]
    if len(found) > 1:
        own = text_under(facts, "publication_name")
        found.sort(key=lambda one: one[0] != own)
    entries = [SeriesEntry(title, parse_position(text_under(entry, "sequence") or "")) for title, entry in found]
    return tuple(entries), tuple([text_under(entry, "asin") or "" for _, entry in found])


def _genres(facts: dict[str, object]) -> tuple[str, ...]:
    """The first rung of each ladder; the rungs below are finer than a genre."""
    ladders = [one for one in items_of(facts.get("category_ladders")) if text_under(one, "root") in {None, "Genres"}]
    firsts = [text_under(rungs[0], "name") for one in ladders if (rungs := items_of(_object(one).get("ladder")))]
    return tuple(dict.fromkeys([name for name in firsts if name]))


def _cover(sizes: dict[str, object]) -> str | None:
    known = [
        (int(size), url)
        for size, url in sizes.items()
        if size.isdecimal() and len(size) < _LONGEST_SIZE and isinstance(url, str)
    ]
    return as_address(max(known)[1]) if known else None
