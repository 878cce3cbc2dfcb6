"""The tracker's figures as numbers: sizes, counts, ratios, flags and times, in every form they are known in.

Each `parse_` of a figure accepts any object that JSON can hold and raises nothing but ValueError.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from mamctl.regex import regex

_Figure = TypeVar("_Figure")
_UNITS = {
    "b": 0,
    "bytes": 0,
    "kib": 1,
    "kb": 1,
    "mib": 2,
    "mb": 2,
    "gib": 3,
    "gb": 3,
    "tib": 4,
    "tb": 4,
    "pib": 5,
    "pb": 5,
}
_SIZE_DIGITS = {"B": 0, "KiB": 2, "MiB": 2, "GiB": 2, "TiB": 3}
_NUMBER = regex(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?", re.ASCII)
_SIZE = regex(r"(?P<number>[\d,]+(?:\.\d+)?)\s*(?P<unit>[A-Za-z]+)", re.ASCII)
_INFINITE = frozenset({"∞", "inf", "inf.", "infinity", "infinite"})
_TRUE = frozenset({"1", "true", "yes", "y", "on"})
_FALSE = frozenset({"", "0", "false", "no", "n", "off"})
_LONGEST = 40  # no figure is written longer; it keeps a hostile megabyte of digits away from int()
# Every ISO form: a date only, to the minute, to the second, with a fraction; UTC unless an offset is written.
_MOMENT = regex(
    r"(?P<date>\d{4}-\d\d-\d\d)(?:(?:T| {1,3})(?P<time>\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?"
    r" ?(?P<zone>Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII | re.IGNORECASE,
)
_LARGEST = 2**63 - 1  # what the store holds; no figure of the site comes near it
_VIP_YEARS = range(2000, 2100)  # VIP is bought for 90 days at most: another year is not a date but a fault
_LATEST_UNIX = 253_402_300_799  # 9999-12-31T23:59:59Z


def _text(value: object) -> str:
    if isinstance(value, str) and len(value) <= _LONGEST:
        return value.strip()
    raise ValueError("not a figure")


def parse_number(value: object) -> float:
    """A finite number: 12.3, "12.3", "61,250"."""
    if isinstance(value, bool):
        raise ValueError("a flag is not a number")  # noqa: TRY004 - the one declared kind
    if isinstance(value, int | float):
        return _finite(value)
    text = _text(value)
    if not _NUMBER.fullmatch(text):
        raise ValueError("not a number")
    return _finite(float(text.replace(",", "")))


def _finite(value: float) -> float:
    try:
        number = float(value)
    except OverflowError:
        raise ValueError("number too large") from None
    if not math.isfinite(number):
        raise ValueError("not a finite number")
    return number


def parse_integer(value: object) -> int:
    """A whole number, exact up to 2^63: 7, "7", "1,234", 7.0."""
    if isinstance(value, int) and not isinstance(value, bool):
        return _storable(value)
    if isinstance(value, str):
        text = _text(value)
        if _NUMBER.fullmatch(text) and "." not in text:
            return _storable(int(text.replace(",", "")))
    number = parse_number(value)
    if not number.is_integer():
        raise ValueError("not a whole number")
    return _storable(int(number))


def _storable(number: int) -> int:
    if abs(number) > _LARGEST:
        raise ValueError("number too large")
    return number


def parse_count(value: object) -> int:
    """How many of something: a whole number, never negative."""
    number = parse_integer(value)
    if number < 0:
        raise ValueError("a count is never negative")
    return number


def parse_size(value: object) -> int:
    """Bytes from 1395864371, "1395864371" or "1.3 GiB" (binary units, thousands commas)."""
    if isinstance(value, str):
        match = _SIZE.fullmatch(_text(value))
        if match:
            return _scaled(match["number"], match["unit"])
    size = _storable(int(parse_number(value))) if isinstance(value, float) else parse_integer(value)
    if size < 0:
        raise ValueError("a size is never negative")
    return size


def show_size(value: int) -> str:
    """Bytes in binary units, as the site writes them: 1.234 TiB."""
    size, unit = float(value), "B"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if abs(size) < 1023.995:  # from there on it would be written as 1,024.00
            break
        size, unit = size / 1024, larger
    return f"{size:,.{_SIZE_DIGITS[unit]}f} {unit}"


def count_of(count: int, noun: str, plural: str = "") -> str:
    """So many of something: 1 torrent, 12 torrents, 1,204 torrents; `plural` where an s is not enough."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def show_age(span: timedelta) -> str:
    """How long ago in the largest unit that fits: just now, 5 minutes ago, 1 day ago."""
    for unit, name in ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute")):
        if span >= unit:
            return f"{count_of(span // unit, name)} ago"
    return "just now"


