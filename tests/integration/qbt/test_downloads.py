"""What the queue asks of a client, against every real one: add, find, files, pieces, share limits, tracker messages."""

from __future__ import annotations

import contextlib
import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from mamctl.adapters.qbittorrent import Endpoint, Login, QbittorrentClient
from mamctl.domain.queue.share_limits import ShareLimit
from mamctl.domain.queue.watching import AddRequest, DownloadState, judge_progress
from mamctl.domain.ratio.client import TorrentState
from mamctl.domain.secret import Secret
from mamctl.errors import MamctlError
from tests.integration.qbt.daemon import Daemon
from tests.integration.qbt.fixtures import PASSKEY, need
from tests.integration.qbt.profile import PASSWORD, USER
from tests.integration.qbt.swarm import add
from tests.integration.qbt.torrents import PIECE, make_torrent
from tests.integration.qbt.waiting import wait_until
from tests.kit.permits import may_hand_over

HOUR = 3600.0


@pytest.fixture(scope="module", params=["4", "5", "next"])
def ours(request, tmp_path_factory):
    """One client of each version for all that follows; each test has torrents of its own."""
    with Daemon(need(request.param), tmp_path_factory.mktemp("client") / "ours") as client:
        yield client


@pytest.fixture
def api(ours):
    return QbittorrentClient(Endpoint("home", ours.url), Login(USER, Secret(PASSWORD))).downloads


def listed(api, made):
    wait_until("the torrent is listed", lambda: api.find_downloads([made.hash]))
    return api.find_downloads([made.hash, "ab" * 20])[made.hash]


@pytest.mark.spec("QUE-1", "QUE-6")
def test_a_torrent_is_added_without_share_limits(ours, api, tracker, tmp_path):
    made = make_torrent(tmp_path / "data", "added.m4b", 600_000, tracker.announce_url(PASSKEY))
    where = api.save_path("mamctl")
    assert where.rstrip("/") == str(ours.downloads)
    api.add_torrent(made.metainfo, AddRequest(where, "mamctl", ("mamctl-queue",)), may_hand_over())
    row = listed(api, made)
    assert (row.category, row.tags, row.progress) == ("mamctl", frozenset({"mamctl-queue"}), 0)
    assert (row.seed_time_limit_s, row.ratio_limit) == (None, None)
    shown = ours.torrent(made.hash)
    limits = {name: shown[name] for name in shown if name in LIMITS}
    assert set(limits.values()) == {-1}
    assert len(limits) == (2 if ours.program.name == "4" else 3)
    assert [(file.path, file.size, file.selected) for file in api.list_files(made.hash)] == [
        ("added.m4b", 600_000, True)
    ]
    assert abs((datetime.now(UTC) - row.added_at).total_seconds()) < 600


LIMITS = ("ratio_limit", "seeding_time_limit", "inactive_seeding_time_limit")


@pytest.mark.spec("QUE-5")
def test_what_seeds_is_complete_and_its_pieces_are_known(ours, api, tracker, tmp_path):
    made = make_torrent(tmp_path / "data", "whole.m4b", 600_000, tracker.announce_url(PASSKEY))
    add(ours, made, seeds=True)
    row = listed(api, made)
    files = api.list_files(made.hash)
    assert judge_progress(row, files, None, None, timedelta(days=1), datetime.now(UTC)).state is DownloadState.COMPLETE
    assert made.hash in [one.hash for one in api.youngest_seeds(50)]
    pieces = api.piece_hashes(made.hash)
    content = made.data.read_bytes()
    assert pieces.size == PIECE
    assert list(pieces.hashes) == [
        hashlib.sha1(content[at : at + PIECE]).hexdigest() for at in range(0, len(content), PIECE)
    ]


@pytest.mark.spec("QUE-5")
def test_a_file_that_you_leave_out_is_not_complete(ours, api, tracker, tmp_path):
    made = make_torrent(tmp_path / "data", "left out.m4b", 300_000, tracker.announce_url(PASSKEY))
    add(ours, made, seeds=True)
    ours.hands.torrents_file_priority(made.hash, file_ids=0, priority=0)
    wait_until("left out", lambda: not api.list_files(made.hash)[0].selected)
    row, files = listed(api, made), api.list_files(made.hash)
    assert judge_progress(row, files, None, None, timedelta(days=1), datetime.now(UTC)).state is DownloadState.UNDER_WAY


