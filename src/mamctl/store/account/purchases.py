"""Claims and settlements: what was bought, claimed before the request and settled once."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from mamctl.dataclass import dataclass
from mamctl.domain.account.purchases import Claim, ClaimState
from mamctl.domain.account.vip import Refusal
from mamctl.domain.timestamps import timestamp
from mamctl.errors import MamctlError
from mamctl.sqlite import transaction
from mamctl.store.values import moment, sure_moment

# What stands in `answer` where a purchase was not settled by the site's own answer; the last is an older wording.
BY_ACCOUNT, BY_YOU = "observed", "settled by you"
_SETTLED_BY = {BY_ACCOUNT: "account", BY_YOU: "you", "settled by a person": "you"}


class AlreadyClaimedError(MamctlError):
    """The window is claimed or bought already."""

    code = "already_claimed"


class RingFencedError(MamctlError):
    """The spending would take the balance below the next renewal."""

    code = "ring_fenced"


@dataclass(frozen=True, slots=True)
class Purchase:
    """A purchase as it is reported; points are seedbonus points, spent is known once settled.

    `settled_by` says how: `answer` (the site's own), `account` (a look at it afterwards) or `you` (`vip settle`).
    """

    id: int
    kind: str
    state: str
    claimed_at: datetime
    settled_at: datetime | None
    price: int
    spent: float | None
    expires_before: datetime | None
    expires_after: datetime | None
    points_before: float | None
    points_after: float | None
    answer: str | None
    settled_by: str | None


@dataclass(frozen=True, slots=True)
class Intent:
    """What is about to be bought. `ring_fence` is the balance that must stay for the next renewal."""

    kind: str
    window: str
    price: int
    points: float | None
    ring_fence: int
    expires_at: datetime | None = None


def claim_purchase(db: sqlite3.Connection, run_id: int, intent: Intent, now: datetime) -> int:
    """Put the claim on disk before the request. AlreadyClaimedError and RingFencedError both mean: do not buy."""
    try:
        with transaction(db):
            row = db.execute(
                "INSERT INTO purchases (run_id, kind, window, state, claimed_at, expires_before, points_before, price,"
                " ring_fence) VALUES (?, ?, ?, 'claimed', ?, ?, ?, ?, ?)",
                (
                    run_id,
                    intent.kind,
                    intent.window,
                    timestamp(now),
                    timestamp(intent.expires_at) if intent.expires_at else None,
                    intent.points,
                    intent.price,
                    intent.ring_fence,
                ),
            )
            return int(row.lastrowid or 0)
    except sqlite3.IntegrityError as error:
        if "CHECK" in str(error):
            raise RingFencedError(
                f"{intent.price:,} points of {intent.points or 0:,.0f} would leave less than the {intent.ring_fence:,}"
                " that the next VIP renewal needs",
                subject=intent.kind,
            ) from error
        if "UNIQUE" in str(error):
            raise AlreadyClaimedError("this renewal is claimed or made already", subject=intent.window) from error
        raise


def settle_purchase(
    db: sqlite3.Connection,
    purchase_id: int,
    state: ClaimState,
    now: datetime,
    *,
    expires_after: datetime | None = None,
    points_after: float | None = None,
    answer: str | None = None,
) -> None:
    """Settle an open claim; a claim is settled once, the second attempt changes nothing."""
    with transaction(db):
        db.execute(
            "UPDATE purchases SET state = ?, settled_at = ?, expires_after = ?, points_after = ?, answer = ?,"
            " spent = CASE WHEN ? = 'confirmed' THEN coalesce(max(points_before - ?, 0), price) ELSE 0 END"
            " WHERE id = ? AND state = 'claimed'",
            (
                state.value,
                timestamp(now),
                timestamp(expires_after) if expires_after else None,
                points_after,
                answer,
                state.value,
                points_after,
                purchase_id,
            ),
        )


def open_claim(db: sqlite3.Connection, kind: str = "vip") -> Claim | None:
    """The claim that is not settled, if there is one."""
    row = db.execute("SELECT * FROM purchases WHERE kind = ? AND state = 'claimed'", (kind,)).fetchone()
    if row is None:
        return None
    claimed_at = sure_moment(row["claimed_at"])
    return Claim(
        row["id"], row["window"], claimed_at, moment(row["expires_before"]), row["points_before"], row["price"]
    )


def renewal_window(db: sqlite3.Connection, expires_at: datetime | None) -> str:
    """What identifies a renewal: the expiry it starts from; without one, the last renewal that came before."""
    if expires_at is not None:
        return timestamp(expires_at)
    row = db.execute("SELECT max(id) FROM purchases WHERE kind = 'vip' AND state = 'confirmed'").fetchone()
    return f"none-after-{row[0] or 0}"


def bought_in_window(db: sqlite3.Connection, window: str) -> datetime | None:
    """When this window's renewal was made, if it was."""
    row = db.execute(
        "SELECT settled_at FROM purchases WHERE kind = 'vip' AND window = ? AND state = 'confirmed'", (window,)
    ).fetchone()
    return moment(row["settled_at"]) if row else None


def last_refusal(db: sqlite3.Connection) -> Refusal | None:
    """The newest renewal that was asked for, when the site refused it, with the class that was read before."""
    row = db.execute(
        "SELECT p.state, p.settled_at, p.answer, p.points_before, s.user_class FROM purchases p"
        " LEFT JOIN standings s ON s.run_id = p.run_id WHERE p.kind = 'vip' ORDER BY p.id DESC, s.id LIMIT 1"
    ).fetchone()
    if row is None or row["state"] != ClaimState.REFUSED:
        return None
    return Refusal(sure_moment(row["settled_at"]), row["answer"] or "", row["user_class"], row["points_before"])


def points_spent(db: sqlite3.Connection) -> float:
    """Points that mamctl has spent in total."""
    return float(db.execute("SELECT coalesce(sum(spent), 0) FROM purchases WHERE state = 'confirmed'").fetchone()[0])


def count_confirmed(db: sqlite3.Connection) -> int:
    """Purchases of every kind that were confirmed."""
    return int(db.execute("SELECT count(*) FROM purchases WHERE state = 'confirmed'").fetchone()[0])


def find_purchase(db: sqlite3.Connection, purchase_id: int) -> Purchase:
    """One purchase."""
    return _purchase(db.execute("SELECT * FROM purchases WHERE id = ?", (purchase_id,)).fetchone())


def purchases_without_decision(db: sqlite3.Connection, limit: int) -> tuple[Purchase, ...]:
    """The newest renewals whose run was cut off before it could record its decision."""
    rows = db.execute(
        "SELECT * FROM purchases WHERE kind = 'vip' AND NOT EXISTS"
        " (SELECT 1 FROM vip_decisions d WHERE d.purchase_id = purchases.id) ORDER BY id DESC LIMIT ?",
        (limit,),
    )
    return tuple(_purchase(row) for row in rows)


def _purchase(row: sqlite3.Row) -> Purchase:
    claimed_at = sure_moment(row["claimed_at"])
    return Purchase(
        id=row["id"],
        kind=row["kind"],
        state=row["state"],
        claimed_at=claimed_at,
        settled_at=moment(row["settled_at"]),
        price=row["price"],
        spent=row["spent"],
        expires_before=moment(row["expires_before"]),
        expires_after=moment(row["expires_after"]),
        points_before=row["points_before"],
        points_after=row["points_after"],
        answer=row["answer"],
        settled_by=_SETTLED_BY.get(row["answer"], "answer") if row["settled_at"] else None,
    )
