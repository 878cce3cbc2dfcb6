"""Enrichment: ask the catalogues about books of the library, and agree again on what is known about them.

It may be stopped at any time: what is recorded stays, and answers are kept, so that the next run goes on. Where a
catalogue was out of reach for a while, the next run asks it, and it alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field, replace
from functools import cache
from itertools import islice

from mamctl.dataclass import dataclass
from mamctl.domain.catalogues.links import Outcome
from mamctl.domain.catalogues.observe import book_query_of, other_queries
from mamctl.domain.matching.records import Unavailability
from mamctl.domain.problem import Problem
from mamctl.jobs.catalogues.ask import LookupPolicy, leads_back, look_up_many
from mamctl.jobs.catalogues.lookup import LookupResult, Outages, catalogues_to_ask, query_readings
from mamctl.jobs.catalogues.ports import Catalogue, ListsAuthors, LooksUpMany
from mamctl.jobs.catalogues.record_result import Case, Enriched, load_stored, record_lookup
from mamctl.jobs.library.read_names import NameReader
from mamctl.jobs.run import Run
from mamctl.sqlite import transaction
from mamctl.store.catalogues.answers import load_answers
from mamctl.store.database import others_version
from mamctl.store.library.agreed import first_authors
from mamctl.store.library.books import book_duration, book_path

WINDOW = 50  # books asked about and recorded together
WORKERS = 4  # books on their way at once, so that one host's pace does not hold up the others


@dataclass(slots=True)
class EnrichFigures:
    """What a run did."""

    books: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    changes: int = 0
    left: int = 0
    outages: Outages = field(default_factory=Outages)

    def count(self, done: Enriched, result: LookupResult) -> None:
        """Count one book in."""
        self.books += 1
        self.outcomes[done.outcome] += 1
        self.changes += len(done.changes)
        self.outages.count(result.unavailable)

    def problems(self) -> Iterator[Problem]:
        """One problem for each catalogue that could not be asked, with how many books that concerns."""
        return self.outages.problems()


def enrich(
    run: Run,
    book_ids: Sequence[int],
    catalogues: Sequence[Catalogue],
    policy: LookupPolicy,
    *,
    trust: Mapping[str, float] | None = None,
    on_progress: Callable[[Enriched], None] = lambda _: None,
    step: Callable[[], None] = lambda: None,
) -> EnrichFigures:
    """Ask about the books and record what came of it; `step` is called as each book has been asked about.

    It ends early when no catalogue can be asked any more, and when one has had its budget: the books that are left
    are asked about in the next run, and not of lesser catalogues in this one.
    """
    figures = EnrichFigures()
    remaining = iter(book_ids)
    names = NameReader(run.db)
    listing = [one for one in catalogues if isinstance(one, ListsAuthors)]
    for catalogue in listing:
        catalogue.expect_authors(first_authors(run.db, book_ids))
    with ThreadPoolExecutor(WORKERS) as pool:
        while ids := tuple(islice(remaining, WINDOW)):
            for catalogue in listing:
                catalogue.begin_batch()
            version = others_version(run.db)
            cases = [_observe(run, book_id, names) for book_id in ids]
            _ask_at_once(catalogues, cases, policy)
            results = []
            for result in pool.map(
                lambda case: query_readings(case.book_query, case.others, catalogues, policy, case.links), cases
            ):
                results.append(result)
                step()
            done = _record(run, cases, results, version, trust or {})
            for one, result in zip(done, results, strict=True):
                figures.count(one, result)
                on_progress(one)
            if _is_over(results):
                figures.left = sum(1 for _ in remaining)
                break
    return figures


def _record(
    run: Run, cases: Sequence[Case], results: Sequence[LookupResult], version: int, trust: Mapping[str, float]
) -> list[Enriched]:
    """Record the answers about a window of books in one transaction. What was read of them at this `version` of the
    store counts only while nobody has changed it, and where no book is named twice.
    """
    with transaction(run.db):
        if others_version(run.db) != version or len({case.book_id for case in cases}) < len(cases):
            cases = [replace(case, stored=None) for case in cases]
        return [record_lookup(run, case, result, trust) for case, result in zip(cases, results, strict=True)]


def _is_over(results: Sequence[LookupResult]) -> bool:
    """Whether asking on is of no use in this run."""
    spent = any(error.reason is Unavailability.BUDGET for result in results for error in result.unavailable)
    return spent or all(result.unavailable and not result.answers for result in results)


def _observe(run: Run, book_id: int, names: NameReader) -> Case:
    stored = load_stored(run.db, book_id)
    observations, agreed = stored.observations, stored.agreed
    first, links = book_query_of(observations, agreed, book_duration(run.db, book_id)), load_answers(run.db, book_id)
    case = Case(book_id, book_path(run.db, book_id), first, links, stored=stored)
    if any(link.outcome is Outcome.MATCH for link in links.values()):
        return case
    read = names.prepare(book_id, observations)
    return replace(case, others=cache(lambda: other_queries(first, observations, agreed, read())))


def _ask_at_once(catalogues: Sequence[Catalogue], cases: Sequence[Case], policy: LookupPolicy) -> None:
    """Where a catalogue answers for many ids in one request, let it; its answers are remembered for each."""
    for catalogue in catalogues:
        if isinstance(catalogue, LooksUpMany):
            asked = [case for case in cases if catalogue in catalogues_to_ask(catalogues, case.links, policy)]
            linked = (case.links.get(catalogue.name) for case in asked)
            known = [link.record_id for link in linked if link and link.record_id and leads_back(link, policy)]
            named = [case.book_query.asin for case in asked if case.book_query.asin]
            look_up_many(catalogue, [*known, *named])
