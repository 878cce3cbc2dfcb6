"""Drift: compare enriched books with what the catalogues say today, correct what may be corrected, tell the rest.

Only records that were matched before are asked for again, by their ids: a book that no catalogue knows is a matter of
enrichment. A run may be stopped at any time; a book is settled wholly or not at all.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice

from mamctl.domain.catalogue_answer import CatalogueAnswer, ChosenBy, Outcome
from mamctl.domain.catalogue_record import CatalogueRecord, CatalogueUnavailableError, Enquiry, Medium
from mamctl.domain.drift import Change, DriftCase, DriftPolicy, FreshRecord, plan_drift, settle
from mamctl.domain.drift_fields import ChangeKind
from mamctl.domain.matching import score
from mamctl.domain.observation import Source
from mamctl.domain.problem import Problem
from mamctl.domain.testimony import observe_record
from mamctl.jobs.meta_match import question_about
from mamctl.jobs.ports_catalogues import Catalogue, LooksUpMany
from mamctl.jobs.run import Run
from mamctl.store import drift as store
from mamctl.store.agreed import load_agreed, load_observations
from mamctl.store.catalogue_answers import load_answers
from mamctl.store.database import transaction

WINDOW = 50  # books asked about together
WORKERS = 4
# What shows that an id leads to another book now, not to this one changed.
_OTHER_BOOK = frozenset({"author", "language", "omnibus", "about"})


@dataclass(slots=True)
class DriftFigures:
    """What a run saw and did. `made` are corrections, `open` those that a person was told of."""

    books: int = 0
    left: int = 0
    changes: list[Change] = field(default_factory=list)
    made: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    silent: Counter[str] = field(default_factory=Counter)
    errors: dict[str, CatalogueUnavailableError] = field(default_factory=dict)
    unanswered: int = 0

    def count_silence(self, heard: _Heard) -> None:
        """Count the catalogues that could not be asked about one book."""
        for error in heard.silent:
            self.silent[error.slug + error.catalogue] += 1
            self.errors.setdefault(error.slug + error.catalogue, error)
        self.unanswered += bool(heard.silent) and not heard.fresh

    def all_problems(self) -> Iterator[Problem]:
        """One for each catalogue that was silent, with its number of books; then those of single books."""
        for key, error in sorted(self.errors.items()):
            count = self.silent[key]
            text = f"{error.message} ({count} book{'' if count == 1 else 's'} without its answer)"
            yield Problem(error.slug, text, error.subject, error.remedy)
        yield from self.problems


@dataclass(frozen=True, slots=True)
class _Question:
    """A book, what is known of it, and the records that were matched before."""

    book: int
    enquiry: Enquiry
    links: Mapping[str, CatalogueAnswer]


@dataclass(frozen=True, slots=True)
class _Heard:
    """What the catalogues say of one book today."""

    book: int
    fresh: tuple[FreshRecord, ...]
    silent: tuple[CatalogueUnavailableError, ...]
    problems: tuple[Problem, ...]


def check_drift(
    run: Run, books: Sequence[int], catalogues: Sequence[Catalogue], policy: DriftPolicy, trust: Mapping[str, float]
) -> DriftFigures:
    """Find what would change, and change nothing."""
    figures = DriftFigures()
    for heard in _ask(run, books, catalogues, trust):
        figures.books += 1
        figures.count_silence(heard)
        figures.problems.extend(heard.problems)
        figures.changes.extend(plan_drift(_case(run.db, heard), policy))
    return figures


def fix_drift(
    run: Run,
    books: Sequence[int],
    catalogues: Sequence[Catalogue],
    policy: DriftPolicy,
    trust: Mapping[str, float],
    tell: Callable[[Change], None] = lambda _: None,
) -> DriftFigures:
    """Correct what is safe, up to the policy's number of changes, and tell what is for a person."""
    figures = DriftFigures()
    drift_run = store.begin_drift_run(run.db, run.id, run.clock())
    with closing(_ask(run, books, catalogues, trust)) as asked:
        for heard in asked:
            if len(figures.made) >= policy.max_changes:
                break
            figures.books += 1
            figures.count_silence(heard)
            figures.problems.extend(heard.problems)
            for change in _try_to_settle(run, heard, policy, drift_run, figures):
                tell(change)
    figures.left = len(books) - figures.books
    return figures


def _try_to_settle(
    run: Run, heard: _Heard, policy: DriftPolicy, drift_run: int, figures: DriftFigures
) -> tuple[Change, ...]:
    try:
        made, changes = _settle(run, heard, policy, drift_run, policy.max_changes - len(figures.made))
    except sqlite3.IntegrityError as error:  # a person verified the field this very moment
        figures.problems.append(Problem("drift_refused", str(error), str(heard.book)))
        return ()
    figures.made.extend(made)
    figures.changes.extend(changes)
    return changes


