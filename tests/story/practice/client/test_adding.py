"""The practice client takes torrents as the real ones do: by form, once, and their content lands when it has come."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from pathlib import Path

import pytest

from mamctl.domain.queue.watching import AddRequest
from mamctl.errors import MamctlError
from mamctl.practice.tracker.contents import torrent_of_content
from tests.kit.permits import may_hand_over


def torrent_of(source: Path) -> bytes:
    return torrent_of_content(source, "http://t.myanonamouse.net/k/announce")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    folder = tmp_path / "Book"
    folder.mkdir()
    (folder / "a.m4b").write_bytes(b"sound" * 100)
    (folder / "b.txt").write_bytes(b"words")
    return folder


def test_a_torrent_is_added_once_comes_and_seeds(client, connect, book, tmp_path):
    world = client.world
    world.save_path, world.swarm_rate = str(tmp_path / "downloads"), 100
    world.contents["Book"] = book
    api = connect(client).downloads
    where = api.save_path("mamctl")
    assert where == str(tmp_path / "downloads")
    api.add_torrent(torrent_of(book), AddRequest(where, "mamctl", ("mamctl-queue",)), may_hand_over())
    with contextlib.suppress(MamctlError):  # up to 5.1 it is 200 with "Fails."
        api.add_torrent(torrent_of(book), AddRequest(where), may_hand_over())
    added = world.named("Book")
    found = api.find_downloads([added.hash])[added.hash]
    assert (found.category, found.tags, found.amount_left) == ("mamctl", {"mamctl-queue"}, 505)
    world.clock.advance(timedelta(seconds=10))
    found = api.find_downloads([added.hash])[added.hash]
    assert (found.amount_left, found.seeding_s) == (0, 4.0)
    files = api.list_files(added.hash)
    assert [(file.path, file.size, file.progress) for file in files] == [
        ("Book/a.m4b", 500, 1.0),
        ("Book/b.txt", 5, 1.0),
    ]
    assert (tmp_path / "downloads" / "Book" / "b.txt").read_bytes() == b"words"
    assert next(iter(api.youngest_seeds(3))).seeding_s <= 4
    assert len(list(api.youngest_seeds(2))) == 2


def test_garbage_is_declined_and_a_refused_announce_told(client, connect, book):
    api = connect(client).downloads
    with pytest.raises(MamctlError):
        api.add_torrent(b"d8:announce3:xyze", AddRequest("/downloads"), may_hand_over())
    api.add_torrent(torrent_of(book), AddRequest("/downloads"), may_hand_over())
    added = client.world.named("Book")
    assert api.tracker_messages(added.hash) == ()
    added.message = "Unrecognized host/PassKey"
    assert api.tracker_messages(added.hash) == ("Unrecognized host/PassKey",)
