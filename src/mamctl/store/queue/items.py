"""Queued downloads: added once, moved by compare-and-set along the table of states, claimed before anything is sent."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from typing import Any

from mamctl.dataclass import dataclass
from mamctl.domain.account.pending import Wanted
from mamctl.domain.library.torrent_contents import ListedFile, TorrentListing
from mamctl.domain.queue.states import DONE, State, may_follow
from mamctl.domain.text.normalize import fold, fold_title
from mamctl.domain.timestamps import timestamp
from mamctl.errors import LockedError, MamctlError
from mamctl.sqlite import transaction
from mamctl.store.values import moment, storable, sure_moment

# What takes a slot: everything from the claim until it is whole, and a download that was given up and is still in its
# client, where it goes on.
_UNDER_WAY = (
    "removed_at IS NULL AND (coalesce(held_state, state) IN ('claimed', 'unclear', 'handed_over', 'downloading')"
    " OR (state = 'failed' AND handed_over_at IS NOT NULL AND left_bytes > 0 AND gone_since IS NULL))"
)


class AlreadyQueuedError(MamctlError):
    """The book, or the torrent, is in the queue already."""

    code = "already_queued"


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One download as it is on record; sizes are bytes, durations seconds, None is unknown.

    `held_state` is the state that a held or blocked one returns to, `hold_code` a stable word for why it is held.
    `contents` is what its torrent lists.
    """

    id: int
    title: str
    author: str
    book_key: str
    state: State
    since: datetime
    reason: str
    added_at: datetime
    attempt: int
    wanted_torrent_id: int | None = None
    pending_id: int | None = None
    replaces: int | None = None
    held_state: State | None = None
    hold_code: str | None = None
    not_before: datetime | None = None
    torrent_id: int | None = None
    torrent_title: str | None = None
    free: str | None = None
    paid: bool | None = None
    size_bytes: int | None = None
    ratio_after: str | None = None
    claimed_at: datetime | None = None
    wedge_sent_at: datetime | None = None
    wedges_before: int | None = None
    wedges_after: int | None = None
    add_sent_at: datetime | None = None
    handed_over_at: datetime | None = None
    info_hash: str | None = None
    client: str | None = None
    contents: TorrentListing | None = None
    site_row: str | None = None
    named_title: str | None = None
    named_author: str | None = None
    progress: float | None = None
    left_bytes: int | None = None
    left_since: datetime | None = None
    gone_since: datetime | None = None
    seeding_s: float | None = None
    content_path: str | None = None
    frozen_at: datetime | None = None
    frozen_ratio: float | None = None
    folder: str | None = None
    removed_at: datetime | None = None

    @property
    def wanted(self) -> Wanted:
        """What to look for."""
        return Wanted(self.title, self.author, self.wanted_torrent_id)

    @property
    def stage(self) -> State:
        """How far it is, whether it is held or not."""
        return self.held_state or self.state

    @property
    def paid_unclaimed(self) -> bool | None:
        """Whether it costs ratio once its claim is given back: a wedge that was planned or sent does not count."""
        if self.free != "personal":
            return self.paid
        return True if self.wedge_sent_at is not None else None

    @property
    def reserved(self) -> int:
        """Bytes still to land on the disk."""
        return self.size_bytes or 0 if self.left_bytes is None else self.left_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """What is put into the queue; with a torrent it is the one to take."""

    wanted: Wanted
    reason: str
    torrent_id: int | None = None
    torrent_title: str | None = None
    free: str | None = None
    paid: bool | None = None
    size_bytes: int | None = None
    pending_id: int | None = None
    attempt: int = 1
    replaces: int | None = None
    book_key: str | None = None


def book_key(wanted: Wanted) -> str:
    """What makes two wishes one book: title and author as they are compared, or the torrent where there is no title."""
    title, author = fold_title(wanted.title), fold(wanted.author)
    return f"{title} / {author}" if title else f"torrent {wanted.torrent_id}"


