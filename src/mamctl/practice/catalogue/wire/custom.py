"""Audiobookshelf's contract for custom metadata providers; durations are minutes."""

from __future__ import annotations

from mamctl.domain.json_values import Json
from mamctl.practice.catalogue.wire.reply import Asked, Reply, reply_json
from mamctl.practice.catalogue.world import Recording, Work


def answer_custom(asked: Asked) -> Reply:
    """`/search`."""
    if asked.path != "/search" or not asked.param("query"):
        return reply_json({"error": "a query is needed"}, 400)
    works = asked.shelves.find("custom", asked.param("query"), asked.param("author"), most=5)
    if asked.wrong_book:
        works = list(asked.shelves.world.works[:3])
    return reply_json({"matches": [_match(work, recording) for work in works for recording in work.recordings]})


def _match(work: Work, recording: Recording) -> dict[str, Json]:
    return {
        "title": work.title,
        "subtitle": work.subtitle or "",
        "author": ", ".join(work.authors),
        "narrator": ", ".join(recording.narrators),
        "publisher": recording.publisher,
        "publishedYear": recording.released[:4],
        "description": work.description,
        "cover": f"https://catalogue.test/c/{work.id}.jpg",
        "isbn": recording.isbn or "",
        "asin": recording.asin("us") or "",
        "genres": list(work.genres),
        "tags": [],
        "series": [{"series": entry.name, "sequence": entry.position or ""} for entry in work.series],
        "language": work.language.lower(),
        "duration": round(recording.duration_s / 60),
    }
