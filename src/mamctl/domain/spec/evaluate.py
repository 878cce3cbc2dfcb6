"""Evaluates every clause: the check of each, and what they come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from mamctl.domain.spec.checks import account, change, library, program, queue, ratio
from mamctl.domain.spec.checks.account import Check
from mamctl.domain.spec.clause import Clause, ClauseKind, ClauseState, Counts, Finding, Judged, not_applicable
from mamctl.domain.spec.facts import Facts
from mamctl.domain.spec.measures import FIGURES, judge_measure

SHARE_OF_PROMISES = "OPS-2-CLAUSES"
CHECKS: Mapping[str, Check] = {**account.CHECKS, **ratio.CHECKS, **library.CHECKS, **program.CHECKS,
                                   **queue.CHECKS, **change.CHECKS}  # fmt: skip


def evaluate(clauses: Sequence[Clause], facts: Facts) -> tuple[Judged, ...]:
    """Every clause with its state, in the same order."""
    judged = [_judged(clause, _find(clause, facts)) for clause in clauses if clause.id != SHARE_OF_PROMISES]
    by_id = {one.id: one for one in judged}
    share = compliance(judged)
    words = "of the promises that can be judged" if share is not None else "no promise can be judged yet"
    own = {c.id: _judged(c, judge_measure(c, (share, words))) for c in clauses if c.id == SHARE_OF_PROMISES}
    return tuple(by_id.get(clause.id) or own[clause.id] for clause in clauses)


def compliance(judged: Iterable[Judged]) -> float | None:
    """The share of promises that hold, among those that can be judged; None when there are none."""
    states = Counter(one.state for one in judged if one.kind is ClauseKind.PROMISE)
    total = states[ClauseState.HOLDS] + states[ClauseState.VIOLATED]
    return states[ClauseState.HOLDS] / total if total else None


def count(judged: Sequence[Judged]) -> Counts:
    """How many clauses are in each state."""
    states = Counter(one.state.value for one in judged)
    return Counts(**{state.value: states[state.value] for state in ClauseState})


def _find(clause: Clause, facts: Facts) -> Finding:
    if not clause.built:
        return not_applicable("not built yet")
    if clause.kind is ClauseKind.MEASURE:
        return judge_measure(clause, FIGURES[clause.id](facts))
    return CHECKS[clause.id](facts)


def _judged(clause: Clause, found: Finding) -> Judged:
    return Judged(
        id=clause.id,
        text=clause.text,
        kind=clause.kind,
        state=found.state,
        detail=found.detail,
        evidence=found.evidence,
        remedy=found.remedy,
        tests=clause.tests,
        figure=found.figure,
    )