def add_item(db: sqlite3.Connection, new: NewItem, now: datetime, *, run_id: int | None = None) -> int:
    """Put a book into the queue; its id. Raises AlreadyQueuedError when the book or the torrent is there already."""
    at = timestamp(now)
    try:
        with transaction(db):
            cursor = db.execute(
                "INSERT INTO queue_items (book_key, title, author, wanted_torrent_id, pending_id, added_at, attempt,"
                " replaces, state, since, reason, run_id, torrent_id, torrent_title, free, paid, size_bytes)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    storable(new.book_key or book_key(new.wanted)), storable(new.wanted.title),
                    storable(new.wanted.author), new.wanted.torrent_id, new.pending_id, at, new.attempt, new.replaces,
                    at, storable(new.reason), run_id, new.torrent_id, storable(new.torrent_title), new.free, new.paid,
                    new.size_bytes,
                ),
            )  # fmt: skip
            return int(cursor.lastrowid or 0)
    except sqlite3.IntegrityError as error:
        if "UNIQUE" not in str(error):
            raise
        raise _taken(new.wanted.title, error) from error


def move_item(
    db: sqlite3.Connection,
    item: QueueItem,
    state: State,
    reason: str,
    now: datetime,
    *,
    run_id: int | None = None,
    **values: Any,
) -> QueueItem:
    """The item in its next state, with columns set in the same write. A held one keeps where it was held from.

    Raises LockedError when the item is no longer as it was read: then nothing has changed. A step that the table of
    states does not have is a bug.
    """
    if not may_follow(item.state, state):
        raise AssertionError(f"{item.state} → {state} is not in the table of states")
    held = item.stage.value if state in (State.HELD, State.BLOCKED) else None  # `values` may name another
    changed = {
        "state": state.value, "since": timestamp(now), "reason": storable(reason), "held_state": held,
        "hold_code": None, "run_id": run_id, "not_before": None,
        **{name: _stored(value) for name, value in values.items()},
    }  # fmt: skip
    _update(db, item, changed)
    return find_item(db, item.id)


def note_item(db: sqlite3.Connection, item: QueueItem, **values: Any) -> QueueItem:
    """The item with columns set, in the same state. Raises LockedError as `move_item` does."""
    _update(db, item, {name: _stored(value) for name, value in values.items()})
    return find_item(db, item.id)


def claim_item(
    db: sqlite3.Connection,
    item: QueueItem,
    now: datetime,
    *,
    run_id: int | None,
    torrent_id: int,
    torrent_title: str,
    paid: bool,
    free: str | None,
    size_bytes: int | None,
    most_under_way: int,
    reason: str,
    ratio_after: str | None = None,
) -> QueueItem:
    """Reserve a slot and the bytes for a waiting item, before anything is asked of the site.

    `most_under_way` bounds the downloads of its kind, this one included, whatever other runs did meanwhile. Raises
    LockedError when the item is no longer waiting or no slot is left, AlreadyQueuedError when the torrent is another
    item's.
    """
    changed = {
        "state": State.CLAIMED.value, "since": timestamp(now), "claimed_at": timestamp(now), "run_id": run_id,
        "reason": storable(reason), "torrent_id": torrent_id, "torrent_title": storable(torrent_title), "paid": paid,
        "free": free, "size_bytes": size_bytes, "ratio_after": ratio_after, "not_before": None, "add_sent_at": None,
        "wedge_sent_at": None, "info_hash": None, "client": None, "contents": None, "left_bytes": size_bytes,
        "left_since": timestamp(now), "progress": 0.0, "held_state": None, "hold_code": None,
        "gone_since": None, "handed_over_at": None,
    }  # fmt: skip
    guard = f" AND (SELECT count(*) FROM queue_items WHERE paid IS ? AND {_UNDER_WAY}) < ?"  # noqa: S608
    _update(db, item, changed, guard, (paid, most_under_way))
    return find_item(db, item.id)


def remove_item(db: sqlite3.Connection, item: QueueItem, now: datetime) -> None:
    """Take an item off the list; its history stays, and nothing in a client or on the disk is touched."""
    _update(db, item, {"removed_at": timestamp(now)})


def find_item(db: sqlite3.Connection, item_id: int) -> QueueItem:
    """One item, whether it is on the list or was taken off. Raises LookupError when there is none of this id."""
    row = db.execute("SELECT * FROM queue_items WHERE id = ?", (item_id,)).fetchone()
    if row is None:
        raise LookupError(item_id)
    return _item(row)


def list_items(db: sqlite3.Connection, *states: State) -> tuple[QueueItem, ...]:
    """The items on the list, oldest first; of these states only, when any are named."""
    rows = db.execute("SELECT * FROM queue_items WHERE removed_at IS NULL ORDER BY id")
    items = (_item(row) for row in rows)
    return tuple(item for item in items if not states or item.state in states)


