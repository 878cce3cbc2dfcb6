"""How many downloads may be released now, free and paid, and the one factor that limits them (EVT-1, QUE-2)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from mamctl.dataclass import dataclass
from mamctl.domain.queue.policy import EventPolicy, QueuePolicy
from mamctl.domain.text.quantities import show_size

SEED_TIME = timedelta(hours=72)
_DAY = timedelta(days=1)


class Kind(StrEnum):
    """Which downloads a limit counts for."""

    ALL = "all"
    FREE = "free"
    PAID = "paid"


@dataclass(frozen=True, slots=True)
class AccountFigures:
    """What the site last said of the account; bytes. None is unknown."""

    unsatisfied: int | None = None
    limit: int | None = None
    uploaded: int | None = None
    downloaded: int | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Events:
    """What is under way on the site; `upload_speed` is the median of the last 24 hours in bytes a second."""

    freeleech: bool = False
    bonus: bool = False
    upload_speed: float | None = None


@dataclass(frozen=True, slots=True)
class SiteBlock:
    """The site hands out no torrent file until then, in its own words."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotFacts:
    """Everything that bounds a release, as it is now.

    `own_unsatisfied` are torrents of the site in the clients that have seeded less than 72 hours (None when a client
    could not be read), `own_freed_at` when each will have. `uncounted` are hand-overs so young that the site's figure
    may lack them, `unseen` those that no client shows yet. `charged_left` are bytes that will still be counted against
    the ratio, `reserved_bytes` those that are still to land on the disk whose free bytes are `disk_free`. `saturated`
    is the allowance's memory.
    """

    emergency: bool = False
    emergency_since: datetime | None = None
    events: Events = field(default_factory=Events)
    account: AccountFigures = field(default_factory=AccountFigures)
    own_unsatisfied: int | None = 0
    own_freed_at: tuple[datetime, ...] = ()
    uncounted: int = 0
    unseen: int = 0
    saturated: bool = False
    free_under_way: int = 0
    paid_under_way: int = 0
    charged_left: int = 0
    disk_free: int | None = None
    reserved_bytes: int = 0
    block: SiteBlock | None = None
    announce_trouble: str | None = None
    released_in_run: int = 0
    released_today: tuple[datetime, ...] = ()
    failures_in_row: int = 0
    last_failure_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """One factor: how many more it allows (None: it does not count slots), why, and when it allows more."""

    name: str
    slots: int | None
    detail: str
    kind: Kind = Kind.ALL
    frees_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Slots:
    """What may be released now. `free` and `paid` share `together`; `buffer` and `space` are bytes, None unknown."""

    free: int
    paid: int
    together: int
    percent: int
    reason: str
    limits: tuple[Limit, ...]
    limiting: str
    next_slot_at: datetime | None
    buffer: int | None
    space: int | None

    def may_release(self, *, paid: bool) -> bool:
        """Whether one more of this kind may go."""
        return (self.paid if paid else self.free) > 0

    def after_release(self, *, paid: bool, size: int) -> Slots:
        """What is left after one release of `size` bytes."""
        together = self.together - 1
        free, charged = self.free - (not paid), self.paid - paid
        return replace(
            self,
            together=together,
            free=max(0, min(free, together)),
            paid=max(0, min(charged, together)),
            buffer=None if self.buffer is None else self.buffer - (size if paid else 0),
            space=None if self.space is None else self.space - size,
        )


def decide_slots(facts: SlotFacts, queue: QueuePolicy, events: EventPolicy, now: datetime) -> Slots:
    """The least of all limits, for each kind; more of anything good never gives fewer."""
    percent, words = event_percent(facts.events, events)
    limits = (
        *_event_limits(facts, queue, percent, words),
        _unsatisfied_limit(facts, queue),
        _ratio_limit(facts, queue),
        _disk_limit(facts, queue),
        _block_limit(facts, now),
        _announce_limit(facts),
        *_bounds(facts, queue, now),
    )
    free, paid = _least(limits, Kind.FREE), _least(limits, Kind.PAID)
    together = max(0, min(limit.slots for limit in limits if limit.kind is Kind.ALL and limit.slots is not None))
    limiting = _limiting(limits)
    return Slots(
        free=free,
        paid=paid,
        together=together,
        percent=percent,
        reason=limiting.detail,
        limits=limits,
        limiting=limiting.name,
        next_slot_at=_next_slot(limits, now) if not (free and paid) else None,
        buffer=ratio_buffer(facts, queue),
        space=disk_space(facts, queue),
    )