def _settle(
    run: Run, heard: _Heard, policy: DriftPolicy, drift_run: int, room: int
) -> tuple[list[Change], tuple[Change, ...]]:
    """One book in one transaction; decided inside it, so that what was read stays true."""
    now = run.clock()
    with transaction(run.db):
        case = _case(run.db, heard)
        changes = plan_drift(case, policy)
        safe = [change for change in changes if change.kind is ChangeKind.SAFE]
        told = [change for change in changes if change.kind is not ChangeKind.SAFE]
        made = safe[:room]
        before = {change.field: store.snapshot(run.db, heard.book, change.field) for change in made}
        deferred = frozenset(change.field for change in safe[room:])
        store.renew_evidence(run.db, heard.book, run.id, settle(case, (*made, *told), deferred).observations)
        for change in made:
            store.make_change(run.db, change, before[change.field], run.id, drift_run, now)
        for change in told:
            store.tell_change(run.db, change, drift_run, now)
        if not heard.silent and not deferred:
            store.mark_looked_at(run.db, heard.book, drift_run, now)
    return made, tuple(change for change in changes if change.field not in deferred)


def _case(db: sqlite3.Connection, heard: _Heard) -> DriftCase:
    return DriftCase(
        book=heard.book,
        agreed=load_agreed(db, heard.book),
        observations=load_observations(db, heard.book),
        fresh=heard.fresh,
        told=store.load_told(db, heard.book),
    )


def _ask(
    run: Run, books: Sequence[int], catalogues: Sequence[Catalogue], trust: Mapping[str, float]
) -> Generator[_Heard, None, None]:
    """What the catalogues say of each book, asked for a window of books at a time."""
    remaining = iter(books)
    with ThreadPoolExecutor(WORKERS) as pool:
        while ids := tuple(islice(remaining, WINDOW)):
            questions = [_Question(one, question_about(run.db, one), load_answers(run.db, one)) for one in ids]
            _ask_at_once(catalogues, questions)
            hear = partial(_hear, catalogues=catalogues, trust=trust, now=run.clock().replace(microsecond=0))
            heard = list(pool.map(hear, questions))
            yield from heard
            if all(one.silent and not one.fresh for one in heard):
                return


def _ask_at_once(catalogues: Sequence[Catalogue], questions: Iterable[_Question]) -> None:
    """Where a catalogue answers for many ids in one request, let it; what it says is remembered for each."""
    questions = tuple(questions)
    for catalogue in catalogues:
        ids = [link.record_id for one in questions if (link := _link(one, catalogue)) and link.record_id]
        if ids and isinstance(catalogue, LooksUpMany):
            try:
                catalogue.lookup_many(tuple(dict.fromkeys(ids)))
            except CatalogueUnavailableError:
                continue  # each book's own question will tell


def _link(question: _Question, catalogue: Catalogue) -> CatalogueAnswer | None:
    link = question.links.get(catalogue.name)
    return link if link is not None and link.outcome is Outcome.MATCH and link.record_id else None


def _hear(question: _Question, catalogues: Sequence[Catalogue], trust: Mapping[str, float], now: datetime) -> _Heard:
    fresh: list[FreshRecord] = []
    silent: list[CatalogueUnavailableError] = []
    problems: list[Problem] = []
    for catalogue in catalogues:
        link = _link(question, catalogue)
        if link is None:
            continue
        try:
            record = catalogue.lookup(link.record_id or "")
        except CatalogueUnavailableError as error:
            silent.append(error)
            continue
        if record is None:
            continue  # it no longer lists the record: that is no statement about the book
        if link.chosen_by is not ChosenBy.PERSON and _leads_elsewhere(question.enquiry, record):
            problems.append(_elsewhere(question, catalogue, record))
        else:
            fresh.append(_fresh(catalogue, record, link, trust.get(catalogue.name, 1.0), now))
    return _Heard(question.book, tuple(fresh), tuple(silent), tuple(problems))


def _leads_elsewhere(enquiry: Enquiry, record: CatalogueRecord) -> bool:
    return any(penalty.hard and penalty.name in _OTHER_BOOK for penalty in score(enquiry, record).penalties)


def _elsewhere(question: _Question, catalogue: Catalogue, record: CatalogueRecord) -> Problem:
    subject = f"{catalogue.name}:{record.id}"
    text = f"{subject} is “{record.title}” now, another book than number {question.book}; nothing was taken from it"
    return Problem("record_changed", text, subject, f"mamctl meta match {question.book}")


def _fresh(
    catalogue: Catalogue, record: CatalogueRecord, link: CatalogueAnswer, trust: float, now: datetime
) -> FreshRecord:
    certainty = 1.0 if link.chosen_by is not ChosenBy.SEARCH else link.score or 0.0
    source = Source.CATALOGUE_ASIN if link.chosen_by is ChosenBy.ASIN else catalogue.source
    said = observe_record(record, source, certainty * trust, f"{catalogue.name}:{record.id}", now)
    length = record.duration_s if record.format is Medium.AUDIO else None
    return FreshRecord(source, certainty, length, said)
