"""Values of a book's fields as a person reads them."""

from __future__ import annotations

from typing import Any

from mamctl.domain.text.durations import spell_duration


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
