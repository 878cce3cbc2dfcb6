"""Notices at the beginning of a run what was changed outside of mamctl; nearly always nothing was."""

from __future__ import annotations

import contextlib

from mamctl.adapters.config_file import digest_of, read_config
from mamctl.cli.context import Context
from mamctl.domain.problem import Problem
from mamctl.errors import LockedError
from mamctl.jobs.change.outside import ChangeHeldError, changed_outside, is_new, is_unsettled, remember_first
from mamctl.jobs.run import Run
from mamctl.store.change.log import Mark
from mamctl.store.runs import job_lock

# Jobs that read, that hold back by themselves what they would spend, hand over or file, or that keep the account
# reachable; every other one is held as a whole.
_GO_ON = frozenset(
    {
        "change",
        "vip",
        "ratio",
        "rules",
        "pending",
        "spec",
        "report",
        "address",
        "queue",
        "queue.find",
        "meta.scan",
        "meta.enrich",
        "meta.listen",
    }
)


def notice(context: Context, run: Run) -> None:
    """What was changed outside is noticed; a job that would act is refused while such a change fails.

    The guard's pass only compares. Raises ChangeHeldError.
    """
    if run.dry_run or run.job == "change":
        return
    changed = changed_outside(run.db, digest_of(read_config(context.config_path)))
    if run.job == "ratio":
        if changed:
            context.log("something was changed outside of mamctl; the next other job tests it")
        return
    for problem in _notice(context, run, changed=changed):
        run.add_problem(problem)
        if run.job not in _GO_ON:
            message = f"{run.job}: not done: {problem.message}"
            raise ChangeHeldError(message, subject=problem.subject, remedy=problem.remedy, code=problem.code)


def _notice(context: Context, run: Run, *, changed: bool) -> tuple[Problem, ...]:
    if not changed and not is_unsettled(run.db):
        return ()
    if is_new(run.db):
        _remember_first(context, run)
        return ()
    from mamctl.cli.wiring.change import change_context, store_path
    from mamctl.jobs.change.notice import held_problems, notice_changes

    try:
        with job_lock(store_path(context), "change"):
            return notice_changes(change_context(context), run.id)
    except LockedError:  # another run is testing it
        return held_problems(run.db)


def _remember_first(context: Context, run: Run) -> None:
    """Without all that tests a change: the first run of every job waits for it otherwise."""
    from mamctl.config.describe import values_in

    with contextlib.suppress(LockedError), job_lock(context.config.store.path, "change"):  # else another run does it
        content = read_config(context.config_path)
        remember_first(run.db, Mark(digest_of(content), values_in(content, context.config_path)), context.now())
