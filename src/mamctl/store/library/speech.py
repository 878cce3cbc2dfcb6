"""What was heard of the library's books, and transcripts kept by the sound itself."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime, timedelta

from mamctl.dataclass import dataclass
from mamctl.domain.metadata.observation import Field, Source
from mamctl.domain.speech.engine import transcript_from_json, transcript_to_json
from mamctl.domain.speech.transcript import Transcript
from mamctl.domain.speech.verdict import SpeechVerdict, verdict_from_json, verdict_to_json
from mamctl.domain.timestamps import timestamp

KEPT_FOR = timedelta(days=90)
"""How long transcripts outlive the last book they belong to."""


@dataclass(frozen=True, slots=True)
class ListenedBook:
    """The last listening to one book: the state of its files then, the engine, when, and what came of it."""

    stamp: str
    engine: str
    listened_at: datetime
    verdict: SpeechVerdict


@dataclass(frozen=True, slots=True)
class ListedWindows:
    """The state of a book's files, the engine that listened, and the keys of the windows it was given.

    `seconds` is how long it took, None when all came from the cache.
    """

    stamp: str
    engine: str
    keys: tuple[str, ...]
    seconds: float | None = None


def load_transcript(db: sqlite3.Connection, key: str, engine: str, language: str | None) -> Transcript | None:
    """The transcript kept of this very sound."""
    row = db.execute(
        "SELECT transcript FROM transcripts WHERE key = ? AND engine = ? AND asked_language = ?",
        (key, engine, language or ""),
    ).fetchone()
    return transcript_from_json(json.loads(row["transcript"])) if row else None


def save_transcript(
    db: sqlite3.Connection, key: str, engine: str, language: str | None, transcript: Transcript, now: datetime
) -> None:
    """Keep a transcript under the hash of its sound."""
    db.execute(
        "INSERT OR REPLACE INTO transcripts (key, engine, asked_language, transcript, made_at) VALUES (?, ?, ?, ?, ?)",
        (key, engine, language or "", json.dumps(transcript_to_json(transcript)), timestamp(now)),
    )


def save_listened(
    db: sqlite3.Connection,
    book_id: int,
    run_id: int | None,
    book: ListedWindows,
    verdict: SpeechVerdict,
    now: datetime,
) -> None:
    """Record what came of listening to a book, and which transcripts belong to it."""
    db.execute(
        "INSERT OR REPLACE INTO book_speech (book_id, stamp, engine, heard, verdict, listened_at, run_id, seconds)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            book_id,
            book.stamp,
            book.engine,
            verdict.heard,
            json.dumps(verdict_to_json(verdict)),
            timestamp(now),
            run_id,
            book.seconds,
        ),
    )
    db.execute("DELETE FROM book_windows WHERE book_id = ?", (book_id,))
    db.executemany("INSERT OR IGNORE INTO book_windows VALUES (?, ?)", [(book_id, key) for key in book.keys])


def load_listened(db: sqlite3.Connection, book_id: int) -> ListenedBook | None:
    """The last listening to a book; None when it was never listened to."""
    row = db.execute("SELECT * FROM book_speech WHERE book_id = ?", (book_id,)).fetchone()
    if row is None:
        return None
    return ListenedBook(
        row["stamp"],
        row["engine"],
        datetime.fromisoformat(row["listened_at"]),
        verdict_from_json(json.loads(row["verdict"])),
    )


def books_not_listened_to(db: sqlite3.Connection, engine: str) -> tuple[int, ...]:
    """Books that this engine has not heard as their files are now, new ones first."""
    rows = db.execute(
        "SELECT b.id FROM books b LEFT JOIN book_speech s ON s.book_id = b.id AND s.stamp = b.stamp AND s.engine = ?"
        " WHERE b.gone_at IS NULL AND s.book_id IS NULL ORDER BY b.id DESC",
        (engine,),
    )
    return tuple(row["id"] for row in rows)


def book_stamp(db: sqlite3.Connection, book_id: int) -> str:
    """The state of a book's files as the last scan saw them."""
    return str(db.execute("SELECT stamp FROM books WHERE id = ?", (book_id,)).fetchone()["stamp"])


def speed_seen(db: sqlite3.Connection) -> float | None:
    """Seconds a book took, on the average of the last 50 that were transcribed; None before the first."""
    row = db.execute(
        "SELECT avg(seconds) AS seconds FROM (SELECT seconds FROM book_speech WHERE seconds IS NOT NULL"
        " ORDER BY listened_at DESC LIMIT 50)"
    ).fetchone()
    return None if row["seconds"] is None else float(row["seconds"])


def prune_transcripts(db: sqlite3.Connection, now: datetime) -> int:
    """Forget old transcripts of books that are gone, and of no book at all; how many.

    A disk may be away for a while, and a run that was ended in the middle of a book has its transcripts already: both
    have `KEPT_FOR`.
    """
    before = timestamp(now - KEPT_FOR)
    return db.execute(
        "DELETE FROM transcripts WHERE made_at < ?1 AND key NOT IN ("
        "SELECT w.key FROM book_windows w JOIN books b ON b.id = w.book_id WHERE b.gone_at IS NULL OR b.gone_at >= ?1)",
        (before,),
    ).rowcount


def known_narrators(db: sqlite3.Connection, limit: int = 2_000) -> tuple[str, ...]:
    """Everybody who reads some book of the library, the most frequent first."""
    rows = db.execute(
        "SELECT j.value AS name, count(*) AS books FROM agreed a, json_each(a.value) j"
        " WHERE a.field = ? AND a.source <> ? GROUP BY j.value ORDER BY books DESC, name LIMIT ?",
        (Field.NARRATORS, Source.SPEECH, limit),
    )
    return tuple(row["name"] for row in rows)
