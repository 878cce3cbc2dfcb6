"""Acting on every client that was read, and whose turn it is when downloads go on one after another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

from mamctl.domain.ratio.client import ClientSnapshot
from mamctl.domain.ratio.counting import count_stats
from mamctl.domain.ratio.guard import Guard
from mamctl.domain.ratio.policy import RatioPolicy, RatioSource
from mamctl.domain.ratio.reading import RatioReading
from mamctl.domain.ratio.release import FLAPPING, FLAPS, HeldBack, next_releases
from mamctl.domain.ratio.thaw import may_wait
from mamctl.domain.ratio.torrent_journal import ClientAction, Role
from mamctl.errors import MamctlError
from mamctl.jobs.ratio.client_actions import (
    ActionContext,
    ActionResult,
    freeze_client,
    start_unrecorded,
    thaw_client,
)
from mamctl.jobs.ratio.client_reads import ClientRead, note_errors
from mamctl.jobs.ratio.findings import started_elsewhere
from mamctl.jobs.run import Run
from mamctl.store.ratio.guard import count_freezes, ended_by_guard
from mamctl.store.ratio.torrent_journal import list_frozen, read_journal

_FRESH = timedelta(seconds=5)  # older than this, a look is repeated before anything is done by it


def choose_turn(
    run: Run, policy: RatioPolicy, guard: Guard, reading: RatioReading, seen: Sequence[ClientRead]
) -> frozenset[tuple[str, str]] | None:
    """RAT-14: which frozen downloads may go on now, by client and hash; None while the guard does not flap."""
    if guard.since is None or guard.emergency_id is not None or not list_frozen(run.db) or not ended_by_guard(run.db):
        return None
    if count_freezes(run.db, guard.since, FLAPPING) < FLAPS:
        return None
    answered = [(one.snapshot, one.watched.scope) for one in seen if one.snapshot is not None]
    flowing = count_stats(answered, (), free_tag_of(policy, reading)).flowing_left
    released = next_releases(_waiting(run, policy.tag, seen), reading, policy, flowing)
    return frozenset((one.client, one.torrent.hash) for one in released)


def _waiting(run: Run, tag: str, seen: Sequence[ClientRead]) -> Iterator[HeldBack]:
    for one in seen:
        torrents = one.snapshot.torrents if one.snapshot else {}
        for hash_, entry in read_journal(run.db, one.name, None).entries.items():
            torrent = torrents.get(hash_)
            if torrent is not None and entry.role is Role.FROZEN and may_wait(torrent, entry, tag):
                yield HeldBack(one.name, torrent)


def act_on_clients(
    context: ActionContext,
    guard: Guard,
    seen: Sequence[ClientRead],
    reading: RatioReading,
    turn: frozenset[tuple[str, str]] | None,
) -> Counter[ClientAction]:
    """Every client that was read is brought to where the guard is; one that fails does not stop the others."""
    acts: Counter[ClientAction] = Counter()
    for one in seen:
        if one.snapshot is None:
            continue
        released = None if turn is None else frozenset(hash_ for client, hash_ in turn if client == one.name)
        done = _act_on(context, guard, one, one.snapshot, released)
        acts.update(done.acts)
        one.snapshot, one.errors, one.started = done.snapshot, done.errors, done.started
        note_errors(context.run, one, one.errors)
        context.run.add_problem(started_elsewhere(one.name, done.started, done.insisted, reading))
    return acts


def _act_on(
    context: ActionContext,
    guard: Guard,
    one: ClientRead,
    snapshot: ClientSnapshot,
    released: frozenset[str] | None,
) -> ActionResult:
    """While others were waited for, you may have acted here."""
    if context.run.clock() - one.at > _FRESH:
        try:
            snapshot = context.fetch(one.watched.client)
        except MamctlError as error:
            return ActionResult(snapshot, errors=[error])
    if guard.emergency_id is not None and not one.strayed:
        return freeze_client(context, one.watched, snapshot, guard.emergency_id)
    return thaw_client(context, one.watched, snapshot, frozenset() if one.strayed else released)


def adopt_unrecorded(context: ActionContext, seen: Sequence[ClientRead], acts: Counter[ClientAction]) -> int:
    """Start what carries the tag without a record; how many that were."""
    adopted = 0
    for one in seen:
        if one.snapshot is not None and not one.errors:
            done = start_unrecorded(context, one.watched, one.snapshot)
            acts.update(done.acts)
            adopted += done.acts[ClientAction.RESUME]
            one.snapshot, one.errors, one.without_record = done.snapshot, done.errors, 0
            note_errors(context.run, one, one.errors)
    return adopted


def free_tag_of(policy: RatioPolicy, reading: RatioReading) -> str:
    """The tag of downloads that do not count where this reading decides; empty where all count."""
    return policy.free_tag if reading.source is not RatioSource.QBITTORRENT else ""
