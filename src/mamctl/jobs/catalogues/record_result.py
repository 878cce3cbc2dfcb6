"""What is recorded of one book when the catalogues have been heard about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mamctl.domain.catalogues.links import CatalogueAnswer, ChosenBy, Outcome
from mamctl.domain.catalogues.observe import observe_record
from mamctl.domain.matching.records import Enquiry, Unavailability
from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Field, Observation, Source, Value
from mamctl.jobs.catalogues.ask import Testimony
from mamctl.jobs.catalogues.lookup import Hearing
from mamctl.jobs.run import Run
from mamctl.store import agreed as agreed_store
from mamctl.store import catalogue_answers as answers_store

# Only these pass by themselves; a key that is missing and an answer of unknown shape are for a person.
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
    """What came of one book."""

    book_id: int
    path: str
    title: str | None
    outcome: Outcome
    reason: str
    records: tuple[str, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One book and the question about it."""

    book_id: int
    path: str
    enquiry: Enquiry
    links: Mapping[str, CatalogueAnswer]


def record_hearing(run: Run, case: Case, hearing: Hearing, trust: Mapping[str, float]) -> Enriched:
    """Write down what was said, agree on it, and tell what is another now."""
    if _choices(answers_store.load_answers(run.db, case.book_id)) != _choices(case.links):
        reason = "a person chose a record meanwhile; the next run follows it"
        return Enriched(case.book_id, case.path, case.enquiry.title, hearing.outcome, reason, (), ())
    if hearing.outcome is Outcome.AMBIGUOUS and any(link.outcome is Outcome.MATCH for link in case.links.values()):
        reason = f"{_reason(hearing)}; what was matched before stays"
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
    """The sources whose former words are replaced: those that answered. Who is out of reach, or no longer lists the
    record, takes nothing back; what the files' own ASIN has led to is told by whoever of its family found it.
    """
    absent = {error.catalogue for error in hearing.silent}
    absent |= {one.catalogue for one in hearing.testimonies if one.delisted}
    answered = [one for one in hearing.testimonies if one.catalogue not in absent]
    heard = {one.source for one in answered}
    heard |= {Source(one.catalogue) for one in answered if one.catalogue in set(Source)}
    if heard & _BY_ASIN and not absent & _BY_ASIN:
        heard.add(Source.CATALOGUE_ASIN)
    return tuple(sorted(heard))


def _answers(hearing: Hearing, run: Run) -> Iterator[CatalogueAnswer]:
    now = run.clock()
    for one in (said for said in hearing.testimonies if not said.delisted):
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
            series=record.series_links if record else (),
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


def _reason(hearing: Hearing) -> str:
    """Why it is so, for a person: the deciding verdict's words."""
    for one in hearing.testimonies:
        if one.verdict.kind.value == hearing.outcome.value:
            return f"{one.catalogue}: {one.verdict.reason}"
    if hearing.verdict is not None:
        return hearing.verdict.reason
    return "; ".join(error.message for error in hearing.silent) or "nobody was asked"