def event_percent(facts: Events, policy: EventPolicy) -> tuple[int, tuple[str, ...]]:
    """The percentages of what is under way, added up, and each in words."""
    slow = policy.low_upload > 0 and facts.upload_speed is not None and facts.upload_speed < policy.low_upload
    found = (
        (facts.freeleech, policy.freeleech_percent, "freeleech"),
        (facts.bonus, policy.bonus_percent, "bonus event"),
        (slow, policy.low_upload_percent, "low upload speed"),
    )
    under_way = [(percent, f"{name} {percent:+d}%") for holds, percent, name in found if holds]
    return sum(percent for percent, _ in under_way), tuple(words for _, words in under_way)


def scaled(base: int, percent: int, *, least: int) -> int:
    """A base number of slots by the events' percentage, rounded down."""
    return max(least, math.floor(base * (100 + percent) / 100))


def is_saturated(counted: int, limit: int, reserve: int, *, before: bool) -> bool:
    """QUE-2: reached at limit − reserve, and over only at limit − 2 × reserve."""
    if counted >= limit - reserve:
        return True
    return before and counted > max(0, limit - 2 * reserve)


def counted_unsatisfied(facts: SlotFacts) -> int | None:
    """What is counted against the site's limit: the larger of its figure and the clients' own, each with the
    hand-overs that it does not show yet. None when one of the two is unknown.
    """
    if facts.account.unsatisfied is None or facts.own_unsatisfied is None:
        return None
    return max(facts.account.unsatisfied + facts.uncounted, facts.own_unsatisfied + facts.unseen)


def saturated_now(facts: SlotFacts, queue: QueuePolicy) -> bool:
    """The allowance's memory after this look; what is unknown changes nothing."""
    counted, limit = counted_unsatisfied(facts), facts.account.limit
    if counted is None or limit is None:
        return facts.saturated
    return is_saturated(counted, limit, queue.unsat_reserve, before=facts.saturated)


def ratio_buffer(facts: SlotFacts, queue: QueuePolicy) -> int | None:
    """Bytes that may still be charged before the ratio falls to `queue.min_ratio`; None when it is unknown."""
    up, down = facts.account.uploaded, facts.account.downloaded
    if up is None or down is None:
        return None
    return math.floor(up / queue.min_ratio) - down - facts.charged_left


def ratio_after(account: AccountFigures, charged: int) -> float | None:
    """The ratio after `charged` more bytes; infinite while nothing is downloaded, None when unknown."""
    if account.uploaded is None or account.downloaded is None:
        return None
    total = account.downloaded + charged
    return math.inf if total <= 0 else account.uploaded / total


def disk_space(facts: SlotFacts, queue: QueuePolicy) -> int | None:
    """Bytes that a new download may have on the disk; None when unknown."""
    return None if facts.disk_free is None else facts.disk_free - queue.disk_reserve - facts.reserved_bytes


def _event_limits(facts: SlotFacts, queue: QueuePolicy, percent: int, words: tuple[str, ...]) -> Iterable[Limit]:
    free = scaled(queue.free_slots, percent, least=1)
    paid = scaled(queue.paid_slots, percent, least=0)
    suffix = f" ({', '.join(words)})" if words else ""
    for kind, allowed, used in ((Kind.FREE, free, facts.free_under_way), (Kind.PAID, paid, facts.paid_under_way)):
        detail = f"{used} of {allowed} {kind.value} downloads under way{suffix}"
        yield Limit(f"events_{kind.value}", max(0, allowed - used), detail, kind)


def _unsatisfied_limit(facts: SlotFacts, queue: QueuePolicy) -> Limit:
    counted, limit = counted_unsatisfied(facts), facts.account.limit
    if counted is None or limit is None:
        missing = "not every torrent client was read" if facts.own_unsatisfied is None else "the account was not read"
        return Limit("unsatisfied", 0, f"the count of unsatisfied torrents is unknown: {missing}")
    reserve = queue.unsat_reserve
    saturated = is_saturated(counted, limit, reserve, before=facts.saturated)
    shown = f"{counted} of {limit} unsatisfied torrents, {reserve} kept in reserve"
    if not saturated:
        return Limit("unsatisfied", limit - reserve - counted, shown)
    goal = max(0, limit - 2 * reserve)
    return Limit("unsatisfied", 0, f"{shown}; continues at {goal}", frees_at=_freed_at(facts, counted - goal))


