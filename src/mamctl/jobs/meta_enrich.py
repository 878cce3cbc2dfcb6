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

from mamctl.domain.agreement import agree
from mamctl.domain.catalogue_answer import CatalogueAnswer, ChosenBy, Outcome
from mamctl.domain.catalogue_record import CatalogueUnavailableError, Enquiry, Unavailability
from mamctl.domain.observation import Field, Observation, Source, Value
from mamctl.domain.problem import Problem
from mamctl.domain.testimony import enquiry_of, observe_record
from mamctl.jobs.catalogue_hearing import Hearing, HearingPolicy, Testimony, catalogues_to_ask, hear, leads_back
from mamctl.jobs.ports_catalogues import Catalogue, LooksUpMany
from mamctl.jobs.run import Run
from mamctl.store import agreed as agreed_store
from mamctl.store import catalogue_answers as answers_store
from mamctl.store.database import transaction

WINDOW = 50  # books asked about and recorded together
WORKERS = 4  # books on their way at once, so that one host's pace does not hold up the others
# Only these pass by themselves; a key that is missing and an answer of unknown shape are for a person.
_PASSING = frozenset({Unavailability.DOWN, Unavailability.THROTTLED, Unavailability.BUDGET})


@dataclass(frozen=True, slots=True)
class Change:
    """An agreed value that is another now; `old` is None when there was none."""

    field: Field
    old: Value | None
    new: Value
    source: Source


@dataclass(frozen=True, slots=True)
class Enriched:
    """What came of one book."""

    book_id: int
    path: str
    title: str | None
    outcome: Outcome
    reason: str
    records: tuple[str, ...]
    changes: tuple[Change, ...]


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


@dataclass(frozen=True, slots=True)
class _Case:
    """One book and the question about it."""

    book_id: int
    path: str
    enquiry: Enquiry
    links: Mapping[str, CatalogueAnswer]


def enrich(
    run: Run,
    book_ids: Sequence[int],
    catalogues: Sequence[Catalogue],
    policy: HearingPolicy,
    *,
    trust: Mapping[str, float] | None = None,
    tell: Callable[[Enriched], None] = lambda _: None,
) -> EnrichFigures:
    """Ask about the books and record what came of it.

    It ends early when no catalogue can be asked any more, and when one has had its budget: the books that are left
    are asked about in the next run, and not of lesser catalogues in this one.
    """
    figures = EnrichFigures()
    remaining = iter(book_ids)
    with ThreadPoolExecutor(WORKERS) as pool:
        while ids := tuple(islice(remaining, WINDOW)):
            cases = [_observe(run, book_id) for book_id in ids]
            _ask_at_once(catalogues, cases, policy)
            hearings = list(pool.map(lambda case: hear(case.enquiry, catalogues, policy, case.links), cases))
            with transaction(run.db):
                done = [_record(run, case, heard, trust or {}) for case, heard in zip(cases, hearings, strict=True)]
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


def _observe(run: Run, book_id: int) -> _Case:
    row = run.db.execute("SELECT path, duration FROM books WHERE id = ?", (book_id,)).fetchone()
    observations = agreed_store.load_observations(run.db, book_id)
    agreed = agreed_store.load_agreed(run.db, book_id)
    enquiry = enquiry_of(observations, agreed, row["duration"])
    return _Case(book_id, row["path"], enquiry, answers_store.load_answers(run.db, book_id))


def _ask_at_once(catalogues: Sequence[Catalogue], cases: Sequence[_Case], policy: HearingPolicy) -> None:
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


