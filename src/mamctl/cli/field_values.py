"""Values of a book's fields in the form that tables show.

Apart from `format`: only what shows books needs to know how series and durations are written.
"""

from __future__ import annotations

from typing import Any

from mamctl.cli.format import yes_no
from mamctl.domain.text.durations import spell_duration
from mamctl.domain.text.series import SeriesEntry


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
