"""What Audiobookshelf was last seen to say of a book: somebody's words as observations, and what it read by itself."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime

from mamctl.dataclass import dataclass
from mamctl.domain.library.abs_words import ItemWords, item_of
from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Field, Observation, Source
from mamctl.domain.timestamps import timestamp
from mamctl.sqlite import transaction
from mamctl.store.library.agreed import load_agreed, load_observations, replace_observations, save_agreed
from mamctl.store.library.shelf_pushes import newest_push

_SOURCES = (Source.ABS_SERVER,)


def load_words(db: sqlite3.Connection, book_id: int, item_id: str) -> ItemWords:
    """What was judged of the book's item the last time; what it read is that of this very item."""
    rows = db.execute("SELECT field, value FROM shelf_values WHERE book_id = ? AND item_id = ?", (book_id, item_id))
    read = {Field(row["field"]): json.loads(row["value"]) for row in rows}
    return ItemWords(observations=_load_observations(db, book_id), read=read)


def items_with_words(db: sqlite3.Connection, book_id: int) -> frozenset[str]:
    """The items that said somebody's words of the book, by their ids."""
    return frozenset(map(item_of, _load_observations(db, book_id)))


@dataclass(frozen=True, slots=True)
class SeenItem:
    """What a book's item says now, and the number of the book's newest push when the server was asked."""

    book_id: int
    item_id: str
    words: ItemWords
    newest_push: int


def save_words(db: sqlite3.Connection, items: Iterable[SeenItem], now: datetime) -> frozenset[int]:
    """Record what the items say, and agree again on the fields whose words are others now; the books of which any are.

    Of a book to which something was sent since the server was asked, nothing is recorded: what it said is then no
    longer sure.
    """
    news = [one for one in items if _is_news(db, one)]
    if not news:
        return frozenset()
    with transaction(db):
        return frozenset(one.book_id for one in news if newest_push(db, one.book_id) == one.newest_push
                         and _save(db, one, now))  # fmt: skip


def _is_news(db: sqlite3.Connection, seen: SeenItem) -> bool:
    before = load_words(db, seen.book_id, seen.item_id)
    return (set(before.observations), before.read) != (set(seen.words.observations), seen.words.read)


def _save(db: sqlite3.Connection, seen: SeenItem, now: datetime) -> bool:
    db.execute("DELETE FROM shelf_values WHERE book_id = ?", (seen.book_id,))
    db.executemany(
        "INSERT INTO shelf_values (book_id, field, item_id, value, seen_at) VALUES (?, ?, ?, ?, ?)",
        [
            (seen.book_id, field, seen.item_id, json.dumps(value, ensure_ascii=False), timestamp(now))
            for field, value in seen.words.read.items()
        ],
    )
    return _replace(db, seen.book_id, seen.words.observations, now, None)


def forget_words(
    db: sqlite3.Connection, book_id: int, fields: Iterable[Field], now: datetime, *, run_id: int | None = None
) -> None:
    """The server says something else of these fields now: neither somebody's word nor what it read is there."""
    gone = frozenset(fields)
    with transaction(db):
        db.executemany("DELETE FROM shelf_values WHERE book_id = ? AND field = ?", [(book_id, field) for field in gone])
        _replace(db, book_id, (one for one in _load_observations(db, book_id) if one.field not in gone), now, run_id)


def _load_observations(db: sqlite3.Connection, book_id: int) -> tuple[Observation, ...]:
    return tuple(one for one in load_observations(db, book_id) if one.source in _SOURCES)


def _replace(
    db: sqlite3.Connection, book_id: int, observations: Iterable[Observation], now: datetime, run_id: int | None
) -> bool:
    """Somebody's words from now on; only the fields that they change are agreed on again."""
    old, new = set(_load_observations(db, book_id)), set(observations)
    if old == new:
        return False
    replace_observations(db, book_id, run_id, sorted(new, key=lambda one: (one.field, one.place)), _SOURCES)
    changed = {one.field for one in old ^ new}
    if Field.TITLE in changed:
        changed.add(Field.SUBTITLE)  # one that repeats the title does not count
    fresh = {value.field: value for value in agree(load_observations(db, book_id))}
    held = load_agreed(db, book_id)
    chosen = {**held, **{field: fresh[field] for field in changed if field in fresh}}
    save_agreed(
        db, book_id, run_id, (value for field, value in chosen.items() if field in fresh or field not in changed), now
    )
    return True
