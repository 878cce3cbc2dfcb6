"""Merging main data: many small answers leave what one whole answer would say."""

from __future__ import annotations

import json
import zlib
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.adapters.qbittorrent.access import Login
from mamctl.adapters.qbittorrent.main_data import (
    ROW,
    STATES,
    Mirror,
    OddAnswerError,
    is_next,
    merge_main_data,
    read_snapshot,
    read_tags,
    tracker_host,
)
from mamctl.adapters.qbittorrent.saved_session import (
    NOTHING,
    SavedSession,
    decode_session,
    encode_session,
    owner,
)
from mamctl.domain.ratio.client import ClientTorrent, TorrentState
from mamctl.domain.secret import Secret

PASSKEY = "0123456789abcdef0123456789abcdef"
HASHES = [f"{number:040x}" for number in range(6)]
URLS = [
    f"https://{host}/announce/{PASSKEY}" for host in ("t.site.example", "T.Other.example:2810", "t.site.example:2710")
]

numbers = st.integers(0, 2**50)
words = st.sampled_from(["", "Dune", "Ŝtormo; “2”", "\u202e🎧"])
_PLAIN: dict[type, Any] = {str: "", int: 0, float: 0.0, bool: False}
rows = st.builds(
    lambda name, state, uploaded: {
        **{field: _PLAIN[kinds[0]] for field, kinds in ROW.items()},
        "name": name,
        "state": state,
        "uploaded": uploaded,
    },
    words,
    st.sampled_from(["stalledUP", "pausedDL", "a state of the future"]),
    numbers,
)
clients = st.fixed_dictionaries(
    {
        "torrents": st.dictionaries(st.sampled_from(HASHES), rows),
        "trackers": st.dictionaries(st.sampled_from(URLS), st.lists(st.sampled_from(HASHES), unique=True)),
        "server_state": st.fixed_dictionaries({"alltime_ul": numbers, "alltime_dl": numbers}),
    }
)


def whole(client: dict[str, Any], rid: int) -> dict[str, Any]:
    return {"rid": rid, "full_update": True, **client}


def between(old: dict[str, Any], new: dict[str, Any], rid: int) -> dict[str, Any]:
    """The client's incremental answer: changed fields of changed torrents, changed trackers whole."""
    torrents = {
        key: {name: value for name, value in row.items() if old["torrents"].get(key, {}).get(name) != value}
        for key, row in new["torrents"].items()
        if row != old["torrents"].get(key)
    }
    return {
        "rid": rid,
        "torrents": {key: {**row, "eta": 8640000} for key, row in torrents.items()},
        "torrents_removed": sorted(old["torrents"].keys() - new["torrents"].keys()),
        "trackers": {url: held for url, held in new["trackers"].items() if held != old["trackers"].get(url)},
        "trackers_removed": sorted(old["trackers"].keys() - new["trackers"].keys()),
        "server_state": {key: value for key, value in new["server_state"].items() if value != old["server_state"][key]},
    }


full_rows = st.fixed_dictionaries({
    name: st.one_of([{str: words | st.sampled_from([*STATES, "a, b,,ü"]), int: st.integers(-1, 2**50),
                      float: st.floats(0, 1), bool: st.booleans(), type(None): st.none()}[kind] for kind in kinds])
    for name, kinds in ROW.items()
})  # fmt: skip


@given(st.dictionaries(st.sampled_from(HASHES), full_rows), clients)
def test_columns_say_of_each_torrent_what_its_row_says(torrents: dict[str, Any], client: dict[str, Any]) -> None:
    """However many trackers it has, be it listed twice under one."""
    answer = whole({**client, "torrents": torrents}, 1)
    hosts = {
        key: frozenset(tracker_host(url) for url, held in client["trackers"].items() if key in held) for key in torrents
    }
    assert read_snapshot("home", "v5.1.0", merge_main_data(Mirror(), answer), full=True).torrents == {
        key: ClientTorrent(
            hash=key, name=row["name"], state=STATES.get(row["state"], TorrentState.UNKNOWN), progress=row["progress"],
            amount_left=max(0, row["amount_left"]), size=max(0, row["size"]), category=row["category"],
            tags=read_tags(row["tags"]), trackers=hosts[key], uploaded=row["uploaded"], downloaded=row["downloaded"],
            upspeed=row["upspeed"], dlspeed=row["dlspeed"], private=row["private"], forced=row["force_start"],
        )
        for key, row in torrents.items()
    }  # fmt: skip


