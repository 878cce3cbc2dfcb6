"""What differs between two states of the configuration, key by key, without a secret in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mamctl.dataclass import dataclass

SpellValue = Callable[[str, Any], str]
"""A key's value as you write it: sizes and spans of time with their unit."""
_LONGEST = 60  # characters of a value


@dataclass(frozen=True, slots=True)
class Difference:
    """One key with its value before and after; None where it was absent. Secrets are masked by who made the values."""

    key: str
    before: Any
    after: Any

    def spell(self, spell_value: SpellValue) -> str:
        """ "ratio.reserve: 5.00 GiB → 10.0 GiB"."""
        return f"{self.key}: {self._side(self.before, spell_value)} → {self._side(self.after, spell_value)}"

    def _side(self, value: Any, spell_value: SpellValue) -> str:
        if value is None or value in ([], ()):
            return "(none)"
        text = spell_value(self.key, value) or '""'
        return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "…"


def compare_values(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Every key whose value differs, in the order of `after`, then what is gone."""
    keys = [*after, *(key for key in before if key not in after)]
    return tuple(Difference(key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key))


def summarise(differences: tuple[Difference, ...], spell_value: SpellValue, limit: int = 3) -> str:
    """The first differences in one line."""
    if not differences:
        return "comments, layout or a masked value only"
    shown = "; ".join(one.spell(spell_value) for one in differences[:limit])
    more = len(differences) - limit
    return f"{shown}; and {more} more" if more > 0 else shown
