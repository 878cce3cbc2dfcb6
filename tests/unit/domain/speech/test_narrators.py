"""From transcripts to readers: who is accepted, who is only a hint, and who is somebody else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.speech.confirm import confirm_readers, half_heard, is_worth_confirming
from mamctl.domain.speech.credits import Role, find_credits
from mamctl.domain.speech.narrators import Acceptance, People, name_readers
from mamctl.domain.speech.transcript import Place, Segment, Transcript
from mamctl.domain.speech.verdict import Heard, Known, Listened, judge_speech, missing_of_cast

KNOWN = Known(
    title="The Salt Road",
    authors=("Mara Vell",),
    narrators=("Tom Asher",),
    candidates=("Tom Asher", "Ines Quill", "Una Fell", "Walter Drummond"),
    series=("Lantern Cycle",),
    language="en",
)


def heard(text: str, known: Known = KNOWN, language: str = "en", place: Place = Place.OPENING):
    transcript = Transcript((Segment(text),), language)
    return judge_speech([Listened(place, transcript)], known, Acceptance())


@pytest.mark.spec("META-5")
@pytest.mark.parametrize(
    "text",
    [
        "This is Audible. The Salt Road. Written by Mara Vell. Narrated by Tom Asher.",
        "Audible Originals presents The Salt Road by Mara Vell, performed by Tom Asher.",
        "Harbor Audio presents an unabridged recording of The Salt Road, by Mara Vell, read for you by Tom Asher.",
        "The Salt Road by Mara Vell and rated by Tom Asher.",  # "narrated"
        "The Salt Road by Mara Vell, graded by Tom Ashur.",
        "The Salt Road, by Mara Vell. Your narrator is Tom Asher. Chapter one.",
        "The Salt Road by Mara Vell. Translated by Una Fell. Read by Tom Asher.",
        "You've been listening to The Salt Road by Mara Vell, narrated by Tom Asher. Published by Ines Quill.",
        "Chapter 1 of The Salt Road. This is a LibriVox recording. Read by Tom Asher. The Salt Road by Mara Vell.",
        "The Salt Road. By Mara Vell. By Tom Asher.",
        "The Salt Road, by Mara Vell, braided by Tom Asher.",
        "The Salt Road, written by Mara Vell and rebuy Tom Asher, published by Ines Quill.",
        "The Salt Road, written by Mara Vell and re-by Tom Asher.",
        "The Salt Road, by Mara Vell. Her narrator is Tom Asher. Chapter one.",
        "The Salt Road, by Mara Vell. Your narrator in Tom Asher. Chapter one.",
    ],
)
def test_the_reader_is_named(text: str):
    verdict = heard(text)
    assert [one.heard.name for one in verdict.accepted] == ["Tom Asher"]
    assert verdict.heard is Heard.CREDITS
    assert verdict.agrees is True
    assert verdict.title == "The Salt Road"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The Salt Road by Mara Vell, read by Tom Asher and Ines Quill.", {"Tom Asher", "Ines Quill"}),
        ("The Salt Road, written and read by Mara Vell.", {"Mara Vell"}),
        ("The Salt Road by Mara Vell, read by the author.", {"Mara Vell"}),
        ("The Salt Road by Mara Vell, read by Tom Asher and see Inez Quill.", {"Tom Asher", "Ines Quill"}),
    ],
)
def test_several_readers_and_authors_who_read(text: str, names: set[str]):
    assert {one.heard.name for one in heard(text).accepted} == names


@pytest.mark.parametrize(
    "text",
    [
        "The Salt Road by Mara Vell. Translated by Tom Asher. Chapter one.",
        "The Salt Road by Mara Vell. Produced by Tom Asher.",
        "The Salt Road by Mara Vell, with a foreword by Tom Asher.",
        "The Salt Road by Mara Vell, with the forward by Tom Asher, chapter one, the house stood empty.",
        "The Salt Road, created by Tom Asher.",
        "The Salt Road by Mara Vell, read by the otter who lived here.",
        "The Salt Road by Mara Vell, with an introduction read by Tom Asher.",
        "Chapter one. A letter he had read by candlelight lay there, and Tom Asher came in by the window.",
        "The Salt Road by Mara Vell.",
        "This is Audible.",
    ],
)
def test_who_is_named_for_something_else_is_no_reader(text: str):
    verdict = heard(text)
    assert not verdict.accepted
    assert verdict.agrees is None


@pytest.mark.spec("META-5")
def test_absence_is_told_from_contradiction():
    assert heard("Chapter one. It had been raining for nine days on end.").heard is Heard.NO_CREDITS
    assert heard("Chapter one. It had been raining for nine days on end.").agrees is None
    other = heard("The Salt Road by Mara Vell, read by Ines Quill.")
    assert other.agrees is False
    assert "Tom Asher" in other.detail


@pytest.mark.parametrize("text", ["", "you", "[Music]", "♪ la la la ♪", "Thank you for watching.", "(beep) you"])
def test_what_engines_write_over_music_is_no_speech(text: str):
    assert heard(text).heard is Heard.MUSIC_OR_SILENCE


def test_a_language_without_cues_is_no_absence_of_credits():
    assert heard("Sól i droga, czyta Jan Kowalski", language="pl").heard is Heard.OTHER_LANGUAGE


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Der Salzweg. Von Mara Vell. Gelesen von Jürgen Weber."),
        ("de", "Der Salzweg von Mara Vell. Es liest Jürgen Weber. Erstes Kapitel."),
        ("fr", "La Route, écrit par Mara Vell, raconté par Jürgen Weber. Chapitre un."),
        ("es", "El Camino, de Mara Vell. Narrado por Jürgen Weber."),
    ],
)
def test_other_languages(language: str, text: str):
    known = Known(title="x", authors=("Mara Vell",), candidates=("Jürgen Weber", "Anna Schmidt"), language=language)
    assert [one.heard.name for one in heard(text, known, language).accepted] == ["Jürgen Weber"]


@pytest.mark.parametrize(
    "text",
    [
        "The Salt Road by Mara Vell, read by Clara Drummond.",  # another given name
        "The Salt Road by Mara Vell, read by Joanna Lindqvist.",  # nobody that is known
    ],
)
def test_a_name_that_no_candidate_confirms_is_a_hint(text: str):
    verdict = heard(text)
    assert not verdict.accepted
    assert [one.heard.accepted for one in verdict.narrators] == [False]
    assert verdict.narrators[0].heard.confidence < 0.5


def test_a_plain_name_unlike_the_agreed_one_contradicts_it():
    verdict = heard("The Salt Road by Mara Vell, reads by Jonathan Okafor.")
    assert not verdict.accepted
    assert verdict.agrees is False
    assert heard("The Salt Road by Mara Vell, read by Thumb Ash are.").agrees is None


@pytest.mark.spec("META-6")
@pytest.mark.parametrize(
    ("named", "cast", "missing"),
    [
        (("Tom Asher",), ("Tom Asher", "Una Fell"), ("Una Fell",)),  # not read out: still of the cast
        (("T. Asher",), ("Tom Asher",), ()),
        (("Ines Quill",), ("Tom Asher", "Una Fell"), ()),  # other readers: the recording goes before the tags
        (("Tom Asher", "Ines Quill"), ("Tom Asher", "Una Fell"), ()),
        (("Tom Asher",), (), ()),
    ],
)
def test_a_reader_who_is_not_read_out_stays_in_the_cast(
    named: tuple[str, ...], cast: tuple[str, ...], missing: tuple[str, ...]
):
    assert missing_of_cast(named, cast) == missing


@pytest.mark.parametrize(("heard_as", "by_author"), [("the order", True), ("the other", True), ("the ladder", False)])
def test_what_sounds_like_the_author_needs_the_tags(heard_as: str, by_author: bool):
    """ "Read by the Adore" may be Theodore."""
    text = f"The Salt Road by Mara Vell, read by {heard_as}."
    assert not heard(text).accepted
    named = heard(text, replace(KNOWN, narrators=("Mara Vell",), candidates=("Mara Vell",))).accepted
    assert [one.heard.name for one in named] == (["Mara Vell"] if by_author else [])


def test_a_name_between_two_candidates_is_a_hint():
    known = Known(authors=("Mara Vell",), candidates=("Jon Hale", "John Hall"), language="en")
    assert not heard("A book by Mara Vell, read by Jon Hall.", known).accepted


@pytest.mark.spec("META-5")
@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("Clara Bell", ["Clara Bell"]),  # the book's own reader; who reads another book is no rival to such a score
        ("Walter Drummond", ["Walter Drummond"]),  # known by another book alone: as plainly heard as this it counts
        ("Walt her dream mount", []),
    ],
)
def test_readers_of_other_books_count_less_than_the_books_own(text: str, accepted: list[str]):
    known = Known(
        authors=("Mara Vell",), candidates=("Clara Bell",), other_readers=("Clara Dell", "Walter Drummond"),
        language="en",
    )  # fmt: skip
    named = heard(f"A book by Mara Vell, read by {text}.", known).accepted
    assert [one.heard.name for one in named] == accepted


def test_both_ends_together_are_surer():
    text = "The Salt Road by Mara Vell, read by Tom Ashur."
    one = heard(text)
    windows = [Listened(place, Transcript((Segment(text),), "en")) for place in (Place.OPENING, Place.CLOSING)]
    both = judge_speech(windows, KNOWN, Acceptance())
    assert both.accepted[0].heard.confidence > one.accepted[0].heard.confidence


def test_the_series_is_read_with_its_place():
    series = heard("The Salt Road. Book two of the Lantern Cycle. By Mara Vell. Narrated by Tom Asher.").series
    assert series is not None
    assert (series.name, series.position) == ("Lantern Cycle", "2")


def test_the_author_misheard_as_the_reader_gives_way_to_the_reader():
    text = "This is Audible. The Salt Road, read by Mara Vell, narrated by Tom Asher."
    assert [one.heard.name for one in heard(text).accepted] == ["Tom Asher"]


@given(st.text(max_size=400), st.sampled_from(["en", "de", "fr", "es"]))
def test_any_text_is_read(text: str, language: str):
    found = find_credits(text, language)
    assert found is not None
    for credit in found.credits:
        assert credit.role in Role
        assert credit.words == found.words[credit.at : credit.at + len(credit.words)]
    assert not name_readers(found, language=language, people=People(), acceptance=Acceptance()) or text


@given(st.permutations(["Tom Asher", "Ines Quill", "Una Fell", "Walter Drummond", "Mara Vell"]))
def test_the_order_of_candidates_does_not_matter(names: list[str]):
    known = Known(authors=("Mara Vell",), candidates=tuple(names), language="en")
    assert [one.heard.name for one in heard("By Mara Vell. Read by Tom Ashur.", known).accepted] == ["Tom Asher"]


@pytest.mark.spec("META-5")
@pytest.mark.parametrize(
    ("control", "prompted", "confirmed"),
    [
        ("narrated by Thom Ash are.", "narrated by Tom Asher.", True),
        ("narrated by Jonathan Okafor.", "narrated by Tom Asher.", False),  # nothing of it was there without help
        ("narrated by Clara Asher.", "narrated by Tom Asher.", False),  # plainly another given name
        ("narrated by Thumb Ash are.", "narrated by Thumb Ash are.", False),  # help brought nothing
        ("It was raining.", "narrated by Tom Asher.", False),
        ("the raven bite Omasher.", "narrated by Tom Asher.", True),  # the cue was lost, the sounds are there
        ("narrated by Ines Quill and Thumb Ash are.", "narrated by Ines Quill and Tom Asher.", True),
        ("narrated by Thumb Ash are.", "translated by Tom Asher.", False),  # for something else
    ],
)
def test_help_confirms_what_is_half_there_and_never_invents(control: str, prompted: str, confirmed: bool):
    said = [Transcript((Segment(f"The Salt Road by Mara Vell, {text}"),), "en") for text in (control, prompted)]
    assert [one.name for one in confirm_readers(said[0], said[1], KNOWN)] == (["Tom Asher"] if confirmed else [])


@pytest.mark.parametrize(
    ("text", "half"),
    [
        ("narrated by Thumb Ash are.", True),
        ("chapter one. It was raining on the harbor, and nobody spoke.", False),  # no second transcript is made
        ("narrated by Jonathan Okafor.", False),
    ],
)
def test_a_second_transcript_is_made_only_where_a_name_is_half_there(text: str, half: bool):
    control = Transcript((Segment(f"The Salt Road by Mara Vell, {text}"),), "en")
    assert bool(half_heard(control, KNOWN)) is half


def test_help_takes_no_author_for_the_reader():
    said = [Transcript((Segment(f"By {name}. Read by Tom Asher."),), "en") for name in ("Mara Fell", "Mara Vell")]
    known = Known(authors=("Mara Vell",), narrators=("Lara Fell",), candidates=("Lara Fell",), language="en")
    assert confirm_readers(said[0], said[1], known) == ()


@pytest.mark.parametrize(
    ("text", "narrators", "worth"),
    [
        ("read by Tom Asher.", ("Tom Asher",), False),  # named already
        ("read by Thumb Ash are.", ("Tom Asher",), True),
        ("read by Tom Asher and somebody.", ("Tom Asher", "Una Fell"), True),  # one of the cast is missing
        ("read by Ines Quill.", ("Tom Asher",), False),  # somebody else, plainly
        ("read by Thumb Ash are.", (), False),  # nobody to confirm
    ],
)
def test_when_a_second_transcript_is_worth_its_time(text: str, narrators: tuple[str, ...], worth: bool):
    known = replace(KNOWN, narrators=narrators)
    assert is_worth_confirming(heard(f"The Salt Road by Mara Vell, {text}", known), known) is worth
