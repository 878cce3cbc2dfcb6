"""Audiobookshelf's metadata.json: its fields stand literally, and what its own rules explain is no source."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mamctl.domain.library.audiobookshelf import (
    explain,
    flatten,
    observe_abs,
    read_folder,
    split_names,
    split_place,
    without_echo,
)
from mamctl.domain.library.tags import Tag
from mamctl.domain.metadata.observation import Field, Observation, Origin, Source
from mamctl.domain.text.series import SeriesEntry

pytestmark = pytest.mark.spec("META-1")
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ORIGIN = Origin(Source.ABS_JSON, "metadata.json", NOW)


def values(document, known=()):
    return {said.field: said.value for said in observe_abs(document, ORIGIN, known)}


@pytest.mark.parametrize(
    ("path", "title", "more"),
    [
        ("A/S/1994 - Volume 1. Title {N N}", "Title", {"publishedYear": "1994", "narrators": ("N N",)}),
        ("A/S/Vol 1 - 1994 - Title", "Title", {"series": ("S #1",), "publishedYear": "1994"}),
        ("A/S/Title - Subtitle - Vol 12", "Title - Subtitle", {"series": ("S #12",)}),
        ("A/S/01. Title", "Title", {"series": ("S #1",)}),
        ("A/S/0.5 - Title", "Title", {"series": ("S #0.5",), "authors": ("A",)}),
        ("Brook/Hills/101 Spotted Hens", "101 Spotted Hens", {"series": ("Hills",)}),
        ("Orrin Wells/1994", "1994", {"authors": ("Orrin Wells",)}),
        ("Orrin Wells/1959 - 1994", "1994", {"publishedYear": "1959"}),
        ("W/Far/Book 1 - 1968 - 2101 - A Star Walk", "2101 - A Star Walk", {"series": ("Far #1",)}),
        ("Steven Royal/11-22-73", "11-22-73", {}),
        ("Kim Ota - The Blue Kiln", "Kim Ota - The Blue Kiln", {"authors": ()}),
        ("Kim Ota/The Blue Kiln [B00TEST123]", "The Blue Kiln", {"asin": "B00TEST123"}),
        ("A/S/Book One - Title", "Book One - Title", {"series": ("S",)}),
        ("x/y/A/S/2 - Title", "Title", {"authors": ("A",), "series": ("S #2",)}),
        (
            "Kim Ota/Lamps/Lamps - Book 3 - The Last Wick (Unabridged) (read by Tom Asher)",
            "Lamps - The Last Wick (Unabridged) (read by Tom Asher)",
            {"series": ("Lamps #3",)},
        ),
    ],
)
def test_folders_are_read_as_audiobookshelf_reads_them(path, title, more):
    read = read_folder(path.split("/"))
    assert read["title"] == title
    assert {key: read[key] for key in more} == more


def test_a_subtitle_is_split_off_where_that_setting_is_on():
    read = read_folder(["A", "Title - Sub - More"], split_subtitle=True)
    assert (read["title"], read["subtitle"]) == ("Title", "Sub - More")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Mara Vell", ("Mara Vell",)),
        ("Mara Vell, Tom Asher", ("Mara Vell", "Tom Asher")),
        ("Mara Vell & Tom Asher", ("Mara Vell", "Tom Asher")),
        ("Vell, Mara", ("Mara Vell",)),
        ("Vell, Mara & Asher, Tom", ("Mara Vell", "Tom Asher")),
        ("Mara Vell / Tom Asher", ("Mara Vell / Tom Asher",)),
        ("", ()),
    ],
)
def test_people_are_split_as_audiobookshelf_splits_them(text, names):
    assert split_names(text) == names


@pytest.mark.parametrize(
    ("text", "name", "place"),
    [
        ("Boats #2", "Boats", "2"),
        ("Harbour Tales, The #1.5", "Harbour Tales, The", "1.5"),
        ("Trains #2a", "Trains", "2a"),
        ("Unit #9 #3", "Unit #9", "3"),
        ("Louder #2 Things #1-3", "Louder #2 Things", "1-3"),
        ("Loud #Book 1", "Loud #Book 1", None),
        ("Marks #9#3", "Marks #9#3", None),
        ("Name # 1", "Name # 1", None),
        ("Name, Book 1", "Name, Book 1", None),
    ],
)
def test_a_place_is_what_stands_behind_the_last_sign(text, name, place):
    assert split_place(text) == (name, place)
    assert values({"series": [text]}) == {Field.SERIES: (SeriesEntry(name, place),)}


@pytest.mark.parametrize(
    ("title", "subtitle"),
    [
        ('Paper Boats & Tin: A "Tale"', "By hand"),
        ("Glass Ladder: A Novel", None),
        ("Slow Train, Book 2", None),
        ("The Last Wick (Lamps 3)", "Lamps, Book 3"),
    ],
)
def test_title_and_subtitle_are_not_cut_again(title, subtitle):
    found = values({"title": title, "subtitle": subtitle, "authors": []})
    assert (found[Field.TITLE], found.get(Field.SUBTITLE)) == (title, subtitle)
    assert Field.SERIES not in found


def test_an_edition_in_the_title_is_observed_and_stays_in_it():
    assert values({"title": "The Tin Gate (Abridged)"}) == {
        Field.TITLE: "The Tin Gate (Abridged)",
        Field.ABRIDGED: True,
    }


def test_the_series_of_the_older_form_are_objects():
    series = [{"name": "Unit #9", "sequence": 3}, {"name": "Gates", "sequence": None}]
    old = {"title": "The Tin Gate", "authors": [{"id": "a1", "name": "Kim Ota"}], "series": series}
    assert values({"metadata": old}) == {
        Field.TITLE: "The Tin Gate",
        Field.AUTHORS: ("Kim Ota",),
        Field.SERIES: (SeriesEntry("Unit #9", "3"), SeriesEntry("Gates")),
    }


def test_what_the_folder_explains_is_no_source():
    known = explain("/books/Kim Ota - The Blue Kiln", [], [])
    written = {"title": "Kim Ota - The Blue Kiln", "authors": [], "publishedYear": None}
    assert values(written, known) == {}


def test_what_a_user_corrected_is_a_source():
    known = explain("/books/Kim Ota - The Blue Kiln", [], [])
    assert values({"title": "The Blue Kiln", "authors": ["Kim Ota"]}, known) == {
        Field.TITLE: "The Blue Kiln",
        Field.AUTHORS: ("Kim Ota",),
    }


def test_what_the_tags_explain_is_no_source():
    tags = {
        Tag.ALBUM: ("The Tin Gate (Unabridged)",), Tag.ARTIST: ("Mara Vell, Tom Asher",),
        Tag.ALBUM_ARTIST: ("Mara Vell",), Tag.COMPOSER: ("Dr. Tom Asher",), Tag.SERIES: ("Unit #9",),
        Tag.PART: ("3",), Tag.GENRE: ("Fantasy/Epic",), Tag.DATE: ("2020-11-17",), Tag.LANGUAGE: ("eng",),
        Tag.COMMENT: ("A gate of tin. & a key.",),
    }  # fmt: skip
    written = {
        "title": "The Tin Gate (Unabridged)", "authors": ["Mara Vell", "Tom Asher"], "narrators": ["Tom Asher"],
        "series": ["Unit #9 #3"], "genres": ["Fantasy", "Epic"], "publishedYear": "2020", "language": "English",
        "description": "A gate of tin. &amp; a key.", "abridged": False,
    }  # fmt: skip
    assert values(written, explain("/books/x", [tags], [])) == {}


def test_what_the_files_beside_it_explain_is_no_source():
    beside = (
        Observation(Field.TITLE, "The Tin Gate", Source.OPF, "metadata.opf", 0.9, NOW),
        Observation(Field.SERIES, (SeriesEntry("Gates", "2"),), Source.NFO, "book.nfo", 0.7, NOW),
        Observation(Field.PUBLISHER, "Harbour Audio", Source.LIBATION, "x.metadata.json", 0.9, NOW),
    )
    written = {"title": "The Tin Gate", "series": ["Gates #2"], "publisher": "Harbour Audio"}
    # Audiobookshelf does not read Libation's file: that it agrees is worth something.
    assert values(written, explain("/books/x", [], beside)) == {Field.PUBLISHER: "Harbour Audio"}


def test_what_mamctl_exported_comes_back_as_no_source():
    exported = flatten({"title": "The Tin Gate", "narrators": ["Nora Reed", "Tom Asher"], "publishedYear": "2011"})
    back = {"title": "The Tin Gate", "narrators": ["Tom Asher", "Nora Reed"], "publishedYear": "1999"}
    assert without_echo(flatten(back), [exported]) == {"publishedYear": "1999"}
