"""Changing the configuration: log, rollback point, change, self-tests; then it is active, or taken back by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mamctl.dataclass import dataclass
from mamctl.domain.change.differences import Difference, SpellValue, compare_values, summarise
from mamctl.domain.change.encoding import CONFIG
from mamctl.domain.change.points import Part, Point
from mamctl.domain.change.self_tests import Judgement, SelfTest, judge_change
from mamctl.domain.problem import Problem
from mamctl.errors import MamctlError
from mamctl.jobs.change.checkpoint import PointSources, make_point
from mamctl.store.change.log import (
    NOT_WRITTEN,
    NOTHING_CHANGED,
    Change,
    ChangeKind,
    ChangeOutcome,
    Mark,
    begin_change,
    finish_change,
    open_changes,
    set_mark,
    set_point,
)
from mamctl.store.change.tests import keep_tests, last_outcomes, record_tests, settle_failing


@dataclass(frozen=True, slots=True)
class ChangeContext:
    """What a change works with."""

    sources: PointSources
    run_tests: Callable[[frozenset[str] | None], tuple[SelfTest, ...]]
    """Runs the self-tests of these names, or all, on the configuration as the file has it now; never raises."""
    values: Callable[[bytes | None], Mapping[str, Any]]
    """Every key's value in a configuration, secrets masked. Raises ConfigInvalidError."""
    digest: Callable[[bytes | None], str]
    spell_value: SpellValue


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a change; `change` is None when there was nothing to change, or in a dry run."""

    change: int | None
    outcome: ChangeOutcome | None
    reason: str | None
    differences: tuple[Difference, ...]
    tests: tuple[SelfTest, ...]
    not_tested: tuple[SelfTest, ...]
    point: Point | None
    problems: tuple[Problem, ...] = ()


def apply_config(context: ChangeContext, new: bytes, *, run_id: int | None = None, dry_run: bool = False) -> Applied:
    """Put `new` in the place of the configuration. The caller holds the lock of changes and has checked that it is
    valid. Raises StoreError, and nothing is changed then.
    """
    sources = context.sources
    old = sources.config.read()
    differences = compare_values(context.values(old), context.values(new))
    if dry_run or old == new:
        return Applied(None, None, None, differences, (), (), None)
    before = context.run_tests(None)
    record_tests(sources.db, before, judge_change({}, before), None, sources.clock())
    keep_tests(sources.db, (test.name for test in before))
    number = begin_change(
        sources.db,
        ChangeKind.CONFIG,
        summarise(differences, context.spell_value),
        sources.clock(),
        before={one.key: one.before for one in differences},
        after={one.key: one.after for one in differences},
        written=context.digest(new),
        run_id=run_id,
    )
    try:
        made = make_point(sources, label=None, reason=f"before change {number}", run_id=run_id)
        set_point(sources.db, number, made.point.id)
        sources.config.replace(new)
    except MamctlError as error:
        reason = f"{NOTHING_CHANGED}: {error.message}"
        finish_change(sources.db, number, ChangeOutcome.FAILED_ROLLED_BACK, sources.clock(), reason)
        raise
    return _conclude(context, number, made.point, old, new, differences, made.problems)


def _conclude(
    context: ChangeContext,
    number: int,
    point: Point | None,
    old: bytes | None,
    new: bytes | None,
    differences: tuple[Difference, ...],
    problems: tuple[Problem, ...] = (),
) -> Applied:
    """Test what the file has now, and decide."""
    db, clock = context.sources.db, context.sources.clock
    before = last_outcomes(db)
    tests = context.run_tests(None)
    judged = judge_change(before, tests, [one.key for one in differences])
    if not judged.against:
        record_tests(db, tests, judged, number, clock())
        remember_config(context, new)
        finish_change(db, number, ChangeOutcome.ACTIVE, clock())
        settle_failing(db, clock())
        return Applied(number, ChangeOutcome.ACTIVE, None, differences, tests, judged.open, point, problems)
    outcome, reason, more = _take_back(context, old, new, judged)
    finish_change(db, number, outcome, clock(), reason)
    return Applied(number, outcome, reason, differences, tests, judged.open, point, (*problems, *more))


def _take_back(
    context: ChangeContext, old: bytes | None, new: bytes | None, judged: Judgement
) -> tuple[ChangeOutcome, str, tuple[Problem, ...]]:
    file = context.sources.config
    path = str(file.path)
    if context.digest(file.read()) != context.digest(new):
        reason = f"{judged.reason}; the file was changed meanwhile, and is left unchanged"
        return ChangeOutcome.ROLLBACK_INCOMPLETE, reason, (_incomplete(path, reason),)
    try:
        file.replace(old)
    except MamctlError as error:
        reason = f"{judged.reason}; and it could not be undone: {error.message}"
        return ChangeOutcome.ROLLBACK_INCOMPLETE, reason, (_incomplete(path, reason),)
    remember_config(context, old)
    problem = Problem(
        "change_rolled_back",
        f"the change was undone, because its self-tests failed: {judged.reason}",
        path,
        next((test.remedy for test in judged.against if test.remedy), "correct it, and apply it again"),
    )
    return ChangeOutcome.FAILED_ROLLED_BACK, judged.reason, (problem,)


def _incomplete(path: str, reason: str) -> Problem:
    remedy = "look at the file; mamctl change points lists what it was before"
    return Problem(
        "rollback_incomplete", f"the change of the configuration could not be undone: {reason}", path, remedy
    )


def remember_config(context: ChangeContext, content: bytes | None) -> None:
    """Note what the file holds, so that only another content is noticed."""
    mark = Mark(context.digest(content), dict(context.values(content)))
    set_mark(context.sources.db, ChangeKind.CONFIG, mark, context.sources.clock())


def finish_interrupted(context: ChangeContext) -> tuple[Applied, ...]:
    """End the changes of the configuration that a killed run left open. The caller holds the lock of changes."""
    return tuple(
        _finish(context, change) for change in open_changes(context.sources.db) if change.kind is ChangeKind.CONFIG
    )


def _finish(context: ChangeContext, change: Change) -> Applied:
    sources = context.sources
    now = sources.config.read()
    differences = compare_values(change.before or {}, change.after or {})
    point = next((one for one in sources.points.list_points() if one.id == change.point), None)
    if context.digest(now) == change.written and point is not None:
        old = sources.points.read(point, CONFIG) if point.of(Part.CONFIG) else None
        return _conclude(context, change.id, point, old, now, differences)
    if context.digest(now) == change.written:
        reason = "it was interrupted, and its rollback point is gone: the file is left unchanged"
        outcome = ChangeOutcome.NOTICED
    else:
        reason, outcome = NOT_WRITTEN, ChangeOutcome.FAILED_ROLLED_BACK
    finish_change(sources.db, change.id, outcome, sources.clock(), reason)
    return Applied(change.id, outcome, reason, differences, (), (), point)
