"""Whether a recording plays as long as those say who describe it: a cut that leaves no trace is found so."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from mamctl.domain.library.audio_integrity import clock
from mamctl.domain.metadata.merge import rank_candidates
from mamctl.domain.metadata.observation import Field, Observation, Source
from mamctl.domain.metadata.source_priority import CREDIBLE
from mamctl.domain.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

SHARE = 0.01  # META-4: the decoded length lies this close to the expected one
MINUTE = 60.0


def expected_length(said: Iterable[Observation]) -> Observation | None:
    """The most trusted word on the length, of all but the decoder's own; seconds."""
    others = [
        one
        for one in said
        if one.field is Field.DURATION and one.source is not Source.DECODER and one.confidence >= CREDIBLE
    ]
    return rank_candidates(others)[Field.DURATION].winner.observations[0] if others else None


def is_as_expected(played: float, expected: float) -> bool:
    """Whether the two lengths in seconds lie within one percent; who tells whole minutes may have rounded."""
    rounding = MINUTE if expected % MINUTE == 0 else 0.0
    return abs(played - expected) <= max(SHARE * expected, rounding)


def judge_length(path: str, played: float | None, said: Iterable[Observation]) -> tuple[Problem, ...]:
    """The problem of a book at `path` that does not play as long as it should; nothing when nobody knows."""
    word = expected_length(said)
    if played is None or word is None or is_as_expected(played, cast("float", word.value)):
        return ()
    message = f"{path}: plays {clock(played)} where {word.source.value} says {clock(cast('float', word.value))}"
    remedy = "get it again when sound is missing; another edition may also be longer or shorter"
    return (Problem("length_differs", message, path, remedy),)
