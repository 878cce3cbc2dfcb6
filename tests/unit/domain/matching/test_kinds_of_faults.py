"""Pairs of a question and a record that were judged wrongly once, each by its kind."""

from __future__ import annotations

import pytest

from mamctl.domain.matching.match import judge_match
from mamctl.domain.matching.records import BookQuery, CatalogueRecord
from mamctl.domain.matching.scoring import score
from mamctl.domain.matching.words import unmatched
from mamctl.domain.metadata.observation import Source
from mamctl.domain.text.credits import same_person
from mamctl.domain.text.series import SeriesEntry

AUTHOR = "Jo Penn"


def record(title: str, ident: str = "1", author: str = AUTHOR, **more) -> CatalogueRecord:
    return CatalogueRecord(source=Source.AUDIBLE, id=ident, title=title, authors=(author,), **more)


def series(name: str, position: str) -> tuple[SeriesEntry, ...]:
    return (SeriesEntry(name, position),)


def verdict(title: str, *records: CatalogueRecord, author: str = AUTHOR, **more) -> str:
    return judge_match(BookQuery(title=title, author=author, **more), records).kind.value


@pytest.mark.parametrize(
    ("asked", "found", "kind"),
    [
        # a place that the record's own series says as well
        ("The Salt Road", record("The Salt Road, Book 3", series=series("Lantern Cycle", "3")), "match"),
        ("The Salt Road", record("The Salt Road: Lantern Cycle 2", series=series("Lantern Cycle", "2")), "match"),
        ("The Salt Road", record("The Salt Road (Lantern Cycle 2)", series=series("Lantern Cycle", "2")), "match"),
        ("The Salt Road", record("The Salt Road 3", series=series("Lantern Cycle", "3")), "none"),
        # a volume is the work's own number
        ("Lantern: Salt, Vol. 2", record("Lantern: Salt"), "none"),
        ("Lantern, Vol. 1", record("Lantern: Master of Keys, Vol. 1"), "ambiguous"),
        ("Lantern", record("Lantern: A Graphic Tale, Volume 1"), "none"),
        ("War and Salt", record("War and Salt, Volume 1"), "ambiguous"),
        # a typing error and another word, or another place
        ("Clockwork Prince", record("Clockwork Princess"), "none"),
        ("Salt Lion", record("Salt Lioness"), "none"),
        ("Fever", record("Sever"), "ambiguous"),
        ("What Mary Saw", record("What Mara Saw"), "ambiguous"),
        # two works in one
        ("Brave Salt", record("Brave Salt / Brave Salt Revisited"), "none"),
        ("Salt Farm / 1984", record("1984"), "none"),
        (
            "The Salt Road (Lantern Cycle, #1-3)",
            record("The Salt Road", series=series("Lantern Cycle", "1-3")),
            "match",
        ),
        # words of a subtitle that only say what kind of book it is
        ("The Salt Not Taken", record("The Salt Not Taken: Stories"), "ambiguous"),
        ("Salt Unbounded", record("Salt Unbounded: The Lantern Collection of All Its Tales"), "match"),
        ("Elantra", record("Elantra: Tenth Anniversary Special Edition"), "match"),
        ("Elantra", record("Elantra (Twentieth Anniversary Edition)"), "match"),
        ("Salt Thoughts", record("Salt Thoughts (Version 3)"), "match"),
        ("Thoughts", record("The Thoughts of Jo Penn"), "match"),
    ],
)
def test_titles(asked, found, kind):
    assert verdict(asked, found) == kind


def test_a_family_name_with_its_particle_joined_is_the_same_person():
    assert same_person("Ursa LeGuin", "Ursa K. Le Guin")
    assert same_person("W.E.B. DuBell", "W. E. B. Du Bell")
    assert not same_person("Ursa LeGuin", "Mona K. Le Guin")


def test_somebody_known_by_one_of_two_names():
    assert verdict("Salt Inferno", record("Salt Inferno", author="Dantel Aligher"), author="Dantel") == "match"


def test_the_record_that_names_the_narrator_comes_before_the_cast():
    records = (
        record("Salt", "1", narrators=("full cast",)),
        record("Salt", "2", narrators=("Carlos Quill",)),
        record("Salt", "3", narrators=("Eladio Quill",)),
    )
    found = judge_match(BookQuery(title="Salt", author=AUTHOR, narrator="Carlos Quill"), records)
    assert found.chosen is not None
    assert found.chosen.record.id == "2"
    assert verdict("Salt", *records) == "ambiguous"


def test_a_length_some_way_off_is_no_match_unless_the_narrator_agrees():
    far = record("The Salt Road", duration_s=44_700.0, narrators=("Tom Asher",))
    assert verdict("The Salt Road", far, duration_s=42_000.0) == "ambiguous"
    assert verdict("The Salt Road", far, duration_s=42_000.0, narrator="Tom Asher") == "match"


def test_a_name_that_several_books_begin_with_is_left_to_you():
    halo = [record(f"Salt: {tail}", str(n)) for n, tail in enumerate(("The Fall of Old Reach City", "Ghosts of Amber"))]
    assert verdict("Salt", *halo) == "ambiguous"


def test_a_play_that_its_files_do_not_name_is_left_to_you_when_the_length_is_equal():
    play = record("The Hero (Dramatized Adaptation)", duration_s=20_000.0)
    assert verdict("The Hero", play, duration_s=20_010.0) == "ambiguous"
    assert verdict("The Hero", play, duration_s=21_500.0) == "none"
    assert verdict("The Hero", play) == "none"


def test_a_typing_error_beside_another_place_is_another_book():
    found = score(
        BookQuery(title="Crash", author=AUTHOR, series=SeriesEntry("Salt Wars", "2")),
        record("Clash", series=series("Salt Wars", "1")),
    )
    assert found.refused


def test_a_doubled_word_that_is_written_as_one_elsewhere_is_compared():
    ours, theirs = ("salt", "ta", "ta"), ("salt", "tata", "ta")
    assert (unmatched(ours, theirs), unmatched(theirs, ours)) == (("ta",), ("tata",))


def test_the_first_volume_with_a_name_of_its_own_is_not_the_whole_work():
    first = record("The Wreath: Lantern Cycle, Vol. 1", series=series("Lantern Cycle", "1"))
    assert verdict("Lantern Cycle", first) == "ambiguous"
    assert verdict("The Salt Road", record("The Salt Road, Book 3", series=series("Lantern Cycle", "3"))) == "match"
