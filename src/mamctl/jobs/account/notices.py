"""What the daily task has to report besides its problems: a renewal, free titles, events of the whole site."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from mamctl.domain.account.account import AccountSnapshot
from mamctl.domain.account.pending import PendingStatus
from mamctl.domain.account.vip import CLOCK_TOLERANCE, Outcome
from mamctl.domain.problem import Notice, Problem
from mamctl.domain.site.rules import EventKind, last_end
from mamctl.jobs.account.day import VipCheck
from mamctl.jobs.run import Run
from mamctl.jobs.site.rules_sync import site_notices, until
from mamctl.store.account.pending import PendingItem, list_pending
from mamctl.store.site.rules import list_events


def free_titles(run: Run) -> frozenset[int]:
    """The wanted titles that are free as the list stands."""
    return frozenset(item.id for item in list_pending(run.db) if item.status is PendingStatus.AVAILABLE_FREE)


def daily_notices(
    run: Run, result: VipCheck, account: AccountSnapshot | None, free_before: frozenset[int]
) -> Iterator[Notice]:
    """The notices of a day, from its result and the store."""
    if result.decision and result.decision.outcome is Outcome.RENEWED:
        yield Notice("vip_renewed", f"VIP renewed: {result.decision.reason}", "VIP")
    if result.settled and result.settled.state == "confirmed":
        yield Notice("vip_renewed", f"VIP renewed: {result.settled.detail}", "VIP")
    yield from site_notices(run)
    now = run.clock()
    events = list_events(run.db)
    ends_at = last_end(e for e in events if e.kind is EventKind.FREELEECH and e.active(now))
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
    ends = (account.expires_at if account else None) if through_vip else event_ends_at
    text = f"free now: {_name(item)}: {match.why}{until(ends)} (torrent {match.torrent_id})"
    return Notice("wanted_free", text, _name(item), standing=True)


def _name(item: PendingItem) -> str:
    return f"{item.title} by {item.author}" if item.author else item.title
