"""`mamctl drift`: where the library and the catalogues have come apart, corrected or told, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Annotated

import typer

from mamctl.cli.command import command
from mamctl.cli.commands.drift.data import (
    DriftData,
    HistoryData,
    UndoData,
    change_data,
    recorded_data,
    render_check,
    render_fix,
    render_history,
    render_undo,
    told_problem,
)
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.catalogues import open_catalogues
from mamctl.domain.catalogues.drift import Change, DriftPolicy
from mamctl.domain.outcome import Result, Status
from mamctl.errors import UsageError
from mamctl.jobs.catalogues.drift import DriftFigures, check_drift, fix_drift
from mamctl.jobs.run import Run
from mamctl.output.progress import book_progress
from mamctl.store.catalogues.drift import due_books, load_changes, undo_changes
from mamctl.store.library.books import book_title

app = typer.Typer()
_TOLD = 50


@command(app, "check", schema="mamctl.drift.check/1", render=render_check)
def check(
    runtime: Runtime,
    everything: Annotated[bool, typer.Option("--all", help="Also books that were looked at lately.")] = False,
) -> Result:
    """Show what would change, and change nothing."""
    policy = _policy(runtime, None)
    with runtime.run("drift") as run, open_catalogues(runtime) as connected:
        books = _books(runtime, policy, everything=everything)
        with _progress(runtime, books) as step:
            figures = check_drift(run, books, connected.catalogues, policy, connected.trust, step)
        return _conclude(runtime, run, figures)


@command(app, "fix", schema="mamctl.drift.fix/1", render=render_fix, dry_run=True)
def fix(
    runtime: Runtime,
    everything: Annotated[bool, typer.Option("--all", help="Also books that were looked at lately.")] = False,
    max_changes: Annotated[
        int | None, typer.Option(min=0, help="Correct so many values at most.", show_default=False)
    ] = None,
) -> Result:
    """Correct what is safe, and list what needs a person."""
    policy = _policy(runtime, max_changes)
    with runtime.run("drift") as run, open_catalogues(runtime) as connected:
        books = _books(runtime, policy, everything=everything)
        with _progress(runtime, books) as step:
            figures = fix_drift(
                run, books, connected.catalogues, policy, connected.trust, lambda change: _log(runtime, change), step
            )
        return _conclude(runtime, run, figures)


@command(app, "history", schema="mamctl.drift.history/1", render=render_history)
def history(
    runtime: Runtime,
    state: Annotated[str | None, typer.Option(help="Only these: made, told or undone.", show_default=False)] = None,
) -> Result:
    """Every correction and every proposal, the newest first."""
    if state not in {None, "made", "told", "undone"}:
        raise UsageError(f"--state: {state} is none of made, told and undone")
    return Result(HistoryData(tuple(recorded_data(change) for change in load_changes(runtime.store, state=state))))


@command(app, "undo", schema="mamctl.drift.undo/1", render=render_undo, dry_run=True)
def undo(
    runtime: Runtime,
    number: Annotated[str, typer.Argument(metavar="RUN|CHANGE", help="r3 is a run, c12 a change.")],
) -> Result:
    """Take a correction back, or all of a run: the values and their evidence are as they were."""
    changes = load_changes(runtime.store, state="made")
    kind, digits = number[:1].lower(), number[1:]
    if kind not in {"r", "c"} or not digits.isdecimal():
        raise UsageError(f"{number}: not the number of a run or change", remedy="r3 is a run, c12 a change")
    chosen = [one for one in changes if int(digits) == (one.run if kind == "r" else one.id)]
    if not chosen:
        raise UsageError(f"{number}: no such correction stands", subject=number, remedy="see mamctl drift history")
    with runtime.run("drift") as run:
        problems = tuple(undo_changes(run.db, chosen, run.clock()))
        left = {problem.subject for problem in problems}
        undone = tuple(ref for one in chosen if (ref := f"c{one.id}") not in left)
        return run.finish(UndoData(undone), problems, Status.PARTIAL if problems else Status.OK)


def _policy(runtime: Runtime, max_changes: int | None) -> DriftPolicy:
    section = runtime.config.drift
    most = section.max_changes if max_changes is None else max_changes
    return DriftPolicy(timedelta(days=section.after_days), most, section.certain)


def _books(runtime: Runtime, policy: DriftPolicy, *, everything: bool) -> tuple[int, ...]:
    return due_books(runtime.store, None if everything else runtime.now() - policy.after)


def _progress(runtime: Runtime, books: tuple[int, ...]) -> AbstractContextManager[Callable[[], None]]:
    return book_progress(len(books), wanted=not runtime.options.quiet)


def _log(runtime: Runtime, change: Change) -> None:
    runtime.log(f"{change.kind.value}: book {change.book} {change.field.value} ({change.reason})")


def _conclude(runtime: Runtime, run: Run, figures: DriftFigures) -> Result:
    """The report: partial when a catalogue was unavailable, attention when something is for a person."""
    told = [change for change in figures.changes if change.kind.value != "safe"]
    titles = {change.book: _title(runtime, change.book) for change in figures.changes}
    problems = (*figures.all_problems(), *(told_problem(change, titles[change.book]) for change in told[:_TOLD]))
    status = Status.PARTIAL if figures.outages.errors else Status.ATTENTION if told or figures.problems else Status.OK
    data = DriftData(
        books=figures.books,
        left=figures.left,
        made=len(figures.made),
        open=len(load_changes(run.db, state="told")),
        changes=tuple(change_data(change, titles[change.book]) for change in figures.changes),
    )
    unanswered = bool(figures.books) and figures.unanswered == figures.books
    error = next(iter(figures.outages.errors.values())) if unanswered else None
    return run.finish(data, problems, status, error)


def _title(runtime: Runtime, book: int) -> str | None:
    return book_title(runtime.store, book)
