"""`mamctl vip`: the daily task, its past decisions, and your word about an unsettled purchase."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import typer

from mamctl.cli.command import command, require_yes
from mamctl.cli.format import bytes_text, day, days, number, yes_no
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.requests import Requests, count_requests
from mamctl.domain.outcome import Result
from mamctl.output.screen import Screen, Tone

app = typer.Typer()

_TONES = {"renewed": Tone.GOOD, "would_renew": Tone.GOOD, "skipped": Tone.PLAIN, "failed": Tone.BAD}


@dataclass(frozen=True, slots=True)
class CheckData:
    """What `vip check` reports."""

    standing: Any
    decision: Any
    purchase: Any
    settled: Any
    rules: Any
    pending: Any
    steps: tuple[Any, ...]
    requests: Requests


def render_check(screen: Screen, data: CheckData) -> None:
    """Account, decision with its conditions, rules, pending list."""
    if data.standing:
        render_account(screen, data.standing)
    if data.decision:
        screen.line()
        outcome = data.decision.outcome.replace("_", " ")
        screen.line(f"Renewal: {outcome}. {data.decision.reason}", _TONES[data.decision.outcome])
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
    for step in data.steps:
        if step.outcome != "done":
            screen.line(f"Step “{step.name}” {step.outcome}: {step.detail}", Tone.WARN)
    used = data.requests
    screen.line(f"Requests: {used.run} in this run, {used.today} of {used.budget} today", Tone.DIM)


def render_account(screen: Screen, standing: Any) -> None:
    """The account in aligned pairs."""
    vip = standing.status.replace("_", " ") + (", for good" if standing.vip_for_good else "")
    until = f", until {day(standing.expires_at)} ({days(standing.days_left)})" if standing.expires_at else ""
    limit = standing.unsatisfied
    screen.pairs(
        [
            ("VIP", vip + until),
            ("points", f"{number(standing.points)} ({number(standing.ring_fenced)} kept for the next renewal)"),
            ("ratio", standing.ratio_text),
            ("uploaded", bytes_text(standing.uploaded_bytes)),
            ("downloaded", bytes_text(standing.downloaded_bytes)),
            ("class", standing.user_class),
            ("wedges", standing.wedges),
            ("unsatisfied", f"{number(limit.count)} of {number(limit.limit)}"),
        ]
    )


@command(app, "check", schema="mamctl.vip.check/1", render=render_check, dry_run=True)
def check(runtime: Runtime) -> Result:
    """The daily task: read the account, decide on renewal, renew, sync the rules, work the pending list."""
    from mamctl.jobs.account.vip_check import check_vip

    with runtime.run("vip") as run:
        tracker = runtime.tracker
        outcome, blind = check_vip(run, tracker, runtime.vip_settings())
        data = CheckData(
            outcome.standing,
            outcome.decision,
            outcome.purchase,
            outcome.settled,
            outcome.rules,
            outcome.pending,
            outcome.steps,
            count_requests(runtime),
        )
        return run.finish(data, error=blind)


@dataclass(frozen=True, slots=True)
class HistoryData:
    """Past decisions, newest first, and renewals whose run was cut off before it recorded a decision."""

    decisions: tuple[Any, ...]
    purchases_without_decision: tuple[Any, ...]


def render_history(screen: Screen, data: HistoryData) -> None:
    """One line a decision, below it what became of its purchase, and its conditions."""
    if not data.decisions and not data.purchases_without_decision:
        screen.line("No decision yet: mamctl vip check makes the first.")
    for past in data.decisions:
        spent = f", {number(past.spent)} points" if past.spent else ""
        screen.line(f"{past.decided_at:%Y-%m-%d %H:%M}  {past.outcome}{spent}: {past.reason}", _TONES[past.outcome])
        if past.purchase and past.outcome != "renewed":
            screen.line(f"    {_fate(past.purchase)}", Tone.GOOD if past.purchase.state == "confirmed" else Tone.WARN)
        for condition in past.conditions:
            mark = "✓" if condition.holds else "✗"
            screen.line(f"    {mark} {condition.name}: {condition.detail}", Tone.DIM)
    for purchase in data.purchases_without_decision:
        screen.line(
            f"{purchase.claimed_at:%Y-%m-%d %H:%M}  renewal of a run that was cut off: {_fate(purchase)}", Tone.WARN
        )


_SETTLED_BY = {"account": ", as the account shows", "you": ", as you said", "answer": ""}


def _fate(purchase: Any) -> str:
    """What became of a renewal, when, and how that is known."""
    if purchase.settled_at is None:
        return "not settled yet: whether it was made is not known"
    fate = {
        "confirmed": f"it was made for {number(purchase.spent)} points",
        "not_applied": "it was not made",
        "refused": "it was refused",
    }
    how = _SETTLED_BY[purchase.settled_by]
    return f"settled {purchase.settled_at:%Y-%m-%d %H:%M}: {fate[purchase.state]}{how}"


@command(app, "history", schema="mamctl.vip.history/1", render=render_history)
def history(
    runtime: Runtime,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many decisions.")] = 10,
) -> Result:
    """Past decisions with every condition."""
    from mamctl.store.account.decisions import past_decisions
    from mamctl.store.account.purchases import purchases_without_decision

    db = runtime.store
    return Result(HistoryData(past_decisions(db, limit), purchases_without_decision(db, limit)))


@dataclass(frozen=True, slots=True)
class SettleData:
    """A purchase as you settled it."""

    purchase_id: int | None
    state: str | None
    claimed_at: datetime | None


def render_settle(screen: Screen, data: SettleData) -> None:
    """One line."""
    if data.purchase_id is None:
        screen.line("No purchase is unsettled.")
    else:
        screen.line(f"The purchase claimed at {data.claimed_at:%Y-%m-%d %H:%M} UTC is settled: {data.state}.")


@command(app, "settle", schema="mamctl.vip.settle/1", render=render_settle, dry_run=True, yes=True)
def settle(
    runtime: Runtime,
    applied: Annotated[bool, typer.Option("--applied/--not-applied", help="Whether the site shows the purchase.")],
) -> Result:
    """Settle a renewal whose answer was lost and that mamctl cannot judge, after a look into the site's store."""
    from mamctl.domain.account.purchases import ClaimState
    from mamctl.store.account.purchases import BY_YOU, open_claim, settle_purchase

    state = ClaimState.CONFIRMED if applied else ClaimState.NOT_APPLIED
    require_yes(runtime, f"Settle the open purchase as {state.value}?")
    with runtime.run("vip") as run:
        claim = open_claim(run.db)
        if claim is None:
            return run.finish(SettleData(None, None, None))
        settle_purchase(run.db, claim.id, state, run.clock(), answer=BY_YOU)
        return run.finish(SettleData(claim.id, state.value, claim.claimed_at))
