"""What is kept beside the queue's items: history, verdicts, tried torrents, filed files, the slots' memory."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from mamctl.dataclass import dataclass
from mamctl.domain.queue.filing import FiledFile
from mamctl.domain.queue.slots import SiteBlock
from mamctl.domain.queue.states import State
from mamctl.domain.timestamps import timestamp
from mamctl.sqlite import transaction
from mamctl.store.values import moment, storable, sure_moment

if TYPE_CHECKING:
    from mamctl.domain.queue.quality import RuleAnswer

_BLOCK, _SATURATED, _CLIENTS = "site_block", "saturated", "clients"


@dataclass(frozen=True, slots=True)
class Step:
    """One change of state."""

    at: datetime
    from_state: State | None
    to_state: State
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The rules' answers on one torrent at one stage, `claimed` or `measured`."""

    torrent_id: int
    stage: str
    judged_at: datetime
    rules: tuple[RuleAnswer, ...]


@dataclass(frozen=True, slots=True)
class Failures:
    """How many downloads failed since one was last whole, and when the last one did."""

    count: int
    last_at: datetime | None


def item_history(db: sqlite3.Connection, item_id: int) -> tuple[Step, ...]:
    """Every change of an item's state, oldest first."""
    rows = db.execute("SELECT * FROM queue_history WHERE item_id = ? ORDER BY id", (item_id,))
    return tuple(
        Step(
            sure_moment(row["at"]),
            State(row["from_state"]) if row["from_state"] else None,
            State(row["to_state"]),
            row["reason"],
        )
        for row in rows
    )


def record_verdict(
    db: sqlite3.Connection,
    item_id: int,
    torrent_id: int,
    stage: str,
    rules: Iterable[RuleAnswer],
    now: datetime,
) -> None:
    """The newest answers on a torrent take the place of the older ones of the same stage."""
    with transaction(db):
        db.execute(
            "DELETE FROM queue_verdicts WHERE item_id = ? AND torrent_id = ? AND stage = ?",
            (item_id, torrent_id, stage),
        )
        db.executemany(
            "INSERT INTO queue_verdicts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    item_id, torrent_id, stage, rule.name, place, rule.holds, storable(rule.claimed),
                    storable(rule.wanted), storable(rule.detail), timestamp(now),
                )
                for place, rule in enumerate(rules)
            ],
        )  # fmt: skip


def item_verdicts(db: sqlite3.Connection, item_id: int) -> tuple[Verdict, ...]:
    """The verdicts of an item, in the order in which they were given."""
    rows = db.execute(
        "SELECT * FROM queue_verdicts WHERE item_id = ? ORDER BY judged_at, torrent_id, stage, place", (item_id,)
    )
    from mamctl.domain.queue.quality import RuleAnswer  # here: nothing else of the store judges quality

    found: dict[tuple[int, str], tuple[datetime, list[RuleAnswer]]] = {}
    for row in rows:
        key = (row["torrent_id"], row["stage"])
        holds = None if row["holds"] is None else bool(row["holds"])
        answer = RuleAnswer(row["rule"], holds, row["found"], row["wanted"], row["detail"])
        found.setdefault(key, (sure_moment(row["judged_at"]), []))[1].append(answer)
    return tuple(Verdict(*key, at, tuple(rules)) for key, (at, rules) in found.items())


def mark_tried(db: sqlite3.Connection, torrent_id: int, item_id: int, reason: str, now: datetime) -> None:
    """A torrent that is never taken again; the first reason stays."""
    with transaction(db):
        db.execute(
            "INSERT OR IGNORE INTO queue_tried VALUES (?, ?, ?, ?)",
            (torrent_id, item_id, storable(reason), timestamp(now)),
        )


def tried_torrents(db: sqlite3.Connection) -> dict[int, str]:
    """Every torrent that is not taken again, with the reason; those of items on the list, too."""
    return {row[0]: row[1] for row in db.execute("SELECT torrent_id, reason FROM queue_tried")}


def record_files(db: sqlite3.Connection, item_id: int, files: Iterable[FiledFile], now: datetime) -> None:
    """What was filed for an item."""
    with transaction(db):
        db.executemany(
            "INSERT OR REPLACE INTO queue_files VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(item_id, storable(f.path), f.device, f.inode, f.size, f.method, timestamp(now)) for f in files],
        )


def filed_files(db: sqlite3.Connection, item_id: int) -> tuple[FiledFile, ...]:
    """What was filed for an item."""
    rows = db.execute(
        "SELECT path, device, inode, size, method FROM queue_files WHERE item_id = ? ORDER BY path", (item_id,)
    )
    return tuple(FiledFile(*row) for row in rows)


def filed_as(db: sqlite3.Connection, path: str) -> FiledFile | None:
    """The file that was filed at this path last, as it was then."""
    row = db.execute(
        "SELECT path, device, inode, size, method FROM queue_files WHERE path = ? ORDER BY made_at DESC",
        (storable(path),),
    ).fetchone()
    return FiledFile(*row) if row else None


