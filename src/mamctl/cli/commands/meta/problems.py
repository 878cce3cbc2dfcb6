"""`mamctl meta problems`: what in the library needs your attention, as the last scan found it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import field
from typing import Annotated

import typer

from mamctl.cli.command import command
from mamctl.cli.runtime import Runtime
from mamctl.dataclass import dataclass
from mamctl.domain.library.problem_kinds import KINDS
from mamctl.domain.outcome import HIDDEN, Result
from mamctl.domain.problem import Problem
from mamctl.errors import UsageError
from mamctl.output.screen import Screen
from mamctl.store.library.problems import load_contradictions, load_duplicates, load_problems

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class ProblemsData:
    """How many problems of each kind; the problems themselves are the report's."""

    kinds: dict[str, int]
    problems: tuple[Problem, ...] = field(metadata=HIDDEN)


def render_problems(screen: Screen, data: ProblemsData) -> None:
    """The kinds with their numbers, then each kind: what can be done, once, and below it the books."""
    if not data.kinds:
        screen.line("Nothing in the library needs your attention.")
        return
    screen.table(("kind", "how many"), data.kinds.items(), right=(1,))
    of_kind: dict[str, list[Problem]] = {kind: [] for kind in data.kinds}
    for problem in data.problems:
        of_kind[problem.code].append(problem)
    for kind, alike in of_kind.items():
        screen.line()
        screen.heading(kind)
        _render_kind(screen, alike)


def _render_kind(screen: Screen, problems: Iterable[Problem]) -> None:
    """A remedy that several share stands above them, one that only helps one book below it."""
    by_remedy: dict[str | None, list[Problem]] = {}
    for problem in problems:
        by_remedy.setdefault(problem.remedy, []).append(problem)
    shared = {remedy: group for remedy, group in by_remedy.items() if len(group) > 1}
    for remedy, group in shared.items():
        if remedy:
            screen.remedy(remedy)
        screen.problems(group, remedies=False)
    screen.problems(group[0] for remedy, group in by_remedy.items() if remedy not in shared)


@command(app, "problems", schema="mamctl.meta.problems/1", render=render_problems, shows_problems=True)
def problems(
    runtime: Runtime,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="KIND", help="Only this kind, e.g. damaged_file.", show_default=False),
    ] = None,
) -> Result:
    """List what needs your attention.

    Broken files, uncertain books, duplicates, gaps, several books in one folder.
    """
    everything: list[Problem] = [problem for _, problem in load_problems(runtime.store)]
    everything += load_duplicates(runtime.store)
    everything += load_contradictions(runtime.store)
    known = {*KINDS, *(problem.code for problem in everything)}
    if strange := set(kind or ()) - known:
        raise UsageError(f"there is no kind “{min(strange)}”", remedy=f"kinds are {', '.join(sorted(known))}")
    chosen = tuple(problem for problem in everything if not kind or problem.code in kind)
    kinds = Counter(problem.code for problem in chosen)
    return Result.of(ProblemsData(dict(sorted(kinds.items())), chosen), chosen)
