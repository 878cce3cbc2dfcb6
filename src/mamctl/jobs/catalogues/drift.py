"""Drift: compare enriched books with what the catalogues say today, correct what may be corrected, report the rest.

Only records that were matched before are asked for again, by their ids: a book that no catalogue knows is a matter of
enrichment. A run may be stopped at any time; a book is settled wholly or not at all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import field

from mamctl.dataclass import dataclass
from mamctl.domain.catalogues.drift import DriftCase, DriftPolicy, plan_drift, settle
from mamctl.domain.catalogues.drift_changes import PROTECTED, Change, ChangeKind
from mamctl.domain.permits import Correct
from mamctl.domain.problem import Problem
from mamctl.jobs.catalogues.drift_lookup import WINDOW, FreshLookup, look_up_again, rules_of
from mamctl.jobs.catalogues.lookup import Outages
from mamctl.jobs.catalogues.ports import Catalogue
from mamctl.jobs.permits import ClauseRefusedError, note_refusal, permit
from mamctl.jobs.run import Run
from mamctl.sqlite import transaction
from mamctl.store.catalogues import drift as store
from mamctl.store.catalogues.compared import Compared, rows_within, save_compared


@dataclass(slots=True)
class DriftFigures:
    """What a run saw and did. Of the `changes`, which its caller was given one by one, `made` are corrections."""

    books: int = 0
    left: int = 0
    changes: int = 0
    made: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    outages: Outages = field(default_factory=Outages)
    unanswered: int = 0

    def count_outages(self, result: FreshLookup) -> None:
        """Count the catalogues that could not be asked about one book."""
        self.outages.count(result.unavailable)
        self.unanswered += bool(result.unavailable) and not result.fresh

    def all_problems(self) -> Iterator[Problem]:
        """One for each catalogue that was unavailable, with its number of books; then those of single books."""
        yield from self.outages.problems()
        yield from self.problems


def check_drift(
    run: Run,
    books: Sequence[int],
    catalogues: Sequence[Catalogue],
    policy: DriftPolicy,
    trust: Mapping[str, float],
    on_change: Callable[[Change], None] = lambda _: None,
    step: Callable[[], None] = lambda: None,
) -> DriftFigures:
    """Find what would change, and change nothing; `step` is called as each book has been asked about.

    Books of which nothing comes are remembered, and not compared again before something about them changed.
    """
    figures = DriftFigures()
    quiet: list[tuple[int, Compared]] = []
    for result in look_up_again(run, books, catalogues, trust, step, rules_of(catalogues, trust, policy.certain)):
        figures.books += 1
        changes: tuple[Change, ...] = ()
        if not result.settled:
            figures.count_outages(result)
            figures.problems.extend(result.problems)
            case = DriftCase(result.book, result.agreed, result.observations, result.fresh, result.proposed)
            changes = plan_drift(case, policy)
            figures.changes += len(changes)
            for change in changes:
                on_change(change)
        if result.known_by is not None and not changes and not result.problems:
            quiet.append((result.book, result.known_by))
        if len(quiet) >= WINDOW:
            _remember(run, quiet)
    _remember(run, quiet)
    return figures


def _remember(run: Run, quiet: list[tuple[int, Compared]]) -> None:
    if not run.dry_run:
        save_compared(run.db, quiet)
    quiet.clear()


def fix_drift(
    run: Run,
    books: Sequence[int],
    catalogues: Sequence[Catalogue],
    policy: DriftPolicy,
    trust: Mapping[str, float],
    on_change: Callable[[Change], None] = lambda _: None,
    step: Callable[[], None] = lambda: None,
) -> DriftFigures:
    """Correct what is safe, up to the policy's number of changes, and report what needs your decision."""
    figures = DriftFigures()
    drift_run = store.begin_drift_run(run.db, run.id, run.clock())
    with closing(look_up_again(run, books, catalogues, trust, step)) as asked:
        for result in asked:
            if len(figures.made) >= policy.max_changes:
                break
            figures.books += 1
            figures.count_outages(result)
            figures.problems.extend(result.problems)
            for change in _try_to_settle(run, result, policy, drift_run, figures):
                on_change(change)
    figures.left = len(books) - figures.books
    return figures


def _try_to_settle(
    run: Run, result: FreshLookup, policy: DriftPolicy, drift_run: int, figures: DriftFigures
) -> tuple[Change, ...]:
    try:
        made, changes = _settle(run, result, policy, drift_run, policy.max_changes - len(figures.made))
    except ClauseRefusedError as error:
        note_refusal(run, error)
        figures.problems.append(Problem.of(error, str(result.book)))
        return ()
    except sqlite3.IntegrityError as error:  # you verified the field this very moment
        figures.problems.append(Problem("drift_refused", str(error), str(result.book)))
        return ()
    figures.made.extend(made)
    figures.changes += len(changes)
    return changes


def _settle(
    run: Run, result: FreshLookup, policy: DriftPolicy, drift_run: int, room: int
) -> tuple[list[Change], tuple[Change, ...]]:
    """One book in one transaction; decided inside it, so that what was read stays true."""
    now = run.clock()
    with transaction(run.db):
        case = _case(run.db, result)
        if case is None:
            return [], ()  # another record was chosen meanwhile; the next run asks about that
        changes = plan_drift(case, policy)
        safe = [change for change in changes if change.kind is ChangeKind.SAFE]
        proposed = [change for change in changes if change.kind is not ChangeKind.SAFE]
        made = safe[:room]
        before = {change.field: store.snapshot(run.db, result.book, change.field) for change in made}
        deferred = frozenset(change.field for change in safe[room:])
        store.renew_evidence(run.db, result.book, run.id, settle(case, (*made, *proposed), deferred).observations)
        for change in made:
            leave = permit(run, _correction(change, case, before[change.field]))
            store.make_change(run.db, change, before[change.field], run.id, drift_run, now, leave)
        for change in proposed:
            store.propose_change(run.db, change, drift_run, now)
        if not result.unavailable and not deferred:
            store.mark_looked_at(run.db, result.book, drift_run, now)
    return made, tuple(change for change in changes if change.field not in deferred)


def _correction(change: Change, case: DriftCase, before: str) -> Correct:
    """The facts of one correction."""
    known = case.agreed.get(change.field)
    return Correct(
        book=change.book,
        field=change.field.value,
        protected=change.field in PROTECTED,
        verified=known is not None and known.verified,
        replaces=known is not None,
        source=change.chosen.source.value,
        recorded=bool(before),
    )


def _case(db: sqlite3.Connection, result: FreshLookup) -> DriftCase | None:
    """The book as it is now, read again only where it changed since it was asked about; None where another record was
    chosen meanwhile, or the book is gone."""
    now = next(iter(rows_within(db, [result.book])), None)
    if now is None or result.rows is None or now.answer_rows != result.rows.answer_rows:
        return None
    if now == result.rows:
        return DriftCase(result.book, result.agreed, result.observations, result.fresh, result.proposed)
    return DriftCase(result.book, now.agreed(), now.observations(), result.fresh, now.proposed())
