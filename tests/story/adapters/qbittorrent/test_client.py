"""Snapshots and changes, against a server that answers as real and broken clients do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.adapters.private_files import SecretSource
from mamctl.adapters.qbittorrent import Endpoint, Login, LoginSources, QbittorrentClient, read_login
from mamctl.adapters.qbittorrent.main_data import STATES, Mirror, parse_version, read_snapshot, read_tags, read_totals
from mamctl.domain.ratio.client import TorrentState
from mamctl.domain.secret import Secret
from mamctl.errors import ConfigInvalidError, MamctlError, SessionRefusedError, ShapeChangedError, UnreachableError
from tests.kit.odd_client import Answer, Asked, OddClient, session
from tests.kit.permits import may_pause, may_start, may_tag, may_untag

if TYPE_CHECKING:
    from pathlib import Path

ONE, TWO = "1" * 40, "2" * 40
PASSKEY = "0123456789abcdef0123456789abcdef"
ROW = {
    "name": "Dune",
    "state": "stoppedUP",
    "progress": 1,
    "amount_left": 0,
    "size": 600,
    "category": "books",
    "tags": "mam, kept",
    "uploaded": 9,
    "downloaded": 7,
    "upspeed": 0,
    "dlspeed": 0,
    "force_start": False,
    "private": True,
    "magnet_uri": f"magnet:?tr=http://t.site.example/{PASSKEY}",
}
WHOLE = {
    "rid": 1,
    "full_update": True,
    "server_state": {"alltime_ul": 95, "alltime_dl": 100, "up_info_speed": 3, "dl_info_speed": 4, "dht_nodes": 0},
    "torrents": {ONE: ROW},
    "trackers": {f"http://t.site.example/announce/{PASSKEY}": [ONE]},
}


def says(value: Any) -> Answer:
    return Answer(json.dumps(value))


def answers(*main_data: Any, version: str = "v5.1.0", **more: Any) -> dict[str, Any]:
    return {
        "auth/login": Answer(headers=session()),
        "app/version": Answer(version),
        "sync/maindata": [answer if isinstance(answer, Answer) else says(answer) for answer in main_data],
        **more,
    }


def at(client: OddClient, **more: Any) -> QbittorrentClient:
    return QbittorrentClient(Endpoint("loft", client.url, 5), Login("keeper", Secret("pass")), **more)


def test_a_snapshot_says_what_the_client_says() -> None:
    with OddClient(answers(WHOLE)) as client:
        snapshot, saved = at(client).fetch_snapshot(None)
    assert (snapshot.name, snapshot.version, snapshot.full) == ("loft", "v5.1.0", True)
    assert (snapshot.totals.uploaded_alltime, snapshot.totals.downloaded_alltime) == (95, 100)
    assert (snapshot.totals.upspeed, snapshot.totals.dlspeed) == (3, 4)
    torrent = snapshot.torrents[ONE]
    assert (torrent.state, torrent.tags, torrent.category) == (TorrentState.PAUSED_UP, {"mam", "kept"}, "books")
    assert (torrent.trackers, torrent.private, torrent.forced) == ({"t.site.example"}, True, False)
    assert PASSKEY not in repr(snapshot)
    assert PASSKEY.encode() not in saved


def test_the_next_process_asks_once() -> None:
    change = {"rid": 2, "torrents": {ONE: {"state": "stalledUP"}}}
    with OddClient(answers(WHOLE, change)) as client:
        _, saved = at(client).fetch_snapshot(None)
        asked_before = len(client.asked)
        snapshot, _ = at(client).fetch_snapshot(saved)
        assert client.paths()[asked_before:] == ["sync/maindata"]
        assert client.asked[-1].body == "rid=1"
    assert snapshot.torrents[ONE].state is TorrentState.STALLED_UP
    assert (snapshot.full, snapshot.version, snapshot.totals.uploaded_alltime) == (False, "v5.1.0", 95)


def test_a_session_paused_as_a_whole_is_seen_until_it_is_resumed() -> None:
    """A change that does not name it leaves it as it was; before 5.3 nobody can tell."""
    paused = {**WHOLE, "server_state": {**WHOLE["server_state"], "session_state": True}}
    changes = [{"rid": 2}, {"rid": 3, "server_state": {"session_state": False}}]
    with OddClient(answers(paused, *changes, WHOLE)) as client:
        loft, saved, seen = at(client), None, []
        for _ in range(4):
            snapshot, saved = loft.fetch_snapshot(saved)
            seen.append(snapshot.session_paused)
    assert seen == [True, True, False, False]


def test_a_change_to_something_unknown_begins_anew() -> None:
    odd = {"rid": 2, "torrents": {TWO: {"state": "stalledUP"}}}
    with OddClient(answers(WHOLE, odd, {**WHOLE, "rid": 3, "torrents": {TWO: ROW}})) as client:
        _, saved = at(client).fetch_snapshot(None)
        snapshot, _ = at(client).fetch_snapshot(saved)
        assert [asked.body for asked in client.asked if asked.path == "sync/maindata"] == ["rid=0", "rid=1", "rid=0"]
    assert set(snapshot.torrents) == {TWO}
    assert snapshot.full


def test_a_session_that_ended_costs_one_login_and_a_whole_answer() -> None:
    with OddClient(answers(WHOLE, Answer("Forbidden", 403), WHOLE)) as client:
        _, saved = at(client).fetch_snapshot(None)
        snapshot, _ = at(client).fetch_snapshot(saved)
        assert client.paths().count("auth/login") == 2
    assert snapshot.full


def test_an_updated_client_is_known_by_its_new_version() -> None:
    """It has restarted, so the session is gone, and with it what was saved of the version."""
    given_answers = answers(WHOLE, Answer("Forbidden", 403), WHOLE, version="v4.6.7")
    given_answers["torrents/stop"] = Answer("")
    with OddClient(given_answers) as client:
        _, saved = at(client).fetch_snapshot(None)
        client.answers["app/version"] = Answer("v5.0.0")
        updated = at(client)
        snapshot, _ = updated.fetch_snapshot(saved)
        updated.pause(may_pause([ONE]))
    assert snapshot.version == "v5.0.0"


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (Answer("<html>Sign in</html>"), ShapeChangedError, "object"),
        (Answer("[]"), ShapeChangedError, "object"),
        (Answer('{"rid": 1, "torr'), ShapeChangedError, "object"),
        (says({"full_update": True}), ShapeChangedError, "rid is missing"),
        (says({**WHOLE, "torrents": {ONE: {}}}), ShapeChangedError, "name is missing"),
        (
            says({**WHOLE, "torrents": {ONE: {**ROW, "uploaded": "9 B"}}}),
            ShapeChangedError,
            "uploaded is not of type int",
        ),
        (says({**WHOLE, "torrents": {ONE: {**ROW, "size": 10**25}}}), ShapeChangedError, "size is too large"),
        (says({**WHOLE, "server_state": {"alltime_ul": 2**63}}), ShapeChangedError, "alltime_ul is too large"),
        (says({**WHOLE, "torrents": {"all": ROW}}), ShapeChangedError, "a torrent's hash is not valid"),
        (says({**WHOLE, "torrents": {"\ud800": ROW}}), ShapeChangedError, "a torrent's hash is not valid"),
        (Answer("[" * 100_000), ShapeChangedError, "object"),
        (Answer("Internal Server Error", 500), UnreachableError, "500"),
        (Answer("Conflict", 409), MamctlError, "409"),
        (Answer('{"rid": 1', promises=50), UnreachableError, "reached"),
        (Answer("Not Found", 404), ShapeChangedError, "404"),
    ],
)
def test_a_broken_answer_is_no_snapshot(answer: Answer, kind: type[MamctlError], said: str) -> None:
    with OddClient(answers(answer)) as client, pytest.raises(kind, match=said) as caught:
        at(client).fetch_snapshot(None)
    assert caught.value.subject == client.url


def test_text_that_is_no_unicode_is_read_like_any_other() -> None:
    odd = {**WHOLE, "torrents": {ONE: {**ROW, "name": "\ud800"}}, "trackers": {"http://t.\ud800.example/": [ONE]}}
    with OddClient(answers(odd, odd)) as client:
        snapshot, saved = at(client).fetch_snapshot(None)
        assert at(client).fetch_snapshot(saved)[0].torrents == snapshot.torrents
    assert snapshot.torrents[ONE].name == "\ud800"


@pytest.mark.parametrize(("version", "said"), [("v4.3.9", "older than 4.4"), ("hello", "did not answer")])
def test_a_client_that_is_too_old_or_none(version: str, said: str) -> None:
    with OddClient(answers(WHOLE, version=version)) as client, pytest.raises(ShapeChangedError, match=said):
        at(client).fetch_snapshot(None)


@pytest.mark.parametrize(("version", "stop", "start"), [("v4.5.2", "pause", "resume"), ("v5.2.0rc1", "stop", "start")])
def test_every_version_is_asked_in_its_own_words(version: str, stop: str, start: str) -> None:
    paths = [stop, start, "setForceStart", "addTags", "removeTags"]
    with OddClient(answers(version=version, **{f"torrents/{path}": Answer("") for path in paths})) as client:
        loft = at(client)
        loft.pause(may_pause([ONE, TWO]))
        loft.resume(may_start([ONE]))
        loft.force_resume(may_start([ONE]))
        loft.add_tag(may_tag([ONE], "mamctl frozen"))
        loft.remove_tag(may_untag([ONE], "mamctl frozen"))
        loft.close()
        forms = [(asked.path, parse_qs(asked.body)) for asked in client.asked if asked.path.startswith("torrents/")]
    assert forms == [
        (f"torrents/{stop}", {"hashes": [f"{ONE}|{TWO}"]}),
        (f"torrents/{start}", {"hashes": [ONE]}),
        ("torrents/setForceStart", {"hashes": [ONE], "value": ["True"]}),
        ("torrents/addTags", {"hashes": [ONE], "tags": ["mamctl frozen"]}),
        ("torrents/removeTags", {"hashes": [ONE], "tags": ["mamctl frozen"]}),
    ]


def test_nothing_is_asked_for_no_torrent() -> None:
    with OddClient(answers()) as client:
        at(client).add_tag(may_tag([], "mamctl"))
    assert client.asked == []


def test_a_declined_change_says_which() -> None:
    declining = answers(**{"torrents/addTags": Answer("Conflict", 409)})
    with OddClient(declining) as client, pytest.raises(MamctlError, match=r"torrents/addTags was declined \(409\)"):
        at(client).add_tag(may_tag([ONE], "mamctl"))


def test_a_session_lost_in_the_middle_is_renewed() -> None:
    seen: list[Asked] = []

    def pause(asked: Asked) -> Answer:
        seen.append(asked)
        return Answer("Forbidden", 403) if len(seen) == 1 else Answer("")

    with OddClient(answers(WHOLE, **{"torrents/stop": pause})) as client:
        loft = at(client)
        loft.fetch_snapshot(None)
        loft.pause(may_pause([ONE]))
    assert [asked.body for asked in seen] == [f"hashes={ONE}"] * 2


@pytest.mark.spec("RAT-11")
@pytest.mark.parametrize(
    ("server", "totals"),
    [
        ({"alltime_ul": 0, "alltime_dl": 0}, (None, None)),
        ({}, (None, None)),
        ({"alltime_ul": 5}, (None, None)),
        ({"alltime_ul": -1, "alltime_dl": 5}, (None, None)),
        ({"alltime_ul": 5, "alltime_dl": 0}, (5, 0)),
        ({"alltime_ul": 0, "alltime_dl": 5}, (0, 5)),
    ],
)
def test_totals_of_a_client_that_does_not_know_them_yet(server: dict[str, int], totals: tuple[Any, Any]) -> None:
    read = read_totals(server)
    assert (read.uploaded_alltime, read.downloaded_alltime) == totals


def test_every_state_has_a_word_and_another_one_is_unknown() -> None:
    assert set(STATES.values()) == set(TorrentState) - {TorrentState.UNKNOWN}
    row = tuple({**ROW, "state": "dreaming", "size": -1}[name] for name in list(ROW)[:-1])
    torrent = read_snapshot("loft", "v9.0", Mirror(rows={ONE: row}), full=True).torrents[ONE]
    assert (torrent.state, torrent.size, torrent.trackers) == (TorrentState.UNKNOWN, 0, frozenset())


@given(st.frozensets(st.text(st.characters(exclude_characters=","), min_size=1).map(str.strip).filter(bool)))
def test_tags_come_apart(tags: frozenset[str]) -> None:
    assert read_tags(", ".join(tags)) == tags


@pytest.mark.parametrize(("text", "known"), [("v4.4.0", True), ("5.2.0rc1", True), ("v4.3.9", False), ("v10.0", True)])
def test_versions(text: str, known: bool) -> None:
    version = parse_version(text)
    assert version is not None
    assert version.supported is known
    assert parse_version("qBittorrent") is None


def test_the_login_comes_from_private_files(tmp_path: Path) -> None:
    password, key = tmp_path / "password", tmp_path / "key"
    for path, text in ((password, "pass\n"), (key, "qbt_1\n")):
        path.write_text(text)
        path.chmod(0o600)
    nothing = SecretSource("none")
    secret, key_source = SecretSource("password", password), SecretSource("api_key", None, "KEY")
    both = LoginSources(secret, key_source, nothing)
    assert read_login("keeper", both, {}) == Login("keeper", Secret("pass"))
    assert read_login("keeper", LoginSources(secret, SecretSource("api_key", key), nothing), {}) == Login(
        "keeper", api_key=Secret("qbt_1")
    )
    assert read_login("keeper", both, {"KEY": "qbt_2"}) == Login("keeper", api_key=Secret("qbt_2"))
    assert read_login("keeper", LoginSources(nothing, nothing, nothing), {}) == Login("keeper")
    front = LoginSources(nothing, nothing, SecretSource("basic_password", key))
    assert read_login("keeper", front, {}, "box") == Login(
        "keeper", basic_username="box", basic_password=Secret("qbt_1")
    )
    password.chmod(0o644)
    with pytest.raises(ConfigInvalidError, match="others"):
        read_login("keeper", both, {})


def test_the_connection_is_refused_and_nothing_is_told_of_the_login() -> None:
    with OddClient({"auth/login": Answer("Fails.")}) as client, pytest.raises(SessionRefusedError) as caught:
        at(client).fetch_snapshot(None)
    assert "pass" not in f"{caught.value}".replace("password", "")
