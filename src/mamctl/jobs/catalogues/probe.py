"""Whether a catalogue answers: a question about a book that every catalogue has known for long."""

from __future__ import annotations

from mamctl.domain.matching.records import BookQuery
from mamctl.jobs.catalogues.ports import Catalogue

# Public domain, read by many, sold by all; the ASIN is of no consequence: "unknown" is an answer, too.
_EVERYBODY_S = BookQuery(title="Pride and Prejudice", author="Jane Austen")
_BY_ASIN = BookQuery(asin="B0036FO4KQ")


def probe(catalogue: Catalogue) -> None:
    """Ask once (or find the answer of today). Raises CatalogueUnavailableError when none comes."""
    if not catalogue.search(_EVERYBODY_S):
        catalogue.search(_BY_ASIN)
