"""Buying VIP on the practice tracker: bought, refused, or not known, and asked once in each case."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mamctl.errors import PurchaseUnknownError
from mamctl.practice.tracker import FaultKind
from tests.kit.permits import may_buy
from tests.kit.practice_fixtures import NOW, tracker
from tests.kit.tracker_api import api, requests_of

__all__ = ["api", "tracker"]


@pytest.mark.spec("VIP-8")
def test_renewal_activation(tracker, api):
    answer = api.buy_vip(may_buy())
    assert answer.accepted
    assert answer.weeks == pytest.approx(10.0, abs=0.01)
    assert answer.points_after == pytest.approx(61_250.091 - 12_500, abs=5)
    after = api.fetch_account()
    assert after.expires_at - NOW > timedelta(days=89)
    assert after.points == int(answer.points_after)


def test_refusals_in_the_sites_words(tracker, api):
    api.buy_vip(may_buy())
    assert api.buy_vip(may_buy()).refusal == "Min VIP is 1 week purchased for Automated methods"
    tracker.behaviour.plan(FaultKind.REFUSED, "/json/bonusBuy.php", text="Not today, <b>mouse</b>")
    assert api.buy_vip(may_buy()).refusal == "Not today, mouse"


@pytest.mark.spec("VIP-8")
@pytest.mark.parametrize(
    ("kind", "bought"),
    [
        (FaultKind.LOST_ANSWER, 1),
        (FaultKind.CUT_SHORT, 1),
        (FaultKind.TRUNCATED, 1),
        (FaultKind.CHANGED_PAGE, 1),
        (FaultKind.WRONG_TYPES, 1),
        (FaultKind.HUGE, 1),
        (FaultKind.RESET, 0),
        (FaultKind.STATUS, 0),
        (FaultKind.HTML, 0),
        (FaultKind.EMPTY, 0),
    ],
)
def test_a_purchase_without_a_proof_is_unknown_and_asked_once(tracker, api, kind, bought):
    tracker.behaviour.plan(kind, "/json/bonusBuy.php", times=None)
    with pytest.raises(PurchaseUnknownError):
        api.buy_vip(may_buy())
    assert len(tracker.world.purchases) == bought
    assert requests_of(tracker) == [("GET", "/json/bonusBuy.php")]
    tracker.behaviour.clear()
    assert api.fetch_account().username == "examplemouse"  # the session lives on
