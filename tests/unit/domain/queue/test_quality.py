"""Quality: each rule says yes, no or unknown; unknown never refuses; a claim within the tolerance is not a lie."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mamctl.domain.library.audio_integrity import AudioIntegrity
from mamctl.domain.library.book import AudioFile
from mamctl.domain.library.files import FoundFile
from mamctl.domain.queue.policy import QualityPolicy
from mamctl.domain.queue.quality import (
    ReleaseFacts,
    accepting_lines,
    claimed_facts,
    codec_name,
    judge_quality,
    measured_facts,
    refusals,
)
from mamctl.domain.site.search import MediaInfo, TorrentRow

POLICY = QualityPolicy()
GOOD = ReleaseFacts(codec="aac", bitrate=128_000, channels=2, rating=4.2, file_types=("m4b",), language="ENG", size=7)


def answers(facts, policy=POLICY):
    return {answer.name: answer for answer in judge_quality(facts, policy)}


def failed(facts, policy=POLICY):
    return [answer.name for answer in refusals(judge_quality(facts, policy))]


@pytest.mark.spec("QUAL-1")
def test_the_defaults_take_what_the_plan_takes():
    assert failed(GOOD) == []
    assert failed(replace(GOOD, codec="mp3")) == ["codec"]
    assert failed(replace(GOOD, codec="flac", bitrate=90_000)) == []
    assert failed(replace(GOOD, channels=6)) == ["channels"]
    assert failed(replace(GOOD, rating=3.9)) == ["rating"]


@pytest.mark.spec("QUAL-1")
def test_every_failed_criterion_is_named():
    bad = ReleaseFacts("mp3", 32_000, 6, 1.0, ("mp3",), "GER", True, 9)
    policy = replace(POLICY, formats=("m4b",), languages=("English",), max_size=8)
    everything = ["codec", "bitrate", "channels", "rating", "format", "language", "abridged", "size"]
    assert failed(bad, policy) == everything


@pytest.mark.spec("QUAL-1")
def test_unknown_never_refuses():
    assert failed(ReleaseFacts()) == []
    assert all(answer.holds is not False for answer in judge_quality(ReleaseFacts(), POLICY))


@pytest.mark.spec("QUAL-1")
@pytest.mark.parametrize(
    ("claimed", "holds", "detail"),
    [
        (128_000, True, "128 kbit/s of 128"),
        (127_000, True, "127 kbit/s of 128, within 5%"),
        (121_600, True, "122 kbit/s of 128, within 5%"),
        (121_000, False, "121 kbit/s of 128"),
        (64_000, False, "64 kbit/s of 128"),
    ],
)
def test_a_claim_may_fall_short_by_the_tolerance(claimed, holds, detail):
    answer = answers(replace(GOOD, bitrate=claimed))["bitrate"]
    assert (answer.holds, answer.detail) == (holds, detail)


@pytest.mark.spec("QUAL-3")
@pytest.mark.parametrize(
    ("measured", "claimed", "holds"),
    [
        (128_000, 128_000, True),
        (127_000, 128_000, True),  # an average taken otherwise
        (125_000, 125_000, True),  # as claimed, and accepted as such
        (64_000, 128_000, False),
        (125_000, None, False),
        (64_000, 64_000, False),
    ],
)
def test_a_measured_rate_is_held_against_the_claim(measured, claimed, holds):
    facts = replace(GOOD, bitrate=measured, measured=True, claimed_bitrate=claimed)
    assert answers(facts)["bitrate"].holds is holds


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("AAC LC", "aac"), ("AAC", "aac"), ("xHE-AAC", "aac"), ("mp4a.40.2", "aac"), ("MPEG Audio", "mp3"),
        ("mp3float", "mp3"), ("FLAC", "flac"), ("Opus", "opus"), ("ALAC", "alac"), ("Dolby Digital", "dolby digital"),
    ],
)  # fmt: skip
def test_a_codec_has_one_name(text, name):
    assert codec_name(text) == name


@pytest.mark.parametrize(
    ("types", "holds", "claimed"),
    [
        (("mp3",), False, "mp3"),
        (("m4b",), None, None),
        (("m4b", "mp3"), None, None),
        (("flac", "pdf"), True, "flac"),
        ((), None, None),
    ],
)
def test_file_types_tell_the_codec_where_they_can(types, holds, claimed):
    answer = answers(claimed_facts(TorrentRow(1, "T", file_types=types)))["codec"]
    assert (answer.holds, answer.claimed) == (holds, claimed)


def test_an_ebook_is_no_audiobook():
    assert failed(claimed_facts(TorrentRow(1, "T", file_types=("epub", "pdf")))) == ["format"]


def test_the_row_tells_what_it_can():
    media = MediaInfo("AAC LC", 64_000, 2, 36_000.0)
    row = TorrentRow(1, "T", file_types=("m4b",), language="ENG", size_bytes=5, media=media, browse_flags=32)
    facts = claimed_facts(row, rating=4.5)
    assert facts == ReleaseFacts("aac", 64_000, 2, 4.5, ("m4b",), "ENG", True, 5)
    assert failed(facts) == ["bitrate", "abridged"]


@pytest.mark.spec("QUAL-3")
def test_measured_facts_are_those_of_the_whole():
    claimed = replace(GOOD, bitrate=126_000)
    files = [
        audio("aac", 64_000, 1, 3600.0, size=100),
        audio("aac", 128_000, 2, 3 * 3600.0, size=300),
        audio(None, None, None, None, sound=AudioIntegrity.UNREADABLE),
    ]
    found = measured_facts(files, claimed)
    assert (found.codec, found.bitrate, found.channels, found.size) == ("aac", 112_000, 2, 400)
    assert (found.measured, found.claimed_bitrate) == (True, 126_000)
    mixed = measured_facts([*files, audio("mp3", 1, 1, 1.0)], claimed)
    assert answers(mixed)["codec"].holds is False
    assert measured_facts(files[2:], claimed) is None


def audio(codec, rate, channels, seconds, *, size=1, sound=AudioIntegrity.GOOD):
    found = FoundFile("/d/a.m4b", size, 0, 0, 0, 1)
    return AudioFile(found, sound, codec=codec, bit_rate=rate, channels=channels, duration=seconds)


@pytest.mark.spec("QUAL-1")
def test_the_lines_that_would_accept_are_told_when_only_codec_and_bitrate_are_in_the_way():
    mp3 = judge_quality(replace(GOOD, codec="mp3", bitrate=96_000), POLICY)
    aac = judge_quality(replace(GOOD, bitrate=64_000), POLICY)
    assert accepting_lines([mp3, aac], POLICY) == ('codecs = ["aac", "flac", "mp3"]', "min_bitrate = 64")
    rated = judge_quality(replace(GOOD, codec="mp3", rating=1.0), POLICY)
    assert accepting_lines([mp3, rated], POLICY) == ()
    assert accepting_lines([], POLICY) == ()
    assert accepting_lines([judge_quality(GOOD, POLICY), mp3], POLICY) == ()


FACTS = st.builds(
    ReleaseFacts,
    codec=st.none() | st.sampled_from(["aac", "mp3", "flac"]),
    bitrate=st.none() | st.integers(1, 400_000),
    channels=st.none() | st.integers(1, 8),
    rating=st.none() | st.floats(0, 5),
    file_types=st.sampled_from([(), ("m4b",), ("mp3",), ("epub",)]),
    language=st.none() | st.sampled_from(["ENG", "GER"]),
    abridged=st.none() | st.booleans(),
    size=st.none() | st.integers(0, 10**10),
)


@given(FACTS, st.sampled_from(["codec", "bitrate", "channels", "rating", "language", "abridged", "size"]))
def test_knowing_less_never_refuses_more(facts, name):
    assume(facts.codec != "flac" or name != "codec")  # lossless sound needs no bit rate
    assert set(failed(replace(facts, **{name: None}))) <= set(failed(facts))


@given(FACTS, st.integers(0, 200_000))
def test_a_better_rate_never_refuses_more(facts, more):
    better = replace(facts, bitrate=None if facts.bitrate is None else facts.bitrate + more)
    assert set(failed(better)) <= set(failed(facts))
