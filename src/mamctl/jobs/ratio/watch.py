"""One pass of the ratio guard: read every client, decide, freeze or thaw, and leave figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mamctl.domain.outcome import Status
from mamctl.domain.problem import Problem
from mamctl.domain.ratio.client import ClientSnapshot
from mamctl.domain.ratio.guard import (
    Guard,
    GuardState,
    Override,
    decide_guard,
    decide_release,
    override_ended,
    show_ratio,
)
from mamctl.domain.ratio.reading import RatioPolicy, RatioReading, RatioSource, choose_reading, read_clients
from mamctl.domain.ratio.stats import count_stats
from mamctl.domain.ratio.torrent_journal import ClientAction
from mamctl.errors import MamctlError
from mamctl.jobs.ports import Announcer
from mamctl.jobs.ratio.client_actions import ActionContext, ActionResult, ScopedClient, freeze_client, thaw_client
from mamctl.jobs.ratio.messages import announce_pass, strange_states
from mamctl.jobs.ratio.stats import forecast_for, samples_of, totals_of, view_stats
from mamctl.jobs.ratio.views import Actions, RatioWatch, view_client, view_guard, view_transition
from mamctl.jobs.run import Run
from mamctl.store.client_memory import ClientMemory
from mamctl.store.guard import GuardRow, Transition, end_override, move_guard, read_guard
from mamctl.store.ratio_stats import WatchPass, compact_stats, record_pass
from mamctl.store.torrent_journal import clients_on_record, count_left_alone, list_frozen

__all__ = ["RatioWatch", "WatchContext", "lift_emergency", "watch_ratio"]

_FRESH = timedelta(seconds=5)  # older than this, a look is repeated before anything is done by it


@dataclass(frozen=True, slots=True)
class WatchContext:
    """What a pass works with. `account` reads the tracker's ratio, where the source asks for it; it may raise
    MamctlError.
    """

    clients: tuple[ScopedClient, ...]
    policy: RatioPolicy
    memory: ClientMemory
    announcer: Announcer
    wait: Callable[[float], None]
    account: Callable[[], RatioReading] | None = None


@dataclass(frozen=True, slots=True)
class Readings:
    """The ratio that decides, and the account's where it was asked for."""

    deciding: RatioReading
    account: RatioReading | None


@dataclass(frozen=True, slots=True)
class Decided:
    """What follows from the readings: the guard as it stands now, how it came there, and why."""

    guard: Guard
    transition: Transition | None
    reason: str


@dataclass(slots=True)
class ClientRead:
    """One client in this pass: its newest snapshot, asked for at `at`, or why there is none."""

    watched: ScopedClient
    at: datetime
    snapshot: ClientSnapshot | None = None
    errors: list[MamctlError] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The client's name."""
        return self.watched.client.name

    @property
    def error(self) -> MamctlError | None:
        """The first thing that went wrong."""
        return self.errors[0] if self.errors else None


def watch_ratio(run: Run, kit: WatchContext) -> tuple[RatioWatch, MamctlError | None]:
    """One pass. The error returned is the one that kept every client from being read, if so."""
    return _pass(run, kit, _decide)


def lift_emergency(run: Run, kit: WatchContext) -> tuple[RatioWatch, MamctlError | None]:
    """A person's override: the emergency is over now, and held so for a while. Nothing changes outside of one."""
    return _pass(run, kit, _release)


def _pass(
    run: Run, kit: WatchContext, decide: Callable[[Run, RatioPolicy, RatioReading], Decided]
) -> tuple[RatioWatch, MamctlError | None]:
    context = ActionContext(run, kit.memory, kit.policy.tag, kit.wait)
    seen = _observe(context, kit)
    readings = _read(run, kit, seen)
    decided = decide(run, kit.policy, readings.deciding)
    actions = _act(context, decided.guard, seen)
    result = _record(run, kit, seen, readings, decided, actions)
    _conclude(run, result, seen)
    announce_pass(run, kit.announcer, result)
    unheard = bool(seen) and all(one.snapshot is None for one in seen)
    return result, seen[0].error if unheard else None


def _observe(context: ActionContext, kit: WatchContext) -> list[ClientRead]:
    """Every client at once, so that a silent one does not hold up the others."""
    if not kit.clients:
        return []

    def look(watched: ScopedClient) -> ClientRead:
        one = ClientRead(watched, context.run.clock())
        try:
            one.snapshot = context.look(watched.client)
        except MamctlError as error:
            one.errors = [error]
        return one

    with ThreadPoolExecutor(len(kit.clients)) as pool:
        seen = list(pool.map(look, kit.clients))
    for one in seen:
        _note(context.run, one, one.errors)
    return seen


def _note(run: Run, one: ClientRead, errors: Sequence[MamctlError]) -> None:
    for error in errors:
        run.trouble(Problem(error.slug, error.message, one.name, error.remedy))


def _read(run: Run, kit: WatchContext, seen: Sequence[ClientRead]) -> Readings:
    clients = read_clients([totals_of(run.db, one.name, one.snapshot) for one in seen])
    account = _read_account(run, kit)
    reading = choose_reading(kit.policy, clients, account)
    if not reading.known:
        remedy = "nothing was changed; mamctl doctor checks the clients and the tracker"
        run.trouble(Problem("ratio_unknown", f"the ratio is unknown: {reading.why}", "ratio", remedy))
    return Readings(reading, account)


