"""Torrent files: the forms of the link, the file itself, and the refusals."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

import httpx
import pytest

from mamctl.practice.tracker import small
from mamctl.practice.tracker.answers.rows import info_hash
from tests.kit.practice_fixtures import Visitor

LINK = "/tor/download.php"


def decode(data: bytes, at: int = 0):
    """A bdecoder, so that the file is read by something else than what wrote it."""
    match data[at : at + 1]:
        case b"i":
            end = data.index(b"e", at)
            return int(data[at + 1 : end]), end + 1
        case b"l" | b"d":
            items, place = [], at + 1
            while data[place : place + 1] != b"e":
                item, place = decode(data, place)
                items.append(item)
            if data[at : at + 1] == b"l":
                return items, place + 1
            return dict(zip(items[::2], items[1::2], strict=True)), place + 1
    colon = data.index(b":", at)
    end = colon + 1 + int(data[at:colon])
    return data[colon + 1 : end], end


def test_the_file_is_a_private_torrent_with_the_passkey(tracker, member):
    answer = member.get(LINK, tid=str(small.PLAIN))
    assert answer.headers["content-type"] == "application/x-bittorrent"
    file, end = decode(answer.content)
    info = file[b"info"]
    assert end == len(answer.content)
    assert tracker.world.member.passkey.encode() in file[b"announce"]
    assert (info[b"private"], info[b"length"]) == (1, 1_395_864_371)
    assert len(info[b"pieces"]) == 20 * -(-info[b"length"] // info[b"piece length"])
    start = answer.content.index(b"4:infod") + 6
    _, after = decode(answer.content, start)
    assert hashlib.sha1(answer.content[start:after]).hexdigest() == info_hash(tracker.world.torrents[small.PLAIN])


def test_a_ready_info_dictionary_and_announce_address_are_used(tracker, member):
    tracker.world.announce_url = "http://127.0.0.1:6969/{passkey}/announce"
    tracker.world.torrents[small.PLAIN].info = b"d6:lengthi3e4:name1:xe"
    content = member.get(LINK, tid=str(small.PLAIN)).content
    assert b"4:infod6:lengthi3e4:name1:xe" in content
    assert f"http://127.0.0.1:6969/{tracker.world.member.passkey}/announce".encode() in content


def test_by_hash_without_a_cookie(tracker, member):
    link = member.search(root={"dlLink": ""}, id=small.PLAIN)["data"][0]["dl"]
    good = httpx.get(f"{tracker.url}{LINK}/{link}?tid={small.PLAIN}", trust_env=False)
    assert good.content.startswith(b"d8:announce")
    bare = httpx.get(f"{tracker.url}{LINK}/{link}", trust_env=False)
    assert (bare.status_code, bare.text) == (400, "<h1>Invalid download link: missing tid (torrent id)</h1>")
    assert httpx.get(f"{tracker.url}{LINK}/{link}?tid={small.VIP}", trust_env=False).status_code == 403
    assert all(link not in entry.path for entry in tracker.journal.entries)


def test_an_unknown_torrent_is_not_found(member):
    assert member.get(LINK, tid="1").status_code == 404
    assert member.get(LINK).status_code == 404


@pytest.mark.parametrize("tid", [small.PLAIN, small.VIP])
def test_fl_spends_a_wedge_even_where_it_is_wasted(tracker, member, tid):
    assert member.get(f"{LINK}?tid={tid}&fl").content.startswith(b"d")
    assert member.get(f"{LINK}?tid={tid}&fl=1").content.startswith(b"d")
    assert tracker.world.member.wedges == 6
    history = member.json("/json/userBonusHistory.php", **{"type[]": "wedgePF"})
    assert [(row["tid"], row["amount"]) for row in history] == [(tid, -1)]


def test_the_site_may_spend_a_wedge_by_itself_where_it_buys_something(tracker, member):
    tracker.world.member.automatic_wedges = True
    member.get(LINK, tid=str(small.VIP))
    assert tracker.world.member.wedges == 7
    member.get(LINK, tid=str(small.PLAIN))
    assert tracker.world.member.wedges == 6


def test_a_picky_site_gives_the_file_only_to_who_accepts_everything(tracker, member):
    tracker.behaviour.picky_downloads = True
    refused = member.ask("GET", f"{LINK}?tid={small.PLAIN}", headers={"Accept": "application/json"})
    assert refused.status_code == 406
    assert member.ask("GET", f"{LINK}?tid={small.PLAIN}", headers={"Accept": "*/*"}).content.startswith(b"d")


def test_the_count_of_unsatisfied_lags_and_ends_after_three_days(tracker, member):
    def count():
        return member.json("/jsonLoad.php?snatch_summary")["snatch_summary"]["unsat"]["count"]

    member.get(LINK, tid=str(small.PLAIN))
    assert count() == 3
    tracker.world.clock.advance(timedelta(minutes=16))
    assert count() == 4
    tracker.world.clock.advance(timedelta(hours=72))
    assert count() == 3


def test_past_the_unsatisfied_limit_downloads_are_blocked_for_a_day(tracker, member):
    tracker.world.member.unsatisfied_limit = 3
    text = member.get(LINK, tid=str(small.FREE)).text
    assert "Attempted to Download Past Unsatisfied limit. Happened: 2026-11-25 12:00:00" in text
    assert "Time Till Download Allowed:</td><td>1d 02:00:00" in text
    tracker.world.member.unsatisfied = 0
    tracker.world.clock.advance(timedelta(hours=2, seconds=30))
    again = member.get(LINK, tid=str(small.FREE)).text
    assert re.search(r"Happened: 2026-11-25 12:00:00<.*Time Till Download Allowed:</td><td>23:59:30", again)
    tracker.world.clock.advance(timedelta(hours=24))
    assert member.get(LINK, tid=str(small.FREE)).content.startswith(b"d")


def test_below_ratio_one_only_what_is_free_comes(tracker, member):
    tracker.world.member.downloaded = tracker.world.member.uploaded + 1
    assert b"ratio is too low" in member.get(LINK, tid=str(small.PLAIN)).content
    assert member.get(LINK, tid=str(small.FREE)).content.startswith(b"d")
    assert member.get(LINK, tid=str(small.VIP)).content.startswith(b"d")


def test_without_a_session_there_is_no_file(tracker):
    visitor = Visitor(tracker)
    visitor.cookies = {}
    assert visitor.get(LINK, tid=str(small.PLAIN)).status_code == 403
