"""Runs and their problems stay few however long mamctl runs; nothing that is referred to is lost."""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mamctl.domain.exchange import ExchangeOutcome
from mamctl.domain.problem import Problem
from mamctl.errors import LockedError
from mamctl.store.database import open_copy, open_store
from mamctl.store.exchanges import ExchangeCount, count_exchanges, load_exchanges
from mamctl.store.migrate import MIGRATIONS, migrate
from mamctl.store.runs import begin_run, compact_runs, end_run, job_lock, last_runs

START = datetime(2027, 1, 1, tzinfo=UTC)
KEEP = timedelta(days=21)


@pytest.fixture
def db(tmp_path: Path) -> sqlite3.Connection:
    return open_copy(tmp_path / "none.db")


def one_run(db: sqlite3.Connection, job: str, now: datetime, *problems: Problem, status: str = "ok") -> int:
    number = begin_run(db, job, now)
    end_run(db, number, now, status, 0, problems)
    return number


def rows(db: sqlite3.Connection, text: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in db.execute(text)]


def test_a_year_of_passes_leaves_a_bounded_number_of_rows(db: sqlite3.Connection) -> None:
    library = [Problem("audio_cut", f"book {n}: cut", f"/books/{n}") for n in range(40)]
    most = 0
    for day in range(365):
        for hour in range(0, 24, 2):
            now = START + timedelta(days=day, hours=hour)
            ratio = 0.9 + (day * 12 + hour) / 10_000
            trouble = [Problem("ratio_emergency", f"the emergency is active: ratio {ratio}", "ratio")]
            flapping = [Problem("unreachable", "seedbox: no connection", "seedbox")] if hour % 4 == 0 else []
            one_run(db, "ratio", now, *(trouble if day % 60 < 5 else []), *flapping)
            compact_runs(db, "ratio", KEEP, now)
        one_run(db, "meta.scan", START + timedelta(days=day, hours=2), *library)
        most = max(most, rows(db, "SELECT count(*) FROM runs WHERE job = 'ratio'")[0][0])
    assert most < 23 * 12 + 20
    assert rows(db, "SELECT count(*) FROM run_problems WHERE job = 'meta.scan'") == [(40,)]
    assert rows(db, "SELECT count(*) FROM run_problems WHERE job = 'ratio'") == [(7 + 1,)]
    assert rows(db, "PRAGMA foreign_key_check") == []
    assert rows(db, "PRAGMA foreign_keys") == [(1,)]


def test_what_is_referred_to_stays_and_so_does_the_newest_run(db: sqlite3.Connection) -> None:
    kept = one_run(db, "ratio", START)
    db.execute(
        "INSERT INTO guard_transitions (follows, run_id, at, from_state, to_state, decided_by, reason)"
        " VALUES (0, ?, '2027-01-01T00:00:00Z', 'normal', 'emergency', 'guard', 'low')",
        (kept,),
    )
    one_run(db, "ratio", START)
    began = one_run(db, "ratio", START, Problem("unreachable", "away", "seedbox"))
    other = one_run(db, "vip", START)
    last = one_run(db, "ratio", START + timedelta(days=100))
    assert compact_runs(db, "ratio", KEEP, START + timedelta(days=100)) == 1
    assert rows(db, "SELECT id FROM runs ORDER BY id") == [(kept,), (began,), (other,), (last,)]


def test_a_problem_has_one_row_from_its_begin_to_its_end(db: sqlite3.Connection) -> None:
    minutes = [START + timedelta(minutes=4 * n) for n in range(4)]
    first = one_run(db, "ratio", minutes[0], Problem("unreachable", "seedbox: away for 2 minutes", "seedbox"))
    one_run(db, "ratio", minutes[1], Problem("unreachable", "seedbox: away for 5 minutes", "seedbox"))
    failed = one_run(db, "ratio", minutes[2], status="failed")  # it could not judge
    assert rows(db, "SELECT ended_at FROM run_problems") == [(None,)]
    last = one_run(db, "ratio", minutes[3], Problem("unreachable", "seedbox: wrong certificate", "seedbox"))
    assert rows(db, "SELECT run_id, last_run_id, message, began_at, ended_at FROM run_problems") == [
        (first, failed - 1, "seedbox: away for 5 minutes", "2027-01-01T00:00:00Z", "2027-01-01T00:12:00Z"),
        (last, last, "seedbox: wrong certificate", "2027-01-01T00:12:00Z", None),
    ]
    assert [run.problems for run in last_runs(db)] == [1]


