"""Numbers and times in the form that tables show."""

from __future__ import annotations

from datetime import datetime

from mamctl.cli.clock import current_clock
from mamctl.domain.text.quantities import show_age, show_size

CONDITION_WORDS = {
    "auto_renew": "renewal is on", "class": "the class may buy", "due": "due", "adds_a_week": "adds enough",
    "affordable": "affordable", "shortage": "something needs VIP", "no_ratio_emergency": "no ratio emergency",
    "unclaimed": "not bought yet", "not_refused": "not refused", "clock": "the clock agrees",
}  # fmt: skip
"""The conditions of a renewal as tables show them; JSON has their names."""


def number(value: float | None) -> str:
    """1,234 – or a dash when unknown."""
    return "–" if value is None else f"{value:,.0f}"


def bytes_text(value: int | None) -> str:
    """Bytes in binary units, as the site writes them: 1.234 TiB; a dash when unknown."""
    return "–" if value is None else show_size(value)


def day(value: datetime | None) -> str:
    """2026-11-25 12:00 UTC, or a dash."""
    return "–" if value is None else f"{value:%Y-%m-%d %H:%M} UTC"


def vip_words(status: str, days_left: float | None) -> str:
    """The state of VIP in words; JSON has its name. VIP that has ended has no days left."""
    if status == "pending_renewal":
        return "active, renewal due" if days_left is not None and days_left > 0 else "ended, renewal unsettled"
    return status.replace("_", " ")


def days(value: float | None) -> str:
    """12.5 days left, 12 days left, 1 day left."""
    if value is None:
        return "–"
    text = f"{value:.1f}".removesuffix(".0")
    return f"{text} day{'' if text == '1' else 's'} left"


def when(value: datetime | None, *, exact: bool) -> str:
    """How long ago a moment was, for a table; the moment itself with `exact`, or when it is still to come."""
    if value is None:
        return "–"
    now = current_clock().now()
    return day(value) if exact or value > now else show_age(now - value)


def held(until: datetime) -> str:
    """What your thaw of the ratio guard means until then."""
    exception = "unless the ratio falls by another ratio.hold_drop"
    return f"you lifted the emergency; nothing is frozen until {day(until)}, {exception}"


def yes_no(value: bool) -> str:
    """yes or no."""
    return "yes" if value else "no"
