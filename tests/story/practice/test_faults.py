"""Every trouble: what the client sees, what the site did, and whether the cookie turned."""

from __future__ import annotations

import threading
from typing import NamedTuple

import httpx
import pytest

from mamctl.practice.tracker import FaultKind, PracticeTracker, small_world
from tests.kit.practice_fixtures import NOW, Visitor, set_cookies

BUY = {"spendtype": "VIP", "duration": "max"}
STORE, ACCOUNT = "/json/bonusBuy.php", "/jsonLoad.php"


class Outcome(NamedTuple):
    """What one purchase under one trouble must look like."""

    kind: FaultKind
    details: dict
    status: int
    body: bytes | None
    bought: int
    turned: bool


OUTCOMES = [
    Outcome(FaultKind.SLOW, {"seconds": 0.01}, 200, None, 1, True),
    Outcome(FaultKind.STATUS, {"status": 500}, 500, None, 0, False),
    Outcome(FaultKind.STATUS, {"status": 502}, 502, None, 0, False),
    Outcome(FaultKind.STATUS, {"status": 503, "retry_after": "120"}, 503, None, 0, False),
    Outcome(FaultKind.STATUS, {"status": 403}, 403, None, 0, False),
    Outcome(FaultKind.STATUS, {"status": 504, "applies": True}, 504, None, 1, False),
    Outcome(FaultKind.THROTTLED, {}, 429, b"<h1>429 Too Many Requests</h1>", 0, False),
    Outcome(FaultKind.THROTTLED, {"retry_after": "30"}, 429, None, 0, False),
    Outcome(FaultKind.HTML, {}, 200, None, 0, False),
    Outcome(FaultKind.EMPTY, {}, 200, b"", 0, False),
    Outcome(FaultKind.BODY, {"text": "[1, 2"}, 200, b"[1, 2", 0, False),
    Outcome(FaultKind.TRUNCATED, {}, 200, b'{"success": true, "type": "VIP", "am', 1, True),
    Outcome(
        FaultKind.WRONG_TYPES,
        {},
        200,
        b'{"success": {"value": true}, "type": ["VIP"], "amount": {"value": 10.0}, "seedbonus": {"value": 48750.091}}',
        1,
        True,
    ),
    Outcome(
        FaultKind.CHANGED_PAGE,
        {},
        200,
        b'{"neo_success": true, "neo_type": "VIP", "neo_amount": 10.0, "neo_seedbonus": 48750.091}',
        1,
        True,
    ),
    Outcome(
        FaultKind.REFUSED,
        {"text": "Not enough bonus, s1"},
        200,
        b'{"success": false, "error": "Not enough bonus, s1"}',
        0,
        True,
    ),
    Outcome(FaultKind.DEAD_SESSION, {}, 403, b"Invalid session", 0, False),
]


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda outcome: f"{outcome.kind}{outcome.details or ''}")
def test_outcomes(tracker, member, outcome):
    tracker.behaviour.deletes_cookie = False
    tracker.behaviour.plan(outcome.kind, STORE, **outcome.details)
    answer = member.get(STORE, **BUY)
    assert answer.status_code == outcome.status
    assert outcome.body is None or answer.content == outcome.body
    assert answer.headers.get("retry-after") == outcome.details.get("retry_after")
    assert len(tracker.world.purchases) == outcome.bought
    assert bool(set_cookies(answer)) is outcome.turned
    entry = tracker.journal.entries[-1]
    assert (entry.path, entry.status, entry.trouble) == (STORE, outcome.status, outcome.kind)
    assert member.get(ACCOUNT).status_code == 200, "the trouble was planned once"


@pytest.mark.parametrize(
    ("kind", "bought"), [(FaultKind.RESET, 0), (FaultKind.LOST_ANSWER, 1), (FaultKind.CUT_SHORT, 1)]
)
def test_broken_connections(tracker, member, kind, bought):
    tracker.behaviour.plan(kind, STORE)
    with pytest.raises(httpx.NetworkError if kind is not FaultKind.CUT_SHORT else httpx.RemoteProtocolError):
        member.get(STORE, **BUY)
    assert len(tracker.world.purchases) == bought
    assert tracker.journal.entries[-1].status == (200 if kind is FaultKind.CUT_SHORT else None)


@pytest.mark.parametrize(("rotates", "status"), [(False, 200), (True, 403)])
def test_a_lost_answer_takes_the_cookie_along_only_on_request(tracker, member, rotates, status):
    tracker.behaviour.plan(FaultKind.LOST_ANSWER, STORE, rotates=rotates)
    with pytest.raises(httpx.NetworkError):
        member.get(STORE, **BUY)
    assert member.get(ACCOUNT).status_code == status


def test_troubles_have_a_path_a_beginning_and_an_end(tracker, member):
    tracker.behaviour.plan(FaultKind.STATUS, ACCOUNT, skip=1, times=2)
    assert [member.get(ACCOUNT).status_code for _ in range(5)] == [200, 503, 503, 200, 200]
    tracker.behaviour.plan(FaultKind.STATUS, ACCOUNT, times=None)
    assert member.get("/json/checkCookie.php").status_code == 200
    assert [member.get(ACCOUNT).status_code for _ in range(3)] == [503, 503, 503]
    tracker.behaviour.clear()
    assert member.get(ACCOUNT).status_code == 200


