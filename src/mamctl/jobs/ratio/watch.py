"""One pass of the ratio guard: read every client, decide, freeze or thaw, and leave figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta

from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Status
from mamctl.domain.problem import Problem
from mamctl.domain.ratio.counting import count_stats
from mamctl.domain.ratio.guard import (
    Guard,
    GuardState,
    Override,
    decide_guard,
    decide_release,
    override_ended,
    show_ratio,
)
from mamctl.domain.ratio.policy import RatioPolicy, RatioSource
from mamctl.domain.ratio.reading import RatioReading, choose_reading, read_clients
from mamctl.domain.ratio.release import FLAPPING
from mamctl.domain.ratio.torrent_journal import ClientAction
from mamctl.domain.ratio.totals import Totals
from mamctl.domain.text.quantities import count_of
from mamctl.errors import MamctlError
from mamctl.jobs.ports import Notifier
from mamctl.jobs.ratio.client_actions import ActionContext, ScopedClient
from mamctl.jobs.ratio.client_reads import ClientRead, read_all
from mamctl.jobs.ratio.findings import (
    flapping,
    held_below_floor,
    ratio_unknown,
    scope_matches_nothing,
    session_paused,
    strange_states,
    totals_fell,
)
from mamctl.jobs.ratio.findings import without_record as without_record_problem
from mamctl.jobs.ratio.messages import account_words, notify_pass
from mamctl.jobs.ratio.ports import SessionMemory
from mamctl.jobs.ratio.results import Actions, RatioWatch, view_client, view_guard, view_stats, view_transition
from mamctl.jobs.ratio.stats import forecast_for, read_client_totals, samples_of
from mamctl.jobs.ratio.turns import act_on_clients, adopt_unrecorded, choose_turn, free_tag_of
from mamctl.jobs.run import Run
from mamctl.store.account.readings import last_account
from mamctl.store.ratio.guard import (
    GuardRow,
    Transition,
    count_freezes,
    end_override,
    move_guard,
    read_guard,
)
from mamctl.store.ratio.stats import WatchPass, compact_stats, last_pass, record_pass, steady_now
from mamctl.store.ratio.torrent_journal import (
    clients_on_record,
    count_left_alone,
    count_missing,
    forget_missing,
    list_frozen,
)
from mamctl.store.runs import compact_runs

__all__ = ["RatioWatch", "WatchContext", "adopt_frozen", "lift_emergency", "watch_ratio"]

_KEEP_MISSING = timedelta(days=30)  # a torrent that is away longer is taken for removed


@dataclass(frozen=True, slots=True)
class WatchContext:
    """What a pass works with. `account` reads the tracker's ratio, where the source asks for it; it may raise
    MamctlError.
    """

    clients: tuple[ScopedClient, ...]
    policy: RatioPolicy
    memory: SessionMemory
    notifier: Notifier
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


def watch_ratio(run: Run, kit: WatchContext) -> tuple[RatioWatch, MamctlError | None]:
    """One pass. The error returned is the one that kept every client from being read, if so."""
    return _pass(run, kit, _decide)


def lift_emergency(run: Run, kit: WatchContext) -> tuple[RatioWatch, MamctlError | None]:
    """Your override: the emergency is over now, and held so for a while; downloads that are held back go on at once.
    Nothing else changes outside of one.
    """
    return _pass(run, kit, _release, at_once=True)


def adopt_frozen(run: Run, kit: WatchContext) -> tuple[RatioWatch, MamctlError | None]:
    """The same, and what carries the tag without a record is started as well."""
    return _pass(run, kit, _release, at_once=True, adopt=True)


def _pass(
    run: Run,
    kit: WatchContext,
    decide: Callable[[Run, RatioPolicy, RatioReading], Decided],
    *,
    at_once: bool = False,
    adopt: bool = False,
) -> tuple[RatioWatch, MamctlError | None]:
    context = ActionContext(run, kit.memory, kit.policy.tag, kit.wait, kit.policy.insist)
    before = last_pass(run.db)
    seen = read_all(context, kit.clients)
    readings = _read(run, kit, seen)
    decided = decide(run, kit.policy, readings.deciding)
    run.add_problem(ratio_unknown(readings.deciding, decided.guard, before))
    turn = None
    if not at_once:  # you know the ratio at which you just lifted the emergency
        run.add_problem(held_below_floor(decided.guard, readings.deciding, kit.policy, before))
        turn = choose_turn(run, kit.policy, decided.guard, readings.deciding, seen)
    acts = act_on_clients(context, decided.guard, seen, readings.deciding, turn)
    adopted = adopt_unrecorded(context, seen, acts) if adopt and decided.guard.emergency_id is None else 0
    result = _record(run, kit, seen, readings, decided, acts, adopted)
    _conclude(run, result, seen)
    notify_pass(run, kit.notifier, result, started=sum(one.started for one in seen))
    unanswered = bool(seen) and all(one.snapshot is None for one in seen)
    return result, seen[0].error if unanswered else None


def _read(run: Run, kit: WatchContext, seen: Sequence[ClientRead]) -> Readings:
    readings = []
    for one in seen:
        found = read_client_totals(run.db, one.name, one.snapshot, run.clock())
        if found and found.fell_from and one.snapshot:
            totals = one.snapshot.totals
            run.add_problem(
                totals_fell(
                    one.name, found.fell_from, Totals(totals.uploaded_alltime or 0, totals.downloaded_alltime or 0)
                )
            )
        readings.append(found.reading if found else None)
    clients = read_clients(readings, kit.policy.min_downloaded)
    account = _read_account(run, kit)
    return Readings(choose_reading(kit.policy, clients, account), account)


def _read_account(run: Run, kit: WatchContext) -> RatioReading | None:
    """A tracker that cannot be asked leaves its ratio unknown; what is under way on the clients goes on."""
    try:
        return kit.account() if kit.account else None
    except MamctlError as error:
        run.add_problem(Problem.of(error))
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
    reason = f"you lifted the emergency at ratio {show_ratio(reading.ratio)}"
    transition = _move(run, read, reason, reading, hold)
    return Decided(read_guard(run.db).guard, transition, reason)


def _move(run: Run, read: GuardRow, reason: str, reading: RatioReading, hold: Override | None) -> Transition:
    by = "guard" if hold is None else "person"
    return move_guard(run.db, read, reason, reading, run.clock(), run_id=run.id, hold=hold, by=by)


def _record(
    run: Run,
    kit: WatchContext,
    seen: Sequence[ClientRead],
    readings: Readings,
    decided: Decided,
    acts: Counter[ClientAction],
    adopted: int,
) -> RatioWatch:
    now, reading, guard = run.clock(), readings.deciding, decided.guard
    answered = [(one.snapshot, one.watched.scope) for one in seen if one.snapshot is not None]
    snapshots = [snapshot for snapshot, _ in answered]
    steady = steady_now(run.db, now)
    if guard.state is GuardState.NORMAL:
        forget_missing(run.db, steady - _KEEP_MISSING, now)
    frozen = list_frozen(run.db)
    figures = count_stats(answered, [(one.client, one.hash) for one in frozen], free_tag_of(kit.policy, reading))
    forecast = forecast_for(run.db, kit.policy, reading, figures, samples_of(snapshots, now), now)
    unknown = len(seen) - len(answered)
    unrecorded = {one.name: 0 if guard.emergency_id else one.without_record for one in seen}
    row = WatchPass(guard.state, reading, readings.account, figures, forecast, len(seen), unknown, unrecorded)
    record_pass(run.db, run.id, row, snapshots, now)
    compact_stats(run.db, kit.policy, steady)
    compact_runs(run.db, run.job, timedelta(seconds=kit.policy.keep_raw), steady)
    return RatioWatch(
        guard=view_guard(guard),
        ratio=reading.ratio,
        ratio_text=show_ratio(reading.ratio),
        source=reading.source.value,
        complete=reading.complete,
        reason=decided.reason,
        transition=view_transition(decided.transition),
        actions=_actions(acts),
        left_alone=count_left_alone(run.db, guard.emergency_id),
        clients=tuple(view_client(one.name, one.snapshot, one.error) for one in seen),
        figures=view_stats(guard, reading, figures, forecast, now),
        forecast=forecast,
        account_ratio=_account_ratio(run, readings.account),
        freezes_in_a_day=count_freezes(run.db, guard.since, FLAPPING) if guard.since else 0,
        held_back=sum(one.held_back for one in frozen),
        missing=sum(count_missing(run.db).values()),
        adopted=adopted,
    )


def _actions(acts: Counter[ClientAction]) -> Actions:
    resumed = acts[ClientAction.RESUME] + acts[ClientAction.FORCE_RESUME]
    return Actions(acts[ClientAction.PAUSE], resumed, acts[ClientAction.TAG], acts[ClientAction.UNTAG])


def _account_ratio(run: Run, account: RatioReading | None) -> float | None:
    """The account's own ratio: as it was read in this pass, else by the daily task."""
    if account is not None and account.known:
        return account.ratio
    standing = last_account(run.db)
    return standing.ratio if standing else None


