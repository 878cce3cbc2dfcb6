"""Renewal decisions, each with the state of every condition."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from mamctl.dataclass import dataclass
from mamctl.domain.account.vip import Condition, Outcome
from mamctl.domain.timestamps import timestamp
from mamctl.sqlite import transaction
from mamctl.store.account.purchases import Purchase, find_purchase
from mamctl.store.values import moment, sure_moment


@dataclass(frozen=True, slots=True)
class PastDecision:
    """A decision as `vip history` shows it; `purchase` is what it led to, as it stands now."""

    decided_at: datetime
    outcome: str
    reason: str
    expires_at: datetime | None
    points: float | None
    spent: float | None
    conditions: tuple[Condition, ...]
    purchase: Purchase | None


def record_decision(
    db: sqlite3.Connection,
    run_id: int,
    outcome: Outcome,
    reason: str,
    conditions: tuple[Condition, ...],
    now: datetime,
    *,
    standing_id: int | None = None,
    purchase_id: int | None = None,
) -> None:
    """One decision with all of its conditions, in one transaction."""
    kept = Outcome.SKIPPED if outcome is Outcome.WOULD_RENEW else outcome
    with transaction(db):
        row = db.execute(
            "INSERT INTO vip_decisions (run_id, decided_at, outcome, reason, standing_id, purchase_id)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (run_id, timestamp(now), kept.value, reason, standing_id, purchase_id),
        )
        db.executemany(
            "INSERT INTO vip_conditions VALUES (?, ?, ?, ?, ?)",
            [(row.lastrowid, n, c.name, c.holds, c.detail) for n, c in enumerate(conditions)],
        )


def past_decisions(db: sqlite3.Connection, limit: int) -> tuple[PastDecision, ...]:
    """The newest decisions first."""
    rows = db.execute(
        "SELECT d.id, d.decided_at, d.outcome, d.reason, s.vip_expires_at, s.points, p.spent, d.purchase_id"
        " FROM vip_decisions d"
        " LEFT JOIN standings s ON s.id = d.standing_id LEFT JOIN purchases p ON p.id = d.purchase_id"
        " ORDER BY d.id DESC LIMIT ?",
        (limit,),
    ).fetchall()
    return tuple(_past(db, row) for row in rows)


def _past(db: sqlite3.Connection, row: sqlite3.Row) -> PastDecision:
    conditions = db.execute(
        "SELECT name, holds, detail FROM vip_conditions WHERE decision_id = ? ORDER BY position", (row["id"],)
    )
    decided_at = sure_moment(row["decided_at"])
    return PastDecision(
        decided_at,
        row["outcome"],
        row["reason"],
        moment(row["vip_expires_at"]),
        row["points"],
        row["spent"],
        tuple(Condition(c["name"], bool(c["holds"]), c["detail"]) for c in conditions),
        find_purchase(db, row["purchase_id"]) if row["purchase_id"] else None,
    )
