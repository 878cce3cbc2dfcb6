"""Google Books' volumes."""

from __future__ import annotations

import re

from mamctl.domain.json_values import Json
from mamctl.practice.catalogue.wire.reply import PRACTICE_KEY, Asked, Reply, reply_json
from mamctl.practice.catalogue.world import Work

_KIND = "books#volumes"
_LANGUAGES = {"English": "en", "German": "de", "French": "fr", "Spanish": "es"}


def answer_google_books(asked: Asked) -> Reply:
    """`/books/v1/volumes` and one volume below it; without hits there is no list at all."""
    if asked.param("key") != PRACTICE_KEY:
        text = "API key not valid. Please pass a valid API key."
        return reply_json({"error": {"code": 400, "message": text, "status": "INVALID_ARGUMENT"}}, 400)
    number = asked.path.removeprefix("/books/v1/volumes").strip("/")
    if number:
        work = asked.shelves.world.by_id.get(int(number[1:])) if re.fullmatch(r"v\d+", number) else None
        missing = {"error": {"code": 404, "message": "The volume ID could not be found.", "status": "NOT_FOUND"}}
        return reply_json(_volume(work)) if work else reply_json(missing, 404)
    works = _found(asked)
    if not works:
        return reply_json({"kind": _KIND, "totalItems": 0})
    return reply_json({"kind": _KIND, "totalItems": len(works), "items": [_volume(work) for work in works]})


def _found(asked: Asked) -> list[Work]:
    if asked.wrong_book:
        return list(asked.shelves.world.works[:3])
    query = asked.param("q")
    if isbn := re.search(r"isbn:(\w+)", query):
        work = asked.shelves.world.by_isbn.get(isbn[1])
        return [work] if work and asked.shelves.knows("google_books", work) else []
    title = re.search(r'intitle:"([^"]*)"', query)
    author = re.search(r'inauthor:"([^"]*)"', query)
    return asked.shelves.find("google_books", title[1] if title else "", author[1] if author else "")


def _volume(work: Work) -> dict[str, Json]:
    return {
        "kind": "books#volume",
        "id": f"v{work.id}",
        "volumeInfo": {
            "title": work.title,
            **({"subtitle": work.subtitle} if work.subtitle else {}),
            "authors": list(work.authors),
            "publisher": work.publisher,
            "publishedDate": work.published,
            "description": work.description,
            "industryIdentifiers": [{"type": "ISBN_13", "identifier": work.isbn}],
            "categories": list(work.genres[:1]),
            "language": _LANGUAGES[work.language],
            "pageCount": 300,
            "imageLinks": {"thumbnail": f"https://catalogue.test/g/{work.id}.jpg"},
        },
        "saleInfo": {"isEbook": False},
    }
