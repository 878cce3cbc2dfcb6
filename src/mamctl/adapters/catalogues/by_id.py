"""Looks a record up by its id, and tells whether the answer is word for word an earlier one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from mamctl.domain.matching.records import CatalogueRecord, LookedUp

if TYPE_CHECKING:
    from mamctl.adapters.catalogues.answer import Answer
    from mamctl.adapters.catalogues.call import Call
    from mamctl.adapters.catalogues.client import CatalogueHttp

Question = tuple["Call", Callable[["Answer"], CatalogueRecord | None]]
"""A call, and what reads the record in its answer."""


class LooksUpById:
    """A catalogue that finds a record by one request, or by several of which the first hit counts."""

    _http: CatalogueHttp

    def questions(self, record_id: str) -> Iterable[Question]:
        """The requests for the edition with the catalogue's own id, in order; none when the text is not an id."""
        raise NotImplementedError

    def lookup(self, record_id: str) -> CatalogueRecord | None:
        """The edition with the catalogue's own id. Raises CatalogueUnavailableError."""
        return next((record for one in self.questions(record_id) if (record := self._http.ask(*one))), None)

    def look_up_again(self, record_id: str, known: bytes) -> LookedUp:
        """As `lookup`; where the answers' words are the `known` ones they are read only when the record is wanted.

        Raises CatalogueUnavailableError.
        """
        words = b""
        for call, read in self.questions(record_id):
            compare = _Comparison(words, known, read)
            if found := self._http.ask(call, compare):
                return found
            words = compare.words
        return LookedUp(b"", same=False, read=lambda: None)


def first(records: Iterable[CatalogueRecord]) -> CatalogueRecord | None:
    """The first of the records in an answer, None where there is none."""
    return next(iter(records), None)


class _Comparison:
    """Reads an answer unless it completes the known words; `words` are those before it and its own."""

    def __init__(self, before: bytes, known: bytes, read: Callable[[Answer], CatalogueRecord | None]) -> None:
        self.words = before
        self._before = before
        self._known = known
        self._read = read

    def __call__(self, answer: Answer) -> LookedUp | None:
        self.words = self._before + answer.digest
        if self.words == self._known:
            return LookedUp(self.words, same=True, read=partial(self._read, answer))
        record = self._read(answer)
        return LookedUp(self.words, same=False, read=lambda: record) if record else None