def _freed_at(facts: SlotFacts, needed: int) -> datetime | None:
    """When so many of the clients' torrents will have seeded their 72 hours."""
    ends = sorted(facts.own_freed_at)
    return ends[needed - 1] if 0 < needed <= len(ends) else None


def _ratio_limit(facts: SlotFacts, queue: QueuePolicy) -> Limit:
    if facts.emergency:
        since = facts.emergency_since
        active = f"has been active since {since:%Y-%m-%d %H:%M} UTC" if since else "is active"
        return Limit("ratio_emergency", 0, f"the ratio emergency {active}", Kind.PAID)
    buffer = ratio_buffer(facts, queue)
    if buffer is None:
        return Limit("ratio", 0, "the account's totals are unknown", Kind.PAID)
    if buffer <= 0:
        return Limit(
            "ratio", 0, f"a paid download would take the ratio below {queue.min_ratio:.2f} (queue.min_ratio)", Kind.PAID
        )
    return Limit(
        "ratio", None, f"{show_size(int(buffer))} may be charged before the ratio is {queue.min_ratio:.2f}", Kind.PAID
    )


def _disk_limit(facts: SlotFacts, queue: QueuePolicy) -> Limit:
    space = disk_space(facts, queue)
    if space is None:
        return Limit("disk", 0, "the free space where downloads land is unknown", Kind.PAID)
    shown = f"{show_size(max(0, space))} free beside {show_size(queue.disk_reserve)} in reserve"
    return Limit("disk", None if space > 0 else 0, shown)


def _block_limit(facts: SlotFacts, now: datetime) -> Limit:
    block = facts.block
    if block is None or block.until <= now:
        return Limit("site_block", None, "the site lets torrents be downloaded")
    shown = f"the site gives out no torrents until {block.until:%Y-%m-%d %H:%M} UTC: {block.reason}"
    return Limit("site_block", 0, shown, frees_at=block.until)


def _announce_limit(facts: SlotFacts) -> Limit:
    if facts.announce_trouble is None:
        return Limit("announce", None, "the tracker accepts announces")
    return Limit("announce", 0, f"the tracker refuses announces: {facts.announce_trouble}")


def _bounds(facts: SlotFacts, queue: QueuePolicy, now: datetime) -> Iterable[Limit]:
    recent = sorted(at for at in facts.released_today if now - at < _DAY)
    yield Limit(
        "per_run",
        max(0, queue.per_run - facts.released_in_run),
        f"{facts.released_in_run} of {queue.per_run} released in this run",
    )
    over = len(recent) - queue.per_day
    frees_at = recent[over] + _DAY if 0 <= over < len(recent) else None
    yield Limit(
        "per_day",
        max(0, queue.per_day - len(recent)),
        f"{len(recent)} of {queue.per_day} released in 24 hours",
        frees_at=frees_at,
    )
    stopped = facts.failures_in_row >= queue.stop_after_failures
    shown = f"{facts.failures_in_row} failures in a row" + ("; mamctl queue retry ID continues" if stopped else "")
    resumes = facts.last_failure_at + _DAY if stopped and facts.last_failure_at else None
    over_again = resumes is not None and resumes <= now
    yield Limit("failures", 0 if stopped and not over_again else None, shown, frees_at=resumes)


def _least(limits: Iterable[Limit], kind: Kind) -> int:
    return max(0, min(limit.slots for limit in limits if limit.kind in (Kind.ALL, kind) and limit.slots is not None))


def _limiting(limits: tuple[Limit, ...]) -> Limit:
    """The tightest; among equals one that counts for all, and not the usual number of slots."""

    def tightness(limit: Limit) -> tuple[int, bool, bool]:
        assert limit.slots is not None
        return (limit.slots, limit.kind is not Kind.ALL, limit.name.startswith("events"))

    return min((limit for limit in limits if limit.slots is not None), key=tightness)


def _next_slot(limits: tuple[Limit, ...], now: datetime) -> datetime | None:
    """When the last of the limits that allow nothing allows something; None when one does not know."""
    shut = [limit for limit in limits if limit.slots == 0 and limit.kind is not Kind.PAID]
    shut = shut or [limit for limit in limits if limit.slots == 0]
    if not shut or any(limit.frees_at is None for limit in shut):
        return None
    return max(now, *(limit.frees_at for limit in shut if limit.frees_at is not None))


def seed_left(seeding_s: float, hold: timedelta = SEED_TIME) -> timedelta:
    """How long a download still has to seed."""
    return max(timedelta(0), hold - timedelta(seconds=seeding_s))
