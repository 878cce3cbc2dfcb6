"""A clause of the specification, and what a check found of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from enum import StrEnum

from mamctl.dataclass import dataclass

_SHOWN = 5  # examples in one finding's evidence


class ClauseKind(StrEnum):
    """A promise is kept or broken; a measure is a figure with a bound, shown and never enforced."""

    PROMISE = "promise"
    MEASURE = "measure"


class ClauseState(StrEnum):
    """What a check found. A measure below its bound is `violated` too, which asks nothing of you."""

    HOLDS = "holds"
    VIOLATED = "violated"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause as it ships. `least` or `most` is the bound of a measure, in `unit` (share, seconds, count)."""

    id: str
    text: str
    kind: ClauseKind
    settings: tuple[str, ...]
    check: str
    tests: tuple[str, ...]
    built: bool = True
    least: float | None = None
    most: float | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: the state with its reason, some evidence, and the command that helps."""

    state: ClauseState
    detail: str
    evidence: tuple[str, ...] = ()
    remedy: str | None = None
    figure: float | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A clause with what was found of it; `figure` is a measure's, in its unit."""

    id: str
    text: str
    kind: ClauseKind
    state: ClauseState
    detail: str
    evidence: tuple[str, ...]
    remedy: str | None
    tests: tuple[str, ...]
    figure: float | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many clauses are in each state."""

    holds: int = 0
    violated: int = 0
    unknown: int = 0
    not_applicable: int = 0


@dataclass(slots=True)
class Search:
    """Looking through what is on record for what breaks a clause."""

    looked_at: int = 0
    broken: list[str] = field(default_factory=list)

    def look(self, found: str | None) -> None:
        """Count one thing in; `found` says how it breaks the clause."""
        self.looked_at += 1
        if found is not None:
            self.broken.append(found)

    def finding(self, things: str, remedy: str, nothing: str = "nothing is on record yet") -> Finding:
        """The finding: violated by what broke it, unknown where there was nothing to look at (`nothing` says why)."""
        if self.broken:
            count = f"{len(self.broken)} of {max(self.looked_at, len(self.broken))}"
            return violated(f"{count} {things} do not meet it, such as {self.broken[0]}", remedy, self.broken)
        if not self.looked_at:
            return unknown(nothing)
        agree = "the one on record agrees" if self.looked_at == 1 else f"all {self.looked_at:,} on record agree"
        return holds(f"{things}: {agree}")


def search(found: Iterable[str | None], of: int = 0) -> Search:
    """A search through everything at once; `of` is how many there are, where only those are given that may break it."""
    looking = Search()
    for one in found:
        looking.look(one)
    looking.looked_at = max(looking.looked_at, of)
    return looking


def holds(detail: str, figure: float | None = None) -> Finding:
    """The clause holds."""
    return Finding(ClauseState.HOLDS, detail, figure=figure)


def violated(detail: str, remedy: str, evidence: Iterable[str] = ()) -> Finding:
    """The clause is broken; `remedy` is a command or an advice."""
    return Finding(ClauseState.VIOLATED, detail, tuple(evidence)[:_SHOWN], remedy)


def unknown(detail: str, remedy: str | None = None) -> Finding:
    """It cannot be said, and why."""
    return Finding(ClauseState.UNKNOWN, detail, remedy=remedy)


def not_applicable(detail: str) -> Finding:
    """The clause is about something that this configuration or this version does not have."""
    return Finding(ClauseState.NOT_APPLICABLE, detail)
