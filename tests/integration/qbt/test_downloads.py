"""What the queue asks of a client, against the real ones: add, find, files, share limits, tracker messages."""

from __future__ import annotations

import contextlib

import pytest

from mamctl.adapters.qbittorrent import Endpoint, Login, QbittorrentClient
from mamctl.domain.queue.watching import AddRequest, Look, judge_progress
from mamctl.domain.secret import Secret
from mamctl.errors import MamctlError
from tests.integration.qbt.fixtures import PASSKEY
from tests.integration.qbt.profile import PASSWORD, USER
from tests.integration.qbt.swarm import add, complete, meet
from tests.integration.qbt.torrents import make_torrent
from tests.integration.qbt.waiting import wait_until
from tests.kit.permits import may_hand_over


def adapter(client):
    return QbittorrentClient(Endpoint("home", client.url), Login(USER, Secret(PASSWORD)))


@pytest.fixture
def ours(qbittorrent):
    return qbittorrent("ours")


@pytest.mark.spec("QUE-1", "QUE-5", "QUE-6")
def test_a_torrent_is_added_downloaded_and_seen_whole(ours, qbittorrent, tracker, tmp_path):
    from datetime import UTC, datetime, timedelta

    made = make_torrent(tmp_path / "data", "book.m4b", 600_000, tracker.announce_url(PASSKEY))
    seeder = qbittorrent("seeder")
    add(seeder, made, seeds=True)
    api = adapter(ours).downloads
    where = api.save_path("mamctl")
    assert where.rstrip("/") == str(ours.downloads)
    api.add_torrent(made.metainfo, AddRequest(where, "mamctl", ("mamctl-queue",)), may_hand_over())
    wait_until("the torrent is listed", lambda: api.find_downloads([made.hash]))
    meet(made, seeder, [ours])
    wait_until("complete", lambda: complete(ours, made))
    row = api.find_downloads([made.hash, "ab" * 20])[made.hash]
    assert (row.category, row.tags) == ("mamctl", frozenset({"mamctl-queue"}))
    assert (row.seed_time_limit_s, row.ratio_limit) == (None, None)
    assert ours.torrent(made.hash)["ratio_limit"] == -1
    now = datetime.now(UTC)
    files = api.list_files(made.hash)
    assert [(file.path, file.size, file.selected) for file in files] == [("book.m4b", 600_000, True)]
    assert judge_progress(row, files, None, None, timedelta(days=1), now).look is Look.COMPLETE
    assert [one.hash for one in api.youngest_seeds(5)] == [made.hash]
    assert abs((now - row.added_at).total_seconds()) < 600


def test_the_categorys_path_is_the_one(ours, tmp_path):
    ours.hands.torrents_create_category("mamctl", save_path=str(tmp_path / "own"))
    assert adapter(ours).downloads.save_path("mamctl") == str(tmp_path / "own")


@pytest.mark.spec("QUE-1")
def test_a_duplicate_and_garbage_leave_what_is_there(ours, tracker, tmp_path):
    made = make_torrent(tmp_path / "data", "book.m4b", 300_000, tracker.announce_url(PASSKEY))
    api = adapter(ours).downloads
    request = AddRequest(api.save_path(""), "", ())
    api.add_torrent(made.metainfo, request, may_hand_over())
    wait_until("the torrent is listed", lambda: api.find_downloads([made.hash]))
    with contextlib.suppress(MamctlError):  # up to 5.1 it is 200 with "Fails."
        api.add_torrent(made.metainfo, request, may_hand_over())
    with pytest.raises(MamctlError):
        api.add_torrent(b"d8:announce3:xyze", request, may_hand_over())
    assert list(api.find_downloads([made.hash])) == [made.hash]


def test_a_refused_announce_is_told_without_the_passkey(ours, tracker, tmp_path):
    made = make_torrent(tmp_path / "data", "book.m4b", 300_000, tracker.announce_url("f" * 32))
    api = adapter(ours).downloads
    api.add_torrent(made.metainfo, AddRequest(api.save_path(""), "", ()), may_hand_over())
    wait_until("the refusal is seen", lambda: api.find_downloads([made.hash]) and api.tracker_messages(made.hash))
    (message,) = api.tracker_messages(made.hash)
    assert "unregistered passkey" in message
    assert "f" * 32 not in message


@pytest.mark.spec("QUE-6")
def test_the_clients_own_share_limits(ours):
    api = adapter(ours).downloads
    assert api.share_limits() == (None, None)
    ours.hands.app_set_preferences({"max_ratio_enabled": True, "max_ratio": 2, "max_seeding_time_enabled": True,
                                    "max_seeding_time": 60})  # fmt: skip
    assert api.share_limits() == (2.0, 3600.0)
