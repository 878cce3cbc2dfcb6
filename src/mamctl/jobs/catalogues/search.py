"""Searches one catalogue for a book: by its ids, then by one wording of its title after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from mamctl.domain.catalogues.observe import without_ids
from mamctl.domain.matching.match import MatchPolicy, Verdict, VerdictKind, find_match, judge_candidates
from mamctl.domain.matching.queries import MOST_QUESTIONS, search_forms
from mamctl.domain.matching.records import BookQuery, CatalogueRecord
from mamctl.domain.matching.scoring import Candidate
from mamctl.jobs.catalogues.ports import Catalogue, lists_authors

# Public domain, read by many, sold by all; the ASIN is of no consequence: "unknown" is an answer, too.
_KNOWN_TO_ALL = BookQuery(title="Pride and Prejudice", author="Jane Austen")
_BY_ASIN = BookQuery(asin="B0036FO4KQ")


def search_for(
    catalogue: Catalogue,
    book_query: BookQuery,
    policy: MatchPolicy,
    may_ask: Callable[[int], bool] = lambda number: number <= MOST_QUESTIONS,
) -> Verdict:
    """The verdict over what the catalogue finds, until something matches: one question with the ids, five without.

    `may_ask` says whether question number so and so, from 0, is still allowed. A list of the author's books,
    where there is one, comes first and decides only if one of them matches.
    """
    if not book_query.isbn and lists_authors(catalogue):
        listed = [Candidate(book_query, record) for record in catalogue.search_author(book_query)]
        if verdict := find_match(listed, policy):
            return verdict
    return _search(catalogue, book_query, _questions(catalogue, book_query), policy, may_ask)


def _questions(catalogue: Catalogue, book_query: BookQuery) -> Iterator[BookQuery]:
    """The question by the ids, where there are any, then the wordings of the title."""
    if book_query.asin or book_query.isbn:
        yield book_query
    if book_query.title and not catalogue.by_asin_only:
        yield from search_forms(without_ids(book_query))


def _search(
    catalogue: Catalogue,
    book_query: BookQuery,
    questions: Iterable[BookQuery],
    policy: MatchPolicy,
    may_ask: Callable[[int], bool] = lambda _: True,
) -> Verdict:
    """The verdict about `book_query` over what these questions find, until something matches."""
    found: list[Candidate] = []
    for number, question in enumerate(questions):
        if not may_ask(number):
            break
        known = {_key(one.record) for one in found}
        new = {_key(record): record for record in catalogue.search(question)}
        found += [Candidate(book_query, record) for key, record in new.items() if key not in known]
        if verdict := find_match(found, policy):
            return verdict
    return judge_candidates(found, policy)


def search_readings(catalogue: Catalogue, readings: Sequence[BookQuery], policy: MatchPolicy) -> tuple[int, Verdict]:
    """The first reading of a name that finds anything, and its verdict; no more questions than one book may cost.

    The second reading is asked about only where the first finds nothing, and so on; a doubt is an answer.
    """
    left = MOST_QUESTIONS
    answers: list[Verdict] = []
    for index, book_query in enumerate(readings):
        share = left - (len(readings) - index - 1)  # every later reading keeps one
        asked = tuple(islice(_questions(catalogue, book_query), max(1, share))) if left > 0 else ()
        verdict = _search(catalogue, book_query, asked, policy)
        left -= len(asked)
        answers.append(verdict)
        if verdict.kind is not VerdictKind.NONE:
            return index, verdict
    return 0, answers[0] if answers else judge_candidates((), policy)


def once(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Each record once, as it was found first."""
    found: dict[tuple[str, str, str | None], Candidate] = {}
    for one in candidates:
        found.setdefault(_key(one.record), one)
    return list(found.values())


def _key(record: CatalogueRecord) -> tuple[str, str, str | None]:
    return record.catalogue, record.id, record.region


def probe(catalogue: Catalogue) -> None:
    """Whether a catalogue answers: ask about a book that all know (or find the answer of today).

    Raises CatalogueUnavailableError when no answer comes.
    """
    if not catalogue.search(_KNOWN_TO_ALL):
        catalogue.search(_BY_ASIN)
