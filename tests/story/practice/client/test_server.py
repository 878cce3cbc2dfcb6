"""The adapter at the practice client: each version's words, and what the client's troubles look like from there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from mamctl.adapters.qbittorrent import Login, QbittorrentClient
from mamctl.domain.ratio.client import TorrentState as S
from mamctl.domain.secret import Secret
from mamctl.errors import SessionRefusedError, ShapeChangedError, UnreachableError
from mamctl.practice.client import ClientWorld, FaultKind, PracticeClient, Torrent
from mamctl.practice.clock import PracticeClock
from tests.kit.permits import may_pause, may_start, may_tag, may_untag
from tests.kit.practice_fixtures import NOW
from tests.story.practice.client.conftest import KB, shelf

Connect = Callable[..., QbittorrentClient]


def test_what_it_shows(client: PracticeClient, connect: Connect) -> None:
    snapshot, saved = connect(client).fetch_snapshot(None)
    states = {torrent.name: torrent.state for torrent in snapshot.torrents.values()}
    assert states == {
        "Dune": S.DOWNLOADING,
        "Emma": S.PAUSED_DL,
        "Dracula": S.UPLOADING,
        "Carmilla": S.PAUSED_UP,
        "Other": S.STALLED_DL,
    }
    assert (snapshot.version, snapshot.full) == (client.world.version, True)
    totals = snapshot.totals
    assert (totals.uploaded_alltime, totals.downloaded_alltime) == (1500 * KB, 1000 * KB)
    assert (totals.upspeed, totals.dlspeed) == (20, 100)
    dune = snapshot.torrents[client.world.named("Dune").hash]
    assert (dune.size, dune.amount_left, dune.trackers) == (900 * KB, 600 * KB, {"t.myanonamouse.net"})
    assert dune.private is (True if client.world.api.renamed else None)
    assert b"practicepasskey" not in saved


def test_acts_and_changes(client: PracticeClient, connect: Connect) -> None:
    adapter = connect(client)
    _, saved = adapter.fetch_snapshot(None)
    dune, emma, carmilla = (client.world.named(name) for name in ("Dune", "Emma", "Carmilla"))
    adapter.add_tag(may_tag([dune.hash, "f" * 40], "mamctl-frozen"))
    adapter.pause(may_pause([dune.hash]))
    adapter.resume(may_start([carmilla.hash]))
    adapter.force_resume(may_start([emma.hash]))
    adapter.remove_tag(may_untag([emma.hash], "later"))

    snapshot, _ = connect(client).fetch_snapshot(saved)
    seen = snapshot.torrents
    assert not snapshot.full
    assert (seen[dune.hash].state, seen[dune.hash].tags) == (S.PAUSED_DL, {"mamctl-frozen"})
    assert (seen[carmilla.hash].state, seen[emma.hash].state) == (S.UPLOADING, S.FORCED_DL)
    assert (seen[emma.hash].forced, seen[emma.hash].tags) == (True, frozenset())
    assert [entry.path for entry in client.journal.of("auth/")] == ["auth/login"], "the session was handed on"
    adapter.pause(may_pause([emma.hash]))
    assert not emma.forced, "a stop takes the force-start away"


def test_bytes_flow_while_nobody_looks(client: PracticeClient, connect: Connect) -> None:
    adapter = connect(client)
    _, saved = adapter.fetch_snapshot(None)
    client.world.clock.advance(timedelta(hours=2))
    snapshot, _ = adapter.fetch_snapshot(saved)
    dune = snapshot.torrents[client.world.named("Dune").hash]
    assert (dune.state, dune.amount_left) == (S.UPLOADING, 0)
    assert snapshot.totals.downloaded_alltime == 1600 * KB
    assert snapshot.totals.uploaded_alltime == 1500 * KB + 7200 * 20 + 1200 * 50


def test_the_other_versions_words_are_unknown(client: PracticeClient, connect: Connect) -> None:
    connect(client).fetch_snapshot(None)
    other = "pause" if client.world.api.renamed else "stop"
    name = client.world.api.cookie(client.port)
    cookie = next(value for value in client._auth.sessions)
    answer = httpx.post(f"{client.url}/api/v2/torrents/{other}", cookies={name: cookie}, trust_env=False)
    assert answer.status_code == 404


@pytest.mark.parametrize("version", ["v4.5.2", "v5.3.0"])
def test_another_program_gets_along(version: str) -> None:
    """The library that most programs use asks for more than mamctl does."""
    import qbittorrentapi

    with PracticeClient(shelf(version)) as client:
        world = client.world
        hands = qbittorrentapi.Client(client.url, username=world.username, password=world.password)
        assert len(hands.torrents_info()) == 5
        hands.torrents_stop(torrent_hashes=world.named("Dune").hash)
        hands.torrents_add_tags(tags="one,two", torrent_hashes=world.named("Dune").hash)
        assert hands.torrents_info(torrent_hashes=world.named("Dune").hash)[0].state_enum.is_stopped
        hands.torrents_start(torrent_hashes="all")
        assert not any(torrent.stopped for torrent in world.torrents.values())
        assert set(hands.torrents_tags()) == {"later", "one", "two"}
        assert hands.sync_maindata().server_state.alltime_dl == 1000 * KB
        hands._session.close()


def test_who_may_in(client: PracticeClient, connect: Connect) -> None:
    with pytest.raises(SessionRefusedError, match="user name or the password"):
        connect(client, Login("admin", Secret("wrong"))).fetch_snapshot(None)
    with pytest.raises(SessionRefusedError, match="asks for a login"):
        connect(client, Login()).fetch_snapshot(None)
    assert "wrong" not in repr(client.journal.entries)


def test_a_client_that_asks_for_no_login(connect: Connect) -> None:
    world = shelf()
    world.password = ""
    with PracticeClient(world) as client:
        adapter = connect(client, Login())
        _, saved = adapter.fetch_snapshot(None)
        snapshot, _ = connect(client, Login()).fetch_snapshot(saved)
        assert not snapshot.full


def test_an_api_key(connect: Connect) -> None:
    world = shelf("v5.3.0")
    world.api_key = "qbt_practice"
    with PracticeClient(world) as client:
        adapter = connect(client, Login(api_key=Secret("qbt_practice")))
        _, saved = adapter.fetch_snapshot(None)
        assert not adapter.fetch_snapshot(saved)[0].full
        assert client.journal.of("auth/") == []
        with pytest.raises(SessionRefusedError, match="API key"):
            connect(client, Login(api_key=Secret("qbt_other"))).fetch_snapshot(None)


def test_a_restart_forgets_sessions_and_for_a_moment_the_totals(client: PracticeClient, connect: Connect) -> None:
    adapter = connect(client)
    _, saved = adapter.fetch_snapshot(None)
    client.forget_sessions()
    client.world.just_started = True
    snapshot, _ = adapter.fetch_snapshot(saved)
    assert snapshot.full
    assert snapshot.totals.uploaded_alltime is None


def test_a_lost_session_is_renewed(client: PracticeClient, connect: Connect) -> None:
    adapter = connect(client)
    adapter.fetch_snapshot(None)
    client.behaviour.plan(FaultKind.LOST_SESSION, "torrents/addTags")
    adapter.add_tag(may_tag([client.world.named("Dune").hash], "kept"))
    assert client.world.named("Dune").tags == {"kept"}


@pytest.mark.parametrize(
    ("kind", "details", "error"),
    [
        (FaultKind.RESET, {"times": 2}, UnreachableError),  # it is asked once more
        (FaultKind.LOST_ANSWER, {"times": 2}, UnreachableError),
        (FaultKind.CUT_SHORT, {}, UnreachableError),
        (FaultKind.STATUS, {"status": 500}, UnreachableError),
        (FaultKind.STATUS, {"status": 404}, ShapeChangedError),
        (FaultKind.BODY, {"text": "<html>a proxy's page</html>"}, ShapeChangedError),
        (FaultKind.BODY, {"text": "[]"}, ShapeChangedError),
        (FaultKind.TRUNCATED, {}, ShapeChangedError),
    ],
)
def test_troubles_with_a_look(connect: Connect, kind: FaultKind, details: dict, error: type[Exception]) -> None:
    with PracticeClient(shelf()) as client:
        client.behaviour.plan(kind, "sync/", **details)
        adapter = connect(client)
        with pytest.raises(error):
            adapter.fetch_snapshot(None)
        assert adapter.fetch_snapshot(None)[0].full, "the trouble was planned once"
        assert client.journal.of("sync/")[0].trouble == kind


def test_a_lost_answer_and_a_reset_differ_in_what_was_done(connect: Connect) -> None:
    with PracticeClient(shelf()) as client:
        adapter, dune = connect(client), client.world.named("Dune")
        adapter.fetch_snapshot(None)
        for kind, stopped in ((FaultKind.RESET, False), (FaultKind.LOST_ANSWER, True)):
            client.behaviour.plan(kind, "torrents/stop")
            with pytest.raises(UnreachableError):
                adapter.pause(may_pause([dune.hash]))
            assert dune.stopped is stopped


def test_an_outage_and_a_silent_client(connect: Connect) -> None:
    with PracticeClient(shelf()) as client:
        adapter = connect(client)
        with client.unreachable(), pytest.raises(UnreachableError):
            adapter.fetch_snapshot(None)
        assert adapter.fetch_snapshot(None)[0].full
        client.behaviour.plan(FaultKind.HOLD_BEFORE, "sync/")
        with pytest.raises(UnreachableError, match="no answer within"):
            connect(client, timeout=0.1).fetch_snapshot(None)


def test_every_state_is_one_that_mamctl_knows(connect: Connect) -> None:
    world = ClientWorld(PracticeClock(NOW))
    world.add(
        *(
            Torrent(f"{over} {left}", 10, left, over=over)
            for over in ("checking", "moving", "error")
            for left in (0, 5)
        ),
        Torrent("forced", 10, 5, forced=True),
        Torrent("forced seed", 10, forced=True),
        Torrent("stalled seed", 10),
    )
    with PracticeClient(world) as client:
        snapshot, _ = connect(client).fetch_snapshot(None)
    assert S.UNKNOWN not in {torrent.state for torrent in snapshot.torrents.values()}


@pytest.mark.parametrize("version", ["v4.5.2", "v5.3.0"])
def test_a_web_server_in_front_wants_a_login_of_its_own(connect: Connect, version: str) -> None:
    world = shelf(version)
    world.basic = ("box", "Zürich: 1")
    own = Login(world.username, Secret(world.password))
    front = Login(world.username, Secret(world.password), basic_username="box", basic_password=Secret("Zürich: 1"))
    with PracticeClient(world) as client:
        adapter = connect(client, front)
        _, saved = adapter.fetch_snapshot(None)
        asked = len(client.journal.entries)
        assert not connect(client, front).fetch_snapshot(saved)[0].full
        assert len(client.journal.entries) == asked + 1
        with pytest.raises(SessionRefusedError, match="a web server in front of qBittorrent asks for a user") as caught:
            connect(client, own).fetch_snapshot(None)
        assert "set basic_user" in (caught.value.remedy or "")
        wrong = Login("admin", Secret("x"), basic_username="box", basic_password=Secret("no"))
        with pytest.raises(SessionRefusedError, match="refused basic_user or its password"):
            connect(client, wrong).fetch_snapshot(None)
        with pytest.raises(SessionRefusedError, match="in front") as caught:
            connect(client, Login(api_key=Secret("qbt_1"))).fetch_snapshot(None)
        assert "instead of the key" in (caught.value.remedy or "")


def test_a_login_that_a_proxy_answers_without_a_word(client: PracticeClient, connect: Connect) -> None:
    client.world.quiet_login = True
    assert connect(client).fetch_snapshot(None)[0].full
    assert [entry.path for entry in client.journal.of("auth/")] == ["auth/login"]
