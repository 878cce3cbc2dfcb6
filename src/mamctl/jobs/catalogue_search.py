"""How any command searches one catalogue for a book: by its ids, then by one wording of its title after the other."""

from __future__ import annotations

from collections.abc import Sequence

from mamctl.domain.catalogue_record import CatalogueRecord, Enquiry
from mamctl.domain.matching import MatchPolicy, VerdictKind, judge_match
from mamctl.domain.search_forms import search_forms
from mamctl.domain.testimony import without_ids
from mamctl.jobs.ports_catalogues import Catalogue


def find_candidates(catalogue: Catalogue, enquiry: Enquiry, policy: MatchPolicy) -> list[CatalogueRecord]:
    """What the catalogue finds, until something matches: one question with the ids, and at most five without."""
    by_id = (enquiry,) if enquiry.asin or enquiry.isbn else ()
    wordings = search_forms(without_ids(enquiry)) if enquiry.title and not catalogue.by_asin_only else ()
    found: list[CatalogueRecord] = []
    for question in (*by_id, *wordings):
        found = once((*found, *catalogue.search(question)))
        if judge_match(enquiry, found, policy).kind is VerdictKind.MATCH:
            break
    return found


def once(records: Sequence[CatalogueRecord]) -> list[CatalogueRecord]:
    """Each record once, as it was found first."""
    found: dict[tuple[str, str, str | None], CatalogueRecord] = {}
    for record in records:
        found.setdefault((record.catalogue, record.id, record.region), record)
    return list(found.values())
