"""Audible's public catalogue (api.audible.<tld>), region by region.

An unknown ASIN, or another region's, is answered with status 200 and a product that has nothing but the ASIN asked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from mamctl.adapters.catalogues.answer import Answer, changed, check
from mamctl.adapters.catalogues.http import Call, CatalogueHttp
from mamctl.adapters.catalogues.shape import Json, read_json
from mamctl.adapters.catalogues.wording import authors_only, description_of
from mamctl.domain.catalogue_record import CatalogueRecord, Enquiry, Medium, SeriesRecord, SeriesVolume
from mamctl.domain.dates import parse_date
from mamctl.domain.identifiers import parse_asin, parse_isbn
from mamctl.domain.languages import parse_language
from mamctl.domain.observation import Field, SeriesEntry, Source
from mamctl.domain.series_text import parse_position

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
STATES = frozenset(Field) - {Field.YEAR}
_NAME = "audible"
_GROUPS = (
    "category_ladders,contributors,media,product_attrs,product_desc,product_details,product_extended_attrs,rating,"
    "series"
)
_NO_BOOKS = frozenset({"PodcastParent", "PodcastEpisode", "BookSeries", "Periodical", "AudioPart"})
_AT_ONCE = 50  # ids in one request
_RESULTS = "20"


class Audible:
    """Asks the regions in their order until one knows the book. `base_url` may hold {tld} and {region}."""

    name = _NAME
    source = Source.AUDIBLE
    states = STATES
    thin = False

    def __init__(
        self,
        http: CatalogueHttp,
        *,
        today: Callable[[], date],
        regions: Sequence[str] = ("us",),
        base_url: str = "https://api.audible.{tld}",
        interval: float = 0.5,
    ) -> None:
        self._http = http
        self._today = today
        self._regions = tuple(regions)
        self._base_url = base_url
        self._interval = interval

    def search(self, enquiry: Enquiry) -> list[CatalogueRecord]:
        """By ASIN when there is one, else by title and author, else by the two as keywords."""
        if enquiry.asin:
            record = self.lookup(enquiry.asin)
            return [record] if record else []
        if not enquiry.title:
            return []
        apart = (("title", enquiry.title), *((("author", enquiry.author),) if enquiry.author else ()))
        together = (("keywords", " ".join(filter(None, (enquiry.title, enquiry.author)))),)
        for region in self._regions:
            for terms in (apart, together):
                if found := self._search(region, terms):
                    return found
        return []

    def lookup(self, record_id: str) -> CatalogueRecord | None:
        """The product with this ASIN in the first region that sells it."""
        asin = parse_asin(record_id)
        for region in self._regions if asin else ():
            call = self._product(region, asin or "")
            if record := self._http.ask(call, partial(parse_product, region=region)):
                return record
        return None

    def lookup_many(self, record_ids: Sequence[str]) -> dict[str, CatalogueRecord | None]:
        """Fifty products a request, from the first region; the others are asked for what it does not sell."""
        asins = [asin for asin in dict.fromkeys(record_ids) if parse_asin(asin) == asin]
        unknown = [asin for asin in asins if not self._http.knows(self._product(self._regions[0], asin))]
        for start in range(0, len(unknown), _AT_ONCE):
            self._fetch_many(self._regions[0], unknown[start : start + _AT_ONCE])
        return {asin: self.lookup(asin) for asin in asins}

    def series(self, series_id: str) -> SeriesRecord | None:
        """The series with this ASIN, in the first region that has it."""
        for region in self._regions if parse_asin(series_id) else ():
            groups = (("response_groups", "product_attrs,product_extended_attrs,relationships"),)
            call = self._call(region, f"/{series_id}", groups)
            if record := self._http.ask(call, parse_series_product):
                return self._with_titles(record)
        return None

    def _with_titles(self, record: SeriesRecord) -> SeriesRecord:
        nameless = [volume.id for volume in record.volumes if not volume.title]
        books = self.lookup_many(nameless)
        named = (
            replace(volume, title=book.title, authors=book.authors, published=book.published)
            if (book := books.get(volume.id))
            else volume
            for volume in record.volumes
        )
        return replace(record, volumes=tuple(volume for volume in named if volume.title))

    def _search(self, region: str, terms: tuple[tuple[str, str], ...]) -> list[CatalogueRecord]:
        # Pages count from 0: page 1 of a short list is empty.
        extra = (
            ("num_results", _RESULTS),
            ("page", "0"),
            ("products_sort_by", "Relevance"),
            ("response_groups", _GROUPS),
            ("image_sizes", "500,1024"),
        )
        today = self._today().isoformat()
        read = partial(parse_products, region=region, today=today)
        return self._http.ask(self._call(region, "", (*terms, *extra)), read)

    def _fetch_many(self, region: str, asins: list[str]) -> None:
        params = (
            ("asins", ",".join(asins)),
            ("num_results", str(_AT_ONCE)),
            ("response_groups", _GROUPS),
            ("image_sizes", "500,1024"),
        )
        products = self._http.ask(self._call(region, "", params), parse_raw_products)
        for asin in asins:
            product = products.get(asin, {"asin": asin})
            self._http.remember(self._product(region, asin), json.dumps({"product": product}).encode())

    def _product(self, region: str, asin: str) -> Call:
        return self._call(region, f"/{asin}", (("response_groups", _GROUPS), ("image_sizes", "500,1024")))

    def _call(self, region: str, path: str, params: tuple[tuple[str, str], ...]) -> Call:
        base = self._base_url.format(tld=DOMAINS.get(region, "com"), region=region)
        return Call(catalogue=_NAME, url=f"{base}/1.0/catalog/products{path}", params=params, interval=self._interval)


def parse_products(answer: Answer, region: str, today: str) -> list[CatalogueRecord]:
    """The books of a search answer; podcasts, series and what is only announced (after `today`) are left out."""
    products = _products(answer)
    records = [
        record
        for product in products
        if product["content_delivery_type"].text not in _NO_BOOKS and (record := _record(product, region))
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
    asin, title = product["asin"].text, product["title"].text
    if not asin or not title:
        return None
    series, series_ids = _series(product)
    score = product["rating"]["overall_distribution"]
    minutes = product["runtime_length_min"].number
    return CatalogueRecord(
        source=Source.AUDIBLE,
        id=asin,
        title=title,
        subtitle=product["subtitle"].text,
        authors=authors_only(_names(product["authors"])),
        narrators=_names(product["narrators"]),
        series=series,
        series_ids=series_ids,
        published=parse_date(product["release_date"].text or product["issue_date"].text or ""),
        publisher=product["publisher_name"].text,
        language=parse_language(product["language"].text or ""),
        asin=parse_asin(asin),
        isbn=parse_isbn(product["isbn"].text or ""),
        duration_s=minutes * 60 if minutes and 0 < minutes < 100_000 else None,
        abridged={"abridged": True, "unabridged": False}.get(product["format_type"].text or ""),
        genres=_genres(product),
        description=description_of(product["publisher_summary"].text or product["merchandising_summary"].text),
        cover=_cover(product["product_images"]),
        rating=rating_of(score["display_average_rating"].number or score["average_rating"].number),
        ratings_count=score["num_ratings"].count,
        format=Medium.AUDIO,
        region=region,
        url=f"https://www.audible.{DOMAINS.get(region, 'com')}/pd/{asin}",
    )


def rating_of(stars: float | None) -> float | None:
    """Stars from 0 to 5; zero means that nobody has voted."""
    return stars if stars is not None and 0 < stars <= 5 else None


def _names(people: Json) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for person in people if (name := person["name"].text)))


def _series(product: Json) -> tuple[tuple[SeriesEntry, ...], tuple[str, ...]]:
    """The series, the one that Audible names as the book's own first."""
    own = product["publication_name"].text
    found = [entry for entry in product["series"] if entry["title"].text]
    found.sort(key=lambda entry: entry["title"].text != own)
    entries = tuple(
        SeriesEntry(str(entry["title"].text), parse_position(entry["sequence"].text or "")) for entry in found
    )
    return entries, tuple(entry["asin"].text or "" for entry in found)


def _genres(product: Json) -> tuple[str, ...]:
    """The first rung of each ladder; the rungs below are finer than a genre."""
    ladders = (ladder for ladder in product["category_ladders"] if ladder["root"].text in {None, "Genres"})
    firsts = (next(iter(ladder["ladder"]), Json())["name"].text for ladder in ladders)
    return tuple(dict.fromkeys(name for name in firsts if name))


def _cover(images: Json) -> str | None:
    sizes = images.value if images.is_object else {}
    known = [(int(size), url) for size, url in sizes.items() if size.isdecimal() and isinstance(url, str)]
    return max(known)[1] if known else None
