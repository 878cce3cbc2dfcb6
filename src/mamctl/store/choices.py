"""What a shell may offer for a word of a command line: ids with what they stand for, from the store as it is."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

_LIMIT = 200
_STATEMENTS = {
    "book": """
        SELECT books.id, coalesce(agreed.value ->> '$', books.path) FROM books
        LEFT JOIN agreed ON agreed.book_id = books.id AND agreed.field = 'title'
        WHERE CAST(books.id AS TEXT) LIKE ? || '%' ORDER BY books.id DESC LIMIT ?""",
    "category": """
        SELECT id, main || ' · ' || name FROM categories
        WHERE gone_at IS NULL AND CAST(id AS TEXT) LIKE ? || '%' ORDER BY id LIMIT ?""",
    "pending": """
        SELECT id, title FROM pending
        WHERE removed_at IS NULL AND CAST(id AS TEXT) LIKE ? || '%' ORDER BY id LIMIT ?""",
    "drift": """
        SELECT 'r' || id, begun_at FROM drift_runs WHERE 'r' || id LIKE ? || '%' ORDER BY id DESC LIMIT ?""",
}


def offered_words(path: Path, kind: str, begun: str) -> list[tuple[str, str]]:
    """Words of this kind (book, category, pending, drift) that begin as `begun`, with a text about each.

    Reads only: a store that is missing, busy, or of another version offers nothing.
    """
    with contextlib.suppress(sqlite3.Error), contextlib.closing(_open_read_only(path)) as db:
        rows = db.execute(_STATEMENTS[kind], (begun, _LIMIT)).fetchall()
        return [(str(word), str(text)) for word, text in rows]
    return []


def _open_read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=0.5)
