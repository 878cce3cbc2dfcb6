"""Fetching torrent files: the file, every refusal told apart, and wedges that are spent once and confirmed."""

from __future__ import annotations

import contextlib
import hashlib
from datetime import timedelta

import pytest
from bencode2 import bencode
from hypothesis import given
from hypothesis import strategies as st

from mamctl.adapters.tracker.answers import Answer
from mamctl.adapters.tracker.torrents import read_torrent_answer, read_torrent_bytes
from mamctl.domain.queue.torrent import RefusalKind, TorrentFile, TorrentRefusal
from mamctl.errors import (
    MamctlError,
    PurchaseUnknownError,
    SessionRefusedError,
    ShapeChangedError,
    UnreachableError,
)
from mamctl.practice.tracker import small
from mamctl.practice.tracker.answers.rows import info_hash
from mamctl.practice.tracker.behaviour import FaultKind
from tests.kit.member import Member
from tests.kit.permits import may_spend_wedge
from tests.kit.practice_fixtures import tracker

__all__ = ["tracker"]

LINK = "/tor/download.php"
PASSKEY = "practicepasskey0000000000000000"


@pytest.fixture
def member(tracker, tmp_path):
    return Member(tracker, tmp_path)


def torrent(announce="http://t.site.example/announce/k", private=1, **info):
    facts = {"name": "Book", "length": 10, "piece length": 16384, "pieces": b"x" * 20, "private": private} | info
    return bencode({"announce": announce, "info": facts})


def fetched(body: bytes, status: int = 200):
    return read_torrent_answer(Answer(path=LINK, status=status, body=body))


@pytest.mark.spec("QUE-1")
def test_the_file_and_what_it_says(tracker, member):
    found = member.api().fetch_torrent(small.PLAIN)
    assert isinstance(found, TorrentFile)
    listed = tracker.world.torrents[small.PLAIN]
    assert found.torrent.info_hash == info_hash(listed)
    assert (found.torrent.private, found.torrent.listing.size) == (True, listed.size)
    assert found.torrent.hosts == {"127.0.0.1"}
    assert tracker.journal.entries[-1].fields == {"tid": str(small.PLAIN)}


def test_a_picky_site_is_content(tracker, member):
    tracker.behaviour.picky_downloads = True
    assert isinstance(member.api().fetch_torrent(small.PLAIN), TorrentFile)


def test_no_passkey_is_shown(member):
    found = member.api().fetch_torrent(small.PLAIN)
    assert PASSKEY.encode() in found.content
    assert PASSKEY not in repr(found)


@pytest.mark.spec("QUE-2")
def test_the_block_has_its_countdown(tracker, member):
    tracker.world.member.unsatisfied_limit = 3
    found = member.api().fetch_torrent(small.FREE)
    assert (found.kind, found.wait) == (RefusalKind.BLOCKED, timedelta(hours=26))
    assert "Attempted to Download Past Unsatisfied limit" in found.words


@pytest.mark.spec("QUE-2")
@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("past unsatisfied limit. Time Till Download Allowed: 02:04:02", timedelta(hours=2, minutes=4, seconds=2)),
        (
            "<td>Past  Unsatisfied\nlimit</td><td>Time Till Download Allowed:</td><td><b>1d</b> 02:04:02",
            timedelta(1, 7442),
        ),
        ("Past Unsatisfied limit", timedelta(hours=24)),
        ("Past Unsatisfied limit. Time Till Download Allowed: soon", timedelta(hours=24)),
        ("Past Unsatisfied limit. Time Till Download Allowed: 99d 02:04:02", timedelta(days=7)),
    ],
)
def test_every_form_of_the_block_is_read(text, wait):
    found = fetched(f"<p>Attempted to Download {text}</p>".encode())
    assert (found.kind, found.wait) == (RefusalKind.BLOCKED, wait)


