"""The adapter and real clients: what they show, what they do, and what they remember between processes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mamctl.adapters.qbittorrent import Endpoint, Login, QbittorrentClient
from mamctl.domain.ratio.client import ClientSnapshot, ClientTorrent, TorrentState
from mamctl.domain.secret import Secret
from tests.integration.qbt.fixtures import PASSKEY
from tests.integration.qbt.profile import PASSWORD, USER
from tests.integration.qbt.swarm import add
from tests.integration.qbt.torrents import Made, make_torrent
from tests.integration.qbt.waiting import wait_until
from tests.kit.permits import may_pause, may_start, may_tag, may_untag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.integration.qbt.daemon import Daemon, Program
    from tests.integration.qbt.tracker import Tracker

pytestmark = pytest.mark.real("qbittorrent")
MB = 1_000_000
LOGIN = Login(USER, Secret(PASSWORD))
UNKNOWN_HASH = "f" * 40


class Look:
    """mamctl's own look at a client, each time as a new process would: by what the last one saved."""

    def __init__(self, client: Daemon) -> None:
        self.client = client
        self.saved: bytes | None = None

    def __call__(self) -> ClientSnapshot:
        adapter = QbittorrentClient(Endpoint("loft", self.client.url, 60), LOGIN)
        snapshot, self.saved = adapter.fetch_snapshot(self.saved)
        adapter.close()
        return snapshot

    def of(self, made: Made) -> ClientTorrent:
        return self().torrents[made.hash]

    def until(self, made: Made, state: TorrentState) -> ClientTorrent:
        wait_until(f"{made.name} is {state}", lambda: self.of(made).state is state, pause=0.1)
        return self.of(made)


@pytest.fixture
def client(qbittorrent: Callable[..., Daemon]) -> Daemon:
    return qbittorrent(totals=(95 * MB, 100 * MB))


@pytest.fixture
def look(client: Daemon) -> Look:
    return Look(client)


@pytest.fixture
def adapter(client: Daemon) -> Iterator[QbittorrentClient]:
    adapter = QbittorrentClient(Endpoint("loft", client.url, 60), LOGIN)
    yield adapter
    adapter.close()


@pytest.fixture
def shelf(tmp_path: Path, tracker: Tracker) -> Callable[[str], Made]:
    return lambda name: make_torrent(tmp_path / "shelf", name, 3000, tracker.announce_url(PASSKEY))


def test_what_a_client_shows(
    client: Daemon, look: Look, shelf: Callable[[str], Made], tracker: Tracker, tmp_path: Path, program: Program
) -> None:
    dune, emma = shelf("Dune"), shelf("Emma")
    elsewhere = tracker.announce_url(PASSKEY, "localhost")
    both = make_torrent(tmp_path / "shelf", "Both", 10, tracker.announce_url(PASSKEY), more_trackers=(elsewhere,))
    lone = make_torrent(tmp_path / "shelf", "Lone", 10, "", private=False)
    add(client, dune, seeds=True, category="books", tags="mam,kept")
    add(client, emma, both, lone, stopped=True)

    wait_until("the totals known", lambda: look().totals.uploaded_alltime)
    snapshot = look()

    assert (snapshot.totals.uploaded_alltime, snapshot.totals.downloaded_alltime) == (95 * MB, 100 * MB)
    assert snapshot.version.startswith("v4." if program.pauses else "v5.")
    seen = snapshot.torrents[dune.hash]
    assert (seen.name, seen.state, seen.category, seen.tags) == (
        "Dune",
        TorrentState.STALLED_UP,
        "books",
        {"mam", "kept"},
    )
    assert (seen.size, seen.amount_left, seen.progress) == (3000, 0, 1)
    assert seen.private is (None if program.pauses else True)
    waiting = snapshot.torrents[emma.hash]
    assert (waiting.state, waiting.amount_left, waiting.progress) == (TorrentState.PAUSED_DL, 3000, 0)
    hosts = {made.name: snapshot.torrents[made.hash].trackers for made in (dune, both, lone)}
    assert hosts == {"Dune": {"127.0.0.1"}, "Both": {"127.0.0.1", "localhost"}, "Lone": frozenset()}
    assert PASSKEY not in repr(snapshot)


