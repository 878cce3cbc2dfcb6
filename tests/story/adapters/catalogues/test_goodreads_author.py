"""The one author of `catalogues.goodreads_author_id`: their books are asked for once, and answer first."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from mamctl.adapters.catalogues.goodreads import Goodreads
from mamctl.domain.matching.records import BookQuery, CatalogueUnavailableError
from mamctl.domain.secret import Secret
from mamctl.practice.catalogue.faults import FaultKind
from mamctl.practice.catalogue.wire.goodreads import AUTHOR_NUMBER
from mamctl.practice.catalogue.wire.reply import PRACTICE_KEY


@pytest.fixture
def author(world):
    """Who wrote most."""
    return Counter(name for work in world.works for name in work.authors).most_common(1)[0][0]


@pytest.fixture
def of_author(http, server, world):
    """Goodreads with this author's number."""

    def make(number: int | str):
        return Goodreads(
            http, key=Secret(PRACTICE_KEY), base_url=server.base_url("goodreads"), interval=0, author_id=str(number)
        )

    return lambda name: make(AUTHOR_NUMBER + world.authors[name] if name in world.authors else name)


def paths(server) -> list[str]:
    return [one.path.removeprefix("/goodreads") for one in server.asked("goodreads")]


def test_all_of_the_author_s_books_cost_one_question_between_them(of_author, server, world, author):
    catalogue = of_author(author)
    works = [work for work in world.works if author in work.authors]
    assert len(works) > 3
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda work: catalogue.search(BookQuery(title=work.title, author=author)), works))
    assert all(work.title in {one.title for one in answer} for work, answer in zip(works, found, strict=True))
    assert paths(server) == [f"/author/list/{AUTHOR_NUMBER + world.authors[author]}.xml"]
    assert server.asked("goodreads")[0].fields["page"] == "1"


def test_the_record_is_as_full_as_the_book_s_own_page(of_author, world, author):
    catalogue = of_author(author)
    work = next(work for work in world.works if author in work.authors)
    record = next(
        one for one in catalogue.search(BookQuery(title=work.title, author=author)) if one.title == work.title
    )
    assert record == catalogue.lookup(record.id)


def test_many_books_come_page_by_page(of_author, server, world, author, monkeypatch):
    monkeypatch.setattr("mamctl.practice.catalogue.wire.goodreads._PAGE", 2)
    works = [work for work in world.works if author in work.authors]
    assert of_author(author).search(BookQuery(title=works[-1].title, author=author))[0].authors[0]
    assert len(paths(server)) == -(-len(works) // 2)


def test_books_by_others_and_unlisted_ones_are_searched_for(of_author, server, world, author):
    catalogue = of_author(author)
    other = next(work for work in world.works if author not in work.authors)
    assert catalogue.search(BookQuery(title=other.title, author=other.authors[0]))[0].title == other.title
    catalogue.search(BookQuery(title="Qzx Vvwk", author=author))
    assert [path for path in paths(server) if "/author/" not in path] == ["/search/index.xml"] * 2


def test_an_author_that_goodreads_does_not_know_changes_nothing(of_author, server, world, author):
    catalogue = of_author("1")
    work = next(work for work in world.works if author in work.authors)
    for _ in range(2):
        assert catalogue.search(BookQuery(title=work.title, author=author))
    assert paths(server).count("/author/list/1.xml") == 1


def test_an_outage_is_not_taken_for_an_author_without_books(of_author, server, world, author):
    catalogue = of_author(author)
    work = next(work for work in world.works if author in work.authors)
    server.behaviour.plan(FaultKind.OTHER_SHAPE, "goodreads", times=1)
    with pytest.raises(CatalogueUnavailableError):
        catalogue.search(BookQuery(title=work.title, author=author))
    assert catalogue.search(BookQuery(title=work.title, author=author))[0].title == work.title


def test_without_an_author_nobody_asks_for_one(http, server):
    catalogue = Goodreads(http, key=Secret(PRACTICE_KEY), base_url=server.base_url("goodreads"), interval=0)
    catalogue.search(BookQuery(title="Salt", author="Mara Vell"))
    assert paths(server) == ["/search/index.xml"]
