"""Chooses the value of each field from what the sources say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mamctl.domain.book_record import AgreedValue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mamctl.domain.observation import Field, Observation


def agree(observations: Iterable[Observation]) -> tuple[AgreedValue, ...]:
    """The most trusted word on each field."""
    best: dict[Field, Observation] = {}
    for said in observations:
        if said.field not in best or said.confidence > best[said.field].confidence:
            best[said.field] = said
    return tuple(
        AgreedValue(o.field, o.value, o.confidence, o.source, f"{o.source} says so at {o.place}") for o in best.values()
    )
