"""What a shell may offer for a word of a command line: ids with what they stand for, from the store as it is."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from mamctl.sqlite import open_read_only

_LIMIT = 200
_NAMES = """
        SELECT {name} AS offered, count(*) || iif(count(*) = 1, ' book', ' books') FROM books
        JOIN agreed ON agreed.book_id = books.id AND agreed.field = '{field}', json_each(agreed.value) AS part
        WHERE books.gone_at IS NULL AND begins(offered, ?) GROUP BY offered ORDER BY offered LIMIT ?"""
_STATEMENTS = {
    "book": """
        SELECT books.id, coalesce(agreed.value ->> '$', books.path) FROM books
        LEFT JOIN agreed ON agreed.book_id = books.id AND agreed.field = 'title'
        WHERE books.gone_at IS NULL AND begins(CAST(books.id AS TEXT), ?) ORDER BY books.id DESC LIMIT ?""",
    "title": """
        SELECT DISTINCT agreed.value ->> '$' AS title, 'book ' || books.id FROM books
        JOIN agreed ON agreed.book_id = books.id AND agreed.field = 'title'
        WHERE books.gone_at IS NULL AND ?1 <> '' AND begins(title, ?1) GROUP BY title ORDER BY title LIMIT ?2""",
    "author": _NAMES.format(field="authors", name="part.value"),
    "narrator": _NAMES.format(field="narrators", name="part.value"),
    "series": _NAMES.format(field="series", name="part.value ->> '$.name'"),
    "category": """
        SELECT id, main || ' · ' || name FROM categories
        WHERE gone_at IS NULL AND begins(CAST(id AS TEXT), ?) ORDER BY id LIMIT ?""",
    "category_name": """
        SELECT iif(count(*) OVER (PARTITION BY name) = 1, name, main || ' ' || name) AS offered, 'category ' || id
        FROM categories WHERE gone_at IS NULL AND ?1 <> ''
        ORDER BY begins(offered, ?1) DESC, offered LIMIT ?2""",
    "pending": """
        SELECT id, title FROM pending
        WHERE removed_at IS NULL AND begins(CAST(id AS TEXT), ?) ORDER BY id LIMIT ?""",
    "drift": """
        SELECT 'r' || id, begun_at FROM drift_runs WHERE begins('r' || id, ?) ORDER BY id DESC LIMIT ?""",
    "correction": """
        SELECT 'c' || id, field || ' of book ' || book_id FROM drift_changes
        WHERE state = 'made' AND begins('c' || id, ?) ORDER BY id DESC LIMIT ?""",
    "push": """
        SELECT DISTINCT 'r' || run_id, 'sent ' || claimed_at FROM shelf_pushes
        WHERE state = 'sent' AND run_id IS NOT NULL AND begins('r' || run_id, ?)
        GROUP BY run_id ORDER BY run_id DESC LIMIT ?""",
    "event": """
        SELECT id, kind || ' since ' || starts_at FROM site_events
        WHERE begins(CAST(id AS TEXT), ?) ORDER BY id DESC LIMIT ?""",
    "item": """
        SELECT id, title FROM queue_items
        WHERE removed_at IS NULL AND begins(CAST(id AS TEXT), ?) ORDER BY id DESC LIMIT ?""",
    "change": """
        SELECT id, summary FROM change_log WHERE begins(CAST(id AS TEXT), ?) ORDER BY id DESC LIMIT ?""",
    "point": """
        SELECT DISTINCT point, summary FROM change_log
        WHERE kind = 'point' AND begins(point, ?) GROUP BY point ORDER BY point DESC LIMIT ?""",
}


def offered_words(path: Path, kind: str, begun: str) -> list[tuple[str, str]]:
    """Words of a kind, a key of the statements above, that begin as `begun`, with a text about each.

    Reads only: a store that is missing, busy, or of another version offers nothing. A word that no line can hold, with
    a line break or a control character in it, is not offered.
    """
    with contextlib.suppress(sqlite3.Error), contextlib.closing(open_read_only(path, timeout=0.5)) as db:
        db.create_function("begins", 2, _begins, deterministic=True)
        rows = db.execute(_STATEMENTS[kind], (begun, _LIMIT)).fetchall()
        return [(str(word), " ".join(str(text).split())) for word, text in rows if str(word).isprintable()]
    return []


def _begins(word: str | None, begun: str) -> bool:
    """Whether a word begins as typed, in whatever case; unlike LIKE, which takes "%" and "_" for any letters."""
    return word is not None and word.casefold().startswith(begun.casefold())
