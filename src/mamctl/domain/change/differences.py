"""What differs between two states of the configuration, key by key, without a secret in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mamctl.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """One key with its value before and after; None where it was absent. Secrets are masked by who made the values."""

    key: str
    before: Any
    after: Any

    def __str__(self) -> str:
        return f"{self.key}: {_shown(self.before)} → {_shown(self.after)}"


def compare_values(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Every key whose value differs, in the order of `after`, then what is gone."""
    keys = [*after, *(key for key in before if key not in after)]
    return tuple(Difference(key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key))


def summarise(differences: tuple[Difference, ...], limit: int = 3) -> str:
    """The first differences in one line."""
    if not differences:
        return "comments, layout or a masked value only"
    shown = "; ".join(map(str, differences[:limit]))
    more = len(differences) - limit
    return f"{shown}; and {more} more" if more > 0 else shown


def _shown(value: Any) -> str:
    if value is None:
        return "(none)"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    text = text or '""'
    return text if len(text) <= 60 else text[:57] + "…"
