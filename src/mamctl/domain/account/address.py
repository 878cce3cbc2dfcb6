"""The seedbox address: the one that the tracker sees, the one registered with it, and when it may be changed.

The site allows one change in a rolling hour, counted over every tool of the account; asking again from the address
that is registered is not a change. All times here are the site's own, so that a clock that jumps here moves nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from mamctl.dataclass import dataclass

CHANGE_INTERVAL = timedelta(hours=1)
CONFIRM_AFTER = timedelta(hours=24)
LOOKUP_INTERVAL = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SeenAddress:
    """What sessions are locked to: the address itself, or the number of its network (ASN)."""

    ip: str
    asn: int | None = None
    network: str | None = None

    def __str__(self) -> str:
        return f"{self.ip} ({network_text(self)})" if self.asn is not None or self.network else self.ip


def network_text(address: SeenAddress) -> str:
    """AS64500 Example ISP."""
    number = "" if address.asn is None else f"AS{address.asn}"
    return f"{number} {address.network or ''}".strip() or "an unknown network"


class AddressAnswer(StrEnum):
    """How the site answered a registration, refusals of the session apart."""

    COMPLETED = "completed"
    NO_CHANGE = "no_change"
    TOO_RECENT = "too_recent"


@dataclass(frozen=True, slots=True)
class AddressRecord:
    """What is known of earlier registrations. `changed_at` is the latest moment at which the site may have counted a
    change of ours, or said that there was one.
    """

    registered: SeenAddress | None = None
    confirmed_at: datetime | None = None
    changed_at: datetime | None = None

    def next_change_at(self, now: datetime) -> datetime | None:
        """When a change is allowed again; None when it is now. A change in the future is one of a wrong clock."""
        if self.changed_at is None:
            return None
        free = min(self.changed_at, now) + CHANGE_INTERVAL
        return free if free > now else None


class AddressStep(StrEnum):
    """What is to be done."""

    KEEP = "keep"
    CONFIRM = "confirm"  # the same address: only keeps the session from growing old
    REGISTER = "register"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class AddressDecision:
    """The step, and why."""

    step: AddressStep
    reason: str


def decide_address(seen: SeenAddress, record: AddressRecord, now: datetime) -> AddressDecision:
    """What to do about the address that the site sees at `now`."""
    known = record.registered
    if known is None:
        why = f"mamctl has not registered an address yet; the site sees {seen}"
    elif seen.ip != known.ip:
        why = f"the site sees {seen}, and {known} is registered"
    elif other_network(seen, known):
        why = f"{seen.ip} belongs to another network now: {network_text(seen)}, before {network_text(known)}"
    elif record.confirmed_at is None or not timedelta(0) <= now - record.confirmed_at < CONFIRM_AFTER:
        return AddressDecision(AddressStep.CONFIRM, f"{seen} is registered, but has not been confirmed for a day")
    else:
        return AddressDecision(AddressStep.KEEP, f"{seen} is registered")
    free = record.next_change_at(now)
    if free is not None:
        return AddressDecision(AddressStep.WAIT, f"{why}; the site allows the next change at {free:%H:%M} UTC")
    return AddressDecision(AddressStep.REGISTER, why)


def other_network(seen: SeenAddress, known: SeenAddress) -> bool:
    """Whether both networks are known and differ."""
    return None not in (seen.asn, known.asn) and seen.asn != known.asn
