"""Look for the wanted titles: among the freeleech rows that the rules sync needs, then by a few searches a day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace

from mamctl.dataclass import dataclass
from mamctl.domain.account.availability import FreeRows, judge_again, judge_wanted
from mamctl.domain.account.pending import FINDING_STANDS, Finding, FindingKind, PendingStatus
from mamctl.domain.account.search_schedule import SearchPolicy, due_titles, searches_left
from mamctl.domain.account.wanted_query import queries_for
from mamctl.domain.problem import Problem
from mamctl.errors import MaintenanceError, MamctlError, SessionRefusedError, UnreachableError
from mamctl.jobs.ports import Tracker
from mamctl.jobs.run import Run
from mamctl.jobs.site.rules_sync import Observed
from mamctl.store.account.pending import PendingItem, ever_wanted, list_pending, record_finding, record_search
from mamctl.store.exchanges import BudgetSpentError

_MOST_FAILURES = 3  # titles in one run whose searches are answered with what cannot be read
_NO_WORDS = Finding(
    PendingStatus.PENDING,
    (),
    "it has no word that can be searched for: add it again with the torrent's number (--torrent-id)",
)
_NOT_YET = Finding(PendingStatus.PENDING, (), "not found yet: it is searched for in other words next")


@dataclass(frozen=True, slots=True)
class PendingSearch:
    """The open titles as they stood before, and the findings of those that were searched for, by id. `outage` cut the
    search short. `observed` are the rows of the rules sync, None where they could not be fetched.
    """

    items: tuple[PendingItem, ...]
    searched: Mapping[int, Finding] = field(default_factory=dict)
    outage: MamctlError | None = None
    observed: Observed | None = None


@dataclass(frozen=True, slots=True)
class PendingCheck:
    """What a check of the list found; `ready` are free titles that you want downloaded, `in_doubt` counts those that
    are perhaps on the site, and `new_doubts` names those that were not in doubt before. `searched` counts today's
    searches, `unchecked` the titles of which nothing is known that holds today.
    """

    items: int
    searched: int
    available_free: int
    pending: int
    failed: int
    unchecked: int
    became_free: tuple[str, ...]
    ready: tuple[int, ...]
    needs_vip: int = 0
    in_doubt: int = 0
    new_doubts: tuple[str, ...] = ()


def check_pending(
    run: Run, tracker: Tracker, fetch_rows: Callable[[], Observed], policy: SearchPolicy, *, vip_active: bool
) -> PendingCheck:
    """Look, then conclude: what `mamctl vip pending check` does."""
    search = search_pending(run, tracker, fetch_rows, policy, vip_active=vip_active)
    return conclude_pending(run, search, vip_active=vip_active, observed=search.observed)


def search_pending(
    run: Run, tracker: Tracker, fetch_rows: Callable[[], Observed], policy: SearchPolicy, *, vip_active: bool
) -> PendingSearch:
    """Look for the open titles among the rows of the rules sync, then search for those that are not among them and
    whose turn it is, and record what was found.

    Titles that cannot be searched are one problem for each kind of failure, and after some the look ends; so it does
    where the site does not serve. Raises SessionRefusedError and BudgetSpentError; what was found before is on record.
    """
    items = open_titles(run)
    if not items:
        return PendingSearch(items)
    observed: Observed | None = None
    try:
        observed = fetch_rows()
    except (SessionRefusedError, BudgetSpentError):
        raise  # asking on would change nothing, or cost the session
    except (UnreachableError, MaintenanceError) as error:
        run.add_problem(_not_searched(error, len(items)))
        return PendingSearch(items, outage=error)
    except MamctlError:
        pass  # an answer that cannot be read, which the rules sync reports; the searches are other questions
    missing = _record_free(run, items, FreeRows(observed.rows if observed else ()))
    searchable = _record_wordless(run, missing)
    left = searches_left(ever_wanted(run.db), policy, run.clock())
    found, outage = _search_each(run, tracker, due_titles(searchable, policy, run.clock())[:left], vip_active)
    return PendingSearch(items, found, outage, observed)


def _record_free(run: Run, items: tuple[PendingItem, ...], rows: FreeRows) -> list[PendingItem]:
    """Record what the rows hold; the titles that they do not hold."""
    missing = []
    for item in items:
        finding = rows.find(item.wanted)
        if finding is None:
            missing.append(item)
        else:
            record_finding(run.db, item, finding, run.clock())
    return missing


def _record_wordless(run: Run, items: list[PendingItem]) -> list[PendingItem]:
    """The titles that can be searched for; of the others it is recorded that they cannot."""
    searchable = []
    for item in items:
        if queries_for(item.wanted):
            searchable.append(item)
        else:
            record_finding(run.db, item, _NO_WORDS, run.clock())
    return searchable


def _search_each(
    run: Run, tracker: Tracker, items: list[PendingItem], vip_active: bool
) -> tuple[dict[int, Finding], MamctlError | None]:
    """One search for each title; the findings by id, and the outage that ended them."""
    found: dict[int, Finding] = {}
    failed: list[tuple[PendingItem, MamctlError]] = []
    outage: MamctlError | None = None
    for item in items:
        queries = queries_for(item.wanted)
        try:
            page = tracker.search(queries[item.search_form % len(queries)])
        except (SessionRefusedError, BudgetSpentError):
            raise
        except (UnreachableError, MaintenanceError) as error:
            run.add_problem(_not_searched(error, len(items) - len(found)))
            outage = error
            break
        except MamctlError as error:
            failed.append((item, error))
            record_search(run.db, item, run.clock(), next_form=item.search_form, empty_searches=item.empty_searches)
            if len(failed) == _MOST_FAILURES:
                break
            continue
        hits = max(len(page.rows), page.found)
        seen = judge_wanted(item.wanted, page.rows, vip_active=vip_active, hits=hits)
        found[item.id] = _record_answer(run, item, seen, len(queries), vip_active=vip_active)
    for problem in _failures(failed):
        run.add_problem(problem)
    return found, outage


def _record_answer(run: Run, item: PendingItem, seen: Finding, forms: int, *, vip_active: bool) -> Finding:
    """Record the search, and the finding by it, which is returned. What was found is searched for by the same form
    again, all else by the next of the `forms`: each form finds titles that the others miss.
    """
    next_form = item.search_form if seen.kind is FindingKind.FOUND else (item.search_form + 1) % forms
    empty = 0 if seen.kind in (FindingKind.FOUND, FindingKind.PERHAPS) else item.empty_searches + 1
    record_search(run.db, item, run.clock(), next_form=next_form, empty_searches=empty)
    finding = seen if not empty or empty >= forms else _still(item, seen, vip_active=vip_active)
    record_finding(run.db, item, finding, run.clock())
    return finding


def _still(item: PendingItem, seen: Finding, *, vip_active: bool) -> Finding:
    """The finding of a search without results: an older doubt stands until no form finds anything."""
    if item.finding is FindingKind.PERHAPS:
        return judge_again(item.matches, item.finding, None, vip_active=vip_active) or seen
    return seen if item.finding is FindingKind.NOT_FOUND else _NOT_YET


def _failures(failed: list[tuple[PendingItem, MamctlError]]) -> Iterator[Problem]:
    """One problem for each kind of failure, which names the title where there is only one."""
    for code in dict.fromkeys(error.slug for _, error in failed):
        (item, error), *others = [one for one in failed if one[1].slug == code]
        yield _not_searched(error, 1 + len(others)) if others else replace(Problem.of(error), subject=item.title)


def _not_searched(error: MamctlError, count: int) -> Problem:
    """One problem for all titles that could not be searched."""
    titles = "1 title of the pending list was" if count == 1 else f"{count} titles of the pending list were"
    return replace(Problem.of(error), message=f"{titles} not looked up: {error.message}", subject="pending list")


def open_titles(run: Run) -> tuple[PendingItem, ...]:
    """The titles that are still wanted."""
    return tuple(item for item in list_pending(run.db) if item.is_open)


def conclude_pending(
    run: Run, search: PendingSearch, *, vip_active: bool, observed: Observed | None = None
) -> PendingCheck:
    """Judge all open titles by VIP as it is now: by the rows of the rules sync, and by what this look or an earlier one
    found.

    A title that is perhaps on the site is a problem on the day it is first seen, and a note from then on.
    """
    rows = FreeRows(observed.rows if observed else ())
    all_free = rows if observed and observed.found <= len(observed.picks) else None
    found: dict[int, Finding] = {}
    for item in search.items:
        finding, looked_for = rows.find(item.wanted), True
        if finding is None and (seen := search.searched.get(item.id)):
            finding = judge_again(seen.matches, seen.kind, None, vip_active=vip_active) or seen
        elif finding is None:
            finding, looked_for = judge_again(item.matches, item.finding, all_free, vip_active=vip_active), False
        if finding is not None:
            found[item.id] = finding
            record_finding(run.db, item, finding, run.clock() if looked_for else None)
    doubts = [item for item in search.items if item.id in found and _is_new_doubt(item, found[item.id])]
    for item in doubts:
        run.add_problem(_doubt(item, found[item.id]))
    return _summary(run, search, found, tuple(item.title for item in doubts))


def _is_new_doubt(item: PendingItem, finding: Finding) -> bool:
    """Whether a torrent may be the title that was not there, or not in doubt, at the last look."""
    before = {match.torrent_id for match in item.matches}
    return finding.kind is FindingKind.PERHAPS and any(match.torrent_id not in before for match in finding.matches)


def _doubt(item: PendingItem, finding: Finding) -> Problem:
    best = finding.matches[0]
    return Problem(
        "pending_in_doubt",
        f"“{item.title}” is perhaps on the site: torrent {best.torrent_id}, “{best.title}” by"
        f" {', '.join(best.authors) or 'an author it does not name'}, {best.why}",
        item.title,
        f"if it is the one, add the title again with --torrent-id {best.torrent_id}, then mamctl vip pending remove"
        f" {item.id}",
    )


def _summary(
    run: Run, search: PendingSearch, found: Mapping[int, Finding], new_doubts: tuple[str, ...]
) -> PendingCheck:
    items, stale = search.items, run.clock() - FINDING_STANDS
    status = {item.id: found[item.id].status if item.id in found else item.status for item in items}
    kinds = {item.id: found[item.id].kind if item.id in found else item.finding for item in items}
    free = [item for item in items if status[item.id] is PendingStatus.AVAILABLE_FREE]
    return PendingCheck(
        items=len(items),
        searched=len(search.searched),
        available_free=len(free),
        pending=sum(s is PendingStatus.PENDING for s in status.values()),
        failed=sum(s is PendingStatus.FAILED for s in status.values()),
        unchecked=sum(
            item.id not in search.searched
            and item.id not in found
            and (item.checked_at is None or item.checked_at < stale)
            for item in items
        ),
        became_free=tuple(item.title for item in free if item.status is not PendingStatus.AVAILABLE_FREE),
        ready=tuple(item.id for item in free if item.auto_download),
        needs_vip=sum(bool(found[i.id].needs_vip if i.id in found else i.needs_vip) for i in items),
        in_doubt=sum(kind is FindingKind.PERHAPS for kind in kinds.values()),
        new_doubts=new_doubts,
    )
