"""What the catalogues have today about books that they were matched with before; they are asked by the records' ids."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from itertools import islice

from mamctl.dataclass import dataclass
from mamctl.domain.catalogues.drift import FreshRecord
from mamctl.domain.catalogues.links import CatalogueAnswer, ChosenBy, Outcome
from mamctl.domain.catalogues.observe import book_query_of, observe_record
from mamctl.domain.matching.records import BookQuery, CatalogueRecord, CatalogueUnavailableError, Medium
from mamctl.domain.matching.scoring import score
from mamctl.domain.metadata.agreed_value import AgreedValue
from mamctl.domain.metadata.observation import Field, Observation, Source
from mamctl.domain.problem import Problem
from mamctl.jobs.catalogues.ask import look_up_many
from mamctl.jobs.catalogues.ports import Catalogue, LooksUpMany
from mamctl.jobs.run import Run
from mamctl.store.catalogues.answers import load_answers
from mamctl.store.library.agreed import load_agreed, load_observations
from mamctl.store.library.books import book_duration

WINDOW = 50  # books asked about together
WORKERS = 4
# What shows that an id leads to another book now, not to this one changed.
_OTHER_BOOK = frozenset({"author", "language", "omnibus", "about"})


@dataclass(frozen=True, slots=True)
class _Question:
    """A book, what is known of it, and the records that were matched before."""

    book: int
    book_query: BookQuery
    links: Mapping[str, CatalogueAnswer]
    agreed: Mapping[Field, AgreedValue]
    observations: tuple[Observation, ...]


@dataclass(frozen=True, slots=True)
class FreshLookup:
    """What the catalogues have about one book today, and what the store had when they were asked."""

    book: int
    links: Mapping[str, CatalogueAnswer]
    agreed: Mapping[Field, AgreedValue]
    observations: tuple[Observation, ...]
    fresh: tuple[FreshRecord, ...]
    unavailable: tuple[CatalogueUnavailableError, ...]
    problems: tuple[Problem, ...]


def look_up_again(
    run: Run,
    books: Sequence[int],
    catalogues: Sequence[Catalogue],
    trust: Mapping[str, float],
    step: Callable[[], None],
) -> Generator[FreshLookup, None, None]:
    """What the catalogues have about each book, asked for a window of books at a time."""
    remaining = iter(books)
    with ThreadPoolExecutor(WORKERS) as pool:
        while ids := tuple(islice(remaining, WINDOW)):
            questions = [_question(run.db, one) for one in ids]
            _ask_at_once(catalogues, questions)
            look_up = partial(_look_up, catalogues=catalogues, trust=trust, now=run.clock().replace(microsecond=0))
            results = []
            for one in pool.map(look_up, questions):
                results.append(one)
                step()
            yield from results
            if all(one.unavailable and not one.fresh for one in results):
                return


def _question(db: sqlite3.Connection, book: int) -> _Question:
    observations, agreed = load_observations(db, book), load_agreed(db, book)
    book_query = book_query_of(observations, agreed, book_duration(db, book))
    return _Question(book, book_query, load_answers(db, book), agreed, observations)


def _ask_at_once(catalogues: Sequence[Catalogue], questions: Iterable[_Question]) -> None:
    """Where a catalogue answers for many ids in one request, let it; its answers are remembered for each."""
    questions = tuple(questions)
    for catalogue in catalogues:
        ids = [link.record_id for one in questions if (link := _link(one, catalogue)) and link.record_id]
        if ids and isinstance(catalogue, LooksUpMany):
            look_up_many(catalogue, ids)


def _link(question: _Question, catalogue: Catalogue) -> CatalogueAnswer | None:
    link = question.links.get(catalogue.name)
    return link if link is not None and link.outcome is Outcome.MATCH and link.record_id else None


def _look_up(
    question: _Question, catalogues: Sequence[Catalogue], trust: Mapping[str, float], now: datetime
) -> FreshLookup:
    fresh: list[FreshRecord] = []
    unavailable: list[CatalogueUnavailableError] = []
    problems: list[Problem] = []
    for catalogue in catalogues:
        link = _link(question, catalogue)
        if link is None:
            continue
        try:
            record = catalogue.lookup(link.record_id or "")
        except CatalogueUnavailableError as error:
            unavailable.append(error)
            continue
        if record is None:
            continue  # it no longer lists the record: that is no statement about the book
        if link.chosen_by is not ChosenBy.USER and _leads_elsewhere(question.book_query, record):
            problems.append(_elsewhere(question, catalogue, record))
        else:
            fresh.append(_fresh(catalogue, record, link, trust.get(catalogue.name, 1.0), now))
    return FreshLookup(
        question.book, question.links, question.agreed, question.observations,
        tuple(fresh), tuple(unavailable), tuple(problems),
    )  # fmt: skip


def _leads_elsewhere(book_query: BookQuery, record: CatalogueRecord) -> bool:
    return any(penalty.hard and penalty.name in _OTHER_BOOK for penalty in score(book_query, record).penalties)


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
