"""Problems of the library: what scans noted about books and folders, and books that are there more than once."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeAlias

from mamctl.domain.library.problem_kinds import DOUBTFUL_BELOW
from mamctl.domain.problem import Problem
from mamctl.domain.text.normalize import fold, fold_title
from mamctl.domain.timestamps import timestamp
from mamctl.regex import regex
from mamctl.store.library.books import lies_in
from mamctl.store.values import path_to_text, read_json, storable, text_to_path

SHOWN = 4
_PLACE = regex(r"#(\S+)")


def replace_problems(
    db: sqlite3.Connection,
    problems: Iterable[Problem],
    now: datetime,
    *,
    book_id: int | None = None,
    root: str = "",
    start: str | None = None,
) -> None:
    """The problems of one book, or those of a root that belong to no book; former ones are forgotten.

    Of a root only those are forgotten that lie below `start` (default: all), the folder that was scanned.
    """
    if book_id is not None:
        db.execute("DELETE FROM library_problems WHERE book_id = ?", (book_id,))
    else:
        rows = db.execute(
            "SELECT id, subject FROM library_problems WHERE book_id IS NULL AND root = ?", (path_to_text(root),)
        ).fetchall()
        scanned = (start or root,)
        former = [row["id"] for row in rows if not row["subject"] or lies_in(text_to_path(row["subject"]), scanned)]
        db.executemany("DELETE FROM library_problems WHERE id = ?", [(key,) for key in former])
    add_problems(db, problems, now, book_id=book_id, root=root)


def add_problems(
    db: sqlite3.Connection, problems: Iterable[Problem], now: datetime, *, book_id: int | None = None, root: str = ""
) -> None:
    """The problems of a book, or of a root, that had none."""
    stored_root, found_at = path_to_text(root) or None, timestamp(now)
    db.executemany(
        "INSERT INTO library_problems (book_id, root, code, message, subject, remedy, found_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (book_id, stored_root, problem.code, storable(problem.message),
             path_to_text(problem.subject) if problem.subject else None, storable(problem.remedy), found_at)
            for problem in problems
        ],
    )  # fmt: skip


_Row: TypeAlias = "tuple[Any, ...]"
_COLUMNS = "p.book_id, p.code, p.message, p.subject, p.remedy"
# A doubt that you or a catalogue have since removed is none, whatever the last scan said.
_STANDING = (
    "FROM library_problems p LEFT JOIN books b ON b.id = p.book_id WHERE b.gone_at IS NULL"
    " AND (p.code NOT GLOB 'doubtful_*' OR NOT EXISTS (SELECT 1 FROM agreed a WHERE a.book_id = p.book_id"
    " AND a.field = substr(p.code, 10) AND (a.verified OR a.confidence >= :sure)))"
)


def load_problems(db: sqlite3.Connection, book_id: int | None = None) -> list[tuple[int | None, Problem]]:
    """Problems of the library, those of one book when it is given, with the book's id: by their codes, the oldest
    first. They are sorted here, for in the order of codes the table would be read once for each."""
    which = "" if book_id is None else " AND p.book_id = :book"
    found = _select(
        db, f"SELECT {_COLUMNS} {_STANDING}{which} ORDER BY p.id", {"book": book_id, "sure": DOUBTFUL_BELOW}
    )
    return sorted(map(_problem, found), key=_by_code)


def count_problems_in(db: sqlite3.Connection, folders: Sequence[str]) -> int:
    """How many problems of the library are about something in these folders."""
    return sum(count for (count,) in _standing_in(db, "SELECT count(*)", folders))


def load_problems_in(
    db: sqlite3.Connection, folders: Sequence[str], most: int, *, of_books: bool = True
) -> tuple[Problem, ...]:
    """The first of them, at most `most` (-1: all); without those `of_books`, only what belongs to no book."""
    which = "" if of_books else " AND p.book_id IS NULL"
    rows = list(_standing_in(db, f"SELECT p.id, {_COLUMNS}", folders, f"{which} ORDER BY p.code, p.id LIMIT {most:d}"))
    rows.sort(key=lambda row: (row[2], row[0]))  # by code and id
    return tuple(_problem(row[1:])[1] for row in (rows if most < 0 else rows[:most]))


def _standing_in(db: sqlite3.Connection, select: str, folders: Sequence[str], rest: str = "") -> Iterator[_Row]:
    """The problems whose subject is one of the folders or lies below one, folder by folder."""
    for folder in set(folders):
        if not any(other != folder and lies_in(folder, (other,)) for other in folders):
            start = path_to_text(folder)
            below = start.rstrip("/")
            yield from _select(
                db,
                f"{select} {_STANDING} AND (p.subject = :start OR (p.subject >= :first AND p.subject < :last)){rest}",
                # "0" is the byte that follows "/".
                {"start": start, "first": f"{below}/", "last": f"{below}0", "sure": DOUBTFUL_BELOW},
            )


def _select(db: sqlite3.Connection, select: str, given: Mapping[str, object] | None = None) -> Iterator[_Row]:
    """The rows as plain tuples."""
    cursor = db.cursor()
    cursor.row_factory = None
    return cursor.execute(select, given or {})


def _problem(row: _Row) -> tuple[int | None, Problem]:
    book, code, message, subject, remedy = row
    return book, Problem(code, message, text_to_path(subject) if subject else None, remedy)


def _by_code(found: tuple[int | None, Problem]) -> str:
    return found[1].code


def load_duplicates(db: sqlite3.Connection) -> Iterator[Problem]:
    """Books that are there more than once: the same names, or the very same file under two books.

    Books whose places in a series differ are volumes, whatever else is the same of them.
    """
    alike = _books_alike(db)
    for key in sorted(alike):
        rows = db.execute(_ALIKE, (json.dumps(alike[key]),)).fetchall()
        yield from (_duplicate(same) for same in _by_place(rows) if len(same) > 1)
    for stored, others in _select(db, _SHARED):
        path, other = text_to_path(stored), text_to_path(others)
        yield Problem(
            "shared_file",
            f"{path} is the same file as {other} (hard links)",
            path,
            "one recording counts as two books; move one of them out of the library",
        )


# As the view `shared_files` has them, but found among the few files whose number in the file system another has, too.
_SHARED = """SELECT f.path, o.path FROM (SELECT inode FROM files GROUP BY inode HAVING count(*) > 1) numbers
  CROSS JOIN files f ON f.inode = numbers.inode
  JOIN files o ON o.inode = f.inode AND o.device = f.device AND o.book_id > f.book_id
  JOIN books b ON b.id = f.book_id JOIN books c ON c.id = o.book_id
  WHERE (f.links > 1 OR o.links > 1) AND b.gone_at IS NULL AND c.gone_at IS NULL ORDER BY f.path, f.id, o.id"""
# Books by their ids, each with a look-up of its names: no field of other names is read, and nothing is sorted.
_NAMES = """SELECT b.id, t.value, a.value, n.value FROM books b
  CROSS JOIN agreed t ON t.book_id = b.id AND t.field = 'title'
  CROSS JOIN agreed a ON a.book_id = b.id AND a.field = 'authors'
  LEFT JOIN agreed n ON n.book_id = b.id AND n.field = 'narrators'
  WHERE b.gone_at IS NULL AND t.value <> '""' ORDER BY b.id"""
_ALIKE = """SELECT id, path, title, authors, narrators, series FROM library
  WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"""


def _books_alike(db: sqlite3.Connection) -> dict[tuple[str, ...], list[int]]:
    """The ids of books with the same names, by these names. Titles are compared among books of the same people."""
    by_people: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for book, title, authors, narrators in _select(db, _NAMES):
        if (names := _fold_names(authors)) is not None:
            by_people.setdefault((names, _fold_names(narrators) or ""), []).append((book, title))
    alike: dict[tuple[str, ...], list[int]] = {}
    for people, books in by_people.items():
        if len(books) > 1:
            by_title: dict[str, list[int]] = {}
            for book, title in books:
                by_title.setdefault(fold_title(read_json(title)), []).append(book)
            alike |= {(title, *people): same for title, same in by_title.items() if len(same) > 1}
    return alike


@lru_cache(maxsize=16_384)
def _fold_names(stored: str | None) -> str | None:
    """Names as they are compared; None where there are none."""
    joined = ", ".join(map(str, read_json(stored))) if stored else ""
    return fold(joined) if joined else None


def load_contradictions(db: sqlite3.Connection) -> Iterator[Problem]:
    """Books whose recording names another reader than is agreed from other sources, until you have verified one.

    The verdict is read as `store.library.speech` keeps it, without the modules that judge speech.
    """
    rows = db.execute(
        "SELECT s.book_id, s.verdict, b.path FROM book_speech s JOIN books b ON b.id = s.book_id"
        " LEFT JOIN agreed a ON a.book_id = s.book_id AND a.field = 'narrators'"
        " WHERE b.gone_at IS NULL AND s.stamp = b.stamp AND json_extract(s.verdict, '$.agrees') = 0"
        " AND coalesce(a.verified, 0) = 0 ORDER BY s.book_id"
    )
    for row in rows:
        verdict, path = json.loads(row["verdict"]), text_to_path(row["path"])
        heard = ", ".join(name for name, *_ in verdict["narrators"])
        yield Problem(
            "narrator_contradicted",
            f"{path}: the recording names {heard} as the reader; {verdict['detail']}",
            path,
            f"listen to it, then: mamctl meta set {row['book_id']} narrators NAME",
        )


def _by_place(rows: list[sqlite3.Row]) -> list[list[sqlite3.Row]]:
    """The rows by their places in series; those of no known place belong to the others where these have one place."""
    by_place: dict[tuple[str, ...], list[sqlite3.Row]] = defaultdict(list)
    for row in rows:
        by_place[tuple(sorted(_PLACE.findall(row["series"] or "")))].append(row)
    placed = [place for place in by_place if place]
    if len(placed) == 1 and () in by_place:
        return [rows]
    return [by_place[place] for place in sorted(by_place)]


def _duplicate(rows: list[sqlite3.Row]) -> Problem:
    first, copies = rows[0], ", ".join(f"{row['id']}: {text_to_path(row['path'])}" for row in rows[:SHOWN])
    more = f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
    return Problem(
        "duplicate_books",
        f"“{first['title']}” by {first['authors']} is there {len(rows)} times ({copies}{more})",
        text_to_path(first["path"]),
        f"compare them before you remove one; mamctl meta set {first['id']} FIELD VALUE records the difference",
    )
