"""One pass of the ratio guard: read every client, decide, freeze or thaw, and leave figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from mamctl.domain.figures import count_figures
from mamctl.domain.forecast import Forecast
from mamctl.domain.guard import Guard, GuardState, Hold, decide_guard, decide_release, hold_is_over, show_ratio
from mamctl.domain.problem import Problem
from mamctl.domain.ratio import RatioPolicy, RatioReading, RatioSource, choose_reading, ratio_of, read_clients
from mamctl.domain.torrent_client import ClientSnapshot
from mamctl.domain.treatment import Act
from mamctl.errors import MamctlError
from mamctl.jobs.ports import Announcer
from mamctl.jobs.ratio_figures import FiguresView, forecast_for, marks_of, moved_by, view_figures
from mamctl.jobs.ratio_words import announce_pass
from mamctl.jobs.run import Run
from mamctl.jobs.touch import Hand, Touched, Watched, freeze_client, thaw_client
from mamctl.store.client_memory import ClientMemory
from mamctl.store.figures import Pass, compact_figures, record_pass
from mamctl.store.guard import GuardRow, Transition, end_hold, move_guard, read_guard
from mamctl.store.torrent_journal import count_left_alone, list_frozen


@dataclass(frozen=True, slots=True)
class Kit:
    """What a pass works with. `account` reads the tracker's ratio, where the source asks for it."""

    clients: tuple[Watched, ...]
    policy: RatioPolicy
    memory: ClientMemory
    announcer: Announcer
    wait: Callable[[float], None]
    account: Callable[[], RatioReading] | None = None


@dataclass(frozen=True, slots=True)
class GuardView:
    """The guard as it is reported; `held_until` is a person's thaw still in force."""

    state: GuardState
    since: datetime | None
    held_until: datetime | None


@dataclass(frozen=True, slots=True)
class TransitionView:
    """The change this pass made."""

    from_: GuardState
    to: GuardState
    reason: str


@dataclass(frozen=True, slots=True)
class Actions:
    """Torrents by what was done to them; in a dry run, what would have been done."""

    paused: int
    resumed: int
    tagged: int
    untagged: int

    @property
    def any(self) -> bool:
        """Whether anything was done."""
        return bool(self.paused or self.resumed or self.tagged or self.untagged)


@dataclass(frozen=True, slots=True)
class ClientView:
    """One client as this pass found it."""

    name: str
    version: str | None
    reachable: bool
    ratio: float | None
    torrents: int | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class RatioWatch:
    """All that a pass learnt and did."""

    guard: GuardView
    ratio: float | None
    ratio_text: str
    source: str
    complete: bool
    reason: str
    transition: TransitionView | None
    actions: Actions
    left_alone: int
    clients: tuple[ClientView, ...]
    figures: FiguresView
    forecast: Forecast


@dataclass(slots=True)
class Seen:
    """One client in this pass: its newest snapshot, or why there is none."""

    watched: Watched
    snapshot: ClientSnapshot | None = None
    error: MamctlError | None = None

    @property
    def name(self) -> str:
        """The client's name."""
        return self.watched.client.name


def watch_ratio(run: Run, kit: Kit) -> tuple[RatioWatch, MamctlError | None]:
    """One pass. The error returned is the one that kept every client from being read, if so."""
    hand = Hand(run, kit.memory, kit.policy.tag, kit.wait)
    seen = _observe(hand, kit)
    account, reading = _read(run, kit, seen)
    transition, reason = _decide(run, kit.policy, reading)
    return _finish(run, kit, hand, seen, account, reading, transition, reason)


def release_ratio(run: Run, kit: Kit) -> tuple[RatioWatch, MamctlError | None]:
    """A person's override: the emergency is over now, and held so for a while. Nothing changes outside of one."""
    hand = Hand(run, kit.memory, kit.policy.tag, kit.wait)
    seen = _observe(hand, kit)
    account, reading = _read(run, kit, seen)
    read = read_guard(run.db)
    hold = decide_release(read.guard, reading, kit.policy, run.clock())
    transition, reason = None, "there is no emergency to lift"
    if hold is not None:
        reason = f"a person lifted the emergency at ratio {show_ratio(reading.ratio)}"
        transition = _move(run, read, reason, reading, hold)
    return _finish(run, kit, hand, seen, account, reading, transition, reason)


def _observe(hand: Hand, kit: Kit) -> list[Seen]:
    """Every client at once, so that a silent one does not hold up the others."""
    if not kit.clients:
        return []

    def look(watched: Watched) -> Seen:
        try:
            return Seen(watched, hand.look(watched.client))
        except MamctlError as error:
            return Seen(watched, error=error)

    with ThreadPoolExecutor(len(kit.clients)) as pool:
        seen = list(pool.map(look, kit.clients))
    for one in seen:
        _note(hand.run, one)
    return seen


def _note(run: Run, one: Seen) -> None:
    if one.error is not None:
        run.trouble(Problem(one.error.slug, one.error.message, one.name, one.error.remedy))


def _read(run: Run, kit: Kit, seen: Sequence[Seen]) -> tuple[RatioReading | None, RatioReading]:
    clients = read_clients([moved_by(run.db, one.name, one.snapshot) for one in seen])
    account = kit.account() if kit.account else None
    reading = choose_reading(kit.policy.source, clients, account)
    if not reading.known:
        remedy = "nothing was changed; mamctl doctor checks the clients and the tracker"
        run.trouble(Problem("ratio_unknown", f"the ratio is unknown: {reading.why}", "ratio", remedy))
    return account, reading


