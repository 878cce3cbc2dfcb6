"""What jobs need of the world's catalogues."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeGuard, runtime_checkable

from mamctl.domain.matching.records import BookQuery, CatalogueRecord, LookedUp, SeriesRecord
from mamctl.domain.metadata.observation import Field, Source


class Catalogue(Protocol):
    """One source of records. Every call may raise CatalogueUnavailableError, and nothing else.

    An empty list and None mean that the catalogue answered and knows no such book.
    """

    @property
    def name(self) -> str:
        """The name in the configuration, unique among the catalogues of a run."""
        ...

    @property
    def source(self) -> Source:
        """Its source in observations."""
        ...

    @property
    def states(self) -> frozenset[Field]:
        """The fields it can state."""
        ...

    @property
    def details(self) -> frozenset[Field]:
        """The fields of which `lookup` returns more than `search`; none when a search returns all."""
        ...

    @property
    def by_asin_only(self) -> bool:
        """Whether it knows books by their ASIN and cannot be asked about one without."""
        ...

    def search(self, book_query: BookQuery) -> list[CatalogueRecord]:
        """The editions that may be meant, the catalogue's best guess first."""
        ...

    def lookup(self, record_id: str) -> CatalogueRecord | None:
        """The edition with the catalogue's own id."""
        ...

    def look_up_again(self, record_id: str, known: bytes) -> LookedUp:
        """As `lookup`; answers in the `known` words are read only when the record is wanted."""
        ...


@runtime_checkable
class ListsSeries(Protocol):
    """A catalogue that knows whole series."""

    def series(self, series_id: str) -> SeriesRecord | None:
        """The series with its volumes in order."""
        ...


@runtime_checkable
class ListsAuthors(Protocol):
    """A catalogue that lists an author's books, so that one answer serves all books by that author."""

    def expect_authors(self, authors: Iterable[str]) -> None:
        """The authors of all books that this run asks about, each as often as there are books: of several books by one
        author their list is asked for."""
        ...

    def begin_batch(self) -> None:
        """What was found until now may answer for other books from here on, whichever of them is asked about first."""
        ...

    def search_author(self, book_query: BookQuery) -> list[CatalogueRecord]:
        """Books by the author of this one: their list, or what earlier batches found of this title; none where one book
        is not worth a list, or the list is too long."""
        ...


def lists_authors(catalogue: object) -> TypeGuard[ListsAuthors]:
    """Like `isinstance`, which for a protocol takes as long as a question: this runs for each book."""
    return hasattr(catalogue, "search_author")


@runtime_checkable
class LooksUpMany(Protocol):
    """A catalogue that answers for many ids in one request."""

    def fetch_many(self, record_ids: Sequence[str]) -> None:
        """Ask for all of these whose answer is not kept; `lookup` has them then."""
        ...
