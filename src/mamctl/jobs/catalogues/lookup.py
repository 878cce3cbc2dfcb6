"""Asks the catalogues about one book, in their order, until enough independent sources have matched it.

Each catalogue's record is chosen among its own; whether the book is matched at all is judged over the candidates of
all that were asked, as `meta match` does: where two of them mean different recordings, nothing happens.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace

from mamctl.dataclass import dataclass
from mamctl.domain.catalogues.links import CatalogueAnswer, ChosenBy, Outcome
from mamctl.domain.catalogues.observe import add_known_fields, follow_record, merge_details, stated_fields
from mamctl.domain.matching.match import Verdict, VerdictKind, judge_candidates
from mamctl.domain.matching.records import BookQuery, CatalogueUnavailableError
from mamctl.domain.matching.scoring import Candidate
from mamctl.domain.metadata.observation import Field
from mamctl.domain.problem import Problem
from mamctl.domain.text.quantities import count_of
from mamctl.jobs.catalogues.ask import CatalogueResult, LookupPolicy, ask_catalogue, is_pinned
from mamctl.jobs.catalogues.ports import Catalogue
from mamctl.jobs.catalogues.search import once

_ALL_FIELDS = frozenset(Field)
_Key = tuple[str, str]  # catalogue and kind of failure


@dataclass(frozen=True, slots=True)
class LookupResult:
    """All answers in the order of asking, the verdict over all their candidates (None when none answered), and
    the catalogues that could not be asked. `read_as` is the other reading of the book's name that was answered."""

    answers: tuple[CatalogueResult, ...]
    unavailable: tuple[CatalogueUnavailableError, ...]
    verdict: Verdict | None = None
    read_as: BookQuery | None = None

    @property
    def matched(self) -> tuple[CatalogueResult, ...]:
        """The answers that found the book."""
        return tuple(one for one in self.answers if one.record is not None)

    @property
    def outcome(self) -> Outcome:
        """What came of it."""
        if self.matched:
            return Outcome.MATCH
        return Outcome(self.verdict.kind.value) if self.verdict else Outcome.UNAVAILABLE


def query_readings(
    first: BookQuery,
    others: Callable[[], Sequence[BookQuery]],
    catalogues: Sequence[Catalogue],
    policy: LookupPolicy,
    links: Mapping[str, CatalogueAnswer] | None = None,
) -> LookupResult:
    """Ask about one book with all readings of its name, the likeliest first: about the second only when no catalogue
    finds anything with the first, and so on. All together ask no more questions than one reading alone would."""
    result = query_catalogues(first, catalogues, replace(policy, reserved=lambda: len(others())), links)
    if result.outcome is Outcome.NONE:
        for other in others():
            found = query_catalogues(other, catalogues, replace(policy, questions=1), links)
            if found.outcome is Outcome.MATCH:
                return replace(found, read_as=other)
    return result


def query_catalogues(
    book_query: BookQuery,
    catalogues: Sequence[Catalogue],
    policy: LookupPolicy,
    links: Mapping[str, CatalogueAnswer] | None = None,
) -> LookupResult:
    """Ask about one book. `links` are earlier answers by catalogue: a record known before is looked up directly."""
    links = links or {}
    own = question = book_query
    results: list[CatalogueResult] = []
    unavailable: list[CatalogueUnavailableError] = []
    for catalogue in catalogues_to_ask(catalogues, links, policy):
        link = links.get(catalogue.name)
        if not _can_ask(catalogue, question, link) or not _can_add(catalogue, results, policy):
            continue
        try:
            answer = ask_catalogue(catalogue, question, book_query, policy, link)
            answer = _in_full(catalogue, answer, results, policy)
        except CatalogueUnavailableError as error:
            unavailable.append(error)
            continue
        results.append(answer)
        if answer.record and answer.chosen_by is ChosenBy.USER:
            own = question = follow_record(question, answer.record)
        elif answer.record:
            question = add_known_fields(question, answer.record)
    return _conclude(own, results, unavailable, policy)


