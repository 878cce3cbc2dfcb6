"""What mamctl sent to Audiobookshelf, field by field: claimed before it is sent, settled by what the server shows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from mamctl.dataclass import dataclass
from mamctl.domain.library.abs_items import KEYS, Difference, Sent
from mamctl.domain.library.audiobookshelf import flatten
from mamctl.domain.metadata.observation import Field
from mamctl.domain.timestamps import timestamp
from mamctl.sqlite import transaction
from mamctl.store.values import path_to_text

CLAIMED, SENT, NOT_SENT, UNDONE = "claimed", "sent", "not_sent", "undone"


@dataclass(frozen=True, slots=True)
class Push:
    """One field of one item: what stood there before, what was sent, both as a PATCH holds them."""

    id: int
    run_id: int
    book_id: int
    item_id: str
    field: Field
    before: Any
    sent: Any
    state: str


def claim_pushes(
    db: sqlite3.Connection, run_id: int, book_id: int, item_id: str, changes: Iterable[Difference], now: datetime
) -> tuple[int, ...]:
    """Write down, before it is sent, what will be sent and what stands there; the rows' ids."""
    with transaction(db):
        return tuple(
            int(
                db.execute(
                    "INSERT INTO shelf_pushes (run_id, book_id, item_id, field, before, sent, state, claimed_at)"
                    " VALUES (?, ?, ?, ?, ?, ?, 'claimed', ?)",
                    (run_id, book_id, item_id, one.field, _text(one.theirs), _text(one.ours), timestamp(now)),
                ).lastrowid
                or 0
            )
            for one in changes
        )


def settle_pushes(db: sqlite3.Connection, numbers: Iterable[int], state: str, now: datetime) -> None:
    """What became of these rows."""
    with transaction(db):
        db.executemany(
            "UPDATE shelf_pushes SET state = ?, settled_at = ? WHERE id = ?",
            [(state, timestamp(now), number) for number in numbers],
        )


def last_sent(db: sqlite3.Connection, book_id: int, item_id: str) -> Mapping[Field, Sent]:
    """For each field what was sent last to this item, and whether it was taken back since."""
    rows = db.execute(
        "SELECT field, sent, state FROM shelf_pushes WHERE book_id = ? AND item_id = ? AND state IN ('sent', 'undone')"
        " ORDER BY id",
        (book_id, item_id),
    )
    found = dict[Field, Sent]()
    for row in rows:
        field, before = Field(row["field"]), found.get(Field(row["field"]))
        found[field] = Sent(json.loads(row["sent"]), row["state"] == UNDONE, before.standing if before else None)
    return found


def sent_of_folder(db: sqlite3.Connection, folder: str) -> Mapping[str, Any]:
    """What mamctl sent last of the book in `folder`, to whichever item, by the keys of metadata.json in its flat form.

    With "store metadata with item" Audiobookshelf writes it there.
    """
    rows = db.execute(
        "SELECT p.field, p.sent FROM shelf_pushes p JOIN books b ON b.id = p.book_id"
        " WHERE b.path = ? AND p.state IN ('claimed', 'sent') ORDER BY p.id",
        (path_to_text(folder),),
    )
    return flatten({KEYS[Field(row["field"])]: json.loads(row["sent"]) for row in rows})


def newest_push(db: sqlite3.Connection, book_id: int) -> int:
    """The number of the newest push of a book, sent or not; 0 before the first."""
    row = db.execute("SELECT max(id) FROM shelf_pushes WHERE book_id = ?", (book_id,)).fetchone()
    return int(row[0] or 0)


def open_pushes(db: sqlite3.Connection, book_id: int) -> tuple[Push, ...]:
    """What was claimed, and is not known to be sent."""
    return _pushes(db, "state = 'claimed' AND book_id = ?", book_id)


def pushes_of_run(db: sqlite3.Connection, run_id: int) -> tuple[Push, ...]:
    """What a run sent and nothing took back, the newest first."""
    return _pushes(db, "state = 'sent' AND run_id = ?", run_id)


def pushes_of_book(db: sqlite3.Connection, book_id: int) -> tuple[Push, ...]:
    """What was sent of a book and nothing took back, the newest first."""
    return _pushes(db, "state = 'sent' AND book_id = ?", book_id)


def _pushes(db: sqlite3.Connection, where: str, number: int) -> tuple[Push, ...]:
    rows = db.execute(f"SELECT * FROM shelf_pushes WHERE {where} ORDER BY id DESC", (number,))  # noqa: S608
    return tuple(
        Push(
            row["id"],
            row["run_id"],
            row["book_id"],
            row["item_id"],
            Field(row["field"]),
            json.loads(row["before"]),
            json.loads(row["sent"]),
            row["state"],
        )
        for row in rows
    )


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
