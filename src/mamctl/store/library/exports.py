"""What mamctl wrote beside the books, and what it is about to write."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from mamctl.dataclass import dataclass
from mamctl.domain.library.export import ABS_NAME, OPF_NAME, FileState, OwnExport, PlannedWrite
from mamctl.domain.library.files import FoundFile
from mamctl.domain.timestamps import timestamp
from mamctl.store.values import path_to_text, text_to_path

_OWN_NAMES = frozenset({ABS_NAME, OPF_NAME})


def own_export(db: sqlite3.Connection, path: str) -> OwnExport:
    """What mamctl last wrote to `path`, the digest of what it began to write when it was killed, and for
    Audiobookshelf's file what it sent there.
    """
    folder, _, name = path.rpartition("/")
    sent: Mapping[str, Any] = {}
    if name == ABS_NAME:
        from mamctl.store.library.shelf_pushes import sent_of_folder  # with all that reads Audiobookshelf's fields

        sent = sent_of_folder(db, folder)
    row = db.execute(
        "SELECT sha256, next_sha256, content FROM exports WHERE path = ?", (path_to_text(path),)
    ).fetchone()
    if row is None:
        return OwnExport(sent=sent)
    return OwnExport(frozenset(str(digest) for digest in (row[0], row[1]) if digest), row["content"], sent)


def unchanged_exports(db: sqlite3.Connection, files: Iterable[FoundFile]) -> frozenset[str]:
    """The paths of those files that mamctl wrote and that nothing has written since, by their size and time."""
    found = set()
    for file in files:
        if file.path.rpartition("/")[2] in _OWN_NAMES:
            row = db.execute(
                "SELECT 1 FROM exports WHERE path = ? AND size = ? AND mtime_ns = ?",
                (path_to_text(file.path), file.size, file.mtime_ns),
            ).fetchone()
            found |= {file.path} if row else set()
    return frozenset(found)


def note_intent(db: sqlite3.Connection, path: str, book_id: int, sha256: str, now: datetime) -> None:
    """Note what is about to be written; without it, a file written just before a kill would look like a foreign one."""
    db.execute(
        "INSERT INTO exports (path, book_id, sha256, next_sha256, written_at) VALUES (?, ?, '', ?, ?)"
        " ON CONFLICT DO UPDATE SET next_sha256 = excluded.next_sha256",
        (path_to_text(path), book_id, sha256, timestamp(now)),
    )


def remember_export(
    db: sqlite3.Connection,
    written: PlannedWrite,
    state: FileState | None,
    book_id: int,
    run_id: int | None,
    now: datetime,
) -> None:
    """Note what was written, or found there with the same content; `state` is the file as it lies there."""
    size, mtime_ns = (state.size, state.mtime_ns) if state else (None, None)
    db.execute(
        "INSERT INTO exports (path, book_id, sha256, content, size, mtime_ns, written_at, run_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET book_id = excluded.book_id, sha256 = excluded.sha256, next_sha256 = NULL,"
        " content = excluded.content, size = excluded.size, mtime_ns = excluded.mtime_ns,"
        " written_at = excluded.written_at, run_id = excluded.run_id"
        " WHERE exports.sha256 <> excluded.sha256 OR exports.next_sha256 IS NOT NULL"
        " OR exports.content IS NOT excluded.content OR exports.mtime_ns IS NOT excluded.mtime_ns",
        (path_to_text(written.path), book_id, written.sha256, written.content.decode(), size, mtime_ns,
         timestamp(now), run_id),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownExport:
    """A sidecar that mamctl wrote: its path, the library and the folder of its book, and the digest of its content."""

    path: str
    root: str
    book: str
    sha256: str


def known_exports(db: sqlite3.Connection) -> tuple[KnownExport, ...]:
    """Every sidecar that mamctl ever wrote and whose book is still known, by path."""
    rows = db.execute(
        "SELECT e.path, b.root, b.path AS book, e.sha256 FROM exports e JOIN books b ON b.id = e.book_id"
        " ORDER BY e.path"
    )
    return tuple(
        KnownExport(text_to_path(row["path"]), text_to_path(row["root"]), text_to_path(row["book"]), row["sha256"])
        for row in rows
    )


def forget_export(db: sqlite3.Connection, path: str) -> None:
    """The file at `path` is no longer mamctl's."""
    db.execute("DELETE FROM exports WHERE path = ?", (path_to_text(path),))


def restore_export(
    db: sqlite3.Connection,
    path: str,
    book: str,
    sha256: str,
    written: PlannedWrite,
    state: FileState,
    now: datetime,
) -> None:
    """Note a sidecar that a rollback wrote again, where its book is known. `sha256` is what mamctl itself had written:
    a file of other content is known as someone else's.
    """
    own = written.sha256 == sha256
    db.execute(
        "INSERT INTO exports (path, book_id, sha256, content, size, mtime_ns, written_at)"
        " SELECT ?1, id, ?3, ?4, ?5, ?6, ?7 FROM books WHERE path = ?2"
        " ON CONFLICT DO UPDATE SET book_id = excluded.book_id, sha256 = excluded.sha256, next_sha256 = NULL,"
        " content = excluded.content, size = excluded.size, mtime_ns = excluded.mtime_ns",
        (path_to_text(path), path_to_text(book), sha256, written.content.decode() if own else None,
         state.size if own else None, state.mtime_ns if own else None, timestamp(now)),
    )  # fmt: skip
