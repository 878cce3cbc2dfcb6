"""What the catalogues have today about books that they were matched with before; they are asked by the records' ids."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field
from datetime import datetime
from functools import partial
from itertools import islice

from mamctl.code_mark import code_mark
from mamctl.dataclass import dataclass
from mamctl.domain.catalogues.drift import FreshRecord
from mamctl.domain.catalogues.drift_changes import Proposed
from mamctl.domain.catalogues.links import CatalogueAnswer, ChosenBy
from mamctl.domain.catalogues.observe import book_query_of, observe_record
from mamctl.domain.matching.records import (
    BookQuery,
    CatalogueRecord,
    CatalogueUnavailableError,
    LookedUp,
    Medium,
)
from mamctl.domain.matching.scoring import score
from mamctl.domain.metadata.agreed_value import AgreedValue
from mamctl.domain.metadata.observation import Field, Observation, Source
from mamctl.domain.problem import Problem
from mamctl.jobs.catalogues.ask import look_up_many
from mamctl.jobs.catalogues.ports import Catalogue, LooksUpMany
from mamctl.jobs.run import Run
from mamctl.store.catalogues.compared import BookRows, Compared, Known, load_compared, load_rows

WINDOW = 50  # books asked about together
WORKERS = 4
# What decides the result of a comparison.
_COMPARING = ("domain", "adapters/catalogues", "jobs/catalogues", "store/catalogues", "store/library")
_LIBRARIES = ("anyascii", "ftfy", "lxml", "rapidfuzz")
# What shows that an id leads to another book now, not to this one changed.
_OTHER_BOOK = frozenset({"author", "language", "omnibus", "about"})


@dataclass(frozen=True, slots=True)
class _Question:
    """A book, the ids of the records that were matched before by catalogue, and what an earlier comparison knew."""

    rows: BookRows
    ids: Mapping[str, str]
    state: bytes
    known: Compared | None


@dataclass(frozen=True, slots=True)
class _Answers:
    """What the catalogues answered about a book, or that they could not be asked; `known_by` is None where not every
    answer has a record."""

    question: _Question
    found: Mapping[str, LookedUp | CatalogueUnavailableError]
    known_by: Compared | None

    @property
    def same(self) -> bool:
        """Whether all records are those of a comparison of which nothing came."""
        before = self.question.known
        return before is not None and self.known_by is not None and before.same_records(self.known_by)


@dataclass(frozen=True, slots=True)
class FreshLookup:
    """What the catalogues have about one book today, and what the store had when they were asked (`rows` as it stood).

    `known_by` is what to know it by next time, and None where it is known so already or not everything was answered.
    Of a book that is `settled` there is nothing more: nothing came of comparing it when all was the same.
    """

    book: int
    known_by: Compared | None = None
    settled: bool = False
    rows: BookRows | None = None
    agreed: Mapping[Field, AgreedValue] = field(default_factory=dict)
    observations: tuple[Observation, ...] = ()
    proposed: Proposed = frozenset()
    fresh: tuple[FreshRecord, ...] = ()
    unavailable: tuple[CatalogueUnavailableError, ...] = ()
    problems: tuple[Problem, ...] = ()


def look_up_again(
    run: Run,
    books: Sequence[int],
    catalogues: Sequence[Catalogue],
    trust: Mapping[str, float],
    step: Callable[[], None],
    rules: str | None = None,
) -> Generator[FreshLookup, None, None]:
    """What the catalogues have about each book, asked for a window of books at a time.

    Books that an earlier comparison by these `rules` settled are not read again while nothing about them changed; None
    reads all.
    """
    remaining = iter(books)
    with ThreadPoolExecutor(WORKERS) as pool:
        while ids := tuple(islice(remaining, WINDOW)):
            questions = _questions(run.db, ids, rules)
            _ask_at_once(catalogues, questions)
            compare = partial(_compare, catalogues=catalogues, trust=trust, now=run.clock().replace(microsecond=0))
            results = []
            for one in pool.map(partial(_ask, catalogues=catalogues), questions):
                results.append(_settled(one) if one.same else compare(one))
                step()
            yield from results
            if all(one.unavailable and not one.fresh for one in results):
                return


def rules_of(catalogues: Sequence[Catalogue], trust: Mapping[str, float], certain: float) -> str | None:
    """By which rules books are compared: this code and its libraries, these catalogues, and how far they are trusted.

    None where the code cannot be told from another.
    """
    code = code_mark(*_COMPARING, libraries=_LIBRARIES)
    return code and repr((code, certain, [(one.name, one.source.value, trust.get(one.name)) for one in catalogues]))


def _questions(db: sqlite3.Connection, books: Sequence[int], rules: str | None) -> list[_Question]:
    found = load_rows(db, books)
    states = {rows.book: rows.state(rules) for rows in found} if rules else {}
    known = load_compared(db, states)
    return [_Question(rows, rows.matched_ids(), states.get(rows.book, b""), known.get(rows.book)) for rows in found]


def _ask_at_once(catalogues: Sequence[Catalogue], questions: Iterable[_Question]) -> None:
    """Where a catalogue answers for many ids in one request, let it; its answers are remembered for each."""
    questions = tuple(questions)
    for catalogue in catalogues:
        ids = [record_id for one in questions if (record_id := one.ids.get(catalogue.name))]
        if ids and isinstance(catalogue, LooksUpMany):
            look_up_many(catalogue, ids)


def _ask(question: _Question, catalogues: Sequence[Catalogue]) -> _Answers:
    """The answers of all catalogues that knew the book, not read where their words are known."""
    known = question.known.answers if question.known else {}
    found: dict[str, LookedUp | CatalogueUnavailableError] = {}
    for catalogue in catalogues:
        record_id = question.ids.get(catalogue.name)
        if record_id is None:
            continue
        try:
            before = known.get(catalogue.name)
            found[catalogue.name] = catalogue.look_up_again(record_id, before.words if before else b"")
        except CatalogueUnavailableError as error:
            found[catalogue.name] = error
    return _Answers(question, found, _known_by(question, found))


def _known_by(question: _Question, found: Mapping[str, LookedUp | CatalogueUnavailableError]) -> Compared | None:
    """What identifies these answers later; None where a catalogue had no record or could not be asked."""
    answers = {}
    for name, one in found.items():
        if not question.state or isinstance(one, CatalogueUnavailableError):
            return None
        if one.same and question.known:
            answers[name] = question.known.answers[name]
        elif record := one.read():
            answers[name] = Known(one.words, record.mark())
        else:
            return None
    return Compared(question.state, answers)


def _settled(answers: _Answers) -> FreshLookup:
    """Settled again; answers that changed only in wording are remembered by the new words."""
    known_by = answers.known_by if answers.known_by != answers.question.known else None
    return FreshLookup(answers.question.rows.book, known_by, settled=True)


def _compare(
    answers: _Answers, catalogues: Sequence[Catalogue], trust: Mapping[str, float], now: datetime
) -> FreshLookup:
    """The records read, and those left out that are another book's now."""
    rows = answers.question.rows
    links, agreed, observations = rows.links(), rows.agreed(), rows.observations()
    book_query = book_query_of(observations, agreed, rows.duration_s)
    fresh: list[FreshRecord] = []
    unavailable: list[CatalogueUnavailableError] = []
    problems: list[Problem] = []
    for catalogue in catalogues:
        found = answers.found.get(catalogue.name)
        if found is None:
            continue
        if isinstance(found, CatalogueUnavailableError):
            unavailable.append(found)
            continue
        record, link = found.read(), links[catalogue.name]
        if record is None:
            continue  # it no longer lists the record: that is not a statement about the book
        if link.chosen_by is not ChosenBy.USER and _leads_elsewhere(book_query, record):
            problems.append(_elsewhere(rows.book, catalogue, record))
        else:
            fresh.append(_fresh(catalogue, record, link, trust.get(catalogue.name, 1.0), now))
    return FreshLookup(
        rows.book, answers.known_by, False, rows, agreed, observations, rows.proposed(),
        tuple(fresh), tuple(unavailable), tuple(problems),
    )  # fmt: skip


def _leads_elsewhere(book_query: BookQuery, record: CatalogueRecord) -> bool:
    return any(penalty.hard and penalty.name in _OTHER_BOOK for penalty in score(book_query, record).penalties)


def _elsewhere(book: int, catalogue: Catalogue, record: CatalogueRecord) -> Problem:
    subject = f"{catalogue.name}:{record.id}"
    text = f"{subject} is “{record.title}” now, another book than number {book}; nothing was taken from it"
    return Problem("record_changed", text, subject, f"mamctl meta match {book}")


def _fresh(
    catalogue: Catalogue, record: CatalogueRecord, link: CatalogueAnswer, trust: float, now: datetime
) -> FreshRecord:
    certainty = 1.0 if link.chosen_by is not ChosenBy.SEARCH else link.score or 0.0
    source = Source.CATALOGUE_ASIN if link.chosen_by is ChosenBy.ASIN else catalogue.source
    observations = observe_record(record, source, certainty * trust, f"{catalogue.name}:{record.id}", now)
    length = record.duration_s if record.format is Medium.AUDIO else None
    return FreshRecord(source, certainty, length, observations)