def test_only_changes_are_asked_for_between_processes(
    client: Daemon, look: Look, shelf: Callable[[str], Made], tracker: Tracker
) -> None:
    dune, emma = shelf("Dune"), shelf("Emma")
    add(client, dune, seeds=True)
    assert look().full
    assert not look().full

    add(client, emma, stopped=True)
    client.hands.torrents_add_tags(tags="mam", torrent_hashes=dune.hash)
    wait_until("both changes seen", lambda: look.of(dune).tags == {"mam"} and emma.hash in look().torrents)
    client.hands.torrents_add_trackers(torrent_hash=emma.hash, urls=tracker.announce_url(PASSKEY, "localhost"))
    wait_until("the new tracker seen", lambda: look.of(emma).trackers == {"127.0.0.1", "localhost"})
    client.hands.torrents_remove_trackers(torrent_hash=emma.hash, urls=tracker.announce_url(PASSKEY))
    wait_until("the old tracker gone", lambda: look.of(emma).trackers == {"localhost"})
    client.hands.torrents_delete(torrent_hashes=dune.hash)
    wait_until("the removed one gone", lambda: set(look().torrents) == {emma.hash})

    changed = look()
    assert not changed.full
    look.saved = None
    assert look().torrents == changed.torrents


def _paused_and_tagged(row: dict[str, Any]) -> bool:
    return row["state"] in ("pausedDL", "stoppedDL") and row["tags"] == "mam"


@pytest.mark.spec("RAT-12")
def test_what_an_answer_said_that_was_lost_is_not_missed(
    client: Daemon, look: Look, shelf: Callable[[str], Made]
) -> None:
    """A process is killed before it saves an answer; 4.5 repeats it, later ones leave out what has changed since."""
    dune = shelf("Dune")
    add(client, dune)
    look.until(dune, TorrentState.STALLED_DL)
    before = look.saved

    (client.hands.torrents_pause if client.program.pauses else client.hands.torrents_stop)(torrent_hashes=dune.hash)
    client.hands.torrents_add_tags(tags="mam", torrent_hashes=dune.hash)
    wait_until("paused and tagged", lambda: _paused_and_tagged(client.torrent(dune.hash)))
    assert look.of(dune).state is TorrentState.PAUSED_DL
    look.saved = before  # the process is killed before it saves that answer
    client.hands.torrents_create_category("books")
    client.hands.torrents_set_category(category="books", torrent_hashes=dune.hash)
    wait_until("the category", lambda: client.torrent(dune.hash)["category"] == "books")

    seen = look.of(dune)
    assert (seen.state, seen.tags, seen.category) == (TorrentState.PAUSED_DL, {"mam"}, "books")


def test_a_restart_is_seen_and_nothing_old_is_believed(
    client: Daemon, look: Look, shelf: Callable[[str], Made]
) -> None:
    dune = shelf("Dune")
    add(client, dune, seeds=True)
    before = wait_until("the totals known", lambda: (seen := look()).totals.uploaded_alltime and seen)
    client.wait_saved(1)
    client.restart()
    after = look()
    assert after.full
    assert set(after.torrents) == set(before.torrents)


@pytest.mark.spec("RAT-11")
def test_totals_are_unknown_just_after_a_start(qbittorrent: Callable[..., Daemon]) -> None:
    """For its first refresh the client says 0 and 0, which is not a ratio."""
    client = qbittorrent(totals=(95 * MB, 100 * MB), settings={"Session\\RefreshInterval": "3000"})
    look = Look(client)
    totals = look().totals
    assert (totals.uploaded_alltime, totals.downloaded_alltime) == (None, None)
    wait_until("the totals known", lambda: look().totals.uploaded_alltime == 95 * MB)


def test_downloads_are_paused_and_resumed(
    client: Daemon, look: Look, adapter: QbittorrentClient, shelf: Callable[[str], Made]
) -> None:
    emma, ivanhoe = shelf("Emma"), shelf("Ivanhoe")
    add(client, emma, ivanhoe)
    look.until(emma, TorrentState.STALLED_DL)

    adapter.pause(may_pause([emma.hash, UNKNOWN_HASH]))
    look.until(emma, TorrentState.PAUSED_DL)
    assert look.of(ivanhoe).state is TorrentState.STALLED_DL

    adapter.resume(may_start([emma.hash, UNKNOWN_HASH]))
    assert not look.until(emma, TorrentState.STALLED_DL).forced


