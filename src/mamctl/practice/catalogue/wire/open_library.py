"""Open Library: search.json and works."""

from __future__ import annotations

import re
from typing import Any

from mamctl.domain.json_values import Json
from mamctl.practice.catalogue.wire.reply import Asked, Reply, reply_json
from mamctl.practice.catalogue.world import Work


def answer_open_library(asked: Asked) -> Reply:
    """`/search.json` and `/works/OL1W.json`."""
    if asked.path == "/search.json":
        works = _found(asked)
        return reply_json({"numFound": len(works), "start": 0, "docs": [_doc(work) for work in works]})
    found = re.fullmatch(r"/works/OL(\d+)W\.json", asked.path)
    work = asked.shelves.world.by_id.get(int(found[1])) if found else None
    if work is None:
        return reply_json({"error": "notfound", "key": asked.path}, 404)
    return reply_json(_work(work))


def _found(asked: Asked) -> list[Work]:
    if asked.wrong_book:
        return list(asked.shelves.world.works[:3])
    if isbn := asked.param("isbn"):
        work = asked.shelves.world.by_isbn.get(isbn)
        return [work] if work and asked.shelves.knows("open_library", work) else []
    return asked.shelves.find("open_library", asked.param("title"), asked.param("author"), asked.param("q"))


def _doc(work: Work) -> dict[str, Json]:
    return {
        "key": f"/works/OL{work.id}W",
        "title": work.title,
        **({"subtitle": work.subtitle} if work.subtitle else {}),
        "author_name": list(work.authors),
        "first_publish_year": int(work.first_published[:4]),
        "isbn": [work.isbn, *(recording.isbn for recording in work.recordings if recording.isbn)],
        "language": [work.language[:3].lower()],
        "cover_i": 10_000 + work.id,
        "edition_count": 3,
    }


def _work(work: Work) -> dict[str, Json]:
    facts: Any = work.description
    return {
        "key": f"/works/OL{work.id}W",
        "title": work.title,
        "type": {"key": "/type/work"},
        # Both forms occur.
        "description": {"type": "/type/text", "value": facts} if work.id % 2 else facts,
        "covers": [10_000 + work.id],
        "subjects": list(work.genres),
        "first_publish_date": work.first_published,
    }
