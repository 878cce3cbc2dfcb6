"""Several books by one author cost Goodreads one search between them; one book by an author costs what it did."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from mamctl.adapters.catalogues.goodreads import Goodreads
from mamctl.domain.matching.match import DEFAULT_MATCH_POLICY, VerdictKind
from mamctl.domain.matching.records import BookQuery, CatalogueUnavailableError
from mamctl.domain.secret import Secret
from mamctl.jobs.catalogues.search import search_for
from mamctl.practice.catalogue.faults import FaultKind
from mamctl.practice.catalogue.wire.goodreads import BOOK_NUMBER
from mamctl.practice.catalogue.wire.reply import PRACTICE_KEY


@pytest.fixture
def works(world):
    """All that the busiest author wrote alone or first."""
    author = Counter(work.authors[0] for work in world.works).most_common(1)[0][0]
    return [work for work in world.works if work.authors[0] == author]


@pytest.fixture
def goodreads(http, server):
    return Goodreads(http, key=Secret(PRACTICE_KEY), base_url=server.base_url("goodreads"), interval=0)


def find(goodreads, work):
    return search_for(goodreads, BookQuery(title=work.title, author=work.authors[0]), DEFAULT_MATCH_POLICY)


def fields(server) -> list[str]:
    return [one.fields["search[field]"] for one in server.asked("goodreads")]


def test_one_search_for_the_author_answers_for_every_book(goodreads, server, works):
    before = [find(goodreads, work) for work in works]
    server.reset()
    goodreads.expect_authors(work.authors[0] for work in works)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda work: find(goodreads, work), works))
    alone = [(one.kind, one.chosen and one.chosen.record, one.reason) for one in before]
    listed = [(one.kind, one.chosen and one.chosen.record, one.reason) for one in found]
    assert listed == alone
    assert all(one.chosen.record.id == str(BOOK_NUMBER + work.id) for one, work in zip(found, works, strict=True))
    assert fields(server) == ["author"] * len(fields(server))
    assert 0 < len(fields(server)) <= max(1, len(works) // 2)


def test_one_book_by_an_author_is_searched_for_by_its_title(goodreads, server, works):
    goodreads.expect_authors([works[0].authors[0]])
    assert find(goodreads, works[0]).kind is VerdictKind.MATCH
    assert set(fields(server)) == {"title"}


def test_a_book_that_an_earlier_search_found_is_not_searched_for(goodreads, server, works):
    goodreads.begin_batch()
    title = works[0].title
    seen = [one for one in goodreads.search(BookQuery(title=title, author=works[0].authors[0])) if one.title != title]
    query = BookQuery(title=seen[0].title, author=seen[0].authors[0])
    alone = search_for(goodreads, query, DEFAULT_MATCH_POLICY)
    server.reset()
    goodreads.begin_batch()
    found = search_for(goodreads, query, DEFAULT_MATCH_POLICY)
    assert (found.kind, found.chosen.record, found.reason) == (alone.kind, alone.chosen.record, alone.reason)
    assert fields(server) == []
    other = BookQuery(title=seen[0].title, author="Nobody Else")
    assert search_for(goodreads, other, DEFAULT_MATCH_POLICY).kind is VerdictKind.NONE


def test_a_book_that_the_list_does_not_have_is_searched_for_by_its_title(goodreads, server, works):
    goodreads.expect_authors([works[0].authors[0]] * 4)
    find(goodreads, works[0])
    query = BookQuery(title="No Such Thing at All", author=works[0].authors[0])
    assert search_for(goodreads, query, DEFAULT_MATCH_POLICY).kind is VerdictKind.NONE
    assert fields(server)[0] == "author"
    assert fields(server)[-1] == "title"


def test_a_misspelt_title_is_judged_as_it_is_by_its_own_search(goodreads, works):
    work = max(works, key=lambda one: len(one.title))
    query = BookQuery(title=work.title[:-2] + work.title[-1], author=work.authors[0])
    alone = search_for(goodreads, query, DEFAULT_MATCH_POLICY)
    goodreads.expect_authors([work.authors[0]] * 4)
    listed = search_for(goodreads, query, DEFAULT_MATCH_POLICY)
    assert (listed.kind, listed.reason) == (alone.kind, alone.reason)


def test_where_a_list_cannot_be_read_each_book_is_searched_for_by_its_title(goodreads, server, works):
    goodreads.expect_authors([works[0].authors[0]] * 4)
    server.behaviour.plan(FaultKind.OTHER_SHAPE, "goodreads", times=1)
    assert find(goodreads, works[0]).kind is VerdictKind.MATCH
    assert find(goodreads, works[1]).kind is VerdictKind.MATCH
    assert Counter(fields(server))["author"] == 1


def test_an_outage_is_one_whether_a_list_or_a_book_is_asked_for(goodreads, server, works):
    goodreads.expect_authors([works[0].authors[0]] * 4)
    server.behaviour.plan(FaultKind.OTHER_SHAPE, "goodreads")
    for work in works[:3]:
        with pytest.raises(CatalogueUnavailableError):
            find(goodreads, work)
