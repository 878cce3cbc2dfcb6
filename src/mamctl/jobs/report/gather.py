"""Gathers the whole report from the store; nothing is asked outside, and nothing is recorded."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from mamctl.dataclass import dataclass
from mamctl.domain.alerts.judge import overdue_jobs
from mamctl.domain.catalogues.links import BookState
from mamctl.domain.exchange import ExchangeOutcome
from mamctl.domain.problem import BROKEN_PROMISE
from mamctl.domain.queue.slots import seed_left
from mamctl.domain.queue.states import DONE, State
from mamctl.domain.report.figures import (
    ChangeLine,
    ChangesSection,
    ClauseLine,
    Counted,
    JobLine,
    LibrarySection,
    MeasureLine,
    QueueItemLine,
    QueueSection,
    ReportFigures,
    SourceLine,
    SpecSection,
)
from mamctl.domain.spec.clause import ClauseKind, ClauseState
from mamctl.jobs.alerts import AlertSettings, scheduled_jobs, standing_alerts
from mamctl.jobs.report.account import account_section, limits_section, ratio_section
from mamctl.jobs.spec.check import SpecCheck
from mamctl.store.catalogues.drift_history import load_changes
from mamctl.store.change.log import list_changes
from mamctl.store.exchanges import load_exchanges
from mamctl.store.library.summary import LibrarySummary
from mamctl.store.queue.items import list_items
from mamctl.store.queue.records import read_block
from mamctl.store.runs import last_runs, open_problems
from mamctl.store.site.rule_texts import text_changes

_REACHED = {ClauseState.HOLDS: True, ClauseState.VIOLATED: False}
_SAME = "META-8"  # the share of enriched books, which is a measure of OPS-2 too
_LINES = 12  # of the changes
_ITEMS = 100  # of the queue
_METHODS = {
    "tracker": "the site's record",
    "speech": "speech in the recording",
    "audible": "Audible",
    "catalogue_asin": "Audible",
    "audnexus": "Audible",
    "person": "you",
    None: "not known",
}
_CATALOGUES = frozenset({"goodreads", "open_library", "google_books", "hardcover", "itunes", "librivox", "custom"})
_FILES, _OTHER = "tags, names and files beside the book", "other catalogues"
_ORDER = ("you", "the site's record", "speech in the recording", "Audible", _OTHER, _FILES, "not known")
_SOUND = {"good": None, "damaged": "mamctl meta problems", "unreadable": "mamctl meta problems",
    "unchecked": "mamctl meta scan"}  # fmt: skip
_WAITING = (
    (BookState.AMBIGUOUS, "several records fit", "mamctl meta match --ambiguous"),
    (BookState.UNMATCHED, "no catalogue has it", "mamctl meta list --unmatched"),
    (BookState.NOT_ASKED, "not looked up yet", "mamctl meta enrich"),
)


@dataclass(frozen=True, slots=True)
class Due:
    """When a job runs next, by which schedule."""

    next_at: datetime | None
    schedule: str


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """What the report needs of the configuration and the crontab. `due` has the next run of each job."""

    alerts: AlertSettings
    clients: tuple[str, ...]
    due: Mapping[str, Due]
    seed_hold: timedelta
    version: str


def gather_report(
    db: sqlite3.Connection,
    settings: ReportSettings,
    since: datetime,
    now: datetime,
    library: LibrarySummary,
    checked: SpecCheck | None = None,
    counted_since: datetime | None = None,
) -> ReportFigures:
    """The figures from `since` to `now`, with the library as it was counted, and the clauses as they were `checked`
    against the store. Exchanges are counted from `counted_since` on, where it is given.
    """
    policy = settings.alerts
    return ReportFigures(
        generated_at=now,
        since=since,
        version=settings.version,
        alerts=standing_alerts(db, policy, now),
        account=account_section(db, policy.vip, since, now),
        ratio=ratio_section(db, policy.ratio, settings.clients, since, now),
        limits=limits_section(db, policy.ratio, policy.reserve, since, now),
        queue=_queue(db, settings.seed_hold),
        library=_library(library),
        changes=_changes(db, since),
        jobs=tuple(_jobs(db, settings, now)),
        sources=tuple(_sources(db, counted_since or since)),
        spec=_spec(db, checked, now) if checked else None,
    )


def _library(found: LibrarySummary) -> LibrarySection:
    methods: Counter[str] = Counter()
    for source, count in found.narrators.items():
        other = _OTHER if source in _CATALOGUES else _FILES
        methods[_METHODS.get(source, other)] += count
    waiting = [Counted(words, found.states[state], remedy) for state, words, remedy in _WAITING]
    waiting.append(Counted("with problems", found.with_problems, "mamctl meta problems"))
    return LibrarySection(
        books=found.books,
        enriched=found.enriched,
        share=found.enriched / found.books if found.books else None,
        seconds=found.seconds,
        bytes=found.bytes,
        narrators=tuple(
            Counted(name, methods[name], "mamctl meta list --missing narrators" if name == "not known" else None)
            for name in _ORDER
            if methods[name]
        ),
        sound=tuple(Counted(name, found.sound.get(name, 0), remedy) for name, remedy in _SOUND.items()),
        waiting=tuple(one for one in waiting if one.count),
    )


def _queue(db: sqlite3.Connection, seed_hold: timedelta) -> QueueSection | None:
    """The queue, its downloads that something is still to be done for first; None where nothing was ever queued."""
    items = list_items(db)
    if not items:
        return None
    states = Counter(item.state for item in items)
    lines = [
        QueueItemLine(
            title=item.title,
            state=item.state.value,
            since=item.since,
            size_bytes=item.size_bytes,
            progress=item.progress,
            seed_left=seed_left(item.seeding_s, seed_hold) if item.seeding_s is not None else None,
        )
        for item in items
        if item.state not in DONE
    ]
    block = read_block(db)
    return QueueSection(
        states=tuple(Counted(state.value, states[state]) for state in State if states[state]),
        items=tuple(sorted(lines, key=lambda line: line.since, reverse=True)[:_ITEMS]),
        blocked_until=block.until if block else None,
    )


def _changes(db: sqlite3.Connection, since: datetime) -> ChangesSection:
    begin = since.strftime("%Y-%m-%dT%H:%M:%SZ")
    drift = [change for change in load_changes(db) if change.made_at >= begin]
    states = Counter(change.state for change in drift)
    lines = [
        ChangeLine(
            datetime.fromisoformat(change.made_at),
            "drift",
            f"{change.title or 'a book'}: {change.field}",
            "left to you" if change.state == "told" else change.state,
            change.reason,
        )
        for change in drift
    ]
    pages = (one for one in text_changes(db) if one.after_at >= since)
    lines += [ChangeLine(one.after_at, "rules page", one.page, "changed", None) for one in pages]
    lines += [
        ChangeLine(one.at, one.kind.value, one.summary, one.outcome.value if one.outcome else "under way", one.reason)
        for one in list_changes(db, since)
    ]
    lines.sort(key=lambda line: line.at, reverse=True)
    counted = (
        Counted("made", states["made"]),
        Counted("left to you", states["told"], "mamctl drift history --state proposed" if states["told"] else None),
        Counted("undone", states["undone"]),
    )
    return ChangesSection(counted, tuple(lines[:_LINES]))


def _spec(db: sqlite3.Connection, checked: SpecCheck, now: datetime) -> SpecSection:
    """The clauses by the store alone; what `mamctl spec check` found broken in the clients stands beside it."""
    violated = [one for one in checked.clauses if one.state is ClauseState.VIOLATED and one.kind is ClauseKind.PROMISE]
    broken = {one.id: ClauseLine(one.id, one.text, one.detail, one.remedy) for one in violated}
    for problem in open_problems(db, BROKEN_PROMISE):
        clause = problem.subject or ""
        broken.setdefault(clause, ClauseLine(clause, "", problem.message, problem.remedy))
    return SpecSection(
        judged_at=now,
        holds=checked.counts.holds,
        violated=checked.counts.violated,
        unknown=checked.counts.unknown,
        not_applicable=checked.counts.not_applicable,
        measures=tuple(
            MeasureLine(one.id, one.text, one.figure, one.detail, _REACHED.get(one.state))
            for one in checked.clauses
            if one.kind is ClauseKind.MEASURE and one.id != _SAME
        ),
        broken=tuple(broken[clause] for clause in sorted(broken)),
    )


def _jobs(db: sqlite3.Connection, settings: ReportSettings, now: datetime) -> Iterator[JobLine]:
    runs = {run.job: run for run in last_runs(db)}
    watched = tuple(scheduled_jobs(db, settings.alerts.tasks, now))
    late = {job.job for job in overdue_jobs(watched, settings.alerts.policy, now)}
    for job in dict.fromkeys((*settings.due, *runs)):
        run, due = runs.get(job), settings.due.get(job)
        yield JobLine(
            job=job,
            started_at=run.started_at if run else None,
            status=run.status if run else None,
            last_success_at=run.last_success_at if run else None,
            next_at=due.next_at if due else None,
            schedule=due.schedule if due else None,
            overdue=job in late,
        )


def _sources(db: sqlite3.Connection, since: datetime) -> Iterator[SourceLine]:
    good: Counter[str] = Counter()
    bad: Counter[str] = Counter()
    last: dict[str, str] = {}
    for one in load_exchanges(db, since):
        if one.outcome is ExchangeOutcome.ANSWERED:
            good[one.service] += one.count
            last[one.service] = one.day
        else:
            bad[one.service] += one.count
    for service in sorted({*good, *bad}):
        total = good[service] + bad[service]
        yield SourceLine(service, good[service], bad[service], good[service] / total, last.get(service))
