"""Observations, the values agreed from them, and what you decided, which the database itself protects."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from mamctl.domain.library.book import BookRecord
from mamctl.domain.metadata.agreed_value import AgreedValue
from mamctl.domain.metadata.observation import Field, Observation, Source, Value, value_from_json, value_to_json
from mamctl.domain.text.series import SeriesEntry
from mamctl.domain.timestamps import timestamp
from mamctl.errors import MamctlError
from mamctl.sqlite import transaction
from mamctl.store.library.audio_files import load_files
from mamctl.store.library.problems import load_problems
from mamctl.store.values import moment, path_to_text, read_json, text_to_path

# Thousands of values are read and written in a run: names are looked up, and the codecs made, once.
_FIELDS = {field.value: field for field in Field}
_SOURCES = {source.value: source for source in Source}
_WRITTEN = json.JSONEncoder(ensure_ascii=False)


def replace_observations(
    db: sqlite3.Connection,
    book_id: int,
    run_id: int | None,
    observations: Iterable[Observation],
    sources: Sequence[Source],
) -> None:
    """What `sources` say of the book from now on; what they said before is forgotten, other sources' words stay."""
    marks = ", ".join("?" * len(sources))
    db.execute(f"DELETE FROM observations WHERE book_id = ? AND source IN ({marks})", (book_id, *sources))  # noqa: S608
    add_observations(db, book_id, run_id, observations)


def add_observations(
    db: sqlite3.Connection, book_id: int, run_id: int | None, observations: Iterable[Observation]
) -> None:
    """Insert observations of a book that has none of these sources yet."""
    db.executemany(
        "INSERT INTO observations (book_id, run_id, field, value, source, place, confidence, seen_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (book_id, run_id, o.field, value_text(o.value), o.source, path_to_text(o.place), o.confidence,
             _written_at(o.seen_at))
            for o in observations
        ],
    )  # fmt: skip


def restate_observations(
    db: sqlite3.Connection,
    book_id: int,
    run_id: int | None,
    new: Sequence[Observation],
    sources: Sequence[Source],
    stored: Sequence[Observation],
) -> tuple[Observation, ...]:
    """As `replace_observations`, where `stored` is all that is recorded of the book, in the order of
    `load_observations`; returns what is recorded from now on.

    Sources that say the same again only say it later: `seen_at` of `new`, all of one moment, is noted.
    """
    kept = [one for one in stored if one.source not in sources]
    recorded = tuple(sorted([*kept, *new], key=lambda one: (one.field, -one.confidence)))
    if new and list(map(_statement, recorded)) == list(map(_statement, stored)):
        marks = ", ".join("?" * len(sources))
        db.execute(
            f"UPDATE observations SET run_id = ?, seen_at = ? WHERE book_id = ? AND source IN ({marks})",  # noqa: S608
            (run_id, timestamp(new[0].seen_at), book_id, *sources),
        )
    else:
        replace_observations(db, book_id, run_id, new, sources)
    return recorded


def _statement(one: Observation) -> tuple[object, ...]:
    return one.field, one.value, one.source, one.place, one.confidence


def load_observations(db: sqlite3.Connection, book_id: int, but: Sequence[Source] = ()) -> tuple[Observation, ...]:
    """Everything that any source says of the book, `but` these."""
    marks = ", ".join("?" * len(but))
    rows = db.execute(
        "SELECT field, value, source, place, confidence, seen_at FROM observations"  # noqa: S608
        f" WHERE book_id = ? AND source NOT IN ({marks}) ORDER BY field, confidence DESC, id",
        (book_id, *but),
    )
    return read_observations(rows)


def read_observations(rows: Iterable[Iterable[Any]]) -> tuple[Observation, ...]:
    """Rows of field, value, source, place, confidence and seen_at as observations."""
    return tuple(
        [
            Observation(_FIELDS[field], _value(field, text), _SOURCES[source], text_to_path(place), confidence,
                        _seen_at(seen_at))
            for field, text, source, place, confidence, seen_at in rows
        ]
    )  # fmt: skip


def load_agreed(db: sqlite3.Connection, book_id: int) -> dict[Field, AgreedValue]:
    """The agreed value of each field that has one."""
    rows = db.execute(
        "SELECT field, value, confidence, source, reason, verified FROM agreed WHERE book_id = ? ORDER BY field",
        (book_id,),
    )
    return read_agreed(rows)


