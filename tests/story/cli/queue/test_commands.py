"""`mamctl queue …` as you use it: find, add, list, show, run, slots, plan, retry, remove; on the practice servers."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from mamctl.domain.queue.states import State
from mamctl.practice.tracker.state import Torrent
from mamctl.store.queue.items import find_item, move_item
from tests.kit.member import Member

GIB = 1024**3
KEYS = {
    "find": {"candidates", "chosen", "reason", "requests"},
    "list": {"items", "state"},
    "slots": {
        "free_slots", "paid_slots", "reason", "event_percent", "limits", "limiting", "next_slot_at", "buffer_bytes",
        "disk_bytes",
    },
    "run": {"released", "completed", "filed", "refused", "held", "failed", "unclear", "slots", "requests"},
    "plan": {"slots", "steps", "figures_at"},
}  # fmt: skip


@pytest.fixture
def config(reader: Member) -> Path:
    world = reader.tracker.world
    world.torrents.clear()
    for number, narrator, free in ((1, "Ann Reader", True), (2, "Bob Voice", False)):
        world.list_torrent(
            Torrent(
                910_000 + number, "The Salt Road", ["Mara Vell"], 41, GIB, reader.now(), narrators=[narrator],
                free=free, mediainfo={"Duration": "10:00:00", "Format": "AAC", "BitRate": "128 kb/s", "Channels": "2"},
            )
        )  # fmt: skip
    return reader.config(catalogues={"order": []})


@pytest.fixture
def queue(mamctl, config):
    def run(*words: str):
        return mamctl("queue", *words, "--config", str(config))

    return run


@pytest.fixture
def queue_json(mamctl, config):
    def run(*words: str, code: int = 0):
        done = mamctl("queue", *words, "--json", "--config", str(config))
        assert done.code == code, done.out + done.err
        return json.loads(done.out)

    return run


def test_find_shows_the_candidates_rule_by_rule(queue, queue_json):
    data = queue_json("find", "the", "salt", "road", "--author", "Mara Vell")["data"]
    assert set(data) == KEYS["find"]
    assert [one["torrent_id"] for one in data["candidates"]] == [910001, 910002]
    assert data["chosen"] == 910001
    first = data["candidates"][0]
    assert set(first) == {
        "torrent_id", "title", "authors", "narrators", "series", "filetype", "size_bytes", "seeders", "free", "match",
        "verdict", "rules",
    }  # fmt: skip
    assert (first["free"], first["verdict"]) == ("site", "accepted")
    assert {"name", "holds", "claimed", "wanted", "detail"} == set(first["rules"][0])
    shown = queue("find", "the", "salt", "road", "--author", "Mara Vell").out
    assert "910001" in shown
    assert "Ann Reader" in shown


@pytest.mark.spec("QUAL-1")
def test_find_says_which_lines_would_accept(queue_json, reader, config):
    for torrent in reader.tracker.world.torrents.values():
        torrent.mediainfo = {"Duration": "10:00:00", "Format": "MPEG Audio", "BitRate": "64 kb/s", "Channels": "1"}
    found = queue_json("find", "The Salt Road", "--author", "Mara Vell", code=3)
    assert found["data"]["chosen"] is None
    (problem,) = found["problems"]
    assert problem["code"] == "only_quality"
    assert 'codecs = ["aac", "flac", "mp3"]; min_bitrate = 64' in problem["remedy"]


def test_add_by_id_and_once(queue_json, queue):
    item = queue_json("add", "910002")["data"]["item"]
    assert (item["torrent_id"], item["state"], item["paid"]) == (910002, "waiting", True)
    again = queue_json("add", "910002", code=5)
    assert again["problems"][0]["code"] == "already_queued"
    assert queue_json("add", "99", code=2)["problems"][0]["message"] == "torrent 99 is not on the site"
    assert "The Salt Road" in queue("list").out


def test_add_by_title_asks_and_without_a_terminal_adds_nothing(queue_json):
    asked = queue_json("add", "The Salt Road", "--author", "Mara Vell", code=3)
    assert asked["problems"][0]["code"] == "choice_needed"
    assert len(asked["data"]["candidates"]) == 2
    assert queue_json("list")["data"]["items"] == []
    item = queue_json("add", "The Salt Road", "--author", "Mara Vell", "--yes")["data"]["item"]
    assert item["torrent_id"] == 910001


def test_digits_are_a_title_when_you_say_so(queue_json, reader):
    world = reader.tracker.world
    world.list_torrent(Torrent(910_010, "1984", ["George Vell"], 41, GIB, reader.now(), free=True))
    item = queue_json("add", "1984", "--title", "--author", "George Vell", "--yes")["data"]["item"]
    assert item["torrent_id"] == 910010


def test_a_dry_run_adds_nothing(queue_json):
    assert queue_json("add", "910001", "--dry-run")["dry_run"] is True
    assert queue_json("list")["data"]["items"] == []


def test_what_is_known_is_shown_without_a_request(queue_json, queue, reader):
    queue_json("add", "910002")
    asked = len(reader.tracker.journal.entries)
    for verb in ("list", "slots", "plan"):
        assert set(queue_json(verb)["data"]) == KEYS[verb]
    shown = queue_json("show", "1")["data"]
    assert shown["history"][0]["to_state"] == "waiting"
    assert shown["verdicts"][0]["stage"] == "claimed"
    assert queue("show", "1").code == queue("plan").code == queue("slots").code == 0
    assert len(reader.tracker.journal.entries) == asked
    limit = queue_json("slots")["data"]["limits"][0]
    assert {"name", "slots", "detail"} <= set(limit)


def test_a_run_without_a_client_says_so(queue_json, queue):
    queue_json("add", "910001")
    found = queue_json("run", code=3)
    assert set(found["data"]) == KEYS["run"]
    assert found["problems"][0]["code"] == "no_client"
    assert "no torrent client" in queue("run", "--quiet").out
    assert queue("run", "--quiet").out == ""  # reported before


def test_an_empty_queue_is_silent_and_makes_no_request(queue, queue_json, reader):
    assert queue("run", "--quiet").out == ""
    assert queue_json("run")["data"]["requests"]["run"] == 0
    assert reader.tracker.journal.entries == []


def test_retry_and_remove(queue_json, queue):
    queue_json("add", "910001")
    assert queue_json("retry", "1")["data"]["item"]["reason"] == "tried again by you"
    queue_json("remove", "1")
    assert queue_json("list")["data"]["items"] == []
    for verb in (("retry",), ("remove",), ("check",), ("unfile", "--yes")):
        assert "off the list" in queue_json(*verb, "1", code=2)["problems"][0]["message"]
    assert queue_json("show", "1")["data"]["item"]["id"] == 1
    assert queue_json("retry", "9", code=2)["problems"][0]["message"] == "9: no such download"
    assert queue_json("add", "910001")["data"]["item"]["id"] == 2


@pytest.mark.parametrize("words", [("find", " "), ("add", "x" * 501), ("list", "--state", "lost"), ("show", "0")])
def test_wrong_usage_is_told(queue, words):
    assert queue(*words).code == 2


def test_no_key_of_yours_is_kept(queue_json, reader):
    queue_json("add", "910001")
    passkey = reader.tracker.world.member.passkey
    with sqlite3.connect(reader.store_path) as db:
        assert passkey not in "\n".join(db.iterdump())


def test_your_retry_lets_a_download_be_paid_that_was_free(queue_json, reader):
    queue_json("add", "910001")
    with reader.store() as db:
        item = find_item(db, 1)
        move_item(db, item, State.HELD, "no longer free", reader.now(), hold_code="not_free")
    assert queue_json("retry", "1")["data"]["item"]["paid"] is None
