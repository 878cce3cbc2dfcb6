"""The guard's row: whoever read an older state changes nothing, and every change bears its figures."""

from __future__ import annotations

import math
import multiprocessing
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mamctl.domain.ratio.guard import Guard, GuardState, Override
from mamctl.domain.ratio.policy import RatioSource
from mamctl.domain.ratio.reading import RatioReading
from mamctl.errors import LockedError
from mamctl.store.database import open_store
from mamctl.store.ratio.guard import claim_notification, end_override, list_transitions, move_guard, read_guard

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LOW = RatioReading(0.98, "all clients together", RatioSource.QBITTORRENT, 98, 100)
GOOD = RatioReading(1.07, "all clients together", RatioSource.QBITTORRENT, 107, 100)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mamctl.db"


@pytest.fixture
def db(path: Path) -> Iterator[sqlite3.Connection]:
    db = open_store(path)
    yield db
    db.close()


def test_before_the_first_transition_all_is_normal(db: sqlite3.Connection) -> None:
    assert read_guard(db).guard == Guard()
    assert claim_notification(db, NOW) is None
    assert list_transitions(db, NOW) == ()


@pytest.mark.spec("RAT-4")
@pytest.mark.spec("RAT-5")
def test_freeze_and_recovery_are_recorded_with_the_figures_of_their_moment(db: sqlite3.Connection) -> None:
    move_guard(db, read_guard(db), "below the floor", LOW, NOW)
    frozen = read_guard(db).guard
    assert (frozen.state, frozen.since, frozen.emergency_id) == (GuardState.EMERGENCY, NOW, 1)
    later = NOW + timedelta(hours=3)
    move_guard(db, read_guard(db), "recovered", GOOD, later)
    assert read_guard(db).guard == Guard(GuardState.NORMAL, later)
    down, up = list_transitions(db, NOW)
    assert (down.at, down.ratio, down.uploaded_bytes, down.downloaded_bytes) == (NOW, 0.98, 98, 100)
    assert (up.at, up.ratio, up.uploaded_bytes, up.downloaded_bytes) == (later, 1.07, 107, 100)
    assert (up.from_state, up.to_state, up.decided_by) == (GuardState.EMERGENCY, GuardState.NORMAL, "guard")
    assert [row["source"] for row in db.execute("SELECT source FROM guard_transitions")] == ["qbittorrent"] * 2
    assert list_transitions(db, later) == (up,)


def test_who_read_an_older_state_changes_nothing(db: sqlite3.Connection) -> None:
    old = read_guard(db)
    move_guard(db, old, "first", LOW, NOW)
    with pytest.raises(LockedError):
        move_guard(db, old, "second", LOW, NOW)
    assert [row.reason for row in list_transitions(db, NOW)] == ["first"]


def race(path: Path, barrier, results) -> None:  # a process of its own
    db = open_store(path)
    read = read_guard(db)
    barrier.wait(60)
    try:
        move_guard(db, read, "raced", LOW, NOW)
        results.put("moved")
    except LockedError:
        results.put("locked")
    db.close()


def test_of_two_processes_that_read_the_same_state_one_moves_it(path: Path, db: sqlite3.Connection) -> None:
    spawn = multiprocessing.get_context("spawn")
    barrier, results = spawn.Barrier(2), spawn.Queue()
    processes = [spawn.Process(target=race, args=(path, barrier, results)) for _ in range(2)]
    for process in processes:
        process.start()
    assert sorted(results.get(timeout=60) for _ in processes) == ["locked", "moved"]
    for process in processes:
        process.join(60)
    assert len(list_transitions(db, NOW)) == 1


def test_even_a_writer_that_does_not_look_cannot_fork_the_chain(db: sqlite3.Connection) -> None:
    move_guard(db, read_guard(db), "first", LOW, NOW)
    with pytest.raises(sqlite3.IntegrityError, match="follows"):
        db.execute(
            "INSERT INTO guard_transitions (follows, at, from_state, to_state, decided_by, reason)"
            " VALUES (0, '', 'normal', 'emergency', 'guard', '')"
        )


def test_a_persons_hold_is_kept_until_it_is_ended(db: sqlite3.Connection) -> None:
    move_guard(db, read_guard(db), "below", LOW, NOW)
    hold = Override(NOW + timedelta(days=1), 0.98)
    told = move_guard(db, read_guard(db), "a person", LOW, NOW, hold=hold, by="person")
    assert told.decided_by == "person"
    assert read_guard(db).guard.override == hold
    end_override(db, read_guard(db))
    assert read_guard(db).guard.override is None
    move_guard(db, read_guard(db), "below again", LOW, NOW, hold=hold)
    assert read_guard(db).guard.override is None  # an emergency is never held


def test_an_infinite_ratio_is_no_number_in_the_database(db: sqlite3.Connection) -> None:
    move_guard(db, read_guard(db), "below", LOW, NOW)
    move_guard(db, read_guard(db), "new totals", RatioReading(math.inf, "", uploaded=5, downloaded=0), NOW)
    assert list_transitions(db, NOW)[-1].ratio is None


def test_a_transition_is_told_once(db: sqlite3.Connection) -> None:
    move_guard(db, read_guard(db), "below", LOW, NOW)
    claimed = claim_notification(db, NOW)
    assert claimed is not None
    assert claimed.to_state is GuardState.EMERGENCY
    assert claim_notification(db, NOW) is None
    assert list_transitions(db, NOW)[0].announced
