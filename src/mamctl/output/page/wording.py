"""Figures as the page writes them; a dash stands for one that is not known."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from mamctl.domain.text.quantities import show_size

DASH = "–"


def show_date(value: datetime | None) -> str:
    """As 3 Feb 2026."""
    return DASH if value is None else f"{value.day} {value:%b %Y}"


def show_moment(value: datetime | None) -> str:
    """As 2026-02-03 14:05."""
    return DASH if value is None else f"{value:%Y-%m-%d %H:%M}"


def show_number(value: float | None) -> str:
    """A whole number with thousands apart."""
    return DASH if value is None else f"{value:,.0f}"


def show_percent(value: float | None) -> str:
    """A share in percent; cut, not rounded, so that 94.96% is not 95.0%."""
    return DASH if value is None else f"{int(value * 1000) / 10:g}%"


def show_ratio(value: float | None) -> str:
    """Cut, not rounded: 0.9996 is not 1.000."""
    if value is None:
        return DASH
    return "∞" if math.isinf(value) else f"{math.floor(value * 1000) / 1000:.3f}"


def show_bytes(value: int | None) -> str:
    """A size; one below nothing with a dash before it."""
    if value is None:
        return DASH
    return show_size(value) if value >= 0 else f"–{show_size(-value)}"


def show_days(value: float) -> str:
    """Whole days."""
    return f"{value:.0f} day{'' if round(value) == 1 else 's'}"


def show_span(value: timedelta | None) -> str:
    """Days, or hours below two of them."""
    if value is None:
        return DASH
    hours = value / timedelta(hours=1)
    return f"{hours / 24:.1f} days" if hours >= 48 else f"{hours:.0f} hours" if hours >= 1 else "under an hour"


def show_words(name: str) -> str:
    """A name of the program, as words."""
    return name.replace("_", " ")
