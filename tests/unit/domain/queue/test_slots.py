"""Slots: the events' percentages, every limit, the limiting one, and that more of anything good never gives fewer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.queue.policy import GIB, EventPolicy, QueuePolicy
from mamctl.domain.queue.slots import (
    AccountFigures,
    Events,
    SiteBlock,
    SlotFacts,
    decide_slots,
    event_percent,
    is_saturated,
    ratio_after,
    saturated_now,
    scaled,
)

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
QUEUE = QueuePolicy()
EVENTS = EventPolicy()
ACCOUNT = AccountFigures(unsatisfied=10, limit=150, uploaded=1000 * GIB, downloaded=100 * GIB, seen_at=NOW)
CALM = SlotFacts(account=ACCOUNT, own_unsatisfied=10, disk_free=500 * GIB)


def slots(**facts):
    return decide_slots(replace(CALM, **facts), QUEUE, EVENTS, NOW)


def test_a_calm_day_has_the_configured_slots():
    found = slots()
    assert (found.free, found.paid, found.percent) == (3, 2, 0)
    assert found.limiting == "events_paid"
    assert found.next_slot_at is None


@pytest.mark.spec("EVT-1")
@pytest.mark.parametrize(
    ("freeleech", "bonus", "slow", "percent", "free", "paid"),
    [
        (True, False, False, 50, 4, 3),
        (False, True, False, 30, 3, 2),
        (False, False, True, -20, 2, 1),
        (True, True, True, 60, 4, 3),
        (True, True, False, 80, 5, 3),
    ],
)
def test_events_add_up_and_round_down(freeleech, bonus, slow, percent, free, paid):
    policy = replace(EVENTS, low_upload=1000)
    facts = replace(CALM, events=Events(freeleech, bonus, 500.0 if slow else 5000.0))
    found = decide_slots(facts, replace(QUEUE, per_run=100), policy, NOW)
    assert (found.percent, found.free, found.paid) == (percent, free, paid)


@pytest.mark.spec("EVT-1")
def test_a_bad_day_leaves_one_free_slot():
    assert scaled(3, -100, least=1) == 1
    assert scaled(2, -100, least=0) == 0


def test_low_upload_is_off_until_it_is_set_and_unknown_is_not_low():
    assert event_percent(Events(upload_speed=0.0), EVENTS) == (0, ())
    assert event_percent(Events(upload_speed=None), replace(EVENTS, low_upload=1000)) == (0, ())


@pytest.mark.spec("EVT-1", "QUE-4")
def test_an_emergency_leaves_no_paid_slot():
    found = slots(emergency=True, emergency_since=NOW)
    assert (found.free, found.paid) == (3, 0)
    assert found.limiting == "ratio_emergency"
    assert "2026-11-29 12:00 UTC" in found.reason


@pytest.mark.spec("QUE-2")
def test_the_larger_of_the_two_counts_and_what_neither_shows_are_counted():
    account = replace(ACCOUNT, unsatisfied=140)
    assert slots(account=account).together == 3
    assert slots(account=account, own_unsatisfied=143).together == 2
    assert slots(account=account, own_unsatisfied=143, unseen=1).together == 1
    assert slots(account=account, own_unsatisfied=143, uncounted=4).together == 1
    assert slots(account=account, own_unsatisfied=143, uncounted=5).together == 0


@pytest.mark.spec("QUE-2")
def test_the_allowance_stops_at_the_reserve_and_goes_on_at_twice_that():
    assert is_saturated(145, 150, 5, before=False)
    assert is_saturated(141, 150, 5, before=True)
    assert not is_saturated(140, 150, 5, before=True)
    assert not is_saturated(144, 150, 5, before=False)


@pytest.mark.spec("QUE-2")
def test_the_next_slot_is_when_enough_torrents_have_seeded():
    ends = tuple(NOW + timedelta(hours=hour) for hour in (9, 1, 3, 7, 5, 11))
    found = slots(account=replace(ACCOUNT, unsatisfied=144), uncounted=1, own_freed_at=ends)
    assert found.free == found.paid == 0
    assert found.limiting == "unsatisfied"
    assert found.next_slot_at == NOW + timedelta(hours=9)  # the fifth: 145 must become 140


@pytest.mark.spec("QUE-2")
@pytest.mark.parametrize("unknown", [{"own_unsatisfied": None}, {"account": AccountFigures()}])
def test_an_unknown_count_holds_everything(unknown):
    found = slots(**unknown)
    assert found.free == found.paid == 0
    assert "unknown" in found.reason


def test_an_unknown_disk_or_account_total_holds_paid_downloads_only():
    assert (slots(disk_free=None).free, slots(disk_free=None).paid) == (3, 0)
    nothing = replace(ACCOUNT, uploaded=None)
    assert (slots(account=nothing).free, slots(account=nothing).paid) == (3, 0)


def test_a_full_disk_holds_everything():
    found = slots(disk_free=60 * GIB, reserved_bytes=50 * GIB)
    assert (found.free, found.paid, found.limiting) == (0, 0, "disk")


def test_the_buffer_counts_what_is_still_to_be_charged():
    assert slots().buffer == 400 * GIB
    assert slots(charged_left=300 * GIB).buffer == 100 * GIB
    found = slots(charged_left=400 * GIB)
    assert (found.paid, found.limiting) == (0, "ratio")


@pytest.mark.spec("QUE-2")
def test_a_block_by_the_site_holds_everything_until_its_end():
    until = NOW + timedelta(hours=26)
    found = slots(block=SiteBlock(until, "past the unsatisfied limit"))
    assert (found.free, found.paid, found.limiting, found.next_slot_at) == (0, 0, "site_block", until)
    assert slots(block=SiteBlock(NOW, "over")).free == 3


def test_announce_trouble_holds_everything():
    found = slots(announce_trouble="Unrecognized host/PassKey")
    assert (found.free, found.paid, found.limiting) == (0, 0, "announce")


@pytest.mark.spec("QUE-7")
def test_a_run_and_a_day_are_bounded():
    assert slots(released_in_run=3).limiting == "per_run"
    day = tuple(NOW - timedelta(hours=hour) for hour in range(1, 11))
    found = slots(released_today=day)
    assert (found.free, found.limiting, found.next_slot_at) == (0, "per_day", day[-1] + timedelta(days=1))
    assert slots(released_today=tuple(at - timedelta(days=1) for at in day)).free == 3


@pytest.mark.spec("QUE-7")
def test_failures_in_a_row_stop_the_releases_for_a_day():
    found = slots(failures_in_row=3, last_failure_at=NOW)
    assert (found.free, found.limiting, found.next_slot_at) == (0, "failures", NOW + timedelta(days=1))
    assert slots(failures_in_row=3, last_failure_at=NOW - timedelta(days=1)).free == 3


def test_the_ratio_after_a_download():
    assert ratio_after(ACCOUNT, 100 * GIB) == 5.0
    assert ratio_after(AccountFigures(uploaded=1, downloaded=0), 0) == float("inf")
    assert ratio_after(AccountFigures(), 1) is None


SIZES = st.integers(0, 2000 * GIB)
FACTS = st.builds(
    SlotFacts,
    emergency=st.booleans(),
    events=st.builds(Events, st.booleans(), st.booleans(), st.none() | st.floats(0, 1e7)),
    account=st.builds(
        AccountFigures,
        unsatisfied=st.none() | st.integers(0, 300),
        limit=st.none() | st.integers(0, 300),
        uploaded=st.none() | SIZES,
        downloaded=st.none() | SIZES,
    ),
    own_unsatisfied=st.none() | st.integers(0, 300),
    uncounted=st.integers(0, 20),
    unseen=st.integers(0, 20),
    saturated=st.booleans(),
    free_under_way=st.integers(0, 10),
    paid_under_way=st.integers(0, 10),
    charged_left=SIZES,
    disk_free=st.none() | SIZES,
    reserved_bytes=SIZES,
    released_in_run=st.integers(0, 5),
    failures_in_row=st.integers(0, 5),
)
POLICIES = st.builds(
    QueuePolicy,
    free_slots=st.integers(1, 20),
    paid_slots=st.integers(0, 20),
    unsat_reserve=st.integers(0, 60),
    per_run=st.integers(0, 20),
)


@given(FACTS, POLICIES, SIZES)
def test_more_upload_never_gives_fewer_slots(facts, policy, more):
    account = facts.account
    richer = replace(
        facts, account=replace(account, uploaded=None if account.uploaded is None else account.uploaded + more)
    )
    before, after = (decide_slots(one, policy, EVENTS, NOW) for one in (facts, richer))
    assert after.free >= before.free
    assert after.paid >= before.paid


@given(FACTS, POLICIES, st.integers(0, 50), SIZES)
def test_more_allowance_and_more_disk_never_give_fewer(facts, policy, more, space):
    account = facts.account
    eased = replace(
        facts,
        account=replace(account, limit=None if account.limit is None else account.limit + more),
        disk_free=None if facts.disk_free is None else facts.disk_free + space,
        uncounted=max(0, facts.uncounted - more),
    )
    before, after = (decide_slots(one, policy, EVENTS, NOW) for one in (facts, eased))
    assert after.free >= before.free
    assert after.paid >= before.paid


@given(FACTS, POLICIES)
@pytest.mark.spec("EVT-1")
def test_an_emergency_never_has_a_paid_slot(facts, policy):
    assert decide_slots(replace(facts, emergency=True), policy, EVENTS, NOW).paid == 0


@given(FACTS, POLICIES, st.lists(st.booleans(), max_size=60))
@pytest.mark.spec("QUE-2", "EVT-2")
def test_releases_never_exceed_any_limit(facts, policy, wishes):
    start = left = decide_slots(facts, policy, EVENTS, NOW)
    released = {True: 0, False: 0}
    for paid in wishes:
        if left.may_release(paid=paid):
            left = left.after_release(paid=paid, size=1)
            released[paid] += 1
    for limit in start.limits:
        if limit.slots is not None:
            count = {"all": sum(released.values()), "free": released[False], "paid": released[True]}[limit.kind.value]
            assert count <= max(0, limit.slots)
    if (limit := facts.account.limit) is not None and sum(released.values()):
        assert facts.account.unsatisfied + facts.uncounted + sum(released.values()) <= limit - policy.unsat_reserve


@given(FACTS, POLICIES)
def test_saturation_is_settled_by_one_look(facts, policy):
    once = saturated_now(facts, policy)
    assert saturated_now(replace(facts, saturated=once), policy) == once
    assert (
        decide_slots(facts, policy, EVENTS, NOW).together
        <= decide_slots(replace(facts, saturated=False), policy, EVENTS, NOW).together
    )
