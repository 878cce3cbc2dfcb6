"""When the seedbox address is registered: where it differs, and never twice in an hour of the site's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.account.address import (
    AddressRecord,
    AddressStep,
    SeenAddress,
    decide_address,
)

pytestmark = pytest.mark.spec("OPS-3")
NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
HOME = SeenAddress("203.0.113.7", 64500, "Example ISP")
MOVED = SeenAddress("203.0.113.8", 64500, "Example ISP")
ABROAD = SeenAddress("203.0.113.7", 64501, "Other ISP")


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


@pytest.mark.parametrize(
    ("seen", "record", "step"),
    [
        (HOME, AddressRecord(), AddressStep.REGISTER),
        (HOME, AddressRecord(HOME, ago(hours=2), ago(hours=2)), AddressStep.KEEP),
        (HOME, AddressRecord(HOME, ago(hours=25), ago(hours=25)), AddressStep.CONFIRM),
        (HOME, AddressRecord(HOME, ago(hours=-2), None), AddressStep.CONFIRM),  # confirmed in the future: a wrong clock
        (MOVED, AddressRecord(HOME, ago(hours=2), ago(hours=2)), AddressStep.REGISTER),
        (MOVED, AddressRecord(HOME, ago(minutes=1), ago(minutes=59)), AddressStep.WAIT),
        (MOVED, AddressRecord(HOME, ago(minutes=1), ago(hours=1)), AddressStep.REGISTER),
        (ABROAD, AddressRecord(HOME, ago(hours=2), ago(hours=2)), AddressStep.REGISTER),
        (SeenAddress("203.0.113.7"), AddressRecord(HOME, ago(hours=2), ago(hours=2)), AddressStep.KEEP),
        (HOME, AddressRecord(None, None, ago(minutes=10)), AddressStep.WAIT),  # its outcome is unknown
    ],
)
def test_the_step(seen: SeenAddress, record: AddressRecord, step: AddressStep) -> None:
    assert decide_address(seen, record, NOW).step is step


def test_another_network_is_called_what_it_is() -> None:
    reason = decide_address(ABROAD, AddressRecord(HOME, ago(hours=2), ago(hours=2)), NOW).reason
    assert reason == "203.0.113.7 belongs to another network now: AS64501 Other ISP, before AS64500 Example ISP"


def test_a_change_in_the_future_holds_up_for_an_hour_at_most() -> None:
    record = AddressRecord(HOME, ago(hours=2), NOW + timedelta(days=3650))
    assert record.next_change_at(NOW) == NOW + timedelta(hours=1)


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 3)), max_size=60))
def test_whatever_the_address_does_two_changes_are_an_hour_apart(moves: list[tuple[int, int]]) -> None:
    now, record, changes = NOW, AddressRecord(), []
    for minutes, last in moves:
        now += timedelta(minutes=minutes)
        seen = SeenAddress(f"203.0.113.{last}", 64500)
        if decide_address(seen, record, now).step is AddressStep.REGISTER:
            changes.append(now)
            record = AddressRecord(seen, now, now)
    assert all(later - earlier >= timedelta(hours=1) for earlier, later in pairwise(changes))
