"""The harness itself: real bytes move, and both the clients' and the tracker's sums say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.qbt.fixtures import PASSKEY
from tests.integration.qbt.swarm import add, share, totals
from tests.integration.qbt.torrents import make_torrent
from tests.integration.qbt.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.qbt.daemon import Daemon
    from tests.integration.qbt.tracker import Tracker

pytestmark = pytest.mark.real("qbittorrent")
MB = 1_000_000


def test_one_client_downloads_from_the_other(
    qbittorrent: Callable[..., Daemon], tracker: Tracker, tmp_path: Path
) -> None:
    made = make_torrent(tmp_path / "shelf", "Dune.m4b", 5 * MB, tracker.announce_url(PASSKEY))
    ours = qbittorrent("ours", totals=(95 * MB, 100 * MB))
    theirs = qbittorrent("theirs")
    add(ours, made, seeds=True)
    add(theirs, made)

    share(made, ours, [theirs])

    wait_until("the upload counted", lambda: totals(ours)[0] >= 100 * MB)
    assert (theirs.downloads / made.name).read_bytes() == made.data.read_bytes()
    for client in (ours, theirs):
        client.stop()
    account = tracker.accounts[PASSKEY]
    assert (account.uploaded, account.downloaded) == (5 * MB, 5 * MB)


def test_totals_survive_a_restart(qbittorrent: Callable[..., Daemon]) -> None:
    client = qbittorrent(totals=(95 * MB, 100 * MB))
    wait_until("totals known", lambda: totals(client) == (95 * MB, 100 * MB))
    client.restart()
    wait_until("totals known", lambda: totals(client) == (95 * MB, 100 * MB))


def test_an_unknown_passkey_is_refused(qbittorrent: Callable[..., Daemon], tracker: Tracker, tmp_path: Path) -> None:
    client = qbittorrent()
    made = make_torrent(tmp_path / "shelf", "Emma.mp3", 1000, tracker.announce_url("stranger"))
    add(client, made, seeds=True)
    wait_until(
        "refused",
        lambda: "unregistered passkey" in str(client.hands.torrents_trackers(made.hash)),
        again=lambda: client.hands.torrents_reannounce(torrent_hashes=made.hash),
    )
    assert tracker.journal == []
