"""Audible's products as records: what a search, a look-up and a series are answered with."""

from __future__ import annotations

from mamctl.adapters.catalogues.answer import Answer, Json, as_address, changed, check, rating_of, read_json
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
    """A series with its volumes by their place; None when the product is no series."""
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
    asin, title = product.text_at("asin"), product.text_at("title")
    if not asin or not title:
        return None
    series, series_ids = _series(product)
    score = product["rating"]["overall_distribution"]
    minutes = product["runtime_length_min"].number
    return CatalogueRecord(
        source=Source.AUDIBLE,
        id=asin,
        title=title,
        subtitle=product.text_at("subtitle"),
        authors=authors_only(product["authors"].names),
        narrators=product["narrators"].names,
        series=series,
        series_ids=series_ids,
        published=parse_date(product.text_at("release_date") or product.text_at("issue_date") or ""),
        publisher=product.text_at("publisher_name"),
        language=parse_language(product.text_at("language") or ""),
        asin=parse_asin(asin),
        isbn=parse_isbn(product.text_at("isbn") or ""),
        duration_s=minutes * 60 if minutes and 0 < minutes < 100_000 else None,
        abridged={"abridged": True, "unabridged": False}.get(product.text_at("format_type") or ""),
        genres=_genres(product),
        description=description_of(product.text_at("publisher_summary") or product.text_at("merchandising_summary")),
        cover=_cover(product["product_images"]),
        rating=rating_of(score["display_average_rating"].number or score["average_rating"].number),
        ratings_count=score["num_ratings"].count,
        format=Medium.AUDIO,
        region=region,
        url=f"https://www.audible.{DOMAINS.get(region, 'com')}/pd/{asin}",
    )


def _series(product: Json) -> tuple[tuple[SeriesEntry, ...], tuple[str, ...]]:
    """The series, the one that Audible names as the book's own first."""
    own = product.text_at("publication_name")
    found = [entry for entry in product["series"] if entry.text_at("title")]
    found.sort(key=lambda entry: entry.text_at("title") != own)
    entries = tuple(
        SeriesEntry(str(entry.text_at("title")), parse_position(entry.text_at("sequence") or "")) for entry in found
    )
    return entries, tuple(entry.text_at("asin") or "" for entry in found)


def _genres(product: Json) -> tuple[str, ...]:
    """The first rung of each ladder; the rungs below are finer than a genre."""
    ladders = (ladder for ladder in product["category_ladders"] if ladder.text_at("root") in {None, "Genres"})
    firsts = (next(iter(ladder["ladder"]), Json()).text_at("name") for ladder in ladders)
    return tuple(dict.fromkeys(name for name in firsts if name))


def _cover(images: Json) -> str | None:
    sizes = images.value if images.is_object else {}
    known = [
        (int(size), url)
        for size, url in sizes.items()
        if size.isdecimal() and len(size) < _LONGEST_SIZE and isinstance(url, str)
    ]
    return as_address(max(known)[1]) if known else None