def test_the_migration_keeps_every_problem_and_goes_back(tmp_path: Path) -> None:
    path = tmp_path / "mamctl.db"
    db = open_store(path)
    migrate(db, path, MIGRATIONS.index("m0011_reports"))
    for number, ratio in enumerate(("0.91", "0.95"), 1):
        db.execute("INSERT INTO runs VALUES (?, 'ratio', ?, NULL, 'ok', 3, NULL)", (number, f"2027-01-0{number}"))
        db.execute("INSERT INTO run_problems VALUES (?, 'ratio_emergency', ?, 'ratio', 'seed')", (number, ratio))
    db.execute("INSERT INTO run_problems VALUES (1, 'unreachable', 'away', 'seedbox', NULL)")
    db.execute("INSERT INTO told VALUES ('announce.vip', 'abc', '2027-01-01', '2027-01-02')")
    migrate(db, path)
    assert rows(db, "SELECT run_id, last_run_id, job, message, began_at, ended_at FROM run_problems") == [
        (1, 2, "ratio", "0.95", "2027-01-01", None),
        (1, 1, "ratio", "away", "2027-01-01", "2027-01-01"),
    ]
    assert rows(db, "SELECT job, last_at, ended_at FROM told") == [("notify.vip", "2027-01-02", None)]
    migrate(db, path, MIGRATIONS.index("m0011_reports"))
    assert rows(db, "SELECT run_id, message FROM run_problems") == [(2, "0.95"), (1, "away")]
    assert rows(db, "SELECT * FROM told") == [("announce.vip", "abc", "2027-01-01", "2027-01-02")]
    db.close()


def test_exchanges_are_counted_by_day_service_and_outcome(db: sqlite3.Connection) -> None:
    answered, refused = ("tracker", ExchangeOutcome.ANSWERED), ("tracker", ExchangeOutcome.REFUSED)
    count_exchanges(db, {answered: 3}, START)
    count_exchanges(db, {answered: 2, refused: 1}, START + timedelta(hours=5))
    count_exchanges(db, {refused: 1}, START + timedelta(days=1))
    assert load_exchanges(db, START) == (
        ExchangeCount("2027-01-01", *answered, 5),
        ExchangeCount("2027-01-01", *refused, 1),
        ExchangeCount("2027-01-02", *refused, 1),
    )
    assert len(load_exchanges(db, START + timedelta(days=1))) == 1


@pytest.mark.parametrize(
    ("job", "holder"),
    [
        ("run", "`mamctl run`"), ("vip", "`mamctl vip`"), ("meta.scan", "`mamctl meta scan`"),
        ("address", "`mamctl tracker ip update`"), ("change", "a change or rollback of the configuration"),
    ],
)  # fmt: skip
def test_a_lock_that_is_taken_says_by_which_command_and_since_when(tmp_path: Path, job: str, holder: str) -> None:
    store = tmp_path / "mamctl.db"
    with job_lock(store, job):
        pass  # an earlier run, whose time is not the one that is shown
    file = tmp_path / "locks" / f"{job}.lock"
    os.utime(file, (0, 0))
    before = datetime.now(UTC).replace(second=0, microsecond=0)
    with job_lock(store, job):
        for _ in range(2):  # to be refused does not renew it
            with pytest.raises(LockedError, match=r"is already under way, since ") as refused, job_lock(store, job):
                pass
    named, since = refused.value.message.removesuffix(" UTC").split(" is already under way, since ")
    assert named == holder
    assert before <= datetime.strptime(since, "%Y-%m-%d %H:%M").replace(tzinfo=UTC) <= datetime.now(UTC)
    assert refused.value.exit_code == 11
