"""Look whether wanted titles are now to be had free: first among what is known, then by a few searches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from mamctl.domain.account.pending import Finding, PendingStatus, Wanted, folded, judge_wanted
from mamctl.domain.problem import Problem
from mamctl.domain.site.search import SearchQuery, TorrentRow
from mamctl.errors import MamctlError, SessionRefusedError
from mamctl.jobs.ports import Tracker
from mamctl.jobs.run import Run
from mamctl.store.pending import PendingItem, list_pending, record_finding
from mamctl.store.requests import BudgetSpentError

_NEVER = datetime.min.replace(tzinfo=UTC)
_OPEN = (PendingStatus.PENDING, PendingStatus.AVAILABLE_FREE, PendingStatus.FAILED)


@dataclass(frozen=True, slots=True)
class PendingCheck:
    """What a check of the list found; `ready` are free titles that a person wants downloaded."""

    items: int
    searched: int
    available_free: int
    pending: int
    failed: int
    unchecked: int
    became_free: tuple[str, ...]
    ready: tuple[int, ...]


def check_pending(
    run: Run, tracker: Tracker, *, vip_active: bool, max_searches: int, known: tuple[TorrentRow, ...] = ()
) -> PendingCheck:
    """Judge every open title. Titles found free among `known` rows need no search; the rest is searched, the longest
    unlooked-at first, up to `max_searches`. A title that cannot be searched is a problem, and the next one is tried.
    """
    items = [item for item in list_pending(run.db) if item.status in _OPEN]
    found: dict[int, Finding] = {}
    unsettled = []
    for item in items:
        finding = judge_wanted(item.wanted, known, vip_active=vip_active, searched=False)
        if finding.status is PendingStatus.AVAILABLE_FREE:
            found[item.id] = finding
        else:
            unsettled.append(item)
    unsettled.sort(key=lambda item: item.checked_at or _NEVER)
    found |= _search(run, tracker, unsettled[:max_searches], vip_active)
    for item in items:
        if item.id in found:
            record_finding(run.db, item, found[item.id], run.clock())
    return _summary(items, found, searched=min(len(unsettled), max_searches))


def _search(run: Run, tracker: Tracker, items: list[PendingItem], vip_active: bool) -> dict[int, Finding]:
    found: dict[int, Finding] = {}
    for item in items:
        try:
            page = tracker.search(query_for(item.wanted))
        except (SessionRefusedError, BudgetSpentError):
            raise  # asking on would change nothing, or cost the session
        except MamctlError as error:
            run.trouble(replace(Problem.of(error), subject=item.title))
        else:
            found[item.id] = judge_wanted(item.wanted, page.rows, vip_active=vip_active)
    return found


def query_for(wanted: Wanted) -> SearchQuery:
    """The documented search for a title: by id when there is one, else plain words, which are all it understands."""
    if wanted.torrent_id is not None:
        return SearchQuery(torrent_id=wanted.torrent_id, per_page=5)
    words = folded(f"{wanted.title} {wanted.author}") or f"{wanted.title} {wanted.author}".strip()
    return SearchQuery(text=words[:200], per_page=100)


def _summary(items: list[PendingItem], found: dict[int, Finding], searched: int) -> PendingCheck:
    status = {item.id: found[item.id].status if item.id in found else item.status for item in items}
    free = [item for item in items if status[item.id] is PendingStatus.AVAILABLE_FREE]
    return PendingCheck(
        items=len(items),
        searched=searched,
        available_free=len(free),
        pending=sum(s is PendingStatus.PENDING for s in status.values()),
        failed=sum(s is PendingStatus.FAILED for s in status.values()),
        unchecked=len(items) - len(found),
        became_free=tuple(item.title for item in free if item.status is not PendingStatus.AVAILABLE_FREE),
        ready=tuple(item.id for item in free if item.auto_download),
    )