@pytest.mark.spec("QUE-5")
def test_files_that_are_gone_are_broken(ours, api, tracker, tmp_path):
    made = make_torrent(tmp_path / "data", "gone.m4b", 300_000, tracker.announce_url(PASSKEY))
    add(ours, made, seeds=True)
    ours.wait_saved(1)
    stop = ours.hands.torrents_pause if ours.program.pauses else ours.hands.torrents_stop
    stop(torrent_hashes=made.hash)
    made.data.unlink()
    ours.hands.torrents_recheck(torrent_hashes=made.hash)
    wait_until("seen to be gone", lambda: listed(api, made).amount_left)
    row = listed(api, made)
    state = judge_progress(row, api.list_files(made.hash), None, None, timedelta(days=1), datetime.now(UTC)).state
    assert state in (DownloadState.BROKEN, DownloadState.YOURS), row.state
    assert row.state in (TorrentState.PAUSED_DL, TorrentState.MISSING_FILES)


def test_the_categorys_path_is_the_one(ours, api, tmp_path):
    ours.hands.torrents_create_category("elsewhere", save_path=str(tmp_path / "own"))
    assert api.save_path("elsewhere") == str(tmp_path / "own")
    ours.hands.torrents_create_category("nowhere")
    assert api.save_path("nowhere").rstrip("/") == str(ours.downloads)


@pytest.mark.spec("QUE-1")
def test_a_duplicate_and_garbage_leave_what_is_there(ours, api, tracker, tmp_path):
    made = make_torrent(tmp_path / "data", "twice.m4b", 300_000, tracker.announce_url(PASSKEY))
    request = AddRequest(api.save_path(""), "", ())
    api.add_torrent(made.metainfo, request, may_hand_over())
    listed(api, made)
    before = len(ours.hands.torrents_info())
    with contextlib.suppress(MamctlError):  # up to 5.1 it is 200 with "Fails."
        api.add_torrent(made.metainfo, request, may_hand_over())
    with pytest.raises(MamctlError):
        api.add_torrent(b"d8:announce3:xyze", request, may_hand_over())
    assert len(ours.hands.torrents_info()) == before


def test_a_refused_announce_is_told_without_the_passkey(ours, api, tracker, tmp_path):
    made = make_torrent(tmp_path / "data", "refused.m4b", 300_000, tracker.announce_url("f" * 32))
    api.add_torrent(made.metainfo, AddRequest(api.save_path(""), "", ()), may_hand_over())
    listed(api, made)

    def refused() -> tuple[str, ...]:
        """A client that missed its first announce tries again after minutes, unless it is asked to."""
        with contextlib.suppress(AssertionError):
            return wait_until("the refusal is seen", lambda: api.tracker_messages(made.hash), seconds=8)
        ours.hands.torrents_reannounce(torrent_hashes=made.hash)
        return ()

    wait_until("the refusal is seen", refused, seconds=60)
    (message,) = api.tracker_messages(made.hash)
    assert "unregistered passkey" in message
    assert "f" * 32 not in message


@pytest.mark.spec("QUE-6")
def test_the_clients_share_limits_and_those_of_its_categories(ours, api):
    assert api.share_limits() == ()
    ours.hands.app_set_preferences({
        "max_ratio_enabled": True, "max_ratio": 2, "max_seeding_time_enabled": True, "max_seeding_time": 60,
        "max_inactive_seeding_time_enabled": True, "max_inactive_seeding_time": 30,
    })  # fmt: skip
    idle = None if ours.program.name == "4" else HOUR / 2
    assert api.share_limits() == (ShareLimit(ratio=2.0, seeding_s=HOUR, idle_s=idle),)
    if ours.program.name == "next":  # categories have had limits since 5.2
        ours.hands.torrents_create_category(
            "limited", ratioLimit=1.5, seedingTimeLimit=120, inactiveSeedingTimeLimit=-1, shareLimitAction="Stop"
        )
        assert api.share_limits()[1:] == (ShareLimit(category="limited", ratio=1.5, seeding_s=2 * HOUR),)
