"""The search: what is found, in which order and shape."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from mamctl.practice.tracker import Shape, small
from mamctl.practice.tracker.answers.rows import info_hash
from tests.kit.practice_fixtures import SEARCH, Visitor


def ids(answer):
    return {row["id"] for row in answer.get("data", [])}


ALL = set(range(small.PLAIN, small.UNSEEDED + 1))


@pytest.mark.parametrize(
    ("tor", "expected"),
    [
        ({}, ALL),
        ({"text": "example saga"}, {small.PLAIN}),
        ({"text": "doe saga"}, {small.PLAIN}),
        ({"text": "john ROE"}, {small.PLAIN}),
        ({"text": "doe", "srchIn": ["title"]}, set()),
        ({"text": "doe", "srchIn": {"author": "true"}}, {small.PLAIN}),
        ({"text": "saga", "srchIn": ["series"]}, {small.PLAIN}),
        ({"text": "misérables große"}, {small.ODD}),
        ({"text": "les miserables"}, {small.ODD}),
        ({"text": "שלום"}, {small.ODD}),
        ({"text": "1984"}, {small.NUMBERED}),
        ({"text": "nowhere"}, set()),
        ({"searchType": "all"}, ALL),
        ({"searchType": "active"}, ALL - {small.UNSEEDED}),
        ({"searchType": "inactive"}, {small.UNSEEDED}),
        ({"searchType": "fl"}, {small.FREE, small.FREE_EBOOK}),
        ({"searchType": "VIP"}, {small.VIP, small.VIP_FOR_A_WEEK}),
        ({"searchType": "fl-VIP"}, {small.FREE, small.FREE_EBOOK, small.VIP, small.VIP_FOR_A_WEEK}),
        ({"searchType": "nVIP"}, ALL - {small.VIP, small.VIP_FOR_A_WEEK}),
        ({"main_cat": [14]}, {small.FREE_EBOOK}),
        ({"main_cat": ["13", "15"], "cat": ["0"]}, ALL - {small.FREE_EBOOK}),
        ({"cat": [46, "68"]}, {small.VIP_FOR_A_WEEK, small.FREE_EBOOK}),
        ({"id": small.VIP}, {small.VIP}),
        ({"browse_lang": [1]}, ALL),
        ({"browse_lang": []}, set()),
        ({"minSize": "1", "unit": "1073741824"}, {small.PLAIN, small.ODD}),
        ({"maxSeeders": "5"}, {small.UNSEEDED}),
    ],
)
def test_what_is_found(member, tor, expected):
    assert ids(member.search(root={"perpage": 100}, **tor)) == expected


def test_hash_overrides_the_rest(tracker, member):
    wanted = info_hash(tracker.world.torrents[small.ODD])
    assert ids(member.search(hash=wanted, text="nothing like it")) == {small.ODD}


def test_no_hit_is_an_error_object_and_so_is_the_page_past_the_end(member):
    assert member.search(text="nowhere") == {"error": "Nothing returned, out of 0"}
    assert member.search(startNumber="100") == {"error": "Nothing returned, out of 8"}


def test_pages(member):
    first = member.search(root={"perpage": 5}, sortType="titleAsc")
    second = member.search(root={"perpage": "5"}, sortType="titleAsc", startNumber=5)
    assert [answer["found"] for answer in (first, second)] == [8, 8]
    assert [answer["total"] for answer in (first, second)] == [5, 8]
    assert (len(first["data"]), len(second["data"]), second["start"]) == (5, 3, 5)
    assert ids(first) | ids(second) == ALL
    assert member.search(root={"perpage": 1})["perpage"] == 5
    assert member.search(root={"perpage": 5000})["perpage"] == 1000


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("sizeDesc", small.ODD),
        ("sizeAsc", small.FREE_EBOOK),
        ("titleAsc", small.NUMBERED),
        ("seedersAsc", small.UNSEEDED),
    ],
)
def test_order(member, sort, first):
    assert member.search(sortType=sort)["data"][0]["id"] == first


def test_query_form_and_json_find_the_same(member):
    fields = {
        "tor[text]": "emma",
        "tor[srchIn][title]": "true",
        "tor[cat][0]": "68",
        "tor[cat][1]": "46",
        "perpage": "25",
    }
    by_query = member.get(SEARCH, **fields).json()
    by_form = member.ask("POST", SEARCH, data=fields).json()
    by_json = member.search(root={"perpage": 25}, text="emma", srchIn=["title"], cat=[68, 46])
    assert by_query == by_form == by_json
    assert ids(by_json) == {small.VIP_FOR_A_WEEK, small.FREE_EBOOK}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b'{"tor":{"text":"emma"}}', "application/x-www-form-urlencoded"),
        (b'{"tor":{"text":"emma"}}', "text/plain"),
        (b"tor[text]=emma", "application/json"),
        (b"[1]", "application/json"),
    ],
)
def test_a_misencoded_body_gets_nothing_at_all(member, content, kind):
    answer = member.ask("POST", SEARCH, content=content, headers={"Content-Type": kind})
    assert (answer.status_code, answer.content) == (200, b"")


def test_the_row_in_full(member):
    root = {"dlLink": "", "description": "", "isbn": "", "mediaInfo": "", "thumbnail": ""}
    row = member.search(root=root, id=small.PLAIN)["data"][0]
    assert (row["title"], row["category"], row["catname"], row["main_cat"]) == (
        "Example Saga",
        41,
        "Audiobooks - Fantasy",
        13,
    )
    assert list(json.loads(row["author_info"]).values()) == ["Jane Doe"]
    assert list(json.loads(row["series_info"]).values()) == [["Saga", "1", 1.0]]
    assert (row["size"], row["filetype"], row["isbn"]) == ("1.3 GiB", "m4b", "9780000000002")
    assert (row["free"], row["vip"], row["fl_vip"], row["my_snatched"]) == (0, 0, 0, 0)
    assert len(row["dl"]) == 40
    plain = member.search(id=small.VIP_FOR_A_WEEK)["data"][0]
    assert not {"dl", "description", "isbn", "mediainfo", "thumbnail"} & set(plain)
    assert (plain["vip_expire"], plain["narrator_info"]) == (1796212800, "")


def test_mediainfo_is_json_in_a_string(tracker, member):
    tracker.world.torrents[small.PLAIN].mediainfo = {"Duration": "7:12:03", "Format": "MPEG-4", "BitRate": "64000"}
    row = member.search(root={"mediaInfo": ""}, id=small.PLAIN)["data"][0]
    assert json.loads(row["mediainfo"]) == {
        "General": {"Duration": "7:12:03", "Format": "MPEG-4"},
        "Audio1": {"Format": "AAC LC", "BitRate": "64000"},
    }


@pytest.mark.parametrize(
    ("shape", "expected"), [(Shape.PRETTY, "1.3 GiB"), (Shape.STRING, "1395864371"), (Shape.NUMBER, 1395864371)]
)
def test_sizes_in_three_forms(tracker, member, shape, expected):
    tracker.behaviour.sizes = shape
    assert member.search(id=small.PLAIN)["data"][0]["size"] == expected


@pytest.mark.parametrize(("shape", "expected"), [(Shape.NUMBER, 1), (Shape.STRING, "1"), (Shape.BOOLEAN, True)])
def test_flags_in_three_forms(tracker, member, shape, expected):
    tracker.behaviour.flags = shape
    row = member.search(id=small.FREE)["data"][0]
    assert row["free"] == expected
    assert type(row["free"]) is type(expected)


def test_names_may_be_escaped_and_titles_may_be_numbers(tracker, member):
    assert member.search(id=small.NUMBERED)["data"][0]["title"] == 1984
    tracker.behaviour.escaped_names = True
    assert "&amp; &lt;b&gt;" in member.search(id=small.ODD)["data"][0]["title"]


def test_vip_ends_with_its_day(tracker, member):
    tracker.world.clock.advance(timedelta(days=8))
    assert ids(member.search(searchType="VIP")) == {small.VIP}


def test_site_wide_freeleech_frees_everything_until_it_ends(tracker, member):
    tracker.world.events.freeleech = True
    tracker.world.events.freeleech_until = tracker.world.clock() + timedelta(days=2)
    assert ids(member.search(searchType="fl")) == ALL
    tracker.world.clock.advance(timedelta(days=3))
    assert ids(member.search(searchType="fl")) == {small.FREE, small.FREE_EBOOK}


def test_my_snatched_restricts_to_what_was_taken(tracker, member):
    assert member.get("/tor/download.php", tid=str(small.FREE)).status_code == 200
    assert ids(member.search(root={"my_snatched": ""})) == {small.FREE}
    assert Visitor(tracker, "new").search(root={"my_snatched": ""}) == {"error": "Nothing returned, out of 0"}
