"""What came of asking one catalogue about one book, as it is kept: the link to its record, or why there is none."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from mamctl.dataclass import dataclass


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
    USER = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueAnswer:
    """`record_id` and what follows it are there for a match only; `series` pairs names with the catalogue's ids.

    Your own MATCH pins the record, your own NONE keeps the catalogue from being asked.
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


class BookState(StrEnum):
    """Where a book stands with the catalogues, all of their answers together."""

    MATCHED = "matched"
    AMBIGUOUS = "ambiguous"  # you can choose: meta match
    UNMATCHED = "unmatched"  # asked, and none has it
    RULED_OUT = "ruled_out"  # you said that none of the records is the book
    NOT_ASKED = "not_asked"  # never asked, or no catalogue could be reached


# Of all answers about a book the strongest decides.
STRONGEST_FIRST = (
    BookState.MATCHED,
    BookState.RULED_OUT,
    BookState.AMBIGUOUS,
    BookState.UNMATCHED,
    BookState.NOT_ASKED,
)
_ALONE = {
    Outcome.MATCH: BookState.MATCHED,
    Outcome.AMBIGUOUS: BookState.AMBIGUOUS,
    Outcome.NONE: BookState.UNMATCHED,
    Outcome.UNAVAILABLE: BookState.NOT_ASKED,
}


def answer_state(outcome: Outcome, chosen_by: ChosenBy) -> BookState:
    """The state of a book with this answer alone."""
    if outcome is Outcome.NONE and chosen_by is ChosenBy.USER:
        return BookState.RULED_OUT
    return _ALONE[outcome]
