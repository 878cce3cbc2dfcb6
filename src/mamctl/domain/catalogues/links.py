"""What came of asking one catalogue about one book, as it is kept: the link to its record, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """How the asking ended."""

    MATCH = "match"
    AMBIGUOUS = "ambiguous"
    NONE = "none"
    UNAVAILABLE = "unavailable"


class ChosenBy(StrEnum):
    """What led to the record."""

    SEARCH = "search"
    ASIN = "asin"  # the files themselves name it
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueAnswer:
    """`record_id` and what follows it are there for a match only; `series` pairs names with the catalogue's ids.

    A person's MATCH pins the record, a person's NONE keeps the catalogue from being asked.
    """

    catalogue: str
    outcome: Outcome
    reason: str
    asked_at: datetime
    chosen_by: ChosenBy = ChosenBy.SEARCH
    record_id: str | None = None
    region: str | None = None
    title: str | None = None
    score: float | None = None
    series: tuple[tuple[str, str], ...] = ()
    rating: float | None = None
    ratings_count: int | None = None
    url: str | None = None
