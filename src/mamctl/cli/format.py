"""Numbers, times and values of fields in the form that tables show."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from mamctl.domain.text.durations import spell_duration
from mamctl.domain.text.quantities import show_size
from mamctl.domain.text.series import SeriesEntry


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
    """What your thaw of the ratio guard means until then."""
    exception = "unless the ratio falls by another ratio.hold_drop"
    return f"you lifted the emergency; nothing is frozen until {day(until)}, {exception}"


def yes_no(value: bool) -> str:
    """yes or no."""
    return "yes" if value else "no"


def spell_value(value: Any, field: str = "", longest: int | None = None) -> str:
    """A field's value, as the domain or JSON has it, as one text: "Mara Vell, Jo Penn", "Lantern Cycle #2", "yes".

    With `longest` it is cut there; a dash stands for no value.
    """
    text = _spelt(value, field)
    return text if longest is None or len(text) <= longest else f"{text[: longest - 1]}…"


def _spelt(value: Any, field: str) -> str:
    if value is None or value in ([], ()):
        return "–"
    if isinstance(value, bool):
        return yes_no(value)
    if field == "duration":
        return spell_duration(float(value))
    if isinstance(value, (list, tuple)):
        return ("; " if field == "series" else ", ").join(map(_spell_part, value))
    return str(value)


def _spell_part(part: Any) -> str:
    if isinstance(part, SeriesEntry):
        name, position = part.name, part.position
    elif isinstance(part, dict):
        name, position = str(part["name"]), part.get("position")
    else:
        return str(part)
    return f"{name} #{position}" if position else name
