"""What a quick scan asks the store: how far a book was decoded, its mark, and what is wrong in a folder."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

import pytest

from mamctl.domain.library.book import ENDS, NOT_DECODED, WHOLE, AudioFile, decoded_so_far
from mamctl.domain.library.files import BookFiles, FoundFile
from mamctl.domain.problem import Problem
from mamctl.store.database import open_store
from mamctl.store.library.books import (
    begin_root,
    end_root,
    holds_books,
    holds_files,
    known_book,
    mark_seen,
    save_book,
    save_marks,
    save_root,
)
from mamctl.store.library.problems import count_problems_in, load_problems, load_problems_in, replace_problems
from mamctl.store.migrate import MIGRATIONS, migrate

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FILE = FoundFile("/lib/A/1.mp3", 1, 2, 3, 4, 1)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = open_store(tmp_path / "mamctl.db")
    opened.execute("INSERT INTO runs (id, job, started_at) VALUES (1, 'meta.scan', '2026-03-01T00:00:00Z')")
    yield opened
    opened.close()


def record(db: sqlite3.Connection, path: str, *reached: str, mark: bytes = b"m") -> int:
    paths = [f"{path}/{number}.mp3" for number in range(len(reached))]
    found = [FILE._replace(path=one, inode=crc32(one.encode("utf-8", "surrogateescape"))) for one in paths]
    files = [AudioFile(file, decoded=reach) for file, reach in zip(found, reached, strict=True)]
    return save_book(db, 1, BookFiles("/lib", path, tuple(found), ()), "7-x", mark, files, NOW, lambda _: True)[0]


@pytest.mark.parametrize(
    ("reached", "least"),
    [((WHOLE, WHOLE), WHOLE), ((WHOLE, ENDS), ENDS), ((WHOLE, NOT_DECODED, ENDS), NOT_DECODED), ((), NOT_DECODED)],
)
def test_a_book_is_decoded_as_far_as_the_least_of_its_files(db, reached: tuple[str, ...], least: str):
    assert decoded_so_far([AudioFile(FILE, decoded=reach) for reach in reached]) == least
    if reached:
        record(db, "/lib/A", *reached)
        assert known_book(db, "/lib/A").decoded == least


def test_a_store_of_before_knows_how_far_its_books_were_decoded_and_has_no_marks(db):
    for number, reached in enumerate([(WHOLE, WHOLE), (WHOLE, ENDS), (ENDS, NOT_DECODED)]):
        record(db, f"/lib/{number}", *reached)
    before = [known_book(db, f"/lib/{number}").decoded for number in range(3)]
    migrate(db, None, MIGRATIONS.index("m0040_book_marks"))
    migrate(db, None)
    after = [known_book(db, f"/lib/{number}") for number in range(3)]
    assert [book.decoded for book in after] == before == [WHOLE, ENDS, NOT_DECODED]
    assert {book.mark for book in after} == {None}
    save_marks(db, [(after[0].id, b"new")])
    assert known_book(db, "/lib/0").mark == b"new"


def test_a_folder_holds_what_is_recorded_below_it_in_whatever_library_folder(db):
    record(db, "/lib/A", ENDS)
    asked = ("/", "/lib", "/lib/A", "/lib/A0", "/lib/A b", "/li", "/other")
    assert [folder for folder in asked if holds_books(db, folder)] == ["/", "/lib", "/lib/A"]
    db.execute("UPDATE books SET gone_at = scanned_at")
    assert not holds_books(db, "/lib")
    assert [folder for folder in asked if holds_files(db, folder)] == ["/", "/lib", "/lib/A"]


def test_books_not_seen_are_missing_that_a_library_folder_around_this_one_held(db):
    books = [record(db, path, ENDS) for path in ("/lib/A", "/lib/A/B", "/lib/A/C", "/lib/D", "/lib/A/E")]
    save_root(db, "/", books[1:2])
    save_root(db, "/lib/A/C", books[2:3])  # what lies there a walk of this folder may pass over
    begin_root(db, "/lib/A", NOW)
    mark_seen(db, books[4:])
    assert end_root(db, "/lib/A", ["/lib/A/x"], NOW, "/lib/A") == 1
    assert known_book(db, "/lib/A/B") is None
    assert all(known_book(db, path) for path in ("/lib/A", "/lib/A/C", "/lib/D", "/lib/A/E"))


def test_problems_are_those_of_the_folder_and_what_lies_below_it(db):
    for path in ("/lib/A", "/lib/A/B", "/lib/A b", "/lib/A0"):
        book = record(db, path, ENDS)
        replace_problems(db, [Problem("nested_folders", "m", path)], NOW, book_id=book, root="/lib")
    replace_problems(db, [Problem("broken_link", "m", "/lib/A/x.mp3"), Problem("z", "m")], NOW, root="/lib")

    def found(*folders: str, most: int = -1) -> list[str | None]:
        problems = load_problems_in(db, folders, most)
        assert most >= 0 or count_problems_in(db, folders) == len(problems)
        return [problem.subject for problem in problems]

    assert found("/lib/A") == ["/lib/A/x.mp3", "/lib/A", "/lib/A/B"]
    assert found("/lib/A", most=2) == ["/lib/A/x.mp3", "/lib/A"]
    assert found("/lib/A/B", "/lib/A", "/lib/A b") == ["/lib/A/x.mp3", "/lib/A", "/lib/A/B", "/lib/A b"]
    assert len(found("/")) == 5  # what names nothing lies in no folder
    assert [problem.code for problem in load_problems_in(db, ["/lib"], -1, of_books=False)] == ["broken_link"]
    assert len(list(load_problems(db))) == 6
    assert len(list(load_problems(db, book))) == 1


def test_a_remedy_may_name_what_is_no_unicode(db):
    path = "/lib/Jos\udce9"
    book = record(db, path, ENDS)
    replace_problems(db, [Problem("m", f"{path}: m", path, f"mamctl meta set '{path}'")], NOW, book_id=book)
    ((_, problem),) = load_problems(db, book)
    assert (problem.subject, problem.remedy) == (path, "mamctl meta set '/lib/Jos\\udce9'")
