"""What is said again is noted, not written again, and the store has the same as if it had been."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Field, Observation, Source, Value
from mamctl.domain.text.series import SeriesEntry
from mamctl.store.database import open_copy, open_store, others_version
from mamctl.store.library.agreed import (
    load_agreed,
    load_observations,
    replace_observations,
    restate_observations,
    save_agreed,
    set_by_user,
    update_agreed,
)

THEN = datetime(2026, 11, 25, 12, tzinfo=UTC)
NOW = THEN + timedelta(days=1)
CATALOGUES = (Source.AUDIBLE, Source.GOODREADS)
VALUES: dict[Field, tuple[Value, ...]] = {
    Field.TITLE: ("The Salt Road", "Salt"),
    Field.SERIES: ((SeriesEntry("Lantern Cycle", "2"),), (SeriesEntry("Lantern Cycle", None),)),
    Field.AUTHORS: (("Mara Vell",), ("Mara Vell", "Jürgen Röhr")),
    Field.DURATION: (600.0, 3600.5),
    Field.ABRIDGED: (True, False),
}


def statements(sources: tuple[Source, ...], moment: datetime) -> st.SearchStrategy[list[Observation]]:
    def said(field: Field, which: int, source: Source, confidence: float) -> Observation:
        return Observation(field, VALUES[field][which], source, f"{source}:1", confidence, moment)

    confidences = st.sampled_from([0.5, 0.9])
    one = st.builds(said, st.sampled_from(list(VALUES)), st.integers(0, 1), st.sampled_from(sources), confidences)
    return st.lists(one, max_size=6)


def fill(db: sqlite3.Connection) -> None:
    db.execute("INSERT INTO runs (id, job, started_at) VALUES (7, 'meta.enrich', '')")
    for book_id in (1, 2):
        db.execute(
            "INSERT INTO books (id, path, root, stamp, size, added_at, scanned_at) VALUES (?, ?, '/l', '', 1, '', '')",
            (book_id, f"/l/{book_id}"),
        )


@pytest.fixture(scope="module")
def empty() -> Iterator[sqlite3.Connection]:
    db = open_copy(Path("no-such-file"))
    fill(db)
    yield db
    db.close()


def rows(db: sqlite3.Connection, table: str, book_id: int) -> list[tuple[object, ...]]:
    order = "field, confidence DESC, id" if table == "observations" else "field"
    found = db.execute(f"SELECT * FROM {table} WHERE book_id = ? ORDER BY {order}", (book_id,))
    return [tuple(row[key] for key in row.keys() if key not in {"id", "book_id"}) for row in found]  # noqa: SIM118


@given(
    statements((Source.TAGS, Source.FOLDER), THEN), statements(CATALOGUES, THEN),
    st.none() | statements(CATALOGUES, NOW), st.booleans(),
)  # fmt: skip
def test_restating_leaves_what_replacing_leaves(empty, local, before, after, own: bool) -> None:
    again = [Observation(one.field, one.value, one.source, one.place, one.confidence, NOW) for one in before]
    said = again if after is None else after
    for book_id in (1, 2):
        empty.execute("BEGIN")
        replace_observations(empty, book_id, None, local, tuple(Source))
        replace_observations(empty, book_id, None, before, CATALOGUES)
        save_agreed(empty, book_id, None, agree([*local, *before]), THEN)
        empty.execute("COMMIT")
    empty.execute("BEGIN")
    if own:
        for book_id in (1, 2):
            empty.execute("UPDATE agreed SET value = '\"Mine\"' WHERE book_id = ? AND field = 'title'", (book_id,))
    recorded = restate_observations(empty, 1, 7, said, CATALOGUES, load_observations(empty, 1))
    update_agreed(empty, 1, 7, agree(recorded), NOW, load_agreed(empty, 1))
    replace_observations(empty, 2, 7, said, CATALOGUES)
    save_agreed(empty, 2, 7, agree(load_observations(empty, 2)), NOW)
    assert recorded == load_observations(empty, 2)
    assert rows(empty, "observations", 1) == rows(empty, "observations", 2)
    assert rows(empty, "agreed", 1) == rows(empty, "agreed", 2)
    empty.execute("COMMIT")


def test_the_same_words_are_not_written_again(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "mamctl.db")) as db:
        fill(db)
        said = [Observation(Field.TITLE, "The Salt Road", Source.AUDIBLE, "audible:1", 0.9, THEN)]
        replace_observations(db, 1, None, said, CATALOGUES)
        set_by_user(db, 1, Field.YEAR, 2013, THEN)
        save_agreed(db, 1, None, agree(said), THEN)
        known = [row["id"] for row in db.execute("SELECT id FROM observations")]
        again = [Observation(one.field, one.value, one.source, one.place, one.confidence, NOW) for one in said]
        recorded = restate_observations(db, 1, 7, again, CATALOGUES, load_observations(db, 1))
        changes = db.total_changes
        update_agreed(db, 1, 7, agree(recorded), NOW, load_agreed(db, 1))
        assert db.total_changes == changes
        assert [(row["id"], row["run_id"]) for row in db.execute("SELECT id, run_id FROM observations")] == [
            (number, 7) for number in known
        ]
        assert load_observations(db, 1) == recorded == tuple(again)


def test_another_connection_s_changes_are_seen(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "mamctl.db")) as db, closing(open_store(tmp_path / "mamctl.db")) as other:
        version = others_version(db)
        fill(db)
        assert others_version(db) == version
        other.execute("UPDATE books SET size = 2")
        assert others_version(db) != version