def _record(run: Run, case: _Case, hearing: Hearing, trust: Mapping[str, float]) -> Enriched:
    """Write down what was said, agree on it, and tell what is another now."""
    if _choices(answers_store.load_answers(run.db, case.book_id)) != _choices(case.links):
        reason = "a person chose a record meanwhile; the next run follows it"
        return Enriched(case.book_id, case.path, case.enquiry.title, hearing.outcome, reason, (), ())
    now = run.clock()
    said = [observation for one in hearing.matched for observation in _said(one, trust.get(one.catalogue, 1.0), run)]
    before = agreed_store.load_agreed(run.db, case.book_id)
    heard_of = _sources_heard(hearing)
    agreed_store.replace_observations(run.db, case.book_id, run.id, said, heard_of)
    everything = agreed_store.load_observations(run.db, case.book_id)
    agreed_store.save_agreed(run.db, case.book_id, run.id, agree(everything), now)
    answers_store.forget_outages(run.db, case.book_id)
    answers_store.save_answers(run.db, case.book_id, run.id, _answers(hearing, run))
    after = agreed_store.load_agreed(run.db, case.book_id)
    changes = tuple(
        Change(field, before[field].value if field in before else None, chosen.value, chosen.source)
        for field, chosen in after.items()
        if field not in before or before[field].value != chosen.value
    )
    records = tuple(f"{one.catalogue}:{one.record.id}" for one in hearing.matched if one.record)
    return Enriched(case.book_id, case.path, case.enquiry.title, hearing.outcome, _reason(hearing), records, changes)


def _choices(links: Mapping[str, CatalogueAnswer]) -> dict[str, str | None]:
    """What a person chose or ruled out, by catalogue."""
    return {name: link.record_id for name, link in links.items() if link.chosen_by is ChosenBy.PERSON}


def _said(testimony: Testimony, trust: float, run: Run) -> tuple[Observation, ...]:
    if testimony.record is None:
        return ()
    place = f"{testimony.catalogue}:{testimony.record.id}"
    return observe_record(testimony.record, testimony.source, testimony.certainty * trust, place, run.clock())


def _sources_heard(hearing: Hearing) -> tuple[Source, ...]:
    """The sources whose former words are replaced: those that answered. Who is out of reach takes nothing back."""
    heard = {one.source for one in hearing.testimonies}
    heard |= {Source(one.catalogue) for one in hearing.testimonies if one.catalogue in set(Source)}
    if heard & {Source.AUDIBLE, Source.AUDNEXUS, Source.CATALOGUE_ASIN}:
        heard |= {Source.CATALOGUE_ASIN}
    silent = {error.catalogue for error in hearing.silent}
    return tuple(sorted(source for source in heard if source.value not in silent))


def _answers(hearing: Hearing, run: Run) -> Iterator[CatalogueAnswer]:
    now = run.clock()
    for one in hearing.testimonies:
        record = one.record
        outcome = Outcome.MATCH if record else _refusal(one, hearing)
        yield CatalogueAnswer(
            catalogue=one.catalogue,
            outcome=outcome,
            chosen_by=one.chosen_by,
            reason=one.verdict.reason,
            asked_at=now,
            record_id=record.id if record else None,
            region=record.region if record else None,
            title=record.title if record else None,
            score=one.certainty if record else None,
            series=_series_of(one),
            rating=record.rating if record else None,
            ratings_count=record.ratings_count if record else None,
            url=record.url if record else None,
        )
    for error in hearing.silent:
        if error.reason in _PASSING:
            yield CatalogueAnswer(
                catalogue=error.catalogue, outcome=Outcome.UNAVAILABLE, reason=error.message, asked_at=now,
                chosen_by=ChosenBy.SEARCH,
            )  # fmt: skip


def _refusal(testimony: Testimony, hearing: Hearing) -> Outcome:
    """Why a testimony has no record: by its own verdict, or because all candidates together leave it in doubt."""
    if testimony.verdict.chosen is not None and hearing.verdict is not None:
        return Outcome(hearing.verdict.kind.value)
    return Outcome(testimony.verdict.kind.value)


def _series_of(testimony: Testimony) -> tuple[tuple[str, str], ...]:
    record = testimony.record
    return tuple(zip((e.name for e in record.series), record.series_ids, strict=False)) if record else ()


def _reason(hearing: Hearing) -> str:
    """Why it is so, for a person: the deciding verdict's words."""
    for one in hearing.testimonies:
        if one.verdict.kind.value == hearing.outcome.value:
            return f"{one.catalogue}: {one.verdict.reason}"
    if hearing.verdict is not None:
        return hearing.verdict.reason
    return "; ".join(error.message for error in hearing.silent) or "nobody was asked"