def read_agreed(rows: Iterable[Iterable[Any]]) -> dict[Field, AgreedValue]:
    """Rows of field, value, confidence, source, reason and verified as the agreed values."""
    return {
        _FIELDS[field]: AgreedValue(
            _FIELDS[field], _value(field, text), confidence, _SOURCES[source], reason, bool(verified)
        )
        for field, text, confidence, source, reason, verified in rows
    }


def first_authors(db: sqlite3.Connection, book_ids: Iterable[int]) -> Iterator[str]:
    """The first author of each of these books that has one, in the order of the books' numbers."""
    rows = db.execute(
        "SELECT json_extract(value, '$[0]') FROM agreed WHERE field = 'authors'"
        " AND book_id IN (SELECT value FROM json_each(?)) ORDER BY book_id",
        (json.dumps(list(book_ids)),),
    )
    return (str(name) for (name,) in rows if name)


def load_series(db: sqlite3.Connection) -> Iterator[tuple[int, str, tuple[SeriesEntry, ...]]]:
    """Every book that is there and belongs to a series: its id, its title, its series."""
    rows = db.execute(
        "SELECT b.id, s.value AS series, t.value AS title FROM books b"
        " JOIN agreed s ON s.book_id = b.id AND s.field = 'series'"
        " JOIN agreed t ON t.book_id = b.id AND t.field = 'title' WHERE b.gone_at IS NULL ORDER BY b.id"
    )
    for row in rows:
        entries = value_from_json(Field.SERIES, json.loads(row["series"]))
        assert isinstance(entries, tuple)
        named = tuple(entry for entry in entries if isinstance(entry, SeriesEntry))
        yield row["id"], str(json.loads(row["title"])), named


def update_agreed(
    db: sqlite3.Connection,
    book_id: int,
    run_id: int | None,
    values: Sequence[AgreedValue],
    now: datetime,
    stored: Mapping[Field, AgreedValue],
) -> None:
    """As `save_agreed`, where `stored` are the values on record: nothing is written when none differs."""
    fresh = {one.field: _decision(one) for one in values}
    if {field: fresh.get(field, ()) if one.verified else _decision(one) for field, one in stored.items()} != fresh:
        save_agreed(db, book_id, run_id, values, now)


def _decision(agreed: AgreedValue) -> tuple[object, ...]:
    return agreed.value, agreed.confidence, agreed.source, agreed.reason


def save_agreed(
    db: sqlite3.Connection, book_id: int, run_id: int | None, values: Iterable[AgreedValue], now: datetime
) -> None:
    """The newly agreed values; fields that no source names any more go. Verified fields are left as they are."""
    rows = db.execute(
        "SELECT field, value, confidence, source, reason, verified FROM agreed WHERE book_id = ?", (book_id,)
    ).fetchall()
    locked = {row["field"] for row in rows if row["verified"]}
    known = {tuple(row)[:5] for row in rows}
    fresh = [row for value in values if (row := _agreed_row(value))[0] not in locked]
    gone = {row["field"] for row in rows} - locked - {row[0] for row in fresh}
    db.executemany("DELETE FROM agreed WHERE book_id = ? AND field = ?", [(book_id, field) for field in sorted(gone)])
    db.executemany(
        f"{_INSERT_AGREED}"
        " ON CONFLICT DO UPDATE SET value = excluded.value, confidence = excluded.confidence, source = excluded.source,"
        " reason = excluded.reason, changed_at = excluded.changed_at, run_id = excluded.run_id, edit_id = NULL"
        " WHERE value <> excluded.value OR confidence <> excluded.confidence OR source <> excluded.source"
        " OR reason <> excluded.reason",
        [(book_id, *row, timestamp(now), run_id) for row in fresh if row not in known],
    )


