"""Candidates: the title by the matcher, the recording by length and narrator, one documented order."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.account.pending import Wanted
from mamctl.domain.matching.match import VerdictKind
from mamctl.domain.queue.candidates import Edition, Free, JudgeContext, choose_candidate, free_kind, judge_candidate
from mamctl.domain.queue.policy import QualityPolicy
from mamctl.domain.site.search import MediaInfo, SeriesEntry, TorrentRow

WANTED = Wanted("The Salt Road", "Mara Vell")
MEDIA = MediaInfo("AAC LC", 128_000, 2, 36_000.0)
AT = datetime(2026, 5, 1, tzinfo=UTC)
CONTEXT = JudgeContext(QualityPolicy())
KNOWN = replace(CONTEXT, edition=Edition(("Ann Reader",), 36_000.0, "English"))


def row(number=1, title="The Salt Road", **facts):
    facts = {
        "authors": ("Mara Vell",), "narrators": ("Ann Reader",), "file_types": ("m4b",), "seeders": 5,
        "size_bytes": 500, "media": MEDIA, "language": "ENG", "added_at": AT,
    } | facts  # fmt: skip
    return TorrentRow(number, title, **facts)


def refused(context=KNOWN, wanted=WANTED, **facts):
    return [rule.name for rule in judge_candidate(wanted, row(**facts), context).refusals]


def chosen(*rows, context=KNOWN):
    choice = choose_candidate(WANTED, rows, context)
    return choice.chosen and choice.chosen.row.id


@pytest.mark.spec("QUAL-2")
def test_the_wanted_recording_is_accepted_with_every_rule_kept():
    candidate = judge_candidate(WANTED, row(), KNOWN)
    assert candidate.accepted
    held = {rule.name: rule.holds for rule in candidate.rules}
    assert held["title"]
    assert held["length"]
    assert held["narrator"]
    assert held["codec"]
    assert held["rating"] is None
    assert list(held) == [
        "title", "length", "narrator", "edition", "codec", "bitrate", "channels", "rating", "format", "language",
        "abridged", "size", "seeders", "not_tried",
    ]  # fmt: skip


@pytest.mark.spec("QUAL-2")
def test_another_recording_is_refused_with_the_reason():
    assert refused(narrators=("Bob Voice",)) == ["narrator"]
    assert refused(media=replace(MEDIA, duration=20_000.0)) == ["length"]
    assert refused(language="GER") == ["edition"]
    rule = judge_candidate(WANTED, row(narrators=("Bob Voice",)), KNOWN).refusals[0]
    assert "Ann Reader against Bob Voice" in rule.detail


@pytest.mark.spec("QUAL-2")
def test_what_the_row_does_not_tell_is_unknown():
    candidate = judge_candidate(WANTED, row(narrators=(), media=None), KNOWN)
    held = {rule.name: rule.holds for rule in candidate.rules}
    assert held["length"] is held["narrator"] is held["codec"] is None
    assert candidate.accepted


@pytest.mark.spec("QUAL-2")
def test_mediainfo_of_one_file_of_several_says_nothing_of_the_whole():
    one_of_twenty = {"file_count": 20, "media": replace(MEDIA, duration=1_800.0), "size_bytes": 576_000_000}
    rule = next(one for one in judge_candidate(WANTED, row(**one_of_twenty), KNOWN).rules if one.name == "length")
    assert (rule.holds, rule.claimed) == (None, None)
    # One file with all the sound, a cover and an e-book: the bytes say that it is the whole.
    whole = {"file_count": 3, "media": replace(MEDIA, duration=20_000.0), "size_bytes": 325_000_000}
    assert refused(**whole) == ["length"]


def test_a_narrator_in_the_title_counts():
    assert refused(title="The Salt Road (read by Bob Voice)", narrators=()) == ["narrator"]


@pytest.mark.parametrize(
    "title",
    ["The Salt Ring", "The Salt Road (Dramatized Adaptation)", "The Salt Road (Part 2 of 3)", "The Salt Roads"],
)
def test_another_book_is_not_accepted(title):
    assert chosen(row(title=title)) is None


def test_another_volume_is_another_book():
    wanted = Wanted("The Salt Road (Shore 1)", "Mara Vell")
    other = row(title="The Salt Road", series=(SeriesEntry("Shore", "2", 2.0),))
    assert not judge_candidate(wanted, other, CONTEXT).accepted


def test_an_abridged_one_is_refused_unless_allowed():
    assert refused(title="The Salt Road (Abridged)") == ["abridged"]
    allowed = replace(KNOWN, policy=QualityPolicy(abridged=True))
    assert refused(context=allowed, title="The Salt Road (Abridged)") == []


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({}, {"media": replace(MEDIA, duration=None)}),  # a length that agrees before one that is unknown
        ({}, {"narrators": ()}),
        ({}, {"file_types": ("m4a",)}),
        ({"media": replace(MEDIA, bitrate=192_000)}, {}),
        ({"free": True}, {"personal_freeleech": True}),
        ({"free": True}, {"vip": True}),
        ({"seeders": 9}, {"seeders": 2}),
        ({"size_bytes": 400}, {}),
        ({"added_at": datetime(2020, 1, 1, tzinfo=UTC)}, {}),
    ],
)
def test_the_order_of_what_decides(better, worse):
    context = replace(KNOWN, vip_active=True)
    assert chosen(row(2, **better), row(1, **worse), context=context) == 2
    assert chosen(row(1, **worse), row(2, **better), context=context) == 2


def test_an_earlier_reason_beats_all_later_ones():
    fine = row(2, seeders=1, size_bytes=9_999)
    cheap = row(1, narrators=(), free=True, seeders=99, size_bytes=1)
    assert chosen(cheap, fine) == 2


@pytest.mark.spec("QUAL-3")
def test_what_was_refused_before_is_not_taken_again():
    context = replace(KNOWN, blocked={1: "measured 64 kbit/s"})
    assert chosen(row(1), row(2), context=context) == 2
    assert chosen(row(1), context=context) is None


def test_what_nobody_seeds_is_refused():
    assert refused(seeders=0) == ["seeders"]


@pytest.mark.parametrize(
    ("facts", "vip_active", "kind"),
    [
        ({"free": True, "vip": True}, True, Free.SITE),
        ({"personal_freeleech": True}, False, Free.PERSONAL),
        ({"vip": True}, True, Free.VIP),
        ({"vip": True}, False, None),
        ({}, True, None),
    ],
)
def test_what_makes_it_free(facts, vip_active, kind):
    assert free_kind(row(**facts), vip_active=vip_active) is kind


def test_the_reason_says_why_nothing_is_taken():
    assert choose_candidate(WANTED, [], KNOWN).reason == "the title is not on the site"
    reason = choose_candidate(WANTED, [row(file_types=("mp3",), media=None)], KNOWN).reason
    assert reason == "no torrent of the title passes every rule: codec"
    nameless = choose_candidate(WANTED, [row(authors=())], KNOWN)
    assert nameless.candidates[0].match is VerdictKind.AMBIGUOUS
    assert nameless.chosen is None


ROWS = st.lists(
    st.builds(
        row,
        number=st.integers(1, 40),
        narrators=st.sampled_from([(), ("Ann Reader",), ("Bob Voice",)]),
        file_types=st.sampled_from([("m4b",), ("mp3",), ("m4a", "epub")]),
        seeders=st.none() | st.integers(0, 30),
        size_bytes=st.none() | st.integers(1, 10**9),
        free=st.booleans(),
    ),
    max_size=6,
    unique_by=lambda one: one.id,
)


@given(ROWS, st.randoms())
def test_the_choice_does_not_depend_on_the_order_of_the_rows(rows, random):
    first = choose_candidate(WANTED, rows, KNOWN)
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert choose_candidate(WANTED, shuffled, KNOWN) == first
    assert first.chosen is None or first.chosen.accepted
    assert (first.chosen is None) == (not any(one.accepted for one in first.candidates))
