"""`mamctl vip history` and `settle`: past decisions, and your word about an unsettled purchase."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated

import typer

from mamctl.cli.command import command, require_yes
from mamctl.cli.commands.vip.searches import TitleSearch, title_searches
from mamctl.cli.format import CONDITION_WORDS, day, number
from mamctl.cli.runtime import Runtime
from mamctl.dataclass import dataclass
from mamctl.domain.account.purchases import ClaimState
from mamctl.domain.outcome import Result
from mamctl.domain.text.quantities import count_of
from mamctl.output.screen import Screen, Tone
from mamctl.store.account.decisions import PastDecision, past_decisions
from mamctl.store.account.pending import list_pending
from mamctl.store.account.purchases import BY_YOU, Purchase, open_claim, purchases_without_decision, settle_purchase

app = typer.Typer()

_MOST_TITLES = 10
_TONES = {"renewed": Tone.GOOD, "would_renew": Tone.GOOD, "skipped": Tone.PLAIN, "failed": Tone.BAD}


@dataclass(frozen=True, slots=True)
class HistoryData:
    """Past decisions, newest first, renewals whose run was cut off before it recorded a decision, and the searches for
    wanted titles, which a decision rests on.
    """

    decisions: tuple[PastDecision, ...]
    purchases_without_decision: tuple[Purchase, ...]
    searches: tuple[TitleSearch, ...]


def render_history(screen: Screen, data: HistoryData) -> None:
    """One line a decision, below it what became of its purchase, and its conditions; those before it that found the
    same are counted.
    """
    if not data.decisions and not data.purchases_without_decision:
        screen.line("No decision yet: mamctl vip check makes the first.")
    for past, *before in _runs_of_the_same(data.decisions, apart=screen.verbose):
        spent = f", {number(past.spent)} points" if past.spent else ""
        screen.line(f"{day(past.decided_at)}  {past.outcome}{spent}: {past.reason}", _TONES[past.outcome])
        if past.purchase and past.outcome != "renewed":
            screen.line(f"    {_fate(past.purchase)}", Tone.GOOD if past.purchase.state == "confirmed" else Tone.WARN)
        for condition in past.conditions:
            mark = "✓" if condition.holds else "✗"
            screen.line(
                f"    {mark} {CONDITION_WORDS.get(condition.name, condition.name)}: {condition.detail}", Tone.DIM
            )
        if before:
            checks = count_of(len(before), "check")
            screen.line(f"    the same in {checks} before it, from {day(before[-1].decided_at)}", Tone.DIM)
    for purchase in data.purchases_without_decision:
        screen.line(f"{day(purchase.claimed_at)}  renewal of a run that was cut off: {_fate(purchase)}", Tone.WARN)
    if data.searches:
        screen.heading("Wanted titles")
    for one in data.searches[:_MOST_TITLES]:
        screen.line(f"  {one.title} – {one.author}: {one.text}", Tone.DIM)
    if len(data.searches) > _MOST_TITLES:
        screen.line(f"  and {len(data.searches) - _MOST_TITLES} more: mamctl vip pending list", Tone.DIM)


def _runs_of_the_same(decisions: Iterable[PastDecision], *, apart: bool) -> Iterator[list[PastDecision]]:
    """Neighbours that spent nothing and found the same of each condition; each by itself with `apart`."""
    kept: list[PastDecision] = []
    for one in decisions:
        if kept and (apart or _found(one) != _found(kept[0]) or one.purchase or kept[0].purchase):
            yield kept
            kept = []
        kept.append(one)
    if kept:
        yield kept


def _found(past: PastDecision) -> tuple[object, ...]:
    reason = None if past.conditions else past.reason
    return past.outcome, past.spent, reason, *((one.name, one.holds) for one in past.conditions)


_SETTLED_BY = {"account": ", as the account shows", "you": ", as you said", "answer": ""}


def _fate(purchase: Purchase) -> str:
    """What became of a renewal, when, and how that is known."""
    if purchase.settled_at is None:
        return "not settled yet: whether it was made is not known"
    fate = {
        "confirmed": f"it was made for {number(purchase.spent)} points",
        "not_applied": "it was not made",
        "refused": "it was refused",
    }
    how = _SETTLED_BY.get(purchase.settled_by or "", "")
    return f"settled {day(purchase.settled_at)}: {fate[purchase.state]}{how}"


@command(app, "history", schema="mamctl.vip.history/1", render=render_history)
def history(
    runtime: Runtime,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many decisions.")] = 10,
) -> Result:
    """List past decisions with every condition."""

    db = runtime.store
    searches = title_searches(list_pending(db), runtime.config.rules.search, runtime.now())
    return Result(HistoryData(past_decisions(db, limit), purchases_without_decision(db, limit), searches))


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
        done = screen.choose("is settled", "would be settled")
        screen.line(f"The purchase claimed at {day(data.claimed_at)} {done}: {data.state}.")


@command(app, "settle", schema="mamctl.vip.settle/1", render=render_settle, dry_run=True, yes=True)
def settle(
    runtime: Runtime,
    applied: Annotated[bool, typer.Option("--applied/--not-applied", help="Whether the site shows the purchase.")],
) -> Result:
    """Settle a renewal whose answer was lost.

    For one that mamctl cannot judge, after you have looked in the site's store.
    """

    state = ClaimState.CONFIRMED if applied else ClaimState.NOT_APPLIED
    require_yes(runtime, f"Settle the open purchase as {state.value}?")
    with runtime.run("vip") as run:
        claim = open_claim(run.db)
        if claim is None:
            return run.finish(SettleData(None, None, None))
        settle_purchase(run.db, claim.id, state, run.clock(), answer=BY_YOU)
        return run.finish(SettleData(claim.id, state.value, claim.claimed_at))
