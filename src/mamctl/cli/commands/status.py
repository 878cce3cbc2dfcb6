"""`mamctl status`: one glance at account, guard, jobs, alerts, list and events, from the store and the crontab."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from datetime import datetime, timedelta
from typing import Annotated

import typer

from mamctl.cli.command import command, view
from mamctl.cli.context import Requests
from mamctl.cli.cron.next_runs import NextRun, next_runs
from mamctl.cli.format import bytes_text, day, days, number, vip_words, when
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.alerts import alert_settings
from mamctl.dataclass import dataclass
from mamctl.domain.account.account import Unsatisfied, judge_vip_status
from mamctl.domain.alerts.judge import StandingAlert
from mamctl.domain.alerts.policy import AlertName
from mamctl.domain.outcome import Result
from mamctl.domain.ratio.guard import GuardState, show_ratio
from mamctl.domain.site.rules import EventKind
from mamctl.domain.text.quantities import count_of, show_age
from mamctl.jobs.alerts import overdue_problems, standing_alerts
from mamctl.output.screen import Screen, Tone
from mamctl.store.account.pending import PendingCounts, count_pending
from mamctl.store.account.purchases import open_claim
from mamctl.store.account.readings import last_account
from mamctl.store.ratio.guard import read_guard
from mamctl.store.runs import LastRun, last_runs
from mamctl.store.site.rules import list_events

app = typer.Typer()

_FAILED = ("failed", "partial")
_BY = {"scheduled": "cron", "by_hand": "hand", None: "–"}


@dataclass(frozen=True, slots=True)
class Account:
    """The account as it was read last, `age` ago; `status` and `days_left` are as of now."""

    seen_at: datetime
    age: timedelta
    status: str
    expires_at: datetime | None
    days_left: float | None
    points: float | None
    ratio: float | None
    ratio_text: str | None
    uploaded_bytes: int | None
    downloaded_bytes: int | None
    user_class: str | None
    unsatisfied: Unsatisfied
    age_seconds: timedelta = field(init=False)  # the same under the name that `ratio status` has for it

    def __post_init__(self) -> None:
        object.__setattr__(self, "age_seconds", self.age)


@dataclass(frozen=True, slots=True)
class GuardData:
    """The ratio guard's state, and since when; None since ever."""

    state: GuardState
    since: datetime | None


@dataclass(frozen=True, slots=True)
class OpenPurchase:
    """A purchase that is not settled."""

    kind: str
    claimed_at: datetime
    price: int


@dataclass(frozen=True, slots=True)
class Event:
    """An event under way."""

    kind: EventKind
    source: str
    ends_at: datetime | None
    note: str | None


@dataclass(frozen=True, slots=True)
class StatusData:
    """The glance; `account` is None before the first reading, `jobs` has the newest run of each."""

    account: Account | None
    guard: GuardData
    jobs: tuple[LastRun, ...]
    open_purchase: OpenPurchase | None
    wanted: PendingCounts
    events: tuple[Event, ...]
    requests: Requests
    next_runs: tuple[NextRun, ...]
    alerts: tuple[StandingAlert, ...]
    overdue: tuple[str, ...] = ()


def render_status(screen: Screen, data: StatusData) -> None:
    """Account, guard and list in pairs, then a line a job."""
    if data.account is None:
        screen.line("The account has never been read: mamctl vip check reads it.")
    rows = [
        ("guard", f"{data.guard.state}, since {day(data.guard.since)}" if data.guard.since else data.guard.state),
        ("wanted", f"{count_of(data.wanted.items, 'title')}, {data.wanted.available_free} free now"),
        *(("event", _event_words(event)) for event in data.events),
        ("requests", f"{data.requests.today} of {data.requests.budget} today"),
    ]
    screen.pairs([*(_account_rows(data.account) if data.account else ()), *rows])
    if data.open_purchase:
        claimed = data.open_purchase
        screen.line(
            f"The renewal claimed at {day(claimed.claimed_at)} is not settled: mamctl vip check checks again.",
            Tone.WARN,
        )
    if data.jobs:
        _render_jobs(screen, data.jobs)
    if data.next_runs:
        screen.line()
        screen.table(
            ("next run", "at", "schedule"), [(run.command, day(run.next_at), run.schedule) for run in data.next_runs]
        )
        if not any(run.installed for run in data.next_runs):
            screen.line("These lines are not in your crontab: mamctl cron install", Tone.DIM)
    for alert in data.alerts:
        if alert.name == AlertName.JOB_OVERDUE and alert.subject in data.overdue:
            continue  # --check says it below
        screen.line()
        screen.line(f"{alert.message} ({alert.clause}, since {day(alert.since)})", Tone.WARN)
        screen.line(f"  → {alert.remedy}")


