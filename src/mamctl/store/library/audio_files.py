"""The audio files of books in the store, with the verdicts of the decoder."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime

from mamctl.domain.library.audio_facts import Chapter
from mamctl.domain.library.audio_integrity import AudioIntegrity
from mamctl.domain.library.book import AudioFile
from mamctl.domain.library.files import FoundFile
from mamctl.domain.timestamps import timestamp
from mamctl.store.values import moment, path_to_text, storable, text_to_path

_FILE_COLUMNS = (
    "book_id, position, path, size, mtime_ns, device, inode, links, container, codec, bit_rate, channels, sample_rate,"
    " duration, header_duration, has_cover, sound, detail, decoded, checked_at"
)
_INSERT_FILE = f"INSERT INTO files ({_FILE_COLUMNS}) VALUES ({', '.join('?' * 20)})"  # noqa: S608


def save_files(
    db: sqlite3.Connection, book_id: int, files: Sequence[AudioFile], now: datetime, *, is_new: bool = False
) -> None:
    """Replace the book's audio files; an unchanged judgement keeps its time.

    A book that `is_new` has none.
    """
    if not is_new:
        db.execute("DELETE FROM files WHERE book_id = ?", (book_id,))
    today = timestamp(now)
    rows = [_file_values(book_id, position, file, today) for position, file in enumerate(files)]
    db.executemany(_INSERT_FILE, rows)
    marks = [
        (number, mark.start, mark.end, storable(mark.title), book_id, position)
        for position, file in enumerate(files)
        for number, mark in enumerate(file.chapters)
    ]
    if marks:
        db.executemany(
            "INSERT INTO chapters SELECT id, ?, ?, ?, ? FROM files WHERE book_id = ? AND position = ?", marks
        )


def _file_values(book_id: int, position: int, file: AudioFile, now: str) -> tuple[object, ...]:
    found = file.found
    return (
        book_id, position, path_to_text(found.path), found.size, found.mtime_ns, signed(found.device),
        signed(found.inode), found.links, file.container, file.codec, file.bit_rate, file.channels, file.sample_rate,
        file.duration, file.header_duration, int(file.has_cover), file.sound.value, storable(file.detail),
        file.decoded, timestamp(file.checked_at) if file.checked_at else now,
    )  # fmt: skip


def signed(number: int) -> int:
    """An unsigned 64-bit number (some network file systems have such inodes) as SQLite's signed one."""
    return number - (1 << 64) if number >= 1 << 63 else number


def load_files(db: sqlite3.Connection, book_id: int) -> tuple[AudioFile, ...]:
    """The book's audio files in their order."""
    rows = db.execute("SELECT * FROM files WHERE book_id = ? ORDER BY position", (book_id,)).fetchall()
    return tuple(_file_of(row, _chapters(db, row["id"])) for row in rows)


def _chapters(db: sqlite3.Connection, file_id: int) -> tuple[Chapter, ...]:
    rows = db.execute("SELECT starts, ends, title FROM chapters WHERE file_id = ? ORDER BY position", (file_id,))
    return tuple(Chapter(*row) for row in rows)


def _file_of(row: sqlite3.Row, chapters: tuple[Chapter, ...]) -> AudioFile:
    path, inode = text_to_path(row["path"]), row["inode"] % (1 << 64)
    found = FoundFile(path, row["size"], row["mtime_ns"], row["device"] % (1 << 64), inode, row["links"])
    return AudioFile(
        found, AudioIntegrity(row["sound"]), row["detail"], row["decoded"], row["container"], row["codec"],
        row["bit_rate"], row["channels"], row["sample_rate"], row["duration"], row["header_duration"],
        bool(row["has_cover"]), chapters, moment(row["checked_at"]),
    )  # fmt: skip


def known_files(db: sqlite3.Connection, paths: Iterable[str]) -> dict[str, AudioFile]:
    """The audio files at these paths as they were last judged, in whatever book that was."""
    found = {}
    for path in paths:
        row = db.execute(
            "SELECT * FROM files WHERE path = ? ORDER BY id DESC LIMIT 1", (path_to_text(path),)
        ).fetchone()
        if row is not None:
            found[path] = _file_of(row, _chapters(db, row["id"]))
    return found


def books_with(db: sqlite3.Connection, file: FoundFile) -> tuple[int, ...]:
    """The ids of the books that hold this file, be it by another link."""
    rows = db.execute(
        "SELECT DISTINCT f.book_id FROM files f JOIN books b ON b.id = f.book_id WHERE b.gone_at IS NULL"
        " AND f.size = ?1 AND (f.path = ?2 OR (f.inode = ?3 AND f.device = ?4)) ORDER BY 1",
        (file.size, path_to_text(file.path), signed(file.inode), signed(file.device)),
    )
    return tuple(row["book_id"] for row in rows)
