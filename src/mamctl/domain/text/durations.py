"""Lengths of time as people and programs spell them, in seconds."""

from __future__ import annotations

import re

from mamctl.regex import regex

_HOURS = (
    r"(?:hours?|hrs?|h|std\.?|stunden?|heures?|horas?|ore|uur|timmar|timer|tim\.?|t(?=\s*\d)"
    r"|godz\.?|godzin[ay]?|hod\.?|hodin[ay]?|saat|час(?:а|ов)?|ч\.?|óra|小时|小時|時間)"
)
_MINUTES = (
    r"(?:minutes?|mins?|min\.|m|minuten?|minutos?|minuti|minuter|minutter|minut[ay]?"
    r"|минут[аы]?|мин\.?|dakika|perc|分钟|分鐘|分)"
)
_SECONDS = r"(?:seconds?|secs?|s|sek\.?|sekunden?|secondes?|segundos?|secondi)"
_BETWEEN = r"[\s,.]*(?:and|und|et|y|e|en|og|och|i|a|и)?\s*"
_WORDS = regex(
    rf"(?:(?P<h>\d+(?:[.,]\d+)?)\s*{_HOURS})?{_BETWEEN}(?:(?P<m>\d+(?:[.,]\d+)?)\s*{_MINUTES})?"
    rf"{_BETWEEN}(?:(?P<s>\d+(?:[.,]\d+)?)\s*{_SECONDS})?\.?",
    re.IGNORECASE,
)
_CLOCK = regex(r"(\d{1,3})([:;.])([0-5]?\d)\2([0-5]\d)(?:[.,]\d+)?")
_SHORT_CLOCK = regex(r"(\d{1,3})[:;]([0-5]\d)")
_HOURS_AND_BARE = regex(r"(\d{1,3})\s*h\s*([0-5]\d)", re.IGNORECASE)
_ISO = regex(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?", re.IGNORECASE)
_BARE = regex(r"\d{1,7}(?:\.\d+)?")
_UNDER_A_MINUTE = regex(r"less than (?:1|one|a) minute", re.IGNORECASE)


def parse_duration(text: str, *, bare_unit: float = 60.0) -> float | None:
    """Seconds, or None when the text is not a length of time or says zero.

    A bare number counts in `bare_unit` seconds. "11:04" is hours and minutes, as book lengths are written.
    """
    text = " ".join(text.split()).strip("~≈ ")
    for read in (_read_clock, _read_words, _read_iso):
        seconds = read(text)
        if seconds is not None:
            return seconds or None
    if _UNDER_A_MINUTE.fullmatch(text):
        return 30.0
    return (float(text) * bare_unit or None) if text.isascii() and _BARE.fullmatch(text) else None


def _read_clock(text: str) -> float | None:
    if full := _CLOCK.fullmatch(text):
        return float(int(full[1]) * 3600 + int(full[3]) * 60 + int(full[4]))
    if short := _SHORT_CLOCK.fullmatch(text):
        first, second = int(short[1]), int(short[2])
        return float(first * 3600 + second * 60 if first < 60 else first * 60 + second)
    if bare := _HOURS_AND_BARE.fullmatch(text):
        return float(int(bare[1]) * 3600 + int(bare[2]) * 60)
    return None


def _read_words(text: str) -> float | None:
    found = _WORDS.fullmatch(text)
    if not found or not any(found.groups()):
        return None
    return _number(found["h"]) * 3600 + _number(found["m"]) * 60 + _number(found["s"])


def _read_iso(text: str) -> float | None:
    found = _ISO.fullmatch(text)
    if not found or not any(found.groups()):
        return None
    return _number(found[1]) * 3600 + _number(found[2]) * 60 + _number(found[3])


def _number(text: str | None) -> float:
    return float(text.replace(",", ".")) if text else 0.0


def spell_duration(seconds: float) -> str:
    """ "11:04:09"."""
    whole = round(seconds)
    return f"{whole // 3600}:{whole % 3600 // 60:02}:{whole % 60:02}"