def open_items(db: sqlite3.Connection) -> tuple[QueueItem, ...]:
    """The items that something is still to be done for."""
    done = ", ".join(f"'{state.value}'" for state in sorted(DONE))
    rows = db.execute(f"SELECT * FROM queue_items WHERE removed_at IS NULL AND state NOT IN ({done}) ORDER BY id")  # noqa: S608
    return tuple(_item(row) for row in rows)


def items_under_way(db: sqlite3.Connection) -> tuple[QueueItem, ...]:
    """The items that take a slot and whose bytes are still to come."""
    return tuple(_item(row) for row in db.execute(f"SELECT * FROM queue_items WHERE {_UNDER_WAY} ORDER BY id"))  # noqa: S608


def items_in_clients(db: sqlite3.Connection) -> tuple[QueueItem, ...]:
    """The items whose torrent was handed to a client and has not seeded its time yet, refused and failed ones too."""
    rows = db.execute(
        "SELECT * FROM queue_items WHERE removed_at IS NULL AND handed_over_at IS NOT NULL AND state <> 'settled'"
        " AND NOT (state IN ('refused', 'failed') AND gone_since IS NOT NULL) ORDER BY id"
    )
    return tuple(_item(row) for row in rows)


def _update(
    db: sqlite3.Connection,
    item: QueueItem,
    values: dict[str, Any],
    guard: str = "",
    given: tuple[Any, ...] = (),
) -> None:
    assignments = ", ".join(f"{name} = ?" for name in values)
    try:
        with transaction(db):
            changed = db.execute(
                f"UPDATE queue_items SET {assignments}"  # noqa: S608 - column names of this module's callers
                f" WHERE id = ? AND state = ? AND since = ? AND removed_at IS NULL{guard}",
                (*values.values(), item.id, item.state.value, timestamp(item.since), *given),
            )
    except sqlite3.IntegrityError as error:
        if "UNIQUE" not in str(error):
            raise
        raise _taken(item.title, error) from error
    if changed.rowcount != 1:
        raise LockedError(
            f"item {item.id} of the queue is no longer {item.state.value}, or its slot is taken",
            subject=item.title,
            remedy="see: mamctl queue list",
        )


def _taken(title: str, error: sqlite3.IntegrityError) -> AlreadyQueuedError:
    """Which of the queue's unique things another item has."""
    names = {
        "torrent_id": "its torrent is in the queue already",
        "info_hash": "its torrent is another item's by its contents",
    }
    found = next((words for name, words in names.items() if name in str(error)), "the book is in the queue already")
    return AlreadyQueuedError(f"“{title}”: {found}", subject=title, remedy="mamctl queue list")


def _stored(value: Any) -> Any:
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, TorrentListing):
        return _listing_text(value)
    return storable(value) if isinstance(value, str) else value


def _listing_text(listing: TorrentListing) -> str:
    files = [[storable(file.path), file.size] for file in listing.files]
    return json.dumps({"name": storable(listing.name), "single": listing.single, "files": files}, ensure_ascii=True)


def _listing(text: str | None) -> TorrentListing | None:
    if text is None:
        return None
    found = json.loads(text)
    files = tuple(ListedFile(path, size) for path, size in found["files"])
    return TorrentListing(found["name"], files, found["single"])


def _item(row: sqlite3.Row) -> QueueItem:
    names = (
        "id", "title", "author", "book_key", "reason", "attempt", "wanted_torrent_id", "pending_id", "replaces",
        "torrent_id", "torrent_title", "free", "size_bytes", "ratio_after", "wedges_before", "wedges_after",
        "info_hash", "client", "site_row", "named_title",
        "named_author", "progress", "left_bytes", "seeding_s", "content_path", "frozen_ratio", "folder", "hold_code",
    )  # fmt: skip
    when = ("not_before", "claimed_at", "wedge_sent_at", "add_sent_at", "handed_over_at", "left_since",
        "gone_since", "frozen_at", "removed_at")  # fmt: skip
    plain: dict[str, Any] = {name: row[name] for name in names}
    times: dict[str, Any] = {name: moment(row[name]) for name in when}
    return QueueItem(
        state=State(row["state"]),
        since=sure_moment(row["since"]),
        added_at=sure_moment(row["added_at"]),
        held_state=State(row["held_state"]) if row["held_state"] else None,
        paid=None if row["paid"] is None else bool(row["paid"]),
        contents=_listing(row["contents"]),
        **plain,
        **times,
    )
