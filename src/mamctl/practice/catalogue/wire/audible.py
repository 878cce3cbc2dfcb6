"""Audible's catalogue: products by search, by ASIN, by list of ASINs, and series as products."""

from __future__ import annotations

from zlib import crc32

from mamctl.domain.json_values import Json
from mamctl.practice.catalogue.wire.reply import Asked, Reply, html_of, reply_json
from mamctl.practice.catalogue.world import Recording, Rendering, Series, Work

_PRODUCTS = "/1.0/catalog/products"
_FORMATS = {
    Rendering.UNABRIDGED: "unabridged",
    Rendering.ABRIDGED: "abridged",
    Rendering.DRAMATISED: "original_recording",
}


def answer_audible(asked: Asked) -> Reply:
    """The region is the first part of the path: /us/1.0/catalog/products."""
    region, _, rest = asked.path.lstrip("/").partition("/")
    path = f"/{rest}"
    if path == _PRODUCTS:
        return _list(asked, region)
    if path.startswith(f"{_PRODUCTS}/"):
        asin = path.removeprefix(f"{_PRODUCTS}/")
        return reply_json({"product": product_of(asked, asin, region), "response_groups": ["always-returned"]})
    return reply_json({"message": "no such resource"}, 404)


def _list(asked: Asked, region: str) -> Reply:
    size = asked.param("num_results") or "10"
    if not size.isdigit() or not 1 <= int(size) <= 50:
        text = f"1 validation error detected: Value '{size}' at 'numResults' failed to satisfy constraint"
        return reply_json({"message": text}, 400)
    if asins := asked.param("asins"):
        products = [product_of(asked, asin, region) for asin in asins.split(",")]
        known = [one for one in products if "title" in one]
        return reply_json({"products": known, "total_results": len(known), "response_groups": []})
    works = asked.shelves.find(
        "audible", asked.param("title"), asked.param("author"), asked.param("keywords"), int(size)
    )
    found = [
        product(asked, recording, region) for work in works for recording in work.recordings if recording.asin(region)
    ]
    start = int(asked.param("page") or 0) * int(size)
    page = found[start : start + int(size)]
    return reply_json({"products": page, "total_results": len(found), "response_groups": []})


def product_of(asked: Asked, asin: str, region: str) -> dict[str, Json]:
    """The product with an ASIN; where the region does not sell it, the ASIN is all there is."""
    home, recording = asked.shelves.world.by_asin.get(asin, ("", None))
    if recording is not None and home == region and asked.shelves.knows("audible", asked.shelves.work_of(recording)):
        return product(asked, recording, region)
    for series in asked.shelves.world.series:
        if series_asin(series) == asin:
            return _series_product(asked, series, region)
    return {"asin": asin}


def product(asked: Asked, recording: Recording, region: str) -> dict[str, Json]:
    """A recording as a product."""
    work = asked.shelves.work_of(recording)
    if asked.wrong_book:
        work = asked.shelves.world.works[(work.id * 7 + 3) % len(asked.shelves.world.works)]
    return {
        "asin": recording.asin(region),
        "title": work.title,
        "subtitle": _subtitle(work),
        "authors": [{"asin": f"B00A{crc32(name.encode()) % 10**6:06}", "name": name} for name in work.authors],
        "narrators": [{"name": name} for name in recording.narrators],
        "series": _series_of(asked, work),
        "publication_name": work.series[0].name if work.series else None,
        "runtime_length_min": round(recording.duration_s / 60),
        "release_date": recording.released,
        "publisher_name": recording.publisher,
        "language": work.language.lower(),
        "format_type": _FORMATS[recording.rendering],
        "content_delivery_type": "SinglePartBook",
        "publisher_summary": html_of(work.description),
        "isbn": recording.isbn,
        "rating": {
            "overall_distribution": {
                "display_average_rating": f"{work.rating:.1f}",
                "num_ratings": work.ratings_count,
            }
        },
        "category_ladders": [
            {"root": "Genres", "ladder": [{"id": str(n), "name": name}, {"id": f"{n}0", "name": f"Classic {name}"}]}
            for n, name in enumerate(work.genres, start=1)
        ],
        "product_images": {"500": image_of(work)},
    }


def image_of(work: Work) -> str:
    """The address of a work's cover."""
    return f"https://m.catalogue.test/I/{work.id}._SL500_.jpg"


def series_asin(series: Series) -> str:
    """The ASIN of a series."""
    return f"B0SERI{series.id:04}"


def _subtitle(work: Work) -> str | None:
    if work.subtitle:
        return work.subtitle
    return f"{work.series[0].name}, Book {work.series[0].position}" if work.series else None


def _series_of(asked: Asked, work: Work) -> list[dict[str, Json]]:
    return [
        {
            "asin": series_asin(asked.shelves.world.by_series[number])
            if number in asked.shelves.world.by_series
            else "",
            "title": entry.name,
            "sequence": entry.position or "",
            "url": "/pd/x",
        }
        for entry, number in zip(work.series, work.series_ids, strict=True)
    ]


def _series_product(asked: Asked, series: Series, region: str) -> dict[str, Json]:
    works = [asked.shelves.world.by_id[number] for number in series.work_ids]
    children = [
        {
            "asin": recording.asin(region),
            "relationship_to_product": "child",
            "relationship_type": "series",
            "sequence": next(
                (entry.position for entry, n in zip(work.series, work.series_ids, strict=True) if n == series.id), ""
            ),
            "sort": str(place),
            # Every other title is left out, as products of little standing leave it out.
            **({"title": work.title} if place % 2 else {}),
        }
        for place, work in enumerate(works, start=1)
        for recording in work.recordings[:1]
        if recording.asin(region)
    ]
    return {
        "asin": series_asin(series),
        "title": series.name,
        "content_delivery_type": "BookSeries",
        "relationships": children,
    }
