"""What is recorded of one book when the catalogues have answered about it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from mamctl.dataclass import dataclass
from mamctl.domain.catalogues.links import CatalogueAnswer, ChosenBy, Outcome
from mamctl.domain.catalogues.observe import observe_record
from mamctl.domain.matching.records import BookQuery, Unavailability
from mamctl.domain.metadata.agreed_value import AgreedValue
from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Field, Observation, Source, Value
from mamctl.jobs.catalogues.ask import CatalogueResult
from mamctl.jobs.catalogues.lookup import LookupResult
from mamctl.jobs.run import Run
from mamctl.store.catalogues import answers as answers_store
from mamctl.store.library import agreed as agreed_store

# Only these pass by themselves; a key that is missing and an answer of unknown shape need you.
_PASSING = frozenset({Unavailability.DOWN, Unavailability.THROTTLED, Unavailability.BUDGET})

_BY_ASIN = frozenset({Source.AUDIBLE, Source.AUDNEXUS})


@dataclass(frozen=True, slots=True)
class Change:
    """An agreed value that is another now; `old` is None when there was none."""

    field: Field
    old: Value | None
    new: Value
    source: Source


@dataclass(frozen=True, slots=True)
class Enriched:
    """What came of one book: the records that it was matched with, as catalogue:id, and the values that are new."""

    id: int
    path: str
    title: str | None
    outcome: Outcome
    reason: str
    records: tuple[str, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """What is recorded of a book: all that its sources say, and the values agreed from it."""

    observations: tuple[Observation, ...]
    agreed: Mapping[Field, AgreedValue]


def load_stored(db: sqlite3.Connection, book_id: int) -> Stored:
    """What is recorded of the book now."""
    return Stored(agreed_store.load_observations(db, book_id), agreed_store.load_agreed(db, book_id))


@dataclass(frozen=True, slots=True)
class Case:
    """One book and the query about it; `others` are its other readings, asked where the first finds nothing. `stored`
    is what the query was made from, None where it may be another by now."""

    book_id: int
    path: str
    book_query: BookQuery
    links: Mapping[str, CatalogueAnswer]
    others: Callable[[], tuple[BookQuery, ...]] = tuple
    stored: Stored | None = None


def record_lookup(run: Run, case: Case, result: LookupResult, trust: Mapping[str, float]) -> Enriched:
    """Record the answers, agree on them, and report what changed."""
    if _choices(answers_store.load_answers(run.db, case.book_id)) != _choices(case.links):
        reason = "you chose a record meanwhile; the next run follows it"
        return Enriched(case.book_id, case.path, case.book_query.title, result.outcome, reason, (), ())
    if result.outcome is Outcome.AMBIGUOUS and any(link.outcome is Outcome.MATCH for link in case.links.values()):
        reason = f"{_reason(result)}; what was matched before stays"
        return Enriched(case.book_id, case.path, case.book_query.title, result.outcome, reason, (), ())
    now = run.clock().replace(microsecond=0)  # as the store keeps it
    new = [
        observation
        for one in result.matched
        for observation in _observations_of(one, trust.get(one.catalogue, 1.0), now)
    ]
    stored = case.stored or load_stored(run.db, case.book_id)
    before = stored.agreed
    answered = _sources_answered(result)
    everything = agreed_store.restate_observations(run.db, case.book_id, run.id, new, answered, stored.observations)
    agreed = agree(everything)
    agreed_store.update_agreed(run.db, case.book_id, run.id, agreed, now, before)
    answers_store.forget_outages(run.db, case.book_id)
    answers_store.save_answers(run.db, case.book_id, run.id, _answers(result, now))
    changes = tuple(
        Change(one.field, before[one.field].value if one.field in before else None, one.value, one.source)
        for one in sorted(agreed, key=lambda value: value.field)
        if one.field not in before or not (before[one.field].verified or before[one.field].value == one.value)
    )
    records = tuple(f"{one.catalogue}:{one.record.id}" for one in result.matched if one.record)
    return Enriched(case.book_id, case.path, case.book_query.title, result.outcome, _reason(result), records, changes)


def _choices(links: Mapping[str, CatalogueAnswer]) -> dict[str, str | None]:
    """What you chose or ruled out, by catalogue."""
    return {name: link.record_id for name, link in links.items() if link.chosen_by is ChosenBy.USER}


def _observations_of(answer: CatalogueResult, trust: float, now: datetime) -> tuple[Observation, ...]:
    if answer.record is None:
        return ()
    place = f"{answer.catalogue}:{answer.record.id}"
    return observe_record(answer.record, answer.source, answer.certainty * trust, place, now)


def _sources_answered(result: LookupResult) -> tuple[Source, ...]:
    """The sources whose former words are replaced: those that answered. Who is out of reach, or no longer lists the
    record, takes nothing back; what the files' own ASIN has led to is stated by the one of its group that found it.
    """
    absent = {error.catalogue for error in result.unavailable}
    absent |= {one.catalogue for one in result.answers if one.delisted}
    answered = [one for one in result.answers if one.catalogue not in absent]
    sources = {one.source for one in answered}
    sources |= {Source(one.catalogue) for one in answered if one.catalogue in set(Source)}
    if sources & _BY_ASIN and not absent & _BY_ASIN:
        sources.add(Source.CATALOGUE_ASIN)
    return tuple(sorted(sources))


def _answers(result: LookupResult, now: datetime) -> Iterator[CatalogueAnswer]:
    for one in (answer for answer in result.answers if not answer.delisted):
        record = one.record
        outcome = Outcome.MATCH if record else _refusal(one, result)
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
            series=record.series_links if record else (),
            rating=record.rating if record else None,
            ratings_count=record.ratings_count if record else None,
            url=record.url if record else None,
        )
    for error in result.unavailable:
        if error.reason in _PASSING:
            yield CatalogueAnswer(
                catalogue=error.catalogue, outcome=Outcome.UNAVAILABLE, reason=error.message, asked_at=now,
                chosen_by=ChosenBy.SEARCH,
            )  # fmt: skip


def _refusal(answer: CatalogueResult, result: LookupResult) -> Outcome:
    """Why an answer has no record: by its own verdict, or because all candidates together leave it in doubt."""
    if answer.verdict.chosen is not None and result.verdict is not None:
        return Outcome(result.verdict.kind.value)
    return Outcome(answer.verdict.kind.value)


def _other_reading(result: LookupResult) -> str:
    """Which other reading of the book's name was answered."""
    if result.read_as is None:
        return ""
    by = f" by {result.read_as.author}" if result.read_as.author else ""
    return f"; its name was read as “{result.read_as.title}”{by}"


def _reason(result: LookupResult) -> str:
    """Why it is so: the deciding verdict's words."""
    for one in result.answers:
        if one.verdict.kind.value == result.outcome.value:
            return f"{one.catalogue}: {one.verdict.reason}{_other_reading(result)}"
    if result.verdict is not None:
        return result.verdict.reason
    return "; ".join(error.message for error in result.unavailable) or "no catalogue was asked"
