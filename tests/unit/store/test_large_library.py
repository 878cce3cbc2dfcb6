"""What is found in a large library by quick ways is what a plain look at each book finds."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest

from mamctl.domain.text.normalize import as_unicode, fold, fold_title
from mamctl.store.database import open_copy
from mamctl.store.library.book_search import find_books
from mamctl.store.library.problems import load_duplicates, load_problems
from mamctl.store.values import text_to_path
from tests.kit.full_library import fill_library

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
BOOKS = 400


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    with closing(open_copy(tmp_path_factory.mktemp("large") / "none")) as db:
        fill_library(db, NOW, BOOKS)
        db.execute("UPDATE books SET gone_at = scanned_at WHERE id % 50 = 7")
        for book, title in ((11, '"The King\'s `Road` & More"'), (12, '"Caf\\u00e9 \\"Salt\\""'), (13, '"???"')):
            db.execute("UPDATE agreed SET value = ? WHERE book_id = ? AND field = 'title'", (title, book))
        db.execute("DELETE FROM agreed WHERE field = 'series'")  # by which volumes are known that are no copies
        db.execute("UPDATE books SET path = '/library/a\\udcff b' WHERE id = 14")
        yield db


def test_files_of_two_books_are_those_of_the_view(db):
    shared = db.execute("SELECT path, other_path FROM shared_files ORDER BY path").fetchall()
    found = [problem for problem in load_duplicates(db) if problem.code == "shared_file"]
    assert [problem.subject for problem in found] == [row["path"] for row in shared]
    assert all(row["other_path"] in problem.message for row, problem in zip(shared, found, strict=True))
    assert len(shared) > 2


def test_books_of_the_same_names_are_found_whatever_else_is_read(db):
    alike = defaultdict(list)
    for row in db.execute("SELECT id, path, title, authors, narrators FROM library ORDER BY id"):
        if row["title"] and row["authors"]:
            key = fold_title(row["title"]), fold(row["authors"]), fold(row["narrators"] or "")
            alike[key].append(text_to_path(row["path"]))
    expected = sorted(paths[0] for paths in alike.values() if len(paths) > 1)
    assert sorted(one.subject for one in load_duplicates(db) if one.code == "duplicate_books") == expected
    assert len(expected) > 1


def test_problems_come_by_their_kinds_and_age(db):
    rows = db.execute(
        "SELECT p.code, p.message FROM library_problems p JOIN books b ON b.id = p.book_id WHERE b.gone_at IS NULL"
        " AND p.code NOT GLOB 'doubtful_*' ORDER BY p.code, p.id"
    ).fetchall()
    found = [(one.code, one.message) for _, one in load_problems(db) if not one.code.startswith("doubtful_")]
    assert found == [tuple(row) for row in rows]
    assert len({code for code, _ in found}) > 2


@pytest.mark.parametrize(
    "text",
    ["lantern", "THE salt", "edith", "kings road", "road and more", "café salt", "cafe", "???", "jo 7", "", "a b"],
)
def test_a_few_words_find_the_books_that_have_them(db, text):
    wanted, exact, holding = fold(text), [], []
    for row in db.execute("SELECT id, path, title, authors FROM library ORDER BY id"):
        title, path = fold(row["title"] or ""), fold(as_unicode(text_to_path(row["path"])))
        if title == wanted:
            exact.append(row["id"])
        if wanted and set(wanted.split()) <= set(f"{title} {fold(row['authors'] or '')} {path}".split()):
            holding.append(row["id"])
    assert [book.id for book in find_books(db, text)] == (exact or holding)
