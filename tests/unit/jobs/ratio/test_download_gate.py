"""The paid gate: asked before a download that counts, and on record with its answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.ratio.reading import RatioReading
from mamctl.jobs.ratio.download_gate import Gate, check_paid_download, is_emergency
from mamctl.store.database import open_copy
from mamctl.store.ratio.guard import move_guard, read_guard
from mamctl.store.ratio.paid_answers import count_blocked
from mamctl.store.runs import begin_run

pytestmark = pytest.mark.spec("RAT-6")
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def new_db() -> sqlite3.Connection:
    return open_copy(Path("/nonexistent/none.db"))


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    db = new_db()
    yield db
    db.close()


def turn(db: sqlite3.Connection) -> None:
    move_guard(db, read_guard(db), "a test", RatioReading(0.9, ""), NOW)


def answers(db: sqlite3.Connection) -> list[tuple[object, ...]]:
    rows = db.execute("SELECT subject, answer, asked_at, emergency_id, run_id FROM paid_answers ORDER BY id")
    return [tuple(row) for row in rows]


def test_while_all_is_normal_it_is_allowed_and_recorded(db: sqlite3.Connection) -> None:
    answer = check_paid_download(db, "Dune", NOW)
    assert (answer.gate, answer.allowed, answer.since) == (Gate.ALLOWED, True, None)
    assert not is_emergency(db)
    assert answers(db) == [("Dune", "allowed", "2026-11-25T12:00:00Z", None, None)]


def test_paid_download_blocking(db: sqlite3.Connection) -> None:
    turn(db)
    run = begin_run(db, "queue", LATER)
    answer = check_paid_download(db, "Dune", LATER, run_id=run)
    assert (answer.gate.value, answer.allowed, answer.since) == ("blocked_ratio_emergency", False, NOW)
    assert answer.reason == "the ratio emergency has been active since 2026-11-25 12:00 UTC"
    assert is_emergency(db)
    assert answers(db) == [("Dune", "blocked_ratio_emergency", "2026-11-25T13:00:00Z", 1, run)]
    assert count_blocked(db, 1) == 1


def test_after_the_recovery_it_is_allowed_again(db: sqlite3.Connection) -> None:
    turn(db)
    check_paid_download(db, "Dune", NOW)
    turn(db)
    assert check_paid_download(db, "Dune", LATER).allowed
    assert [row[1] for row in answers(db)] == ["blocked_ratio_emergency", "allowed"]


@given(st.lists(st.text(st.characters(codec=None, exclude_characters="\0"), max_size=20) | st.none(), max_size=12))
def test_every_question_is_answered_by_the_guard_as_it_stands(story: list[str | None]) -> None:
    db = new_db()
    emergency, asked = False, 0
    for subject in story:
        if subject is None:
            turn(db)
            emergency = not emergency
        else:
            asked += 1
            assert check_paid_download(db, subject, NOW).allowed is not emergency
    rows = answers(db)
    assert len(rows) == asked
    assert all((answer == "allowed") == (emergency_id is None) for _, answer, _, emergency_id, _ in rows)
    db.close()
