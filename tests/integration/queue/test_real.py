"""A wanted book for real: the practice site, a real qBittorrent, tracker and seeder, and the program itself."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mamctl.practice.tracker import PracticeTracker, small_world
from mamctl.practice.tracker.contents import info_of_content, torrent_of_content
from mamctl.practice.tracker.state import Torrent
from tests.integration.qbt.daemon import Program
from tests.integration.qbt.fixtures import PASSKEY, need
from tests.integration.qbt.profile import PASSWORD, USER
from tests.integration.qbt.waiting import wait_until
from tests.kit.effort import EFFORT, chance
from tests.kit.member import Member

pytestmark = pytest.mark.real("qbittorrent", "ffmpeg")

KILLS = 10 * EFFORT


class World:
    """A member with a client, a library and a book that someone else seeds."""

    def __init__(self, site, ours, seeder, tracker, folder: Path, book: Path) -> None:
        self.site, self.ours, self.seeder, self.book = site, ours, seeder, book
        self.library = folder / "library"
        self.library.mkdir()
        world = site.world
        world.torrents.clear()
        world.announce_url = tracker.announce_url("{passkey}")
        world.member.passkey = PASSKEY
        # A killed process takes the answer with its new cookie to the grave; the site gives the old one a grace.
        site.behaviour.grace = 5
        world.member.uploaded, world.member.downloaded = 10**13, 10**11
        secret = folder / "qbt"
        secret.write_text(PASSWORD)
        secret.chmod(0o600)
        self.member = Member(site, folder)
        self.config = self.member.config(
            qbittorrent=[{
                "name": "home", "url": ours.url, "username": USER, "password_file": str(secret),
                "scope_trackers": ["127.0.0.1"],
            }],
            library={"folders": [str(self.library)]},
            catalogues={"order": []},
            quality={"min_bitrate": 16},
            queue={"disk_reserve": 0, "account_max_age": 0},
        )  # fmt: skip
        size = sum(path.stat().st_size for path in book.rglob("*") if path.is_file())
        self.torrent = world.list_torrent(
            Torrent(
                910_001,
                "The Salt Road",
                ["Mara Vell"],
                41,
                size,
                datetime.now(UTC),
                narrators=["Tom Asher"],
                filetype="m4b epub",
                numfiles=2,
                info=info_of_content(book),
            )
        )
        metainfo = torrent_of_content(book, tracker.announce_url(PASSKEY))
        seeder.hands.torrents_add(torrent_files=metainfo, save_path=str(book.parent), is_skip_checking=True)

    def mamctl(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "mamctl", *words, "--config", str(self.config)],
            capture_output=True, text=True, timeout=120, check=False, env={**os.environ},
        )  # fmt: skip

    def json(self, *words: str):
        import json

        done = self.mamctl(*words, "--json")
        return json.loads(done.stdout)

    def item(self):
        (item,) = self.json("queue", "list")["data"]["items"]
        return item

    def meet(self) -> None:
        """Tells our client and the seeder of each other, which does not wait for the tracker's interval."""
        for row in self.ours.hands.torrents_info():
            for one, other in ((self.ours, self.seeder), (self.seeder, self.ours)):
                one.hands.torrents_add_peers(peers=[f"127.0.0.1:{other.bt_port}"], torrent_hashes=row["hash"])

    def whole(self) -> bool:
        rows = self.ours.hands.torrents_info()
        return bool(rows) and all(row["progress"] == 1 for row in rows)


@pytest.fixture
def program(request) -> Program:
    """Each story takes one version; tests/integration/qbt asks every one the same questions."""
    return need(request.param)


@pytest.fixture
def world(qbittorrent, tracker, tmp_path, audio_kit):
    book = tmp_path / "seeded" / "Mara Vell - The Salt Road"
    book.mkdir(parents=True)
    shutil.copyfile(audio_kit / "m4b.m4b", book / "The Salt Road.m4b")
    (book / "The Salt Road.epub").write_bytes(b"words" * 1000)
    home = tmp_path / "member"
    home.mkdir()
    with PracticeTracker(small_world(datetime.now(UTC))) as site:
        yield World(site, qbittorrent("ours"), qbittorrent("seeder"), tracker, home, book)


