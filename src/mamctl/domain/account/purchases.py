"""Purchases: what the store of the site answers, and what the account shows of one whose answer was lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from mamctl.dataclass import dataclass
from mamctl.domain.account.vip import POINTS_PER_WEEK, SMALLEST_RENEWAL

# An answer that was lost may still be on its way; only after this time does "not there" mean "not made".
SETTLE_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class PurchaseAnswer:
    """The site's answer. `refusal` is in the site's own words; weeks and points may have a fraction."""

    accepted: bool
    weeks: float | None = None
    points_after: float | None = None
    refusal: str | None = None


class ClaimState(StrEnum):
    """Where a purchase stands. Only `claimed` is open; it is settled by observing, never by trying again."""

    CLAIMED = "claimed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    NOT_APPLIED = "not_applied"


@dataclass(frozen=True, slots=True)
class Claim:
    """A renewal that was claimed before its request, with the account of that moment."""

    id: int
    window: str
    claimed_at: datetime
    expires_before: datetime | None
    points_before: float | None
    price: int


def judge_claim(claim: Claim, expires_at: datetime | None, points: float | None, now: datetime) -> ClaimState:
    """What the account shows of an open claim.

    It stays `claimed` while the answer may still be under way, and when points went without VIP growing:
    then only you can say what happened.
    """
    if renewal_took_effect(claim.expires_before, claim.claimed_at, expires_at):
        return ClaimState.CONFIRMED
    if now - claim.claimed_at < SETTLE_AFTER:
        return ClaimState.CLAIMED
    paid = None not in (points, claim.points_before) and points <= claim.points_before - POINTS_PER_WEEK  # type: ignore[operator]
    return ClaimState.CLAIMED if paid else ClaimState.NOT_APPLIED


def renewal_took_effect(before: datetime | None, claimed_at: datetime, after: datetime | None) -> bool:
    """Whether expiry `after` shows a renewal claimed when it was `before`: a week more, within a minute's grace."""
    if after is None:
        return False
    start = max(before, claimed_at) if before else claimed_at
    return after - start >= SMALLEST_RENEWAL - timedelta(minutes=1)
