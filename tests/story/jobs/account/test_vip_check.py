"""The daily task end to end over HTTP: decisions, one purchase, settling, failing steps."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from mamctl.domain.account.pending import Wanted
from mamctl.domain.account.policy import VipPolicy
from mamctl.domain.account.vip import Outcome
from mamctl.practice.tracker import FaultKind, PracticeTracker
from mamctl.store.account.decisions import past_decisions
from mamctl.store.account.pending import add_pending, list_pending
from mamctl.store.account.purchases import open_claim, points_spent
from tests.kit.member import Member
from tests.kit.practice_fixtures import tracker

__all__ = ["tracker"]

BUY = "/json/bonusBuy.php"
ACCOUNT = "/jsonLoad.php"


@pytest.fixture
def member(tracker: PracticeTracker, tmp_path: Path) -> Member:
    return Member(tracker, tmp_path)


def outcome(result) -> Outcome:
    return result.decision.outcome


@pytest.mark.spec("VIP-1")
@pytest.mark.spec("VIP-2")
def test_a_whole_day_reads_decides_renews_syncs_and_works_the_list(member: Member) -> None:
    with member.store() as db:
        add_pending(db, Wanted("The Time Machine", "H. G. Wells"), member.now(), auto_download=False)
    result, run, fatal_error = member.day()
    assert fatal_error is None
    assert run.status == "ok"
    assert [(s.name, s.outcome) for s in result.steps] == [
        ("read the account", "done"),
        ("settle", "done"),
        ("look for the wanted titles", "done"),
        ("renew", "done"),
        ("sync the rules", "done"),
        ("work the pending list", "done"),
    ]
    assert outcome(result) is Outcome.RENEWED
    assert member.bought() == 1
    standing = result.standing
    assert standing.status == "active"
    assert 89.9 < standing.days_left <= 90
    assert standing.points == pytest.approx(61_250.091 - 12_500, abs=1)
    assert standing.points_spent == pytest.approx(12_500, abs=2)
    assert (standing.user_class, standing.wedges) == ("VIP", 7)
    assert (standing.unsatisfied.count, standing.unsatisfied.limit) == (3, 150)
    assert standing.uploaded_bytes == 439_912_025_293
    assert result.pending.became_free == ("The Time Machine",)


@pytest.mark.spec("VIP-3")
def test_no_renewal_while_thirty_days_or_more_are_left(member: Member) -> None:
    member.expire_in(days=30)
    assert outcome(member.day()[0]) is Outcome.SKIPPED
    member.expire_in(days=29, hours=23)
    assert outcome(member.day()[0]) is Outcome.RENEWED


@pytest.mark.spec("VIP-3")
def test_a_lapsed_vip_is_renewed(member: Member) -> None:
    member.tracker.world.member.vip_until = None
    assert outcome(member.day()[0]) is Outcome.RENEWED
    assert member.bought() == 1


@pytest.mark.spec("VIP-4")
def test_the_balance_must_cover_the_price_and_what_is_to_stay(member: Member) -> None:
    member.expire_in(days=20)
    member.points(12_999)
    result, _, _ = member.day()
    assert outcome(result) is Outcome.SKIPPED
    assert [c.name for c in result.decision.conditions if not c.holds] == ["affordable"]
    member.points(13_001)
    assert outcome(member.day()[0]) is Outcome.RENEWED


@pytest.mark.spec("VIP-5")
def test_a_shortage_is_needed_unless_the_person_lifts_it(member: Member) -> None:
    member.policy = VipPolicy(auto_renew=True)
    assert outcome(member.day()[0]) is Outcome.SKIPPED
    member.want("Not On The Site")
    member.want("Example Saga")  # there, and free in no way
    member.want("Freely Given")
    member.list_torrent("Freely Given", free=True, vip=True)
    assert outcome(member.day()[0]) is Outcome.SKIPPED
    member.want("For VIP")
    member.list_torrent("For VIP", vip=True)
    result, _, _ = member.day()
    assert outcome(result) is Outcome.RENEWED
    assert {c.name: c.detail for c in result.decision.conditions}["shortage"] == (
        "1 wanted title is free through VIP only"
    )
    assert member.bought() == 1


@pytest.mark.spec("VIP-5")
def test_vip_active_or_lapsed_a_title_free_through_vip_only_is_a_shortage_at_once(member: Member) -> None:
    member.policy = VipPolicy(auto_renew=True)
    member.tracker.world.member.vip_until = None
    member.want("For VIP")
    member.list_torrent("For VIP", vip=True)
    result, _, _ = member.day()
    assert outcome(result) is Outcome.RENEWED
    assert result.pending.became_free == ("For VIP",)  # judged by VIP as it is after the renewal
    assert result.pending.needs_vip == 1


@pytest.mark.spec("VIP-5")
def test_a_finding_older_than_a_week_is_no_shortage(member: Member) -> None:
    member.policy = VipPolicy(auto_renew=False)
    member.want("For VIP")
    member.list_torrent("For VIP", vip=True)
    assert "shortage" not in [c.name for c in member.day()[0].decision.conditions if not c.holds]
    member.pending_searches = 0
    member.later(days=7)
    assert "shortage" not in [c.name for c in member.day()[0].decision.conditions if not c.holds]
    member.later(days=1)
    assert "shortage" in [c.name for c in member.day()[0].decision.conditions if not c.holds]


@pytest.mark.spec("VIP-5")
@pytest.mark.spec("VIP-10")
@pytest.mark.parametrize("author_info", ["", "null", '{"7": ""}'])
def test_a_torrent_that_is_perhaps_the_title_buys_nothing_and_is_listed_once(member: Member, author_info: str) -> None:
    member.policy = VipPolicy(auto_renew=True)
    member.want("For VIP")
    member.list_torrent("For VIP", vip=True, author_info=author_info)
    result, run, _ = member.day()
    assert outcome(result) is Outcome.SKIPPED
    assert [problem.code for problem in run.problems] == ["pending_in_doubt"]
    assert "torrent 910001" in run.problems[0].message
    assert (result.pending.in_doubt, result.pending.new_doubts) == (1, ("For VIP",))
    assert (result.pending.available_free, result.pending.ready) == (0, ())
    result, run, _ = member.day()
    assert run.problems == []
    assert (result.pending.in_doubt, result.pending.new_doubts) == (1, ())
    with member.store() as db:
        (item,) = list_pending(db)
    assert "perhaps torrent 910001" in (item.note or "")
    assert item.status == "pending"
    assert member.bought() == 0


@pytest.mark.spec("VIP-10")
@pytest.mark.parametrize(
    ("title", "author", "torrent"),
    [
        ("Salt Road", "R.A. Nimble", {"title": "Salt Road", "authors": ["R A Nimble"]}),
        ("The Salt Road: A Novel", "Robert Nimble", {"title": "The Salt Road", "authors": ["R A Nimble"]}),
        ("Catch Twenty-Two", "Mara Vell", {"title": "Catch 22", "authors": ["Mara Vell"]}),
        ("The Kings Road", "Mara Vell", {"title": "The King's Road", "authors": ["Mara Vell"]}),
        ("日本語の本", "村上", {"title": "日本語の本", "authors": ["村上"]}),
        ("Él último", "José Ñandú", {"title": "Él último: Costa, Libro 1", "authors": ["José Ñandú"]}),
        ("Salt Road", "Mara Vell", {"title": "Salt Road", "author_info": '{"7": "Mara "MV" Vell", "8": "Tom Asher"}'}),
        ("Salt Road", "Mara Vell", {"title": "Salt Road", "author_info": '"{\\"7\\": \\"Mara Vell\\"}"'}),
    ],
)
def test_a_title_is_found_however_it_is_written(member: Member, title: str, author: str, torrent: dict) -> None:
    member.want(title, author)
    member.list_torrent(**{"authors": ["Mara Vell"]} | torrent, free=True)
    result, run, _ = member.day()
    assert result.pending.available_free == 1, run.problems


def test_where_the_site_does_not_answer_the_look_ends_and_the_day_decides(member: Member) -> None:
    member.expire_in(days=5)
    for n in range(4):
        member.want(f"Title {n}")
    member.tracker.behaviour.plan(FaultKind.STATUS, "/tor/js", status=503, times=9)
    result, _, _ = member.day()
    assert outcome(result) is Outcome.RENEWED
    assert len([p for p in member.tracker.journal.paths() if "/tor/js" in p]) <= 2
    assert result.pending.unchecked == 4


@pytest.mark.spec("VIP-6")
def test_the_ratio_emergency_blocks(member: Member) -> None:
    member.emergency = True
    result, _, _ = member.day()
    assert outcome(result) is Outcome.SKIPPED
    assert member.bought() == 0


@pytest.mark.spec("VIP-7")
def test_every_condition_is_recorded_and_a_coming_lapse_is_an_attention(member: Member) -> None:
    member.policy = VipPolicy(auto_renew=False)
    member.expire_in(days=6)
    result, run, _ = member.day()
    assert run.status == "attention"
    assert [problem.code for problem in run.problems] == ["vip_will_lapse"]
    with member.store() as db:
        (past,) = past_decisions(db, 5)
    assert past.outcome == "skipped"
    assert past.conditions == result.decision.conditions
    assert [c.name for c in past.conditions] == [
        "auto_renew",
        "class",
        "due",
        "adds_a_week",
        "affordable",
        "shortage",
        "no_ratio_emergency",
        "unclaimed",
        "not_refused",
        "clock",
    ]
    member.later(days=7)
    _, run, _ = member.day()
    assert [problem.code for problem in run.problems] == ["vip_lapsed"]


@pytest.mark.spec("VIP-8")
def test_a_second_run_of_the_same_window_buys_nothing(member: Member) -> None:
    member.day()
    member.expire_in(days=20)  # a stale answer: the site shows the expiry from before the purchase
    result, _, _ = member.day()
    assert [c.name for c in result.decision.conditions if not c.holds] == ["unclaimed"]
    assert member.bought() == 1
    member.expire_in(days=21)  # another window
    member.day()
    assert member.bought() == 2


@pytest.mark.spec("VIP-8")
@pytest.mark.parametrize("kind", [FaultKind.LOST_ANSWER, FaultKind.TRUNCATED, FaultKind.EMPTY, FaultKind.HTML])
def test_a_purchase_whose_answer_is_lost_is_found_by_looking(member: Member, kind: FaultKind) -> None:
    member.tracker.behaviour.plan(kind, BUY)
    result, _, _ = member.day()
    if kind is FaultKind.LOST_ANSWER:  # applied, and seen at once
        assert outcome(result) is Outcome.RENEWED
    for _ in range(3):
        member.later(hours=1)
        member.day()
    assert member.bought() == 1
    with member.store() as db:
        assert open_claim(db) is None
        assert points_spent(db) == pytest.approx(12_500, abs=15)


@pytest.mark.spec("VIP-8")
def test_nobody_is_told_to_buy_while_a_purchase_is_unsettled(member: Member) -> None:
    member.expire_in(days=5)
    member.tracker.behaviour.plan(FaultKind.LOST_ANSWER, BUY)
    member.tracker.behaviour.plan(FaultKind.STATUS, ACCOUNT, skip=1)  # the look after the loss fails too
    _, run, _ = member.day()
    remedies = {problem.code: problem.remedy for problem in run.problems}
    assert set(remedies) == {"purchase_unknown", "vip_will_lapse"}
    assert all("not buy" in remedy for remedy in remedies.values())
    assert member.bought() == 1


@pytest.mark.spec("VIP-8")
def test_a_purchase_that_never_arrived_is_made_later_once(member: Member) -> None:
    member.tracker.behaviour.plan(FaultKind.RESET, BUY)
    result, run, _ = member.day()
    assert outcome(result) is Outcome.FAILED
    assert "purchase_unknown" in {problem.code for problem in run.problems}
    result, run, _ = member.day()  # too early to tell: the answer may still be under way
    assert outcome(result) is Outcome.SKIPPED
    assert "purchase_unsettled" in {problem.code for problem in run.problems}
    member.later(minutes=16)
    result, _, _ = member.day()
    assert result.settled.state == "not_applied"
    assert outcome(result) is Outcome.RENEWED
    assert member.bought() == 1


@pytest.mark.spec("VIP-8")
def test_points_that_went_without_vip_growing_wait_for_a_person(member: Member) -> None:
    member.tracker.behaviour.plan(FaultKind.RESET, BUY)
    member.day()
    member.points(61_250 - 12_500)  # somebody spent as much elsewhere
    member.later(days=2)
    result, _, _ = member.day()
    assert result.settled.state == "claimed"
    assert outcome(result) is Outcome.SKIPPED
    assert member.bought() == 0


def test_a_refusal_carries_the_sites_own_words(member: Member) -> None:
    member.tracker.behaviour.plan(FaultKind.REFUSED, BUY, text="Not today")
    result, run, _ = member.day()
    assert outcome(result) is Outcome.FAILED
    assert "“Not today”" in result.decision.reason
    assert run.status == "partial"


@pytest.mark.spec("VIP-11")
def test_a_refusal_is_asked_for_again_after_a_week_or_when_the_class_changes(member: Member) -> None:
    account = member.tracker.world.member
    member.expire_in(days=20)
    member.tracker.behaviour.plan(FaultKind.REFUSED, BUY, text="Not today")
    assert outcome(member.day()[0]) is Outcome.FAILED
    for _ in range(5):
        member.later(days=1)
        result, run, _ = member.day()
        assert outcome(result) is Outcome.SKIPPED
        assert "the site refused" in result.decision.reason
        assert run.status == "ok"
    assert member.tracker.journal.paths().count(BUY) == 1
    member.later(days=2)
    assert outcome(member.day()[0]) is Outcome.RENEWED

    account.vip_until = None
    member.tracker.behaviour.plan(FaultKind.REFUSED, BUY, text="Not today")
    assert outcome(member.day()[0]) is Outcome.FAILED
    assert outcome(member.day()[0]) is Outcome.SKIPPED
    member.expire_in(days=20)  # the class is VIP again
    assert outcome(member.day()[0]) is Outcome.RENEWED


@pytest.mark.spec("VIP-11")
@pytest.mark.parametrize("rank", ["Elite VIP", "Elite", "Supporter", "Mouseketeer", "Uploader", "Moderator"])
def test_a_class_that_has_vip_for_good_is_never_sold_any(member: Member, rank: str) -> None:
    member.expire_in(days=3)
    member.day(dry_run=True)
    member.tracker.world.member.rank = rank
    result, run, _ = member.day()
    assert BUY not in member.tracker.journal.paths()
    assert [c.name for c in result.decision.conditions if not c.holds] == ["class", "due"]
    assert run.problems == []
    standing = result.standing
    assert (standing.status, standing.vip_for_good, standing.ring_fenced) == ("active", True, 0)
    with member.store() as db:
        (past,) = past_decisions(db, 5)
    assert "has VIP for good" in past.reason


@pytest.mark.spec("VIP-11")
@pytest.mark.parametrize("rank", ["User", "Mouse", "New Member"])
def test_a_class_that_may_not_buy_is_not_asked_for(member: Member, rank: str) -> None:
    member.tracker.world.member.rank = rank
    member.tracker.world.member.vip_until = None
    for _ in range(3):
        result, _, _ = member.day()
        assert "class" in [c.name for c in result.decision.conditions if not c.holds]
        member.later(days=1)
    assert BUY not in member.tracker.journal.paths()


@pytest.mark.spec("VIP-11")
def test_an_unknown_class_without_an_end_of_vip_is_an_attention(member: Member) -> None:
    member.tracker.behaviour.account_facts = {"classname": "Patron of Mice", "vip_until": None}
    _, run, _ = member.day()
    assert [problem.code for problem in run.problems] == ["class_unknown"]
    assert member.bought() == 0


@pytest.mark.spec("VIP-11")
@pytest.mark.parametrize("written", ["Never", "2026-13-45", "0001-01-01 00:00:00", "9999-12-31 23:59:59", None])
def test_an_end_of_vip_that_cannot_be_read_is_an_attention(member: Member, written: str | None) -> None:
    member.tracker.behaviour.account_facts = {"vip_until": written}
    _, run, _ = member.day()
    assert [problem.code for problem in run.problems] == ["vip_expiry_unknown"]
    assert run.status == "attention"
    assert member.bought() == 0


@pytest.mark.parametrize(
    "facts",
    [
        {"uploaded_bytes": 10**20, "downloaded_bytes": 10**20},
        {"wedges": 10**30, "seedbonus": 10**300},
        {"ratio": 1e308},
        {"ratio": float("nan"), "seedbonus": float("inf")},
        {"classname": "x\ud800"},
        {"username": "\udfff"},
    ],
)
def test_figures_that_make_no_sense_are_unknown_and_the_day_goes_on(member: Member, facts: dict) -> None:
    member.tracker.behaviour.account_facts = facts
    result, run, fatal_error = member.day()
    assert fatal_error is None
    assert [s.outcome for s in result.steps] == ["done"] * 6
    assert "bug" not in {problem.code for problem in run.problems}


@pytest.mark.spec("VIP-1")
def test_a_step_with_a_bug_is_one_failed_step(member: Member) -> None:
    class Broken:
        def __init__(self, api) -> None:
            self.api = api

        def __getattr__(self, name: str):
            return getattr(self.api, name)

        def buy_vip(self, permit):
            return None.accepted  # type: ignore[attr-defined]  # what nobody foresaw

    result, run, fatal_error = member.day(api=Broken(member.api()))
    assert [s.outcome for s in result.steps] == ["done", "done", "done", "failed", "done", "done"]
    (bug,) = (problem for problem in run.problems if problem.code == "bug")
    assert "AttributeError at test_vip_check.py:" in bug.message
    assert (run.status, fatal_error) == ("partial", None)
    with member.store() as db:
        assert open_claim(db) is not None  # a later run settles it


@pytest.mark.spec("VIP-1")
def test_a_failing_step_does_not_stop_the_later_ones(member: Member) -> None:
    member.tracker.behaviour.plan(FaultKind.STATUS, "/tor/js", status=500)
    result, run, fatal_error = member.day()
    assert [s.outcome for s in result.steps] == ["done", "done", "done", "done", "failed", "done"]
    assert run.status == "partial"
    assert fatal_error is None


@pytest.mark.spec("VIP-1")
def test_an_unreadable_account_decides_nothing_but_the_rules_are_still_tried(member: Member) -> None:
    member.tracker.behaviour.plan(FaultKind.TRUNCATED, ACCOUNT)
    result, _, fatal_error = member.day()
    assert fatal_error.slug == "shape_changed"
    assert result.decision is None
    assert [s.outcome for s in result.steps] == ["failed", "done", "done", "done"]
    assert member.bought() == 0


def test_a_dead_session_is_not_hammered(member: Member) -> None:
    member.tracker.world.sessions["api"].alive = False
    result, _, fatal_error = member.day()
    assert fatal_error.exit_code == 12
    assert [s.outcome for s in result.steps] == ["failed", "skipped", "skipped", "skipped"]
    assert len(member.tracker.journal.paths()) == 1


def test_a_dry_run_decides_the_same_and_changes_nothing(member: Member) -> None:
    result, _, _ = member.day(dry_run=True)
    assert outcome(result) is Outcome.WOULD_RENEW
    assert member.bought() == 0
    assert BUY not in member.tracker.journal.paths()
    assert not member.store_path.exists()


def test_a_clock_that_is_far_off_renews_nothing(member: Member) -> None:
    real = member.now
    member.now = lambda: real() + timedelta(days=15)  # type: ignore[method-assign]
    member.expire_in(days=40)
    result, _, _ = member.day()
    assert outcome(result) is Outcome.SKIPPED
    assert "clock" in [c.name for c in result.decision.conditions if not c.holds]


@pytest.mark.spec("VIP-7")
@pytest.mark.spec("VIP-8")
@pytest.mark.parametrize(("kind", "state"), [(FaultKind.LOST_ANSWER, "confirmed"), (FaultKind.RESET, "not_applied")])
def test_history_says_what_became_of_a_renewal_whose_answer_was_lost(
    member: Member, kind: FaultKind, state: str
) -> None:
    member.tracker.behaviour.plan(kind, BUY)
    member.tracker.behaviour.plan(FaultKind.STATUS, ACCOUNT, skip=1)  # the look after the loss fails too
    assert outcome(member.day()[0]) is Outcome.FAILED
    with member.store() as db:
        (past,) = past_decisions(db, 5)
    assert (past.purchase.state, past.purchase.settled_at, past.purchase.settled_by) == ("claimed", None, None)
    member.later(hours=1)
    member.policy = VipPolicy(auto_renew=False)
    member.day()
    with member.store() as db:
        past = past_decisions(db, 5)[-1]
    assert past.outcome == "failed"
    assert (past.purchase.state, past.purchase.settled_by) == (state, "account")
    assert past.purchase.settled_at == member.now()


@pytest.mark.spec("VIP-4")
def test_a_shorter_renewal_on_request_buys_what_the_points_reach(member: Member) -> None:
    member.policy = VipPolicy(auto_renew=True, renew_without_shortage=True, accept_shorter=True, min_points=0)
    member.expire_in(days=8)
    member.points(9_000)
    assert outcome(member.day()[0]) is Outcome.SKIPPED
    member.expire_in(days=5)
    result, _, _ = member.day()
    assert outcome(result) is Outcome.RENEWED
    assert result.purchase.price == 9_000
    assert result.purchase.spent == pytest.approx(9_000, abs=2)
    assert result.standing.days_left == pytest.approx(5 + 7 * 7.2, abs=0.1)


@pytest.mark.spec("VIP-4")
def test_a_shorter_renewal_never_takes_what_is_to_stay(member: Member) -> None:
    member.policy = VipPolicy(auto_renew=True, renew_without_shortage=True, accept_shorter=True)
    member.expire_in(days=5)
    member.points(9_000)
    result, _, _ = member.day()
    assert outcome(result) is Outcome.SKIPPED
    assert "vip.min_points keeps 500" in result.decision.reason
    assert member.bought() == 0


@pytest.mark.spec("VIP-7")
def test_a_vip_that_ends_while_points_are_short_says_when_they_suffice(member: Member) -> None:
    member.expire_in(days=16)
    for day in range(11):
        member.points(3_000 + 500 * day)
        _, run, _ = member.day()
        member.later(days=1)
    (lapse,) = [problem for problem in run.problems if problem.code == "vip_will_lapse"]
    assert lapse.remedy is not None
    assert re.match(r"the points suffice on \d{4}-\d\d-\d\d at this rate; ", lapse.remedy)