def test_other_words_are_a_refusal(tracker, member):
    tracker.world.member.downloaded = tracker.world.member.uploaded + 1
    found = member.api().fetch_torrent(small.PLAIN)
    assert (found.kind, found.wait) == (RefusalKind.REFUSED, None)
    assert "ratio is too low" in found.words


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_gone_is_gone(status):
    assert fetched(b"<h1>Torrent not found</h1>", status).kind is RefusalKind.GONE


def test_an_unknown_torrent_is_gone(member):
    assert member.api().fetch_torrent(1).kind is RefusalKind.GONE


@pytest.mark.parametrize(
    ("trouble", "details", "error"),
    [
        (FaultKind.DEAD_SESSION, {}, SessionRefusedError),
        (FaultKind.EMPTY, {}, SessionRefusedError),
        (FaultKind.THROTTLED, {}, UnreachableError),
        (FaultKind.STATUS, {"status": 503}, UnreachableError),
        (FaultKind.STATUS, {"status": 406}, ShapeChangedError),
        (FaultKind.RESET, {}, UnreachableError),
    ],
)
def test_trouble_is_told_apart(tracker, member, trouble, details, error):
    tracker.behaviour.plan(trouble, LINK, times=1, **details)
    with pytest.raises(error):
        member.api().fetch_torrent(small.PLAIN)


@pytest.mark.parametrize(
    "body",
    [
        b"d8:announce",
        b"de",
        b"d4:infodee",
        b"dead words",
        b'{"error": "no"}',
        b"just words",
        b"d4:infod5:filesld6:lengthi1e4:pathl2:..4:evileee4:name1:xee",
        b"d4:infod6:lengthi-1e4:name1:xee",
    ],
)
def test_what_is_no_torrent_is_refused(body):
    assert fetched(body).kind is RefusalKind.NOT_A_TORRENT


def test_the_hash_is_that_of_the_raw_info():
    data = torrent()
    start = data.index(b"4:info") + 6
    assert read_torrent_bytes(data).info_hash == hashlib.sha1(data[start:-1]).hexdigest()


def test_every_tracker_counts():
    tiers = [["http://a.example/x"], [b"udp://B.example:80", "http://[bad"]]
    data = bencode({"announce": "http://a.example/x", "announce-list": tiers, "info": {"length": 1, "name": "x"}})
    assert read_torrent_bytes(data).hosts == {"a.example", "b.example", ""}
    assert not read_torrent_bytes(torrent(private=0)).private


def test_names_that_are_no_utf8_are_kept():
    assert read_torrent_bytes(torrent(name=b"B\xe9")).listing.name == "B\udce9"


@pytest.mark.spec("QUE-4")
def test_a_wedge_is_spent_by_the_link_alone(tracker, member):
    found = member.api().fetch_torrent_with_wedge(small.PLAIN, may_spend_wedge())
    assert found.torrent.info_hash == info_hash(tracker.world.torrents[small.PLAIN])
    assert tracker.world.member.wedges == 6
    assert tracker.journal.entries[-1].fields == {"tid": str(small.PLAIN), "fl": ""}


@pytest.mark.spec("QUE-4")
def test_a_lost_answer_leaves_the_wedge_unknown_and_is_not_repeated(tracker, member):
    tracker.behaviour.plan(FaultKind.LOST_ANSWER, LINK)
    with pytest.raises(PurchaseUnknownError):
        member.api(attempts=3).fetch_torrent_with_wedge(small.PLAIN, may_spend_wedge())
    assert tracker.world.member.wedges == 6
    assert len(tracker.journal.entries) == 1


@given(st.binary(max_size=200) | st.binary(max_size=120).map(lambda tail: b"d" + tail))
def test_no_answer_is_a_surprise(body):
    try:
        found = fetched(body)
    except MamctlError:
        return
    assert isinstance(found, TorrentRefusal | TorrentFile)


@given(st.data())
def test_a_spoilt_torrent_is_a_value_error_or_a_torrent(data):
    whole = bytearray(torrent())
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ValueError):
        read_torrent_bytes(bytes(whole))
