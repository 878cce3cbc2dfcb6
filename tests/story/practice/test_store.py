"""bonusBuy: what can be bought, what it costs, and the store's own refusals."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mamctl.practice.tracker import small
from tests.kit.practice_fixtures import NOW, Visitor

GIB = 1024**3
MIN_VIP = "Min VIP is 1 week purchased for Automated methods"
MIN_UPLOAD = "Automated spenders are limited to buying at least 50 GB of upload at a time, due to log spam"


def test_vip_fills_up_to_ninety_days(tracker, member):
    answer = member.buy(spendtype="VIP", duration="max")
    assert answer == {"success": True, "type": "VIP", "amount": 10.0, "seedbonus": 48750.091}
    assert member.json("/jsonLoad.php")["vip_until"] == "2027-02-23 12:00:00"
    assert [(purchase.kind, purchase.points) for purchase in tracker.world.purchases] == [("VIP", 12500)]


def test_vip_goes_as_far_as_the_points_reach(tracker, member):
    tracker.world.member.points = 2_000.5
    answer = member.buy(spendtype="VIP", duration="max")
    assert (answer["amount"], answer["seedbonus"]) == (1.6, 0.5)
    assert tracker.world.member.vip_until == NOW + timedelta(days=20, weeks=1.6)


def test_vip_all_or_nothing_on_request(tracker, member):
    tracker.behaviour.vip_partly = False
    tracker.world.member.points = 2_000.0
    assert member.buy(spendtype="VIP", duration="max")["success"] is False
    assert tracker.world.purchases == []


def test_lapsed_vip_begins_now(tracker, member):
    tracker.world.member.vip_until = NOW - timedelta(days=3)
    answer = member.buy(spendtype="VIP", duration="max")
    assert answer["amount"] == 12.857
    assert tracker.world.member.vip_until == NOW + timedelta(seconds=int(12.857 * 604_800))


@pytest.mark.parametrize(
    ("session", "params", "error"),
    [
        ("api", {"spendtype": "VIP", "duration": "90"}, "Invalid duration specified"),
        ("api", {"spendtype": "VIP", "duration": "4"}, "Invalid duration specified"),
        ("api", {"spendtype": "VIP"}, "Invalid duration specified"),
        ("api", {"spendtype": "upload", "amount": "49"}, MIN_UPLOAD),
        ("api", {"spendtype": "upload", "amount": "many"}, "Invalid amount"),
        ("api", {"spendtype": "upload", "amount": "200"}, "Not enough bonus points"),
        ("api", {"spendtype": "wedges", "source": "cheese"}, "Not enough cheese"),
        ("new", {"spendtype": "wedges", "source": "points"}, "Not enough bonus points"),
        ("browser", {"spendtype": "personalFL", "torrentid": str(small.VIP)}, "This Torrent is VIP"),
        (
            "browser",
            {"spendtype": "personalFL", "torrentid": str(small.FREE)},
            "Cannot spend FL Wedges on Freeleech Picks",
        ),
        ("browser", {"spendtype": "personalFL", "torrentid": "1"}, "Invalid torrent"),
        ("new", {"spendtype": "VIP", "duration": "max"}, "You must be at least a Power User to buy VIP"),
        ("new", {"spendtype": "upload", "amount": "Max Affordable "}, MIN_UPLOAD),
        ("api", {"spendtype": "millions"}, "Invalid spendtype"),
    ],
)
def test_refusals_are_200_with_a_reason_and_spend_nothing(tracker, session, params, error):
    answer = Visitor(tracker, session).get("/json/bonusBuy.php", **params)
    assert (answer.status_code, answer.json()) == (200, {"success": False, "error": error})
    assert tracker.world.purchases == []
    assert tracker.journal.entries[-1].refused == error


@pytest.mark.parametrize(("days_left", "buys"), [(83, True), (83.01, False), (89.4, False)])
def test_a_vip_purchase_adds_a_week_at_least(tracker, member, days_left, buys):
    tracker.world.member.vip_until = NOW + timedelta(days=days_left)
    answer = member.buy(spendtype="VIP", duration="max")
    assert answer["success"] is buys
    assert buys or answer["error"] == MIN_VIP


def test_too_few_points_for_a_week_is_the_same_refusal(tracker, member):
    tracker.world.member.points = 1_249.9
    assert member.buy(spendtype="VIP", duration="max")["error"] == MIN_VIP


def test_vip_may_demand_the_ratio_of_a_power_user(tracker, member):
    tracker.behaviour.vip_needs_ratio = True
    tracker.world.member.downloaded = tracker.world.member.uploaded
    assert member.buy(spendtype="VIP", duration="max")["success"] is False


def test_amount_with_vip_is_not_found(tracker, member):
    assert member.get("/json/bonusBuy.php", spendtype="VIP", amount="max").status_code == 404
    assert tracker.world.purchases == []


def test_upload_is_booked_whole(member):
    answer = member.buy(spendtype="upload", amount="50")
    assert answer == {
        "success": True,
        "type": "upload",
        "amount": 50,
        "seedbonus": 36250.091,
        "uploaded": 493599116493,
        "downloaded": 129385889792,
        "uploadFancy": "459.70 GiB",
        "downloadFancy": "120.50 GiB",
        "ratio": 3.81,
    }
    assert member.json("/jsonLoad.php")["uploaded_bytes"] == 493599116493


def test_max_affordable_has_a_trailing_space(tracker, member):
    assert member.get("/json/bonusBuy.php?spendtype=upload&amount=Max%20Affordable%20").json()["amount"] == 122
    tracker.world.member.points = 99_999.0
    assert member.get("/json/bonusBuy.php?spendtype=upload&amount=Max%20Affordable").json()["success"] is False


def test_wedges_for_points_and_for_cheese(tracker, member):
    assert member.buy(spendtype="wedges", source="points")["seedbonus"] == 11250.091
    tracker.world.member.cheese = 5
    assert member.buy(spendtype="wedges", source="cheese")["cheese"] == 0
    assert tracker.world.member.wedges == 9


@pytest.mark.parametrize("path", ["/json/bonusBuy.php", "/json/bonusBuy.php/", "/json/bonusBuy.php/1795608000000"])
def test_personal_freeleech_shows_later_and_only_once(tracker, path):
    member = Visitor(tracker, "browser")
    answer = member.json(path, spendtype="personalFL", torrentid=str(small.PLAIN), timestamp="1795608000000")
    assert answer == {"success": True, "type": "personalFL", "seedbonus": "61250.091", "FLleft": 6}
    assert member.search(id=small.PLAIN)["data"][0]["personal_freeleech"] == 0
    tracker.world.clock.advance(timedelta(minutes=11))
    assert member.search(id=small.PLAIN)["data"][0]["personal_freeleech"] == 1
    again = member.json(path, spendtype="personalFL", torrentid=str(small.PLAIN))
    assert again["error"] == "This is already a personal freeleech"


@pytest.mark.parametrize("session", ["api", "asn"])
def test_personal_freeleech_is_closed_to_api_sessions(tracker, session):
    answer = Visitor(tracker, session).get("/json/bonusBuy.php", spendtype="personalFL", torrentid=str(small.PLAIN))
    assert (answer.status_code, answer.text) == (410, "Not allowed via API")
    assert tracker.world.purchases == []
    assert tracker.world.member.wedges == 7


@pytest.mark.parametrize("kind", ["gift", "sendWedge"])
def test_what_programs_must_not_do_is_refused_and_told(tracker, member, kind):
    assert member.buy(spendtype=kind, giftTo="newmouse", amount="100")["success"] is False
    assert [entry.fields["spendtype"] for entry in tracker.journal.forbidden()] == [kind]
    assert tracker.world.purchases == []


def test_a_refused_purchase_turns_the_cookie_too(member):
    before = member.cookies["mam_id"]
    member.buy(spendtype="VIP", duration="8")
    assert member.cookies["mam_id"] != before
