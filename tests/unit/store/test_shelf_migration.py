"""An older mamctl does not know Audiobookshelf's server as a source: on the way back it becomes one that it knows."""

from __future__ import annotations

from pathlib import Path

from mamctl.store.database import open_store
from mamctl.store.migrate import MIGRATIONS, migrate
from tests.unit.store.ratio.test_guard_migration import schema

BEFORE = MIGRATIONS.index("m0038_shelf_words")
AGREED = (
    "INSERT INTO agreed (book_id, field, value, confidence, source, reason, verified, edit_id, changed_at)"
    " VALUES (1, ?, '\"By Hand\"', 0.9, 'audiobookshelf', 'r', ?, ?, 't')"
)


def test_what_was_agreed_stays_and_what_you_verified_stays_verified(tmp_path: Path) -> None:
    db = open_store(tmp_path / "mamctl.db")
    try:
        newest = schema(db)
        db.execute(
            "INSERT INTO books (id, path, root, stamp, size, added_at, scanned_at)"
            " VALUES (1, '/l/b', '/l', 's', 1, 't', 't')"
        )
        db.execute(
            "INSERT INTO person_edits (id, book_id, field, action, made_at) VALUES (1, 1, 'title', 'verify', 't')"
        )
        db.execute(AGREED, ("title", 1, 1))
        db.execute(AGREED, ("publisher", 0, None))
        db.execute(
            "INSERT INTO observations (book_id, field, value, source, place, confidence, seen_at)"
            " VALUES (1, 'title', '\"By Hand\"', 'audiobookshelf', 'audiobookshelf:li-1#title', 0.9, 't')"
        )
        migrate(db, None, BEFORE)
        rows = [tuple(row) for row in db.execute("SELECT field, source, verified FROM agreed ORDER BY field")]
        assert rows == [("publisher", "abs_json", 0), ("title", "abs_json", 1)]
        assert db.execute("SELECT count(*) FROM observations").fetchone()[0] == 0
        migrate(db, None)
        assert schema(db) == newest
    finally:
        db.close()
