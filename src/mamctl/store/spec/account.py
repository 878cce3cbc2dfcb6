"""The account's facts: readings, purchases, decisions, the pending list."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from datetime import datetime

from mamctl.domain.spec.facts import AccountFacts, AccountReadingFact, DecisionFact, PendingFact, PurchaseFact
from mamctl.domain.timestamps import timestamp
from mamctl.store.values import moment, sure_moment

_FIGURES = (
    "points", "ratio_text", "uploaded_bytes", "downloaded_bytes", "user_class", "wedges", "unsatisfied_count",
    "unsatisfied_limit",
)  # fmt: skip


def read_account_facts(db: sqlite3.Connection, since: datetime) -> AccountFacts:
    """The readings and decisions since then, and every purchase, the newest first."""
    first = (timestamp(since),)
    readings = db.execute("SELECT * FROM standings WHERE seen_at >= ? ORDER BY id DESC", first)
    purchases = db.execute(
        "SELECT p.*, (SELECT s.user_class FROM standings s WHERE s.run_id = p.run_id ORDER BY s.id LIMIT 1)"
        " AS user_class FROM purchases p ORDER BY p.id DESC"
    )
    pending = db.execute(
        "SELECT title, added_at, checked_at FROM pending WHERE status = 'pending' AND removed_at IS NULL"
    )
    return AccountFacts(
        readings=tuple(map(_reading, readings)),
        purchases=tuple(map(_purchase, purchases)),
        decisions=_decisions(db, since),
        pending=tuple(
            PendingFact(row["title"], sure_moment(row["added_at"]), moment(row["checked_at"])) for row in pending
        ),
    )


def _reading(row: sqlite3.Row) -> AccountReadingFact:
    missing = [name for name in _FIGURES if row[name] is None]
    if row["vip_status"] == "unknown":
        missing.insert(0, "vip_expires_at")
    return AccountReadingFact(
        run_id=row["run_id"],
        seen_at=sure_moment(row["seen_at"]),
        vip_status=row["vip_status"],
        vip_expires_at=moment(row["vip_expires_at"]),
        points=row["points"],
        user_class=row["user_class"],
        missing=tuple(missing),
    )


def _purchase(row: sqlite3.Row) -> PurchaseFact:
    return PurchaseFact(
        id=row["id"],
        kind=row["kind"],
        window=row["window"],
        state=row["state"],
        claimed_at=sure_moment(row["claimed_at"]),
        settled_at=moment(row["settled_at"]),
        expires_before=moment(row["expires_before"]),
        points_before=row["points_before"],
        points_after=row["points_after"],
        price=row["price"],
        reserved=row["ring_fence"],
        user_class=row["user_class"],
    )


def _decisions(db: sqlite3.Connection, since: datetime) -> tuple[DecisionFact, ...]:
    """Those since then, and those that led to a purchase at any time."""
    wanted = "decided_at >= ? OR purchase_id IS NOT NULL"
    conditions: dict[int, dict[str, bool]] = defaultdict(dict)
    for row in db.execute(
        f"SELECT c.* FROM vip_conditions c JOIN vip_decisions d ON d.id = c.decision_id WHERE {wanted}",  # noqa: S608
        (timestamp(since),),
    ):
        conditions[row["decision_id"]][row["name"]] = bool(row["holds"])
    rows = db.execute(f"SELECT * FROM vip_decisions WHERE {wanted} ORDER BY id DESC", (timestamp(since),))  # noqa: S608
    return tuple(
        DecisionFact(
            id=row["id"],
            run_id=row["run_id"],
            decided_at=sure_moment(row["decided_at"]),
            outcome=row["outcome"],
            purchase_id=row["purchase_id"],
            conditions=conditions[row["id"]],
        )
        for row in rows
    )
