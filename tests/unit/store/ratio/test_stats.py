"""PassStats grow old: passes become hours, hours become days, and nothing that was counted is lost."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.ratio.client import ClientSnapshot, ClientTotals
from mamctl.domain.ratio.forecast import UNKNOWN
from mamctl.domain.ratio.guard import GuardState
from mamctl.domain.ratio.policy import RatioPolicy
from mamctl.domain.ratio.reading import RatioReading
from mamctl.domain.ratio.stats import PassStats, TotalsSample
from mamctl.domain.ratio.totals import Totals
from mamctl.domain.timestamps import timestamp
from mamctl.store.database import open_copy
from mamctl.store.ratio.stats import (
    WatchPass,
    compact_stats,
    last_client_stats,
    last_totals,
    list_points,
    record_pass,
    samples_since,
)
from mamctl.store.runs import begin_run

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
POLICY = RatioPolicy()
EVER = NOW - timedelta(days=9_999)
TABLES = ("figures", "figures_hourly", "figures_daily")


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    db = new_db()
    yield db
    db.close()


def new_db() -> sqlite3.Connection:
    db = open_copy(Path("/nonexistent/none.db"))
    begin_run(db, "ratio", NOW)
    return db


def leave(
    db: sqlite3.Connection,
    at: datetime,
    ratio: float | None = 1.5,
    *,
    emergency: bool = False,
    speed: int | None = 10,
    frozen: int = 0,
    clients: tuple[ClientSnapshot, ...] = (),
) -> None:
    """One pass's row."""
    moved = None if ratio is None or math.isinf(ratio) else round(ratio * 100)
    reading = RatioReading(ratio, "unknown" if ratio is None else "", uploaded=moved, downloaded=100)
    figures = PassStats(speed, speed, 1, 1, frozen, 5, 0, 0)
    state = GuardState.EMERGENCY if emergency else GuardState.NORMAL
    record_pass(db, 1, WatchPass(state, reading, None, figures, UNKNOWN, 1, 0), clients, at)