def show_span(seconds: float) -> str:
    """A stretch of time in one or two units: 12 min, 2 h 30 min, 22 h, 3 d 3 h, 31 d."""
    minutes = round(max(seconds, 0) / 60)
    if minutes < 120:
        return f"{minutes} min"
    if minutes < 600 and minutes % 60:
        return f"{minutes // 60} h {minutes % 60} min"
    hours = round(minutes / 60)
    if hours < 48:
        return f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours and days < 14 else f"{days} d"


def _scaled(number: str, unit: str) -> int:
    power = _UNITS.get(unit.lower())
    if power is None:
        raise ValueError("unknown unit of size")
    return _storable(round(_finite(parse_number(number) * 1024.0**power)))


def parse_ratio(value: object) -> float | None:
    """A ratio from a number, "1,234.5", "∞" or "Inf."; None when it cannot be read or makes no sense. Never raises."""
    if isinstance(value, float) and value == math.inf:
        return math.inf
    try:
        if isinstance(value, str) and _text(value).lower() in _INFINITE:
            return math.inf
        ratio = parse_number(value)
    except ValueError:
        return None
    # Bytes over bytes, each below 2^63: a larger one is not a ratio.
    return ratio if 0 <= ratio <= _LARGEST else None


def parse_flag(value: object) -> bool:
    """Yes or no from true, 0/1, "0"/"1", "yes"/"no"; absent (None, "") is no."""
    if value is None or isinstance(value, bool):
        return bool(value)
    if isinstance(value, int | float) and value in {0, 1}:
        return value == 1
    word = _text(value).lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise ValueError("not a flag")


def parse_moment(value: object) -> datetime | None:
    """A UTC time from any ISO form or unix seconds; None for absent, "", 0 and the all-zero date.

    "YYYY-MM-DD HH:MM:SS" is how the site writes it. The rest is understood too: T in place of the blank, no seconds,
    a fraction (left out), Z or an offset. A date alone is its first moment.
    """
    if value is None:
        return None
    if isinstance(value, str) and (not (text := _text(value)) or text.startswith("0000-00-00")):
        return None
    if isinstance(value, str) and (written := _MOMENT.fullmatch(_text(value))):
        return _iso_moment(written)
    seconds = parse_number(value)
    if not 0 <= seconds <= _LATEST_UNIX:
        raise ValueError("time out of range")
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _iso_moment(written: re.Match[str]) -> datetime:
    zone = (written["zone"] or "Z").upper()
    offset = "+00:00" if zone in {"Z", "UTC", "GMT"} else zone
    moment = datetime.fromisoformat(f"{written['date']}T{written['time'] or '00:00'}{offset}")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("time out of range") from None


def parse_vip_until(value: object) -> datetime | None:
    """The end of VIP, which the tracker states in UTC; None when the account has no VIP, or has it for good.

    ValueError for a date outside the years 2000 to 2099, as for one that cannot be read.
    """
    moment = parse_moment(value)
    if moment is not None and moment.year not in _VIP_YEARS:
        raise ValueError("no end of VIP lies in that year")
    return moment


def parse_or_none(parse: Callable[[object], _Figure], value: object) -> _Figure | None:
    """The figure, or None when it is absent or cannot be read: unknown is never zero."""
    if value is None:
        return None
    try:
        return parse(value)
    except ValueError:
        return None
