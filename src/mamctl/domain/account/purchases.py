"""What the store of the site answers to a purchase."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PurchaseAnswer:
    """The site's answer. `refusal` is in the site's own words; weeks and points may have a fraction."""

    accepted: bool
    weeks: float | None = None
    points_after: float | None = None
    refusal: str | None = None
