"""The verdict on a file follows from what decoding measured."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.library.audio_facts import AudioFacts, BadSpot, Chapter, facts_from_json, facts_to_json
from mamctl.domain.library.audio_integrity import Sound, is_short, judge_sound

pytestmark = pytest.mark.spec("META-4")

GOOD = AudioFacts(
    container="mp3", codec="mp3", bit_rate=64_000, channels=1, sample_rate=44_100, header_duration=600.0,
    decoded=600.0, reached=600.0, whole=True, chapters=(Chapter(0, 600, "One"),),
)  # fmt: skip
seconds = st.floats(1, 200_000)


def test_a_whole_file_is_good():
    verdict = judge_sound(GOOD, 4_800_000)
    assert (verdict.sound, verdict.detail, verdict.duration) == (Sound.GOOD, "", 600.0)


@pytest.mark.parametrize(
    ("change", "sound", "told"),
    [
        ({"failure": "cannot be opened: moov atom not found"}, Sound.UNREADABLE, "moov atom"),
        ({"decoded": 0.0, "reached": None}, Sound.UNREADABLE, "no sound"),
        ({"decoded": 300.0, "reached": 300.0}, Sound.DAMAGED, "sound ends at 0:05:00, the header claims 0:10:00"),
        ({"decoded": 20.0, "reached": None, "whole": False}, Sound.DAMAGED, "near its claimed end"),
        ({"bad_spots": (BadSpot(3723.5, "a packet does not decode"),), "bad_count": 1}, Sound.DAMAGED, "at 1:02:03"),
        (
            {"bad_spots": (BadSpot(None, "CRC mismatch!"),) * 20, "bad_count": 900},
            Sound.DAMAGED,
            "CRC mismatch! and 899 more",
        ),
        ({"missing_bytes": 50_000}, Sound.DAMAGED, "last 50000 bytes"),
        ({"missing_bytes": 1}, Sound.GOOD, ""),
        ({"end_marked": False}, Sound.DAMAGED, "end-of-stream"),
        ({"decoded": 598.5, "reached": 598.5}, Sound.GOOD, ""),
        ({"decoded": 20.0, "reached": 599.9, "whole": False}, Sound.GOOD, ""),
        ({"header_duration": 900.0, "estimated": True}, Sound.GOOD, ""),
        ({"header_duration": None}, Sound.GOOD, ""),
        ({"header_duration": 60.0}, Sound.GOOD, ""),
    ],
)
def test_each_fault_is_found_and_named(change: dict[str, object], sound: Sound, told: str):
    verdict = judge_sound(replace(GOOD, **change), 4_800_000)
    assert verdict.sound is sound
    assert told in verdict.detail


def test_an_empty_file_is_unreadable_and_an_unopened_one_unchecked():
    assert judge_sound(GOOD, 0).sound is Sound.UNREADABLE
    assert judge_sound(None, 10).sound is Sound.UNCHECKED


@given(claimed=seconds, missing=st.floats(0, 100_000))
def test_more_missing_never_makes_a_file_sounder(claimed: float, missing: float):
    if is_short(claimed, claimed - missing):
        assert is_short(claimed, claimed - missing - 1)
    assert not is_short(claimed, claimed + missing)


@given(st.builds(AudioFacts, bad_count=st.integers(0, 5), decoded=seconds, failure=st.none() | st.text()))
def test_facts_survive_the_way_through_json(facts: AudioFacts):
    assert facts_from_json(facts_to_json(facts)) == facts
