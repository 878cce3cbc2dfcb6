"""What the daily task has to report besides its problems: a renewal, free titles, events of the whole site."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mamctl.domain.account.account import AccountSnapshot
from mamctl.domain.account.pending import PendingStatus
from mamctl.domain.account.vip import CLOCK_TOLERANCE, Outcome
from mamctl.domain.problem import Notice, Problem
from mamctl.domain.site.rules import EventKind, SiteEvent
from mamctl.jobs.run import Run
from mamctl.store.account.pending import PendingItem, list_pending
from mamctl.store.site.rules import list_events

if TYPE_CHECKING:
    from mamctl.jobs.account.vip_check import VipCheck

_EVENTS = {
    EventKind.FREELEECH: ("site_freeleech", "the whole site is free"),
    EventKind.BONUS: ("site_bonus", "the site has a bonus event"),
}


def free_titles(run: Run) -> frozenset[int]:
    """The wanted titles that are free as the list stands."""
    return frozenset(item.id for item in list_pending(run.db) if item.status is PendingStatus.AVAILABLE_FREE)


def daily_news(
    run: Run, result: VipCheck, account: AccountSnapshot | None, free_before: frozenset[int]
) -> Iterator[Notice]:
    """The notices of a day, from its result and the store."""
    if result.decision and result.decision.outcome is Outcome.RENEWED:
        yield Notice("vip_renewed", f"VIP renewed: {result.decision.reason}", "VIP")
    if result.settled and result.settled.state == "confirmed":
        yield Notice("vip_renewed", f"VIP renewed: {result.settled.detail}", "VIP")
    now = run.clock()
    events = [event for event in list_events(run.db) if event.active(now)]
    for kind, (code, words) in _EVENTS.items():
        of_kind = [event for event in events if event.kind is kind]
        if of_kind:
            yield Notice(code, words + _until(_last_end(of_kind)), "site", standing=True)
    ends_at = _last_end([event for event in events if event.kind is EventKind.FREELEECH])
    for item in list_pending(run.db):
        if item.status is PendingStatus.AVAILABLE_FREE:
            yield _free(item, account, ends_at)
        elif item.id in free_before and item.status is not PendingStatus.DOWNLOADED:
            yield Notice("wanted_free_over", f"no longer free: {_name(item)}", _name(item))


def clock_problem(skew: timedelta | None) -> Problem | None:
    """A clock so far off the site's that dates of the account cannot be judged by it."""
    if skew is None or abs(skew) <= CLOCK_TOLERANCE:
        return None
    minutes = round(abs(skew) / timedelta(minutes=1))
    text = f"this machine's clock is {minutes:,} minutes {'ahead of' if skew > timedelta(0) else 'behind'} the site's"
    return Problem("clock_off", text, "clock", "set the clock, e.g. timedatectl set-ntp true")


def _free(item: PendingItem, account: AccountSnapshot | None, event_ends_at: datetime | None) -> Notice:
    match = next((match for match in item.matches if match.free), None)
    if match is None:
        return Notice("wanted_free", f"free now: {_name(item)}", _name(item), standing=True)
    through_vip = "vip" in match.why.lower()
    until = (account.expires_at if account else None) if through_vip else event_ends_at
    text = f"free now: {_name(item)}: {match.why}{_until(until)} (torrent {match.torrent_id})"
    return Notice("wanted_free", text, _name(item), standing=True)


def _name(item: PendingItem) -> str:
    return f"{item.title} by {item.author}" if item.author else item.title


def _last_end(events: list[SiteEvent]) -> datetime | None:
    ends = [event.ends_at for event in events]
    return None if None in ends else max((end for end in ends if end is not None), default=None)


def _until(at: datetime | None) -> str:
    return f", until {at:%Y-%m-%d %H:%M} UTC" if at else ""
