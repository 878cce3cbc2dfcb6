"""The clients as a pass finds them, and what is strange about them before anything is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from datetime import datetime

from mamctl.dataclass import dataclass
from mamctl.domain.problem import Problem
from mamctl.domain.ratio.client import ClientSnapshot
from mamctl.domain.ratio.torrent_journal import without_record
from mamctl.errors import MamctlError
from mamctl.jobs.ratio.client_actions import ActionContext, ScopedClient
from mamctl.jobs.ratio.findings import torrents_vanished
from mamctl.jobs.run import Run
from mamctl.store.ratio.guard import read_guard
from mamctl.store.ratio.stats import last_torrent_count
from mamctl.store.ratio.torrent_journal import read_journal


@dataclass(slots=True)
class ClientRead:
    """One client in this pass: its newest snapshot, asked for at `at`, or why there is none.

    `strayed` is a client that shows no torrent at all though it had some: nothing is done on it. `without_record`
    counts torrents that carry our tag without a record, before the pass acted.
    """

    watched: ScopedClient
    at: datetime
    snapshot: ClientSnapshot | None = None
    errors: list[MamctlError] = field(default_factory=list)
    strayed: bool = False
    without_record: int = 0
    started: int = 0

    @property
    def name(self) -> str:
        """The client's name."""
        return self.watched.client.name

    @property
    def error(self) -> MamctlError | None:
        """The first thing that went wrong."""
        return self.errors[0] if self.errors else None


def read_all(context: ActionContext, clients: Sequence[ScopedClient]) -> list[ClientRead]:
    """Every client at once, so that one that does not answer does not hold up the others."""
    if not clients:
        return []

    def look(watched: ScopedClient) -> ClientRead:
        one = ClientRead(watched, context.run.clock())
        try:
            one.snapshot = context.fetch(watched.client)
        except MamctlError as error:
            one.errors = [error]
        return one

    if len(clients) == 1:
        seen = [look(clients[0])]
    else:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(len(clients)) as pool:
            seen = list(pool.map(look, clients))
    for one in seen:
        note_errors(context.run, one, one.errors)
        if one.snapshot is not None:
            _look_for_strays(context, one, one.snapshot)
    return seen


def _look_for_strays(context: ActionContext, one: ClientRead, snapshot: ClientSnapshot) -> None:
    """Torrents that vanished all at once, and those that carry our tag without a record (RAT-13)."""
    run = context.run
    journal = read_journal(run.db, one.name, read_guard(run.db).guard.emergency_id)
    one.without_record = len(without_record(snapshot.torrents, journal, one.watched.scope, context.tag))
    there = [hash_ for hash_, entry in journal.entries.items() if not entry.missing]
    vanished = len(there) if not any(hash_ in snapshot.torrents for hash_ in there) else 0
    empty = not snapshot.torrents
    one.strayed = empty and (vanished > 0 or last_torrent_count(run.db, one.name) > 0)
    if one.strayed or vanished > 1:
        run.add_problem(torrents_vanished(one.name, vanished, empty=empty))


def note_errors(run: Run, one: ClientRead, errors: Sequence[MamctlError]) -> None:
    """What went wrong with one client is a problem of the run."""
    for error in errors:
        run.add_problem(Problem(error.slug, error.message, one.name, error.remedy))