_INSERT_AGREED = (
    "INSERT INTO agreed (book_id, field, value, confidence, source, reason, changed_at, run_id)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


def _agreed_row(value: AgreedValue) -> tuple[str, str, float, str, str]:
    return (value.field.value, value_text(value.value), value.confidence, value.source.value, _clean(value.reason))


def add_agreed(
    db: sqlite3.Connection, book_id: int, run_id: int | None, values: Iterable[AgreedValue], now: datetime
) -> None:
    """The agreed values of a book that has none."""
    db.executemany(_INSERT_AGREED, [(book_id, *_agreed_row(value), timestamp(now), run_id) for value in values])


def set_by_user(db: sqlite3.Connection, book_id: int, field: Field, value: Value, now: datetime) -> None:
    """Your own value: it wins over everything and is verified."""
    with transaction(db):
        edit = _edit(db, book_id, field, "set", value_text(value), now)
        db.execute(
            "INSERT INTO agreed (book_id, field, value, confidence, source, reason, verified, edit_id, changed_at)"
            " VALUES (?, ?, ?, 1, ?, 'you set it', 1, ?, ?)"
            " ON CONFLICT DO UPDATE SET value = excluded.value, confidence = 1, source = excluded.source,"
            " reason = excluded.reason, verified = 1, edit_id = excluded.edit_id, changed_at = excluded.changed_at",
            (book_id, field, value_text(value), Source.USER, edit, timestamp(now)),
        )


def verify_by_user(db: sqlite3.Connection, book_id: int, fields: Iterable[Field], now: datetime) -> tuple[Field, ...]:
    """Lock these fields at the values they have; those that have one, in the order given."""
    return _mark(db, book_id, fields, "verify", 1, now)


def unverify_by_user(db: sqlite3.Connection, book_id: int, fields: Iterable[Field], now: datetime) -> tuple[Field, ...]:
    """Unlock these fields; their values stay until the next scan finds better ones."""
    return _mark(db, book_id, fields, "unverify", 0, now)


def _mark(
    db: sqlite3.Connection, book_id: int, fields: Iterable[Field], action: str, verified: int, now: datetime
) -> tuple[Field, ...]:
    changed = []
    with transaction(db):
        for field in fields:
            row = db.execute("SELECT value FROM agreed WHERE book_id = ? AND field = ?", (book_id, field)).fetchone()
            if row is None:
                continue
            edit = _edit(db, book_id, field, action, row["value"], now)
            db.execute(
                "UPDATE agreed SET verified = ?, edit_id = ?, changed_at = ? WHERE book_id = ? AND field = ?",
                (verified, edit, timestamp(now), book_id, field),
            )
            changed.append(field)
    return tuple(changed)


def _edit(db: sqlite3.Connection, book_id: int, field: Field, action: str, value: str, now: datetime) -> int:
    row = db.execute(
        "INSERT INTO person_edits (book_id, field, action, value, made_at) VALUES (?, ?, ?, ?, ?)",
        (book_id, field, action, value, timestamp(now)),
    )
    return int(row.lastrowid or 0)


def load_book(db: sqlite3.Connection, book_id: int) -> BookRecord:
    """All that is recorded of one book. Raises MamctlError when there is none of this id."""
    row = db.execute("SELECT * FROM books WHERE id = ?", (book_id,)).fetchone()
    if row is None:
        raise MamctlError(f"there is no book {book_id}", subject=str(book_id), code="no_such_book")
    return BookRecord(
        id=book_id,
        path=text_to_path(row["path"]),
        root=text_to_path(row["root"]),
        files=load_files(db, book_id),
        agreed=load_agreed(db, book_id),
        observations=load_observations(db, book_id),
        problems=tuple(problem for _, problem in load_problems(db, book_id)),
        duration=row["duration"],
        scanned_at=moment(row["scanned_at"]) or datetime.min.replace(tzinfo=UTC),
    )


def value_text(value: Value) -> str:
    """A value as the store keeps it."""
    # Lone surrogates (the path of a cover that is not UTF-8) are kept as JSON escapes; SQLite holds only Unicode.
    text = _WRITTEN.encode(value_to_json(value))
    return text if _is_unicode(text) else json.dumps(value_to_json(value))


def _value(field: str, text: str) -> Value:
    return value_from_json(_FIELDS[field], read_json(text))


# A run writes one moment for hundreds of observations.
@lru_cache(maxsize=256)
def _seen_at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@lru_cache(maxsize=256)
def _written_at(moment: datetime) -> str:
    return timestamp(moment)


def _is_unicode(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _clean(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