@pytest.mark.parametrize("program", ["5"], indirect=True)
@pytest.mark.spec("QUE-1", "QUE-5", "QUE-6", "VIP-10")
def test_a_wanted_title_becomes_free_and_comes_for_real(world):
    wanted = ("vip", "pending", "add", "The Salt Road", "--author", "Mara Vell", "--auto-download")
    assert world.mamctl(*wanted).returncode == 0
    world.mamctl("vip", "pending", "check")
    assert world.json("queue", "run")["data"]["released"] == []
    world.torrent.free = True
    world.mamctl("vip", "pending", "check")
    released = world.json("queue", "run")
    assert [one["torrent_id"] for one in released["data"]["released"]] == [910_001], released
    (row,) = world.ours.hands.torrents_info()
    assert (row["category"], row["tags"]) == ("mamctl", "mamctl-queue")
    world.meet()
    wait_until("downloaded", world.whole, again=world.meet)
    done = world.json("queue", "run")
    assert [one["title"] for one in done["data"]["filed"]] == ["The Salt Road"], done
    place = world.library / "Mara Vell" / "The Salt Road {Tom Asher}"
    seeded = world.ours.downloads / "Mara Vell - The Salt Road"
    names = {path.name for path in place.iterdir()}
    assert names == {"The Salt Road.m4b", "The Salt Road.epub", "metadata.json"}
    for name in names - {"metadata.json"}:
        assert (place / name).read_bytes() == (seeded / name).read_bytes()
        assert (place / name).stat().st_ino == (seeded / name).stat().st_ino or (place / name).stat().st_nlink == 1
    item = world.item()
    assert item["state"] == "filed"
    assert 0 < item["seed_seconds_left"] <= 75 * 3600
    assert world.ours.torrent(item["info_hash"])["state"] in ("uploading", "stalledUP")
    assert world.json("vip", "pending", "list")["data"]["items"][0]["status"] == "downloaded"
    assert world.json("queue", "run")["data"]["filed"] == []
    everything = world.mamctl("queue", "show", str(item["id"]), "--json").stdout
    assert PASSKEY not in everything
    assert PASSKEY.encode() not in (world.member.store_path).read_bytes()


@pytest.mark.long
@pytest.mark.timeout(120 * EFFORT + 180)
@pytest.mark.parametrize("program", ["4"], indirect=True)
@pytest.mark.spec("QUE-1", "QUE-5")
def test_killed_again_and_again_it_leaves_one_torrent_and_one_filing(world):
    world.torrent.free = True
    assert world.mamctl("queue", "add", "910001").returncode == 0
    moments = chance("queue run")
    begun = time.perf_counter()
    world.mamctl("queue", "run", "--dry-run")
    span = 1.5 * (time.perf_counter() - begun)
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-m", "mamctl", "queue", "run", "--config", str(world.config)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(moments.uniform(0, span))
        process.send_signal(signal.SIGKILL)
        process.wait()
        world.meet()
    seen: list[str] = []

    def filed() -> bool:
        world.meet()
        said = world.mamctl("queue", "run")
        item = world.item()
        if item["state"] == "unclear" and not world.ours.hands.torrents_info():  # what you would see in the client
            world.mamctl("queue", "retry", "1")
        seen.append(f"{item['state']}: {item['reason']}\n{said.stdout}{said.stderr}")
        return item["state"] == "filed"

    try:
        wait_until("filed", filed, seconds=120, pause=0.5)
    except AssertionError:
        pytest.fail("\n".join(dict.fromkeys(seen)))
    assert len(world.ours.hands.torrents_info()) == 1
    assert len(list(world.library.rglob("*.m4b"))) == 1
    assert not list(world.library.glob(".mamctl*"))
    slots = {one["name"]: one["detail"] for one in world.json("queue", "slots")["data"]["limits"]}
    assert slots["events_free"].startswith("0 of 3")
