"""The points over time, from the account's readings and mamctl's own purchases."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from mamctl.domain.account.points import Balance, Spending
from mamctl.store.database import sure_moment, timestamp


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
