"""A book all the way with the program itself on the practice servers: added, filed, checked, taken out, filed again."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from mamctl.practice.client import ClientWorld, PracticeClient
from mamctl.practice.clock import PracticeClock
from mamctl.practice.wanted_book import AUTHOR, TITLE, list_wanted_book

ITEM = {
    "id", "torrent_id", "title", "state", "since", "paid", "reason", "info_hash", "client", "progress",
    "seed_seconds_left",
}  # fmt: skip
LISTS = ("released", "completed", "filed", "refused", "held", "failed", "unclear")


@pytest.fixture
def world(reader, tmp_path, mamctl):
    """`run(*words)` gives the data of `mamctl queue WORDS --json`; a book is on the site, free."""
    client_world = ClientWorld(PracticeClock(reader.now()))
    reader.tracker.world.torrents.clear()
    torrent = list_wanted_book(tmp_path, reader.tracker.world, client_world)
    torrent.free = True
    library = tmp_path / "library"
    library.mkdir()
    with PracticeClient(client_world) as client:
        secret = tmp_path / "password"
        secret.write_text(client_world.password)
        secret.chmod(0o600)
        config = reader.config(
            qbittorrent=[{"name": "home", "url": client.url, "password_file": str(secret)}],
            library={"folders": [str(library)]}, catalogues={"order": []}, queue={"disk_reserve": 0},
        )  # fmt: skip

        def run(*words: str, code: int = 0):
            done = mamctl("queue", *words, "--json", "--config", str(config))
            assert done.code == code, done.out + done.err
            return json.loads(done.out)["data"]

        run.config = str(config)
        run.torrent, run.library, run.client, run.site = torrent, library, client_world, reader.tracker
        yield run


@pytest.mark.spec("QUE-1", "QUE-5", "QUE-6")
def test_a_book_comes_and_every_document_has_its_keys(world):
    world("add", str(world.torrent.id))
    released = world("run")
    assert [one["torrent_id"] for one in released["released"]] == [world.torrent.id]
    assert {"requests", *LISTS} <= set(released)
    assert {"id", "title", "state", "reason"} <= set(released["released"][0])
    world.client.clock.advance(timedelta(minutes=10))
    done = world("run")
    assert [one["state"] for one in done["filed"]] == ["filed"]
    (item,) = world("list")["items"]
    assert set(item) >= ITEM
    assert (item["state"], item["progress"]) == ("filed", 1.0)
    assert 0 < item["seed_seconds_left"] <= 75 * 3600
    assert world("list", "--state", "failed")["items"] == []
    checked = world("check", "1")
    assert (checked["bad_pieces"], checked["files"]) == (0, [])
    assert checked["pieces"] > 0
    place = world.library / AUTHOR
    assert len(list(place.rglob("*.flac"))) == 1
    assert world("unfile", "1", "--yes", "--dry-run")["kept"] == []
    assert len(list(place.rglob("*.flac"))) == 1
    taken = world("unfile", "1", "--yes")
    assert len(taken["removed"]) == 2
    assert list(world.library.iterdir()) == []
    world("retry", "1", "--title", "The Map", "--author", AUTHOR)
    assert world("run")["filed"][0]["title"] == TITLE
    assert [path.name for path in place.iterdir()] == ["The Map {Tom Asher}"]


@pytest.mark.spec("META-6")
def test_the_sidecar_of_filing_is_mamctl_s_own_and_what_the_site_said_outlives_it(world, mamctl):
    world("add", str(world.torrent.id))
    world("run")
    world.client.clock.advance(timedelta(minutes=10))
    world("run")

    def meta(*words: str):
        done = mamctl("meta", *words, "--json", "--config", world.config)
        assert done.code in (0, 3, 4), done.out + done.err
        return done.data

    meta("scan")
    (sidecar,) = world.library.rglob("metadata.json")
    before = json.loads(sidecar.read_text())
    meta("set", "1", "publisher", "Harbour Audio")
    assert meta("export", "1", "--dry-run")["counts"] == {"create": 1, "replace": 1}
    assert meta("export", "1")["counts"] == {"create": 1, "replace": 1}
    assert json.loads(sidecar.read_text()) == before | {"publisher": "Harbour Audio"}
    (sound,) = world.library.rglob("*.flac")
    with sound.open("ab") as file:
        file.write(b"changed, so that the book is read again")
    meta("scan")
    said = {one["source"]: one["value"] for one in meta("show", "1", "--evidence")["evidence"]
            if one["field"] == "narrators"}  # fmt: skip
    assert "abs_json" not in said
    assert said["tracker"] == ["Tom Asher"]
    sidecar.write_text(json.dumps(before | {"publisher": "by hand"}))
    assert meta("export", "1")["counts"] == {"keep": 1, "refuse": 1}


def test_without_yes_nothing_is_taken_out(world):
    world("add", str(world.torrent.id))
    world("run")
    world.client.clock.advance(timedelta(minutes=10))
    world("run")
    world("unfile", "1", code=2)
    assert len(list(world.library.rglob("*.flac"))) == 1
    world("check", "9", code=2)


@pytest.mark.spec("QUE-5")
def test_a_changed_byte_is_found(world, tmp_path):
    world("add", str(world.torrent.id))
    world("run")
    world.client.clock.advance(timedelta(minutes=10))
    world("run")
    (sound,) = (tmp_path / "downloads").rglob("*.flac")
    content = bytearray(sound.read_bytes())
    content[len(content) // 2] ^= 1
    sound.unlink()  # never the linked bytes of the library
    sound.write_bytes(content)
    found = world("check", "1", code=3)
    assert (found["bad_pieces"], [one["path"] for one in found["files"]]) == (1, [sound.name])
