"""Disc and track numbers in the names of audio files: "1-01 Title", "Disc 04 - Track 13", "02_of_57"."""

from __future__ import annotations

import re
from functools import lru_cache

from mamctl.dataclass import dataclass
from mamctl.regex import regex


@dataclass(frozen=True, slots=True)
class TrackPlace:
    """Where a file belongs in its book, and `of` how many; None where its name has none."""

    disc: int | None = None
    track: int | None = None
    of: int | None = None


_SHORT_NAME = regex(r"~\d+$")  # TEEB6B~1: the number is the file system's
_EXTENSION = regex(r"\.[A-Za-z0-9]{2,4}$")
_DISC = regex(r"(?<![^\W\d_])(?:cd|dis[ck]|band|teil(?=.*(?:track|titel)))[ ._-]*(\d{1,3})(?!\d)", re.IGNORECASE)
_TRACK = regex(
    r"(?<![^\W\d_])(?:track|titel|chapter|chap|ch|kapitel|part|pt|teil|section|file)[ ._#-]*(\d{1,4})(?!\d)",
    re.IGNORECASE,
)
_OF_TOTAL = regex(r"(?<!\d)(\d{1,4})[ ._-]*(?:of|von|/)[ ._-]*(\d{1,4})(?!\d)", re.IGNORECASE)
_DISC_TRACK = regex(r"^(\d{1,2})[-.](\d{2,3})(?!\d)(?![-.]\d)")
_LEADING = regex(r"^[\[(#]?(\d{1,4})(?!\d)")
_TRAILING = regex(r"(?<!\d)(\d{1,4})[\])]?$")


def parse_track(name: str, folder: str = "") -> TrackPlace:
    """The place of the file `name` (with or without its extension); `folder` is the name of its disc folder."""
    place = _place_in(name)
    if not folder or place.disc is not None or (disc := _number(_DISC.search(folder))) is None:
        return place
    return TrackPlace(disc, place.track, place.of)


@lru_cache(maxsize=2_048)  # a book asks several times after each of its files
def _place_in(name: str) -> TrackPlace:
    stem = _SHORT_NAME.sub("", _EXTENSION.sub("", name.strip()))
    disc = None
    found = _DISC.search(stem)
    if found:
        disc, stem = _number(found), (stem[: found.start()] + " " + stem[found.end() :]).strip(" -_.")
    elif (pair := _DISC_TRACK.match(stem)) and not re.match(r"^\d{1,2}-\d{2}-\d{2,4}", stem):
        return TrackPlace(int(pair[1]), int(pair[2]))
    if (counted := _OF_TOTAL.search(stem)) and int(counted[1]) <= int(counted[2]):
        return TrackPlace(disc, int(counted[1]), int(counted[2]))
    for pattern in (_TRACK, _LEADING, _TRAILING):
        if number := pattern.search(stem):
            return TrackPlace(disc, _number(number))
    return TrackPlace(disc)


def _number(found: re.Match[str] | None) -> int | None:
    return int(found[1]) if found else None
