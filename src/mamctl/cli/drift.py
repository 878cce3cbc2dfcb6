"""`mamctl drift`: where the library and the catalogues have come apart, corrected or told, and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mamctl.cli.command import command
from mamctl.cli.connect_catalogues import connect_catalogues
from mamctl.cli.runtime import Runtime
from mamctl.domain.problem import Problem
from mamctl.errors import UsageError
from mamctl.output.report import Result, Status
from mamctl.output.screen import Screen

if TYPE_CHECKING:
    from mamctl.domain.drift import Change, DriftPolicy
    from mamctl.jobs.drift import DriftFigures
    from mamctl.store.drift import RecordedChange

app = typer.Typer(no_args_is_help=True, help="Compare the library with the catalogues again, and correct it.")
_SHOWN = 60
_TOLD = 50


@dataclass(frozen=True, slots=True)
class DriftData:
    """The changes that are news; `made` of them were corrected, `open` wait for a person from this or earlier runs."""

    books: int
    left: int
    made: int
    open: int
    changes: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class HistoryData:
    """Recorded changes, the newest first; `ref` is what `drift undo` takes."""

    changes: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class UndoData:
    """The changes that were taken back, by their `ref`."""

    undone: tuple[str, ...]


def render_drift(screen: Screen, data: DriftData) -> None:
    """The figures, then the changes."""
    screen.pairs(
        [("books compared", data.books), ("left for the next run", data.left), ("corrected", data.made),
         ("waiting for a person", data.open)]
    )  # fmt: skip
    _render_changes(screen, data.changes)


def render_history(screen: Screen, data: HistoryData) -> None:
    """Every change with its number."""
    _render_changes(screen, data.changes)


def render_undo(screen: Screen, data: UndoData) -> None:
    """What was taken back."""
    screen.line(f"taken back: {', '.join(data.undone)}" if data.undone else "nothing was taken back")


def _render_changes(screen: Screen, changes: tuple[dict[str, Any], ...]) -> None:
    rows = [
        (
            one.get("ref") or one["book"],
            one["title"],
            one["field"],
            _short(one["old"]),
            _short(one["new"]),
            one["source"],
            one.get("state", one["kind"]),
            one["reason"],
        )
        for one in changes[:_SHOWN]
    ]
    if rows:
        screen.table(("number", "title", "field", "was", "becomes", "from", "state", "why"), rows)
    if len(changes) > _SHOWN:
        screen.line(f"… and {len(changes) - _SHOWN} more; --json has them all")


def _short(value: object) -> str:
    if isinstance(value, list):
        texts = [
            " #".join(filter(None, (part["name"], part["position"]))) if isinstance(part, dict) else str(part)
            for part in value
        ]
        value = ", ".join(texts)
    text = "–" if value is None else str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


@command(app, "check", schema="mamctl.drift.check/1", render=render_drift)
def check(
    runtime: Runtime,
    everything: Annotated[bool, typer.Option("--all", help="Also books that were looked at lately.")] = False,
) -> Result:
    """Show what would change, and change nothing."""
    from mamctl.jobs.drift import check_drift

    policy = _policy(runtime, None)
    with runtime.run("drift") as run, connect_catalogues(runtime) as connected:
        figures = check_drift(
            run, _books(runtime, policy, everything=everything), connected.catalogues, policy, connected.trust
        )
        return _conclude(runtime, run, figures)


@command(app, "fix", schema="mamctl.drift.fix/1", render=render_drift, dry_run=True)
def fix(
    runtime: Runtime,
    everything: Annotated[bool, typer.Option("--all", help="Also books that were looked at lately.")] = False,
    max_changes: Annotated[
        int | None, typer.Option(min=0, help="Correct so many values at most.", show_default=False)
    ] = None,
) -> Result:
    """Correct what is safe, and list what needs a person."""
    from mamctl.jobs.drift import fix_drift

    policy = _policy(runtime, max_changes)
    with runtime.run("drift") as run, connect_catalogues(runtime) as connected:
        books = _books(runtime, policy, everything=everything)
        figures = fix_drift(
            run, books, connected.catalogues, policy, connected.trust, lambda change: _log(runtime, change)
        )
        return _conclude(runtime, run, figures)


@command(app, "history", schema="mamctl.drift.history/1", render=render_history)
def history(
    runtime: Runtime,
    state: Annotated[str | None, typer.Option(help="Only these: made, told or undone.", show_default=False)] = None,
) -> Result:
    """Every correction and every proposal, the newest first."""
    from mamctl.store.drift import load_changes

    if state not in {None, "made", "told", "undone"}:
        raise UsageError(f"--state: {state} is none of made, told and undone")
    return Result(HistoryData(tuple(_recorded(change) for change in load_changes(runtime.store, state=state))))


@command(app, "undo", schema="mamctl.drift.undo/1", render=render_undo, dry_run=True)
def undo(
    runtime: Runtime,
    number: Annotated[str, typer.Argument(metavar="RUN|CHANGE", help="r3 is a run, c12 a change.")],
) -> Result:
    """Take a correction back, or all of a run: the values and their evidence are as they were."""
    from mamctl.store.drift import load_changes, undo_changes

    changes = load_changes(runtime.store, state="made")
    kind, digits = number[:1].lower(), number[1:]
    if kind not in {"r", "c"} or not digits.isdecimal():
        raise UsageError(f"{number}: not the number of a run or change", remedy="r3 is a run, c12 a change")
    chosen = [one for one in changes if int(digits) == (one.run if kind == "r" else one.id)]
    if not chosen:
        raise UsageError(f"{number}: no such correction stands", subject=number, remedy="see mamctl drift history")
    with runtime.run("drift") as run:
        problems = tuple(undo_changes(run.db, chosen, run.clock()))
        run.problems.extend(problems)
        left = {problem.subject for problem in problems}
        undone = tuple(ref for one in chosen if (ref := f"c{one.id}") not in left)
        status = Status.PARTIAL if problems else Status.OK
        run.status = status.value
    return Result(UndoData(undone), problems, status)


def _policy(runtime: Runtime, max_changes: int | None) -> DriftPolicy:
    from mamctl.domain.drift import DriftPolicy

    section = runtime.config.drift
    most = section.max_changes if max_changes is None else max_changes
    return DriftPolicy(timedelta(days=section.after_days), most, section.certain)


def _books(runtime: Runtime, policy: DriftPolicy, *, everything: bool) -> tuple[int, ...]:
    from mamctl.store.drift import due_books

    return due_books(runtime.store, None if everything else runtime.now() - policy.after)


def _log(runtime: Runtime, change: Change) -> None:
    runtime.log(f"{change.kind.value}: book {change.book} {change.field.value} ({change.reason})")


def _conclude(runtime: Runtime, run: Any, figures: DriftFigures) -> Result:
    """The report: partial when a catalogue was silent, attention when something is for a person."""
    from mamctl.store.drift import load_changes

    told = [change for change in figures.changes if change.kind.value != "safe"]
    problems = (*figures.all_problems(), *(_told(change) for change in told[:_TOLD]))
    status = Status.PARTIAL if figures.errors else Status.ATTENTION if told or figures.problems else Status.OK
    run.problems.extend(problems)
    run.status = status.value
    data = DriftData(
        books=figures.books,
        left=figures.left,
        made=len(figures.made),
        open=len(load_changes(run.db, state="told")),
        changes=tuple(_shown(runtime, change) for change in figures.changes),
    )
    if figures.books and figures.unanswered == figures.books:
        return Result(data, problems, error=next(iter(figures.errors.values())))
    return Result(data, problems, status)


def _told(change: Change) -> Problem:
    return Problem(
        f"drift_{change.kind.value}",
        f"book {change.book}: {change.source.value} has another {change.field.value} ({change.reason})",
        f"{change.book} {change.field.value}",
        f"if it is right: mamctl meta set {change.book} {change.field.value} VALUE",
    )


def _shown(runtime: Runtime, change: Change) -> dict[str, Any]:
    from mamctl.domain.observation import value_to_json

    row = runtime.store.execute("SELECT title FROM library WHERE id = ?", (change.book,)).fetchone()
    return {
        "book": change.book,
        "title": row["title"] if row else None,
        "field": change.field,
        "old": value_to_json(change.old) if change.old is not None else None,
        "new": value_to_json(change.new),
        "source": change.source,
        "kind": change.kind,
        "reason": change.reason,
    }


def _recorded(change: RecordedChange) -> dict[str, Any]:
    return {
        "ref": f"c{change.id}",
        "run": f"r{change.run}",
        "book": change.book,
        "title": change.title,
        "field": change.field,
        "old": change.old,
        "new": change.new,
        "source": change.source,
        "kind": change.kind,
        "state": change.state,
        "reason": change.reason,
        "made_at": change.made_at,
        "undone_at": change.undone_at,
    }
