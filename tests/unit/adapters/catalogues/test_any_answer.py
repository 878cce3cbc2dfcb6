"""Whatever bytes a catalogue sends, reading them ends in records that can be stored, or in unavailability."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.adapters.catalogues import (
    audible_products,
    audnexus,
    custom,
    goodreads_answers,
    google_books,
    hardcover_answers,
    itunes,
    librivox,
    open_library,
)
from mamctl.adapters.catalogues.answer import Answer
from mamctl.domain.matching.records import CatalogueUnavailableError
from mamctl.practice.catalogue.make_world import make_world
from mamctl.practice.catalogue.server import WIRES
from mamctl.practice.catalogue.shelves import Shelves
from mamctl.practice.catalogue.wire.reply import PRACTICE_KEY, Asked

NOW = datetime(2026, 3, 1, tzinfo=UTC)
WORLD = make_world(12)
SHELVES = Shelves(WORLD, {})
WORK = next(work for work in WORLD.works if work.series)
ASIN = WORK.recordings[0].asin()
SEARCH_BODY = json.dumps({"query": "search(", "variables": {"q": WORK.title}})
COVERS = "https://covers.catalogue.test"


def _asked(path: str, body: str = "", **params: str) -> Asked:
    headers = {"authorization": f"Bearer {PRACTICE_KEY}"}
    return Asked(path, {"key": PRACTICE_KEY, **params}, headers, body.encode(), SHELVES)


def _graphql(name: str, value: object) -> str:
    return json.dumps({"query": name, "variables": {"v": value}})


# Every parse function with a right answer for it to be spoilt.
CASES = {
    "audible search": (
        partial(audible_products.parse_products, region="us", today="2030-01-01"),
        WIRES["audible"](_asked("/us/1.0/catalog/products", title=WORK.title)),
    ),
    "audible product": (
        partial(audible_products.parse_product, region="us"),
        WIRES["audible"](_asked(f"/us/1.0/catalog/products/{ASIN}")),
    ),
    "audible series": (
        audible_products.parse_series_product,
        WIRES["audible"](_asked("/us/1.0/catalog/products/B0SERI0001")),
    ),
    "audnexus book": (audnexus.parse_book, WIRES["audnexus"](_asked(f"/books/{ASIN}"))),
    "goodreads search": (goodreads_answers.parse_search, WIRES["goodreads"](_asked("/search/index.xml", q=WORK.title))),
    "goodreads book": (goodreads_answers.parse_book, WIRES["goodreads"](_asked(f"/book/isbn/{WORK.isbn}"))),
    "goodreads author": (goodreads_answers.parse_author_page, WIRES["goodreads"](_asked("/author/list/70001.xml"))),
    "goodreads series": (goodreads_answers.parse_series_answer, WIRES["goodreads"](_asked("/series/40001"))),
    "open_library search": (
        partial(open_library.parse_search, covers_url=COVERS, isbn=WORK.isbn),
        WIRES["open_library"](_asked("/search.json", title=WORK.title)),
    ),
    "open_library work": (
        partial(open_library.parse_work, covers_url=COVERS),
        WIRES["open_library"](_asked("/works/OL1W.json")),
    ),
    "google_books": (
        google_books.parse_volumes,
        WIRES["google_books"](_asked("/books/v1/volumes", q=f'intitle:"{WORK.title}"')),
    ),
    "google_books volume": (google_books.parse_volume, WIRES["google_books"](_asked("/books/v1/volumes/v1"))),
    "hardcover search": (hardcover_answers.parse_search, WIRES["hardcover"](_asked("/v1/graphql", SEARCH_BODY))),
    "hardcover editions": (
        hardcover_answers.parse_editions,
        WIRES["hardcover"](_asked("/v1/graphql", _graphql("ByAsin", ASIN))),
    ),
    "hardcover series": (
        hardcover_answers.parse_series_answer,
        WIRES["hardcover"](_asked("/v1/graphql", _graphql("Series", 1))),
    ),
    "itunes": (partial(itunes.parse_results, country="us"), WIRES["itunes"](_asked("/search", term=WORK.title))),
    "librivox": (librivox.parse_books, WIRES["librivox"](_asked("/api/feed/audiobooks", title=f"^{WORK.title}"))),
    "custom": (partial(custom.parse_matches, "custom"), WIRES["custom"](_asked("/search", query=WORK.title))),
}

STATUSES = st.sampled_from([200, 200, 200, 202, 204, 301, 400, 401, 403, 404, 422, 500])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


def _reads(read, body: bytes, status: int = 200) -> None:
    try:
        result = read(Answer(status, body, NOW, ""))
    except CatalogueUnavailableError:
        return
    records = result if isinstance(result, list) else [result] if result is not None else []
    for record in records:
        text = json.dumps(dataclasses.asdict(record), ensure_ascii=False, allow_nan=False)
        assert text.encode("utf-8")


@pytest.mark.parametrize("case", CASES)
def test_the_unspoilt_answer_is_read(case):
    read, reply = CASES[case]
    assert read(Answer(reply.status, reply.body, NOW, reply.content_type))


@given(body=st.binary(max_size=200), status=STATUSES)
def test_any_bytes(body, status):
    for read, _ in CASES.values():
        _reads(read, body, status)


@given(document=JSON, status=STATUSES)
def test_any_json(document, status):
    for read, _ in CASES.values():
        _reads(read, json.dumps(document).encode(), status)


@pytest.mark.parametrize("case", CASES)
@given(data=st.data())
def test_a_right_answer_with_one_value_of_another_kind(case, data):
    read, reply = CASES[case]
    if reply.body.startswith(b"<?xml"):
        start = data.draw(st.integers(0, len(reply.body)))
        length = data.draw(st.integers(0, 40))
        body = reply.body[:start] + data.draw(st.binary(max_size=20)) + reply.body[start + length :]
    else:
        body = json.dumps(_spoil(json.loads(reply.body), data)).encode()
    _reads(read, body)


def _spoil(document, data):
    """The document with a value somewhere replaced."""
    if isinstance(document, dict) and document and data.draw(st.integers(0, 9)):
        key = data.draw(st.sampled_from(sorted(document)))
        return document | {key: _spoil(document[key], data)}
    if isinstance(document, list) and document and data.draw(st.integers(0, 9)):
        place = data.draw(st.integers(0, len(document) - 1))
        return [_spoil(entry, data) if n == place else entry for n, entry in enumerate(document)]
    return data.draw(JSON)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"<a>" * 50_000,
        b'{"products": 9' + b"9" * 5000 + b"}",
        b'<!DOCTYPE a [<!ENTITY b "' + b"x" * 1000 + b'">' + b'<!ENTITY c "' + b"&b;" * 1000 + b'">]><a>&c;</a>',
        b"\xff\xfe<\x00a\x00",
        b"null",
        b'"text"',
    ],
    ids=["brackets", "braces", "elements", "digits", "entities", "utf16", "null", "text"],
)
def test_answers_made_to_hurt(case, body):
    _reads(CASES[case][0], body)
