"""Evaluates the clauses: facts of the store and of the torrent clients, then each clause's check.

It makes no request to the site, and changes nothing but its own run and what it reports.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mamctl.dataclass import dataclass
from mamctl.domain.problem import BROKEN_PROMISE, Notice, Problem
from mamctl.domain.spec.clause import Clause, ClauseKind, ClauseState, Counts, Judged
from mamctl.domain.spec.clauses import load_clauses
from mamctl.domain.spec.evaluate import compliance, count, evaluate
from mamctl.domain.spec.facts import Facts, SettingsFacts
from mamctl.jobs.spec.samples import misread_samples
from mamctl.store.library.summary import LibrarySummary, summarise_library
from mamctl.store.spec.account import read_account_facts
from mamctl.store.spec.library import read_library_facts
from mamctl.store.spec.program import read_program_facts, read_site_facts
from mamctl.store.spec.queue import read_change_facts, read_queue_facts
from mamctl.store.spec.ratio import read_ratio_facts

if TYPE_CHECKING:
    from mamctl.jobs.spec.clients import LiveClients

_SPAN = timedelta(days=31)
_MEASURE = "measure_missed"


@dataclass(frozen=True, slots=True)
class SpecCheck:
    """What was found; `compliance` is the share of promises that hold among those that can be judged."""

    clauses: tuple[Judged, ...]
    counts: Counts
    compliance: float | None


def check_spec(
    db: sqlite3.Connection,
    settings: SettingsFacts,
    now: datetime,
    live: LiveClients | None = None,
    clauses: Sequence[Clause] | None = None,
    library: LibrarySummary | None = None,
) -> SpecCheck:
    """Every clause with its state. Without `live` no client is asked, and what needs one is unknown. The `library` is
    counted here where that was not done before.
    """
    facts = gather_facts(db, settings, now, live, library)
    judged = evaluate(load_clauses() if clauses is None else clauses, facts)
    return SpecCheck(judged, count(judged), compliance(judged))


def gather_facts(
    db: sqlite3.Connection,
    settings: SettingsFacts,
    now: datetime,
    live: LiveClients | None = None,
    library: LibrarySummary | None = None,
) -> Facts:
    """All that the checks rest on."""
    since, clients = now - _SPAN, None
    if live is not None:
        from mamctl.jobs.spec.clients import ask_clients  # here: all that acts on clients comes with it

        clients = ask_clients(db, settings, live)
    return Facts(
        now=now,
        settings=settings,
        account=read_account_facts(db, since),
        ratio=read_ratio_facts(db, since, now, settings.ratio.floor),
        library=read_library_facts(db, since, now - settings.drift_after, library or summarise_library(db)),
        site=read_site_facts(db, since),
        program=read_program_facts(db, since, misread_samples(db, now)),
        queue=read_queue_facts(db, settings.queue, since),
        change=read_change_facts(db, since),
        clients=clients,
    )


def broken_promises(found: SpecCheck) -> tuple[Problem, ...]:
    """A problem for each promise that is broken."""
    return tuple(
        Problem(BROKEN_PROMISE, f"{one.id} does not hold: {one.detail}", one.id, one.remedy)
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
