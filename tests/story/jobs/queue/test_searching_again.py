"""A queued title that the site does not have is searched for at once, then once a week, few on one day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mamctl.domain.account.pending import Wanted
from mamctl.jobs.queue.search import find_candidates
from mamctl.store.queue.items import NewItem, add_item, note_item

SEARCH = "/tor/js"


@pytest.fixture
def wanting(desk):
    """Five titles in the queue that the site does not have, each searched for once."""
    desk.allow(per_run=10)
    with desk.member.store() as db:
        for number in range(5):
            add_item(db, NewItem(wanted=Wanted(f"Nowhere {number}", "Mara Vell"), reason="test"), desk.member.now())
    desk.run()
    assert {item.hold_code for item in desk.items()} == {"no_candidate"}
    return desk


def searches(desk) -> int:
    return len(desk.member.tracker.journal.of(SEARCH))


@pytest.mark.spec("QUE-7")
@pytest.mark.spec("SITE-1")
def test_it_is_searched_for_again_after_a_week_and_three_a_day(wanting):
    begun = searches(wanting)
    for _ in range(6):
        wanting.member.later(days=1)
        wanting.run()
    assert searches(wanting) == begun
    wanting.member.later(days=1)
    for _ in range(3):
        wanting.run()
    assert sum(item.since == wanting.member.now() for item in wanting.items()) == 3
    wanting.member.later(days=1)
    wanting.run()
    assert all(wanting.member.now() - item.since <= timedelta(days=1) for item in wanting.items())


@pytest.mark.spec("QUE-7")
def test_a_clock_that_was_wrong_does_not_end_the_searches(wanting):
    with wanting.member.store() as db:
        for item in wanting.items():
            ahead = wanting.member.now() + timedelta(days=900)
            note_item(db, item, since=ahead, not_before=ahead + timedelta(days=7))
    wanting.member.later(days=1)
    wanting.run()
    assert sum(item.since == wanting.member.now() for item in wanting.items()) == 3


def test_a_search_by_hand_is_made_at_once(wanting):
    begun = searches(wanting)
    wanting.do(lambda context: find_candidates(context, Wanted("Nowhere 1", "Mara Vell")))
    assert searches(wanting) > begun
