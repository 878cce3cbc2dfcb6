"""Acting on one client: the journal first, then the requests, then a look whether the client shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from datetime import timedelta

from mamctl.dataclass import dataclass
from mamctl.domain.problem import Problem
from mamctl.domain.ratio.client import ClientSnapshot
from mamctl.domain.ratio.freeze import FROZEN_AGAIN, STARTED, is_settled, plan_freeze, tag_was_lost
from mamctl.domain.ratio.thaw import plan_thaw
from mamctl.domain.ratio.torrent_journal import (
    ClientAction,
    Journal,
    JournalEntry,
    Phase,
    Plan,
    Role,
    Scope,
    Step,
    is_paused,
    tagged_in_scope,
)
from mamctl.domain.text.quantities import count_of
from mamctl.errors import MamctlError, SessionRefusedError, UnreachableError
from mamctl.jobs.permits import pause_act, permit, resume_act, tag_act, untag_act
from mamctl.jobs.ratio.ports import SessionMemory, TorrentClient
from mamctl.jobs.run import Run
from mamctl.store.ratio.guard import read_guard
from mamctl.store.ratio.torrent_journal import read_journal, thaw_broke_off, write_entries

BATCH = 500  # hashes in one request
_ROUNDS = 3  # what a client does while it is being looked at may ask for one more
# Seconds between reads: most clients show a change within one, a busy one with thousands of torrents takes a few.
_POLL_DELAYS = (0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.2, 1.5, 2.0, 2.5)
_LATE = 3.0  # seconds until a client shows a state for sure: its own pace is 1.5, and tags are shown at once
_LONGEST_WAIT = timedelta(seconds=20)  # a slow client is read less often: others wait behind it


@dataclass(frozen=True, slots=True)
class ScopedClient:
    """One client and what may be touched in it."""

    client: TorrentClient
    scope: Scope


@dataclass(slots=True)
class ActionResult:
    """What was done on one client; `snapshot` is the newest look at it. In a dry run `acts` is what would be done,
    else what the client accepted. `started` counts frozen downloads that someone else started, `insisted` those among
    them that were frozen once more.
    """

    snapshot: ClientSnapshot
    acts: Counter[ClientAction] = field(default_factory=Counter)
    errors: list[MamctlError] = field(default_factory=list)
    started: int = 0
    insisted: int = 0


@dataclass(frozen=True, slots=True)
class ActionContext:
    """The tools of one pass: the run, the saved sessions, our tag, and how to wait some seconds."""

    run: Run
    memory: SessionMemory
    tag: str
    wait: Callable[[float], None]
    insist: bool = False

    def fetch(self, client: TorrentClient) -> ClientSnapshot:
        """The client as it is now. Raises MamctlError."""
        snapshot, saved = client.fetch_snapshot(self.memory.recall(client.name))
        self.memory.keep(client.name, saved)
        return snapshot


def freeze_client(
    context: ActionContext, watched: ScopedClient, snapshot: ClientSnapshot, emergency_id: int
) -> ActionResult:
    """Do what the emergency asks for on this client, and finish what an earlier pass left."""
    if not context.run.dry_run and thaw_broke_off(context.run.db, watched.client.name):
        # It may still show a torrent as paused that was just started: that would pass for your pause.
        context.wait(_LATE)
        try:
            snapshot = context.fetch(watched.client)
        except MamctlError as error:
            return ActionResult(snapshot, errors=[error])
    return _carry_out(
        context,
        watched.client,
        snapshot,
        lambda seen, journal: plan_freeze(seen, journal, watched.scope, context.tag, insist=context.insist),
        emergency_id,
    )


def thaw_client(
    context: ActionContext, watched: ScopedClient, snapshot: ClientSnapshot, released: frozenset[str] | None = None
) -> ActionResult:
    """Restore what the journal has of this client; with `released`, of the frozen downloads these alone."""
    return _carry_out(
        context, watched.client, snapshot, lambda seen, journal: plan_thaw(seen, journal, context.tag, released), None
    )


def _carry_out(
    context: ActionContext,
    client: TorrentClient,
    snapshot: ClientSnapshot,
    plan_for: Callable[[ClientSnapshot, Journal], Plan],
    emergency_id: int | None,
) -> ActionResult:
    result = ActionResult(snapshot)
    for _ in range(_ROUNDS):
        journal = read_journal(context.run.db, client.name, emergency_id)
        plan = plan_for(result.snapshot, journal)
        if plan.steps or (emergency_id is not None and not journal.begun):
            _write(context, client, [step.entry for step in plan.steps], emergency_id)
        if emergency_id is not None:
            again = _count_reason(plan, journal, FROZEN_AGAIN)
            result.started, result.insisted = (
                result.started + again + _count_reason(plan, journal, STARTED),
                result.insisted + again,
            )
        if context.run.dry_run:
            result.acts.update(act for step in plan.steps for act in step.acts)
            break
        if not plan.acts or not _one_round(context, client, plan, result):
            break
    return result


def _count_reason(plan: Plan, journal: Journal, reason: str) -> int:
    """Open entries that this plan gives the reason."""
    return sum(
        step.entry.reason == reason and before.reason != reason
        for step in plan.steps
        if (before := journal.entries.get(step.entry.hash))
    )


def start_unrecorded(context: ActionContext, watched: ScopedClient, snapshot: ClientSnapshot) -> ActionResult:
    """Start what carries our tag without a record, then take the tag away. The tag itself is the record: wherever this
    breaks off, what still carries it is found again.
    """
    client, db = watched.client, context.run.db
    result = ActionResult(snapshot)

    def found(paused: bool) -> list[str]:
        journal = read_journal(db, client.name, None)
        known = {**journal.entries, **journal.left_alone}
        return [
            torrent.hash
            for torrent in tagged_in_scope(result.snapshot.torrents, watched.scope, context.tag)
            if torrent.hash not in known and is_paused(torrent) is paused
        ]

    waiting = found(True)
    result.acts[ClientAction.RESUME] = len(waiting)
    result.acts[ClientAction.UNTAG] = len(waiting) + len(found(False))
    if context.run.dry_run or not result.acts[ClientAction.UNTAG]:
        return result
    try:
        journal = read_journal(db, client.name, None)
        for batch in _batches(waiting):
            act = resume_act(db, client.name, batch, context.tag, journal, result.snapshot.torrents)
            client.resume(permit(context.run, act))
        for seconds in _POLL_DELAYS if waiting else ():
            context.wait(seconds)
            result.snapshot = context.fetch(client)
            if not found(True):
                break
        running = found(False)
        for batch in _batches(running):
            untag = untag_act(client.name, batch, context.tag, journal, result.snapshot.torrents)
            client.remove_tag(permit(context.run, untag))
        result.acts[ClientAction.UNTAG] = len(running)
    except MamctlError as error:
        result.errors.append(error)
    return result


def _one_round(context: ActionContext, client: TorrentClient, plan: Plan, result: ActionResult) -> bool:
    """Ask, and look until it shows; whether one more round may follow. A client that fails is left for this pass."""
    try:
        asked = _ask(context, client, plan, result)
        result.snapshot, settled = _settle(context, client, asked, declined=bool(result.errors))
    except MamctlError as error:
        result.errors.append(error)
        return False
    return settled


def _ask(context: ActionContext, client: TorrentClient, plan: Plan, result: ActionResult) -> Plan:
    """Send every request, also after one that was declined, for a pause matters more than a tag; the plan as it is
    then. Raises what makes going on pointless. An untag goes only where the start before it was taken: a torrent that
    is paused without our tag was paused by you.
    """
    declined = None
    for act in ClientAction:
        if act is ClientAction.UNTAG and declined:
            break
        for batch in _batches(plan.hashes(act)):
            try:
                _send(context, client, act, batch, result.snapshot)
                result.acts[act] += len(batch)
            except (UnreachableError, SessionRefusedError):
                raise
            except MamctlError as error:
                declined = declined or error
                if act is ClientAction.TAG:
                    plan = _without_tag(context, client, plan, batch)
    if declined:
        result.errors.append(declined)
    return plan


def _without_tag(context: ActionContext, client: TorrentClient, plan: Plan, hashes: Sequence[str]) -> Plan:
    """What is paused next without our tag is on record as such, or its pause would pass for yours."""
    plan = plan.without_tag(hashes)
    _write(context, client, [step.entry for step in plan.steps if step.entry.hash in set(hashes)], None)
    return plan


def _send(
    context: ActionContext, client: TorrentClient, act: ClientAction, hashes: Sequence[str], snapshot: ClientSnapshot
) -> None:
    run, name, tag = context.run, client.name, context.tag
    if act is ClientAction.TAG:
        client.add_tag(permit(run, tag_act(name, hashes, tag)))
    elif act is ClientAction.PAUSE:
        client.pause(permit(run, pause_act(name, hashes)))
    else:
        journal = read_journal(run.db, name, read_guard(run.db).guard.emergency_id)
        if act is ClientAction.UNTAG:
            client.remove_tag(permit(run, untag_act(name, hashes, tag, journal, snapshot.torrents)))
            return
        start = permit(run, resume_act(run.db, name, hashes, tag, journal, snapshot.torrents))
        (client.resume if act is ClientAction.RESUME else client.force_resume)(start)


def _settle(
    context: ActionContext, client: TorrentClient, plan: Plan, *, declined: bool
) -> tuple[ClientSnapshot, bool]:
    """Look until the client shows all that it was asked for, or for long enough; note it entry by entry."""
    open_steps = [
        step
        for step in plan.steps
        if step.entry.phase in (Phase.INTENDED, Phase.REVERTING)
        # Where the untag was withheld, a tag that is not shown yet must not pass for gone: the next pass asks again.
        and not (declined and ClientAction.UNTAG in step.acts)
    ]
    until = context.run.clock() + _LONGEST_WAIT
    for seconds in _POLL_DELAYS:
        context.wait(seconds)
        snapshot = context.fetch(client)
        there = [(step.entry, snapshot.torrents.get(step.entry.hash)) for step in open_steps]
        seen = [(entry, torrent) for entry, torrent in there if torrent and is_settled(entry, torrent, context.tag)]
        shown = [entry for entry, _ in seen]
        lost = [entry.lost() for entry, torrent in there if torrent is None]
        _write(context, client, [*map(_settled, shown), *lost], None)
        for batch in _batches([entry.hash for entry, torrent in seen if tag_was_lost(entry, torrent, context.tag)]):
            client.add_tag(permit(context.run, tag_act(client.name, batch, context.tag)))
        hashes = {entry.hash for entry in (*shown, *lost)}
        open_steps = [step for step in open_steps if step.entry.hash not in hashes]
        if not open_steps:
            return snapshot, True
        if context.run.clock() >= until:
            break
    _give_up(context, client, open_steps, declined=declined)
    return snapshot, False


def _settled(entry: JournalEntry) -> JournalEntry:
    return entry.at(Phase.DONE if entry.phase is Phase.INTENDED else Phase.REVERTED)


def _give_up(context: ActionContext, client: TorrentClient, steps: list[Step], *, declined: bool) -> None:
    """A seed is started once, even if the client stops it at once for a limit of its own; all else is tried again."""
    seeds = [s.entry for s in steps if s.entry.role is Role.SEEDED and s.entry.phase is Phase.INTENDED]
    once = [] if declined else seeds
    _write(context, client, [_settled(entry) for entry in once], None)
    rest = len(steps) - len(once)
    if rest:
        context.run.add_problem(
            Problem(
                "torrents_unsettled",
                f"{client.name} does not yet show what it was asked to do with {count_of(rest, 'torrent')}",
                client.name,
                "no action needed: the next pass checks again",
            )
        )


def _write(
    context: ActionContext, client: TorrentClient, entries: Sequence[JournalEntry], emergency_id: int | None
) -> None:
    if entries or emergency_id is not None:
        write_entries(
            context.run.db, client.name, entries, context.run.clock(), emergency_id=emergency_id, run_id=context.run.id
        )


def _batches(hashes: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(hashes), BATCH):
        yield hashes[start : start + BATCH]
