"""The sample NFO and the sample path are read once for each code, and what that came to is taken for no other."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mamctl.domain.spec.clause import ClauseState
from mamctl.domain.spec.facts import SettingsFacts
from mamctl.jobs.spec.check import check_spec
from mamctl.jobs.spec.samples import keep_misread, misread_samples
from mamctl.store.database import open_copy
from mamctl.store.migrate import MIGRATIONS, migrate

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_copy(tmp_path / "mamctl.db")) as opened:
        yield opened


def test_what_was_kept_is_taken_for_the_same_code_only(db: sqlite3.Connection):
    assert misread_samples(db, NOW) == ()
    assert db.execute("SELECT * FROM spec_samples").fetchall() == []
    keep_misread(db, NOW)
    db.execute("""UPDATE spec_samples SET misread = '["title of the NFO"]'""")
    keep_misread(db, NOW)
    assert misread_samples(db, NOW) == ("title of the NFO",)
    db.execute("UPDATE spec_samples SET code = 'other'")
    assert misread_samples(db, NOW) == ()
    keep_misread(db, NOW)
    assert [row["misread"] for row in db.execute("SELECT * FROM spec_samples")] == ["[]"]


@pytest.mark.spec("META-3")
def test_a_sample_that_is_misread_breaks_the_promise(db: sqlite3.Connection):
    keep_misread(db, NOW)
    db.execute("""UPDATE spec_samples SET misread = '["title of the NFO", "authors of the path"]'""")
    found = next(one for one in check_spec(db, SettingsFacts(), NOW).clauses if one.id == "META-3")
    assert (found.state, found.evidence) == (ClauseState.VIOLATED, ("title of the NFO", "authors of the path"))
    assert found.detail == "a sample is not read: title of the NFO, authors of the path"


def test_the_table_goes_and_comes_back_empty(db: sqlite3.Connection):
    keep_misread(db, NOW)
    migrate(db, None, MIGRATIONS.index("m0042_spec_samples"))
    assert db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'spec_samples'").fetchone()[0] == 0
    migrate(db, None)
    assert misread_samples(db, NOW) == ()
