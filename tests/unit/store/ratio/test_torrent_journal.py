"""The journal of torrents: written before anything is touched, in one piece, stamped with the time of the freeze."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mamctl.domain.ratio.client import TorrentState
from mamctl.domain.ratio.reading import RatioReading
from mamctl.domain.ratio.torrent_journal import JournalEntry, Phase, Role
from mamctl.store.database import open_copy
from mamctl.store.ratio.guard import move_guard, read_guard
from mamctl.store.ratio.torrent_journal import (
    clients_on_record,
    count_left_alone,
    list_frozen,
    read_journal,
    write_entries,
)

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    db = open_copy(Path("/nonexistent/none.db"))
    begin(db)
    yield db
    db.close()


def begin(db: sqlite3.Connection) -> None:
    """The guard's next transition; the first one is an emergency with the id 1."""
    move_guard(db, read_guard(db), "a test", RatioReading(0.9, ""), NOW)


def entry(hash_: str = "a", role: Role = Role.FROZEN, phase: Phase = Phase.INTENDED, **more: object) -> JournalEntry:
    return JournalEntry(hash_, f"Book {hash_}", role, phase, TorrentState.FORCED_DL, **more)  # type: ignore[arg-type]


def test_what_is_written_is_read_again(db: sqlite3.Connection) -> None:
    first = entry(forced=True, tagged=True, reason="it was downloading")
    second = entry("b", Role.SEEDED)
    write_entries(db, "home", [first, second], NOW, emergency_id=1)
    journal = read_journal(db, "home", 1)
    assert journal.entries == {"a": first, "b": second}
    assert journal.begun
    assert read_journal(db, "attic", 1).entries == {}
    assert not read_journal(db, "attic", 1).begun
    assert clients_on_record(db) == {"home"}


@pytest.mark.spec("RAT-4")
def test_a_frozen_download_is_stamped_with_the_time_of_its_freeze(db: sqlite3.Connection) -> None:
    write_entries(db, "home", [entry(), entry("b", Role.SEEDED)], NOW, emergency_id=1)
    write_entries(db, "home", [entry().at(Phase.DONE)], LATER)
    (frozen,) = list_frozen(db)
    assert (frozen.client, frozen.hash, frozen.name) == ("home", "a", "Book a")
    assert (frozen.state_before, frozen.frozen_at) == ("forced_dl", NOW)
    write_entries(db, "home", [entry().at(Phase.REVERTED)], LATER)
    assert list_frozen(db) == ()
    row = db.execute("SELECT frozen_at, closed_at FROM torrent_journal WHERE hash = 'a'").fetchone()
    assert tuple(row) == ("2026-11-25T12:00:00Z", "2026-11-25T12:05:00Z")


def test_all_or_nothing(db: sqlite3.Connection) -> None:
    def broken() -> Iterator[JournalEntry]:
        yield entry()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_entries(db, "home", broken(), NOW, emergency_id=1)
    assert read_journal(db, "home", 1).entries == {}
    assert not read_journal(db, "home", 1).begun


@pytest.mark.parametrize("torrents", [1, 5_000])
def test_five_thousand_torrents_are_one_transaction(db: sqlite3.Connection, torrents: int) -> None:
    heard: list[str] = []
    db.set_trace_callback(heard.append)
    write_entries(db, "home", [entry(f"{number:040x}") for number in range(torrents)], NOW, emergency_id=1)
    db.set_trace_callback(None)
    assert [line for line in heard if line.startswith(("BEGIN", "COMMIT"))] == ["BEGIN IMMEDIATE", "COMMIT"]
    assert len(read_journal(db, "home", 1).entries) == torrents


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM torrent_journal WHERE client = 'home' AND closed_at IS NULL ORDER BY id",
        "SELECT * FROM torrent_journal WHERE client = 'home' AND phase = 'left_alone' AND emergency_id = 1",
        "UPDATE torrent_journal SET phase = 'done' WHERE client = 'home' AND hash = 'a' AND closed_at IS NULL",
        "SELECT * FROM frozen_now ORDER BY client, name",
        "SELECT count(*) FROM torrent_journal WHERE emergency_id = 1 AND phase = 'left_alone'",
    ],
)
def test_no_question_reads_the_closed_entries_of_earlier_years(db: sqlite3.Connection, query: str) -> None:
    plan = [row["detail"] for row in db.execute(f"EXPLAIN QUERY PLAN {query}")]
    assert any("torrent_journal_open" in line or "torrent_journal_by_emergency" in line for line in plan)


def test_one_torrent_has_one_open_entry_and_a_closed_one_stays_as_it_is(db: sqlite3.Connection) -> None:
    write_entries(db, "home", [entry()], NOW, emergency_id=1)
    write_entries(db, "home", [entry(reason="again")], LATER, emergency_id=1)
    assert db.execute("SELECT count(*) FROM torrent_journal").fetchone()[0] == 1
    write_entries(db, "home", [entry().at(Phase.LEFT_ALONE, "a person started it")], LATER)
    write_entries(db, "home", [entry().at(Phase.LEFT_ALONE, "swept")], LATER)
    journal = read_journal(db, "home", 1)
    assert journal.entries == {}
    assert journal.left_alone["a"].reason == "a person started it"
    assert count_left_alone(db, 1) == 1
    assert read_journal(db, "home", None).left_alone.keys() == {"a"}


def test_a_new_emergency_takes_on_what_is_open_and_forgets_who_was_left_alone(db: sqlite3.Connection) -> None:
    write_entries(db, "home", [entry(), entry("b")], NOW, emergency_id=1)
    write_entries(db, "home", [entry("b").at(Phase.LEFT_ALONE)], NOW)
    begin(db)
    begin(db)
    journal = read_journal(db, "home", 3)
    assert (journal.entries.keys(), journal.left_alone, journal.begun) == ({"a"}, {}, False)
    write_entries(db, "home", [], LATER, emergency_id=3)
    owners = dict(db.execute("SELECT hash, emergency_id FROM torrent_journal").fetchall())
    assert owners == {"a": 3, "b": 1}


def test_a_name_that_is_no_unicode_is_kept(db: sqlite3.Connection) -> None:
    odd = JournalEntry("a", "Book \udcff", Role.FROZEN, Phase.INTENDED, TorrentState.DOWNLOADING)
    write_entries(db, "home", [odd], NOW, emergency_id=1)
    assert read_journal(db, "home", 1).entries["a"].name == r"Book \udcff"
