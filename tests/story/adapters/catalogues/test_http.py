"""The shared HTTP layer: kept answers, pace, patience, budget, counters, and keys that nobody sees."""

from __future__ import annotations

import logging
import sqlite3
import zlib
from contextlib import closing
from datetime import timedelta

import pytest

from mamctl.adapters.catalogues.answer import Answer, changed
from mamctl.adapters.catalogues.call import Call, Credential
from mamctl.adapters.catalogues.client import CatalogueHttp, RequestPolicy
from mamctl.domain.matching.records import BookQuery, CatalogueUnavailableError, Unavailability
from mamctl.domain.secret import Secret
from mamctl.practice.catalogue.faults import FaultKind
from mamctl.practice.catalogue.wire.reply import PRACTICE_KEY
from tests.kit.catalogue import make_catalogue


def _text(answer: Answer) -> str:
    return answer.body.decode()


def _call(server, path="/search.json", catalogue="open_library", **extra):
    return Call(catalogue=catalogue, url=f"{server.root}/{catalogue}{path}", **{"interval": 0.0} | extra)


@pytest.fixture
def again(tmp_path, clock):
    """Another run: a second client over the same folder."""
    made = []

    def make(**policy):
        client = CatalogueHttp(tmp_path / "catalogues", RequestPolicy(**policy), now=clock, sleep=clock.sleep)
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


@pytest.mark.spec("META-2")
def test_an_answer_is_kept_for_24_hours_whatever_the_server_says_about_caching(server, http, clock):
    call = _call(server)
    first = http.ask(call, _text)
    clock.now += timedelta(hours=23, minutes=59)
    assert http.ask(call, _text) == first
    assert len(server.asked()) == 1
    clock.now += timedelta(minutes=2)
    http.ask(call, _text)
    assert len(server.asked()) == 2


def test_a_kept_answer_survives_the_run(server, http, again):
    http.ask(_call(server), _text)
    again().ask(_call(server), _text)
    assert len(server.asked()) == 1


def test_that_there_is_no_such_book_is_kept_too(adapter, server):
    for name, unknown in (("librivox", "99999"), ("audible", "B0ZZZZZZZ9"), ("goodreads", "99999")):
        catalogue = adapter(name)
        assert catalogue.lookup(unknown) is None
        asked = len(server.asked(name))
        assert catalogue.lookup(unknown) is None
        assert len(server.asked(name)) == asked


def test_an_answer_that_cannot_be_read_is_not_kept(server, http):
    def refuse(answer):
        raise changed("open_library", "odd")

    for _ in range(2):
        with pytest.raises(CatalogueUnavailableError):
            http.ask(_call(server), refuse)
    assert len(server.asked()) == 2


@pytest.mark.spec("META-2")
def test_an_outdated_answer_stands_in_for_a_catalogue_that_is_gone(server, http, clock):
    first = http.ask(_call(server), _text)
    clock.now += timedelta(days=3)
    server.behaviour.plan(FaultKind.OUTAGE)
    assert http.ask(_call(server), _text) == first
    assert http.counters("open_library")["stale"] == 1


def test_an_answer_that_a_wrong_clock_dated_is_not_fresh_for_years(server, http, clock):
    clock.now += timedelta(days=4_000)
    http.ask(_call(server), _text)
    assert http.knows(_call(server))
    clock.now -= timedelta(days=4_000)
    assert not http.knows(_call(server))
    http.ask(_call(server), _text)
    http.ask(_call(server), _text)
    assert len(server.asked()) == 2


def test_a_server_that_asks_for_a_rest_gets_it(server, http, clock):
    server.behaviour.plan(FaultKind.THROTTLED, times=1, retry_after="7")
    http.ask(_call(server), _text)
    assert clock.slept == [7.0]


def test_a_rest_told_in_the_body_counts_as_well(server, http, clock):
    server.behaviour.plan(FaultKind.THROTTLED, "audnexus", times=1)
    http.ask(_call(server, "/books/B0ZZZZZZZ9", "audnexus"), _text)
    assert clock.slept == [5.0]


def test_a_rest_longer_than_our_patience_ends_the_asking_for_this_run_and_the_next(server, http, clock, again):
    server.behaviour.plan(FaultKind.THROTTLED, times=1, retry_after="3600")
    for client in (http, http, again()):
        with pytest.raises(CatalogueUnavailableError) as caught:
            client.ask(_call(server), _text)
        assert caught.value.reason is Unavailability.THROTTLED
    assert len(server.asked()) == 1
    assert clock.slept == []
    clock.now += timedelta(hours=1)
    again().ask(_call(server), _text)


def test_an_outage_is_tried_three_times_with_growing_pauses(server, http, clock):
    server.behaviour.plan(FaultKind.OUTAGE)
    with pytest.raises(CatalogueUnavailableError) as caught:
        http.ask(_call(server), _text)
    assert caught.value.reason is Unavailability.DOWN
    assert len(server.asked()) == 3
    assert clock.slept == [2.0, 4.0]


