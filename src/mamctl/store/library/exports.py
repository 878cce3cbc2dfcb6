"""What mamctl wrote beside the books, and what it is about to write."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from mamctl.domain.timestamps import timestamp
from mamctl.store.values import path_to_text


def own_digests(db: sqlite3.Connection, path: str) -> frozenset[str]:
    """The digests of what mamctl last wrote to `path`, and of what it began to write when it was killed."""
    row = db.execute("SELECT sha256, next_sha256 FROM exports WHERE path = ?", (path_to_text(path),)).fetchone()
    return frozenset(str(digest) for digest in row if digest) if row else frozenset()


def note_intent(db: sqlite3.Connection, path: str, book_id: int, sha256: str, now: datetime) -> None:
    """Note what is about to be written; without this note, a kill after the write would make it a stranger's file."""
    db.execute(
        "INSERT INTO exports (path, book_id, sha256, next_sha256, written_at) VALUES (?, ?, '', ?, ?)"
        " ON CONFLICT DO UPDATE SET next_sha256 = excluded.next_sha256",
        (path_to_text(path), book_id, sha256, timestamp(now)),
    )


def remember_export(
    db: sqlite3.Connection, path: str, book_id: int, sha256: str, run_id: int | None, now: datetime
) -> None:
    """Note what was written, or found there with the same content."""
    db.execute(
        "INSERT INTO exports (path, book_id, sha256, written_at, run_id) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET book_id = excluded.book_id, sha256 = excluded.sha256, next_sha256 = NULL,"
        " written_at = excluded.written_at, run_id = excluded.run_id"
        " WHERE exports.sha256 != excluded.sha256 OR exports.next_sha256 IS NOT NULL",
        (path_to_text(path), book_id, sha256, timestamp(now), run_id),
    )
