"""`mamctl change rollback`: back to a rollback point, as far as the world allows it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Annotated

import typer

from mamctl.cli.clock import current_clock
from mamctl.cli.command import command, require_yes
from mamctl.cli.commands.change.points import PointText
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.change import change_context, is_config_valid, store_path
from mamctl.dataclass import dataclass
from mamctl.domain.change.points import Part, Point
from mamctl.domain.outcome import Result, Status
from mamctl.domain.problem import Problem
from mamctl.errors import UsageError
from mamctl.jobs.change.checkpoint import find_point
from mamctl.jobs.change.rollback import RollbackOutcome, RollbackRequest, RolledBack, plan_rollback, roll_back
from mamctl.jobs.run import Run, job_run
from mamctl.output.screen import Screen, Tone
from mamctl.store.account.purchases import open_claim
from mamctl.store.change.acts import Act
from mamctl.store.change.log import ChangeKind, Mark, set_mark
from mamctl.store.change.restore import RestoreRefusedError
from mamctl.store.database import open_copy, open_store
from mamctl.store.migrate import migrate, schema_version
from mamctl.store.runs import job_lock

app = typer.Typer()
_GOES_ON = ("change", "ratio")  # the guard's tables are not touched, and it must not wait


@dataclass(frozen=True, slots=True)
class Item:
    """One item: a file's path, or a torrent as client/hash. `reason` says why it was not restored."""

    part: Part
    path: str
    what: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class RollbackData:
    """What was restored, or would be in a dry run, and what was not. `safety` is the point made before."""

    point: str
    outcome: RollbackOutcome
    change: str | None
    restored: tuple[Item, ...]
    not_restored: tuple[Item, ...]
    safety: str | None


def render_rollback(screen: Screen, data: RollbackData) -> None:
    """A line an item, then the outcome."""
    planned = data.change is None and data.outcome is not RollbackOutcome.REFUSED
    restored, kept = ("Would restore", "Would not restore") if planned else ("Restored", "Not restored")
    for item in data.restored:
        screen.line(f"{restored} {item.part}: {item.path} ({item.what})")
    for item in data.not_restored:
        screen.line(f"{kept} {item.part}: {item.path} ({item.what}): {item.reason}", Tone.WARN)
    tone = Tone.GOOD if data.outcome is RollbackOutcome.ROLLED_BACK else Tone.BAD
    screen.line(f"Point {data.point}: {'would be ' if planned else ''}{data.outcome.replace('_', ' ')}", tone)
    if data.safety:
        screen.line(f"To undo it: mamctl change rollback {data.safety}", Tone.DIM)


@command(app, "rollback", schema="mamctl.change.rollback/1", render=render_rollback, dry_run=True, yes=True)
def rollback(
    runtime: Runtime,
    point: PointText,
    only: Annotated[list[Part] | None, typer.Option("--only", help="Restore this part alone; may be repeated.")] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Also restore what you or others changed since.")
    ] = False,
    keep_schema: Annotated[
        bool, typer.Option("--keep-schema", help="Keep the database at its present schema.")
    ] = False,
) -> Result:
    """Go back to a rollback point.

    Purchases, the queue's claims, the guard's state and journal, counts of requests and this log are never rolled back.
    With --dry-run: what would be restored, and what was changed since.
    """
    if not is_config_valid(runtime) and only != [Part.CONFIG]:
        _ = runtime.config  # raises what is wrong with it
    with _run(runtime) as run:
        context = change_context(runtime, run.db)
        found = find_point(context.sources.points, point)
        request = RollbackRequest(found, _parts(found, only), overwrite, keep_schema)
        try:
            plan = plan_rollback(context, request)
        except RestoreRefusedError as error:
            data = RollbackData(found.id, RollbackOutcome.REFUSED, None, (), (), None)
            return run.finish(data, error=error)
        if run.dry_run:
            return run.finish(_shown(found, RolledBack(_foreseen(plan), None, plan, None), planned=True))
        require_yes(runtime, f"Restore {', '.join(request.parts)} of point {found.id}?")
        with _locks(runtime):
            done = roll_back(context, request, current_clock().sleep, run_id=run.id)
        status = Status.PARTIAL if done.outcome is RollbackOutcome.INCOMPLETE else None
        result = run.finish(_shown(found, done), (*done.problems, *_claims(run)), status)
    if not keep_schema and Part.DATABASE in request.parts and done.outcome is not RollbackOutcome.REFUSED:
        _lower(runtime, found)
    return result


def _parts(point: Point, only: list[Part] | None) -> tuple[Part, ...]:
    if only and (absent := [part for part in only if part not in point.parts]):
        raise UsageError(
            f"point {point.id} has no {', '.join(absent)}",
            subject=point.id,
            remedy="mamctl change points shows its parts",
        )
    return tuple(part for part in point.parts if not only or part in only)


def _foreseen(plan: tuple[Act, ...]) -> RollbackOutcome:
    refused = any(act.reason for act in plan)
    return RollbackOutcome.INCOMPLETE if refused else RollbackOutcome.ROLLED_BACK


def _shown(point: Point, done: RolledBack, *, planned: bool = False) -> RollbackData:
    ordered = sorted(done.acts, key=lambda act: list(Part).index(act.part))
    items = [(act, Item(act.part, act.subject, act.aspect, act.reason)) for act in ordered]
    good = tuple(item for act, item in items if act.done or (planned and act.reason is None))
    bad = tuple(item for act, item in items if not act.done and not (planned and act.reason is None))
    number = str(done.change) if done.change is not None else None
    return RollbackData(point.id, done.outcome, number, good, bad, done.safety)


@contextlib.contextmanager
def _run(runtime: Runtime) -> Iterator[Run]:
    """The bracket of the job; a bare one where the configuration is what has to be restored."""
    if is_config_valid(runtime):
        with runtime.run("change") as run:
            yield run
        return
    path = store_path(runtime)
    opener = open_copy if runtime.options.dry_run else open_store
    with (
        contextlib.closing(opener(path)) as db,
        job_run("change", db, path, runtime.now, dry_run=runtime.options.dry_run) as run,
    ):
        yield run


@contextlib.contextmanager
def _locks(runtime: Runtime) -> Iterator[None]:
    """No job but the guard runs meanwhile. Raises LockedError when one does."""
    path = store_path(runtime)
    with ExitStack() as held:
        for file in sorted((path.parent / "locks").glob("*.lock")):
            if file.stem not in _GOES_ON:
                held.enter_context(job_lock(path, file.stem))
        yield


def _lower(runtime: Runtime, point: Point) -> None:
    """The schema of the point, so that the mamctl of that time can open the database; this one raises it again."""
    db, schema = runtime.store, str(point.schema)
    if point.schema < schema_version(db):
        set_mark(db, ChangeKind.SCHEMA, Mark(schema, {"schema": schema}), runtime.now())
        migrate(db, store_path(runtime), point.schema)


def _claims(run: Run) -> Iterator[Problem]:
    claim = open_claim(run.db)
    if claim is not None:
        yield Problem(
            "open_claim",
            f"the renewal claimed at {claim.claimed_at:%Y-%m-%d %H:%M} UTC is not settled; it is never rolled back",
            "VIP",
            "mamctl vip check first checks whether it took effect",
        )
