"""What the practice catalogue knows: works, their recordings and series, and the ways to find them."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property

from mamctl.dataclass import dataclass
from mamctl.domain.text.series import SeriesEntry

REGIONS = ("us", "uk", "de")


class Kinship(StrEnum):
    """Why a work could be taken for another."""

    NONE = "none"
    NUMBERED = "numbered"  # "The Salt Road" and "The Salt Road 2"
    EXTENDED = "extended"  # "The Salt Road" and "The Salt Road and the Sea"
    NAMESAKE = "namesake"  # the same title by somebody else
    OMNIBUS = "omnibus"  # several volumes in one


class Rendering(StrEnum):
    """What kind of recording it is."""

    UNABRIDGED = "unabridged"
    ABRIDGED = "abridged"
    DRAMATISED = "dramatised"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One reading of a work; every region sells it under its own ASIN. `duration_s` is whole seconds."""

    work_id: int
    asins: tuple[tuple[str, str], ...]
    narrators: tuple[str, ...]
    duration_s: int
    rendering: Rendering
    publisher: str
    released: str
    isbn: str | None = None

    def asin(self, region: str = "us") -> str | None:
        """Its ASIN in a region, where it is sold."""
        return dict(self.asins).get(region)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A text. `series_ids` runs parallel to `series`; `kinship` marks a near-twin, of `twin_of`."""

    id: int
    title: str
    authors: tuple[str, ...]
    first_published: str
    isbn: str
    published: str
    publisher: str
    subtitle: str | None = None
    series: tuple[SeriesEntry, ...] = ()
    series_ids: tuple[int, ...] = ()
    language: str = "English"
    description: str = ""
    genres: tuple[str, ...] = ()
    rating: float = 4.0
    ratings_count: int = 0
    kinship: Kinship = Kinship.NONE
    twin_of: int | None = None
    recordings: tuple[Recording, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """A series: its name, and the ids of its works in order."""

    id: int
    name: str
    work_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class World:
    """All there is, with the ways to find it."""

    works: tuple[Work, ...]
    series: tuple[Series, ...]
    seed: int = 0

    @cached_property
    def by_id(self) -> dict[int, Work]:
        """Works by their number."""
        return {work.id: work for work in self.works}

    @cached_property
    def by_series(self) -> dict[int, Series]:
        """Series by their number."""
        return {series.id: series for series in self.series}

    @cached_property
    def by_asin(self) -> dict[str, tuple[str, Recording]]:
        """Region and recording by ASIN."""
        return {asin: (region, recording) for recording in self.recordings for region, asin in recording.asins}

    @cached_property
    def by_isbn(self) -> dict[str, Work]:
        """Works by the ISBN of their text and of their recordings."""
        found = {work.isbn: work for work in self.works}
        return found | {
            recording.isbn: self.by_id[recording.work_id] for recording in self.recordings if recording.isbn
        }

    @cached_property
    def authors(self) -> dict[str, int]:
        """Every author's number, by name."""
        return {name: number for number, name in enumerate(dict.fromkeys(a for w in self.works for a in w.authors), 1)}

    @property
    def recordings(self) -> Iterator[Recording]:
        """Every recording of every work."""
        return (recording for work in self.works for recording in work.recordings)
