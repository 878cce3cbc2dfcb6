"""What `max` buys, as properties."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.practice.tracker.economy import RefusedError, is_charged, vip_milliweeks
from mamctl.practice.tracker.small import PLAIN, VIP, small_world
from tests.kit.practice_fixtures import NOW

left = st.timedeltas(timedelta(0), timedelta(days=95))
points = st.floats(0, 99_999.9).map(lambda value: round(value, 3))


@given(left, points)
def test_max_never_passes_ninety_days_nor_the_balance(left, points):
    weeks = vip_milliweeks(left, points) / 1000
    assert weeks >= 0
    assert weeks * 1_250 <= points + 0.001
    assert weeks == 0 or left + timedelta(weeks=weeks) <= timedelta(days=90, seconds=1)


@given(left, points, points)
def test_more_points_never_buy_less(left, some, others):
    assert vip_milliweeks(left, min(some, others)) <= vip_milliweeks(left, max(some, others))


def test_exact_thousandths():
    assert vip_milliweeks(timedelta(0), 1_250 * 4.281) == 4281
    assert vip_milliweeks(timedelta(0), 99_999) == 12857
    assert vip_milliweeks(timedelta(days=83), 1_250) == 1000
    with pytest.raises(RefusedError):
        vip_milliweeks(timedelta(0), 1_250, partly=False)


def test_who_is_charged():
    world = small_world(NOW)
    member, newcomer = world.accounts.values()
    charged = [
        is_charged(world, account, world.torrents[tid], NOW) for account in (member, newcomer) for tid in (PLAIN, VIP)
    ]
    assert charged == [True, False, True, True]
    world.events.freeleech = True
    assert not is_charged(world, newcomer, world.torrents[PLAIN], NOW)