def row_of_filed(db: sqlite3.Connection, path: str) -> str | None:
    """The site's row of the torrent from which the file at this path was filed, as it is kept; None where the torrent
    held several books, of which the row does not speak.
    """
    row = db.execute(
        "SELECT i.site_row FROM queue_files f JOIN queue_items i ON i.id = f.item_id"
        " WHERE f.path = ? AND instr(i.folder, char(10)) = 0 ORDER BY f.made_at DESC",
        (storable(path),),
    ).fetchone()
    return row["site_row"] if row else None


def forget_files(db: sqlite3.Connection, item_id: int) -> None:
    """Nothing of an item is filed any more."""
    with transaction(db):
        db.execute("DELETE FROM queue_files WHERE item_id = ?", (item_id,))


def released_since(db: sqlite3.Connection, since: datetime) -> tuple[datetime, ...]:
    """When downloads were released: handed over, or claimed and not settled yet."""
    rows = db.execute(
        "SELECT at FROM queue_history WHERE to_state = 'handed_over' AND from_state IN ('claimed', 'unclear')"
        " AND at >= ?1 UNION ALL SELECT claimed_at FROM queue_items"
        " WHERE state IN ('claimed', 'unclear') AND removed_at IS NULL AND claimed_at >= ?1 ORDER BY 1",
        (timestamp(since),),
    )
    return tuple(sure_moment(row[0]) for row in rows)


def failures_in_row(db: sqlite3.Connection) -> Failures:
    """Failures since a download was last whole, or since you last had one tried again."""
    row = db.execute(
        "SELECT count(*), max(at) FROM queue_history WHERE to_state IN ('failed', 'unclear') AND id >"
        " coalesce((SELECT max(id) FROM queue_history WHERE to_state = 'complete'"
        " OR (from_state IN ('failed', 'unclear') AND to_state = 'waiting')), 0)"
    ).fetchone()
    return Failures(int(row[0]), moment(row[1]))


def remember_block(db: sqlite3.Connection, block: SiteBlock | None, now: datetime) -> None:
    """The site's block, kept over restarts; None when it is over. A longer one is not shortened by a later word."""
    if block is None:
        _forget(db, _BLOCK)
        return
    known = read_block(db)
    if known is None or block.until > known.until or known.until <= now:
        _remember(db, _BLOCK, block.reason, now, until=block.until)


def read_block(db: sqlite3.Connection) -> SiteBlock | None:
    """The last block that the site announced, over or not."""
    row = _recall(db, _BLOCK)
    return SiteBlock(sure_moment(row["until"]), row["value"]) if row else None


def remember_saturated(db: sqlite3.Connection, saturated: bool, now: datetime) -> None:
    """Whether the allowance of unsatisfied torrents was used up."""
    _remember(db, _SATURATED, "1" if saturated else "0", now)


def was_saturated(db: sqlite3.Connection) -> bool:
    """Whether the allowance of unsatisfied torrents was used up when it was last looked at."""
    row = _recall(db, _SATURATED)
    return row is not None and row["value"] == "1"


def remember_clients(db: sqlite3.Connection, facts: dict[str, Any], now: datetime) -> None:
    """The last look at the clients, as plain JSON values."""
    _remember(db, _CLIENTS, json.dumps(facts, sort_keys=True), now)


def last_clients(db: sqlite3.Connection) -> tuple[dict[str, Any], datetime] | None:
    """The last look at the clients, and when it was; None before the first."""
    row = _recall(db, _CLIENTS)
    return (json.loads(row["value"]), sure_moment(row["at"])) if row else None


def upload_speed(db: sqlite3.Connection, now: datetime) -> float | None:
    """The median upload speed of the last 24 hours in bytes a second, by the guard's passes; None without any."""
    rows = db.execute(
        "SELECT upspeed FROM figures WHERE seen_at >= ? AND upspeed IS NOT NULL", (timestamp(now - timedelta(days=1)),)
    ).fetchall()
    if not rows:
        return None
    from statistics import median

    return float(median(row[0] for row in rows))


def conclude_pending_item(db: sqlite3.Connection, pending_id: int, status: str, note: str, now: datetime) -> None:
    """VIP-10: the wanted title is downloaded, or the queue gave it up."""
    with transaction(db):
        db.execute(
            "UPDATE pending SET status = ?, note = ?, checked_at = ? WHERE id = ?",
            (status, storable(note), timestamp(now), pending_id),
        )


def _remember(db: sqlite3.Connection, name: str, value: str, now: datetime, *, until: datetime | None = None) -> None:
    with transaction(db):
        db.execute(
            "INSERT OR REPLACE INTO queue_memory VALUES (?, ?, ?, ?)",
            (name, storable(value), timestamp(until) if until else None, timestamp(now)),
        )


def _forget(db: sqlite3.Connection, name: str) -> None:
    with transaction(db):
        db.execute("DELETE FROM queue_memory WHERE name = ?", (name,))


def _recall(db: sqlite3.Connection, name: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute("SELECT * FROM queue_memory WHERE name = ?", (name,)).fetchone()
    return row
