"""What is known around a name, and one way to read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from mamctl.dataclass import dataclass
from mamctl.domain.text.names.pieces import Pieces
from mamctl.domain.text.series import SeriesEntry


@dataclass(frozen=True, slots=True)
class NameContext:
    """What is known around a name. `authors` and `series` are of the folders above.

    `first` and `last` count how many siblings begin or end with a piece, `numbered` and `prefixes` which names carry
    numbers: `numbered` is the share of siblings that begin with a number of their own, `prefixes` counts the names
    before their numbers. `known_authors`, `known_series` and `known_narrators` are agreed elsewhere in the library or
    stated in the book's own tags and sidecars. All texts are folded.
    """

    authors: tuple[str, ...] = ()
    series: str | None = None
    numbered: float = 0.0
    readers_in_siblings: float = 0.0
    first: Mapping[str, int] = field(default_factory=dict)
    last: Mapping[str, int] = field(default_factory=dict)
    prefixes: Mapping[str, int] = field(default_factory=dict)
    known_authors: frozenset[str] = frozenset()
    known_series: frozenset[str] = frozenset()
    known_narrators: frozenset[str] = frozenset()


@dataclass(slots=True)
class NameReading:
    """One way to read a name. `weight` orders readings of one name; `reasons` are its evidence.

    `likelihood` in 0..1 is its share among all readings of the name, set when all of them are known.
    """

    title: str | None = None
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    narrators: tuple[str, ...] = ()
    series: tuple[SeriesEntry, ...] = ()
    position: str | None = None
    year: int | None = None
    weight: float = 0.0
    likelihood: float = 0.0
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedBook:
    """All readings of one name, the likeliest first, and what stood in it for certain."""

    readings: tuple[NameReading, ...]
    pieces: Pieces

    @property
    def best(self) -> NameReading:
        """The likeliest reading."""
        return self.readings[0]


NO_CONTEXT = NameContext()