@given(st.lists(clients, min_size=1, max_size=5))
def test_changes_add_up_to_the_whole(history: list[dict[str, Any]]) -> None:
    mirror = merge_main_data(Mirror(), whole(history[0], 1))
    for rid, (old, new) in enumerate(pairwise(history), start=2):
        mirror = merge_main_data(mirror, between(old, new, rid))
    assert mirror == merge_main_data(Mirror(), whole(history[-1], len(history)))


@given(clients, clients)
def test_the_same_changes_twice_are_the_same_as_once(old: dict[str, Any], new: dict[str, Any]) -> None:
    """An answer that was lost before it was kept comes again."""
    changes = between(old, new, 2)
    once = merge_main_data(merge_main_data(Mirror(), whole(old, 1)), changes)
    assert merge_main_data(once, changes) == once


@pytest.mark.parametrize(
    ("rid", "after", "said"), [(2, 1, True), (3, 1, False), (1, 1, False), (1, 1_000_000, True), (1, 999_999, False)]
)
def test_an_answer_is_the_next_of_its_session(rid: int, after: int, said: bool) -> None:
    assert is_next(rid, after) is said


@given(clients, clients)
def test_a_whole_answer_replaces_everything(old: dict[str, Any], new: dict[str, Any]) -> None:
    before = merge_main_data(Mirror(), whole(old, 7))
    assert merge_main_data(before, whole(new, 1)) == merge_main_data(Mirror(), whole(new, 1))


@given(clients)
def test_what_is_remembered_comes_back(client: dict[str, Any]) -> None:
    kept = SavedSession("v5.1.0", {"SID": "abc"}, merge_main_data(Mirror(), whole(client, 3)))
    assert decode_session(encode_session(kept, "us"), "us") == kept


@given(clients, clients)
def test_what_the_next_pass_leaves_is_the_same_whether_it_is_packed_again_or_not(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    kept = SavedSession("v5.1.0", {}, merge_main_data(Mirror(), whole(old, 1)))
    read = decode_session(encode_session(kept, "us"), "us")
    for answer in (between(old, old, 2), between(old, new, 2)):
        merged = merge_main_data(read.mirror, answer)
        blob = encode_session(read.followed_by("v5.2.0", {"SID": "x"}, merged), "us")
        assert blob == encode_session(SavedSession("v5.2.0", {"SID": "x"}, merged), "us")
        assert decode_session(blob, "us").mirror == merged


texts = st.text(st.characters(codec=None), max_size=4) | st.sampled_from([*HASHES, "all", "https://[", "\ud800"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
oddities = st.dictionaries(
    st.sampled_from(
        ["rid", "full_update", "server_state", "torrents", "torrents_removed", "trackers", "trackers_removed"]
    ),
    values | st.integers(0, 9) | st.dictionaries(texts, rows | st.lists(texts), max_size=3),
)


@given(clients, values | oddities)
def test_whatever_is_answered_it_is_merged_or_refused(client: dict[str, Any], answer: Any) -> None:
    before = merge_main_data(Mirror(), whole(client, 1))
    try:
        merged = merge_main_data(before, answer)
    except OddAnswerError:
        return
    assert set(read_snapshot("home", "v5.1.0", merged, full=False).torrents) <= set(HASHES)
    kept = SavedSession("v5.1.0", {}, merged)
    assert decode_session(encode_session(kept, "us"), "us") == kept


@given(clients)
def test_no_passkey_is_kept(client: dict[str, Any]) -> None:
    mirror = merge_main_data(Mirror(), whole(client, 1))
    assert PASSKEY not in repr(mirror)
    assert {announced.host for announced in mirror.trackers.values()} <= {"t.site.example", "t.other.example"}


@given(st.binary(max_size=60) | st.none())
def test_rubbish_is_forgotten(blob: bytes | None) -> None:
    assert decode_session(blob, "us") == NOTHING


def test_what_belongs_to_another_client_is_forgotten() -> None:
    login = Login("keeper", Secret("x"))
    here, there = owner("http://127.0.0.1:8080", login), owner("http://127.0.0.1:8081", login)
    blob = encode_session(SavedSession("v5.1.0", {"SID": "abc"}), here)
    assert decode_session(blob, there) == NOTHING
    assert decode_session(blob, here) != NOTHING


def test_a_session_is_not_shown() -> None:
    assert "abc" not in repr(SavedSession("v5.1.0", {"SID": "abc"}))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ([], "the answer is not an object"),
        ({}, "rid is missing"),
        ({"rid": "1"}, "rid is not of type int"),
        ({"rid": 1, "torrents": []}, "torrents is not an object"),
        ({"rid": 1, "torrents": {HASHES[0]: 3}}, "a torrent is not an object"),
        ({"rid": 1, "torrents": {HASHES[0]: {"state": "stalledUP"}}}, "name is missing"),
        ({"rid": 1, "server_state": {"alltime_ul": "95 GB"}}, "alltime_ul is not of type int"),
        ({"rid": 1, "server_state": {"alltime_ul": True}}, "alltime_ul is not of type int"),
        ({"rid": 1, "torrents_removed": HASHES[0]}, "torrents_removed is not a list"),
        ({"rid": 1, "trackers": {URLS[0]: [1]}}, "a tracker is not a list"),
        ({"rid": 1, "trackers_removed": {}}, "trackers_removed is not a list"),
    ],
)
def test_another_shape_is_named(answer: Any, said: str) -> None:
    with pytest.raises(OddAnswerError, match=said):
        merge_main_data(Mirror(), answer)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://t.site.example/announce/k", "t.site.example"),
        ("udp://Tracker.Example:6969/announce", "tracker.example"),
        ("http://[::1]:80/announce", "::1"),
        ("http://[broken/announce", ""),
        ("", ""),
        ("nonsense", ""),
    ],
)
def test_the_host_of_an_announce_url(url: str, host: str) -> None:
    assert tracker_host(url) == host