def rows(db: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    return [dict(row) for row in db.execute(f"SELECT * FROM {table} ORDER BY 1")]


def everything(db: sqlite3.Connection) -> dict[str, list[dict[str, Any]]]:
    return {table: rows(db, table) for table in TABLES}


def counts(db: sqlite3.Connection) -> dict[str, Any]:
    """What must survive: how many passes, how many of which kind, and the extremes."""
    points = list_points(db, EVER)
    raw = db.execute(
        "SELECT count(*) AS passes, coalesce(sum(unknown_because IS NOT NULL), 0) AS unknown,"
        " coalesce(sum(state = 'emergency'), 0) AS emergency FROM figures"
    ).fetchone()
    total = dict(raw)
    for table in TABLES[1:]:
        more = db.execute(
            f"SELECT coalesce(sum(passes), 0) AS passes, coalesce(sum(unknown_passes), 0) AS unknown,"
            f" coalesce(sum(emergency_passes), 0) AS emergency FROM {table}"
        ).fetchone()
        total = {name: total[name] + more[name] for name in total}
    known = [point for point in points if point.ratio is not None]
    total["low"] = min((point.ratio_low for point in known if point.ratio_low is not None), default=None)
    total["high"] = max((point.ratio_high for point in known if point.ratio_high is not None), default=None)
    total["last"] = known[-1].ratio if known else None
    total["frozen"] = max((point.frozen for point in points), default=0)
    return total


@pytest.mark.spec("RAT-10")
def test_passes_become_hours_and_hours_become_days(db: sqlite3.Connection) -> None:
    old = datetime(2026, 1, 10, 8, tzinfo=UTC)
    for minute, ratio in ((0, 1.2), (5, 0.9), (10, None), (55, 1.1)):
        leave(db, old + timedelta(minutes=minute), ratio, emergency=ratio == 0.9, frozen=minute, speed=minute)
    leave(db, old + timedelta(hours=3), 2.0, speed=None)
    compact_stats(db, POLICY, old + timedelta(days=30))
    hour, other = rows(db, "figures_hourly")
    assert hour == {
        "starts_at": "2026-01-10T08:00:00Z",
        "passes": 4,
        "unknown_passes": 1,
        "emergency_passes": 1,
        "ratio_low": 0.9,
        "ratio_high": 1.2,
        "ratio_last": 1.1,
        "uploaded_bytes": 110,
        "downloaded_bytes": 100,
        "upspeed": 17.5,
        "dlspeed": 17.5,
        "frozen_most": 55,
    }
    assert (other["passes"], other["upspeed"]) == (1, None)
    assert rows(db, "figures") == []
    compact_stats(db, POLICY, old + timedelta(days=181))
    (day,) = rows(db, "figures_daily")
    assert (day["starts_at"], day["passes"], day["ratio_last"]) == ("2026-01-10T00:00:00Z", 5, 2.0)
    assert (day["ratio_low"], day["ratio_high"], day["upspeed"]) == (0.9, 2.0, 17.5)
    assert rows(db, "figures_hourly") == []


def test_an_infinite_ratio_is_not_counted_as_unknown(db: sqlite3.Connection) -> None:
    leave(db, NOW - timedelta(days=40), float("inf"))
    compact_stats(db, POLICY, NOW)
    assert rows(db, "figures_hourly")[0]["unknown_passes"] == 0


def test_what_is_still_young_stays_as_it_is(db: sqlite3.Connection) -> None:
    leave(db, NOW - timedelta(days=20, hours=23))
    leave(db, NOW)
    compact_stats(db, POLICY, NOW)
    assert [point.grain for point in list_points(db, EVER)] == ["pass", "pass"]


def test_an_hour_that_is_there_already_is_added_to(db: sqlite3.Connection) -> None:
    """A clock that was set back writes into a past that is compact already."""
    past = NOW - timedelta(days=30)
    leave(db, past, 0.8, emergency=True, speed=10)
    compact_stats(db, POLICY, NOW)
    leave(db, past + timedelta(minutes=10), 1.2, speed=40)
    leave(db, past + timedelta(minutes=20), None, speed=None)
    compact_stats(db, POLICY, NOW)
    (hour,) = rows(db, "figures_hourly")
    assert (hour["passes"], hour["unknown_passes"], hour["emergency_passes"]) == (3, 1, 1)
    assert (hour["ratio_low"], hour["ratio_high"], hour["ratio_last"], hour["uploaded_bytes"]) == (0.8, 1.2, 1.2, 120)
    compact_stats(db, POLICY, NOW + timedelta(days=200))
    leave(db, past, 3.0)
    compact_stats(db, POLICY, NOW + timedelta(days=200))
    (day,) = rows(db, "figures_daily")
    assert (day["passes"], day["ratio_high"]) == (4, 3.0)


passes = st.lists(
    st.tuples(
        st.integers(0, 300 * 24 * 12),  # five-minute steps back from now
        st.none() | st.sampled_from([0.5, 0.99, 1.0, 1.07, 3.0]),
        st.booleans(),
        st.none() | st.integers(0, 1_000),
        st.integers(0, 9),
    ),
    max_size=40,
    unique_by=lambda row: row[0],
)


def fill(db: sqlite3.Connection, story: list[Any]) -> None:
    for steps, ratio, emergency, speed, frozen in sorted(story, reverse=True, key=lambda row: row[0]):
        leave(db, NOW - timedelta(minutes=5 * steps), ratio, emergency=emergency, speed=speed, frozen=frozen)


@pytest.mark.spec("RAT-10")
@given(passes, st.lists(st.integers(-300, 900), max_size=5))
def test_whenever_it_is_made_compact_nothing_that_was_counted_is_lost(story: list[Any], days: list[int]) -> None:
    db = new_db()
    fill(db, story)
    before = counts(db)
    for day in sorted(days):
        compact_stats(db, POLICY, NOW + timedelta(days=day))
        assert counts(db) == before
        once = everything(db)
        compact_stats(db, POLICY, NOW + timedelta(days=day))
        assert everything(db) == once
        at = [point.at for point in list_points(db, EVER)]
        assert at == sorted(at)
    db.close()


@given(passes, st.lists(st.integers(-300, 900), max_size=5), st.integers(900, 1_000))
def test_many_small_steps_come_to_the_same_as_one(story: list[Any], days: list[int], last: int) -> None:
    one, many = new_db(), new_db()
    for db in (one, many):
        fill(db, story)
    for day in sorted(days):
        compact_stats(many, POLICY, NOW + timedelta(days=day))
    for db in (one, many):
        compact_stats(db, POLICY, NOW + timedelta(days=last))
    assert everything(one) == everything(many)
    one.close()
    many.close()


@pytest.mark.spec("RAT-10")
def test_years_stay_small(db: sqlite3.Connection) -> None:
    """Four years with a pass every two hours, made compact as they go by."""
    for passed in range(4 * 365 * 12):
        leave(db, NOW + timedelta(hours=2 * passed), clients=(client(passed),))
        if passed % 50 == 0:
            compact_stats(db, POLICY, NOW + timedelta(hours=2 * passed))
    sizes = {table: len(rows(db, table)) for table in (*TABLES, "client_figures")}
    assert sizes["figures"] <= 12 * (21 + 6)
    assert sizes["client_figures"] <= 12 * (21 + 6)
    assert sizes["figures_hourly"] <= 12 * (160 + 6)
    assert sizes["figures_daily"] <= 4 * 365 - 175
    points = list_points(db, EVER)
    assert all(before.at < after.at for before, after in pairwise(points))


def client(moved: int | None, name: str = "home") -> ClientSnapshot:
    return ClientSnapshot(name, "v5.1.0", ClientTotals(moved, moved, 1, 1))


def test_the_last_word_of_a_client_is_kept_however_old(db: sqlite3.Connection) -> None:
    long_ago = NOW - timedelta(days=900)
    for minutes, moved in ((0, 5), (5, 6), (10, None)):
        leave(db, long_ago + timedelta(minutes=minutes), clients=(client(moved),))
    leave(db, NOW, clients=(client(9, "attic"),))
    compact_stats(db, POLICY, NOW)
    assert last_totals(db, "home") == Totals(6, 6)
    assert last_totals(db, "attic") == Totals(9, 9)
    assert last_totals(db, "unheard") is None
    assert samples_since(db, "attic", NOW - timedelta(hours=1)) == (TotalsSample(NOW, 9, 9),)
    assert samples_since(db, "home", NOW - timedelta(hours=1)) == ()


def test_every_row_says_what_it_knew(db: sqlite3.Connection) -> None:
    leave(db, NOW, None, emergency=True)
    (row,) = rows(db, "figures")
    assert (row["seen_at"], row["state"], row["ratio"], row["unknown_because"]) == (
        timestamp(NOW), "emergency", None, "unknown",
    )  # fmt: skip


def test_the_newest_word_of_a_client_is_that_of_the_newest_pass_though_the_clock_was_set_back(
    db: sqlite3.Connection,
) -> None:
    def says(uploaded: int) -> tuple[ClientSnapshot, ...]:
        return (ClientSnapshot("home", "v5", ClientTotals(uploaded, 100, 0, 0), {}, True),)

    leave(db, NOW + timedelta(days=60), clients=says(10))
    leave(db, NOW, clients=says(20))
    assert last_totals(db, "home") == Totals(20, 100)
    assert [said.uploaded_bytes for said in last_client_stats(db)] == [20]
    compact_stats(db, POLICY, NOW + timedelta(days=120))
    assert last_totals(db, "home") == Totals(10, 100), "by time alone once the passes are compact"
