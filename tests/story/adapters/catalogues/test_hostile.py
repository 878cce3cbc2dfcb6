"""A catalogue that means harm, or was taken over: nothing it sends is big, slow, far-reaching or clever enough."""

from __future__ import annotations

import gzip
import io
import json
from dataclasses import fields
from urllib.parse import quote

import pytest

from mamctl.adapters.catalogues import audible_products, goodreads_answers
from mamctl.adapters.catalogues.answer import Answer
from mamctl.adapters.catalogues.call import Call, Credential, without_key
from mamctl.adapters.catalogues.client import LARGEST, CatalogueHttp, RequestPolicy
from mamctl.domain.matching.records import BookQuery, CatalogueUnavailableError, Unavailability
from mamctl.domain.secret import Secret
from mamctl.output.screen import Screen
from mamctl.practice.catalogue.faults import FaultKind
from mamctl.practice.catalogue.server import PracticeCatalogue
from mamctl.practice.failures import FailureForm
from tests.kit.failing_server import failing

ANSI = "\x1b[2J\x1b]0;owned\x07Salt \x9b31mRoad\u202e evil\x00"


def _ask(http, server, **trouble):
    server.behaviour.plan(FaultKind.BODY, "open_library", **trouble)
    call = Call(catalogue="open_library", url=f"{server.root}/open_library/search.json", interval=0.0)
    return http.ask(call, lambda answer: answer.body)


def test_what_is_packed_is_unpacked(http, server):
    assert _ask(http, server, body=gzip.compress(b"hello"), headers=(("Content-Encoding", "gzip"),)) == b"hello"


@pytest.mark.parametrize(
    ("packed", "encoding"),
    [
        (gzip.compress(b"\0" * (LARGEST + 1)), "gzip"),
        (gzip.compress(gzip.compress(b"\0" * 10**6)), "gzip, gzip"),
        (b"no gzip at all", "gzip"),
        (b"x", "br"),
    ],
    ids=["a bomb", "packed twice", "not packed", "another packing"],
)
def test_a_small_answer_cannot_grow_without_end(http, server, packed, encoding):
    with pytest.raises(CatalogueUnavailableError) as caught:
        _ask(http, server, body=packed, headers=(("Content-Encoding", encoding),))
    assert caught.value.reason is Unavailability.DOWN


@pytest.mark.parametrize("form", [FailureForm.DRIPPED_HEAD, FailureForm.DRIPPED_BODY])
def test_an_answer_that_drips_is_given_up(form, tmp_path, clock):
    http = CatalogueHttp(tmp_path / "x", RequestPolicy(timeout=0.2, patience=1e9), now=clock, sleep=clock.sleep)
    with failing(form) as dripping, pytest.raises(CatalogueUnavailableError, match="no answer in time"):
        http.ask(Call(catalogue="open_library", url=dripping.url, interval=0.0), lambda answer: answer.body)
    http.close()


@pytest.mark.parametrize("name", ["goodreads", "hardcover", "custom"])
def test_a_redirect_leads_no_key_to_somebody_else(adapter, server, world, name):
    with PracticeCatalogue(world) as stranger:
        server.behaviour.plan(
            FaultKind.BODY, name, status=302, headers=(("Location", f"{stranger.root}/{name}/search?key=stolen"),)
        )
        with pytest.raises(CatalogueUnavailableError) as caught:
            adapter(name).search(BookQuery(title="The Salt Road"))
        assert caught.value.reason is Unavailability.CHANGED
        assert stranger.asked() == []


def test_a_redirect_within_the_site_is_followed_and_a_circle_is_not(http, server):
    here = (("Location", "/open_library/works/OL1W.json"),)
    server.behaviour.plan(FaultKind.BODY, "open_library", status=302, headers=here, times=1)
    call = Call(catalogue="open_library", url=f"{server.root}/open_library/isbn/1.json", interval=0.0)
    assert b"OL1W" in http.ask(call, lambda answer: answer.body)
    server.behaviour.plan(FaultKind.BODY, "open_library", status=302, headers=here)
    other = Call(catalogue="open_library", url=f"{server.root}/open_library/isbn/2.json", interval=0.0)
    with pytest.raises(CatalogueUnavailableError, match="redirects"):
        http.ask(other, lambda answer: answer.body)


@pytest.mark.parametrize("key", ["practice-key", "a+b/c=&<é", 'quo"te\\'])
def test_a_key_is_masked_however_the_answer_spells_it(key):
    spellings = (key, quote(key), quote(key, safe=""), json.dumps(key), key.replace("&", "&amp;").replace("<", "&lt;"))
    shown = without_key(Credential("key", Secret(key)), " ".join(spellings).encode()).decode()
    assert key not in shown
    assert quote(key, safe="") not in shown
    assert json.dumps(key)[1:-1] not in shown


def test_no_terminal_takes_a_title_for_a_command(clock):
    product = {"asin": "B00TEST123", "title": ANSI, "authors": [{"name": ANSI}], "publisher_summary": ANSI}
    answer = Answer(200, json.dumps({"product": product}).encode(), clock())
    record = audible_products.parse_product(answer, "us")
    texts = [record.title, *record.authors, record.description or ""]
    assert all(char.isprintable() or char == "\n" for text in texts for char in text)
    stream = io.StringIO()
    Screen(stream).table(("title",), [(ANSI,)])
    assert not {"\x1b", "\x9b", "\u202e", "\x07"} & set(stream.getvalue())


def test_endless_lists_are_cut(clock):
    names = [{"name": f"Writer Number {number}"} for number in range(10_000)]
    product = {
        "asin": "B00TEST123", "title": "T" * 10**6, "authors": names, "narrators": names,
        "series": [{"title": f"S {n}", "sequence": "1"} for n in range(10_000)],
    }  # fmt: skip
    answer = Answer(200, json.dumps({"products": [product] * 2, "total_results": 2}).encode(), clock())
    for record in audible_products.parse_products(answer, "us", "2030-01-01"):
        for entry in fields(record):
            value = getattr(record, entry.name)
            assert not isinstance(value, (str, tuple)) or len(value) <= 20_000
        assert len(record.authors) <= 100
        assert len(record.series) <= 1_000


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", 'https://x/"><script>', "data:x"])
def test_only_web_addresses_are_kept_as_such(clock, address):
    product = {"asin": "B00TEST123", "title": "T", "product_images": {"500": address}}
    answer = Answer(200, json.dumps({"product": product}).encode(), clock())
    assert audible_products.parse_product(answer, "us").cover is None
    inside = f"<GoodreadsResponse><book><id>1</id><title>T</title><url><![CDATA[{address}]]></url></book>"
    answer = Answer(200, f"{inside}</GoodreadsResponse>".encode(), clock())
    assert goodreads_answers.parse_book(answer).url is None
