"""Dates as tags, sidecars and catalogues write them: as fine as they truly are, and never finer."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from mamctl.dataclass import dataclass
from mamctl.regex import regex

EARLIEST_YEAR = 1450  # before printing, a four-digit number in a name is not a year of publication
LATEST_YEAR = 2100

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero gennaio januari",
            "feb february februar fevrier février febrero febbraio februari",
            "mar march märz maerz mars marzo maart mrz",
            "apr april avril abril aprile",
            "may mai mayo maggio mei",
            "jun june juni juin junio giugno",
            "jul july juli juillet julio luglio",
            "aug august aout août agosto augustus",
            "sep sept september septembre septiembre settembre",
            "oct october oktober octobre octubre ottobre okt",
            "nov november novembre noviembre",
            "dec december dezember decembre décembre diciembre dicembre dez",
        ),
        start=1,
    )
    for name in names.split()
}
_ISO = regex(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2})(?:[T ].*)?)?)?")
_NUMERIC = regex(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
_DAY_FIRST = regex(r"(\d{1,2})(?:st|nd|rd|th|\.)?[-/. ]+([^\W\d_]{3,10})\.?,?[-/. ]+(\d{4})")
_MONTH_FIRST = regex(r"([^\W\d_]{3,10})\.?[-/. ]+(\d{1,2})(?:st|nd|rd|th)?,?[-/. ]+(\d{4})")
_MONTH_YEAR = regex(r"([^\W\d_]{3,10})\.?,?[-/. ]+(\d{4})")
_COMPACT = regex(r"(\d{4})(\d{2})(\d{2})")
_LONE_YEAR = regex(r"(?<!\d)(\d{4})(?!\d)")


@lru_cache(maxsize=4_096)
def parse_date(text: str) -> str | None:
    """`YYYY`, `YYYY-MM` or `YYYY-MM-DD`; None when there is no date.

    A numeric date that may be read day first or month first keeps its year only: 17/06/2008 is the
    17th of June, 06/05/2013 is some day in 2013.
    """
    text = " ".join(text.split())
    for read in (_read_iso, _read_numeric, _read_named, _read_compact):
        found = read(text)
        if found:
            return found
    years = _LONE_YEAR.findall(text)
    return _compose(years[0]) if len(years) == 1 and text.isascii() and len(text) <= 40 else None


def parse_year(text: str) -> int | None:
    """The year of a date."""
    found = parse_date(text)
    return int(found[:4]) if found else None


def is_plausible_year(year: int) -> bool:
    """Whether a four-digit number can be a year of publication."""
    return EARLIEST_YEAR <= year <= LATEST_YEAR


def is_coarser(date_text: str, other: str) -> bool:
    """Whether `date_text` says the same as `other`, only less finely: 2013 against 2013-05-14."""
    return len(date_text) < len(other) and other.startswith(date_text)


def _read_iso(text: str) -> str | None:
    found = _ISO.fullmatch(text)
    return _compose(found[1], found[2], found[3]) if found else None


def _read_numeric(text: str) -> str | None:
    found = _NUMERIC.fullmatch(text)
    if not found:
        return None
    first, second = int(found[1]), int(found[2])
    if first > 12 >= second:
        return _compose(found[3], second, first)
    if second > 12 >= first:
        return _compose(found[3], first, second)
    return _compose(found[3], first, second) if first == second else _compose(found[3])


def _read_named(text: str) -> str | None:
    if found := _DAY_FIRST.fullmatch(text):
        day, name, year = found.groups()
    elif found := _MONTH_FIRST.fullmatch(text):
        name, day, year = found.groups()
    elif found := _MONTH_YEAR.fullmatch(text):
        (name, year), day = found.groups(), None
    else:
        return None
    month = _MONTHS.get(name.casefold())
    return _compose(year, month, day) if month else None


def _read_compact(text: str) -> str | None:
    found = _COMPACT.fullmatch(text)
    return _compose(found[1], found[2], found[3]) if found else None


def _compose(year: str, month: str | int | None = None, day: str | int | None = None) -> str | None:
    """The finest date that exists; 1 January of the year 101 is how calibre writes "unknown"."""
    if not is_plausible_year(int(year)):
        return None
    if not month or not 1 <= int(month) <= 12:
        return f"{int(year):04}"
    if not day:
        return f"{int(year):04}-{int(month):02}"
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return f"{int(year):04}-{int(month):02}"


@dataclass(frozen=True, slots=True)
class Copyright:
    """The two facts of a copyright line: when text and recording came out, and whose they are."""

    text_year: int | None = None
    audio_year: int | None = None
    text_holder: str | None = None
    audio_holder: str | None = None


_CLAIM = regex(
    r"(?P<mark>©|\(c\)|℗|\(p\)|copyright|\bp(?=\s?\d{4}))\s*(?:©|\(c\))?\s*(?P<year>\d{4})\s*(?:by\s+)?"
    r"(?P<holder>.*?)(?=[;,.\s]*(?:©|\(c\)|℗|\(p\)|copyright|\bp\s?\d{4}|$))",
    re.IGNORECASE,
)


def parse_copyright(text: str) -> Copyright:
    """`©2011 Mara Vell ℗2013 Harbour Audio`: the text is of 2011, the recording of 2013.

    A bare year is the text's.
    """
    text = " ".join(text.split())
    text_year = audio_year = None
    text_holder = audio_holder = None
    for claim in _CLAIM.finditer(text):
        year = parse_year(claim["year"])
        holder = claim["holder"].strip(" ;,.") or None
        if claim["mark"].casefold() in {"℗", "(p)", "p"}:
            audio_year, audio_holder = audio_year or year, audio_holder or holder
        else:
            text_year, text_holder = text_year or year, text_holder or holder
    if text_year is None and audio_year is None:
        return Copyright(text_year=parse_year(text))
    return Copyright(text_year, audio_year, text_holder, audio_holder)
