"""Alerts: gather what is known, judge it, remember it, and hand on what is to be reported."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mamctl.dataclass import dataclass
from mamctl.domain.account.classes import VipTerms, vip_terms
from mamctl.domain.account.points import LONGEST_PERIOD, judge_points, whole_renewals
from mamctl.domain.account.policy import VipPolicy
from mamctl.domain.alerts.facts import (
    AddressDiffers,
    AlertFacts,
    BrokenClause,
    DiskSpace,
    RatioTrend,
    ScheduledJob,
    SiteFigures,
    SourceState,
    VipEnd,
)
from mamctl.domain.alerts.judge import (
    Alert,
    StandingAlert,
    judge_alerts,
    overdue_jobs,
    overdue_words,
    unknown_alerts,
)
from mamctl.domain.alerts.policy import AlertName, AlertPolicy
from mamctl.domain.exchange import ExchangeOutcome
from mamctl.domain.problem import BROKEN_PROMISE, Notice, Problem
from mamctl.domain.ratio.policy import RatioPolicy
from mamctl.domain.timestamps import timestamp
from mamctl.store.account.addresses import AddressReading, last_address, read_registrations
from mamctl.store.account.decisions import past_decisions
from mamctl.store.account.readings import KnownAccount, last_account, last_connectable, list_balances, list_spendings
from mamctl.store.alerts import KeptAlert, drop_alerts, is_reported, kept_alerts, settle_alerts
from mamctl.store.exchanges import load_exchanges
from mamctl.store.ratio.stats import last_pass, list_ratios
from mamctl.store.runs import first_scheduled, last_runs, open_problems, store_made_at

_TREND = timedelta(days=1)
_TREND_AT_LEAST = timedelta(hours=6)
_STALE = timedelta(days=2)  # older figures say nothing of now
_SOURCES = timedelta(days=60)
_ASKED = timedelta(days=8)  # what a weekly job asks is asked within them
# What a job says itself, with its own reminders: these alerts stand in the list, and are not sent a second time.
_REPORTED_BY_JOBS = {
    AlertName.VIP_ENDS: ("vip_will_lapse", "vip_lapsed"),
    AlertName.RATIO_LOW: ("ratio_emergency", "ratio_below_floor"),
    AlertName.CLAUSE_VIOLATED: (BROKEN_PROMISE,),
}


@dataclass(frozen=True, slots=True)
class Task:
    """A scheduled job: its command, and how often it is due."""

    job: str
    command: str
    interval: timedelta


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """What alerts need of the configuration. `folders` are where room on the disk matters (None: they are not looked
    at), `keeps_address` is whether mamctl registers the seedbox address.
    """

    policy: AlertPolicy
    vip: VipPolicy
    ratio: RatioPolicy
    reserve: int
    tasks: tuple[Task, ...]
    folders: tuple[Path, ...] | None
    keeps_address: bool = False


def standing_alerts(db: sqlite3.Connection, settings: AlertSettings, now: datetime) -> tuple[StandingAlert, ...]:
    """The alerts that hold now, each since it was first noticed; nothing is recorded. Of what is unknown now, those
    on record go on.
    """
    facts = gather_facts(db, settings, now)
    dropped = {(one.name, one.subject) for one in _unwatched(db, settings, now)}
    kept = {key: one for one in kept_alerts(db) if (key := (one.name, one.subject)) not in dropped}
    since = {key: one.since_at for key, one in kept.items()}
    alerts = judge_alerts(facts, settings.policy, now)
    unknown = unknown_alerts(facts)
    return (
        *(_standing(one, since.get((one.name.value, one.subject), now)) for one in alerts),
        *(_standing(one, one.since_at) for one in kept.values() if one.name in unknown),
    )


def _standing(alert: Alert | KeptAlert, since: datetime) -> StandingAlert:
    return StandingAlert(
        name=str(alert.name),
        clause=alert.clause,
        figure=alert.figure,
        threshold=alert.threshold,
        since=since,
        remedy=alert.remedy,
        subject=alert.subject,
        message=alert.message,
    )


def raise_alerts(
    db: sqlite3.Connection, settings: AlertSettings, now: datetime, *, done: str = "", reported: Iterable[str] = ()
) -> tuple[Notice, ...]:
    """Record the alerts that hold, and return the messages that are due: raised, reminded of, well again.

    `done` is a job that succeeds at this moment, `reported` are codes of problems that the run under way reports
    itself.
    """
    facts = gather_facts(db, settings, now, done)
    alerts = judge_alerts(facts, settings.policy, now)
    drop_alerts(db, _unwatched(db, settings, now), now)
    due = settle_alerts(db, alerts, unknown_alerts(facts), now, timedelta(seconds=settings.policy.remind_after))
    by_problem = {alert.problem: alert for alert in alerts}
    found = [
        Notice(problem.code, f"{problem.message} ({by_problem[problem].clause}; → {problem.remedy})", problem.subject)
        for problem in due.problems
    ]
    reported_elsewhere = {
        f"alert_{name}"
        for name, codes in _REPORTED_BY_JOBS.items()
        if set(codes) & set(reported) or is_reported(db, codes, now - timedelta(days=1))
    }
    return tuple(one for one in (*found, *due.notices) if one.code.removesuffix("_over") not in reported_elsewhere)


def _unwatched(db: sqlite3.Connection, settings: AlertSettings, now: datetime) -> tuple[KeptAlert, ...]:
    """The alerts on record that nothing looks at any more: switched off, a job without a line, a server not asked."""
    jobs = {task.job for task in settings.tasks}
    asked = {count.service for count in load_exchanges(db, now - _ASKED)}

    def is_watched(one: KeptAlert) -> bool:
        match one.name:
            case AlertName.JOB_OVERDUE:
                return one.subject in jobs
            case AlertName.SOURCE_DOWN:
                return one.subject in asked
            case AlertName.SEEDBOX_ADDRESS:
                return settings.keeps_address
        return True

    return tuple(one for one in kept_alerts(db) if one.name in settings.policy.off or not is_watched(one))


def gather_facts(db: sqlite3.Connection, settings: AlertSettings, now: datetime, done: str = "") -> AlertFacts:
    """What the store and the disks say now."""
    account = last_account(db)
    fresh = account if account is not None and now - account.seen_at < _STALE else None
    seen = last_address(db) if settings.keeps_address else None
    return AlertFacts(
        vip=_vip(db, settings, account, now),
        vip_known=account is not None,
        ratio=_ratio(db, settings, fresh, now),
        site=_site(db, settings, fresh),
        jobs=tuple(scheduled_jobs(db, settings.tasks, now, done)),
        sources=tuple(down_sources(db, now)),
        disks=None if settings.folders is None else tuple(_disks(settings.folders)),
        clauses=tuple(_broken(db)),
        address=_address(db, seen, now) if seen else None,
        address_known=seen is not None,
    )


def _vip(db: sqlite3.Connection, settings: AlertSettings, account: KnownAccount | None, now: datetime) -> VipEnd | None:
    if account is None or account.expires_at is None or vip_terms(account.user_class) is VipTerms.FOR_GOOD:
        return None
    if account.expires_at - now > timedelta(days=settings.policy.vip_days):
        return None
    begin = now - LONGEST_PERIOD
    balances, spendings = list_balances(db, begin), list_spendings(db, begin)
    period = whole_renewals(balances, spendings, now)
    points = judge_points(
        balances, spendings, account.expires_at, settings.vip, now, period=period, user_class=account.user_class
    )
    newest = past_decisions(db, 1)
    reason = newest[0].reason if newest and newest[0].outcome != "renewed" else None
    return VipEnd(account.expires_at, points.renewal_at, reason)


def _ratio(
    db: sqlite3.Connection, settings: AlertSettings, account: KnownAccount | None, now: datetime
) -> RatioTrend | None:
    """The ratio that the guard goes by; the account's own while that is unknown.

    They are counted apart: where the guard ever looked, the account's may be low as well, and is no sign that all is
    well.
    """
    kept, floor = last_pass(db), settings.ratio.floor
    if kept is not None and kept.reading.ratio is not None and now - kept.seen_at < _STALE:
        seen = [(at, ratio) for at, _, ratio, *_ in list_ratios(db, now - _TREND, now) if ratio is not None]
        return RatioTrend(kept.reading.ratio, floor, _per_day(seen))
    if account is None or account.ratio is None:
        return None
    if kept is not None and account.ratio >= floor + settings.policy.ratio_margin:
        return None
    return RatioTrend(account.ratio, floor, None)


def _per_day(seen: list[tuple[datetime, float]]) -> float | None:
    """The change of the ratio a day, from the first to the last of the readings."""
    if len(seen) < 2 or seen[-1][0] - seen[0][0] < _TREND_AT_LEAST:
        return None
    return (seen[-1][1] - seen[0][1]) / ((seen[-1][0] - seen[0][0]) / timedelta(days=1))


def _site(db: sqlite3.Connection, settings: AlertSettings, account: KnownAccount | None) -> SiteFigures:
    if account is None:
        return SiteFigures()
    return SiteFigures(
        points=account.points,
        unsatisfied=account.unsatisfied.count,
        unsatisfied_limit=account.unsatisfied.limit,
        reserve=settings.reserve,
        hit_and_runs=account.hit_and_runs,
        connectable=last_connectable(db, settings.policy.unconnectable),
    )


def scheduled_jobs(
    db: sqlite3.Connection,
    tasks: Iterable[Task],
    now: datetime,
    done: str = "",
    *,
    awaited_since: datetime | None = None,
) -> Iterator[ScheduledJob]:
    """The jobs that a scheduler runs here: what you only run by hand is never overdue.

    `done` is a job that succeeds at this moment. With `awaited_since` every task counts, and one that never ran at all
    has been awaited since then.
    """
    runs = {run.job: run for run in last_runs(db)}
    for task in tasks:
        run = runs.get(task.job)
        scheduled_at = run.last_scheduled_at if run else None
        if scheduled_at is None and awaited_since is None:
            continue
        success = now if task.job == done else run.last_success_at if run else None
        since = success or first_scheduled(db, task.job) or scheduled_at or awaited_since
        if since is not None:
            yield ScheduledJob(task.job, task.command, task.interval, since, ever=success is not None)


def overdue_problems(db: sqlite3.Connection, settings: AlertSettings, now: datetime) -> Iterator[Problem]:
    """A problem for each configured job that has not succeeded for too long, by the rule of the alert.

    That no scheduler runs here at all is a reason to say so: what never ran counts since the store was made.
    """
    jobs = tuple(scheduled_jobs(db, settings.tasks, now, awaited_since=store_made_at(db)))
    for job in overdue_jobs(jobs, settings.policy, now):
        remedy = f"mamctl {job.command} shows why; does cron, or mamctl run, still run?"
        yield Problem("job_overdue", overdue_words(job), job.job, remedy)


def down_sources(db: sqlite3.Connection, now: datetime) -> Iterator[SourceState]:
    """The servers that were asked on several days, and of late answered nothing: each with the first such day.

    One that was not asked within the week does not count: it may have been switched off.
    """
    answered: dict[str, str] = {}
    failed: dict[str, list[str]] = {}
    for count in load_exchanges(db, now - _SOURCES):
        if count.outcome is ExchangeOutcome.ANSWERED:
            answered[count.service] = count.day
        else:
            failed.setdefault(count.service, []).append(count.day)
    for service, days in sorted(failed.items()):
        since = sorted(day for day in days if day > answered.get(service, ""))
        if since and since[-1] >= timestamp(now - _ASKED)[:10]:
            yield SourceState(service, datetime.fromisoformat(since[0]).replace(tzinfo=UTC))


def _broken(db: sqlite3.Connection) -> Iterator[BrokenClause]:
    """The promises that the newest check of the specification found broken."""
    for problem in open_problems(db, BROKEN_PROMISE):
        clause = problem.subject or ""
        yield BrokenClause(clause, problem.message, problem.remedy or f"mamctl spec show {clause}")


def _address(db: sqlite3.Connection, seen: AddressReading, now: datetime) -> AddressDiffers | None:
    """What differs although a change was allowed: within the site's hour it only has to wait."""
    record = read_registrations(db, now)
    known = record.registered
    if (known is not None and known.ip == seen.address.ip) or record.next_change_at(now) is not None:
        return None
    return AddressDiffers(seen.address.ip, known.ip if known else None)


def _disks(folders: Iterable[Path]) -> Iterator[DiskSpace]:
    """Each disk once, by the first folder that lies on it; what cannot be looked at is not named."""
    seen: set[int] = set()
    for folder in folders:
        try:
            device, space = folder.stat().st_dev, os.statvfs(folder)
        except OSError:
            continue
        if device not in seen:
            seen.add(device)
            yield DiskSpace(str(folder), space.f_bavail * space.f_frsize)
