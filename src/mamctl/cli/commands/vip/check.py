"""`mamctl vip check`: the daily task."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import typer

from mamctl.cli.command import command, view
from mamctl.cli.context import Requests
from mamctl.cli.format import bytes_text, day, days, number, yes_no
from mamctl.cli.runtime import Runtime
from mamctl.domain.account.vip import Outcome
from mamctl.domain.outcome import Result
from mamctl.jobs.account.day import AccountView, Step, VipCheck
from mamctl.jobs.account.vip_check import check_vip
from mamctl.output.screen import Screen, Tone

app = typer.Typer()

OUTCOME_TONES = {
    Outcome.RENEWED: Tone.GOOD, Outcome.WOULD_RENEW: Tone.GOOD, Outcome.SKIPPED: Tone.PLAIN, Outcome.FAILED: Tone.BAD
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CheckData(VipCheck):
    """What `vip check` reports: the daily task, and the requests it made."""

    requests: Requests


def render_check(screen: Screen, data: CheckData) -> None:
    """Account, decision with its conditions, rules, pending list."""
    if data.standing:
        render_account(screen, data.standing)
    if data.decision:
        screen.line()
        outcome = data.decision.outcome.replace("_", " ")
        screen.line(f"Renewal: {outcome}. {data.decision.reason}", OUTCOME_TONES[data.decision.outcome])
        screen.table(
            ("condition", "holds", "detail"), [(c.name, yes_no(c.holds), c.detail) for c in data.decision.conditions]
        )
    if data.settled:
        screen.line(f"Earlier purchase: {data.settled.state.replace('_', ' ')}; {data.settled.detail}")
    if data.standing or data.decision:
        screen.line()
    if data.rules:
        rules = data.rules
        screen.line(
            f"Rules: {rules.categories} categories, freeleech in {rules.freeleech_categories} "
            f"({rules.freeleech_torrents} torrents), {len(rules.changes)} changed"
        )
    if data.pending:
        pending = data.pending
        screen.line(
            f"Wanted: {pending.items} title{'' if pending.items == 1 else 's'}, {pending.available_free} free now"
            f"{f', {pending.needs_vip} through VIP only' if pending.needs_vip else ''}"
            f"{f', {pending.in_doubt} perhaps on the site' if pending.in_doubt else ''}"
        )
        for title in pending.became_free:
            screen.line(f"  now free: {title}", Tone.GOOD)
    for line in _unfinished(data.steps):
        screen.line(line, Tone.WARN)
    used = data.requests
    screen.line(f"Requests: {used.run} in this run, {used.today} of {used.budget} today", Tone.DIM)


def _unfinished(steps: Iterable[Step]) -> Iterator[str]:
    """The steps that failed and those that were skipped, a line each; why is said once, among the problems."""
    for outcome in ("failed", "skipped"):
        if names := [step.name for step in steps if step.outcome == outcome]:
            yield f"{outcome.capitalize()}: {', '.join(names)}"


def render_account(screen: Screen, account: AccountView) -> None:
    """The account in aligned pairs."""
    vip = account.status.replace("_", " ") + (", for good" if account.vip_for_good else "")
    until = f", until {day(account.expires_at)} ({days(account.days_left)})" if account.expires_at else ""
    limit = account.unsatisfied
    screen.pairs(
        [
            ("VIP", vip + until),
            ("points", f"{number(account.points)} ({number(account.ring_fenced)} kept for the next renewal)"),
            ("ratio", account.ratio_text),
            ("uploaded", bytes_text(account.uploaded_bytes)),
            ("downloaded", bytes_text(account.downloaded_bytes)),
            ("class", account.user_class),
            ("wedges", account.wedges),
            ("unsatisfied", f"{number(limit.count)} of {number(limit.limit)}"),
        ]
    )


@command(app, "check", schema="mamctl.vip.check/1", render=render_check, dry_run=True)
def check(runtime: Runtime) -> Result:
    """The daily task: account, renewal, rules, list."""
    with runtime.run("vip") as run:
        outcome, blind = check_vip(run, runtime.tracker, runtime.vip_settings())
        return run.finish(view(CheckData, outcome, requests=runtime.requests()), error=blind)
