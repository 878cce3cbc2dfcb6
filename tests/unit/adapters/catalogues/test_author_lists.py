"""Lists of authors' books are kept in memory only so far; the others are read again."""

from __future__ import annotations

from collections import Counter

from mamctl.adapters.catalogues.goodreads_answers import SearchPage
from mamctl.adapters.catalogues.goodreads_authors import AuthorLists
from mamctl.domain.matching.records import BookQuery, CatalogueRecord
from mamctl.domain.metadata.observation import Source

_PAGES, _ON_A_PAGE = 10, 20
AUTHORS = [f"Writer Number{number}" for number in range(30)]


def _listed(author: str, page: int) -> SearchPage:
    numbers = range((page - 1) * _ON_A_PAGE, page * _ON_A_PAGE)
    books = tuple(
        CatalogueRecord(source=Source.GOODREADS, id=f"{author} {number}", title=f"Book {number}", authors=(author,))
        for number in numbers
    )
    return SearchPage(books, is_last=page == _PAGES)


def test_a_few_authors_of_many_books_are_kept_and_answers_stay_the_same() -> None:
    asked = Counter[str]()

    def ask(author: str, page: int) -> SearchPage:
        asked[author] += 1
        return _listed(author, page)

    lists = AuthorLists(ask)
    lists.expect(AUTHORS * _ON_A_PAGE)
    queries = [BookQuery(title="Book 7", author=author) for author in AUTHORS]
    first = [lists.find(query) for query in queries]
    assert [len(books) for books in first] == [_PAGES * _ON_A_PAGE] * len(AUTHORS)
    assert set(asked.values()) == {_PAGES}

    assert lists.find(queries[-1]) == first[-1]
    assert asked[AUTHORS[-1]] == _PAGES  # it was still there
    assert lists.find(queries[0]) == first[0]
    assert asked[AUTHORS[0]] == 2 * _PAGES  # thirty of two hundred books are too many to keep


def test_an_author_of_more_books_than_are_kept_is_read_once() -> None:
    asked = Counter[str]()

    def ask(author: str, page: int) -> SearchPage:
        asked[author] += 1
        many = tuple(book for number in range(30) for book in _listed(author, page + number).books)
        return SearchPage(many, is_last=page == _PAGES)

    lists = AuthorLists(ask)
    lists.expect(AUTHORS[:1] * _ON_A_PAGE)
    for _ in range(3):
        assert lists.find(BookQuery(title="Book 7", author=AUTHORS[0]))
    assert asked[AUTHORS[0]] == _PAGES