def _conclude(run: Run, result: RatioWatch, seen: Sequence[ClientRead]) -> None:
    """An active emergency is a problem, for cron's mail is the alert; then which part of the work failed."""
    emergency = result.guard.state is GuardState.EMERGENCY
    if emergency:
        run.add_problem(_emergency(result, planned=run.dry_run and result.transition is not None))
    elif result.transition and result.held_back:
        run.add_problem(flapping(result.freezes_in_a_day, result.held_back))
    for one in seen:
        if one.snapshot is not None:
            run.add_problem(strange_states(one.snapshot, one.watched.scope))
            run.add_problem(session_paused(one.name, one.snapshot.session_paused))
            run.add_problem(without_record_problem(one.name, one.without_record, adopted=emergency))
            run.add_problem(scope_matches_nothing(one.snapshot, one.watched.scope) if emergency else None)
    for name in sorted(clients_on_record(run.db) - {one.name for one in seen}):
        message = f"{name} has torrents that the guard changed, and is no longer configured"
        remedy = "add its [[qbittorrent]] table again until they are restored"
        run.add_problem(Problem("client_missing", message, name, remedy))
    if any(one.error for one in seen):
        run.status = Status.PARTIAL
    elif run.problems:
        run.status = Status.ATTENTION


def _emergency(result: RatioWatch, *, planned: bool) -> Problem:
    account = account_words(result.account_ratio)
    begins, frozen = ("would begin", "would be frozen") if planned else ("is active", "frozen")
    downloads = count_of(result.figures.frozen, "download")
    message = f"the ratio emergency {begins}: {result.reason}; {downloads} {frozen}"
    remedy = f"keep seeding; downloads resume at the recovery; forecast: {result.forecast.words}"
    return Problem("ratio_emergency", f"{message}; {account}" if account else message, "ratio", remedy)
