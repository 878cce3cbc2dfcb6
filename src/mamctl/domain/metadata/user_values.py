"""Your own words for a field, as `meta set` takes them."""

from __future__ import annotations

import re
from collections.abc import Callable

from mamctl.domain.bounds import ADDRESS, DESCRIPTION, MOST_NAMES, NAME, TITLE
from mamctl.domain.metadata.observation import NAME_FIELDS, Field, Value
from mamctl.domain.text.credits import parse_credits, unite_people
from mamctl.domain.text.dates import is_plausible_year, parse_date
from mamctl.domain.text.durations import parse_duration
from mamctl.domain.text.identifiers import parse_asin, parse_cover, parse_isbn
from mamctl.domain.text.languages import parse_language
from mamctl.domain.text.normalize import plain_text, tidy
from mamctl.domain.text.series import SeriesEntry, parse_series

_SHAPES = {
    Field.YEAR: "a year, e.g. 2011",
    Field.PUBLISHED: "a date, e.g. 2013-05-14, 2013-05 or 2013",
    Field.ASIN: "an ASIN, e.g. B00TEST123",
    Field.ISBN: "an ISBN with a right check digit",
    Field.LANGUAGE: "a language, e.g. English or en",
    Field.ABRIDGED: "yes or no",
    Field.COVER: "a web address, or a path below the book's folder",
    Field.DURATION: "a length, e.g. 11:04:09, 11 hrs 4 mins, or seconds",
}
_LENGTHS = {Field.TITLE: TITLE, Field.SUBTITLE: TITLE, Field.DESCRIPTION: DESCRIPTION, Field.COVER: ADDRESS}
_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def value_from_person(field: Field, text: str) -> Value:
    """The value that the user means; a bare length is in seconds, as everywhere. Raises ValueError, which says what is
    expected."""
    value = _read(field, text.strip())
    if value is None or value in {"", ()}:
        raise ValueError(f"{field.value} needs {_SHAPES.get(field, 'a value')}")
    if fault := _too_long(field, value):
        raise ValueError(f"{field.value} takes {fault}")
    return value


def _too_long(field: Field, value: Value) -> str | None:
    """What is expected instead of a value longer than any book's."""
    if isinstance(value, str):
        return _LENGTHS.get(field, NAME).fault(value)
    if not isinstance(value, tuple):
        return None
    if len(value) > MOST_NAMES:
        return f"at most {MOST_NAMES} values, not {len(value):,}"
    names = (part if isinstance(part, str) else part.name for part in value)
    return next((f"names of {fault}" for name in names if (fault := NAME.fault(name))), None)


def _read(field: Field, text: str) -> Value | None:
    if field in NAME_FIELDS:
        # You may credit whom you like: a publisher, "Anonymous", a cast.
        return unite_people(credit.name for credit in parse_credits(text))
    if field is Field.SERIES:
        return parse_series(text) or ((SeriesEntry(tidy(text)),) if tidy(text) else ())
    if field is Field.GENRES:
        return tuple(dict.fromkeys(part for part in re.split(r"\s*[,;]\s*", tidy(text)) if part))
    if field is Field.YEAR:
        return int(text) if re.fullmatch(r"[0-9]{4}", text) and is_plausible_year(int(text)) else None
    return _READERS.get(field, tidy)(text)


def _date(text: str) -> str | None:
    """A date that holds all that was written: a sidecar's "6/5/2013" is at least of 2013, you can say which."""
    found, written = parse_date(text), re.findall(r"\d+|[^\W\d_]+", text)
    return found if found and len(found.split("-")) >= min(3, len(written)) else None


_READERS: dict[Field, Callable[[str], Value | None]] = {
    Field.ABRIDGED: lambda text: _YES.get(text.lower()),
    Field.PUBLISHED: _date,
    Field.ASIN: parse_asin,
    Field.ISBN: parse_isbn,
    Field.COVER: lambda text: parse_cover(tidy(text)),
    Field.LANGUAGE: parse_language,
    Field.DURATION: lambda text: parse_duration(text, bare_unit=1.0),
    Field.DESCRIPTION: plain_text,
}
