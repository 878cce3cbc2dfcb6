"""The self-tests as they last ended, and whether a change still fails because of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime

from mamctl.domain.change.self_tests import CLAUSE, Judgement, SelfTest, TestOutcome
from mamctl.domain.problem import BROKEN_PROMISE
from mamctl.domain.timestamps import timestamp
from mamctl.sqlite import transaction
from mamctl.store.change.log import failing_changes, set_failing
from mamctl.store.values import storable


def last_outcomes(db: sqlite3.Connection) -> Mapping[str, TestOutcome]:
    """How each self-test last ended where it was made; where none was, what the last runs of the jobs prove."""
    rows = db.execute("SELECT name, made FROM change_tests WHERE made IS NOT NULL")
    known = {row["name"]: TestOutcome(row["made"]) for row in rows}
    return {**_proved_by_runs(db), **known, **_broken_since(db)}


def _broken_since(db: sqlite3.Connection) -> dict[str, TestOutcome]:
    """Promises that a check found broken after they were last tested: no change that comes later has done that."""
    rows = db.execute(
        "SELECT p.subject FROM run_problems p LEFT JOIN change_tests t ON t.name = ?1 || p.subject"
        " WHERE p.code = ?2 AND p.ended_at IS NULL AND (t.tested_at IS NULL OR t.tested_at < p.last_seen_at)",
        (CLAUSE, BROKEN_PROMISE),
    )
    return {f"{CLAUSE}{row['subject']}": TestOutcome.FAILED for row in rows}


_BY_JOB = {
    "vip": ("configuration", "secrets", "store", "session", "dry run: vip check"),
    "ratio": ("configuration", "store", "dry run: ratio watch"),
}


def _proved_by_runs(db: sqlite3.Connection) -> dict[str, TestOutcome]:
    """A job whose last finished run did its work has passed what its self-tests would ask."""
    found: dict[str, TestOutcome] = {}
    for job, names in _BY_JOB.items():
        row = db.execute(
            "SELECT status FROM runs WHERE job = ? AND finished_at IS NOT NULL ORDER BY id DESC LIMIT 1", (job,)
        ).fetchone()
        if row is not None and row["status"] in ("ok", "attention"):
            found |= dict.fromkeys(names, TestOutcome.PASSED)
    rows = db.execute("SELECT client FROM client_figures WHERE seen_at = (SELECT max(seen_at) FROM client_figures)")
    return found | {f"client {row['client']}": TestOutcome.PASSED for row in rows}


def tests_to_repeat(db: sqlite3.Connection) -> frozenset[str]:
    """The names of the tests that could not be made for the newest change, and of those that count against one."""
    rows = db.execute("SELECT name FROM change_tests WHERE outcome = 'not_tested' OR counts = 1")
    return frozenset(row["name"] for row in rows)


def record_tests(
    db: sqlite3.Connection, tests: Iterable[SelfTest], judgement: Judgement, change_id: int | None, now: datetime
) -> None:
    """Note how the tests ended. One that counts against a change goes on counting until it passes."""
    counting = {test.name for test in judgement.against}
    with transaction(db):
        db.executemany(
            "INSERT INTO change_tests (name, outcome, detail, remedy, tested_at, made, counts, change_id)"
            " VALUES (?1, ?2, ?3, ?4, ?5, nullif(?2, 'not_tested'), ?6, ?7) ON CONFLICT DO UPDATE SET"
            " outcome = excluded.outcome, detail = excluded.detail, remedy = excluded.remedy,"
            " tested_at = excluded.tested_at, made = coalesce(excluded.made, change_tests.made),"
            " counts = excluded.outcome <> 'passed' AND max(excluded.counts, change_tests.counts),"
            " change_id = coalesce(excluded.change_id, change_tests.change_id)",
            [
                (test.name, test.outcome.value, storable(test.detail), storable(test.remedy), timestamp(now),
                 test.name in counting, change_id)
                for test in tests
            ],
        )  # fmt: skip


def counting_tests(db: sqlite3.Connection) -> tuple[str, ...]:
    """What still counts against a change, each as "name: detail"."""
    rows = db.execute("SELECT name, detail FROM change_tests WHERE counts = 1 ORDER BY name")
    return tuple(f"{row['name']}: {row['detail']}" for row in rows)


def read_tests(db: sqlite3.Connection, change_id: int) -> tuple[SelfTest, ...]:
    """The tests whose last result belongs to this change."""
    rows = db.execute("SELECT * FROM change_tests WHERE change_id = ? ORDER BY name", (change_id,))
    return tuple(SelfTest(row["name"], TestOutcome(row["outcome"]), row["detail"], row["remedy"]) for row in rows)


def keep_tests(db: sqlite3.Connection, kept: Iterable[str]) -> None:
    """Drop the results of tests that there are no more, such as those of a client that was taken away."""
    names = set(kept)
    forget_tests(db, [row["name"] for row in db.execute("SELECT name FROM change_tests") if row["name"] not in names])


def forget_tests(db: sqlite3.Connection, gone: Iterable[str]) -> None:
    """Drop the results of these tests."""
    db.executemany("DELETE FROM change_tests WHERE name = ?", [(name,) for name in gone])


def settle_failing(db: sqlite3.Connection, now: datetime, *, newest: int | None = None) -> None:
    """Every failing change is mended when no self-test counts any more; else the newest change is the failing one."""
    counting = counting_tests(db)
    if counting and newest is not None:
        set_failing(db, newest, now, "; ".join(counting))
    for change in failing_changes(db):
        if not counting or (newest is not None and change.id != newest):
            set_failing(db, change.id, now, None)
