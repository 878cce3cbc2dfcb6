"""The length that a recording should have."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.library.audio_integrity import expected_length, is_as_expected, judge_length
from mamctl.domain.metadata.observation import Field, Observation, Origin, Source

pytestmark = pytest.mark.spec("META-4")
NOW = datetime(2026, 11, 25, tzinfo=UTC)


def says(source: Source, seconds: float, sure: float = 0.8) -> tuple[Observation, ...]:
    return Origin(source, "x", NOW).observe(Field.DURATION, seconds, sure)


@given(st.floats(1, 1e6).filter(lambda seconds: seconds % 60), st.floats(-0.5, 0.5))
def test_duration_tolerance(expected: float, share: float):
    if abs(abs(share) - 0.01) > 1e-9:
        assert is_as_expected(expected * (1 + share), expected) == (abs(share) < 0.01)


def test_who_tells_whole_minutes_may_have_rounded():
    assert is_as_expected(664 * 60 - 50, 664 * 60)
    assert is_as_expected(40, 60)
    assert not is_as_expected(40, 61)
    assert not is_as_expected(664 * 60 * 0.98, 664 * 60)


def test_the_most_trusted_word_counts_and_never_the_decoders():
    said = (*says(Source.NFO, 100), *says(Source.LIBATION, 7210.5), *says(Source.DECODER, 3600, 0.95))
    word = expected_length(said)
    assert word is not None
    assert word.source is Source.LIBATION
    assert expected_length(says(Source.DECODER, 3600)) is None
    assert expected_length(says(Source.SPEECH, 3600, 0.2)) is None


def test_a_short_book_is_told_with_both_lengths():
    (problem,) = judge_length("/lib/A", 3600.0, says(Source.NFO, 7210.5))
    assert problem.code == "length_differs"
    assert "plays 1:00:00 where nfo says 2:00:10" in problem.message
    assert judge_length("/lib/A", 7210.0, says(Source.NFO, 7210.5)) == ()
    assert judge_length("/lib/A", None, says(Source.NFO, 7210.5)) == ()
    assert judge_length("/lib/A", 3600.0, ()) == ()
