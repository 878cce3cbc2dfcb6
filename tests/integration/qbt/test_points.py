"""Rollback points of a real client: categories, tags, states and .torrent files, kept and given back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tomli_w

from tests.integration.qbt.fixtures import PASSKEY
from tests.integration.qbt.profile import PASSWORD, USER
from tests.integration.qbt.swarm import add
from tests.integration.qbt.torrents import make_torrent
from tests.integration.qbt.waiting import wait_until

STOPPED = ("pausedUP", "stoppedUP", "pausedDL", "stoppedDL")
pytestmark = pytest.mark.real("qbittorrent")


@pytest.mark.spec("CHG-3")
@pytest.mark.parametrize("program", ["4"], indirect=True)
def test_a_real_client_gets_back_what_the_point_has(qbittorrent, tracker, tmp_path: Path, mamctl) -> None:
    client = qbittorrent()
    hands: Any = client.hands
    seed, paused, wanted = (
        make_torrent(tmp_path / "data", name, 300_000, tracker.announce_url(PASSKEY)) for name in ("a", "b", "c")
    )
    add(client, seed, paused, seeds=True)
    add(client, wanted, stopped=True)
    hands.torrents_create_category("books", save_path=str(tmp_path / "books"))
    hands.torrents_set_category("books", torrent_hashes=seed.hash)
    hands.torrents_add_tags("mine", torrent_hashes=seed.hash)
    hands.torrents_stop(paused.hash)
    wait_until("stopped", lambda: client.torrent(paused.hash)["state"] in STOPPED)
    secret = tmp_path / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o600)
    table = {"name": "loft", "url": client.url, "username": USER, "password_file": str(secret),
             "scope_trackers": ["127.0.0.1"]}  # fmt: skip
    config = tmp_path / "mamctl.toml"
    config.write_text(tomli_w.dumps({"store": {"path": str(tmp_path / "state" / "m.db")}, "qbittorrent": [table]}))

    def call(*words: str) -> Any:
        return mamctl("change", *words, "--json", "--config", str(config))

    point = call("checkpoint").data["point"]
    assert (point["parts"], point["missing"]) == (["database", "config", "sidecars", "client"], [])
    assert call("verify", "last").code == 0
    kept = {path.stem: path.read_bytes() for path in (tmp_path / "state" / "points").rglob("*.torrent")}
    assert set(kept) == {seed.hash, paused.hash, wanted.hash}
    assert PASSKEY.encode() in kept[seed.hash]

    hands.torrents_remove_categories("books")
    hands.torrents_remove_tags("mine", torrent_hashes=seed.hash)
    hands.torrents_add_tags("theirs", torrent_hashes=seed.hash)
    hands.torrents_start(paused.hash)
    wait_until("started", lambda: client.torrent(paused.hash)["state"] not in STOPPED)
    left = call("rollback", point["id"], "--only", "client", "--yes")
    assert (left.code, left.data["restored"]) == (4, [])  # somebody else changed them
    done = call("rollback", point["id"], "--only", "client", "--overwrite", "--yes")
    assert (done.code, done.data["outcome"]) == (0, "rolled_back")
    row = client.torrent(seed.hash)
    assert (row["category"], row["tags"]) == ("books", "mine")
    assert hands.torrents_categories()["books"]["savePath"] == str(tmp_path / "books")
    assert client.torrent(paused.hash)["state"] in STOPPED
    assert client.torrent(wanted.hash)["state"] in STOPPED
