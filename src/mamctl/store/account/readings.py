"""Append-only readings of the account, and the points over time by them and by what mamctl spent."""

from __future__ import annotations

import math
import sqlite3
from datetime import datetime

from mamctl.dataclass import dataclass
from mamctl.domain.account.account import AccountSnapshot, Unsatisfied
from mamctl.domain.account.points import Balance, Spending
from mamctl.domain.timestamps import timestamp
from mamctl.sqlite import transaction
from mamctl.store.values import moment, sure_moment


def record_account(
    db: sqlite3.Connection, run_id: int | None, account: AccountSnapshot, vip_status: str, now: datetime
) -> int:
    """One row for one reading; what was unknown is NULL."""
    ratio = account.ratio
    unsatisfied = account.unsatisfied
    with transaction(db):
        row = db.execute(
            "INSERT INTO standings (run_id, seen_at, vip_status, vip_expires_at, points, ratio, ratio_text,"
            " uploaded_bytes, downloaded_bytes, user_class, wedges, unsatisfied_count, unsatisfied_limit, hit_and_runs,"
            " connectable) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                run_id,
                timestamp(now),
                vip_status,
                timestamp(account.expires_at) if account.expires_at else None,
                account.points,
                ratio if ratio is not None and math.isfinite(ratio) else None,
                ratio_text(ratio),
                account.uploaded_bytes,
                account.downloaded_bytes,
                account.user_class,
                account.wedges,
                unsatisfied.count if unsatisfied else None,
                unsatisfied.limit if unsatisfied else None,
                account.hit_and_runs,
                account.can_be_reached,
            ),
        )
        return int(row.lastrowid or 0)


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """A reading of the account as it was kept; what was unknown is None, sizes are bytes."""

    seen_at: datetime
    expires_at: datetime | None
    points: float | None
    ratio: float | None
    ratio_text: str | None
    uploaded_bytes: int | None
    downloaded_bytes: int | None
    user_class: str | None
    unsatisfied: Unsatisfied
    hit_and_runs: int | None = None
    wedges: int | None = None


def last_account(db: sqlite3.Connection) -> KnownAccount | None:
    """The newest reading; None before the first."""
    row = db.execute("SELECT * FROM standings ORDER BY id DESC LIMIT 1").fetchone()
    if row is None:
        return None
    seen_at = sure_moment(row["seen_at"])
    return KnownAccount(
        seen_at=seen_at,
        expires_at=moment(row["vip_expires_at"]),
        points=row["points"],
        ratio=row["ratio"],
        ratio_text=row["ratio_text"],
        uploaded_bytes=row["uploaded_bytes"],
        downloaded_bytes=row["downloaded_bytes"],
        user_class=row["user_class"],
        unsatisfied=Unsatisfied(row["unsatisfied_count"], row["unsatisfied_limit"]),
        hit_and_runs=row["hit_and_runs"],
        wedges=row["wedges"],
    )


def last_connectable(db: sqlite3.Connection, most: int) -> tuple[bool, ...]:
    """Whether the site could connect to the client, by the newest readings that say so, the newest first."""
    rows = db.execute(
        "SELECT connectable FROM standings WHERE connectable IS NOT NULL ORDER BY id DESC LIMIT ?", (most,)
    )
    return tuple(bool(row["connectable"]) for row in rows)


@dataclass(frozen=True, slots=True)
class PastReading:
    """What one reading of the account said; None is unknown, sizes are bytes."""

    at: datetime
    points: float | None
    uploaded_bytes: int | None
    downloaded_bytes: int | None
    unsatisfied: int | None


def list_readings(db: sqlite3.Connection, since: datetime) -> tuple[PastReading, ...]:
    """The readings since then, oldest first."""
    rows = db.execute(
        "SELECT seen_at, points, uploaded_bytes, downloaded_bytes, unsatisfied_count FROM standings"
        " WHERE seen_at >= ? ORDER BY seen_at",
        (timestamp(since),),
    )
    return tuple(PastReading(sure_moment(row[0]), *row[1:]) for row in map(tuple, rows))


def last_wedges(db: sqlite3.Connection) -> int | None:
    """The freeleech wedges by the newest reading that says them."""
    row = db.execute("SELECT wedges FROM standings WHERE wedges IS NOT NULL ORDER BY id DESC LIMIT 1").fetchone()
    return row["wedges"] if row else None


def last_expiry(db: sqlite3.Connection) -> datetime | None:
    """The newest VIP expiry ever read."""
    row = db.execute("SELECT max(vip_expires_at) FROM standings").fetchone()
    return moment(row[0])


def ratio_text(ratio: float | None) -> str | None:
    """A ratio as people write it; "∞" while nothing was downloaded. Cut, not rounded: 0.9996 is not 1.000."""
    if ratio is None:
        return None
    return "∞" if math.isinf(ratio) else f"{math.floor(ratio * 1000) / 1000:.3f}"


def list_balances(db: sqlite3.Connection, since: datetime) -> tuple[Balance, ...]:
    """Every reading since then that said the points, oldest first."""
    rows = db.execute(
        "SELECT seen_at, points FROM standings WHERE seen_at >= ? AND points IS NOT NULL ORDER BY id",
        (timestamp(since),),
    )
    return tuple(Balance(sure_moment(row["seen_at"]), row["points"]) for row in rows)


def list_spendings(db: sqlite3.Connection, since: datetime) -> tuple[Spending, ...]:
    """What confirmed purchases cost since then, oldest first."""
    rows = db.execute(
        "SELECT settled_at, spent FROM purchases WHERE state = 'confirmed' AND spent IS NOT NULL AND settled_at >= ?"
        " ORDER BY settled_at",
        (timestamp(since),),
    )
    return tuple(Spending(sure_moment(row["settled_at"]), row["spent"]) for row in rows)
