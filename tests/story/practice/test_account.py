"""jsonLoad: the base facts, the flags, and every shape."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mamctl.practice.tracker import Shape
from tests.kit.practice_fixtures import NOW, Visitor


def test_base_facts_of_a_member(member):
    assert member.json("/jsonLoad.php") == {
        "classname": "VIP",
        "country_code": "xx",
        "country_name": "Exampleland",
        "downloaded": "120.50 GiB",
        "downloaded_bytes": 129385889792,
        "ratio": 3.4,
        "seedbonus": 61250,
        "uid": 123456,
        "uploaded": "409.70 GiB",
        "uploaded_bytes": 439912025293,
        "username": "examplemouse",
        "vip_until": "2026-12-15 12:00:00",
        "wedges": 7,
    }


def test_a_newcomer_has_no_vip_and_no_end_of_ratio(tracker):
    facts = Visitor(tracker, "new").json("/jsonLoad.php")
    assert (facts["ratio"], facts["vip_until"], facts["classname"]) == ("∞", None, "User")
    assert facts["downloaded"] == "0.00 KiB"


def test_keys_come_in_alphabetical_order(member):
    facts = member.json("/jsonLoad.php")
    assert list(facts) == sorted(facts)


@pytest.mark.parametrize(
    ("knob", "shape", "key", "expected"),
    [
        ("ratio", Shape.STRING, "ratio", "3.4"),
        ("ratio", Shape.COMMAS, "ratio", "3.40"),
        ("ratio", Shape.INF, "ratio", "Inf."),
        ("ratio", Shape.INFINITY_SIGN, "ratio", "∞"),
        ("vip_until", Shape.NULL, "vip_until", None),
        ("seedbonus", Shape.STRING, "seedbonus", "61250"),
        ("seedbonus", Shape.COMMAS, "seedbonus", "61,250"),
        ("seedbonus", Shape.FRACTION, "seedbonus", 61250.091),
        ("wedges", Shape.STRING, "wedges", "7"),
    ],
)
def test_shapes_of_one_fact(tracker, member, knob, shape, key, expected):
    setattr(tracker.behaviour, knob, shape)
    assert member.json("/jsonLoad.php")[key] == expected


@pytest.mark.parametrize("key", ["vip_until", "wedges"])
def test_a_fact_may_be_absent(tracker, member, key):
    setattr(tracker.behaviour, key, Shape.ABSENT)
    assert key not in member.json("/jsonLoad.php")


def test_numbers_may_all_be_strings(tracker, member):
    tracker.behaviour.numbers_as_strings = True
    facts = member.json("/jsonLoad.php?snatch_summary")
    assert (facts["uid"], facts["downloaded_bytes"], facts["ratio"]) == ("123456", "129385889792", "3.4")
    assert facts["snatch_summary"]["unsat"]["limit"] == "150"


def test_the_summary_nested_and_flat(tracker, member):
    nested = member.json("/jsonLoad.php", snatch_summary="true")
    assert "unsat" not in nested
    assert nested["snatch_summary"]["unsat"] == {
        "name": "Unsatisfied",
        "count": 3,
        "size": 3 * 734003200,
        "limit": 150,
    }
    tracker.behaviour.summary = Shape.FLAT
    flat = member.json("/jsonLoad.php", snatch_summary="true")
    assert "snatch_summary" not in flat
    assert flat["unsat"]["limit"] == 150
    assert flat["unsat"]["red"] is False
    assert flat["seedUnsat"]["name"] == "Seeding - pre-H&R - Not Yet Satisfied"


def test_the_other_flags(member):
    facts = member.json("/jsonLoad.php?notif&clientStats&pretty")
    assert facts["notifs"]["pms"] == 0
    assert facts["connectable"] == "yes"
    assert "\n" in member.get("/jsonLoad.php?pretty").text


def test_flags_are_ignored_for_another_member_and_private_facts_hidden(member):
    facts = member.json("/jsonLoad.php?id=123457&snatch_summary")
    assert facts["username"] == "newmouse"
    assert not {"seedbonus", "vip_until", "snatch_summary"} & set(facts)
    assert member.json("/jsonLoad.php?id=123456")["seedbonus"] == 61250
    assert "error" in member.json("/jsonLoad.php?id=1")


def test_points_accrue_by_the_quarter_and_stop_at_the_cap(tracker, member):
    tracker.world.member.points_per_hour = 42.0
    tracker.world.clock.advance(timedelta(minutes=29))
    assert member.json("/jsonLoad.php")["seedbonus"] == 61260
    tracker.world.clock.advance(timedelta(days=90))
    assert member.json("/jsonLoad.php")["seedbonus"] == 99999


def test_vip_lapses_with_its_class_and_limit(tracker, member):
    tracker.world.clock.move_to(NOW + timedelta(days=21))
    facts = member.json("/jsonLoad.php?snatch_summary")
    assert (facts["classname"], facts["vip_until"]) == ("Power User", None)
    assert facts["snatch_summary"]["unsat"]["limit"] == 100


def test_the_wrong_json_content_type_on_request(tracker, member):
    tracker.behaviour.json_as_html = True
    answer = member.get("/jsonLoad.php")
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.json()["uid"] == 123456