def test_a_huge_body_is_streamed_and_may_be_left(tracker, member):
    tracker.behaviour.plan(FaultKind.HUGE, ACCOUNT, size=3_000_001)
    assert len(member.get(ACCOUNT).content) == 3_000_001
    tracker.behaviour.plan(FaultKind.HUGE, ACCOUNT)
    headers = {"Cookie": f"mam_id={member.cookies['mam_id']}"}
    with httpx.stream("GET", tracker.url + ACCOUNT, headers=headers, trust_env=False, verify=False) as answer:
        member.cookies["mam_id"] = tracker.mam_id
        assert next(answer.iter_bytes(1000)).startswith(b'{"username":"xxx')
    assert member.get(ACCOUNT).status_code == 200


def test_a_changed_page_has_other_names(tracker):
    browser = Visitor(tracker, "browser")
    tracker.behaviour.plan(FaultKind.CHANGED_PAGE, "/store.php")
    text = browser.get("/store.php").text
    assert 'id="neo-currentBonusPoints"' in text
    assert 'id="currentBonusPoints"' not in text


def test_a_trouble_of_json_leaves_a_page_as_it_is(tracker):
    browser = Visitor(tracker, "browser")
    tracker.behaviour.plan(FaultKind.WRONG_TYPES, "/store.php")
    assert 'id="currentBonusPoints"' in browser.get("/store.php").text


def test_nobody_listens_while_unreachable(tracker, member):
    url = tracker.url
    with tracker.unreachable(), pytest.raises(httpx.ConnectError):
        member.get(ACCOUNT)
    assert tracker.url == url
    assert member.get(ACCOUNT).status_code == 200


def test_a_general_delay(tracker, member):
    tracker.behaviour.delay = 0.01
    assert member.get(ACCOUNT).status_code == 200


@pytest.mark.parametrize(("kind", "bought"), [(FaultKind.HOLD_BEFORE, 0), (FaultKind.HOLD_AFTER, 1)])
def test_a_held_request_waits_for_its_release(tracker, member, kind, bought):
    tracker.behaviour.plan(kind, STORE)
    answers = []
    asking = threading.Thread(target=lambda: answers.append(member.get(STORE, **BUY)))
    asking.start()
    assert tracker.wait_until_held()
    assert (answers, len(tracker.world.purchases)) == ([], bought)
    tracker.release()
    asking.join(60)
    assert answers[0].json()["success"] is True
    assert len(tracker.world.purchases) == 1


def test_overlapping_requests_of_one_session_are_told(tracker, member):
    tracker.behaviour.rotation = "never"
    tracker.behaviour.plan(FaultKind.HOLD_BEFORE, STORE)
    asking = threading.Thread(target=lambda: member.get(STORE, **BUY))
    asking.start()
    assert tracker.wait_until_held()
    Visitor(tracker, "asn").get(ACCOUNT)
    assert tracker.journal.overlapping() == []
    member.get(ACCOUNT)
    tracker.release()
    asking.join(60)
    assert [entry.path for entry in tracker.journal.overlapping()] == [ACCOUNT]


def test_requests_one_after_another_never_overlap(tracker, member):
    with httpx.Client(base_url=tracker.url, trust_env=False, verify=False) as client:
        for _ in range(50):
            assert client.get(ACCOUNT, headers={"Cookie": f"mam_id={tracker.mam_id}"}).status_code == 200
    assert tracker.journal.overlapping() == []
    assert len(tracker.journal.of(ACCOUNT)) == 50


def test_stopping_lets_held_requests_go(member):
    with PracticeTracker(small_world(NOW)) as tracker:
        tracker.behaviour.plan(FaultKind.HOLD_BEFORE)
        visitor = Visitor(tracker)
        ended = []

        def ask():
            try:
                ended.append(visitor.get(ACCOUNT))
            except httpx.HTTPError as error:
                ended.append(error)

        asking = threading.Thread(target=ask)
        asking.start()
        assert tracker.wait_until_held()
    asking.join(60)
    assert len(ended) == 1


def test_the_journal_has_who_asked_and_no_secret(tracker, member):
    member.ask("GET", f"{ACCOUNT}?mam_id=leak&snatch_summary", headers={"User-Agent": "mamctl/1 (+me)"})
    entry = tracker.journal.entries[-1]
    assert (entry.number, entry.session, entry.user_agent) == (1, "api", "mamctl/1 (+me)")
    assert entry.fields == {"mam_id": "***", "snatch_summary": ""}
    assert entry.at == NOW
    tracker.journal.clear()
    assert tracker.journal.paths() == []


def test_a_fault_of_the_practice_tracker_itself_is_not_hidden():
    tracker = PracticeTracker(small_world(NOW)).start()
    del tracker.world.accounts[123_456]
    assert Visitor(tracker).get(ACCOUNT).status_code == 500
    with pytest.raises(RuntimeError, match="KeyError"):
        tracker.__exit__(None, None, None)
