"""What Goodreads answers for several books at once: where a run asks about several by one author, one search serves
them, and a search for one title finds books that other titles would be searched for."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from threading import Lock
from typing import TYPE_CHECKING

from mamctl.adapters.catalogues.goodreads_answers import SearchPage
from mamctl.dataclass import dataclass
from mamctl.domain.matching.people import share_person
from mamctl.domain.matching.records import CatalogueUnavailableError, Unavailability
from mamctl.domain.text.normalize import fold_title
from mamctl.domain.text.person_names import fold_name

if TYPE_CHECKING:
    from mamctl.domain.matching.records import BookQuery, CatalogueRecord

_KEPT = 2_000  # books of authors that are kept in memory; other authors' are read again from the kept answers
_BATCHES = 10  # whose finds are kept, a thousand books each
_MOST_PAGES = 10  # of 20 books each
_OTHERS = 5  # books by others at the end of a page, where a co-author may come between


@dataclass(slots=True)
class _Expected:
    """An author as first spelt, and the number of books that the run asks about."""

    name: str
    books: int = 0

    @property
    def pages(self) -> int:
        """How many pages are worth asking for: no more than half of what searching for each book would cost."""
        return min(_MOST_PAGES, max(1, self.books // 2)) if self.books > 1 else 0


@dataclass(frozen=True, slots=True)
class _Listed:
    """An author's books, most read first; `is_whole` when there are no others."""

    books: tuple[CatalogueRecord, ...]
    is_whole: bool


class SeenBooks:
    """What the searches of earlier batches found, by title; threads may share it.

    A book is taken from it only from one batch to the next, so that what is asked for does not depend on which of the
    books of a batch comes first.
    """

    def __init__(self) -> None:
        self._batches: deque[dict[str, list[CatalogueRecord]]] = deque(maxlen=_BATCHES)
        self._batch: dict[str, list[CatalogueRecord]] | None = None
        self._lock = Lock()

    def begin_batch(self) -> None:
        """What was found until now may be taken from here on."""
        with self._lock:
            if self._batch:
                self._batches.append(self._batch)
            self._batch = {}

    def note(self, books: Iterable[CatalogueRecord]) -> None:
        """Keep what a search found, where a run has batches."""
        with self._lock:
            if self._batch is None:
                return
            for book in books:
                alike = self._batch.setdefault(fold_title(book.title), [])
                if book not in alike:
                    alike.append(book)

    def find(self, book_query: BookQuery) -> list[CatalogueRecord]:
        """The books of the very title by this author."""
        if not book_query.title or not book_query.author:
            return []
        title = fold_title(book_query.title)
        with self._lock:
            alike = next((batch[title] for batch in reversed(self._batches) if title in batch), [])
        return [book for book in alike if share_person(book.authors, (book_query.author,))]


class AuthorLists:
    """The books of the authors that a run asks about several times; threads may share them.

    `ask` has a page of the search for an author. Where no page comes, or one that cannot be read, the list ends there:
    the other books are searched for one by one, which shows whether Goodreads is down or only this search fails. What
    else it raises is passed on.
    """

    def __init__(self, ask: Callable[[str, int], SearchPage]) -> None:
        self._ask = ask
        self._expected: dict[str, _Expected] = {}
        self._lists: OrderedDict[str, _Listed] = OrderedDict()
        self._kept = 0  # books in the lists
        self._asking = Lock()

    def expect(self, authors: Iterable[str]) -> None:
        """The authors of the books that will be asked about, each as often as there are books."""
        found: dict[str, _Expected] = {}
        for name in authors:
            found.setdefault(fold_name(name), _Expected(name)).books += 1
        self._expected = {key: one for key, one in found.items() if one.books > 1}

    def find(self, book_query: BookQuery) -> list[CatalogueRecord]:
        """The author's books. None where too few are asked about; and of a list that is not whole only where it names
        the very title, for another of that title may stand behind its end."""
        expected = self._expected.get(fold_name(book_query.author)) if book_query.author else None
        if expected is None or not book_query.title:
            return []
        with self._asking:
            listed = self._listed(expected)
        title = fold_title(book_query.title)
        if listed.is_whole or any(fold_title(book.title) == title for book in listed.books):
            return list(listed.books)
        return []

    def _listed(self, expected: _Expected) -> _Listed:
        key = fold_name(expected.name)
        if listed := self._lists.get(key):
            self._lists.move_to_end(key)
            return listed
        listed = self._lists[key] = self._read(expected)
        self._kept += len(listed.books)
        while self._kept > _KEPT and len(self._lists) > 1:
            _, oldest = self._lists.popitem(last=False)
            self._kept -= len(oldest.books)
        return listed

    def _read(self, expected: _Expected) -> _Listed:
        """The pages up to the first that ends with other authors: those of this name come first."""
        books: list[CatalogueRecord] = []
        for number in range(1, expected.pages + 1):
            try:
                page = self._ask(expected.name, number)
            except CatalogueUnavailableError as error:
                if error.reason in (Unavailability.DOWN, Unavailability.CHANGED):
                    break
                raise
            theirs = [book for book in page.books if share_person(book.authors, (expected.name,))]
            books += theirs
            if page.is_last or not any(book in theirs for book in page.books[-_OTHERS:]):
                return _Listed(tuple(books), is_whole=True)
        return _Listed(tuple(books), is_whole=False)
