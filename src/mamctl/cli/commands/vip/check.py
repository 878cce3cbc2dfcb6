"""`mamctl vip check`: the daily task."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import typer

from mamctl.cli.command import command, view
from mamctl.cli.context import Requests
from mamctl.cli.format import CONDITION_WORDS, bytes_text, day, days, number, vip_words, yes_no
from mamctl.cli.runtime import Runtime
from mamctl.dataclass import dataclass
from mamctl.domain.account.vip import Outcome
from mamctl.domain.outcome import Result
from mamctl.domain.ratio.guard import show_ratio
from mamctl.domain.spec.deciding import clauses_of
from mamctl.domain.text.quantities import count_of
from mamctl.jobs.account.day import AccountView, Step, VipCheck
from mamctl.jobs.account.vip_check import check_vip
from mamctl.output.screen import Screen, Tone
from mamctl.store.account.purchases import Purchase

app = typer.Typer()

OUTCOME_TONES = {
    Outcome.RENEWED: Tone.GOOD, Outcome.WOULD_RENEW: Tone.GOOD, Outcome.SKIPPED: Tone.PLAIN, Outcome.FAILED: Tone.BAD
}  # fmt: skip
_OUTCOMES = {Outcome.WOULD_RENEW: "Would renew", Outcome.FAILED: "Renewal failed"}


@dataclass(frozen=True, slots=True)
class CheckData(VipCheck):
    """What `vip check` reports: the daily task, and the requests it made."""

    requests: Requests


def render_check(screen: Screen, data: CheckData) -> None:
    """What is, what was decided and why, what it cost; with `--verbose` every figure and condition."""
    if data.standing and screen.verbose:
        render_account(screen, data.standing)
        screen.line()
    elif data.standing:
        screen.flow(_brief_account(data.standing, renewed=_spent(data) is not None))
    if data.decision:
        screen.line(_decision_text(data, dry_run=screen.dry_run), OUTCOME_TONES[data.decision.outcome])
        if screen.verbose:
            screen.table(
                ("condition", "holds", "detail"),
                [(CONDITION_WORDS.get(c.name, c.name), yes_no(c.holds), c.detail) for c in data.decision.conditions],
                wrapped=(2,),
            )
            screen.line()
    if data.settled:
        screen.line(f"Earlier purchase: {data.settled.state.replace('_', ' ')}; {data.settled.detail}")
    if data.rules:
        rules = data.rules
        screen.line(
            f"Rules: {rules.categories} categories, freeleech in {rules.freeleech_categories} "
            f"({count_of(rules.freeleech_torrents, 'torrent')}), {len(rules.changes)} changed"
        )
    if data.pending:
        pending = data.pending
        screen.line(
            f"Wanted: {count_of(pending.items, 'title')}, {pending.available_free} free now"
            f"{f', {pending.needs_vip} through VIP only' if pending.needs_vip else ''}"
            f"{f', {pending.in_doubt} perhaps on the site' if pending.in_doubt else ''}"
        )
        for title in pending.became_free:
            screen.line(f"  now free: {title}", Tone.GOOD)
    for line in _unfinished(data.steps):
        screen.line(line, Tone.WARN)
    used = data.requests
    screen.line(f"Requests: {used.run} in this run, {used.today} of {used.budget} today", Tone.DIM)


def _brief_account(account: AccountView, *, renewed: bool) -> Iterator[str]:
    """VIP, points and ratio, as they are after a renewal."""
    vip = vip_words(account.status, account.days_left)
    left = f", {days(account.days_left)} ({account.expires_at:%Y-%m-%d})" if account.expires_at else ""
    yield f"VIP {vip}{', for good' if account.vip_for_good else left}"
    kept = f"{number(account.ring_fenced)} kept for the next renewal"
    yield f"{number(account.points)} points{' left' if renewed else ''} ({kept})"
    yield f"ratio {show_ratio(account.ratio)}"


def _spent(data: CheckData) -> Purchase | None:
    """The purchase of this run."""
    return data.purchase if data.purchase and data.decision and data.decision.outcome is Outcome.RENEWED else None


def _decision_text(data: CheckData, *, dry_run: bool) -> str:
    """The decision with its reason, and before and after of what was spent."""
    assert data.decision is not None
    outcome, reason = data.decision.outcome, data.decision.reason
    if bought := _spent(data):
        return f"Renewed: {reason}; points {number(bought.points_before)} → {number(bought.points_after)}"
    if outcome is Outcome.SKIPPED:
        clauses = clauses_of(one.name for one in data.decision.conditions if not one.holds)
        return f"{'Would not renew' if dry_run else 'No renewal'}: {reason}{clauses}"
    if outcome is Outcome.FAILED and data.purchase and data.purchase.state == "claimed":  # a problem says why
        return "Renewal not confirmed: a later run settles it"
    return f"{_OUTCOMES.get(outcome, outcome.replace('_', ' ').capitalize())}: {reason}"


def _unfinished(steps: Iterable[Step]) -> Iterator[str]:
    """The steps that failed and those that were skipped, a line each; why is said once, among the problems."""
    for outcome in ("failed", "skipped"):
        if names := [step.name for step in steps if step.outcome == outcome]:
            yield f"{outcome.capitalize()}: {', '.join(names)}"


def render_account(screen: Screen, account: AccountView) -> None:
    """The account in aligned pairs."""
    vip = vip_words(account.status, account.days_left) + (", for good" if account.vip_for_good else "")
    until = f", until {day(account.expires_at)} ({days(account.days_left)})" if account.expires_at else ""
    limit = account.unsatisfied
    screen.pairs(
        [
            ("VIP", vip + until),
            ("points", f"{number(account.points)} ({number(account.ring_fenced)} kept for the next renewal)"),
            ("ratio", show_ratio(account.ratio)),
            ("uploaded", bytes_text(account.uploaded_bytes)),
            ("downloaded", bytes_text(account.downloaded_bytes)),
            ("class", account.user_class),
            ("wedges", account.wedges),
            ("unsatisfied", f"{number(limit.count)} of {number(limit.limit)}"),
        ]
    )


@command(app, "check", schema="mamctl.vip.check/1", render=render_check, dry_run=True)
def check(runtime: Runtime) -> Result:
    """Run the daily task: account, renewal, rules, list."""
    with runtime.run("vip") as run:
        outcome, fatal_error = check_vip(run, runtime.tracker, runtime.vip_settings())
        return run.finish(view(CheckData, outcome, requests=runtime.requests()), error=fatal_error)
