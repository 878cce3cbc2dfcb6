"""What a person verified, only a person changes: the database itself refuses the rest."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mamctl.domain.metadata.agreed_value import AgreedValue
from mamctl.domain.metadata.observation import Field, Observation, Source
from mamctl.domain.text.series import SeriesEntry
from mamctl.store.database import open_store
from mamctl.store.library.agreed import (
    load_agreed,
    load_observations,
    replace_observations,
    save_agreed,
    set_by_user,
    unverify_by_user,
    verify_by_user,
)

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    db = open_store(tmp_path / "mamctl.db")
    db.execute(
        "INSERT INTO books (id, path, root, stamp, size, added_at, scanned_at) VALUES (1,'/l/a','/l','',1,'','')"
    )
    yield db
    db.close()


def title(value: str, confidence: float = 0.8) -> AgreedValue:
    return AgreedValue(Field.TITLE, value, confidence, Source.TAGS, "tags say so")


def the_title(db: sqlite3.Connection) -> tuple[object, bool]:
    agreed = load_agreed(db, 1)[Field.TITLE]
    return agreed.value, agreed.verified


@pytest.mark.spec("META-7")
@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE agreed SET value = '\"Other\"'",
        "UPDATE OR REPLACE agreed SET value = '\"Other\"'",
        "UPDATE agreed SET verified = 0",
        "UPDATE agreed SET field = 'subtitle'",
        "UPDATE agreed SET edit_id = NULL, value = '\"Other\"'",
        "DELETE FROM agreed",
        "DELETE FROM books",
        "INSERT OR REPLACE INTO agreed (book_id, field, value, confidence, source, reason, changed_at)"
        " VALUES (1, 'title', '\"Other\"', 1, 'tags', '', '')",
        "REPLACE INTO agreed (book_id, field, value, confidence, source, reason, changed_at, edit_id)"
        " SELECT book_id, field, '\"Other\"', 1, 'tags', '', '', edit_id FROM agreed",
        "INSERT INTO agreed (book_id, field, value, confidence, source, reason, changed_at)"
        " VALUES (1, 'title', '\"Other\"', 1, 'tags', '', '') ON CONFLICT DO UPDATE SET value = excluded.value",
        "UPDATE person_edits SET value = '\"Other\"'",
        "DELETE FROM person_edits",
    ],
)
def test_no_statement_changes_a_verified_field(db: sqlite3.Connection, attack: str):
    save_agreed(db, 1, None, [title("The Salt Road")], NOW)
    verify_by_user(db, 1, [Field.TITLE], NOW)
    with pytest.raises(sqlite3.IntegrityError):
        db.execute(attack)
    assert the_title(db) == ("The Salt Road", True)


def test_only_a_persons_edit_verifies(db: sqlite3.Connection):
    save_agreed(db, 1, None, [title("The Salt Road")], NOW)
    with pytest.raises(sqlite3.IntegrityError):
        db.execute("UPDATE agreed SET verified = 1")
    with pytest.raises(sqlite3.IntegrityError):
        db.execute(
            "INSERT INTO agreed (book_id, field, value, confidence, source, reason, changed_at, verified)"
            " VALUES (1, 'year', '2011', 1, 'tags', '', '', 1)"
        )


def test_a_scan_leaves_verified_fields_and_replaces_the_others(db: sqlite3.Connection):
    year = AgreedValue(Field.YEAR, 2011, 0.6, Source.TAGS, "")
    save_agreed(db, 1, None, [title("The Salt Road"), year], NOW)
    verify_by_user(db, 1, [Field.TITLE], NOW)
    save_agreed(db, 1, None, [title("Track 01")], NOW)
    assert the_title(db) == ("The Salt Road", True)
    assert Field.YEAR not in load_agreed(db, 1)


def test_a_person_may_change_a_mind(db: sqlite3.Connection):
    set_by_user(db, 1, Field.TITLE, "First", NOW)
    set_by_user(db, 1, Field.TITLE, "Second", NOW)
    assert the_title(db) == ("Second", True)
    assert unverify_by_user(db, 1, [Field.TITLE, Field.YEAR], NOW) == (Field.TITLE,)
    save_agreed(db, 1, None, [title("From the tags")], NOW)
    assert the_title(db) == ("From the tags", False)
    assert [row[0] for row in db.execute("SELECT action FROM person_edits ORDER BY id")] == ["set", "set", "unverify"]


def test_a_field_without_a_value_cannot_be_verified(db: sqlite3.Connection):
    assert verify_by_user(db, 1, [Field.NARRATORS], NOW) == ()


def test_observations_of_other_sources_stay(db: sqlite3.Connection):
    def said(source: Source, value: str) -> Observation:
        return Observation(Field.TITLE, value, source, "somewhere", 0.5, NOW)

    series = Observation(Field.SERIES, (SeriesEntry("Lantern", "2"),), Source.TAGS, "a.mp3\udcff", 0.5, NOW)
    odd = Observation(Field.PUBLISHER, "caf\udce9", Source.FOLDER, "/l/caf\udce9", 0.5, NOW)
    replace_observations(db, 1, None, [said(Source.AUDIBLE, "A")], [Source.AUDIBLE])
    replace_observations(db, 1, None, [said(Source.TAGS, "old")], [Source.TAGS, Source.FOLDER])
    replace_observations(db, 1, None, [said(Source.TAGS, "T"), series, odd], [Source.TAGS, Source.FOLDER])
    assert set(load_observations(db, 1)) == {said(Source.AUDIBLE, "A"), said(Source.TAGS, "T"), series, odd}
