"""Numbers, times and values of fields in the form that tables show."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from mamctl.domain.text.durations import spell_duration
from mamctl.domain.text.quantities import show_size


def number(value: float | None) -> str:
    """1,234 – or a dash when unknown."""
    return "–" if value is None else f"{value:,.0f}"


def bytes_text(value: int | None) -> str:
    """Bytes in binary units, as the site writes them: 1.234 TiB; a dash when unknown."""
    return "–" if value is None else show_size(value)


def day(value: datetime | None) -> str:
    """2026-11-25 12:00 UTC, or a dash."""
    return "–" if value is None else f"{value:%Y-%m-%d %H:%M} UTC"


def days(value: float | None) -> str:
    """12.5 days left."""
    return "–" if value is None else f"{value:.1f} days left"


def ago(span: timedelta) -> str:
    """How long ago in the largest unit that fits: just now, 5 minutes ago, 1 day ago."""
    for unit, name in ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute")):
        if span >= unit:
            count = span // unit
            return f"{count} {name}{'' if count == 1 else 's'} ago"
    return "just now"


def held(until: datetime) -> str:
    """What a person's thaw of the ratio guard means until then."""
    exception = "unless the ratio falls by another ratio.hold_drop"
    return f"a person lifted the emergency; nothing is frozen until {day(until)}, {exception}"


def yes_no(value: bool) -> str:
    """yes or no."""
    return "yes" if value else "no"


def spell_value(value: Any, field: str = "") -> str:
    """A value in its JSON form as one text: "Mara Vell, Jo Penn", "Lantern Cycle #2", "yes"."""
    if value is None or value == []:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field == "duration":
        return spell_duration(float(value))
    if isinstance(value, list):
        return ("; " if field == "series" else ", ").join(_spell_part(part) for part in value)
    return str(value)


def _spell_part(part: Any) -> str:
    if isinstance(part, dict):
        return f"{part['name']} #{part['position']}" if part.get("position") else str(part["name"])
    return str(part)