def catalogues_to_ask(
    catalogues: Sequence[Catalogue], links: Mapping[str, CatalogueAnswer], policy: LookupPolicy
) -> list[Catalogue]:
    """Those you have not ruled out, first the one whose record you chose: it decides which book is meant."""
    outcomes = {link.outcome for link in links.values()}
    retry = policy.only_unavailable and bool(outcomes - {Outcome.UNAVAILABLE})
    able = [
        one
        for one in catalogues
        if (link := links.get(one.name)) is None
        or is_pinned(link)
        or (link.chosen_by is not ChosenBy.USER and not (retry and link.outcome is not Outcome.UNAVAILABLE))
    ]
    if retry:
        able = [one for one in able if one.name in links]
    return sorted(able, key=lambda one: not is_pinned(links.get(one.name)))


def _conclude(
    own: BookQuery, results: list[CatalogueResult], unavailable: list[CatalogueUnavailableError], policy: LookupPolicy
) -> LookupResult:
    """No record counts where the candidates of all together leave the book in doubt, unless you chose one."""
    if not results:
        return LookupResult((), tuple(unavailable))
    found = once(one for answer in results for one in answer.verdict.found)
    verdict = judge_candidates([_as_asked(own, one) for one in found], policy.match)
    pinned = any(one.chosen_by is ChosenBy.USER and one.record for one in results)
    if verdict.kind is not VerdictKind.MATCH and not pinned:
        results = [replace(one, record=None) for one in results]
    return LookupResult(tuple(results), tuple(unavailable), verdict)


def _as_asked(own: BookQuery, candidate: Candidate) -> Candidate:
    """The candidate by what is known of the book itself, without what other catalogues added to the question; that
    told recordings apart, while another work is another work."""
    asked = candidate.book_query
    if asked is own or asked == own or candidate.other_work:
        return candidate
    return Candidate(own, candidate.record)


def _can_add(catalogue: Catalogue, results: Sequence[CatalogueResult], policy: LookupPolicy) -> bool:
    """Whether asking it may add something: it repeats no other catalogue, and more is wanted than is known."""
    matched = [one for one in results if one.record is not None]
    groups = {one.source.group for one in matched}
    if catalogue.source.group in groups:
        return False
    if not policy.wanted:
        return len(groups) < policy.min_sources
    return bool(_lacking(results, policy) & catalogue.states)


def _lacking(results: Sequence[CatalogueResult], policy: LookupPolicy) -> frozenset[Field]:
    """The fields that have no value yet: of all, or of those that are wanted."""
    known = {field for one in results if one.record for field in stated_fields(one.record)}
    return (policy.wanted or _ALL_FIELDS) - known


def _can_ask(catalogue: Catalogue, question: BookQuery, link: CatalogueAnswer | None) -> bool:
    return not catalogue.by_asin_only or bool(question.asin or (link and link.record_id))


def _in_full(
    catalogue: Catalogue, answer: CatalogueResult, results: Sequence[CatalogueResult], policy: LookupPolicy
) -> CatalogueResult:
    """The record looked up, if that has something that no answer so far has."""
    record = answer.record
    if record is None or not catalogue.details:
        return answer
    if not (catalogue.details & _lacking(results, policy)) - stated_fields(record):
        return answer
    return replace(answer, record=merge_details(record, catalogue.lookup(record.id)))


@dataclass(slots=True)
class Outages:
    """How many books each catalogue could not be asked about, by reason."""

    books: Counter[_Key] = field(default_factory=Counter)
    errors: dict[_Key, CatalogueUnavailableError] = field(default_factory=dict)

    def count(self, errors: Iterable[CatalogueUnavailableError]) -> None:
        """Count one book in."""
        for error in errors:
            key = (error.catalogue, error.reason.value)
            self.books[key] += 1
            self.errors.setdefault(key, error)

    def problems(self) -> Iterator[Problem]:
        """One problem for each catalogue that could not be asked, with how many books that concerns."""
        for key, error in sorted(self.errors.items()):
            count = self.books[key]
            text = f"{error.message} ({count_of(count, 'book')} without its answer)"
            yield Problem(error.slug, text, error.subject, error.remedy)
