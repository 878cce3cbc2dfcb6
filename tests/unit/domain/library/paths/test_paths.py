"""Paths are read as Audiobookshelf reads them, and better where its reading is known to fail."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.library.paths.observe import observe_file_name, observe_loose_file, observe_path
from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Field, Source
from mamctl.domain.text.normalize import fold
from mamctl.domain.text.series import SeriesEntry
from mamctl.domain.text.track_numbers import TrackPlace, parse_track

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
pytestmark = pytest.mark.spec("META-1")


def read(path):
    return {value.field.value: value.value for value in agree(observe_path(path, NOW))}


def series(name, position):
    return (SeriesEntry(name, position),)


@pytest.mark.parametrize(
    ("path", "known"),
    [
        # As Audiobookshelf reads them.
        (
            "A/S/1994 - Volume 1. Title {N N}",
            {"title": "Title", "year": 1994, "series": series("S", "1"), "narrators": ("N N",)},
        ),
        ("A/S/Vol 1 - 1994 - Title", {"title": "Title", "year": 1994, "series": series("S", "1")}),
        ("A/S/Title - Subtitle - Vol 12", {"title": "Title", "subtitle": "Subtitle", "series": series("S", "12")}),
        ("A/S/01. Title", {"title": "Title", "series": series("S", "1")}),
        ("A/S/0.5 - Title", {"title": "Title", "series": series("S", "0.5")}),
        ("Disney/Animals/101 Dalmatians", {"title": "101 Dalmatians", "series": series("Animals", None)}),
        ("George Orwell/1984", {"title": "1984", "authors": ("George Orwell",), "year": None}),
        ("George Orwell/1949 - 1984", {"title": "1984", "year": 1949}),
        (
            "C/Odyssey/Book 1 - 1968 - 2001 - A Space Odyssey",
            {"title": "2001 - A Space Odyssey", "year": 1968, "series": series("Odyssey", "1")},
        ),
        ("Stephen King/11-22-63", {"title": "11-22-63", "year": None}),
        # Where its reading is known to fail.
        *(
            (f"A/S/{name}", {"title": "T", "series": series("S", number)})
            for name, number in [
                ("Book One - T", "1"),
                ("Book I - T", "1"),
                ("Band 3 - T", "3"),
                ("Part 2 - T", "2"),
                ("#4 - T", "4"),
                ("Book 1- T", "1"),
                ("vol.3 T", "3"),
                ("S 03 - T", "3"),
            ]
        ),
        ("A/S/Title (2014)", {"title": "Title", "year": 2014}),
        ("A/S/2014-Title", {"title": "Title", "year": 2014}),
        ("A/S/1000 - Title", {"title": "1000 - Title", "year": None}),
        ("A/S/2014 - Title (Unabridged)", {"title": "Title", "year": 2014, "abridged": False}),
        ("A/1 - Title", {"title": "Title"}),
        ("Dr. Seuss/T", {"authors": ("Dr. Seuss",)}),
        ("Anthony Boucher Jr./T", {"authors": ("Anthony Boucher Jr.",)}),
        ("Simon & Schuster/T", {"authors": None, "publisher": "Simon & Schuster"}),
        ("Ben Bova, PhD/T", {"authors": ("Ben Bova, PhD",)}),
        ("Smith, John Jr./T", {"authors": ("John Smith Jr.",)}),
        # Other habits.
        ("The Salt Road [B00TEST123]", {"title": "The Salt Road", "asin": "B00TEST123"}),
        (
            "Mara Vell - The Salt Road Lantern Cycle, Book 2 (Unabridged)",
            {"authors": ("Mara Vell",), "abridged": False},
        ),
        (
            "Mara Vell - (Lantern Cycle #3) The Salt Road",
            {"authors": ("Mara Vell",), "title": "The Salt Road", "series": series("Lantern Cycle", "3")},
        ),
        (
            "Mara Vell [Lantern Cycle 02] The Salt Road",
            {"authors": ("Mara Vell",), "title": "The Salt Road", "series": series("Lantern Cycle", "2")},
        ),
        (
            "(Lantern Cycle 05) The Salt Road - Mara Vell - read by Tom Asher - Part 30 of 67",
            {
                "authors": ("Mara Vell",),
                "title": "The Salt Road",
                "narrators": ("Tom Asher",),
                "series": series("Lantern Cycle", "5"),
            },
        ),
        (
            "Mara Vell/The Salt Road/Read by Tom Asher",
            {"title": "The Salt Road", "authors": ("Mara Vell",), "narrators": ("Tom Asher",)},
        ),
        (
            "Vell, Mara - Lantern Cycle 1-5 (2013-2019)",
            {"authors": ("Mara Vell",), "series": series("Lantern Cycle", "1-5")},
        ),
        (
            "Mara.Vell.-.Lantern.Cycle.Bk.10.-.The.Salt.Road.NMR",
            {"authors": ("Mara Vell",), "title": "The Salt Road", "series": series("Lantern Cycle", "10")},
        ),
        (
            "Mara Vell/The Salt Road (Tom Asher) 48k 03.50.57 {82mb}",
            {"title": "The Salt Road", "narrators": ("Tom Asher",)},
        ),
        (
            "Mara Vell/The Salt Road [64k 09;44;14 269MB]",
            {"title": "The Salt Road", "narrators": None, "duration": 35054.0},
        ),
        ("Mara Vell/The Salt Road/CD 1", {"title": "The Salt Road", "authors": ("Mara Vell",)}),
        ("Mara Vell - The Salt Road.m4b", {"title": "The Salt Road", "authors": ("Mara Vell",)}),
        ("Mara Vell/Lantern Cycle/Book 2", {"series": series("Lantern Cycle", "2"), "title": "Lantern Cycle"}),
        ("Лев Тест/Соль и мир", {"title": "Соль и мир", "authors": ("Лев Тест",)}),
        ("Mara_Vell/The_Salt_Road", {"title": "The Salt Road"}),
    ],
)
def test_filename_analysis(path, known):
    said = read(path)
    assert {key: said.get(key) for key in known} == known


def test_a_year_that_may_be_the_title_is_believed_little():
    said = observe_path("A/S/2001 - A Space Odyssey", NOW)
    readings = {one.value for one in said if one.field is Field.TITLE}
    assert readings == {"A Space Odyssey", "2001 - A Space Odyssey"}
    (year,) = (one for one in said if one.field is Field.YEAR)
    assert year.confidence <= 0.5


@pytest.mark.parametrize(
    ("path", "authors", "title"),
    [
        ("Box/Mona Bay - First Light.m4b", ("Mona Bay",), "First Light"),
        ("Mara Vell/Lantern Cycle - The Salt Road.m4b", ("Mara Vell",), "Lantern Cycle"),
        ("Voltaire/Candide.m4b", ("Voltaire",), "Candide"),
    ],
)
def test_a_file_in_a_pile_of_books_names_its_own_author(path, authors, title):
    found = {value.field: value.value for value in agree(observe_loose_file(path, NOW))}
    assert (found[Field.AUTHORS], found[Field.TITLE]) == (authors, title)


def test_a_file_name_says_less_than_its_folder_and_a_chapter_nothing():
    said = observe_file_name("Mara Vell/The Salt Road", "The Salt Road - Mara Vell.m4b", NOW)
    assert {one.source for one in said} == {Source.FILE_NAME}
    assert max(one.confidence for one in said) < 0.6
    assert observe_file_name("Mara Vell/The Salt Road", "Chapter 03.mp3", NOW) == ()


@pytest.mark.parametrize(
    ("name", "folder", "place"),
    [
        ("1-01 Title.mp3", "", TrackPlace(1, 1)),
        ("02_of_57.mp3", "", TrackPlace(None, 2, 57)),
        ("Title-Part01.mp3", "", TrackPlace(None, 1)),
        ("Disc 04 - Track 13.mp3", "", TrackPlace(4, 13)),
        ("HH10.mp3", "", TrackPlace(None, 10)),
        ("03 - Title.mp3", "CD 2", TrackPlace(2, 3)),
        ("TEEB6B~1.MP3", "", TrackPlace()),
        ("Chapter 7.mp3", "", TrackPlace(None, 7)),
        ("Title.m4b", "", TrackPlace()),
    ],
)
def test_a_file_has_its_place(name, folder, place):
    assert parse_track(name, folder) == place


@given(st.text(max_size=120))
def test_reading_a_path_never_raises(path):
    observe_path(path, NOW)
    observe_file_name(path, path, NOW)
    parse_track(path, path)


words = st.lists(
    st.sampled_from(["salt", "road", "Lantern", "winter", "échos", "мир", "quiet"]), min_size=1, max_size=4
)


@given(st.lists(words, min_size=1, max_size=4), st.sampled_from([" - ", " – ", " (", ": "]))
def test_no_word_of_a_name_is_lost(segments, separator):
    name = separator.join(" ".join(segment) for segment in segments) + ")" * (separator == " (") * (len(segments) - 1)
    said = " ".join(str(one.value) for one in observe_path(name, NOW))
    assert set(fold(name).split()) <= set(fold(said).split())
