"""`mamctl spec check`, `list` and `show`: what mamctl promises, and whether it holds."""

from __future__ import annotations

from typing import Annotated

import typer

from mamctl.cli.command import command
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.spec import live_clients, spec_settings
from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Result
from mamctl.domain.spec.clause import ClauseKind, ClauseState, Counts, Judged
from mamctl.domain.spec.clauses import find_clause, load_clauses
from mamctl.domain.spec.evaluate import compliance, count
from mamctl.errors import UsageError
from mamctl.jobs.spec.check import SpecCheck, broken_promises, check_spec, missed_measures
from mamctl.jobs.spec.samples import keep_misread
from mamctl.output.screen import Screen, Tone

app = typer.Typer()

_MARKS = {
    ClauseState.HOLDS: ("✓", Tone.GOOD),
    ClauseState.VIOLATED: ("✗", Tone.BAD),
    ClauseState.UNKNOWN: ("?", Tone.WARN),
    ClauseState.NOT_APPLICABLE: ("·", Tone.DIM),
}


@dataclass(frozen=True, slots=True)
class SpecData:
    """The clauses with their states. `counts` and `compliance`, the share of promises that hold among those that can be
    judged, are of these clauses.
    """

    clauses: tuple[Judged, ...]
    counts: Counts
    compliance: float | None


@dataclass(frozen=True, slots=True)
class ClauseData:
    """One clause whole, as an entry of `clauses`, with what it depends on and how it is checked."""

    clauses: tuple[Judged, ...]
    counts: Counts
    compliance: float | None
    settings: tuple[str, ...]
    check: str


def render_check(screen: Screen, data: SpecData) -> None:
    """Measures beyond their bounds and what is unknown, then the counts; broken promises are the report's problems."""
    for one in data.clauses:
        if one.kind is ClauseKind.MEASURE and one.state is ClauseState.VIOLATED:
            _line(screen, one)
    unknown = [one for one in data.clauses if one.state is ClauseState.UNKNOWN]
    if unknown:
        screen.line(f"Not known: {', '.join(one.id for one in unknown)}", Tone.DIM)
    _sum(screen, data)


def render_list(screen: Screen, data: SpecData) -> None:
    """A line a clause."""
    for one in data.clauses:
        _line(screen, one)
    _sum(screen, data)


def render_show(screen: Screen, data: ClauseData) -> None:
    """One clause whole."""
    (one,) = data.clauses
    screen.line(one.text)
    screen.pairs(
        [
            ("clause", f"{one.id}, a {one.kind.value}"),
            ("state", f"{one.state.value.replace('_', ' ')}: {one.detail}"),
            *(("evidence", text) for text in one.evidence),
            *((("remedy", one.remedy),) if one.remedy else ()),
            *((("checked by", data.check),) if data.check else ()),
            *((("depends on", ", ".join(data.settings)),) if data.settings else ()),
        ]
    )
    for test in one.tests:
        screen.line(f"  proved by {test}", Tone.DIM)


def _line(screen: Screen, one: Judged) -> None:
    mark, tone = _MARKS[one.state]
    if one.kind is ClauseKind.MEASURE and one.state is ClauseState.VIOLATED:
        mark, tone = "!", Tone.WARN
    screen.line(f"{mark} {one.id}: {one.detail}", tone)
    if one.remedy and one.state is ClauseState.VIOLATED:
        screen.line(f"    → {one.remedy}", Tone.DIM)


def _sum(screen: Screen, data: SpecData) -> None:
    counts = data.counts
    held = None if data.compliance is None else f"{int(data.compliance * 1000) / 10:g}%"
    share = f"; measures apart, {held} of what is judged holds" if held else ""
    screen.line(
        f"{counts.holds} hold, {counts.violated} do not, {counts.unknown} unknown,"
        f" {counts.not_applicable} not applicable{share}"
    )


@command(app, "check", schema="mamctl.spec.check/1", render=render_check)
def check(runtime: Runtime) -> Result:
    """Check every clause by the store and the torrent clients."""
    with runtime.run("spec") as run:
        found = check_spec(run.db, spec_settings(runtime), run.clock(), live_clients(runtime))
        keep_misread(run.db, run.clock())
        run.notices.extend(missed_measures(found))
        return run.finish(_data(found), broken_promises(found))


@command(app, "list", schema="mamctl.spec.list/1", render=render_list)
def list_clauses(
    runtime: Runtime,
    clause: Annotated[
        str | None,
        typer.Option(metavar="CLAUSE", help="Only this clause, or those whose id begins so.", show_default=False),
    ] = None,
) -> Result:
    """List every clause and its state by the store alone."""
    found = check_spec(runtime.store, spec_settings(runtime), runtime.now())
    if clause is None:
        return Result(_data(found))
    wanted = clause.upper()
    exact = [one for one in found.clauses if one.id == wanted]
    chosen = exact if exact and not _has_parts(wanted) else [one for one in found.clauses if one.id.startswith(wanted)]
    if not chosen:
        raise _no_clause(clause)
    return Result(SpecData(tuple(chosen), count(chosen), compliance(chosen)))


@command(app, "show", schema="mamctl.spec.show/1", render=render_show)
def show(
    runtime: Runtime, clause: Annotated[str, typer.Argument(metavar="CLAUSE", help="The clause, e.g. VIP-8.")]
) -> Result:
    """Show one clause: its text, state, check and proofs."""
    known = find_clause(clause)
    if known is None:
        raise _no_clause(clause)
    found = check_spec(runtime.store, spec_settings(runtime), runtime.now())
    one = next(judged for judged in found.clauses if judged.id == known.id)
    return Result(ClauseData((one,), count([one]), compliance([one]), known.settings, known.check))


def _has_parts(wanted: str) -> bool:
    return any(clause.id.startswith(f"{wanted}-") for clause in load_clauses())


def _no_clause(given: str) -> UsageError:
    near = [clause.id for clause in load_clauses() if clause.id.split("-")[0] == given.upper().split("-")[0]]
    known = ", ".join(near) if near else "mamctl spec list has all of them"
    return UsageError(f"{given}: there is no clause of this name", remedy=known)


def _data(found: SpecCheck) -> SpecData:
    return SpecData(found.clauses, found.counts, found.compliance)
