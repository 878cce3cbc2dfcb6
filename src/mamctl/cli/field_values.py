"""Values of a book's fields in the form that tables show.

Apart from `format`: only what shows books needs to know how series and durations are written.
"""

from __future__ import annotations

from mamctl.cli.format import yes_no
from mamctl.domain.metadata.observation import Value
from mamctl.domain.text.durations import spell_duration
from mamctl.domain.text.series import SeriesEntry


def spell_value(value: Value | None, field: str = "", longest: int | None = None) -> str:
    """A field's value as one text: "Mara Vell, Jo Penn", "Lantern Cycle #2", "yes".

    With `longest` it is cut there; a dash stands for no value.
    """
    text = _spelt(value, field)
    return text if longest is None or len(text) <= longest else f"{text[: longest - 1]}…"


def type_value(value: Value, field: str) -> str:
    """A field's value as `meta set` takes it: "Mara Vell; Jo Penn", "Lantern Cycle #2", "yes"."""
    if isinstance(value, tuple):
        return "; ".join(map(_spell_part, value))
    return _spelt(value, field)


def _spelt(value: Value | None, field: str) -> str:
    if value is None or value == ():
        return "–"
    if isinstance(value, bool):
        return yes_no(value)
    if field == "duration" and isinstance(value, (int, float)):
        return spell_duration(float(value))
    if isinstance(value, tuple):
        return ("; " if field == "series" else ", ").join(map(_spell_part, value))
    return str(value)


def _spell_part(part: str | SeriesEntry) -> str:
    if isinstance(part, str):
        return part
    return f"{part.name} #{part.position}" if part.position else part.name
