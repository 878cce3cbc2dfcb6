"""`mamctl ratio points` and `mamctl ratio ask`: what points bring, and whether a paid download may be queued now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import typer

from mamctl.cli.command import command
from mamctl.cli.format import day, number
from mamctl.cli.options import parse_span, read_text, start_time
from mamctl.cli.runtime import Runtime
from mamctl.dataclass import dataclass
from mamctl.domain.account.points import LONGEST_PERIOD, Points, judge_points, whole_renewals
from mamctl.domain.bounds import TITLE
from mamctl.domain.outcome import Result, Status
from mamctl.domain.problem import Problem
from mamctl.domain.text.quantities import count_of
from mamctl.jobs.ratio.download_gate import check_paid_download
from mamctl.output.screen import Screen, Tone
from mamctl.store.account.readings import last_account, list_balances, list_spendings

app = typer.Typer()


def render_points(screen: Screen, data: Points) -> None:
    """Earned, spent, their return, and the next renewal."""
    if data.since is None:
        screen.line("Too few readings of the account: mamctl vip check makes one a day.")
    span = f"{day(data.since)} to {day(data.until)}"
    if data.renewals:
        span += f" ({count_of(data.renewals, 'whole renewal')})"
    screen.pairs(
        [
            *([("period", span)] if data.since else []),
            ("balance", number(data.balance)),
            *([("earned", f"{number(data.earned)} ({_rate_text(data)})")] if data.earned is not None else []),
            *([("spent", _spent_text(data))] if data.spent is not None else []),
            *([("return", f"{data.returned:.2f} (earned ÷ spent)")] if data.returned is not None else []),
            ("next renewal", _renewal_text(data)),
        ]
    )
    if data.recommendation:
        screen.line(f"Advice: {data.recommendation}", Tone.WARN)


def _spent_text(data: Points) -> str:
    elsewhere = f" ({number(data.spent_elsewhere)} of it not through mamctl)" if data.spent_elsewhere else ""
    return f"{number(data.spent)}{elsewhere}"


def _rate_text(data: Points) -> str:
    if data.earned_per_day is None:
        return "too short a time to say how many a day"
    return f"{number(data.earned_per_day)} a day"


def _renewal_text(data: Points) -> str:
    if data.renewal_price is None:
        return "none: your class has VIP for good"
    if data.balance is None:
        when = "the balance is unknown"
    elif data.renewal_covered:
        when = f"covered already; due {day(data.renewal_due_at)}"
    else:
        when = f"reached {day(data.renewal_at)}" if data.renewal_at else "not reached within a year"
    return f"{number(data.renewal_price)} points, {when}"


@command(app, "points", schema="mamctl.ratio.points/1", render=render_points)
def points(
    runtime: Runtime,
    since: Annotated[
        timedelta | None,
        typer.Option(
            "--since", metavar="TIME", parser=parse_span, help="How far back; else over whole renewals, or 90 days."
        ),
    ] = None,
) -> Result:
    """Show points earned and spent.

    With their return, and when they will reach the next renewal.
    """
    db, now = runtime.store, runtime.now()
    kept = last_account(db)
    expires_at = kept.expires_at if kept else None
    start = start_time(LONGEST_PERIOD if since is None else since, now)
    balances, spendings = list_balances(db, start), list_spendings(db, start)
    period = whole_renewals(balances, spendings, now) if since is None else None
    user_class = kept.user_class if kept else None
    found = judge_points(balances, spendings, expires_at, runtime.config.vip, now, period=period, user_class=user_class)
    return Result(found)


@dataclass(frozen=True, slots=True)
class AskData:
    """The guard's answer about one paid download; it is on record."""

    title: str
    allowed: bool
    answer: str
    reason: str
    since: datetime | None


def render_ask(screen: Screen, data: AskData) -> None:
    """One line; why it was refused is a problem."""
    would = screen.choose("", "would be ")
    if data.allowed:
        screen.line(f"{data.title}: {would}allowed; {data.reason}", Tone.GOOD)
    else:
        screen.line(f"{data.title}: {would}refused", Tone.BAD)


@command(app, "ask", schema="mamctl.ratio.ask/1", render=render_ask, dry_run=True)
def ask(
    runtime: Runtime, title: Annotated[str, typer.Argument(metavar="TITLE", help="What is about to be downloaded.")]
) -> Result:
    """Ask whether a paid download may be queued now.

    Exit 0 means yes, 3 no; the answer is recorded.
    """
    title = read_text("title", title, TITLE)
    answer = check_paid_download(runtime.store, title, runtime.now())
    data = AskData(title, answer.allowed, answer.gate.value, answer.reason, answer.since)
    if answer.allowed:
        return Result(data)
    problem = Problem(answer.gate.value, answer.reason, title, "wait for the recovery: mamctl ratio forecast")
    return Result(data, (problem,), Status.ATTENTION)
