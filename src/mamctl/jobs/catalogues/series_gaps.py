"""The series one owns, compared with what the catalogues list."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import field
from datetime import date

from mamctl.dataclass import dataclass
from mamctl.domain.catalogues.series_gaps import OwnedVolume, SeriesGaps, find_gaps
from mamctl.domain.matching.records import CatalogueUnavailableError
from mamctl.domain.text.series import SeriesEntry, fold_series
from mamctl.jobs.catalogues.ports import Catalogue, ListsSeries
from mamctl.store.catalogues import answers as answers_store
from mamctl.store.library.agreed import load_series


@dataclass(slots=True)
class OwnedSeries:
    """A series as the library has it: its books, and the numbers under which catalogues know it."""

    name: str
    volumes: list[OwnedVolume] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class SeriesReview:
    """What came of it: series with their gaps, those that no catalogue knows by number, and who was out of reach."""

    gaps: list[SeriesGaps] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    unavailable: dict[str, CatalogueUnavailableError] = field(default_factory=dict)


def review_series(
    db: sqlite3.Connection, catalogues: Sequence[Catalogue], today: date, named: str = ""
) -> SeriesReview:
    """Every series of the library, or those whose name holds `named`."""
    review = SeriesReview()
    for owned in owned_series(db):
        if fold_series(named) in fold_series(owned.name):
            _review(owned, catalogues, today, review)
    return review


def owned_series(db: sqlite3.Connection) -> list[OwnedSeries]:
    """The library's series by name."""
    links = answers_store.series_links(db)
    found: dict[str, OwnedSeries] = {}
    for book_id, title, entries in load_series(db):
        for entry in entries:
            series = found.setdefault(fold_series(entry.name), OwnedSeries(entry.name))
            series.volumes.append(OwnedVolume(book_id, title, entry.position))
            for catalogue, number in _numbers(links.get(book_id, {}), entry):
                series.links.setdefault(catalogue, number)
    return sorted(found.values(), key=lambda series: fold_series(series.name))


def _numbers(links: dict[str, tuple[tuple[str, str], ...]], entry: SeriesEntry) -> Iterator[tuple[str, str]]:
    for catalogue, pairs in links.items():
        for name, number in pairs:
            if fold_series(name) == fold_series(entry.name):
                yield catalogue, number


def _review(owned: OwnedSeries, catalogues: Sequence[Catalogue], today: date, review: SeriesReview) -> None:
    """By the first catalogue in order that knows the series and answers."""
    for catalogue in catalogues:
        number = owned.links.get(catalogue.name)
        if number is None or not isinstance(catalogue, ListsSeries):
            continue
        try:
            record = catalogue.series(number)
        except CatalogueUnavailableError as error:
            review.unavailable.setdefault(catalogue.name, error)
            continue
        if record is not None:
            review.gaps.append(find_gaps(catalogue.name, record, owned.volumes, today))
            return
    review.unknown.append(owned.name)