ONE_TORRENT = {
    "torrents": {HASHES[0]: {field: _PLAIN[kinds[0]] for field, kinds in ROW.items()}},
    "trackers": {URLS[0]: [HASHES[0]]},
}


def document(**changes: Any) -> bytes:
    """What a pass leaves, with other things in some places."""
    blob = encode_session(
        SavedSession("v5.1.0", {"SID": "abc"}, merge_main_data(Mirror(), whole(ONE_TORRENT, 1))), "us"
    )
    unpacking = zlib.decompressobj()
    parts = [json.loads(unpacking.decompress(blob)), json.loads(zlib.decompress(unpacking.unused_data))]
    assert changes.keys() <= {key for part in parts for key in part}
    changed = [part | {key: changes[key] for key in changes.keys() & part.keys()} for part in parts]
    return b"".join(zlib.compress(json.dumps(part).encode()) for part in changed)


def test_what_a_pass_leaves_is_taken_up() -> None:
    assert decode_session(document(), "us").cookies == {"SID": "abc"}


@pytest.mark.parametrize(
    "changes",
    [
        {"cookies": [1]},
        {"cookies": {"SID": 1}},
        {"cookies": {"SID": "a\r\nX: y"}},
        {"version": 5},
        {"server": [1]},
        {"server": {"alltime_ul": "5"}},
        {"server": {"alltime_ul": 10**30}},
        {"server": {"unknown": 1}},
        {"rid": "1"},
        {"rid": True},
        {"rid": None},
        {"hashes": 3},
        {"hashes": ["all"]},
        {"hashes": [None]},
        {"columns": []},
        {"columns": [[1]] * 13},
        {"columns": [[]] * 13},
        {"trackers": {"a": 1}},
        {"trackers": [["a", "b", [7]]]},
        {"trackers": [["a", 1, [0]]]},
        {"trackers": [["a", "b", [None]]]},
        {"form": 1},
    ],
    ids=str,
)
def test_whatever_else_it_holds_is_forgotten(changes: dict[str, Any]) -> None:
    assert decode_session(document(**changes), "us") == NOTHING


@given(values)
def test_any_document_is_forgotten(value: Any) -> None:
    assert decode_session(zlib.compress(json.dumps(value).encode("utf-8", "surrogatepass")), "us") == NOTHING


def test_a_document_without_end_is_forgotten() -> None:
    assert decode_session(zlib.compress(b"[" * 500_000), "us") == NOTHING
    assert decode_session(zlib.compress(bytes(300 * 1024**2), 1), "us") == NOTHING