def _read_account(run: Run, kit: WatchContext) -> RatioReading | None:
    """A tracker that cannot be asked leaves its ratio unknown; what is under way on the clients goes on."""
    try:
        return kit.account() if kit.account else None
    except MamctlError as error:
        run.trouble(Problem.of(error))
        return RatioReading(None, error.message, RatioSource.TRACKER)


def _decide(run: Run, policy: RatioPolicy, reading: RatioReading) -> Decided:
    read = read_guard(run.db)
    verdict = decide_guard(read.guard, reading, policy, run.clock())
    transition = None
    if verdict.changes:
        transition = _move(run, read, verdict.reason, reading, None)
    elif override_ended(read.guard, reading.ratio, policy, run.clock()):
        end_override(run.db, read)
    return Decided(read_guard(run.db).guard, transition, verdict.reason)


def _release(run: Run, policy: RatioPolicy, reading: RatioReading) -> Decided:
    read = read_guard(run.db)
    hold = decide_release(read.guard, reading, policy, run.clock())
    if hold is None:
        return Decided(read.guard, None, "there is no emergency to lift")
    reason = f"a person lifted the emergency at ratio {show_ratio(reading.ratio)}"
    transition = _move(run, read, reason, reading, hold)
    return Decided(read_guard(run.db).guard, transition, reason)


def _move(run: Run, read: GuardRow, reason: str, reading: RatioReading, hold: Override | None) -> Transition:
    by = "guard" if hold is None else "person"
    return move_guard(run.db, read, reason, reading, run.clock(), run_id=run.id, hold=hold, by=by)


def _act(context: ActionContext, guard: Guard, seen: list[ClientRead]) -> Actions:
    """Every client that was heard is brought to where the guard is; one that fails does not stop the others."""
    acts: Counter[ClientAction] = Counter()
    for one in seen:
        if one.snapshot is None:
            continue
        result = _touch(context, guard, one, one.snapshot)
        acts.update(result.acts)
        one.snapshot, one.errors = result.snapshot, result.errors
        _note(context.run, one, one.errors)
    resumed = acts[ClientAction.RESUME] + acts[ClientAction.FORCE_RESUME]
    return Actions(acts[ClientAction.PAUSE], resumed, acts[ClientAction.TAG], acts[ClientAction.UNTAG])


def _touch(context: ActionContext, guard: Guard, one: ClientRead, snapshot: ClientSnapshot) -> ActionResult:
    """While others were waited for, a person may have acted here."""
    if context.run.clock() - one.at > _FRESH:
        try:
            snapshot = context.look(one.watched.client)
        except MamctlError as error:
            return ActionResult(snapshot, errors=[error])
    if guard.emergency_id is not None:
        return freeze_client(context, one.watched, snapshot, guard.emergency_id)
    return thaw_client(context, one.watched, snapshot)


def _record(
    run: Run, kit: WatchContext, seen: Sequence[ClientRead], readings: Readings, decided: Decided, actions: Actions
) -> RatioWatch:
    now, reading, guard = run.clock(), readings.deciding, decided.guard
    heard = [(one.snapshot, one.watched.scope) for one in seen if one.snapshot is not None]
    snapshots = [snapshot for snapshot, _ in heard]
    frozen = [(torrent.client, torrent.hash) for torrent in list_frozen(run.db)]
    free_tag = kit.policy.free_tag if reading.source is not RatioSource.QBITTORRENT else ""
    figures = count_stats(heard, frozen, free_tag)
    forecast = forecast_for(run.db, kit.policy, reading, figures, samples_of(snapshots, now), now)
    unknown = len(seen) - len(heard)
    row = WatchPass(guard.state, reading, readings.account, figures, forecast, len(seen), unknown)
    record_pass(run.db, run.id, row, snapshots, now)
    compact_stats(run.db, kit.policy, now)
    return RatioWatch(
        guard=view_guard(guard),
        ratio=reading.ratio,
        ratio_text=show_ratio(reading.ratio),
        source=reading.source.value,
        complete=reading.complete,
        reason=decided.reason,
        transition=view_transition(decided.transition),
        actions=actions,
        left_alone=count_left_alone(run.db, guard.emergency_id),
        clients=tuple(view_client(one.name, one.snapshot, one.error) for one in seen),
        figures=view_stats(guard, reading, figures, forecast, now),
        forecast=forecast,
    )


def _conclude(run: Run, result: RatioWatch, seen: Sequence[ClientRead]) -> None:
    """An active emergency is told to a person, for cron's mail is the alert; then which part of the work failed."""
    if result.guard.state is GuardState.EMERGENCY:
        message = f"the ratio emergency is active: {result.reason}; {result.figures.frozen} downloads are frozen"
        remedy = f"seed; the downloads go on by themselves at the recovery (forecast: {result.forecast.words})"
        run.trouble(Problem("ratio_emergency", message, "ratio", remedy))
    for one in seen:
        if one.snapshot is not None:
            run.trouble(strange_states(one.snapshot, one.watched.scope))
    for name in sorted(clients_on_record(run.db) - {one.name for one in seen}):
        message = f"{name} has torrents that the guard changed, and is no longer configured"
        remedy = "add its [[qbittorrent]] table again until they are put back"
        run.trouble(Problem("client_missing", message, name, remedy))
    if any(one.error for one in seen):
        run.status = Status.PARTIAL
    elif run.problems:
        run.status = Status.ATTENTION
