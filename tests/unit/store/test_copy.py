"""A dry run's copy of a large store lies in a temporary file, and in memory where there is no place for one."""

from __future__ import annotations

import resource
from contextlib import closing
from pathlib import Path

import pytest

from mamctl.store.database import open_copy, open_store
from tests.kit.stocked_library import add_book

BOOKS = 100
DESCRIPTION = "A lantern in the orchard. " * 4_000  # 100 kB, 10 MB in all


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("copy") / "mamctl.db"
    with closing(open_store(path)) as db:
        db.execute("BEGIN")
        for number in range(BOOKS):
            add_book(db, number, description=DESCRIPTION)
        db.execute("COMMIT")
    return path


def temporary_files() -> list[str]:
    """The files without a name that this process holds, as SQLite makes them."""
    found = []
    for one in Path("/proc/self/fd").iterdir():
        try:
            found.append(str(one.readlink()))
        except OSError:
            continue  # that of the listing itself
    return [name for name in found if "etilqs_" in name and name.endswith("(deleted)")]


def test_a_large_copy_lies_in_a_file_without_a_name(store: Path) -> None:
    before = len(temporary_files())
    with closing(open_copy(store)) as copy:
        assert len(temporary_files()) == before + 1
        copy.execute("DELETE FROM agreed")
        assert copy.execute("SELECT count(*) FROM books").fetchone()[0] == BOOKS
    assert len(temporary_files()) == before
    with closing(open_copy(store)) as copy:
        assert copy.execute("SELECT count(*) FROM agreed").fetchone()[0] == BOOKS


def test_where_no_file_can_be_written_the_copy_is_in_memory(store: Path) -> None:
    before = len(temporary_files())
    allowed = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10**6, allowed[1]))
    try:
        with closing(open_copy(store)) as copy:
            copy.execute("UPDATE agreed SET reason = value")
            assert copy.execute("SELECT count(*) FROM agreed").fetchone()[0] == BOOKS
            assert len(temporary_files()) == before
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, allowed)
