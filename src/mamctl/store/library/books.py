"""Books and their files in the store: what was seen, how it was judged, what is missing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import PurePath

from mamctl.dataclass import dataclass
from mamctl.domain.library.book import AudioFile, decoded_so_far, total_duration
from mamctl.domain.library.files import BookFiles
from mamctl.domain.timestamps import timestamp
from mamctl.store.library.audio_files import save_files, signed
from mamctl.store.values import path_to_text, text_to_path


@dataclass(frozen=True, slots=True)
class KnownBook:
    """A book seen before. `decoded` is how far every file of it was decoded: no, edges or whole.

    `mark` is what its files looked like when they were last compared, followed by the digest of what they said where
    that may hide a change; None when a former mamctl recorded it. `root` is the library folder that it was found in, as
    the store writes paths.
    """

    id: int
    fingerprint: str
    mark: bytes | None
    decoded: str
    root: str


def known_book(db: sqlite3.Connection, path: str) -> KnownBook | None:
    """The book at `path` as it was last recorded, unless it was missing."""
    row = db.execute(
        "SELECT id, stamp, mark, decoded, root FROM books WHERE path = ? AND gone_at IS NULL", (path_to_text(path),)
    ).fetchone()
    return KnownBook(*row) if row else None


def save_marks(db: sqlite3.Connection, marks: Iterable[tuple[int, bytes]]) -> None:
    """What the files of these books look like now; they have not changed since they were recorded."""
    db.executemany("UPDATE books SET mark = ? WHERE id = ?", [(mark, book_id) for book_id, mark in marks])


def save_root(db: sqlite3.Connection, root: str, book_ids: Iterable[int]) -> None:
    """These books were found in this library folder now, which lies around the former one or in it."""
    stored = path_to_text(root)
    db.executemany("UPDATE books SET root = ? WHERE id = ?", [(stored, book_id) for book_id in book_ids])


def book_path(db: sqlite3.Connection, book_id: int) -> str:
    """Where the book lies, as the store writes paths."""
    return str(db.execute("SELECT path FROM books WHERE id = ?", (book_id,)).fetchone()["path"])


def paths_below(db: sqlite3.Connection, root: str) -> tuple[str, ...]:
    """The path of every book of the library at `root`, as the store writes paths."""
    rows = db.execute("SELECT path FROM books WHERE root = ? AND gone_at IS NULL", (root,))
    return tuple(row["path"] for row in rows)


def book_root(db: sqlite3.Connection, book_id: int) -> str:
    """The folder of the library that the book lies in, as the store writes paths."""
    return str(db.execute("SELECT root FROM books WHERE id = ?", (book_id,)).fetchone()["root"])


def book_duration(db: sqlite3.Connection, book_id: int) -> float | None:
    """Seconds that the book's files play together; None when that is not known."""
    row = db.execute("SELECT duration FROM books WHERE id = ?", (book_id,)).fetchone()
    return None if row["duration"] is None else float(row["duration"])


def book_title(db: sqlite3.Connection, book_id: int) -> str | None:
    """The title on which the library has agreed; None when there is none, or no such book any more."""
    row = db.execute("SELECT title FROM library WHERE id = ?", (book_id,)).fetchone()
    return row["title"] if row else None


def save_book(
    db: sqlite3.Connection,
    run_id: int,
    book: BookFiles,
    fingerprint: str,
    mark: bytes,
    files: Sequence[AudioFile],
    now: datetime,
    is_there: Callable[[str], bool],
) -> tuple[int, bool]:
    """Record the book and its files as they are now; its id, and whether it is new: then nothing else refers to it yet.

    A book that moved keeps its id, and with it what you decided: `is_there` tells whether a path still exists.
    """
    total = sum(file.found.size for file in files)
    values = (
        path_to_text(book.root), fingerprint, mark, decoded_so_far(files), total_duration(tuple(files)), total,
        timestamp(now), run_id,
    )  # fmt: skip
    known = book_id = _book_id(db, book, is_there)
    if book_id is None:
        row = db.execute(
            "INSERT INTO books (path, root, stamp, mark, decoded, duration, size, scanned_at, run_id, added_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (path_to_text(book.path), *values, timestamp(now)),
        )
        book_id = int(row.lastrowid or 0)
    else:
        db.execute(
            "UPDATE books SET path = ?, root = ?, stamp = ?, mark = ?, decoded = ?, duration = ?, size = ?,"
            " scanned_at = ?, run_id = ?, gone_at = NULL WHERE id = ?",
            (path_to_text(book.path), *values, book_id),
        )
    save_files(db, book_id, files, now, is_new=known is None)
    return book_id, known is None


