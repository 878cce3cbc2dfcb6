"""What a catalogue is asked about a book, and what it answers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from enum import StrEnum
from typing import ClassVar

from mamctl.dataclass import dataclass
from mamctl.domain.metadata.observation import Source
from mamctl.domain.text.series import SeriesEntry
from mamctl.errors import ExitCode, MamctlError

_RATINGS = frozenset({"rating", "ratings_count"})


class Medium(StrEnum):
    """What kind of edition a record describes."""

    AUDIO = "audio"
    PRINT = "print"
    EBOOK = "ebook"


@dataclass(frozen=True, slots=True, kw_only=True)
class BookQuery:
    """What is known of a book when a catalogue is asked about it; None where nothing is known.

    `author` and `narrator` are the first of theirs, `duration_s` is in seconds; `language` is an English name.
    """

    title: str | None = None
    author: str | None = None
    narrator: str | None = None
    duration_s: float | None = None
    asin: str | None = None
    isbn: str | None = None
    series: SeriesEntry | None = None
    language: str | None = None
    abridged: bool | None = None


_NAMES = {source: source.value for source in Source}  # asked for each candidate; an enum's own way takes long


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueRecord:
    """One edition as one catalogue describes it; None or an empty tuple where the catalogue has nothing.

    `id` is the catalogue's own; `provider` is the name of a custom source, of which there may be several;
    `series_ids` runs parallel to `series`, "" where there is none.
    Dates are YYYY, YYYY-MM or YYYY-MM-DD, as fine as the catalogue knows: `published` is this edition's,
    `first_published` the text's. `rating` lies in 0..5. `format` None means that the catalogue does not say.
    Text is plain; the title is without series and edition notes, as far as the catalogue keeps them apart.
    """

    source: Source
    id: str
    title: str
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    narrators: tuple[str, ...] = ()
    series: tuple[SeriesEntry, ...] = ()
    series_ids: tuple[str, ...] = ()
    published: str | None = None
    first_published: str | None = None
    publisher: str | None = None
    language: str | None = None
    asin: str | None = None
    isbn: str | None = None
    duration_s: float | None = None
    abridged: bool | None = None
    genres: tuple[str, ...] = ()
    description: str | None = None
    cover: str | None = None
    rating: float | None = None
    ratings_count: int | None = None
    format: Medium | None = None
    region: str | None = None
    url: str | None = None
    provider: str | None = None

    @property
    def catalogue(self) -> str:
        """The catalogue's name in the configuration."""
        return self.provider or _NAMES[self.source]

    @property
    def series_links(self) -> tuple[tuple[str, str], ...]:
        """Each series' name with the catalogue's id of it."""
        return tuple(zip((entry.name for entry in self.series), self.series_ids, strict=False))

    def mark(self) -> bytes:
        """A digest of all fields but the ratings, which change every day."""
        facts = [getattr(self, name) for name in self.__slots__ if name not in _RATINGS]
        return hashlib.blake2b(repr(facts).encode("utf-8", "surrogatepass"), digest_size=16).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesVolume:
    """One book of a series, as the catalogue lists it; `published` in the future is announced only."""

    position: str | None
    title: str
    id: str = ""
    authors: tuple[str, ...] = ()
    published: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesRecord:
    """A whole series, its volumes in the catalogue's order."""

    source: Source
    id: str
    name: str
    volumes: tuple[SeriesVolume, ...] = ()
    description: str | None = None


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What a look-up was answered. `words` stand for the answers' whole text, and are empty where there is no record;
    `same`: they are the known ones. `read` gives the record without asking again."""

    words: bytes
    same: bool
    read: Callable[[], CatalogueRecord | None]


class Unavailability(StrEnum):
    """Why a catalogue gives no answer. None of them is a statement about a book."""

    DOWN = "down"  # no answer, or an answer of its own trouble
    THROTTLED = "throttled"  # it asked for a pause
    KEYLESS = "keyless"  # it needs a key that is missing or refused
    CHANGED = "changed"  # an answer came that does not have the shape known here
    BUDGET = "budget"  # this run may ask it no more


class CatalogueUnavailableError(MamctlError):
    """A catalogue cannot be asked now; `reason` says why. It never counts as disagreement."""

    code: ClassVar[str] = "catalogue_down"
    exit_code: ClassVar[ExitCode] = ExitCode.UNREACHABLE

    def __init__(self, catalogue: str, reason: Unavailability, message: str, *, remedy: str | None = None) -> None:
        super().__init__(f"{catalogue}: {message}", subject=catalogue, remedy=remedy, code=f"catalogue_{reason}")
        self.catalogue = catalogue
        self.reason = reason
