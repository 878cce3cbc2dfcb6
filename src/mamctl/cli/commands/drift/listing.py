"""What the listings of `mamctl drift` have in common: how much is shown, and how sources are named."""

from __future__ import annotations

from mamctl.domain.metadata.observation import Source
from mamctl.output.screen import Screen

SHOWN = 60
LONGEST = 40  # letters of a value in a table


def show_more(screen: Screen, count: int) -> None:
    """How many rows are not shown."""
    if count > SHOWN:
        screen.line(f"… and {count - SHOWN} more; --json has them all")


def spell_source(source: str) -> str:
    """Where a value comes from, in words."""
    return "audible, by ASIN" if source == Source.CATALOGUE_ASIN else source.replace("_", " ")