def test_complete_torrents_are_paused_and_resumed(
    client: Daemon, look: Look, adapter: QbittorrentClient, shelf: Callable[[str], Made]
) -> None:
    dune = shelf("Dune")
    add(client, dune, seeds=True, stopped=True)
    look.until(dune, TorrentState.PAUSED_UP)
    adapter.resume(may_start([dune.hash]))
    look.until(dune, TorrentState.STALLED_UP)
    adapter.pause(may_pause([dune.hash]))
    look.until(dune, TorrentState.PAUSED_UP)


def test_a_force_start_is_given_forgotten_by_a_pause_and_taken_away(
    client: Daemon, look: Look, adapter: QbittorrentClient, shelf: Callable[[str], Made]
) -> None:
    emma = shelf("Emma")
    add(client, emma)
    adapter.force_resume(may_start([emma.hash]))
    assert look.until(emma, TorrentState.FORCED_DL).forced
    adapter.pause(may_pause([emma.hash]))
    assert not look.until(emma, TorrentState.PAUSED_DL).forced  # a pause forgets it, so the journal must not
    adapter.force_resume(may_start([emma.hash]))
    look.until(emma, TorrentState.FORCED_DL)
    adapter.pause(may_pause([emma.hash]))
    look.until(emma, TorrentState.PAUSED_DL)
    adapter.resume(may_start([emma.hash]))
    assert not look.until(emma, TorrentState.STALLED_DL).forced


def test_tags_come_and_go(client: Daemon, look: Look, adapter: QbittorrentClient, shelf: Callable[[str], Made]) -> None:
    dune, emma = shelf("Dune"), shelf("Emma")
    add(client, dune, emma, stopped=True, tags="a person's")
    adapter.add_tag(may_tag([dune.hash, UNKNOWN_HASH], "mamctl-frozen"))
    wait_until("tagged", lambda: look.of(dune).tags == {"a person's", "mamctl-frozen"})
    adapter.remove_tag(may_untag([dune.hash, emma.hash, UNKNOWN_HASH], "mamctl-frozen"))
    wait_until("untagged", lambda: look.of(dune).tags == {"a person's"})
    assert look.of(emma).tags == {"a person's"}


def test_queued_broken_and_unfetched_torrents(qbittorrent: Callable[..., Daemon], shelf: Callable[[str], Made]) -> None:
    queue = {
        "Session\\QueueingSystemEnabled": "true",
        "Session\\MaxActiveDownloads": "1",
        "Session\\MaxActiveUploads": "1",
        "Session\\MaxActiveTorrents": "2",
    }
    client = qbittorrent(settings=queue)
    look = Look(client)
    seeds, downloads = [shelf(name) for name in ("A", "B")], [shelf(name) for name in ("C", "D")]
    lost = shelf("Lost")
    add(client, *seeds, seeds=True)
    add(client, *downloads)
    lost.data.unlink()
    client.hands.torrents_add(
        torrent_files={"Lost": lost.metainfo}, save_path=str(lost.data.parent), is_skip_checking=True
    )
    magnet = "magnet:?xt=urn:btih:" + "a" * 40
    client.hands.torrents_add(urls=magnet, is_stopped=False)

    def states(mades: list[Made]) -> set[TorrentState]:
        shown = look().torrents
        return {shown[made.hash].state for made in mades}

    wait_until("a queue of seeds", lambda: states(seeds) == {TorrentState.STALLED_UP, TorrentState.QUEUED_UP})
    wait_until("a queue of downloads", lambda: states(downloads) == {TorrentState.STALLED_DL, TorrentState.QUEUED_DL})
    look.until(lost, TorrentState.MISSING_FILES)
    unfetched = wait_until("the magnet listed", lambda: look().torrents.get("a" * 40))
    client.hands.torrents_set_force_start(enable=True, torrent_hashes="a" * 40)
    wait_until("forced", lambda: look().torrents["a" * 40].state is TorrentState.FORCED_METADATA_DL)
    assert (unfetched.size, unfetched.private) == (0, None)
