"""Asks the torrent clients for what the clauses need of them: one request to each, and nothing is changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from mamctl.dataclass import dataclass
from mamctl.domain.queue.share_limits import ShareLimit, early_ends
from mamctl.domain.ratio.freeze import plan_freeze
from mamctl.domain.ratio.thaw import plan_thaw
from mamctl.domain.ratio.torrent_journal import ClientAction, Journal, Phase, Plan, without_record
from mamctl.domain.spec.facts import ClientFacts, SettingsFacts
from mamctl.errors import MamctlError
from mamctl.jobs.ratio.client_actions import ScopedClient
from mamctl.jobs.ratio.ports import SessionMemory
from mamctl.store.ratio.guard import read_guard
from mamctl.store.ratio.torrent_journal import read_journal


@dataclass(frozen=True, slots=True)
class LiveClients:
    """The torrent clients to ask, and their saved sessions."""

    clients: Sequence[ScopedClient]
    memory: SessionMemory
    share_limits: Mapping[str, Callable[[], tuple[ShareLimit, ...]]] = field(default_factory=dict)
    """Client's name -> its share limits, and those of its categories."""


def ask_clients(db: sqlite3.Connection, settings: SettingsFacts, live: LiveClients) -> tuple[ClientFacts, ...]:
    """What speaks against a clause in each client, or why it did not answer."""
    return tuple(_ask(db, settings, live, one) for one in live.clients)


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
    """Torrents that the plan acts on; those held back after a second freeze wait for their turn."""
    waiting = {hash_ for hash_, entry in journal.entries.items() if entry.phase is Phase.HELD_BACK}
    return {hash_: None for act in ClientAction for hash_ in plan.hashes(act) if hash_ not in waiting}
