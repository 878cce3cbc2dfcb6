"""Audible's public catalogue (api.audible.<tld>), region by region.

An unknown ASIN, or another region's, is answered with status 200 and a product that has nothing but the ASIN asked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from mamctl.adapters.catalogues.audible_products import (
    DOMAINS,
    parse_product,
    parse_products,
    parse_raw_products,
    parse_series_product,
)
from mamctl.adapters.catalogues.by_id import LooksUpById, Question
from mamctl.adapters.catalogues.call import Call
from mamctl.adapters.catalogues.client import CatalogueHttp
from mamctl.domain.matching.records import BookQuery, CatalogueRecord, SeriesRecord
from mamctl.domain.metadata.observation import Field, Source
from mamctl.domain.text.identifiers import parse_asin

STATES = frozenset(Field) - {Field.YEAR}
_NAME = "audible"
_GROUPS = (
    "category_ladders,contributors,media,product_attrs,product_desc,product_details,product_extended_attrs,rating,"
    "series"
)
_AT_ONCE = 50  # ids in one request
_RESULTS = "20"


class Audible(LooksUpById):
    """Asks the regions in their order until one knows the book. `base_url` may hold {tld} and {region}."""

    name = _NAME
    source = Source.AUDIBLE
    states = STATES
    details: frozenset[Field] = frozenset()
    by_asin_only = False

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

    def search(self, book_query: BookQuery) -> list[CatalogueRecord]:
        """By ASIN when there is one, else by title and author, else by the two as keywords."""
        if book_query.asin:
            record = self.lookup(book_query.asin)
            return [record] if record else []
        if not book_query.title:
            return []
        apart = (("title", book_query.title), *((("author", book_query.author),) if book_query.author else ()))
        together = (("keywords", " ".join(filter(None, (book_query.title, book_query.author)))),)
        for region in self._regions:
            for terms in (apart, together):
                if found := self._search(region, terms):
                    return found
        return []

    def questions(self, record_id: str) -> Iterator[Question]:
        """The product with this ASIN, from the first region that sells it."""
        if asin := parse_asin(record_id):
            for region in self._regions:
                yield self._product(region, asin), partial(parse_product, region=region)

    def lookup_many(self, record_ids: Sequence[str]) -> dict[str, CatalogueRecord | None]:
        """The product of each ASIN, None where no region sells it."""
        self.fetch_many(record_ids)
        return {asin: self.lookup(asin) for asin in _asins(record_ids)}

    def fetch_many(self, record_ids: Sequence[str]) -> None:
        """Fifty products a request, from the first region; `lookup` asks the others for what it does not sell."""
        unknown = [asin for asin in _asins(record_ids) if not self._http.knows(self._product(self._regions[0], asin))]
        for start in range(0, len(unknown), _AT_ONCE):
            self._fetch_many(self._regions[0], unknown[start : start + _AT_ONCE])

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
        self._http.remember(
            (self._product(region, asin), json.dumps({"product": products.get(asin, {"asin": asin})}).encode())
            for asin in asins
        )

    def _product(self, region: str, asin: str) -> Call:
        return self._call(region, f"/{asin}", (("response_groups", _GROUPS), ("image_sizes", "500,1024")))

    def _call(self, region: str, path: str, params: tuple[tuple[str, str], ...]) -> Call:
        base = self._base_url.replace("{tld}", DOMAINS.get(region, "com")).replace("{region}", region)
        return Call(catalogue=_NAME, url=f"{base}/1.0/catalog/products{path}", params=params, interval=self._interval)


def _asins(record_ids: Sequence[str]) -> list[str]:
    return [asin for asin in dict.fromkeys(record_ids) if parse_asin(asin) == asin]
