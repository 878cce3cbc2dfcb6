"""The account as the tracker reports it at one moment, and what follows for VIP."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from enum import StrEnum

from mamctl.dataclass import dataclass
from mamctl.domain.account.classes import VipTerms, folded_class, vip_terms

_DAY = timedelta(days=1)
_CONNECTABLE = {"yes": True, "online": True, "no": False, "offline": False}


class VipStatus(StrEnum):
    """VIP-2's three words."""

    ACTIVE = "active"
    EXPIRED = "expired"
    PENDING_RENEWAL = "pending_renewal"


@dataclass(frozen=True, slots=True)
class Unsatisfied:
    """Torrents that still owe their 72 hours, and how many the account may have; None is unknown."""

    count: int | None
    limit: int | None


@dataclass(frozen=True, slots=True)
class AccountSnapshot:
    """One reading of the account; None is unknown or absent, never zero.

    `expires_at` None with `expiry_known` means that there is no VIP, or VIP for good where the class has it. `points`
    may have a fraction, `ratio` is `math.inf` while nothing was downloaded, sizes are bytes.
    """

    uid: str
    username: str
    user_class: str | None = None
    expires_at: datetime | None = None
    expiry_known: bool = True
    points: float | None = None
    ratio: float | None = None
    uploaded_bytes: int | None = None
    downloaded_bytes: int | None = None
    wedges: int | None = None
    unsatisfied: Unsatisfied | None = None
    connectable: str | None = None
    hit_and_runs: int | None = None

    @property
    def can_be_reached(self) -> bool | None:
        """Whether the site could connect to a client of this account; None where it does not say."""
        return _CONNECTABLE.get((self.connectable or "").casefold())

    def days_left(self, now: datetime) -> float | None:
        """Days until VIP ends, with a fraction; 0.0 once it has lapsed, None when no end is known."""
        return None if self.expires_at is None else max(0.0, (self.expires_at - now) / _DAY)

    @property
    def vip_for_good(self) -> bool:
        """Whether the class has VIP without an end."""
        return vip_terms(self.user_class) is VipTerms.FOR_GOOD

    def has_vip(self, now: datetime) -> bool:
        """Whether VIP torrents are free for this account now."""
        return has_vip(self.expires_at, self.user_class, now, expiry_known=self.expiry_known)

    def status(self, now: datetime, *, renew_within_days: float, claim_unsettled: bool = False) -> VipStatus:
        """See `judge_vip_status`."""
        return judge_vip_status(
            self.expires_at,
            now,
            renew_within_days=renew_within_days,
            claim_unsettled=claim_unsettled,
            user_class=self.user_class,
            expiry_known=self.expiry_known,
        )


def has_vip(expires_at: datetime | None, user_class: str | None, now: datetime, *, expiry_known: bool = True) -> bool:
    """Bought VIP that has not ended, or a class that carries it; "VIP" itself counts where the end is unknown."""
    if expires_at is not None and expires_at > now:
        return True
    return vip_terms(user_class) is VipTerms.FOR_GOOD or (folded_class(user_class) == "vip" and not expiry_known)


def judge_vip_status(
    expires_at: datetime | None,
    now: datetime,
    *,
    renew_within_days: float,
    claim_unsettled: bool = False,
    user_class: str | None = None,
    expiry_known: bool = True,
) -> VipStatus:
    """`pending_renewal` while a renewal is claimed and unsettled, or VIP is within its renewal window; a class that
    has VIP for good is `active`, whatever its date.
    """
    if claim_unsettled:
        return VipStatus.PENDING_RENEWAL
    if vip_terms(user_class) is VipTerms.FOR_GOOD:
        return VipStatus.ACTIVE
    if expires_at is not None and expires_at > now:
        within = (expires_at - now) / _DAY < renew_within_days
        return VipStatus.PENDING_RENEWAL if within else VipStatus.ACTIVE
    held = has_vip(expires_at, user_class, now, expiry_known=expiry_known)
    return VipStatus.ACTIVE if held else VipStatus.EXPIRED


def judge_ratio(reported: float | None, uploaded_bytes: int | None, downloaded_bytes: int | None) -> float | None:
    """The ratio to act on.

    The bytes give the digits that the tracker's rounding hides (0.9996 is shown as 1.00), so they are used
    where they agree with the reported figure to its rounding, or where none was reported. Where the two
    contradict each other, the tracker's word stands: it is the one that the tracker acts on.
    """
    exact = _ratio_of(uploaded_bytes, downloaded_bytes)
    if reported is None or exact is None:
        return exact if reported is None else reported
    if math.isinf(reported) or math.isinf(exact):
        return reported
    return exact if abs(exact - reported) <= 0.01 + 0.001 * reported else reported


def _ratio_of(uploaded_bytes: int | None, downloaded_bytes: int | None) -> float | None:
    if uploaded_bytes is None or downloaded_bytes is None:
        return None
    if downloaded_bytes == 0:
        return math.inf
    try:
        return uploaded_bytes / downloaded_bytes
    except OverflowError:
        return None
