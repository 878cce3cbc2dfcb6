"""Catalogues that could not be asked, over many books: reported once each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mamctl.domain.matching.records import CatalogueUnavailableError
from mamctl.domain.problem import Problem

_Key = tuple[str, str]  # catalogue and kind of failure


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
            text = f"{error.message} ({count} book{'' if count == 1 else 's'} without its answer)"
            yield Problem(error.slug, text, error.subject, error.remedy)
