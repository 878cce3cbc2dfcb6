"""The verdict on a file follows from what decoding measured."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.library.audio_facts import AudioFacts, Chapter, DecodeError, facts_from_json, facts_to_json
from mamctl.domain.library.audio_integrity import AudioIntegrity, is_short, judge_audio

pytestmark = pytest.mark.spec("META-4")

GOOD = AudioFacts(
    container="mp3", codec="mp3", bit_rate=64_000, channels=1, sample_rate=44_100, header_duration=600.0,
    decoded=600.0, decoded_until=600.0, whole=True, chapters=(Chapter(0, 600, "One"),),
)  # fmt: skip
seconds = st.floats(1, 200_000)


def test_a_whole_file_is_good():
    verdict = judge_audio(GOOD, 4_800_000)
    assert (verdict.sound, verdict.detail, verdict.duration) == (AudioIntegrity.GOOD, "", 600.0)


@pytest.mark.parametrize(
    ("change", "sound", "told"),
    [
        ({"failure": "cannot be opened: moov atom not found"}, AudioIntegrity.UNREADABLE, "moov atom"),
        ({"decoded": 0.0, "decoded_until": None}, AudioIntegrity.UNREADABLE, "no audio"),
        (
            {"decoded": 300.0, "decoded_until": 300.0},
            AudioIntegrity.DAMAGED,
            "audio ends at 0:05:00, the header claims 0:10:00",
        ),
        ({"decoded": 20.0, "decoded_until": None, "whole": False}, AudioIntegrity.DAMAGED, "near its claimed end"),
        (
            {"errors": (DecodeError(3723.5, "a packet cannot be decoded"),), "error_count": 1},
            AudioIntegrity.DAMAGED,
            "at 1:02:03",
        ),
        (
            {"errors": (DecodeError(None, "CRC mismatch!"),) * 20, "error_count": 900},
            AudioIntegrity.DAMAGED,
            "CRC mismatch! and 899 more",
        ),
        ({"missing_bytes": 50_000}, AudioIntegrity.DAMAGED, "last 50000 bytes"),
        ({"missing_bytes": 1}, AudioIntegrity.GOOD, ""),
        ({"end_marked": False}, AudioIntegrity.DAMAGED, "end-of-stream"),
        ({"decoded": 598.5, "decoded_until": 598.5}, AudioIntegrity.GOOD, ""),
        ({"decoded": 20.0, "decoded_until": 599.9, "whole": False}, AudioIntegrity.GOOD, ""),
        ({"header_duration": 900.0, "estimated": True}, AudioIntegrity.GOOD, ""),
        ({"header_duration": None}, AudioIntegrity.GOOD, ""),
        ({"header_duration": 60.0}, AudioIntegrity.GOOD, ""),
    ],
)
def test_each_fault_is_found_and_named(change: dict[str, object], sound: AudioIntegrity, told: str):
    verdict = judge_audio(replace(GOOD, **change), 4_800_000)
    assert verdict.sound is sound
    assert told in verdict.detail


def test_an_empty_file_is_unreadable_and_an_unopened_one_unchecked():
    assert judge_audio(GOOD, 0).sound is AudioIntegrity.UNREADABLE
    assert judge_audio(None, 10).sound is AudioIntegrity.UNCHECKED


@given(claimed=seconds, missing=st.floats(0, 100_000))
def test_more_missing_never_makes_a_file_sounder(claimed: float, missing: float):
    if is_short(claimed, claimed - missing):
        assert is_short(claimed, claimed - missing - 1)
    assert not is_short(claimed, claimed + missing)


@given(st.builds(AudioFacts, error_count=st.integers(0, 5), decoded=seconds, failure=st.none() | st.text()))
def test_facts_survive_the_way_through_json(facts: AudioFacts):
    assert facts_from_json(facts_to_json(facts)) == facts
