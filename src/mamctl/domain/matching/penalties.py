"""A named part of a match's score."""

from __future__ import annotations

from mamctl.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Penalty:
    """`amount` is taken off a score of 1; a negative one is given back, for evidence that agrees.

    A `hard` penalty rules out that two books or recordings are one: no agreement elsewhere makes up for it.
    """

    name: str
    amount: float
    detail: str
    hard: bool = False


def total(penalties: tuple[Penalty, ...]) -> float:
    """What these penalties take off together."""
    return sum([penalty.amount for penalty in penalties])