def _decide(run: Run, policy: RatioPolicy, reading: RatioReading) -> tuple[Transition | None, str]:
    read = read_guard(run.db)
    verdict = decide_guard(read.guard, reading, policy, run.clock())
    if verdict.changes:
        return _move(run, read, verdict.reason, reading, None), verdict.reason
    if hold_is_over(read.guard, reading.ratio, policy, run.clock()):
        end_hold(run.db, read)
    return None, verdict.reason


def _move(run: Run, read: GuardRow, reason: str, reading: RatioReading, hold: Hold | None) -> Transition:
    by = "guard" if hold is None else "person"
    return move_guard(run.db, read, reason, reading, run.clock(), run_id=run.id, hold=hold, by=by)


def _finish(
    run: Run,
    kit: Kit,
    hand: Hand,
    seen: list[Seen],
    account: RatioReading | None,
    reading: RatioReading,
    transition: Transition | None,
    reason: str,
) -> tuple[RatioWatch, MamctlError | None]:
    guard = read_guard(run.db).guard
    acts = _act(hand, guard, seen)
    result = _record(run, kit, guard, seen, account, reading, transition, reason, _actions(acts))
    _conclude(run, result, seen)
    announce_pass(run, kit.announcer, result)
    unheard = bool(seen) and all(one.snapshot is None for one in seen)
    return result, seen[0].error if unheard else None


def _act(hand: Hand, guard: Guard, seen: list[Seen]) -> Counter[Act]:
    """Every client that was heard is brought to where the guard is; one that fails does not stop the others."""
    acts: Counter[Act] = Counter()
    for one in seen:
        if one.snapshot is None:
            continue
        touched = _touch(hand, guard, one.watched, one.snapshot)
        acts.update(touched.acts)
        one.snapshot, one.error = touched.snapshot, touched.error
        _note(hand.run, one)
    return acts


def _touch(hand: Hand, guard: Guard, watched: Watched, snapshot: ClientSnapshot) -> Touched:
    if guard.emergency_id is not None:
        return freeze_client(hand, watched, snapshot, guard.emergency_id)
    return thaw_client(hand, watched, snapshot)


def _actions(acts: Counter[Act]) -> Actions:
    resumed = acts[Act.RESUME] + acts[Act.FORCE_RESUME]
    return Actions(acts[Act.PAUSE], resumed, acts[Act.TAG], acts[Act.UNTAG])


def _record(
    run: Run,
    kit: Kit,
    guard: Guard,
    seen: list[Seen],
    account: RatioReading | None,
    reading: RatioReading,
    transition: Transition | None,
    reason: str,
    actions: Actions,
) -> RatioWatch:
    now = run.clock()
    heard = [(one.snapshot, one.watched.scope) for one in seen if one.snapshot is not None]
    snapshots = [snapshot for snapshot, _ in heard]
    frozen = [(torrent.client, torrent.hash) for torrent in list_frozen(run.db)]
    free_tag = kit.policy.free_tag if reading.source is not RatioSource.QBITTORRENT else ""
    figures = count_figures(heard, frozen, free_tag)
    forecast = forecast_for(run.db, kit.policy, reading, figures, marks_of(snapshots, now), now)
    unknown = sum(one.snapshot is None for one in seen)
    record_pass(
        run.db, run.id, Pass(guard.state, reading, account, figures, forecast, len(seen), unknown), snapshots, now
    )
    compact_figures(run.db, kit.policy, now)
    return RatioWatch(
        guard=GuardView(guard.state, guard.since, guard.hold.until if guard.hold else None),
        ratio=reading.ratio,
        ratio_text=show_ratio(reading.ratio),
        source=reading.source.value,
        complete=reading.complete,
        reason=reason,
        transition=TransitionView(transition.from_state, transition.to_state, transition.reason)
        if transition
        else None,
        actions=actions,
        left_alone=count_left_alone(run.db, guard.emergency_id),
        clients=tuple(_view_client(one) for one in seen),
        figures=view_figures(guard, reading, figures, forecast, now),
        forecast=forecast,
    )


def _view_client(one: Seen) -> ClientView:
    problem = one.error.message if one.error else None
    if one.snapshot is None:
        return ClientView(one.name, None, False, None, None, problem)
    totals = one.snapshot.totals
    ratio = ratio_of(totals.uploaded_alltime or 0, totals.downloaded_alltime or 0)
    return ClientView(one.name, one.snapshot.version, True, ratio, len(one.snapshot.torrents), problem)


def _conclude(run: Run, result: RatioWatch, seen: Sequence[Seen]) -> None:
    """An active emergency is told to a person, for cron's mail is the alert; then which part of the work failed."""
    if result.guard.state is GuardState.EMERGENCY:
        message = f"the ratio emergency is active: {result.reason}; {result.figures.frozen} downloads are frozen"
        remedy = f"seed; the downloads go on by themselves at the recovery: {result.forecast.words}"
        run.trouble(Problem("ratio_emergency", message, "ratio", remedy))
    if any(one.error for one in seen):
        run.status = "partial"
    elif run.problems:
        run.status = "attention"