def _book_id(db: sqlite3.Connection, book: BookFiles, is_there: Callable[[str], bool]) -> int | None:
    """The id of the book at this path; else of one that is not where it was and had the very same first file.

    A book of one file keeps its id, too, when its folder comes to hold other books, or holds it alone again.
    """
    row = db.execute("SELECT id FROM books WHERE path = ?", (path_to_text(book.path),)).fetchone()
    if row is not None:
        return int(row["id"])
    first = book.audio[0]
    rows = db.execute(
        "SELECT DISTINCT b.id, b.path, (SELECT count(*) FROM files WHERE book_id = b.id) AS files"
        " FROM files f JOIN books b ON b.id = f.book_id WHERE f.inode = ? AND f.device = ?"
        " AND f.size = ? AND f.mtime_ns = ?",
        (signed(first.inode), signed(first.device), first.size, first.mtime_ns),
    ).fetchall()
    former = [(int(row["id"]), text_to_path(row["path"]), row["files"] == 1 == len(book.audio)) for row in rows]
    moved = [
        known
        for known, path, alone in former
        if not is_there(path) or (alone and (lies_in(path, (book.path,)) or lies_in(book.path, (path,))))
    ]
    return moved[0] if moved else None


def begin_root(db: sqlite3.Connection, root: str, now: datetime) -> None:
    """Note that a scan of `root` starts, and forget which books an earlier one saw."""
    db.execute(
        "INSERT INTO library_roots (path, started_at) VALUES (?, ?)"
        " ON CONFLICT DO UPDATE SET started_at = excluded.started_at, finished_at = NULL",
        (path_to_text(root), timestamp(now)),
    )
    db.execute("CREATE TEMP TABLE IF NOT EXISTS seen_books (book_id INTEGER PRIMARY KEY)")
    db.execute("DELETE FROM seen_books")


def known_roots(db: sqlite3.Connection) -> tuple[str, ...]:
    """The library folders that were scanned before."""
    return tuple(text_to_path(row["path"]) for row in db.execute("SELECT path FROM library_roots ORDER BY path"))


def smallest_books(db: sqlite3.Connection, roots: Iterable[str], most: int) -> tuple[tuple[str, str], ...]:
    """The path and the library folder of the smallest books that are there, at most `most` of these folders."""
    rows = db.execute(
        "SELECT path, root FROM books WHERE gone_at IS NULL AND path <> root"
        " AND root IN (SELECT value FROM json_each(?)) ORDER BY size, id LIMIT ?",
        (json.dumps([path_to_text(root) for root in roots]), most),
    )
    return tuple((text_to_path(row["path"]), text_to_path(row["root"])) for row in rows)


def holds_any_book(db: sqlite3.Connection) -> bool:
    """Whether a book was ever recorded."""
    return db.execute("SELECT 1 FROM books LIMIT 1").fetchone() is not None


def holds_books(db: sqlite3.Connection, folder: str) -> bool:
    """Whether any book that is there is recorded in or below this folder, in whatever library folder that was."""
    row = db.execute(
        "SELECT 1 FROM books WHERE gone_at IS NULL AND (path = ? OR (path >= ? AND path < ?)) LIMIT 1",
        (path_to_text(folder), *_below(folder)),
    )
    return row.fetchone() is not None


def holds_files(db: sqlite3.Connection, folder: str) -> bool:
    """Whether any file was ever recorded below this folder, in whatever library folder that was."""
    return db.execute("SELECT 1 FROM files WHERE path >= ? AND path < ? LIMIT 1", _below(folder)).fetchone() is not None


def _below(folder: str) -> tuple[str, str]:
    """Between which texts the paths below a folder lie: from the first to before the last."""
    start = path_to_text(folder).rstrip("/")
    return f"{start}/", f"{start}0"  # "0" is the character that follows "/"


def mark_seen(db: sqlite3.Connection, book_ids: Iterable[int]) -> None:
    """Note that these books are there."""
    db.executemany("INSERT OR IGNORE INTO seen_books VALUES (?)", [(book_id,) for book_id in book_ids])


def end_root(db: sqlite3.Connection, root: str, unreadable: Sequence[str], now: datetime, start: str) -> int:
    """Close a complete scan of `start` below `root`; books that were not seen are missing. How many.

    A book that was last found in a library folder around this one would have been seen, too. Below a folder that could
    not be read nothing is counted as missing.
    """
    around = [path_to_text(str(folder)) for folder in PurePath(root).parents]
    rows = db.execute(
        "SELECT id, path FROM books WHERE (root = ?1 OR (root IN (SELECT value FROM json_each(?2)) AND path <> ?1))"
        " AND gone_at IS NULL AND id NOT IN (SELECT book_id FROM seen_books)",
        (path_to_text(root), json.dumps(around)),
    )
    places = ((row["id"], text_to_path(row["path"])) for row in rows)
    gone = [book for book, path in places if lies_in(path, (start,)) and not lies_in(path, unreadable)]
    db.executemany("UPDATE books SET gone_at = ? WHERE id = ?", [(timestamp(now), book_id) for book_id in gone])
    db.execute("UPDATE library_roots SET finished_at = ? WHERE path = ?", (timestamp(now), path_to_text(root)))
    return len(gone)


def lies_in(path: str, folders: Sequence[str]) -> bool:
    """Whether `path` is one of the folders or lies below one."""
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)
