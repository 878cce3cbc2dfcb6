"""How self-tests ended before a change, and which changes took themselves back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mamctl.domain.change.self_tests import SelfTest, TestOutcome, judge_change
from mamctl.domain.spec.queue_facts import ChangeFact
from mamctl.store.change.tests import last_outcomes, record_tests
from mamctl.store.database import open_store
from mamctl.store.spec.queue import read_change_facts

AT = datetime(2026, 11, 20, tzinfo=UTC)
BROKEN = (
    "INSERT INTO run_problems (run_id, last_run_id, job, code, message, subject, began_at, last_seen_at)"
    " VALUES (1, 1, 'spec', 'promise_broken', 'm', 'VIP-8', '2026-11-01T00:00:00Z', ?)"
)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_store(tmp_path / "mamctl.db")) as store:
        yield store


@pytest.mark.spec("CHG-2")
@pytest.mark.parametrize(
    ("seen", "before"),
    [("2026-11-25T00:00:00Z", TestOutcome.FAILED), ("2026-11-19T00:00:00Z", TestOutcome.PASSED)],
)
def test_a_promise_that_was_broken_since_its_last_test_was_broken_before_the_change(
    db: sqlite3.Connection, seen: str, before: TestOutcome
) -> None:
    passed = [SelfTest("clause VIP-8", TestOutcome.PASSED)]
    record_tests(db, passed, judge_change({}, passed), None, AT)
    db.execute("INSERT INTO runs (id, job, started_at, status) VALUES (1, 'spec', '2026-11-01T00:00:00Z', 'ok')")
    db.execute(BROKEN, (seen,))
    assert last_outcomes(db)["clause VIP-8"] is before


@pytest.mark.spec("OPS-2-INCIDENTS")
@pytest.mark.parametrize(
    ("outcome", "reason", "taken_back"),
    [
        ("failed_rolled_back", "session: others can read it", True),
        ("failed_rolled_back", "the migration failed and changed nothing: OperationalError", True),
        ("failed_rolled_back", "nothing was changed: the disk is full", False),
        ("failed_rolled_back", "it was interrupted before the file was written", False),
        ("active", None, False),
    ],
)
def test_what_was_never_made_was_not_taken_back(
    db: sqlite3.Connection, outcome: str, reason: str | None, taken_back: bool
) -> None:
    db.execute(
        "INSERT INTO change_log (at, kind, summary, closed_at, outcome, reason)"
        " VALUES ('2026-11-20T00:00:00Z', 'config', 's', '2026-11-20T00:00:00Z', ?, ?)",
        (outcome, reason),
    )
    (found,) = read_change_facts(db, AT).changes
    assert isinstance(found, ChangeFact)
    assert found.taken_back is taken_back
