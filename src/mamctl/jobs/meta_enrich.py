"""Enrichment: ask the catalogues about books of the library, and agree anew on what is known of them.

It may be stopped at any time: what is recorded stays, and answers are kept, so that the next run goes on. Where a
catalogue was out of reach for a while, the next run asks it, and it alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

from mamctl.domain.catalogue_answer import Outcome
from mamctl.domain.catalogue_record import CatalogueUnavailableError, Unavailability
from mamctl.domain.problem import Problem
from mamctl.domain.testimony import enquiry_of
from mamctl.jobs.catalogue_hearing import Hearing, catalogues_to_ask, hear
from mamctl.jobs.catalogue_question import HearingPolicy, leads_back
from mamctl.jobs.enrichment import Case, Enriched, record_hearing
from mamctl.jobs.ports_catalogues import Catalogue, LooksUpMany
from mamctl.jobs.run import Run
from mamctl.store import agreed as agreed_store
from mamctl.store import catalogue_answers as answers_store
from mamctl.store.database import transaction

WINDOW = 50  # books asked about and recorded together
WORKERS = 4  # books on their way at once, so that one host's pace does not hold up the others


@dataclass(slots=True)
class EnrichFigures:
    """What a run did. `silent` counts by catalogue and reason the books for which it could not be asked."""

    books: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    changes: int = 0
    left: int = 0
    silent: Counter[tuple[str, str]] = field(default_factory=Counter)
    errors: dict[tuple[str, str], CatalogueUnavailableError] = field(default_factory=dict)

    def count(self, done: Enriched, hearing: Hearing) -> None:
        """Count one book in."""
        self.books += 1
        self.outcomes[done.outcome] += 1
        self.changes += len(done.changes)
        for error in hearing.silent:
            key = (error.catalogue, error.reason.value)
            self.silent[key] += 1
            self.errors.setdefault(key, error)

    def problems(self) -> Iterator[Problem]:
        """One problem for each catalogue that could not be asked, with how many books that concerns."""
        for key, error in sorted(self.errors.items()):
            books = self.silent[key]
            text = f"{error.message} ({books} book{'' if books == 1 else 's'} without its answer)"
            yield Problem(error.slug, text, error.subject, error.remedy)


def enrich(
    run: Run,
    book_ids: Sequence[int],
    catalogues: Sequence[Catalogue],
    policy: HearingPolicy,
    *,
    trust: Mapping[str, float] | None = None,
    tell: Callable[[Enriched], None] = lambda _: None,
    step: Callable[[], None] = lambda: None,
) -> EnrichFigures:
    """Ask about the books and record what came of it; `step` is called as each book has been asked about.

    It ends early when no catalogue can be asked any more, and when one has had its budget: the books that are left
    are asked about in the next run, and not of lesser catalogues in this one.
    """
    figures = EnrichFigures()
    remaining = iter(book_ids)
    with ThreadPoolExecutor(WORKERS) as pool:
        while ids := tuple(islice(remaining, WINDOW)):
            cases = [_observe(run, book_id) for book_id in ids]
            _ask_at_once(catalogues, cases, policy)
            hearings = []
            for hearing in pool.map(lambda case: hear(case.enquiry, catalogues, policy, case.links), cases):
                hearings.append(hearing)
                step()
            with transaction(run.db):
                done = [
                    record_hearing(run, case, heard, trust or {}) for case, heard in zip(cases, hearings, strict=True)
                ]
            for one, heard in zip(done, hearings, strict=True):
                figures.count(one, heard)
                tell(one)
            if _is_over(hearings):
                figures.left = sum(1 for _ in remaining)
                break
    return figures


def _is_over(hearings: Sequence[Hearing]) -> bool:
    """Whether asking on is of no use in this run."""
    spent = any(error.reason is Unavailability.BUDGET for heard in hearings for error in heard.silent)
    return spent or all(heard.silent and not heard.testimonies for heard in hearings)


def _observe(run: Run, book_id: int) -> Case:
    row = run.db.execute("SELECT path, duration FROM books WHERE id = ?", (book_id,)).fetchone()
    observations = agreed_store.load_observations(run.db, book_id)
    agreed = agreed_store.load_agreed(run.db, book_id)
    enquiry = enquiry_of(observations, agreed, row["duration"])
    return Case(book_id, row["path"], enquiry, answers_store.load_answers(run.db, book_id))


def _ask_at_once(catalogues: Sequence[Catalogue], cases: Sequence[Case], policy: HearingPolicy) -> None:
    """Where a catalogue answers for many ids in one request, let it; what it says is remembered for each."""
    for catalogue in catalogues:
        if isinstance(catalogue, LooksUpMany):
            asked = [case for case in cases if catalogue in catalogues_to_ask(catalogues, case.links, policy)]
            linked = (case.links.get(catalogue.name) for case in asked)
            known = [link.record_id for link in linked if link and link.record_id and leads_back(link, policy)]
            named = [case.enquiry.asin for case in asked if case.enquiry.asin]
            try:
                catalogue.lookup_many(tuple(dict.fromkeys([*known, *named])))
            except CatalogueUnavailableError:
                continue  # each book's own question will tell
