"""`mamctl drift check` and `fix`: where library and catalogues have come apart, shown or corrected."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import timedelta
from itertools import islice
from typing import Annotated

import typer

from mamctl.cli.command import command, view
from mamctl.cli.commands.abs.corrections import CorrectionData, render_correction, with_corrections
from mamctl.cli.commands.drift.listing import LONGEST, SHOWN, show_more, spell_source
from mamctl.cli.field_values import spell_value, type_value
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.catalogues import open_catalogues
from mamctl.dataclass import dataclass
from mamctl.domain.catalogues.drift import DriftPolicy
from mamctl.domain.catalogues.drift_changes import Change, ChangeKind
from mamctl.domain.metadata.observation import Field, Source, Value
from mamctl.domain.outcome import Result, Rows, Status
from mamctl.domain.problem import Problem
from mamctl.domain.spec.deciding import PROTECTED
from mamctl.jobs.catalogues.drift import DriftFigures, check_drift, fix_drift
from mamctl.jobs.run import Run
from mamctl.output.kept import Kept
from mamctl.output.progress import book_progress
from mamctl.output.screen import Screen
from mamctl.store.catalogues.drift import due_books
from mamctl.store.catalogues.drift_history import count_changes
from mamctl.store.library.books import book_title

app = typer.Typer()
_SHOWN_PROBLEMS = 50

_All = Annotated[bool, typer.Option("--all", help="Also books compared lately.")]


@dataclass(frozen=True, slots=True)
class ChangeData:
    """One difference; `old` is None where nothing was agreed."""

    book: int
    title: str | None
    field: Field
    old: Value | None
    new: Value
    source: Source
    kind: ChangeKind
    reason: str


@dataclass(frozen=True, slots=True)
class DriftData:
    """The changes that are news; `made` of them were corrected, `open` wait for you from this or earlier runs.

    `audiobookshelf` is what a correction brought there: None where none is configured, or nothing was corrected.
    """

    books: int
    left: int
    made: int
    open: int
    changes: Rows[ChangeData]
    audiobookshelf: CorrectionData | None = None


_NONE_DUE = "No matched book is due for a comparison; --all compares every one."


def render_check(screen: Screen, data: DriftData) -> None:
    """What a correction would do."""
    if not data.books:
        screen.line(_NONE_DUE)
        return
    kinds = Counter(one.kind is ChangeKind.SAFE for one in data.changes)
    screen.pairs([("books compared", data.books), ("would be corrected", kinds[True]), ("for you", kinds[False])])
    _render_safe(screen, data.changes)


def render_fix(screen: Screen, data: DriftData) -> None:
    """What was corrected, and what is left."""
    if not (data.books or data.left or data.open):
        screen.line(_NONE_DUE)
        render_correction(screen, data.audiobookshelf)
        return
    screen.pairs(
        [("books compared", data.books), ("left for the next run", data.left),
         (screen.choose("corrected", "would be corrected"), data.made),
         ("waiting for you", data.open)]
    )  # fmt: skip
    _render_safe(screen, data.changes)
    render_correction(screen, data.audiobookshelf)


def _render_safe(screen: Screen, changes: Iterable[ChangeData]) -> None:
    """A row a correction; what waits for you follows as problems."""
    safe = (one for one in changes if one.kind is ChangeKind.SAFE)
    longest = LONGEST if screen.terminal else None
    rows = [
        (
            one.book,
            one.title,
            one.field,
            spell_value(one.old, one.field, longest),
            spell_value(one.new, one.field, longest),
            spell_source(one.source),
            one.reason,
        )
        for one in islice(safe, SHOWN)
    ]
    if rows:
        screen.table(
            ("book", "title", "field", "was", "becomes", "from", "why"), rows,
            right=(0,), elastic=(1, 3, 4, 6), optional=(6, 5, 1),
        )  # fmt: skip
        show_more(screen, len(rows) + sum(1 for _ in safe))


@command(app, "check", schema="mamctl.drift.check/1", render=render_check)
def check(runtime: Runtime, everything: _All = False) -> Result:
    """Show what would change; change nothing."""
    policy = _policy(runtime, None)
    with runtime.run("drift") as run, open_catalogues(runtime) as connected:
        books = _books(runtime, policy, everything=everything)
        changes = Kept[Change]()
        with _progress(runtime, books) as step:
            figures = check_drift(run, books, connected.catalogues, policy, connected.trust, changes.add, step)
        return _conclude(runtime, run, figures, changes)


@command(app, "fix", schema="mamctl.drift.fix/1", render=render_fix, dry_run=True)
def fix(
    runtime: Runtime,
    everything: _All = False,
    max_changes: Annotated[
        int | None, typer.Option(min=0, help="Correct at most this many values.", show_default=False)
    ] = None,
) -> Result:
    """Correct what is safe, list the rest for you."""
    policy = _policy(runtime, max_changes)
    with runtime.run("drift") as run, open_catalogues(runtime) as connected:
        books = _books(runtime, policy, everything=everything)
        changes = Kept[Change]()

        def keep(change: Change) -> None:
            runtime.log(f"{change.kind.value}: book {change.book} {change.field.value} ({change.reason})")
            changes.add(change)

        with _progress(runtime, books) as step:
            figures = fix_drift(run, books, connected.catalogues, policy, connected.trust, keep, step)
        result = _conclude(runtime, run, figures, changes)
    return with_corrections(runtime, result, (change.book for change in figures.made))


def _policy(runtime: Runtime, max_changes: int | None) -> DriftPolicy:
    section = runtime.config.drift
    most = section.max_changes if max_changes is None else max_changes
    return DriftPolicy(timedelta(days=section.after_days), most, section.certain)


def _books(runtime: Runtime, policy: DriftPolicy, *, everything: bool) -> tuple[int, ...]:
    now = runtime.now()
    return due_books(runtime.store, None if everything else now - policy.after, now)


def _progress(runtime: Runtime, books: tuple[int, ...]) -> AbstractContextManager[Callable[[], None]]:
    return book_progress(len(books), wanted=not runtime.options.quiet)


def _conclude(runtime: Runtime, run: Run, figures: DriftFigures, changes: Iterable[Change]) -> Result:
    """The report: partial when a catalogue was unavailable, attention when something waits for you."""
    shown = Kept[ChangeData]()
    for one in changes:
        shown.add(view(ChangeData, one, title=book_title(runtime.store, one.book)))
    open_ = list(islice((one for one in shown if one.kind is not ChangeKind.SAFE), _SHOWN_PROBLEMS))
    problems = (*figures.all_problems(), *map(_problem, open_))
    status = Status.PARTIAL if figures.outages.errors else Status.ATTENTION if open_ or figures.problems else Status.OK
    data = DriftData(
        books=figures.books,
        left=figures.left,
        made=len(figures.made),
        open=count_changes(run.db, state="told"),
        changes=shown.rows(),
    )
    unanswered = bool(figures.books) and figures.unanswered == figures.books
    error = next(iter(figures.outages.errors.values())) if unanswered else None
    return run.finish(data, problems, status, error)


_TYPED = 80  # letters of a value that a remedy spells out


def _problem(change: ChangeData) -> Problem:
    """A change that is not made without you."""
    field, book = change.field.value, change.book
    new = spell_value(change.new, field, LONGEST)
    other = change.field is Field.DURATION
    typed = type_value(change.new, field)
    typed = shlex.quote(typed) if len(typed) <= _TYPED else "VALUE"
    clause = f" ({PROTECTED})" if change.kind is ChangeKind.PROTECTED else ""
    return Problem(
        f"drift_{change.kind.value}",
        f"the {field} of book {book} (“{change.title or '?'}”): {spell_source(change.source)} has “{new}”;"
        f" {change.reason}{clause}",
        f"{field} of book {book}",
        f"mamctl meta match {book}" if other else f"if it is right: mamctl meta set {book} {field} {typed}",
    )
