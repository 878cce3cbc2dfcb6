"""What mamctl wrote beside the books."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from mamctl.store.database import timestamp
from mamctl.store.path_text import path_to_text


def remembered_export(db: sqlite3.Connection, path: str) -> str | None:
    """The digest of what was last written to `path`."""
    row = db.execute("SELECT sha256 FROM exports WHERE path = ?", (path_to_text(path),)).fetchone()
    return str(row["sha256"]) if row else None


def remember_export(
    db: sqlite3.Connection, path: str, book_id: int, sha256: str, run_id: int | None, now: datetime
) -> None:
    """Note what was written."""
    db.execute(
        "INSERT INTO exports (path, book_id, sha256, written_at, run_id) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET book_id = excluded.book_id, sha256 = excluded.sha256,"
        " written_at = excluded.written_at, run_id = excluded.run_id",
        (path_to_text(path), book_id, sha256, timestamp(now), run_id),
    )
