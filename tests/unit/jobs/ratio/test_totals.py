"""Totals that fell or are too small mean nothing: no emergency follows from them, and none becomes a deadlock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.ratio.guard import GuardState
from mamctl.domain.ratio.policy import RatioPolicy, RatioSource
from mamctl.domain.ratio.reading import RatioReading, read_account, read_clients
from mamctl.domain.ratio.totals import MOST, Baseline, Totals, TotalsReading, read_totals, sure_totals
from mamctl.jobs.ratio.status import read_status
from mamctl.store.ratio.stats import last_totals
from tests.kit.guard_desk import Desk
from tests.kit.model_client import ModelClient

GIB, MB = 2**30, 10**6
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
amounts = st.integers(0, MOST)
totals = st.builds(Totals, amounts, amounts)


def codes(desk: Desk) -> list[str]:
    return [problem.code for problem in desk.last.problems]


def say(client: ModelClient, up: float, down: float) -> None:
    client.uploaded, client.downloaded = round(up), round(down)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, policy=RatioPolicy())
    desk.client.add("a")
    return desk


@pytest.mark.spec("RAT-13")
def test_a_fresh_client_is_no_emergency_and_says_so_once(desk: Desk) -> None:
    say(desk.client, 20_000, 3 * MB)
    result = desk.watch()
    assert (result.guard.state, result.ratio, desk.last.status) == (GuardState.NORMAL, None, "attention")
    (problem,) = desk.last.problems
    assert (problem.code, problem.subject) == ("ratio_unknown", "ratio")
    assert "2.86 MiB downloaded in all is too little" in problem.message
    say(desk.client, 30_000, 4 * MB)
    desk.watch()
    assert (codes(desk), desk.last.status) == ([], "ok")
    say(desk.client, 30_000, GIB)
    assert desk.watch().guard.state is GuardState.EMERGENCY


@pytest.mark.spec("RAT-13")
def test_totals_that_fell_are_told_once_and_then_counted_on(desk: Desk) -> None:
    say(desk.client, 500 * GIB, 400 * GIB)
    assert desk.watch().ratio == 1.25
    say(desk.client, 50_000, 3 * MB)
    result = desk.watch()
    assert (result.guard.state, result.ratio) == (GuardState.NORMAL, None)
    problem = next(problem for problem in desk.last.problems if problem.code == "totals_fell")
    assert "from 500.00 GiB up and 400.00 GiB down to 48.83 KiB up and 2.86 MiB down" in problem.message
    desk.watch()
    assert codes(desk) == ["ratio_unknown"]
    desk.now += timedelta(hours=1)
    say(desk.client, 50_000, 4 * GIB)
    result = desk.watch()
    assert codes(desk) == []
    assert result.ratio == pytest.approx(500 / 404, abs=1e-3)
    assert result.figures.downloaded_bytes == 404 * GIB - 3 * MB
    assert read_status(desk.db, desk.policy, ["home"], desk.now).qbittorrent.ratio == result.ratio


@pytest.mark.spec("RAT-13")
def test_a_fall_in_the_emergency_is_no_deadlock(desk: Desk) -> None:
    say(desk.client, 90 * GIB, 100 * GIB)
    assert desk.watch().guard.state is GuardState.EMERGENCY
    say(desk.client, 0, 1)
    desk.watch()
    desk.now += timedelta(hours=1)
    say(desk.client, 20 * GIB, 1)
    assert desk.watch().guard.state is GuardState.NORMAL
    assert not desk.client.torrents["a"].paused


@pytest.mark.spec("RAT-13")
def test_statistics_that_are_suddenly_back_are_believed(desk: Desk) -> None:
    say(desk.client, 500 * GIB, 400 * GIB)
    desk.watch()
    say(desk.client, MB, 2 * MB)
    for _ in range(3):
        desk.watch()
    say(desk.client, 501 * GIB, 400 * GIB)
    result = desk.watch()
    assert (result.ratio, result.figures.downloaded_bytes, codes(desk)) == (501 / 400, 400 * GIB, [])


@pytest.mark.spec("RAT-13")
def test_one_of_two_clients_fell(tmp_path: Path) -> None:
    home, attic = ModelClient("home"), ModelClient("attic")
    desk = Desk(tmp_path, home, attic, policy=RatioPolicy())
    say(home, 30 * GIB, 10 * GIB)
    say(attic, 10 * GIB, 10 * GIB)
    assert desk.watch().ratio == 2.0
    say(attic, 1, 5 * GIB)
    result = desk.watch()
    assert (result.ratio, result.complete, result.guard.state) == (2.0, False, GuardState.NORMAL)
    assert [problem.subject for problem in desk.last.problems] == ["attic"]


@pytest.mark.spec("RAT-13")
def test_a_small_second_client_does_not_make_the_first_unknown(tmp_path: Path) -> None:
    home, attic = ModelClient("home"), ModelClient("attic")
    desk = Desk(tmp_path, home, attic, policy=RatioPolicy())
    say(home, 9 * GIB, 10 * GIB)
    say(attic, 20_000, 3 * MB)
    assert desk.watch().guard.state is GuardState.EMERGENCY


@pytest.mark.spec("RAT-13")
def test_where_the_lowest_decides_a_fresh_client_leaves_it_to_the_account(tmp_path: Path) -> None:
    desk = Desk(tmp_path, policy=RatioPolicy(source=RatioSource.LOWEST))
    say(desk.client, 20_000, 3 * MB)
    desk.account = read_account(1.02, 102 * GIB, 100 * GIB)
    result = desk.watch()
    assert (result.ratio, codes(desk)) == (1.02, [])
    desk.account = read_account(0.98, 98 * GIB, 100 * GIB)
    assert desk.watch().guard.state is GuardState.EMERGENCY


@pytest.mark.spec("RAT-13")
def test_the_emergency_names_the_accounts_own_ratio(tmp_path: Path) -> None:
    desk = Desk(tmp_path, policy=RatioPolicy(source=RatioSource.LOWEST))
    say(desk.client, 9 * GIB, 10 * GIB)
    desk.account = read_account(3.4, 340 * GIB, 100 * GIB)
    result = desk.watch()
    assert (result.guard.state, result.account_ratio) == (GuardState.EMERGENCY, 3.4)
    assert "the account's own ratio was last read as 3.4000" in desk.last.problems[-1].message
    assert "3.4000" in desk.listener.heard[0][1]


@pytest.mark.spec("RAT-13")
def test_stuck_below_the_least_an_emergency_says_how_to_end_it(desk: Desk) -> None:
    desk.policy = RatioPolicy(min_downloaded=0)
    say(desk.client, 1, 3 * MB)
    desk.watch()
    desk.policy = RatioPolicy()
    for _ in range(2):
        desk.watch()
        problem = next(problem for problem in desk.last.problems if problem.code == "ratio_unknown")
        assert "mamctl ratio thaw --yes" in str(problem.remedy)


@pytest.mark.spec("RAT-11")
@pytest.mark.parametrize("absurd", [2**63, 2**64, 10**30, -5])
def test_absurd_figures_are_unknown_and_break_nothing(desk: Desk, absurd: int) -> None:
    desk.client.uploaded = desk.client.downloaded = absurd
    desk.client.torrents["a"].amount_left = absurd
    desk.client.torrents["a"].dlspeed = absurd
    result = desk.watch()
    assert (result.ratio, result.guard.state) == (None, GuardState.NORMAL)
    assert last_totals(desk.db, "home") is None


@pytest.mark.spec("RAT-11")
def test_a_thousand_absurd_torrents_do_not_overflow_the_store(desk: Desk) -> None:
    for number in range(5000):
        desk.client.add(f"t{number}", amount_left=2**53, dlspeed=2**53)
    say(desk.client, 9 * GIB, 10 * GIB)
    assert desk.watch().figures.frozen == 5001


@pytest.mark.spec("RAT-11")
def test_an_accounts_absurd_bytes_are_unknown() -> None:
    reading = read_account(1.5, 10**30, 2)
    assert reading == RatioReading(1.5, "the account on the tracker", RatioSource.TRACKER, None, 2)


@given(totals, st.none() | totals, st.none() | st.builds(Baseline, st.just(NOW), totals, totals))
def test_a_reading_never_falls_below_what_was_on_record(
    said: Totals, last: Totals | None, baseline: Baseline | None
) -> None:
    later = NOW + timedelta(hours=2)
    first = read_totals("home", said, last, baseline, later)
    again = read_totals("home", said, said, first.baseline, later + timedelta(hours=2))
    assert again.fell_from is None
    assert again.reading.now is not None
    known = first.reading.last
    if known is not None and first.baseline is not None:
        assert again.reading.now.up >= known.up
        assert again.reading.now.down >= known.down
    if first.fell_from:
        assert (first.reading.now, first.reading.doubt) == (None, "home's all-time totals fell")


@given(totals, totals)
def test_a_clock_set_back_after_a_fall_does_not_blind_for_long(said: Totals, before: Totals) -> None:
    fallen = Baseline(NOW, before, Totals(1, 1))
    assert read_totals("home", said, said, fallen, NOW - timedelta(days=400)).reading.now is not None


@given(st.integers() | st.none(), st.integers() | st.none())
def test_sure_totals_are_within_what_the_store_holds(up: int | None, down: int | None) -> None:
    found = sure_totals(up, down)
    assert found is None or (0 <= found.up <= MOST and 0 <= found.down <= MOST and found.up + found.down > 0)


@given(st.lists(st.builds(TotalsReading, totals), max_size=4), st.integers(0, 10 * GIB))
def test_too_small_is_unknown(readings: list[TotalsReading], least: int) -> None:
    reading = read_clients(readings, least)
    if reading.known:
        assert reading.downloaded is not None
        assert reading.downloaded >= least