def test_a_catalogue_that_fails_three_times_is_left_alone_for_the_run(server, http):
    server.behaviour.plan(FaultKind.PAGE, "goodreads")
    server.behaviour.plan(FaultKind.RESET, "open_library")
    for number in range(6):
        with pytest.raises(CatalogueUnavailableError):
            http.ask(_call(server, f"/{number}.json"), _text)
    assert len(server.asked("open_library")) == 9


def test_a_run_has_a_budget_for_each_catalogue(server, again):
    client = again(budget=3)
    for number in range(3):
        client.ask(_call(server, f"/works/OL{number}W.json"), _text)
    client.ask(_call(server, "/works/OL1W.json"), _text)
    with pytest.raises(CatalogueUnavailableError) as caught:
        client.ask(_call(server, "/works/OL9W.json"), _text)
    assert caught.value.reason is Unavailability.BUDGET
    client.ask(_call(server, "/lookup", "itunes"), _text)


def test_one_host_is_asked_no_faster_than_its_interval(server, http, clock):
    for number in range(4):
        http.ask(_call(server, f"/works/OL{number}W.json", interval=1.0), _text)
    assert clock.slept == [1.0, 1.0, 1.0]


def test_two_catalogues_on_one_host_share_its_pace(server, http, clock):
    http.ask(_call(server, interval=1.0), _text)
    http.ask(_call(server, "/lookup", "itunes", interval=1.0), _text)
    assert clock.slept == [1.0]


def test_counters_have_the_day_of_all_runs(server, http, again, clock):
    http.ask(_call(server), _text)
    http.ask(_call(server), _text)
    server.behaviour.plan(FaultKind.RESET, times=1)
    other = again()
    other.ask(_call(server, "/works/OL1W.json"), _text)
    assert http.counters("open_library")["cached"] == 1
    assert other.counters("open_library") == {
        "asked": 3, "answered": 2, "found": 2, "cached": 1, "stale": 0, "failed": 0,
    }  # fmt: skip
    clock.now += timedelta(days=1)
    assert set(http.counters("open_library").values()) == {0}


def test_mamctl_says_who_asks(server, http):
    http.ask(_call(server), _text)
    agent = server.asked()[0].user_agent
    assert agent.startswith("mamctl/")
    assert "member@catalogue.test" in agent


@pytest.mark.parametrize("name", ["goodreads", "google_books", "hardcover"])
def test_keys_are_in_no_file_log_or_message(server, http, clock, world, tmp_path, caplog, name):
    caplog.set_level(logging.DEBUG)
    catalogue = make_catalogue(name, http, server.base_url(name), clock)
    work = world.works[0]
    found = catalogue.search(BookQuery(title=work.title, author=work.authors[0]))
    server.behaviour.plan(FaultKind.RESET, times=3)
    with pytest.raises(CatalogueUnavailableError) as caught:
        catalogue.search(BookQuery(title="another"))
    http.close()
    folder = tmp_path / "catalogues"
    with closing(sqlite3.connect(folder / "answers.db")) as db:
        bodies = [zlib.decompress(row[0]) for row in db.execute("SELECT body FROM answers")]
    assert any(work.title.encode() in body for body in bodies)
    kept = b"".join((*bodies, *(path.read_bytes() for path in folder.rglob("*") if path.is_file())))
    seen = "\n".join(
        [caplog.text, str(caught.value), repr(caught.value.__dict__), repr(found), repr(server.journal.entries)]
    )
    assert found
    assert PRACTICE_KEY.encode() not in kept
    assert PRACTICE_KEY not in seen


def test_another_key_does_not_make_another_question(server):
    one, other = (
        _call(server, credential=Credential("key", Secret(text), place))
        for text, place in (("aaaa", "param"), ("bbbb", "header"))
    )
    assert one.key == other.key
    assert "aaaa" not in repr(one)


def test_the_files_are_for_their_owner_only(server, http, tmp_path):
    http.ask(_call(server), _text)
    folder = tmp_path / "catalogues"
    assert folder.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.glob("*.db"))


def test_several_threads_may_ask_at_once(server, http):
    from concurrent.futures import ThreadPoolExecutor

    calls = [_call(server, f"/works/OL{number}W.json") for number in range(1, 41)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda call: http.ask(call, _text), calls))
    assert len(set(answers)) == 40
    assert http.counters("open_library")["answered"] == 40


@pytest.mark.parametrize("name", ["answers.db", "pace.db"])
def test_a_broken_file_is_replaced(server, tmp_path, again, name):
    folder = tmp_path / "catalogues"
    folder.mkdir(mode=0o700)
    (folder / name).write_bytes(b"no database at all" * 100)
    client = again()
    client.ask(_call(server), _text)
    client.ask(_call(server), _text)
    assert client.counters("open_library")["cached"] == 1


def test_what_was_kept_is_read_anew_when_it_can_no_longer_be_read(server, http):
    http.ask(_call(server), _text)

    def newer(answer):
        if answer.from_cache:
            raise changed("open_library", "kept by an older version")
        return "read"

    assert http.ask(_call(server), newer) == "read"