def _render_jobs(screen: Screen, jobs: tuple[LastRun, ...]) -> None:
    """A row a job, then why one failed, and what its last run alone does not show."""
    screen.line()
    screen.table(
        ("job", "last run", "by", "ended", "exit", "problems"),
        [
            (
                job.job,
                when(job.started_at, exact=screen.verbose),
                _BY[job.trigger],
                job.status or "not yet",
                job.exit_code,
                job.problems,
            )
            for job in jobs
        ],
        right=(4, 5),
        optional=(4, 2),
    )
    for job in jobs:
        if job.status in _FAILED and job.problem:
            screen.line(f"{job.job}: {job.problem}", Tone.WARN)
        for text in _other_runs(job):
            screen.line(text, Tone.DIM)


def _other_runs(job: LastRun) -> Iterable[str]:
    """What the last run alone does not show: when it last went well, and how the last scheduled run ended."""
    if job.status in (*_FAILED, "killed") and job.last_success_at:
        yield f"{job.job} last ended well: {day(job.last_success_at)}"
    if job.trigger == "by_hand" and job.last_scheduled_at:
        ended = job.last_scheduled_status or "not ended yet"
        yield f"{job.job} last ran by cron: {day(job.last_scheduled_at)}, {ended}"


def _account_rows(account: Account) -> Iterable[tuple[str, object]]:
    vip = vip_words(account.status, account.days_left)
    limit = account.unsatisfied
    yield "VIP", f"{vip}, until {day(account.expires_at)} ({days(account.days_left)})" if account.expires_at else vip
    yield "points", number(account.points)
    yield "ratio", show_ratio(account.ratio)
    yield "uploaded", bytes_text(account.uploaded_bytes)
    yield "downloaded", bytes_text(account.downloaded_bytes)
    yield "class", account.user_class
    yield "unsatisfied", f"{number(limit.count)} of {number(limit.limit)}"
    yield "read", f"{day(account.seen_at)}, {show_age(account.age)}"


def _event_words(event: Event) -> str:
    return f"{event.kind}, until {day(event.ends_at)}" if event.ends_at else f"{event.kind}, until it is ended"


@command(app, "status", schema="mamctl.status/1", render=render_status)
def status(
    runtime: Runtime,
    check: Annotated[
        bool, typer.Option("--check", help="Exit 3 when a job is overdue (alerts.job_intervals).")
    ] = False,
) -> Result:
    """Show what is known at a glance; makes no request."""

    db, now = runtime.store, runtime.now()
    settings = alert_settings(runtime.config, now)
    overdue = tuple(overdue_problems(db, settings, now)) if check else ()
    guard = read_guard(db).guard
    claim = open_claim(db)
    active = (event for event in list_events(db) if event.active(now))
    return Result.of(
        StatusData(
            account=_account(runtime, now, claimed=claim is not None),
            guard=view(GuardData, guard),
            jobs=last_runs(db),
            open_purchase=OpenPurchase("vip", claim.claimed_at, claim.price) if claim else None,
            wanted=count_pending(db),
            events=tuple(view(Event, event) for event in active),
            requests=runtime.requests(),
            next_runs=next_runs(runtime.config, now),
            alerts=standing_alerts(db, settings, now),
            overdue=tuple(one.subject for one in overdue if one.subject),
        ),
        overdue,
    )


def _account(runtime: Runtime, now: datetime, *, claimed: bool) -> Account | None:

    kept = last_account(runtime.store)
    if kept is None:
        return None
    status = judge_vip_status(
        kept.expires_at,
        now,
        renew_within_days=runtime.config.vip.renew_within_days,
        claim_unsettled=claimed,
        user_class=kept.user_class,
        expiry_known=kept.expires_at is not None,
    )
    left = kept.expires_at - now if kept.expires_at else None
    return view(
        Account,
        kept,
        age=max(now - kept.seen_at, timedelta()),
        status=status.value,
        days_left=None if left is None else max(0.0, left / timedelta(days=1)),
    )
