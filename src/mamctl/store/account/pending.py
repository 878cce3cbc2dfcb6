"""The pending list: wanted titles and what was found of them."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime

from mamctl.dataclass import dataclass
from mamctl.domain.account.pending import FINDING_STANDS, Finding, FindingKind, Match, PendingStatus, Wanted
from mamctl.domain.timestamps import timestamp
from mamctl.sqlite import transaction
from mamctl.store.values import moment, storable, sure_moment


@dataclass(frozen=True, slots=True)
class PendingItem:
    """One wanted title with its latest finding; `finding` is None until a look for it was finished.

    `searched_at` is its last search on the site, `search_form` the form of the next one (see `queries_for`), and
    `empty_searches` how many in a row found nothing.
    """

    id: int
    title: str
    author: str
    torrent_id: int | None
    added_at: datetime
    auto_download: bool
    status: PendingStatus
    checked_at: datetime | None
    note: str | None
    matches: tuple[Match, ...]
    finding: FindingKind | None = None
    needs_vip: bool | None = None
    searched_at: datetime | None = None
    search_form: int = 0
    empty_searches: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it is still wanted."""
        return self.status is not PendingStatus.DOWNLOADED

    @property
    def is_searched(self) -> bool:
        """Whether it is searched for now and then: it is still wanted, and a look found words in it to search for."""
        wordless = self.checked_at is not None and self.searched_at is None and self.finding is None
        return self.is_open and not wordless

    @property
    def wanted(self) -> Wanted:
        """What to look for."""
        return Wanted(self.title, self.author, self.torrent_id)


@dataclass(frozen=True, slots=True)
class PastSearch:
    """When a title was last searched for."""

    searched_at: datetime | None


def add_pending(db: sqlite3.Connection, wanted: Wanted, now: datetime, *, auto_download: bool) -> tuple[int, bool]:
    """The id of the wanted title, and whether it is new: the same title and author are listed once."""
    title, author = storable(wanted.title), storable(wanted.author)
    with transaction(db):
        row = db.execute(
            "SELECT id FROM pending WHERE title = ? AND author = ? AND torrent_id IS ? AND removed_at IS NULL",
            (title, author, wanted.torrent_id),
        ).fetchone()
        if row:
            return int(row["id"]), False
        cursor = db.execute(
            "INSERT INTO pending (title, author, torrent_id, added_at, auto_download, status)"
            " VALUES (?, ?, ?, ?, ?, 'pending')",
            (title, author, wanted.torrent_id, timestamp(now), auto_download),
        )
        return int(cursor.lastrowid or 0), True


def remove_pending(db: sqlite3.Connection, item_id: int, now: datetime) -> bool:
    """Take a title off the list; its history stays. False when it is not on it."""
    with transaction(db):
        cursor = db.execute(
            "UPDATE pending SET removed_at = ? WHERE id = ? AND removed_at IS NULL", (timestamp(now), item_id)
        )
        return cursor.rowcount == 1


def list_pending(db: sqlite3.Connection) -> tuple[PendingItem, ...]:
    """The list, oldest first."""
    rows = db.execute("SELECT * FROM pending WHERE removed_at IS NULL ORDER BY id").fetchall()
    return tuple(_item(db, row) for row in rows)


def ever_wanted(db: sqlite3.Connection) -> tuple[PastSearch, ...]:
    """The last search of each title that is or was on the list: what today's searches are counted by."""
    rows = db.execute("SELECT searched_at FROM pending WHERE searched_at IS NOT NULL")
    return tuple(PastSearch(moment(row["searched_at"])) for row in rows)


def record_search(
    db: sqlite3.Connection, item: PendingItem, now: datetime, *, next_form: int, empty_searches: int
) -> None:
    """The title was searched for now."""
    with transaction(db):
        db.execute(
            "UPDATE pending SET searched_at = ?, search_form = ?, empty_searches = ? WHERE id = ?",
            (timestamp(now), next_form, empty_searches, item.id),
        )


def record_finding(db: sqlite3.Connection, item: PendingItem, finding: Finding, now: datetime | None) -> None:
    """The newest finding takes the place of the older one. What was downloaded stays downloaded.

    `now` is when it was looked for; None for an older look that is only judged again.
    """
    now = now or item.checked_at or item.added_at
    with transaction(db):
        db.execute(
            "UPDATE pending SET status = ?, checked_at = ?, note = ?, finding = ?, needs_vip = ?"
            " WHERE id = ? AND status <> 'downloaded'",
            (
                finding.status.value,
                timestamp(now),
                finding.note,
                finding.kind.value if finding.kind else None,
                finding.needs_vip if finding.kind else None,
                item.id,
            ),
        )
        db.execute("DELETE FROM pending_matches WHERE pending_id = ?", (item.id,))
        db.executemany(
            "INSERT INTO pending_matches (pending_id, torrent_id, title, authors, free, why, seen_at, needs_vip, sure)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    item.id,
                    m.torrent_id,
                    m.title,
                    json.dumps(m.authors),
                    m.free,
                    m.why,
                    timestamp(now),
                    m.needs_vip,
                    m.sure,
                )
                for m in finding.matches
            ],
        )


def count_shortage(db: sqlite3.Connection, now: datetime) -> int:
    """VIP-5: wanted titles that were found within the last week, and whose best torrent is free through VIP only."""
    row = db.execute(
        "SELECT count(*) FROM pending WHERE removed_at IS NULL AND status IN ('pending', 'available_free')"
        " AND finding = 'found' AND needs_vip = 1 AND checked_at >= ?",
        (timestamp(now - FINDING_STANDS),),
    ).fetchone()
    return int(row[0])


@dataclass(frozen=True, slots=True)
class PendingCounts:
    """The list in figures."""

    items: int
    pending: int
    available_free: int
    downloaded: int
    failed: int


def count_pending(db: sqlite3.Connection) -> PendingCounts:
    """How many titles are wanted, by what was found of them last."""
    rows = db.execute("SELECT status, count(*) FROM pending WHERE removed_at IS NULL GROUP BY status")
    found = {status: int(count) for status, count in rows}
    return PendingCounts(sum(found.values()), *(found.get(status.value, 0) for status in PendingStatus))


def _item(db: sqlite3.Connection, row: sqlite3.Row) -> PendingItem:
    matches = db.execute(
        "SELECT * FROM pending_matches WHERE pending_id = ? ORDER BY sure DESC, free DESC,"
        " CASE WHEN free THEN needs_vip ELSE -needs_vip END, torrent_id",
        (row["id"],),
    )
    added_at = sure_moment(row["added_at"])
    return PendingItem(
        id=row["id"],
        title=row["title"],
        author=row["author"],
        torrent_id=row["torrent_id"],
        added_at=added_at,
        auto_download=bool(row["auto_download"]),
        status=PendingStatus(row["status"]),
        checked_at=moment(row["checked_at"]),
        note=row["note"],
        matches=tuple(
            Match(
                m["torrent_id"],
                m["title"],
                tuple(json.loads(m["authors"])),
                bool(m["free"]),
                m["why"],
                needs_vip=bool(m["needs_vip"]),
                sure=bool(m["sure"]),
            )
            for m in matches
        ),
        finding=FindingKind(row["finding"]) if row["finding"] else None,
        needs_vip=None if row["needs_vip"] is None else bool(row["needs_vip"]),
        searched_at=moment(row["searched_at"]),
        search_form=row["search_form"],
        empty_searches=row["empty_searches"],
    )
