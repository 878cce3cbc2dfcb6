"""The cookie: how it turns, and every way in which a session is refused."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from mamctl.practice.tracker import DeadForm, FaultKind, Rotation
from tests.kit.practice_fixtures import NOW, SEARCH, Visitor, set_cookies

ACCOUNT = "/jsonLoad.php"
UNKNOWN = "x" * 80


def attributes(header):
    _, *parts = header.split("; ")
    return dict(part.partition("=")[::2] for part in parts)


def test_every_accepted_answer_turns_the_cookie_and_sets_uid_too(member):
    seen = {member.cookies["mam_id"]}
    for path in (ACCOUNT, SEARCH, "/json/checkCookie.php", "/json/bonusBuy.php", "/json/dynamicSeedbox.php"):
        answer = member.get(path)
        assert [header.partition("=")[0] for header in set_cookies(answer)] == ["mam_id", "uid"]
        seen.add(member.cookies["mam_id"])
    assert len(seen) == 6


def test_the_attributes_are_those_of_the_real_site(member):
    for header in set_cookies(member.get(ACCOUNT)):
        found = attributes(header)
        expires = parsedate_to_datetime(found.pop("expires"))
        assert expires == NOW + timedelta(days=15)
        assert found == {
            "Max-Age": "1296000",
            "path": "/",
            "domain": ".myanonamouse.net",
            "secure": "",
            "SameSite": "Lax",
        }


def test_values_hold_url_escapes_that_must_come_back_untouched(tracker, member):
    assert "%" in member.cookies["mam_id"]
    assert tracker.mam_id == member.cookies["mam_id"]
    assert member.get(ACCOUNT).status_code == 200


def test_the_old_value_is_dead_at_once(member):
    assert member.ask("GET", ACCOUNT, keep=False).status_code == 200
    assert member.ask("GET", ACCOUNT, keep=False).status_code == 403


def test_the_old_value_may_have_a_grace_of_some_requests(tracker, member):
    tracker.behaviour.grace = 2
    assert [member.ask("GET", ACCOUNT, keep=False).status_code for _ in range(4)] == [200, 200, 200, 403]


def test_no_rotation_at_all(tracker, member):
    tracker.behaviour.rotation = Rotation.NEVER
    answers = [member.ask("GET", ACCOUNT, keep=False) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert not any(set_cookies(answer) for answer in answers)


def test_the_same_value_again(tracker, member):
    tracker.behaviour.rotation = Rotation.SAME_VALUE
    before = member.cookies["mam_id"]
    assert before in set_cookies(member.get(ACCOUNT))[0]
    assert member.get(ACCOUNT).status_code == 200


def test_loopback_cookies_without_a_domain_on_request(tracker, member):
    tracker.behaviour.cookie_domain = None
    assert "domain" not in attributes(set_cookies(member.get(ACCOUNT))[0])


@pytest.mark.parametrize(
    ("form", "status", "body", "location"),
    [
        (DeadForm.FORBIDDEN_TEXT, 403, b"Invalid session", None),
        (DeadForm.FORBIDDEN_JSON, 403, b'{"Success": false, "Error": "Invalid session"}', None),
        (DeadForm.UNAUTHORIZED, 401, b"<h1>401 Unauthorized</h1>", None),
        (DeadForm.REDIRECT, 302, b"", "/login.php?returnto=%2FjsonLoad.php"),
        (DeadForm.LOGIN_PAGE, 200, None, None),
        (DeadForm.EMPTY, 200, b"", None),
    ],
)
@pytest.mark.parametrize("deletes", [True, False])
def test_the_forms_of_a_dead_session(tracker, member, form, status, body, location, deletes):
    tracker.behaviour.dead_form = form
    tracker.behaviour.deletes_cookie = deletes
    tracker.world.sessions["api"].alive = False
    answer = member.get(ACCOUNT)
    assert answer.status_code == status
    assert answer.headers.get("location") == location
    if body is None:
        assert "<title>Login | My Anonamouse</title>" in answer.text
        assert "<h1>Not logged in!</h1>" in answer.text
    else:
        assert answer.content == body
    deleted = [header for header in set_cookies(answer) if header.startswith("mam_id=deleted; ")]
    assert [attributes(header)["Max-Age"] for header in deleted] == (["0"] if deletes else [])


@pytest.mark.parametrize(
    ("session", "field", "value", "text"),
    [
        ("api", "ip", "198.51.100.1", "Invalid session - IP mismatch"),
        ("asn", "asn", 64501, "Invalid session - ASN mismatch"),
    ],
)
def test_elsewhere_a_locked_session_is_refused_but_lives(tracker, session, field, value, text):
    home = getattr(tracker.world.caller, field)
    visitor = Visitor(tracker, session)
    setattr(tracker.world.caller, field, value)
    answer = visitor.get(ACCOUNT)
    assert (answer.status_code, answer.text, set_cookies(answer)) == (403, text, [])
    setattr(tracker.world.caller, field, home)
    assert visitor.get(ACCOUNT).status_code == 200


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (FaultKind.IP_MISMATCH, "Invalid session - IP mismatch"),
        (FaultKind.ASN_MISMATCH, "Invalid session - ASN mismatch"),
        (FaultKind.WRONG_SESSION_TYPE, "Incorrect session type - not allowed this function"),
        (FaultKind.DEAD_SESSION, "Invalid session"),
    ],
)
def test_a_refusal_may_be_planned_for_one_request(tracker, member, kind, text):
    tracker.behaviour.plan(kind, ACCOUNT)
    answer = member.get(ACCOUNT)
    assert (answer.status_code, answer.text) == (403, text)
    assert member.get(ACCOUNT).status_code == 200


def test_a_planned_dead_session_has_its_own_form(tracker, member):
    tracker.behaviour.plan(FaultKind.DEAD_SESSION, ACCOUNT, dead_form=DeadForm.REDIRECT)
    assert member.get(ACCOUNT).status_code == 302


def test_an_unused_session_dies_when_the_mood_says_so(tracker, member):
    tracker.world.clock.advance(timedelta(days=14))
    assert member.get(ACCOUNT).status_code == 200
    tracker.behaviour.session_days = 15
    tracker.world.clock.advance(timedelta(days=14))
    assert member.get(ACCOUNT).status_code == 200
    tracker.world.clock.advance(timedelta(days=16))
    assert member.get(ACCOUNT).status_code == 403


def test_two_sessions_of_one_member_do_not_disturb_each_other(tracker, member):
    other = Visitor(tracker, "asn")
    for visitor in (member, other, member, other):
        assert visitor.get(ACCOUNT).status_code == 200


def test_requests_without_a_cookie_are_refused_and_delete_nothing(tracker, member):
    member.cookies = {}
    answer = member.get(ACCOUNT)
    assert (answer.status_code, answer.text, set_cookies(answer)) == (403, "No Session Cookie", [])
