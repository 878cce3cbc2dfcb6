"""`mamctl change log` and `show`: what was changed, by what, and what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from mamctl.cli.command import command
from mamctl.cli.options import SINCE, start_time
from mamctl.cli.runtime import Runtime
from mamctl.config.toml_text import spell_value
from mamctl.dataclass import dataclass
from mamctl.domain.change.differences import Difference, compare_values
from mamctl.domain.change.self_tests import CLAUSE, SelfTest, TestOutcome, spell_outcome
from mamctl.domain.outcome import Result
from mamctl.errors import UsageError
from mamctl.output.screen import Screen, Tone
from mamctl.store.change.acts import Act, read_acts
from mamctl.store.change.log import Change, list_changes, read_change
from mamctl.store.change.summaries import Summary, summarise_jobs
from mamctl.store.change.tests import read_tests

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class ChangeData:
    """One change. `outcome` is null while it is under way, and for what jobs did; `failing` asks for your decision."""

    id: str
    at: datetime
    kind: str
    summary: str
    before: Any
    after: Any
    outcome: str | None
    reason: str | None
    point: str | None
    run: int | None
    failing: bool = False
    accepted_at: datetime | None = None

    @classmethod
    def of(cls, change: Change) -> ChangeData:
        """A row of the log."""
        failing = change.failing_since is not None and change.accepted_at is None
        outcome = change.outcome.value if change.outcome else None
        return cls(str(change.id), change.at, change.kind.value, change.summary, change.before, change.after, outcome,
                   change.reason, change.point, change.run, failing, change.accepted_at)  # fmt: skip

    @classmethod
    def of_job(cls, one: Summary) -> ChangeData:
        """What a job did."""
        return cls(one.id, one.at, one.kind, one.summary, None, None, None, None, None, one.run)


@dataclass(frozen=True, slots=True)
class LogData:
    """Changes, the newest first."""

    changes: tuple[ChangeData, ...]


def render_log(screen: Screen, data: LogData) -> None:
    """A line each."""
    if not data.changes:
        screen.line("No changes in this time.", Tone.DIM)
        return
    rows = [(one.id, f"{one.at:%Y-%m-%d %H:%M}", one.kind, _outcome(one), one.summary) for one in data.changes]
    screen.table(("id", "at (UTC)", "kind", "outcome", "what"), rows, elastic=(), optional=(2,), wrapped=(4,))


def _outcome(one: ChangeData) -> str | None:
    if one.failing:
        return f"{one.outcome}, fails"
    return one.outcome.replace("_", " ") if one.outcome else None


@command(app, "log", schema="mamctl.change.log/1", render=render_log)
def log(runtime: Runtime, since: SINCE = "30d") -> Result:  # type: ignore[assignment]  # the parser makes it a span
    """List changes.

    Changes of version, schema and configuration; rollback points and rollbacks; and what jobs corrected, filed, froze.
    """
    begin = start_time(since, runtime.now())
    found = [ChangeData.of(change) for change in list_changes(runtime.store, begin)]
    found += [ChangeData.of_job(one) for one in summarise_jobs(runtime.store, begin)]
    return Result(LogData(tuple(sorted(found, key=lambda one: one.at, reverse=True))))


@dataclass(frozen=True, slots=True)
class ShowData:
    """One change with its differences, its self-tests, and what a rollback did."""

    change: ChangeData
    differences: tuple[Difference, ...]
    tests: tuple[SelfTest, ...]
    acts: tuple[Act, ...]


def render_show(screen: Screen, data: ShowData) -> None:
    """The change, then what differs and how it was tested."""
    one = data.change
    screen.heading(f"{one.id}: {one.summary}")
    rows = [
        ("at", f"{one.at:%Y-%m-%d %H:%M} UTC"),
        ("kind", one.kind),
        ("outcome", _outcome(one)),
        ("reason", one.reason),
        ("point", one.point),
    ]
    screen.pairs([(name, value) for name, value in rows if value])
    for difference in data.differences:
        screen.line(difference.spell(spell_value))
    kept = [test for test in data.tests if test.outcome is TestOutcome.PASSED and test.name.startswith(CLAUSE)]
    for test in data.tests:
        if test in kept:
            continue
        screen.line(f"  test {test.name}: {spell_outcome(test.outcome)}{': ' if test.detail else ''}{test.detail}")
    if kept:
        screen.line(f"{len(kept)} promises of mamctl spec list hold")
    for act in data.acts:
        done = "restored" if act.done else f"not restored: {act.reason or 'not yet'}"
        screen.line(f"{act.part} {act.subject} ({act.aspect}): {done}")


@command(app, "show", schema="mamctl.change.show/1", render=render_show)
def show(
    runtime: Runtime, change: Annotated[str, typer.Argument(metavar="CHANGE", help="As the log shows it.")]
) -> Result:
    """Show one change with its differences and self-tests."""
    found = read_change(runtime.store, int(change)) if change.isdecimal() and len(change) < 18 else None
    if found is not None:
        values = (found.before or {}, found.after or {})
        differences = compare_values(*values) if all(isinstance(side, dict) for side in values) else ()
        data = ChangeData.of(found)
        return Result(
            ShowData(data, differences, read_tests(runtime.store, found.id), read_acts(runtime.store, found.id))
        )
    for one in summarise_jobs(runtime.store, start_time(timedelta.max, runtime.now())):
        if one.id == change:
            return Result(ShowData(ChangeData.of_job(one), (), (), ()))
    raise UsageError(f"there is no change “{change}”", subject=change, remedy="mamctl change log lists them")
