"""Changes that were not made through mamctl: noticed at the next run, logged, tested, and reported when they fail.

What mamctl did not change it cannot take back. Until such a change is mended or accepted nothing is spent, handed over
or written; the ratio guard goes on.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from mamctl.dataclass import dataclass
from mamctl.domain.change.differences import compare_values, summarise
from mamctl.domain.change.self_tests import judge_change
from mamctl.domain.problem import Problem
from mamctl.jobs.change.apply import ChangeContext, finish_interrupted
from mamctl.jobs.change.checkpoint import adopt_backup
from mamctl.jobs.change.outside import simple_marks
from mamctl.sqlite import transaction
from mamctl.store.change.log import (
    Change,
    ChangeKind,
    ChangeOutcome,
    Mark,
    begin_change,
    failing_changes,
    newest_change,
    open_changes,
    read_marks,
    set_mark,
)
from mamctl.store.change.tests import (
    forget_tests,
    keep_tests,
    last_outcomes,
    record_tests,
    settle_failing,
    tests_to_repeat,
)

ACCEPT = "correct it, or accept it as it is with: mamctl change apply --accept"


@dataclass(frozen=True, slots=True)
class _Noticed:
    """A difference between what is and what was last known."""

    kind: ChangeKind
    mark: Mark
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    summary: str


def notice_changes(context: ChangeContext, run_id: int | None = None) -> tuple[Problem, ...]:
    """Log and test what was changed outside; test again what failed or could not be tested. Never raises MamctlError
    for what it finds. The caller holds the lock of changes.
    """
    db, clock = context.sources.db, context.sources.clock
    problems = [problem for applied in finish_interrupted(context) for problem in applied.problems]
    first = not read_marks(db)
    noticed = tuple(_differences(context))
    ids = [] if first else [_log(context, one, run_id) for one in noticed]
    with transaction(db):
        for one in noticed:
            set_mark(db, one.kind, one.mark, clock())
    if ids:
        keys = [key for one in noticed if one.kind is ChangeKind.CONFIG for key in one.after]
        _judge(context, ids[-1], keys)
    elif repeated := tests_to_repeat(db):
        _repeat(context, repeated)
    return (*problems, *held_problems(db))


def _log(context: ChangeContext, one: _Noticed, run_id: int | None) -> int:
    """A row for what was noticed; the backup that a migration made becomes its rollback point."""
    db, clock = context.sources.db, context.sources.clock
    point = adopt_backup(context.sources, int(one.before[one.kind.value])) if one.kind is ChangeKind.SCHEMA else None
    return begin_change(db, one.kind, one.summary, clock(), before=one.before, after=one.after, point=point,
                        run_id=run_id, outcome=ChangeOutcome.NOTICED)  # fmt: skip


def _judge(context: ChangeContext, change_id: int, keys: Iterable[str]) -> None:
    """Test the state as it is now. It is judged as a whole: an earlier change that failed is mended by it, or not."""
    db, clock = context.sources.db, context.sources.clock
    before = last_outcomes(db)
    tests = context.run_tests(None)
    record_tests(db, tests, judge_change(before, tests, keys), change_id, clock())
    keep_tests(db, (test.name for test in tests))
    settle_failing(db, clock(), newest=change_id)


def _repeat(context: ChangeContext, names: frozenset[str]) -> None:
    """Tests that count against a change, and those that could not be made for the newest."""
    db, clock = context.sources.db, context.sources.clock
    before = last_outcomes(db)
    newest = newest_change(db)
    tests = context.run_tests(names)
    keys = newest.after or {} if newest is not None else {}
    record_tests(db, tests, judge_change(before, tests, keys), None, clock())
    made = {test.name for test in tests}
    if made <= names:  # all could be asked for; what was not made is a test that there is no more
        forget_tests(db, names - made)
    settle_failing(db, clock(), newest=newest.id if newest else None)


def held_problems(db: sqlite3.Connection) -> tuple[Problem, ...]:
    """What keeps mamctl from acting: changes that fail, and a rollback that was not finished."""
    failing = [
        Problem(
            "change_failing",
            f"change {change.id} ({change.summary}) fails its self-tests: {change.reason}; until then nothing is spent,"
            " handed over or written",
            f"change {change.id}",
            ACCEPT,
        )
        for change in failing_changes(db)
    ]
    return (*failing, *map(_unfinished, _open_rollbacks(db)))


def _open_rollbacks(db: sqlite3.Connection) -> list[Change]:
    return [change for change in open_changes(db) if change.kind is ChangeKind.ROLLBACK]


def _unfinished(change: Change) -> Problem:
    return Problem(
        "rollback_unfinished",
        f"the rollback to point {change.point} was interrupted; until it is finished nothing is spent, handed over or"
        " written",
        f"change {change.id}",
        f"mamctl change rollback {change.point} --yes continues where it stopped",
    )


def _differences(context: ChangeContext) -> Iterable[_Noticed]:
    """What differs from what was last known; everything, where nothing was known."""
    db = context.sources.db
    known = read_marks(db)
    for kind, mark in simple_marks(db).items():
        old = known[kind].mark if kind in known else None
        if old != mark:
            summary = f"{kind.value} {old} → {mark}"
            yield _Noticed(kind, Mark(mark, {kind.value: mark}), {kind.value: old}, {kind.value: mark}, summary)
    content = context.sources.config.read()
    mark = context.digest(content)
    old_mark = known.get(ChangeKind.CONFIG)
    if old_mark is None or old_mark.mark != mark:
        values = dict(context.values(content))
        found = compare_values(old_mark.content if old_mark else {}, values)
        yield _Noticed(
            ChangeKind.CONFIG,
            Mark(mark, values),
            {one.key: one.before for one in found},
            {one.key: one.after for one in found},
            f"configuration changed by hand: {summarise(found, context.spell_value)}",
        )
