"""One value a field: the order of trust decides, independent agreement strengthens, a person stands above all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.metadata.merge import agree, joint_confidence, rank_candidates
from mamctl.domain.metadata.observation import Field, Observation, Source
from mamctl.domain.metadata.source_priority import GENERAL, sources_by_priority
from mamctl.domain.text.series import SeriesEntry

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def said(field, value, source, confidence=0.8, place="x"):
    return Observation(field, value, source, place, confidence, NOW)


def title(value, source, confidence=0.8):
    return said(Field.TITLE, value, source, confidence)


def narrator(name, source, confidence=0.8):
    return said(Field.NARRATORS, (name,), source, confidence)


def chosen(*observations):
    (value,) = agree(observations)
    return value


titles = st.sampled_from(["The Salt Road", "Salt Road, The", "The Iron Mile", "Winter"])
statements = st.builds(
    title, titles, st.sampled_from([s for s in Source if s is not Source.USER]), st.sampled_from([0.1, 0.3, 0.6, 0.9])
)


def test_nobody_said_anything():
    assert agree([]) == ()


@pytest.mark.parametrize("field", list(Field))
def test_every_field_has_a_place_for_every_source(field):
    assert set(sources_by_priority(field)) == set(Source)
    assert len(sources_by_priority(field)) == len(Source) == len(GENERAL)


@pytest.mark.spec("META-7")
def test_the_order_of_trust_decides_whatever_the_weaker_source_claims():
    won = chosen(title("The Salt Road", Source.OPF, 0.85), title("Salt", Source.FOLDER, 0.95))
    assert (won.value, won.source) == ("The Salt Road", Source.OPF)
    assert won.reason == "opf is trusted over folder"


@pytest.mark.spec("META-7")
def test_independent_sources_that_agree_outvote_one():
    won = chosen(
        title("Chapter Tales", Source.TAGS, 0.6),
        title("The Salt Road", Source.NFO, 0.75),
        title("Salt Road, The", Source.HARDCOVER, 0.85),
    )
    assert won.value == "The Salt Road"
    assert "agree" in won.reason


@pytest.mark.spec("META-7")
def test_records_of_this_very_recording_are_not_outvoted():
    votes = (title("The Salt Road", Source.TAGS, 0.9), title("The Salt Road", Source.NFO, 0.9))
    assert chosen(title("The Pepper Road", Source.ABS_JSON, 0.9), *votes).value == "The Pepper Road"


@pytest.mark.spec("META-7")
def test_tags_and_names_of_one_tool_are_one_voice():
    tags, folder = title("A", Source.TAGS, 0.8), title("A", Source.FOLDER, 0.6)
    assert chosen(tags, folder).confidence == 0.8
    assert chosen(tags, title("A", Source.NFO, 0.75)).confidence == 0.95


@pytest.mark.spec("META-7")
def test_what_is_hardly_believed_does_not_decide():
    assert (
        chosen(title("Chapter 1", Source.TAGS, 0.2), title("The Salt Road", Source.FOLDER, 0.6)).value
        == "The Salt Road"
    )


@pytest.mark.spec("META-7")
def test_a_person_stands_above_all():
    won = chosen(title("Mine", Source.USER, 1.0), *(title("Theirs", source, 1.0) for source in GENERAL[1:]))
    assert (won.value, won.confidence, won.verified) == ("Mine", 1.0, True)


@pytest.mark.spec("META-6")
def test_the_narrator_follows_tracker_then_speech_then_audible_then_a_fuzzy_match():
    ladder = [
        narrator("Ann Roe", Source.TRACKER, 0.85),
        narrator("Jo Penn", Source.SPEECH, 0.6),
        narrator("Tom Asher", Source.AUDIBLE, 0.9),
        narrator("Tim Asher", Source.TAGS, 0.75),
        narrator("Ina Quill", Source.AUDIBLE, 0.6),
    ]
    while ladder:
        won = chosen(*reversed(ladder))
        first = ladder.pop(0)
        assert (won.value, won.source) == (first.value, first.source)


@pytest.mark.spec("META-6")
def test_the_same_narrators_in_other_spelling_and_order_agree():
    one = said(Field.NARRATORS, ("Tom Asher", "Inés Quill"), Source.NFO, 0.7)
    other = said(Field.NARRATORS, ("Quill, Ines", "T. Asher"), Source.AUDIBLE, 0.9)
    won = chosen(one, other)
    assert won.confidence == 0.97
    assert won.source is Source.AUDIBLE


def test_a_position_that_one_source_knows_completes_the_series():
    bare = said(Field.SERIES, (SeriesEntry("Lantern Cycle"),), Source.OPF, 0.9)
    numbered = said(Field.SERIES, (SeriesEntry("The Lantern Cycle", "2"),), Source.NFO, 0.7)
    assert chosen(bare, numbered).value == (SeriesEntry("Lantern Cycle", "2"),)


def test_positions_that_contradict_do_not_agree():
    evidence = rank_candidates(
        said(Field.SERIES, (SeriesEntry("Lantern Cycle", position),), source, 0.8)
        for position, source in [(None, Source.OPF), ("2", Source.TAGS), ("3", Source.NFO)]
    )[Field.SERIES]
    assert evidence.winner.value == (SeriesEntry("Lantern Cycle", "2"),)
    assert [other.value for other in evidence.others] == [(SeriesEntry("Lantern Cycle", "3"),)]


def test_a_subtitle_that_repeats_the_title_is_none():
    repeated = said(Field.SUBTITLE, "Salt Road, The", Source.FILE_NAME)
    assert {value.field for value in agree([title("The Salt Road", Source.TAGS), repeated])} == {Field.TITLE}
    other = said(Field.SUBTITLE, "A Novel", Source.NFO, 0.4)
    values = {value.field: value.value for value in agree([repeated, other, title("The Salt Road", Source.TAGS)])}
    assert values[Field.SUBTITLE] == "A Novel"


def test_a_coarser_date_never_replaces_a_finer_one():
    coarse = said(Field.PUBLISHED, "2013", Source.OPF, 0.9)
    fine = said(Field.PUBLISHED, "2013-05-14", Source.TAGS, 0.6)
    assert chosen(coarse, fine).value == "2013-05-14"


def test_lengths_agree_within_a_minute_or_a_hundredth():
    assert (
        len(
            rank_candidates([said(Field.DURATION, 39849.0, Source.DECODER), said(Field.DURATION, 39840.0, Source.NFO)])[
                Field.DURATION
            ].winner.observations
        )
        == 2
    )


@pytest.mark.spec("META-7")
@given(st.lists(statements, min_size=1, max_size=8), st.randoms())
def test_order_and_repetition_do_not_matter(observations, chance):
    shuffled = [*observations, *observations]
    chance.shuffle(shuffled)
    assert agree(shuffled) == agree(observations)


@pytest.mark.spec("META-7")
@given(st.lists(statements, min_size=1, max_size=8), st.sampled_from(list(Source)))
def test_one_more_who_agrees_never_lowers_the_certainty(observations, source):
    before = chosen(*observations)
    after = chosen(*observations, title(before.value, source, 0.9))
    assert after.confidence >= before.confidence


@pytest.mark.spec("META-7")
def test_a_credible_source_that_agrees_does_not_make_a_value_lose():
    weak = (title("The Salt Road", Source.LIBATION, 0.3), title("The Salt Road", Source.NFO, 0.2))
    record = title("The Iron Mile", Source.ABS_JSON, 0.42)
    before, after = chosen(*weak, record), chosen(*weak, record, title("The Salt Road", Source.FILE_NAME, 0.9))
    assert (before.value, after.value) == ("The Iron Mile", "The Iron Mile")
    assert chosen(*weak, title("The Iron Mile", Source.TAGS, 0.3)).value == "The Salt Road"


@pytest.mark.spec("META-7")
@given(st.lists(statements, min_size=1, max_size=8))
def test_all_evidence_is_kept_and_the_winner_was_said_by_somebody(observations):
    decided = rank_candidates(observations)[Field.TITLE]
    kept = [said for candidate in (decided.winner, *decided.others) for said in candidate.observations]
    assert set(kept) == set(observations)
    assert decided.winner.value in {said.value for said in observations}
    assert decided.reason


@given(st.lists(statements, max_size=8))
def test_certainty_lies_between_the_best_and_one(observations):
    best = max((said.confidence for said in observations), default=0)
    assert best <= joint_confidence(observations) <= 0.99
