"""The ratio to act on: whole bytes of all clients, the account's, or the lower; unknown rather than wrong."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.bounds import Matches
from mamctl.domain.ratio.policy import RatioPolicy, RatioSource
from mamctl.domain.ratio.reading import RatioReading, choose_reading, ratio_of, read_account, read_clients
from mamctl.domain.ratio.totals import Totals, TotalsReading, sure_totals

QBT, TRACKER, LOWEST = RatioSource.QBITTORRENT, RatioSource.TRACKER, RatioSource.LOWEST
TIB = 2**40
amounts = st.integers(0, 500 * TIB)
totals = st.builds(Totals, amounts, amounts).filter(lambda said: said.up + said.down > 0)
heard = st.builds(TotalsReading, totals, st.none() | totals)
silent = st.builds(lambda last: TotalsReading(None, last), totals)
clients = st.lists(st.one_of(heard, silent, st.none()), max_size=5)
accounts = st.none() | st.builds(read_account, st.none() | st.floats(0, 5), amounts, amounts)


@pytest.mark.parametrize(
    ("policy", "faults"),
    [
        (RatioPolicy(), []),
        (RatioPolicy(floor=1.0, recovery=1.0), []),
        (RatioPolicy(floor=1.1, recovery=1.05), ["recovery"]),
        (RatioPolicy(keep_raw=200 * 86_400.0), ["keep_hourly"]),
        (RatioPolicy(floor=2, keep_raw=200 * 86_400.0), ["recovery", "keep_hourly"]),
    ],
)
def test_a_policy_that_contradicts_itself_says_where(policy: RatioPolicy, faults: list[str]) -> None:
    assert [key for key, _ in policy.faults()] == faults


@pytest.mark.parametrize(
    ("tag", "good"),
    [
        ("mamctl-frozen", True),
        ("x", True),
        ("two words", True),
        ("ends ", False),
        (" begins", False),
        ("a,b", False),
        ("", False),
        ("line\nbreak", False),
        ("x" * 61, True),
        ("x" * 62, False),
    ],
)
def test_a_tag_is_one_that_the_client_keeps_as_it_is(tag: str, good: bool) -> None:
    hint = get_type_hints(RatioPolicy, include_extras=True)["tag"]
    (rule,) = [rule for rule in hint.__metadata__ if isinstance(rule, Matches)]
    assert (rule.fault(tag) is None) == good


@pytest.mark.spec("RAT-2")
@given(amounts, st.integers(1, 500 * TIB))
def test_a_ratio_comes_from_bytes_and_is_never_rounded_over_a_bound(uploaded: int, downloaded: int) -> None:
    ratio = read_clients([TotalsReading(sure_totals(uploaded, downloaded))]).ratio
    if (uploaded, downloaded) == (0, 0):
        assert ratio is None
        return
    assert ratio is not None
    assert (ratio < 1.0) == (uploaded < downloaded)
    assert ratio == float(Fraction(uploaded, downloaded))


@pytest.mark.spec("RAT-2")
def test_one_byte_short_is_below_the_floor() -> None:
    assert read_clients([TotalsReading(Totals(500 * TIB - 1, 500 * TIB))]).ratio < 1.0  # type: ignore[operator]


def test_nothing_downloaded_is_infinite_and_nothing_moved_is_unknown() -> None:
    assert ratio_of(5, 0) == math.inf
    assert ratio_of(0, 5) == 0.0
    assert ratio_of(0, 0) is None
    assert read_clients([TotalsReading(Totals(5, 0))]).ratio == math.inf


@given(clients)
def test_the_reading_is_of_the_bytes_it_names_and_the_lower_of_two(found: list[TotalsReading | None]) -> None:
    reading = read_clients(found)
    now = [moved.now for moved in found if moved is not None and moved.now is not None]
    if not now:
        assert (reading.ratio, reading.known, reading.complete) == (None, False, False)
        return
    assert reading.uploaded is not None
    assert reading.downloaded is not None
    assert reading.ratio == ratio_of(reading.uploaded, reading.downloaded)
    alone = ratio_of(sum(one.up for one in now), sum(one.down for one in now))
    assert alone is not None
    assert reading.ratio <= alone  # type: ignore[operator]
    if all(moved is not None and moved.now is not None for moved in found):
        assert (reading.ratio, reading.complete) == (alone, True)


@pytest.mark.spec("RAT-11")
def test_one_client_down_the_lower_of_the_ratios_with_and_without_it() -> None:
    good, bad = TotalsReading(Totals(30, 10)), TotalsReading(None, Totals(5, 50))
    assert read_clients([good, bad]).ratio == pytest.approx(35 / 60)
    assert read_clients([TotalsReading(Totals(5, 50)), TotalsReading(None, Totals(900, 10))]).ratio == pytest.approx(
        5 / 50
    )
    never = read_clients([good, None])
    assert (never.ratio, never.complete) == (3.0, False)
    just_started = TotalsReading(sure_totals(0, 0), Totals(5, 50))
    assert read_clients([good, just_started]).ratio == pytest.approx(35 / 60)
    assert read_clients([just_started]).ratio is None


def test_a_client_that_never_moved_anything_hides_nothing() -> None:
    reading = read_clients([TotalsReading(Totals(30, 10)), TotalsReading(sure_totals(0, 0))])
    assert (reading.ratio, reading.complete) == (3.0, True)


@pytest.mark.parametrize("ratio", [None, math.nan, -0.5, -math.inf])
@pytest.mark.spec("RAT-11")
def test_an_account_that_says_no_ratio_is_unknown(ratio: float | None) -> None:
    assert read_account(ratio, 1, 2).known is False
    assert read_account(ratio, 1, 2, "the site is down").why == "the site is down"


def test_an_account_may_have_downloaded_nothing() -> None:
    assert read_account(math.inf, 5, 0).ratio == math.inf


@given(clients.map(read_clients), accounts)
def test_the_source_decides_whose_ratio_it_is(of_clients: RatioReading, account: RatioReading | None) -> None:
    assert choose_reading(RatioPolicy(source=QBT), of_clients, account) is of_clients
    of_tracker = choose_reading(RatioPolicy(source=TRACKER), of_clients, account)
    assert of_tracker is account or (account is None and of_tracker.ratio is None)
    lowest = choose_reading(RatioPolicy(source=LOWEST), of_clients, account)
    known = [one.ratio for one in (of_clients, account) if one is not None and one.ratio is not None]
    if len(known) == 2 or min(known, default=1.0) < 1.0:
        assert lowest.ratio == min(known)  # whatever the other may be, the lowest is below the floor
        assert lowest in (of_clients, account)
    else:
        assert lowest.ratio is None  # the unknown one could be the lower
        assert lowest.why
