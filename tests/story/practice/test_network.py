"""jsonIp, dynamicSeedbox, checkCookie and the bonus history."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from mamctl.practice.tracker import FaultKind, Shape
from mamctl.practice.tracker.state import Exchange
from tests.kit.practice_fixtures import NOW, Visitor

SEEDBOX = "/json/dynamicSeedbox.php"
HERE = {"ip": "203.0.113.7", "ASN": 64500, "AS": "Example ISP"}


def test_the_address_is_told_once_a_minute_without_a_cookie(tracker):
    ask = lambda: httpx.get(f"{tracker.url}/json/jsonIp.php", trust_env=False)  # noqa: E731
    assert ask().json() == {**HERE, "time": int(NOW.timestamp())}
    assert ask().status_code == 429
    tracker.world.clock.advance(timedelta(minutes=1))
    assert ask().status_code == 200
    tracker.behaviour.ip_rule = False
    assert ask().status_code == 200


def test_the_seedbox_rule_of_one_change_an_hour(tracker, member):
    def ask():
        answer = member.get(SEEDBOX)
        return answer.status_code, answer.json()["Success"], answer.json()["msg"]

    tracker.world.sessions["api"].kind = tracker.world.sessions["asn"].kind
    assert ask() == (200, True, "Completed")
    assert ask() == (200, True, "No change")
    tracker.world.caller.ip = "203.0.113.8"
    tracker.world.clock.advance(timedelta(minutes=59))
    assert ask() == (429, False, "Last change too recent")
    tracker.world.clock.advance(timedelta(minutes=1))
    assert ask() == (200, True, "Completed")


@pytest.mark.parametrize(
    ("prepare", "session", "msg"),
    [
        (lambda t, v: v.cookies.clear(), "api", "No Session Cookie"),
        (lambda t, v: v.cookies.update(mam_id="x" * 80), "api", "Invalid session"),
        (lambda t, v: v.cookies.update(mam_id="short"), "api", "Invalid session - Invalid Cookie"),
        (lambda t, v: setattr(t.world.sessions["api"], "alive", False), "api", "Invalid session"),
        (lambda t, v: setattr(t.world.caller, "ip", "198.51.100.1"), "api", "Invalid session - IP mismatch"),
        (lambda t, v: setattr(t.world.caller, "asn", 64501), "asn", "Invalid session - ASN mismatch"),
        (lambda t, v: None, "asn", "Incorrect session type - not allowed this function"),
        (lambda t, v: None, "browser", "Incorrect session type - non-API session"),
        (lambda t, v: t.behaviour.plan(FaultKind.ASN_MISMATCH), "api", "Invalid session - ASN mismatch"),
    ],
)
def test_the_seedbox_says_every_refusal_in_json(tracker, prepare, session, msg):
    visitor = Visitor(tracker, session)
    prepare(tracker, visitor)
    answer = visitor.get(SEEDBOX)
    assert answer.status_code == 403
    assert answer.json()["msg"] == msg
    assert answer.json()["ASN"] == tracker.world.caller.asn


@pytest.mark.parametrize(
    ("shape", "session", "text"),
    [
        (Shape.JSON, "api", '{"Success": true}'),
        (Shape.TEXT, "api", "Success: true"),
        (Shape.SESSION_TYPE, "api", "Session type - API session with IP locking"),
        (Shape.SESSION_TYPE, "asn", "Session type - API session with ASN locking"),
    ],
)
def test_a_good_cookie_in_three_forms(tracker, shape, session, text):
    tracker.behaviour.check_cookie = shape
    assert Visitor(tracker, session).get("/json/checkCookie.php").text == text


def test_the_history_is_filtered_and_newest_first(tracker, member):
    tracker.world.exchanges += [
        Exchange(NOW, 123_456, "giftPoints", -100, other_uid=123_457),
        Exchange(NOW + timedelta(hours=1), 123_456, "torrentThanks", -50, tid=900_001),
        Exchange(NOW, 123_457, "millionaires", -2000),
    ]
    member.buy(spendtype="VIP", duration="max")
    rows = member.json("/json/userBonusHistory.php")
    assert [row["type"] for row in rows] == ["torrentThanks", "giftPoints"]
    assert rows[0]["title"] == "Example Saga"
    assert rows[1] == {
        "timestamp": NOW.timestamp(),
        "amount": -100,
        "type": "giftPoints",
        "tid": None,
        "title": None,
        "other_userid": 123_457,
        "other_name": "newmouse",
    }
    assert member.json("/json/userBonusHistory.php", other_userid="123457") == rows[1:]
    assert member.json("/json/userBonusHistory.php", **{"type[]": ["wedgePF", "giftWedge"]}) == []
