"""Transcripts are kept by their sound, engine and language, and pruned some time after their books."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mamctl.domain.speech.transcript import Segment, Transcript
from mamctl.domain.timestamps import timestamp
from mamctl.store.database import open_store
from mamctl.store.library.speech import KEPT_FOR, load_transcript, prune_transcripts, save_transcript

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
SAID = Transcript((Segment("The Salt Road.", 0.0, 2.0),), "en", 2.0)
A_DAY = timedelta(days=1)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    db = open_store(tmp_path / "mamctl.db")
    yield db
    db.close()


def add_book(db: sqlite3.Connection, key: str, gone: datetime | None) -> None:
    row = db.execute(
        "INSERT INTO books (path, root, stamp, duration, size, scanned_at, added_at, gone_at)"
        " VALUES (?, '/', 's', 1, 1, ?, ?, ?)",
        (f"/{key}", timestamp(NOW), timestamp(NOW), timestamp(gone) if gone else None),
    )
    db.execute("INSERT INTO book_windows VALUES (?, ?)", (row.lastrowid, key))


@pytest.mark.spec("META-5")
def test_another_sound_engine_or_language_is_another_transcript(db: sqlite3.Connection):
    save_transcript(db, "sound", "whisper base, rules 1", "en", SAID, NOW)
    assert load_transcript(db, "sound", "whisper base, rules 1", "en") == SAID
    for other in (
        ("noise", "whisper base, rules 1", "en"),
        ("sound", "whisper small, rules 1", "en"),
        ("sound", "whisper base, rules 2", "en"),
        ("sound", "whisper base, rules 1:Tom Asher", "en"),
        ("sound", "whisper base, rules 1", None),
    ):
        assert load_transcript(db, *other) is None


def test_only_old_transcripts_without_a_book_are_pruned(db: sqlite3.Connection):
    old, lately = NOW - KEPT_FOR - A_DAY, NOW - KEPT_FOR + A_DAY
    add_book(db, "kept", None)
    add_book(db, "disk away", lately)
    add_book(db, "long gone", old)
    for key, made in (
        ("kept", old), ("disk away", old), ("long gone", old), ("never finished", lately), ("of no book", old),
    ):  # fmt: skip
        save_transcript(db, key, "e", "en", SAID, made)
    assert prune_transcripts(db, NOW) == 2
    left = {row[0] for row in db.execute("SELECT key FROM transcripts")}
    assert left == {"kept", "disk away", "never finished"}
