"""Look for the wanted titles on the site by a few searches, and report which of them are free now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from datetime import UTC, datetime

from mamctl.dataclass import dataclass
from mamctl.domain.account.availability import find_free, judge_wanted
from mamctl.domain.account.pending import Finding, FindingKind, PendingStatus, Wanted
from mamctl.domain.account.wanted_query import queries_for
from mamctl.domain.problem import Problem
from mamctl.domain.site.search import TorrentRow
from mamctl.errors import MaintenanceError, MamctlError, SessionRefusedError, UnreachableError
from mamctl.jobs.ports import Tracker
from mamctl.jobs.run import Run
from mamctl.store.account.pending import PendingItem, list_pending, record_finding
from mamctl.store.exchanges import BudgetSpentError

_MOST_FAILURES = 3  # titles in one run whose searches are answered with what cannot be read
_NEVER = datetime.min.replace(tzinfo=UTC)
_OPEN = (PendingStatus.PENDING, PendingStatus.AVAILABLE_FREE, PendingStatus.FAILED)
_NO_WORDS = Finding(
    PendingStatus.PENDING,
    (),
    "no word of it can be searched for: add it again with the torrent's number (--torrent-id)",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows that the searches for one title gave, and how many hits the site counted; `finished` is false while
    searches for it are left for another day.
    """

    rows: tuple[TorrentRow, ...]
    hits: int
    finished: bool


@dataclass(frozen=True, slots=True)
class Look:
    """The open titles as they stood before, and the answers for those that were searched for, by id. `outage` ended
    the look before its end.
    """

    items: tuple[PendingItem, ...]
    answers: Mapping[int, Answer] = field(default_factory=dict)
    outage: MamctlError | None = None


@dataclass(frozen=True, slots=True)
class PendingCheck:
    """What a check of the list found; `ready` are free titles that you want downloaded, `in_doubt` counts those that
    are perhaps on the site, and `new_doubts` names those that were not in doubt before.
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


def check_pending(run: Run, tracker: Tracker, *, vip_active: bool, max_searches: int) -> PendingCheck:
    """Look, then conclude: what `mamctl vip pending check` does."""
    look = look_for_pending(run, tracker, vip_active=vip_active, max_searches=max_searches)
    return conclude_pending(run, look, vip_active=vip_active)


def look_for_pending(run: Run, tracker: Tracker, *, vip_active: bool, max_searches: int) -> Look:
    """Search for the open titles, the longest unlooked-at first, in up to `max_searches` searches, and record what
    was found.

    Titles that cannot be searched are one problem for each kind of failure, and after some the look ends; so it does
    where the site does not serve. Raises SessionRefusedError and BudgetSpentError; what was found before is on record.
    """
    items = open_titles(run)
    answers: dict[int, Answer] = {}
    failed: list[tuple[PendingItem, MamctlError]] = []
    outage: MamctlError | None = None
    left = max_searches
    for item in sorted(items, key=lambda item: item.checked_at or _NEVER):
        if left <= 0:
            break
        try:
            answer, used = _search(tracker, item.wanted, left)
        except (SessionRefusedError, BudgetSpentError):
            raise  # asking on would change nothing, or cost the session
        except (UnreachableError, MaintenanceError) as error:
            run.add_problem(_not_searched(error, len(items) - len(answers)))
            outage = error
            break
        except MamctlError as error:
            failed.append((item, error))
            if len(failed) == _MOST_FAILURES:
                break
            left -= 1
            continue
        left -= used
        answers[item.id] = answer
        record_finding(run.db, item, _judge(item.wanted, answer, vip_active=vip_active), run.clock())
    for problem in _failures(failed):
        run.add_problem(problem)
    return Look(items, answers, outage)


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
    return tuple(item for item in list_pending(run.db) if item.status in _OPEN)


def conclude_pending(run: Run, look: Look, *, vip_active: bool, known: tuple[TorrentRow, ...] = ()) -> PendingCheck:
    """Judge the titles of a look by VIP as it is now, and by `known` rows that were fetched for something else.

    A title that is perhaps on the site is a problem on the day it is first seen, and a note from then on.
    """
    found: dict[int, Finding] = {}
    for item in look.items:
        finding = find_free(item.wanted, known)
        if finding is None and item.id in look.answers:
            finding = _judge(item.wanted, look.answers[item.id], vip_active=vip_active)
        if finding is not None:
            found[item.id] = finding
            record_finding(run.db, item, finding, run.clock())
    doubts = [item for item in look.items if item.id in found and _is_new_doubt(item, found[item.id])]
    for item in doubts:
        run.add_problem(_doubt(item, found[item.id]))
    return _summary(look, found, tuple(item.title for item in doubts))


def _search(tracker: Tracker, wanted: Wanted, most: int) -> tuple[Answer, int]:
    """The answer to the searches for one title, which end when it is found, and how many of them were made."""
    queries = queries_for(wanted)
    rows: dict[int, TorrentRow] = {}
    unseen = 0
    for used, query in enumerate(queries[:most], start=1):
        page = tracker.search(query)
        rows |= {row.id: row for row in page.rows}
        unseen += max(0, page.found - len(page.rows))
        answer = Answer(tuple(rows.values()), len(rows) + unseen, finished=used == len(queries))
        if judge_wanted(wanted, answer.rows, vip_active=False).kind is FindingKind.FOUND:
            return replace(answer, finished=True), used
    return (answer, used) if queries[:most] else (Answer((), 0, finished=False), 0)


def _judge(wanted: Wanted, answer: Answer, *, vip_active: bool) -> Finding:
    if not queries_for(wanted):
        return _NO_WORDS
    finding = judge_wanted(wanted, answer.rows, vip_active=vip_active, hits=answer.hits)
    if finding.kind is FindingKind.NOT_FOUND and not answer.finished:
        return replace(finding, kind=None, note="not found yet: further searches are left for another day")
    return finding


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


def _summary(look: Look, found: Mapping[int, Finding], new_doubts: tuple[str, ...]) -> PendingCheck:
    items = look.items
    status = {item.id: found[item.id].status if item.id in found else item.status for item in items}
    kinds = {item.id: found[item.id].kind if item.id in found else item.finding for item in items}
    free = [item for item in items if status[item.id] is PendingStatus.AVAILABLE_FREE]
    return PendingCheck(
        items=len(items),
        searched=len(look.answers),
        available_free=len(free),
        pending=sum(s is PendingStatus.PENDING for s in status.values()),
        failed=sum(s is PendingStatus.FAILED for s in status.values()),
        unchecked=len(items) - len(found),
        became_free=tuple(item.title for item in free if item.status is not PendingStatus.AVAILABLE_FREE),
        ready=tuple(item.id for item in free if item.auto_download),
        needs_vip=sum(bool(found[i.id].needs_vip if i.id in found else i.needs_vip) for i in items),
        in_doubt=sum(kind is FindingKind.PERHAPS for kind in kinds.values()),
        new_doubts=new_doubts,
    )
