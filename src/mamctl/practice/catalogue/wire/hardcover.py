"""Hardcover's GraphQL, as far as mamctl asks: search, editions, series."""

from __future__ import annotations

import json
from typing import Any

from mamctl.domain.json_values import Json
from mamctl.practice.catalogue.wire.reply import PRACTICE_KEY, Asked, Reply, reply_json
from mamctl.practice.catalogue.world import Recording, Series, Work


def answer_hardcover(asked: Asked) -> Reply:
    """Errors come with status 401, or with status 200 and a list of errors."""
    if asked.headers.get("authorization") != f"Bearer {PRACTICE_KEY}":
        return reply_json({"error": "Unable to verify token"}, 401)
    try:
        sent = json.loads(asked.body)
        query, variables = str(sent["query"]), dict(sent["variables"])
    except (ValueError, KeyError, TypeError):
        return reply_json({"errors": [{"message": "not a valid graphql query"}]})
    if "search(" in query:
        return reply_json({"data": {"search": {"results": _hits(asked, str(variables["q"]))}}})
    if "ByAsin" in query or "ByIsbn" in query or "ByBook" in query:
        return reply_json({"data": {"editions": _editions(asked, query, variables["v"])}})
    series = asked.shelves.world.by_series.get(int(variables["v"]))
    return reply_json({"data": {"series": [_series(asked, series)] if series else []}})


def _hits(asked: Asked, text: str) -> dict[str, Json]:
    works = (
        list(asked.shelves.world.works[:3])
        if asked.wrong_book
        else asked.shelves.find("hardcover", words=text, most=10)
    )
    return {"found": len(works), "hits": [{"document": _document(work)} for work in works]}


def _document(work: Work) -> dict[str, Json]:
    featured: Any = None
    if work.series:
        entry = work.series[0]
        place = entry.position or ""
        position = float(place) if place.replace(".", "").isdigit() else None
        featured = {"position": position, "series": {"id": work.series_ids[0], "name": entry.name}}
    return {
        "id": str(work.id),
        "title": work.title,
        "subtitle": work.subtitle,
        "author_names": list(work.authors),
        "isbns": [work.isbn],
        "series_names": [entry.name for entry in work.series],
        "featured_series": featured,
        "release_year": int(work.first_published[:4]),
        "release_date": work.first_published,
        "description": work.description,
        "genres": list(work.genres),
        "image": {"url": f"https://catalogue.test/h/{work.id}.jpg"},
        "rating": work.rating,
        "ratings_count": work.ratings_count,
        "slug": f"book-{work.id}",
    }


def _editions(asked: Asked, query: str, value: Any) -> list[dict[str, Json]]:
    world = asked.shelves.world
    recordings: list[Recording] = []
    if "ByAsin" in query:
        recordings = [found[1]] if (found := world.by_asin.get(str(value))) else []
    elif "ByBook" in query:
        work = world.by_id.get(int(value))
        recordings = list(work.recordings) if work else []
    else:
        recordings = [one for one in world.recordings if one.isbn == value]
    return [
        _edition(asked.shelves.work_of(one), one)
        for one in recordings
        if asked.shelves.knows("hardcover", asked.shelves.work_of(one))
    ]


def _edition(work: Work, recording: Recording) -> dict[str, Json]:
    return {
        "id": work.id * 10,
        "title": work.title,
        "subtitle": work.subtitle,
        "asin": recording.asin("us"),
        "isbn_13": recording.isbn,
        "audio_seconds": recording.duration_s,
        "reading_format_id": 2,
        "release_date": recording.released,
        "language": {"code3": work.language[:3].lower()},
        "publisher": {"name": recording.publisher},
        "contributions": [
            *({"contribution": None, "author": {"name": name}} for name in work.authors),
            *({"contribution": "Narrator", "author": {"name": name}} for name in recording.narrators),
        ],
        "book": {
            "id": work.id,
            "title": work.title,
            "description": work.description,
            "release_date": work.first_published,
            "rating": work.rating,
            "ratings_count": work.ratings_count,
            "slug": f"book-{work.id}",
        },
    }


def _series(asked: Asked, series: Series) -> dict[str, Json]:
    works = (asked.shelves.world.by_id[number] for number in series.work_ids)
    return {
        "id": series.id,
        "name": series.name,
        "description": None,
        "book_series": [
            {
                "position": work.series[0].position,
                "book": {"id": work.id, "title": work.title, "release_date": work.first_published},
            }
            for work in works
        ],
    }
