"""What one catalogue answers about one book: by the record known before, or by searching."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import field, replace
from datetime import datetime

from mamctl.dataclass import dataclass
from mamctl.domain.catalogues.links import CatalogueAnswer, ChosenBy, Outcome
from mamctl.domain.catalogues.observe import MOST_READINGS
from mamctl.domain.matching.match import DEFAULT_MATCH_POLICY, MatchPolicy, Verdict, judge_match
from mamctl.domain.matching.queries import MOST_QUESTIONS
from mamctl.domain.matching.records import BookQuery, CatalogueRecord, CatalogueUnavailableError
from mamctl.domain.metadata.observation import Field, Source
from mamctl.jobs.catalogues.ports import Catalogue, LooksUpMany
from mamctl.jobs.catalogues.search import search_for

_AUDIBLE = Source.AUDIBLE.group


@dataclass(frozen=True, slots=True)
class LookupPolicy:
    """`min_sources` independent catalogues are enough; with `wanted`, asking goes on until those fields are known. One
    catalogue is asked at most `questions` about one book, less those `reserved` for other readings of its name; these
    are counted only where the number matters.

    Of a book that was answered for, `only_unavailable` asks just the catalogues that were out of reach then. What was
    answered after `fresh_after` is searched for again instead of looked up: the same answers are still at hand.
    """

    min_sources: int = 2
    wanted: frozenset[Field] = frozenset()
    only_unavailable: bool = False
    fresh_after: datetime | None = None
    match: MatchPolicy = field(default=DEFAULT_MATCH_POLICY)
    questions: int = MOST_QUESTIONS + 1
    reserved: Callable[[], int] = lambda: 0

    def may_ask(self, number: int) -> bool:
        """Whether a catalogue may be asked question `number`, from 0, about one book."""
        return number < self.questions - MOST_READINGS or number < self.questions - self.reserved()


@dataclass(frozen=True, slots=True)
class CatalogueResult:
    """What one catalogue answered: the verdict over its candidates, and the chosen record in full.

    `delisted`: it no longer lists the record that was matched before, which is not a statement about the book.
    """

    catalogue: str
    source: Source
    verdict: Verdict
    record: CatalogueRecord | None
    chosen_by: ChosenBy = ChosenBy.SEARCH
    delisted: bool = False

    @property
    def certainty(self) -> float:
        """How sure it is that the record is this book, 0..1."""
        if self.chosen_by in {ChosenBy.ASIN, ChosenBy.USER}:
            return 1.0
        return self.verdict.chosen.match.score if self.verdict.chosen else 0.0


def ask_catalogue(
    catalogue: Catalogue, question: BookQuery, own: BookQuery, policy: LookupPolicy, link: CatalogueAnswer | None
) -> CatalogueResult:
    """Its answer; `own` is what the files say, and `question` that with what other catalogues added.

    A record known before is looked up, and the search repeated only when that does not match any more. Where a search
    returns less than a lookup it comes first, or the same question would be answered in more words the second time.
    """
    if link is None or link.outcome is not Outcome.MATCH or link.record_id is None:
        return _to_result(catalogue, search_for(catalogue, question, policy.match, policy.may_ask), own)
    if is_pinned(link):
        return _pinned(catalogue, question, policy, catalogue.lookup(link.record_id))
    by_id_first = leads_back(link, policy) and not catalogue.details
    found = None if by_id_first else search_for(catalogue, question, policy.match, policy.may_ask)
    if found is not None and found.chosen is not None:
        return _to_result(catalogue, found, own)
    record = catalogue.lookup(link.record_id)
    by_id = judge_match(question, [record] if record else [], policy.match)
    if by_id.chosen is not None:
        return _to_result(catalogue, by_id, own)
    answer = _to_result(catalogue, found or search_for(catalogue, question, policy.match, policy.may_ask), own)
    return replace(answer, delisted=record is None and answer.record is None)


def _pinned(
    catalogue: Catalogue, question: BookQuery, policy: LookupPolicy, record: CatalogueRecord | None
) -> CatalogueResult:
    """The record that you chose, however it fits."""
    verdict = judge_match(question, [record] if record else [], policy.match)
    return CatalogueResult(catalogue.name, catalogue.source, verdict, record, ChosenBy.USER, delisted=record is None)


def look_up_many(catalogue: LooksUpMany, record_ids: Iterable[str]) -> None:
    """Let it answer for all of them in one request, where it can; its answers are remembered for each."""
    with suppress(CatalogueUnavailableError):  # each book's own query will report it
        catalogue.fetch_many(tuple(dict.fromkeys(record_ids)))


def is_pinned(link: CatalogueAnswer | None) -> bool:
    """Whether you chose this record."""
    return link is not None and link.chosen_by is ChosenBy.USER and link.outcome is Outcome.MATCH


def leads_back(link: CatalogueAnswer, policy: LookupPolicy) -> bool:
    """Whether a record known before is looked up by its id."""
    if link.chosen_by is ChosenBy.USER:
        return True
    fresh = policy.fresh_after is not None and link.asked_at >= policy.fresh_after
    return link.outcome is Outcome.MATCH and not fresh


def _to_result(catalogue: Catalogue, verdict: Verdict, own: BookQuery) -> CatalogueResult:
    """The answer; a record named by the files' own ASIN is more than a find."""
    if verdict.chosen is None:
        return CatalogueResult(catalogue.name, catalogue.source, verdict, None)
    record = verdict.chosen.record
    named = catalogue.source.group == _AUDIBLE and own.asin is not None and record.asin == own.asin
    source = Source.CATALOGUE_ASIN if named else catalogue.source
    return CatalogueResult(catalogue.name, source, verdict, record, ChosenBy.ASIN if named else ChosenBy.SEARCH)
