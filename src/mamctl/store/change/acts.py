"""What a rollback restores, item by item, so that one that was interrupted goes on where it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime

from mamctl.dataclass import dataclass
from mamctl.domain.change.points import Part
from mamctl.domain.timestamps import timestamp
from mamctl.sqlite import transaction
from mamctl.store.change.log import ChangeKind, begin_change
from mamctl.store.values import path_to_text, storable, text_to_path


@dataclass(frozen=True, slots=True)
class Act:
    """One item: a path, or a torrent as "client/hash", and what of it. `reason` says why it was not restored."""

    part: Part
    subject: str
    aspect: str
    before: str | None
    after: str | None
    reason: str | None = None
    done: bool = False


def begin_rollback(
    db: sqlite3.Connection,
    point: str,
    safety: str,
    summary: str,
    acts: Iterable[Act],
    now: datetime,
    run_id: int | None,
) -> int:
    """The row of a rollback with everything that it is going to do, or neither; its id."""
    with transaction(db):
        change_id = begin_change(db, ChangeKind.ROLLBACK, summary, now, before={"point": safety},
                                 after={"point": point}, point=point, run_id=run_id)  # fmt: skip
        db.executemany(
            "INSERT INTO change_acts (change_id, part, subject, aspect, before, after, done_at, reason)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (change_id, act.part.value, path_to_text(act.subject), act.aspect, storable(act.before),
                 storable(act.after), timestamp(now) if act.done else None, storable(act.reason))
                for act in acts
            ],
        )  # fmt: skip
    return change_id


def settle_act(db: sqlite3.Connection, change_id: int, act: Act, now: datetime, reason: str | None = None) -> None:
    """Note, inside the caller's transaction if there is one, that a planned item is done, or why it was not."""
    db.execute(
        "UPDATE change_acts SET done_at = ?, reason = ?"
        " WHERE change_id = ? AND part = ? AND subject = ? AND aspect = ?",
        (None if reason else timestamp(now), storable(reason), change_id, act.part.value,
         path_to_text(act.subject), act.aspect),
    )  # fmt: skip


def read_acts(db: sqlite3.Connection, change_id: int) -> tuple[Act, ...]:
    """Every item of this rollback."""
    rows = db.execute("SELECT * FROM change_acts WHERE change_id = ? ORDER BY part, subject, aspect", (change_id,))
    return tuple(
        Act(Part(row["part"]), text_to_path(row["subject"]), row["aspect"], row["before"], row["after"],
            row["reason"], done=row["done_at"] is not None)
        for row in rows
    )  # fmt: skip


def own_client_values(db: sqlite3.Connection) -> Mapping[str, Mapping[tuple[str, str], str]]:
    """What rollbacks last made of torrents: by client, then by hash and aspect."""
    found: dict[str, dict[tuple[str, str], str]] = {}
    rows = db.execute(
        "SELECT subject, aspect, after FROM change_acts WHERE part = 'client' AND done_at IS NOT NULL"
        " ORDER BY change_id"
    )
    for row in rows:
        client, _, hash_ = row["subject"].rpartition("/")
        found.setdefault(client, {})[hash_, row["aspect"]] = row["after"]
    return found
