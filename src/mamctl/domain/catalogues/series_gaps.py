"""Which volumes of a series one has, lacks, or must still wait for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from mamctl.dataclass import dataclass
from mamctl.domain.matching.records import SeriesRecord, SeriesVolume
from mamctl.domain.text.normalize import fold_title
from mamctl.regex import regex

_RANGE = regex(r"(\d+)-(\d+)")
_LONGEST_RANGE = 100


@dataclass(frozen=True, slots=True)
class OwnedVolume:
    """A book of the library in a series."""

    book_id: int
    title: str
    position: str | None


@dataclass(frozen=True, slots=True)
class SeriesGaps:
    """A series as one owns it. `side` are missing novellas and the like, whose position is not a whole number."""

    name: str
    catalogue: str
    series_id: str
    owned: tuple[OwnedVolume, ...]
    missing: tuple[SeriesVolume, ...]
    side: tuple[SeriesVolume, ...]
    announced: tuple[SeriesVolume, ...]


def find_gaps(catalogue: str, record: SeriesRecord, owned: Iterable[OwnedVolume], today: date) -> SeriesGaps:
    """Compare the library with the catalogue's list, by position or title; an omnibus covers all that is in it."""
    owned = tuple(sorted(owned, key=lambda one: (position_key(one.position), one.title)))
    positions = {place for one in owned for place in covered(one.position)}
    titles = {fold_title(one.title) for one in owned}
    lacking = [volume for volume in _once(record.volumes) if not _is_owned(volume, positions, titles)]
    known = today.isoformat()
    out = [volume for volume in lacking if (volume.published or "") <= known]
    return SeriesGaps(
        name=record.name,
        catalogue=catalogue,
        series_id=record.id,
        owned=owned,
        missing=tuple(volume for volume in out if _is_main(volume)),
        side=tuple(volume for volume in out if not _is_main(volume)),
        announced=tuple(volume for volume in lacking if (volume.published or "") > known),
    )


def covered(position: str | None) -> frozenset[str]:
    """The positions a book stands for: "1-3" is 1, 2, 3 and itself."""
    if position is None:
        return frozenset()
    found = _RANGE.fullmatch(position)
    if not found or not 0 < int(found[2]) - int(found[1]) < _LONGEST_RANGE:
        return frozenset({position})
    return frozenset({position, *(str(number) for number in range(int(found[1]), int(found[2]) + 1))})


def position_key(position: str | None) -> tuple[float, str]:
    """Sorts positions as numbers; what is none comes last."""
    found = re.match(r"\d+(?:\.\d+)?", position or "")
    return (float(found[0]) if found else float("inf"), position or "")


def _is_owned(volume: SeriesVolume, positions: set[str], titles: set[str]) -> bool:
    if fold_title(volume.title) in titles:
        return True
    places = covered(volume.position)
    whole = places - {volume.position} if len(places) > 1 else places
    return bool(whole) and whole <= positions


def _once(volumes: Iterable[SeriesVolume]) -> list[SeriesVolume]:
    """In order of position; a catalogue lists editions and recordings of one volume several times."""
    first: dict[str, SeriesVolume] = {}
    for volume in volumes:
        first.setdefault(volume.position or fold_title(volume.title), volume)
    return sorted(first.values(), key=lambda volume: position_key(volume.position))


def _is_main(volume: SeriesVolume) -> bool:
    return (volume.position or "").isdigit()
