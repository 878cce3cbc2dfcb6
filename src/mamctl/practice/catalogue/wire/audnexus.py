"""Audnexus: books by ASIN; errors in the newer shape, and on demand in the older."""

from __future__ import annotations

from mamctl.domain.json_values import Json
from mamctl.practice.catalogue.wire.audible import image_of, product, series_asin
from mamctl.practice.catalogue.wire.reply import Asked, Reply, reply_json
from mamctl.practice.catalogue.world import Recording

_REGIONS = frozenset({"au", "ca", "de", "es", "fr", "in", "it", "jp", "us", "uk"})


def answer_audnexus(asked: Asked) -> Reply:
    """`/books/ASIN`."""
    parts = asked.path.strip("/").split("/")
    region = asked.param("region") or "us"
    if region not in _REGIONS:
        return _error(400, "BAD_REQUEST", "Invalid region")
    if len(parts) < 2 or parts[0] != "books" or len(parts[1]) != 10:
        return _error(400, "BAD_REQUEST", "Bad ASIN")
    home, recording = asked.shelves.world.by_asin.get(parts[1], ("", None))
    if recording is None or not asked.shelves.knows("audnexus", asked.shelves.work_of(recording)):
        return _error(404, "NOT_FOUND", f"Book not found: {parts[1]}")
    if home != region:
        return _error(404, "REGION_UNAVAILABLE", f"Item not available in region '{region}' for ASIN: {parts[1]}")
    return reply_json(_book(asked, recording, parts[1], region))


def _error(status: int, code: str, message: str) -> Reply:
    return reply_json({"error": {"code": code, "message": message, "details": None}}, status)


def _book(asked: Asked, recording: Recording, asin: str, region: str) -> dict[str, Json]:
    facts = product(asked, recording, region)
    work = asked.shelves.work_of(recording)
    book = {
        "asin": asin,
        "title": facts["title"],
        "subtitle": facts["subtitle"],
        "authors": facts["authors"],
        "narrators": facts["narrators"],
        "copyright": int(work.first_published[:4]),
        "summary": facts["publisher_summary"],
        "description": work.description[:80],
        "formatType": facts["format_type"],
        "genres": [{"asin": "1", "name": name, "type": "genre"} for name in work.genres],
        "image": image_of(work),
        "isbn": recording.isbn or "",
        "language": facts["language"],
        "publisherName": facts["publisher_name"],
        "rating": f"{work.rating:.1f}",
        "region": region,
        "releaseDate": f"{recording.released}T00:00:00.000Z",
        "runtimeLengthMin": facts["runtime_length_min"],
    }
    if work.series and work.series_ids[0] in asked.shelves.world.by_series:
        series = asked.shelves.world.by_series[work.series_ids[0]]
        position = work.series[0].position
        book["seriesPrimary"] = {"asin": series_asin(series), "name": series.name, "position": position}
    return book
