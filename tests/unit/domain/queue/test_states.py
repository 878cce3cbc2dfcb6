"""The table of states: the way can be walked, nothing follows its end, and aside of it nothing is lost."""

import itertools

import pytest

from mamctl.domain.queue.states import DONE, FREEZABLE, NEXT, UNDER_WAY, State, may_follow

WAY = [
    State.WAITING, State.CLAIMED, State.HANDED_OVER, State.DOWNLOADING,
    State.COMPLETE, State.VERIFIED, State.FILED, State.SETTLED,
]  # fmt: skip


def test_every_state_has_its_row():
    assert set(NEXT) == set(State)
    assert all(after in State for row in NEXT.values() for after in row)


def test_the_way_can_be_walked():
    assert all(may_follow(before, after) for before, after in itertools.pairwise(WAY))


@pytest.mark.spec("QUE-1")
def test_an_unclear_download_is_never_claimed_again_by_itself():
    assert State.CLAIMED not in NEXT[State.UNCLEAR]
    assert all(State.CLAIMED not in row for state, row in NEXT.items() if state is not State.WAITING)


@pytest.mark.spec("QUE-1")
def test_what_is_in_a_client_never_waits_again():
    in_client = {State.HANDED_OVER, State.DOWNLOADING, State.COMPLETE, State.VERIFIED, State.FILED, State.SETTLED}
    assert all(State.WAITING not in NEXT[state] for state in in_client)


def test_what_is_refused_stays_so_and_what_is_filed_leaves_the_library_by_your_word_alone():
    assert NEXT[State.REFUSED] == frozenset()
    assert NEXT[State.SETTLED] == NEXT[State.FILED] - {State.SETTLED} == {State.HELD}


@pytest.mark.spec("RAT-4")
def test_all_that_a_freeze_stamps_can_be_stamped_and_released():
    for state in FREEZABLE:
        assert State.BLOCKED in NEXT[state]
        assert state in NEXT[State.BLOCKED]


def test_every_state_can_reach_an_end():
    reached = set(DONE)
    while True:
        more = {state for state, row in NEXT.items() if row & reached} - reached
        if not more:
            break
        reached |= more
    assert reached == set(State)
    assert set(State) > UNDER_WAY
