"""Evaluates the clauses: facts of the store and of the torrent clients, then each clause's check.

It makes no request to the site, and changes nothing but its own run and what it reports.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta

from mamctl.dataclass import dataclass
from mamctl.domain.problem import BROKEN_PROMISE, Notice, Problem
from mamctl.domain.queue.share_limits import ShareLimit, early_ends
from mamctl.domain.ratio.freeze import plan_freeze
from mamctl.domain.ratio.thaw import plan_thaw
from mamctl.domain.ratio.torrent_journal import ClientAction, Journal, Phase, Plan, without_record
from mamctl.domain.spec.clause import Clause, ClauseKind, ClauseState, Counts, Judged
from mamctl.domain.spec.clauses import load_clauses
from mamctl.domain.spec.evaluate import compliance, count, evaluate
from mamctl.domain.spec.facts import ClientFacts, Facts, SettingsFacts
from mamctl.errors import MamctlError
from mamctl.jobs.ratio.client_actions import ScopedClient
from mamctl.jobs.ratio.ports import SessionMemory
from mamctl.store.ratio.guard import read_guard
from mamctl.store.ratio.torrent_journal import read_journal
from mamctl.store.spec.account import read_account_facts
from mamctl.store.spec.library import read_library_facts
from mamctl.store.spec.program import read_program_facts, read_site_facts
from mamctl.store.spec.queue import read_change_facts, read_queue_facts
from mamctl.store.spec.ratio import read_ratio_facts

_SPAN = timedelta(days=31)
_MEASURE = "measure_missed"


@dataclass(frozen=True, slots=True)
class SpecCheck:
    """What was found; `compliance` is the share of promises that hold among those that can be judged."""

    clauses: tuple[Judged, ...]
    counts: Counts
    compliance: float | None


@dataclass(frozen=True, slots=True)
class LiveClients:
    """The torrent clients to ask, and their saved sessions."""

    clients: Sequence[ScopedClient]
    memory: SessionMemory
    share_limits: Mapping[str, Callable[[], tuple[ShareLimit, ...]]] = field(default_factory=dict)
    """Client's name -> its share limits, and those of its categories."""


def check_spec(
    db: sqlite3.Connection,
    settings: SettingsFacts,
    now: datetime,
    live: LiveClients | None = None,
    clauses: Sequence[Clause] | None = None,
) -> SpecCheck:
    """Every clause with its state. Without `live` no client is asked, and what needs one is unknown."""
    facts = gather_facts(db, settings, now, live)
    judged = evaluate(load_clauses() if clauses is None else clauses, facts)
    return SpecCheck(judged, count(judged), compliance(judged))


def gather_facts(
    db: sqlite3.Connection, settings: SettingsFacts, now: datetime, live: LiveClients | None = None
) -> Facts:
    """All that the checks rest on."""
    since = now - _SPAN
    return Facts(
        now=now,
        settings=settings,
        account=read_account_facts(db, since),
        ratio=read_ratio_facts(db, since),
        library=read_library_facts(db, since, now - settings.drift_after),
        site=read_site_facts(db, since),
        program=read_program_facts(db, since),
        queue=read_queue_facts(db, settings.queue, since),
        change=read_change_facts(db, since),
        clients=None if live is None else tuple(_ask(db, settings, live, one) for one in live.clients),
    )


def broken_promises(found: SpecCheck) -> tuple[Problem, ...]:
    """A problem for each promise that is broken."""
    return tuple(
        Problem(BROKEN_PROMISE, f"{one.id} is broken: {one.detail}", one.id, one.remedy)
        for one in found.clauses
        if one.kind is ClauseKind.PROMISE and one.state is ClauseState.VIOLATED
    )


def missed_measures(found: SpecCheck) -> tuple[Notice, ...]:
    """A word for each measure beyond its bound, reported when it begins."""
    return tuple(
        Notice(_MEASURE, f"{one.id}: {one.detail}", one.id, standing=True)
        for one in found.clauses
        if one.kind is ClauseKind.MEASURE and one.state is ClauseState.VIOLATED
    )


def _ask(db: sqlite3.Connection, settings: SettingsFacts, live: LiveClients, watched: ScopedClient) -> ClientFacts:
    """One client by one request, and what the guard would still do to it."""
    client, policy = watched.client, settings.ratio
    try:
        snapshot, saved = client.fetch_snapshot(live.memory.recall(client.name))
        limits = live.share_limits.get(client.name, _no_limits)()
    except MamctlError as error:
        return ClientFacts(client.name, error=error.message)
    live.memory.keep(client.name, saved)
    emergency = read_guard(db).guard.emergency_id
    journal = read_journal(db, client.name, emergency)
    torrents = snapshot.torrents
    if emergency is not None:
        plan = plan_freeze(snapshot, journal, watched.scope, policy.tag, insist=policy.insist)
    else:
        plan = plan_thaw(snapshot, journal, policy.tag, None)
    names = tuple(torrents[hash_].name if hash_ in torrents else hash_ for hash_ in _to_do(plan, journal))
    return ClientFacts(
        client.name,
        to_freeze=names if emergency is not None else (),
        to_restore=names if emergency is None else (),
        early_ends=early_ends(limits),
        unrecorded=len(without_record(torrents, journal, watched.scope, policy.tag)),
    )


def _no_limits() -> tuple[ShareLimit, ...]:
    return ()


def _to_do(plan: Plan, journal: Journal) -> dict[str, None]:
    """Torrents that the plan acts on; what is held back after a second freeze waits for its turn."""
    waiting = {hash_ for hash_, entry in journal.entries.items() if entry.phase is Phase.HELD_BACK}
    return {hash_: None for act in ClientAction for hash_ in plan.hashes(act) if hash_ not in waiting}
