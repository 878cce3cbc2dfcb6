"""Matching on request: every catalogue's candidates for one book, judged together; and what you chose."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from mamctl.dataclass import dataclass
from mamctl.domain.catalogues.links import CatalogueAnswer, ChosenBy, Outcome
from mamctl.domain.catalogues.observe import book_query_of, other_queries
from mamctl.domain.matching.match import (
    DEFAULT_MATCH_POLICY,
    MatchPolicy,
    Verdict,
    VerdictKind,
    judge_candidates,
)
from mamctl.domain.matching.records import BookQuery, CatalogueRecord, CatalogueUnavailableError
from mamctl.domain.matching.scoring import Candidate
from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Source
from mamctl.domain.metadata.source_priority import CATALOGUE_SOURCES
from mamctl.errors import UsageError
from mamctl.jobs.catalogues.ports import Catalogue
from mamctl.jobs.catalogues.search import once, search_for, search_readings
from mamctl.jobs.library.read_names import NameReader
from mamctl.jobs.run import Run
from mamctl.sqlite import transaction
from mamctl.store.catalogues import answers as answers_store
from mamctl.store.library import agreed as agreed_store
from mamctl.store.library.books import book_duration


@dataclass(frozen=True, slots=True)
class Match:
    """The verdict over the candidates of all catalogues, and the catalogues that could not be asked."""

    book_query: BookQuery
    verdict: Verdict
    unavailable: tuple[CatalogueUnavailableError, ...]
    asked: int


def match(book_query: BookQuery, catalogues: Sequence[Catalogue], policy: MatchPolicy = DEFAULT_MATCH_POLICY) -> Match:
    """Ask every catalogue, and judge what all of them found together."""
    unavailable: list[CatalogueUnavailableError] = []
    found: list[Candidate] = []
    able = [one for one in catalogues if book_query.asin or not one.by_asin_only]
    with ThreadPoolExecutor(max(1, len(able))) as pool:  # each has its own pace, and you are waiting
        for answer in pool.map(lambda one: _ask(one, book_query, policy), able):
            if isinstance(answer, CatalogueUnavailableError):
                unavailable.append(answer)
            else:
                found += answer.found
    return Match(book_query, judge_candidates(once(found), policy), tuple(unavailable), len(able) - len(unavailable))


def match_readings(
    readings: Sequence[BookQuery], catalogues: Sequence[Catalogue], policy: MatchPolicy = DEFAULT_MATCH_POLICY
) -> tuple[int, Match]:
    """Ask every catalogue about a name with all its readings, the likeliest first: which reading was answered (its
    index), and what all catalogues found for it together. Where none finds anything, it is the first."""
    unavailable: list[CatalogueUnavailableError] = []
    answers: list[tuple[int, Verdict]] = []
    able = [one for one in catalogues if any(book_query.asin for book_query in readings) or not one.by_asin_only]
    with ThreadPoolExecutor(max(1, len(able))) as pool:
        for answer in pool.map(lambda one: _ask_readings(one, readings, policy), able):
            if isinstance(answer, CatalogueUnavailableError):
                unavailable.append(answer)
            else:
                answers.append(answer)
    asked = len(able) - len(unavailable)
    likely = min((index for index, verdict in answers if verdict.kind is not VerdictKind.NONE), default=0)
    found = [one for index, verdict in answers if index == likely for one in verdict.found]
    return likely, Match(readings[likely], judge_candidates(once(found), policy), tuple(unavailable), asked)


def _ask_readings(
    catalogue: Catalogue, readings: Sequence[BookQuery], policy: MatchPolicy
) -> tuple[int, Verdict] | CatalogueUnavailableError:
    try:
        return search_readings(catalogue, readings, policy)
    except CatalogueUnavailableError as error:
        return error


def _ask(catalogue: Catalogue, book_query: BookQuery, policy: MatchPolicy) -> Verdict | CatalogueUnavailableError:
    try:
        return search_for(catalogue, book_query, policy)
    except CatalogueUnavailableError as error:
        return error


def question_about(db: sqlite3.Connection, book_id: int) -> BookQuery:
    """The query about a book of the library, from your own values and its files."""
    observations = agreed_store.load_observations(db, book_id)
    return book_query_of(observations, agreed_store.load_agreed(db, book_id), book_duration(db, book_id))


def other_queries_about(
    db: sqlite3.Connection, book_id: int, first: BookQuery, names: NameReader
) -> tuple[BookQuery, ...]:
    """What the catalogues are asked where they find nothing with `first`: the other readings of the book's name."""
    observations = agreed_store.load_observations(db, book_id)
    read = names.read(book_id, observations)
    return other_queries(first, observations, agreed_store.load_agreed(db, book_id), read)


def choose_record(run: Run, book_id: int, catalogues: Sequence[Catalogue], chosen: str) -> CatalogueRecord:
    """Record your choice, written as catalogue:id; the next enrichment follows it. Raises UsageError."""
    name, colon, record_id = chosen.partition(":")
    catalogue = next((one for one in catalogues if one.name == name), None)
    if not colon or catalogue is None:
        names = ", ".join(one.name for one in catalogues)
        raise UsageError(f"{chosen}: not a record of a catalogue", remedy=f"write CATALOGUE:ID; there are {names}")
    record = catalogue.lookup(record_id) or _listed(run.db, book_id, catalogue, record_id)
    if record is None:
        raise UsageError(f"{chosen}: {name} has no such record", subject=chosen, remedy="mamctl meta match lists them")
    answer = CatalogueAnswer(
        catalogue=name, outcome=Outcome.MATCH, reason="you chose it", asked_at=run.clock(),
        chosen_by=ChosenBy.USER, record_id=record.id, region=record.region, title=record.title, score=1.0,
        series=record.series_links,
        rating=record.rating, ratings_count=record.ratings_count, url=record.url,
    )  # fmt: skip
    with transaction(run.db):
        answers_store.save_answers(run.db, book_id, run.id, [answer])
    return record


def _listed(db: sqlite3.Connection, book_id: int, catalogue: Catalogue, beginning: str) -> CatalogueRecord | None:
    """The one candidate whose id begins so, or None; a provider without ids has long ones."""
    first = question_about(db, book_id)
    readings = (first, *other_queries_about(db, book_id, first, NameReader(db)))
    listed = (one.record for one in search_readings(catalogue, readings, DEFAULT_MATCH_POLICY)[1].found)
    found = [record for record in listed if record.id.startswith(beginning)]
    return found[0] if beginning and len(found) == 1 else None


def choose_none(run: Run, book_id: int, catalogues: Sequence[Catalogue]) -> str:
    """Record that no catalogue has the book: none is asked again, and their earlier answers no longer count.

    Returns the reason as it is recorded.
    """
    reason = "you said that none of them is the book"
    answers = [
        CatalogueAnswer(
            catalogue=one.name, outcome=Outcome.NONE, reason=reason, asked_at=run.clock(), chosen_by=ChosenBy.USER
        )
        for one in catalogues
    ]  # fmt: skip
    with transaction(run.db):
        answers_store.save_answers(run.db, book_id, run.id, answers)
        agreed_store.replace_observations(run.db, book_id, run.id, (), _sorted(CATALOGUE_SOURCES))
        observations = agreed_store.load_observations(run.db, book_id)
        agreed_store.save_agreed(run.db, book_id, run.id, agree(observations), run.clock())
    return reason


def _sorted(sources: frozenset[Source]) -> tuple[Source, ...]:
    return tuple(sorted(sources))
