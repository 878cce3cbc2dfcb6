"""Going back to a rollback point: what would be done, then item by item, so that an interrupted one goes on.

What the world remembers stays (domain/change/ledgers.py). Files and torrents that others changed since are left.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from enum import StrEnum

from mamctl.dataclass import dataclass
from mamctl.domain.change.encoding import CONFIG, DATABASE, SIDECARS, KeptSidecar, decode_sidecars
from mamctl.domain.change.points import Part, Point
from mamctl.domain.library.export import digest
from mamctl.domain.permits import WriteSidecar
from mamctl.domain.problem import Problem
from mamctl.errors import ConfigInvalidError, MamctlError, UsageError
from mamctl.jobs.change.apply import ChangeContext, remember_config
from mamctl.jobs.change.checkpoint import PointSources, make_point
from mamctl.jobs.change.rollback_client import plan_clients, restore_clients
from mamctl.jobs.permits import permit
from mamctl.store.change.acts import Act, begin_rollback, read_acts, settle_act
from mamctl.store.change.log import (
    Change,
    ChangeKind,
    ChangeOutcome,
    finish_change,
    open_changes,
    read_marks,
)
from mamctl.store.change.restore import RestoreRefusedError, find_unheld, prepare_copy, restore_rows
from mamctl.store.library.exports import forget_export, known_exports, own_export, restore_export


class RollbackOutcome(StrEnum):
    """How a rollback ended."""

    ROLLED_BACK = "rolled_back"
    INCOMPLETE = "incomplete"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RollbackRequest:
    """What was asked for. With `overwrite` what others changed since is restored too; with `keep_schema` the database
    keeps the present schema.
    """

    point: Point
    parts: tuple[Part, ...]
    overwrite: bool = False
    keep_schema: bool = False


@dataclass(frozen=True, slots=True)
class RolledBack:
    """What became of a rollback; `safety` is the point that was made before it, by its id."""

    outcome: RollbackOutcome
    change: int | None
    acts: tuple[Act, ...]
    safety: str | None
    problems: tuple[Problem, ...] = ()


def plan_rollback(context: ChangeContext, request: RollbackRequest) -> tuple[Act, ...]:
    """What would be restored, and what not with the reason; nothing is changed. Raises RestoreRefusedError."""
    for part in request.parts:
        if damage := context.sources.points.examine(request.point, part):
            raise RestoreRefusedError(
                f"point {request.point.id}, {part}: {'; '.join(damage)}; nothing was changed",
                subject=request.point.id,
                remedy="choose another point, or the other parts alone with --only",
            )
    return tuple(act for part in request.parts for act in _PLANS[part](context, request))


def _plan_database(context: ChangeContext, request: RollbackRequest) -> Iterator[Act]:
    sources, point = context.sources, request.point
    if not request.keep_schema:
        folder = sources.points.scratch()
        try:
            unheld = find_unheld(sources.db, point.schema, folder / DATABASE)
        finally:
            sources.points.discard(folder)
        if unheld:
            raise RestoreRefusedError(
                f"the database of point {point.id} has schema {point.schema}, which cannot hold {', '.join(unheld)};"
                " that is never rolled back, so nothing was changed",
                subject=point.id,
                remedy="--keep-schema restores the rows and keeps the present schema",
            )
    yield Act(Part.DATABASE, DATABASE, "rows", None, point.id)


def _plan_config(context: ChangeContext, request: RollbackRequest) -> Iterator[Act]:
    sources = context.sources
    path, wanted = str(sources.config.path), sources.points.read(request.point, CONFIG)
    now = sources.config.read()
    if now == wanted:
        return
    act = Act(Part.CONFIG, path, "content", context.digest(now), context.digest(wanted))
    try:
        elsewhere = context.values(wanted)["store.path"] != _store_of(context, now)
    except ConfigInvalidError as error:
        yield replace(act, reason=f"this mamctl does not take it: {error.message}")
        return
    if elsewhere:
        yield replace(act, reason="it names another store.path, whose database does not know what was bought")
    else:
        yield act


def _store_of(context: ChangeContext, now: bytes | None) -> object:
    """Where the database is by the file as it is now; by what was last known of it, when it is not valid."""
    try:
        return context.values(now)["store.path"]
    except ConfigInvalidError:
        known = read_marks(context.sources.db).get(ChangeKind.CONFIG)
        return known.content.get("store.path") if known else None


def _plan_sidecars(context: ChangeContext, request: RollbackRequest) -> Iterator[Act]:
    sources = context.sources
    kept = {one.path: one for one in _kept_sidecars(sources, request.point)}
    for path, one in kept.items():
        if one.text is not None:
            yield from _plan_sidecar(sources, path, digest(one.text.encode("utf-8")), overwrite=request.overwrite)
    for export in known_exports(sources.db):
        if export.path not in kept:  # written since
            yield from _plan_sidecar(sources, export.path, None, overwrite=False)


def _plan_sidecar(sources: PointSources, path: str, wanted: str | None, *, overwrite: bool) -> Iterator[Act]:
    try:
        content = sources.sidecars.read(path)
    except OSError as error:
        yield Act(Part.SIDECARS, path, "content", None, wanted, f"cannot be read: {error.strerror}")
        return
    now = None if content is None else digest(content)
    if now == wanted:
        return
    act = Act(Part.SIDECARS, path, "content", now, wanted)
    if overwrite or (now is not None and now in own_export(sources.db, path).digests):
        yield act
    elif wanted is not None:
        gone = now is None
        yield replace(act, reason="removed since" if gone else "changed since by you or another program; --overwrite"
                      " restores it")  # fmt: skip


def _kept_sidecars(sources: PointSources, point: Point) -> tuple[KeptSidecar, ...]:
    return decode_sidecars(sources.points.read(point, SIDECARS))


def _plan_client(context: ChangeContext, request: RollbackRequest) -> Iterator[Act]:
    return plan_clients(context.sources, request.point, overwrite=request.overwrite)


_PLANS: dict[Part, Callable[[ChangeContext, RollbackRequest], Iterator[Act]]] = {
    Part.DATABASE: _plan_database,
    Part.CONFIG: _plan_config,
    Part.SIDECARS: _plan_sidecars,
    Part.CLIENT: _plan_client,
}


def roll_back(
    context: ChangeContext, request: RollbackRequest, wait: Callable[[float], None], *, run_id: int | None = None
) -> RolledBack:
    """Go back to the point, or on with a rollback to it that was interrupted. The caller holds every lock.

    A point is made before anything is touched, so that a rollback has a way back too.
    """
    db, clock = context.sources.db, context.sources.clock
    change = _interrupted(db, request.point)
    number, safety = _begin(context, request, run_id) if change is None else (change.id, str(change.before["point"]))
    for part in request.point.parts:
        pending = [act for act in read_acts(db, number) if act.part is part and not act.done and act.reason is None]
        if pending and part is Part.CLIENT:
            restore_clients(context.sources, request.point, number, pending, wait)
        else:
            for act in pending:
                _WORKS[part](context, request.point, number, act)
    acts = read_acts(db, number)
    left = [act for act in acts if not act.done]
    reason = f"{len(left)} not restored" if left else None
    finish_change(db, number, ChangeOutcome.ROLLBACK_INCOMPLETE if left else ChangeOutcome.ACTIVE, clock(), reason)
    outcome = RollbackOutcome.INCOMPLETE if left else RollbackOutcome.ROLLED_BACK
    return RolledBack(outcome, number, acts, safety, tuple(_left_problem(request.point, acts)))


def _interrupted(db: sqlite3.Connection, point: Point) -> Change | None:
    """The rollback to this point that a killed run left. Raises UsageError for one to another point."""
    found = [change for change in open_changes(db) if change.kind is ChangeKind.ROLLBACK]
    if found and found[0].point != point.id:
        raise UsageError(
            f"the rollback to point {found[0].point} was interrupted and is not finished",
            subject=found[0].point,
            remedy=f"finish it first: mamctl change rollback {found[0].point} --yes",
        )
    return found[0] if found else None


def _begin(context: ChangeContext, request: RollbackRequest, run_id: int | None) -> tuple[int, str]:
    """The plan, the safety point, and only then the row that says that a rollback is under way."""
    sources = context.sources
    db, clock, point = sources.db, sources.clock, request.point
    acts = plan_rollback(context, request)
    made = make_point(sources, label=None, reason=f"before the rollback to {point.id}", run_id=run_id, needed=point.id)
    summary = f"rollback to point {point.id}: {', '.join(request.parts)}"
    number = begin_rollback(db, point.id, made.point.id, summary, acts, clock(), run_id)
    return number, made.point.id


def _restore_database(context: ChangeContext, point: Point, number: int, act: Act) -> None:
    sources = context.sources
    folder = sources.points.scratch()
    try:
        prepare_copy(sources.points.path_of(point, DATABASE), folder / DATABASE)
        restore_rows(sources.db, folder / DATABASE, lambda: settle_act(sources.db, number, act, sources.clock()))
    except (MamctlError, sqlite3.Error, OSError) as error:
        settle_act(sources.db, number, act, sources.clock(), f"{error}")
    finally:
        sources.points.discard(folder)


def _restore_config(context: ChangeContext, point: Point, number: int, act: Act) -> None:
    sources = context.sources
    now = context.digest(sources.config.read())
    reason = None
    if now == act.before:
        try:
            sources.config.replace(sources.points.read(point, CONFIG))
        except MamctlError as error:
            reason = error.message
    elif now != act.after:
        reason = "changed while the rollback was under way"
    if reason is None:
        remember_config(context, sources.config.read())
    settle_act(sources.db, number, act, sources.clock(), reason)


def _restore_sidecar(context: ChangeContext, point: Point, number: int, act: Act) -> None:
    sources = context.sources
    own = frozenset(filter(None, (act.before, act.after)))
    if act.after is None:
        leave = permit(sources, WriteSidecar(path=act.subject, restoring=True))
        failed = sources.sidecars.remove(act.subject, own, leave)
        if failed is None:
            forget_export(sources.db, act.subject)
    else:
        one = next(kept for kept in _kept_sidecars(sources, point) if kept.path == act.subject)
        failed = _write_sidecar(sources, one, own)
    settle_act(sources.db, number, act, sources.clock(), failed.message if failed else None)


def _write_sidecar(sources: PointSources, one: KeptSidecar, own: frozenset[str]) -> Problem | None:
    """The sidecar as it was, and mamctl's own record of it."""
    planned = sources.sidecars.plan(one.root, one.path, one.text or "", own)
    if isinstance(planned, Problem):
        return planned
    leave = permit(sources, WriteSidecar(path=one.path, restoring=True))
    written = sources.sidecars.write(planned, own, leave)
    if isinstance(written, Problem):
        return written
    restore_export(sources.db, one.path, one.book, one.sha256, planned, written, sources.clock())
    return None


_WORKS: dict[Part, Callable[[ChangeContext, Point, int, Act], None]] = {
    Part.DATABASE: _restore_database,
    Part.CONFIG: _restore_config,
    Part.SIDECARS: _restore_sidecar,
}


def _left_problem(point: Point, acts: tuple[Act, ...]) -> Iterator[Problem]:
    left = [act for act in acts if not act.done]
    if left:
        shown = "; ".join(f"{act.part} {act.subject}: {act.reason}" for act in left[:3])
        more = f"; and {len(left) - 3} more" if len(left) > 3 else ""
        yield Problem(
            "rollback_incomplete",
            f"the rollback to {point.id} is incomplete: {shown}{more}",
            point.id,
            "see docs/changes.md; the same command tries again what is left",
        )
