"""What the readers of tags, sidecars and names bring home."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mamctl.domain.observation import Observation
    from mamctl.domain.problem import Problem


@dataclass(frozen=True, slots=True)
class BookReading:
    """What was said, and what of it could not be read."""

    observations: tuple[Observation, ...] = ()
    problems: tuple[Problem, ...] = ()

    def __add__(self, other: BookReading) -> BookReading:
        """Both readings together."""
        return BookReading(self.observations + other.observations, self.problems + other.problems)
