"""VIP's status and the ratio to act on."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.account.account import AccountSnapshot, VipStatus, judge_ratio, judge_vip_status

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
offsets = st.timedeltas(min_value=timedelta(days=-400), max_value=timedelta(days=400))


@pytest.mark.spec("VIP-2")
@pytest.mark.parametrize(
    ("days", "unsettled", "status"),
    [
        (60, False, VipStatus.ACTIVE),
        (30, False, VipStatus.ACTIVE),
        (29.9, False, VipStatus.PENDING_RENEWAL),
        (60, True, VipStatus.PENDING_RENEWAL),
        (0, False, VipStatus.EXPIRED),
        (-5, False, VipStatus.EXPIRED),
        (-5, True, VipStatus.PENDING_RENEWAL),
        (None, False, VipStatus.EXPIRED),
    ],
)
def test_status(days, unsettled, status):
    expires_at = None if days is None else NOW + timedelta(days=days)
    assert judge_vip_status(expires_at, NOW, renew_within_days=30, claim_unsettled=unsettled) is status


def test_a_class_above_vip_needs_no_renewal():
    standing = AccountSnapshot(uid="1", username="examplemouse", user_class="Elite VIP")
    assert standing.status(NOW, renew_within_days=30) is VipStatus.ACTIVE
    assert standing.has_vip(NOW)


def test_days_left():
    assert AccountSnapshot("1", "m", expires_at=NOW + timedelta(hours=36)).days_left(NOW) == 1.5
    assert AccountSnapshot("1", "m", expires_at=NOW - timedelta(hours=36)).days_left(NOW) == 0.0
    assert AccountSnapshot("1", "m").days_left(NOW) is None


@given(offsets, offsets)
def test_active_vip_is_never_expired_and_lapsed_vip_never_active(offset, window):
    status = judge_vip_status(NOW + offset, NOW, renew_within_days=window / timedelta(days=1))
    assert (status is VipStatus.EXPIRED) == (offset <= timedelta(0))


def test_the_bytes_give_the_digits_that_rounding_hides():
    assert judge_ratio(1.0, 9996, 10000) == 0.9996
    assert judge_ratio(3.4, 439912025293, 129385889792) == pytest.approx(3.4, abs=1e-4)
    assert judge_ratio(None, 5, 10) == 0.5


def test_the_trackers_word_stands_where_the_bytes_contradict_it():
    assert judge_ratio(3.4, 1, 10) == 3.4
    assert judge_ratio(math.inf, 1, 10) == math.inf


def test_nothing_known_is_unknown():
    assert judge_ratio(None, None, 5) is None
    assert judge_ratio(None, 5, 0) == math.inf
