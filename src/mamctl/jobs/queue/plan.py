"""What the next pass would do, and why not more: from the store alone, nothing is asked of anyone."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime

from mamctl.dataclass import dataclass
from mamctl.domain.queue.policy import EventPolicy, QueuePolicy
from mamctl.domain.queue.slots import SlotFacts, Slots, decide_slots
from mamctl.domain.queue.states import State
from mamctl.jobs.queue.observe import build_facts, last_observed
from mamctl.store.account.readings import last_account
from mamctl.store.queue.items import QueueItem, open_items


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """What the next pass would do with an item: release, wait, look, verify, file, nothing."""

    id: int
    title: str
    state: State
    action: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The slots by what is known, and a step for every open item."""

    slots: Slots
    steps: tuple[PlannedStep, ...]
    figures_at: datetime | None


def known_slots(db: sqlite3.Connection, queue: QueuePolicy, events: EventPolicy, now: datetime) -> Slots:
    """The slots by the last reading of the account and the last look at the clients."""
    facts = build_facts(db, queue, last_observed(db), last_account(db), now)
    return decide_slots(facts, queue, events, now)


def plan_queue(db: sqlite3.Connection, queue: QueuePolicy, events: EventPolicy, now: datetime) -> Plan:
    """The plan of the next pass. What it reads first, being unknown or too old, is taken for favourable."""
    observed, account = last_observed(db), last_account(db)
    facts = build_facts(db, queue, observed, account, now)
    fresh = account is not None and abs((now - account.seen_at).total_seconds()) <= queue.account_max_age
    unread = observed is None or observed.own_unsatisfied is None or not fresh
    left = decide_slots(_favourable(facts) if unread else facts, queue, events, now)
    steps = []
    for item in open_items(db):
        step, left = _plan(item, left, now, unread=unread)
        steps.append(step)
    return Plan(decide_slots(facts, queue, events, now), tuple(steps), account.seen_at if account else None)


def _favourable(facts: SlotFacts) -> SlotFacts:
    """The figures with what a pass reads first as good as it may be."""
    account = replace(facts.account, unsatisfied=0, limit=facts.account.limit or 1_000)
    return replace(facts, account=account, own_unsatisfied=0, saturated=False, announce_trouble=None)


_ACTIONS = {
    State.CLAIMED: ("look", "a run was cut off; its info-hash is looked for"),
    State.UNCLEAR: ("look", "its info-hash is looked for"),
    State.HANDED_OVER: ("look", "its progress in the client"),
    State.DOWNLOADING: ("look", "its progress in the client"),
    State.COMPLETE: ("verify", "its files and audio are checked"),
    State.VERIFIED: ("file", "it is filed into the library"),
    State.FILED: ("look", "it seeds until the site's time is over"),
}


def _plan(item: QueueItem, left: Slots, now: datetime, *, unread: bool) -> tuple[PlannedStep, Slots]:
    if item.state in _ACTIONS:
        action, reason = _ACTIONS[item.state]
        return PlannedStep(item.id, item.title, item.state, action, reason), left
    if item.state is not State.WAITING:
        return PlannedStep(item.id, item.title, item.state, "wait", item.reason), left
    if item.not_before is not None and item.not_before > now:
        reason = f"{item.reason}; not before {item.not_before:%Y-%m-%d %H:%M} UTC"
        return PlannedStep(item.id, item.title, item.state, "wait", reason), left
    paid = bool(item.paid)
    if not left.may_release(paid=paid):
        return PlannedStep(item.id, item.title, item.state, "wait", f"no slot: {left.reason}"), left
    reason = "paid" if paid else f"free ({item.free})" if item.free else "free, as far as is known"
    if unread:
        reason += "; if the account and the clients allow it, which are read first"
    step = PlannedStep(item.id, item.title, item.state, "release", reason)
    return step, left.after_release(paid=paid, size=item.size_bytes or 0)
