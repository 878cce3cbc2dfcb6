"""`mamctl drift history` and `undo`: every correction and proposal, and how to take one back."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from mamctl.cli.command import command, view
from mamctl.cli.commands.drift.listing import LONGEST, SHOWN, show_more, spell_source
from mamctl.cli.field_values import spell_value
from mamctl.cli.runtime import Runtime
from mamctl.dataclass import dataclass
from mamctl.domain.metadata.observation import Value
from mamctl.domain.outcome import Result, Status
from mamctl.domain.text.quantities import count_of
from mamctl.errors import UsageError
from mamctl.output.screen import LONG, Screen, Tone
from mamctl.store.catalogues.drift import undo_changes
from mamctl.store.catalogues.drift_history import load_changes

if TYPE_CHECKING:
    from mamctl.cli.commands.abs.corrections import CorrectionData

app = typer.Typer()
_STATES = {"made": "made", "proposed": "told", "undone": "undone"}  # as they are shown, and as they are recorded


@dataclass(frozen=True, slots=True)
class RecordedData:
    """A change as it was recorded; `ref` and `run` are what `drift undo` takes, `old` and `new` the values."""

    ref: str
    run: str
    book: int
    title: str | None
    field: str
    old: Value | None
    new: Value
    source: str
    kind: str
    state: str
    reason: str
    made_at: str
    undone_at: str | None


@dataclass(frozen=True, slots=True)
class HistoryData:
    """Recorded changes, the newest first."""

    changes: tuple[RecordedData, ...]


@dataclass(frozen=True, slots=True)
class UndoData:
    """The changes that were taken back, by their `ref`, and what that brought to Audiobookshelf (None where none is
    configured).
    """

    undone: tuple[str, ...]
    audiobookshelf: CorrectionData | None = None


def render_history(screen: Screen, data: HistoryData) -> None:
    """Every change with the number that `drift undo` takes."""
    longest = LONGEST if screen.terminal else None
    rows = [
        (
            one.ref,
            one.run,
            one.title,
            one.field,
            spell_value(one.old, one.field, longest),
            spell_value(one.new, one.field, longest),
            spell_source(one.source),
            "proposed" if one.state == "told" else one.state,
        )
        for one in data.changes[:SHOWN]
    ]
    if rows:
        headers = ("id", "run", "title", "field", "was", "became", "from", "state")
        screen.table(headers, rows, elastic=(2, 4, 5), optional=(6, 2, 1))
        show_more(screen, len(data.changes))
        if len(data.changes) > LONG:
            states = Counter("proposed" if one.state == "told" else one.state for one in data.changes)
            counted = ", ".join(f"{count} {state}" for state, count in states.items())
            screen.line(f"{count_of(len(data.changes), 'change')}: {counted}", Tone.DIM)
    else:
        screen.line("Nothing has been corrected or proposed yet.")


def render_undo(screen: Screen, data: UndoData) -> None:
    """What was taken back."""
    from mamctl.cli.commands.abs.corrections import render_correction

    if data.undone:
        screen.line(f"{screen.choose('Undone', 'Would undo')}: {', '.join(data.undone)}")
    else:
        screen.line(screen.choose("Nothing was undone.", "Nothing would be undone."))
    render_correction(screen, data.audiobookshelf)


@command(app, "history", schema="mamctl.drift.history/1", render=render_history)
def history(
    runtime: Runtime,
    state: Annotated[
        str | None, typer.Option(metavar="STATE", help="Only these: made, proposed or undone.", show_default=False)
    ] = None,
) -> Result:
    """List corrections and proposals, the newest first."""
    if state is not None and state not in _STATES and state not in _STATES.values():
        raise UsageError(f"--state must be one of {', '.join(_STATES)}; found {state}", subject="--state")
    found = load_changes(runtime.store, state=_STATES.get(state or "", state))
    return Result(HistoryData(tuple(view(RecordedData, one, ref=f"c{one.id}", run=f"r{one.run}") for one in found)))


@command(app, "undo", schema="mamctl.drift.undo/1", render=render_undo, dry_run=True)
def undo(
    runtime: Runtime,
    number: Annotated[str, typer.Argument(metavar="RUN|CHANGE", help="r3 is a run, c12 a change.")],
) -> Result:
    """Undo a correction, or all of a run.

    The values and their evidence are restored.
    """
    from mamctl.cli.commands.abs.corrections import with_corrections

    changes = load_changes(runtime.store, state="made")
    kind, digits = number[:1].lower(), number[1:]
    if kind not in {"r", "c"} or not digits.isdecimal():
        raise UsageError(f"{number}: not the number of a run or change", remedy="r3 is a run, c12 a change")
    chosen = [one for one in changes if int(digits) == (one.run if kind == "r" else one.id)]
    if not chosen:
        raise UsageError(f"{number}: no such correction", subject=number, remedy="mamctl drift history")
    with runtime.run("drift") as run:
        problems = tuple(undo_changes(run.db, chosen, run.clock()))
        left = {problem.subject for problem in problems}
        undone = {f"c{one.id}": one.book for one in chosen if f"c{one.id}" not in left}
        result = run.finish(UndoData(tuple(undone)), problems, Status.PARTIAL if problems else Status.OK)
    return with_corrections(runtime, result, undone.values())
