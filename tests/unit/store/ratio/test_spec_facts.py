"""Of all passes the clauses read those on which they rest, and find what they would find in all of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from sqlite3 import Connection

import pytest

from mamctl.domain.account.policy import VipPolicy
from mamctl.domain.ratio.policy import RatioPolicy
from mamctl.domain.spec.checks.ratio import forecast_is_a_range, freeze_times, passes_leave_figures
from mamctl.domain.spec.facts import Facts, PassFact, RatioFacts, SettingsFacts
from mamctl.domain.timestamps import timestamp
from mamctl.store.database import open_copy
from mamctl.store.spec.ratio import read_ratio_facts

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
SINCE = NOW - timedelta(days=31)
FLOOR = 1.0
SETTINGS = SettingsFacts(
    vip=VipPolicy(), ratio=RatioPolicy(floor=FLOOR), clients=("home",), folders=(), catalogues=(), speech=None,
    daily_budget=500, pending_searches=20, keys=frozenset(),
)  # fmt: skip


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Connection]:
    with closing(open_copy(tmp_path / "none")) as db:
        yield db


def fill(db: Connection, rng: Random, passes: int) -> list[PassFact]:
    """Passes every few minutes with a ratio that crosses the floor now and then; all of them as facts, newest first."""
    found, state, follows = [], "normal", 0
    for number in range(1, passes + 1):
        at = SINCE + (NOW - SINCE) * number / passes + timedelta(seconds=rng.randrange(60))
        ratio = rng.choice([0.98, 0.99, 1.0, 1.01, 1.2, None])
        hours = rng.choice([(None, None, None), (1.0, 2.0, 3.0), (None, 2.0, 1.0), (3.0, 2.0, None), (1.0, -1.0, 2.0)])
        db.execute(
            "INSERT INTO figures (id, seen_at, state, source, ratio, active_uploads, active_downloads, frozen,"
            " torrents, flowing_left_bytes, frozen_left_bytes, clients, clients_unknown, hours_low, hours, hours_high)"
            " VALUES (?, ?, ?, 'qbittorrent', ?, 0, 0, 0, 0, 0, 0, 1, 0, ?, ?, ?)",
            (number, timestamp(at), state, ratio, *hours),
        )
        seen = datetime.fromisoformat(timestamp(at))
        found.insert(0, PassFact(None, seen, state == "emergency", "qbittorrent", ratio, None, None, hours))
        if rng.random() < 0.2:
            to = "normal" if state == "emergency" else "emergency"
            row = db.execute(
                "INSERT INTO guard_transitions (follows, at, from_state, to_state, decided_by, reason)"
                " VALUES (?, ?, ?, ?, 'guard', '')",
                (follows, timestamp(at + timedelta(seconds=rng.randrange(3))), state, to),
            )
            state, follows = to, row.lastrowid or 0
    return found


@pytest.mark.parametrize("seed", range(6))
def test_the_passes_that_are_read_say_what_all_of_them_say(db: Connection, seed: int) -> None:
    everything = fill(db, Random(seed), 200)
    read = read_ratio_facts(db, SINCE, NOW, FLOOR)
    whole = RatioFacts(transitions=read.transitions, passes=tuple(everything))
    some, all_ = Facts(NOW, settings=SETTINGS, ratio=read), Facts(NOW, settings=SETTINGS, ratio=whole)
    assert list(freeze_times(some)) == list(freeze_times(all_))
    assert any(one.most for one in freeze_times(all_))
    assert forecast_is_a_range(some) == forecast_is_a_range(all_)
    assert read.passes[0] == everything[0]


def test_a_quiet_month_is_read_as_its_newest_pass(db: Connection) -> None:
    fill(db, Random(1), 50)
    db.execute("DELETE FROM guard_transitions")
    db.execute("UPDATE figures SET hours_low = 1, hours = 2, hours_high = 3, run_id = NULL")
    read = read_ratio_facts(db, SINCE, NOW, FLOOR)
    assert len(read.passes) == 1
    assert forecast_is_a_range(Facts(NOW, ratio=read)).detail == "forecasts: all 50 on record agree"
    assert passes_leave_figures(Facts(NOW, ratio=read)).detail == "the guard did not run in the last day"
