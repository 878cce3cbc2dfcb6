"""Forms of names that are rarer: a folder for each reader, other names of an author, stations, eastern names."""

from __future__ import annotations

import pytest

from mamctl.domain.library.paths.reading import Known, read_path
from mamctl.domain.text.common_names import is_eastern_name
from mamctl.domain.text.series import SeriesEntry, join_series, parse_series
from mamctl.domain.text.titles import parse_title


@pytest.mark.parametrize(
    ("path", "title", "authors", "narrators"),
    [
        ("Robert Gale [J.K. Marlow] - The Silk Road", "The Silk Road", "Robert Gale", ""),
        ("Robert Gale [J.K. Marlow]/Lantern Cycle/01 The Silk Road", "The Silk Road", "Robert Gale", ""),
        ("J. K. Marlow (writing as Robert Gale) - The Silk Road", "The Silk Road", "J. K. Marlow", ""),
        ("Ruth Marlow (as Barbara Vine)/The Salt Road", "The Salt Road", "Ruth Marlow", ""),
        ("Mara Vell (Tom Asher) - The Salt Road", "The Salt Road", "Mara Vell", ""),
        ("Mara Vell - The Salt Road (Tom Asher)", "The Salt Road", "Mara Vell", "Tom Asher"),
        ("Mara Vell/The Salt Road (2015)/Tom Asher", "The Salt Road", "Mara Vell", "Tom Asher"),
        ("BBC Radio 4 - The Salt Road", "The Salt Road", "", ""),
        ("BBC Radio 4 Extra - Mara Vell - The Salt Road", "The Salt Road", "Mara Vell", ""),
        ("BBC Radio 4/Mara Vell - The Salt Road", "The Salt Road", "Mara Vell", ""),
        ("王小梅 - 山路", "山路", "王小梅", ""),
        ("山路 - 王小梅", "山路", "王小梅", ""),
        ("山路 - 王小梅 - 李大海播讲", "山路", "王小梅", "李大海"),
        ("海の道 - 山口花子", "海の道", "山口花子", ""),
        ("김소라 - 바다의 길", "바다의 길", "김소라", ""),
        ("Наталья Ветрова - Мой дом", "Мой дом", "Наталья Ветрова", ""),  # three letters are not three initials
        ("Мой дом - Наталья Ветрова", "Мой дом", "Наталья Ветрова", ""),
        ("נועה ברקן - דרך המלח", "דרך המלח", "נועה ברקן", ""),
        ("Mara Vell - Henry V", "Henry V", "Mara Vell", ""),
        ("J. D. Marlow - The Salt Road", "The Salt Road", "J. D. Marlow", ""),
        ("JD Marlow - The Salt Road", "The Salt Road", "JD Marlow", ""),
        ("Mara Vell - 2019 - The Salt Road", "The Salt Road", "Mara Vell", ""),
        ("THE SALT ROAD BY MARA VELL", "THE SALT ROAD", "MARA VELL", ""),
    ],
)
def test_who_is_who(path: str, title: str, authors: str, narrators: str):
    read = read_path(path)
    assert read is not None
    best = read.readings[0]
    heard = best.narrators or read.facts.narrators
    assert (best.title, ", ".join(best.authors), ", ".join(heard)) == (title, authors, narrators)
    assert best.series in {(), (SeriesEntry("Lantern Cycle", "1"),)}


@pytest.mark.parametrize(
    ("path", "title", "asin"),
    [
        ("B0TESTS2LT - The Salt Road", "The Salt Road", "B0TESTS2LT"),
        ("Mara Vell/B0TESTS2LT - The Salt Road", "The Salt Road", "B0TESTS2LT"),
        ("Mara Vell - #Salt", "#Salt", None),
        ("Mara Vell - The Salt Road #audiobook", "The Salt Road", None),
        ("Mara.Vell.-.Lantern.Cycle.02.-.The.Salt.Road.2019.MP3.64k", "The Salt Road", None),
    ],
)
def test_nothing_stated_is_lost_or_taken_for_a_person(path: str, title: str, asin: str | None):
    read = read_path(path)
    assert read is not None
    assert (read.readings[0].title, read.facts.asin) == (title, asin)
    assert set(read.readings[0].authors) <= {"Mara Vell"}


def test_a_folder_called_like_a_person_is_the_reader_or_a_title():
    """Below a series it may be either: the title is likelier, and the reader is known of other books."""
    read = read_path("Mara Vell/The Salt Road/Tom Asher")
    assert read is not None
    assert [one.title for one in read.readings[:2]] == ["Tom Asher", "The Salt Road"]
    assert read.readings[1].narrators == ("Tom Asher",)
    known = read_path("Mara Vell/The Salt Road/Tom Asher", (), Known(narrators=frozenset({"tom asher"})))
    assert known is not None
    assert (known.readings[0].title, known.readings[0].narrators) == ("The Salt Road", ("Tom Asher",))


def test_languages_and_forms_with_a_slash_are_no_folder():
    read = read_path("Mara Vell/Mara Vell - The Salt Road [ENG / M4B]")
    assert read is not None
    assert (read.readings[0].title, read.facts.language) == ("The Salt Road", "English")


@pytest.mark.parametrize("place", "Book2 Bk2 Vol2 vol2 Volume2 Band2 Bd2 Tome2 T02 Teil2 Part2 Libro2".split())
@pytest.mark.parametrize("form", ["Lantern Cycle {}", "Lantern Cycle, {}", "Lantern Cycle ({})", "Lantern Cycle - {}"])
def test_a_label_may_be_glued_to_its_number(form: str, place: str):
    assert parse_series(form.format(place)) == (SeriesEntry("Lantern Cycle", "2"),)


@pytest.mark.parametrize("name", ["Catch22", "Area51", "V2", "Bookends", "Voltage 9000 Watts"])
def test_other_glued_numbers_are_names(name: str):
    assert parse_series(name) == (SeriesEntry(name),)


def test_eastern_names():
    assert all(map(is_eastern_name, ["王小梅", "欧阳小梅", "山口花子", "佐々木花", "김소라"]))
    assert not any(map(is_eastern_name, ["山路", "海の道", "三体", "바다의 길", "Mara", "", "바다"]))


@pytest.mark.parametrize(
    ("path", "title", "authors", "series"),
    [
        ("Ashmark 40k - Iron Tides 01 - Ember Rising - Tolan Reyd", "Ember Rising", "Tolan Reyd", "Iron Tides #1"),
        (
            "Ashmark 40k - Iron Tides, Book 3 - Walls of Ash - Jon Counter",
            "Walls of Ash",
            "Jon Counter",
            "Iron Tides #3",
        ),
        ("Jeanne Morvan/Sel T2 - La Route", "La Route", "Jeanne Morvan", "Sel #2"),
        ("Jeanne Morvan - Chemin du sel T2 - La Route", "La Route", "Jeanne Morvan", "Chemin du sel #2"),
        ("Mara Vell/The Lantern Cycle, Book 3; The Salt Road", "The Salt Road", "Mara Vell", "The Lantern Cycle #3"),
        ("Box Set: Lantern Cycle 1-3", "Box Set: Lantern Cycle", "", "Lantern Cycle #1-3"),
    ],
)
def test_brands_tomes_and_sets(path: str, title: str, authors: str, series: str):
    read = read_path(path)
    assert read is not None
    best = read.readings[0]
    assert (best.title, ", ".join(best.authors), *join_series(best.series)) == (title, authors, series)


def test_a_set_named_by_a_tag_is_no_title():
    found = parse_title("Box Set: Lantern Cycle 1-3")
    assert (found.title, found.series) == ("Box Set: Lantern Cycle 1-3", (SeriesEntry("Lantern Cycle", "1-3"),))


@pytest.mark.parametrize(
    ("text", "title", "series"),
    [
        ("Lantern Cycle, Book 3; The Salt Road", "The Salt Road", "Lantern Cycle #3"),
        ("The Salt Road, Book 2 of the Lantern Cycle", "The Salt Road", "Lantern Cycle #2"),
        ("Der Würfel, Band 2 der Flußsage", "Der Würfel", "Flußsage #2"),
        ("The Salt Road, Part 2 of the Trilogy", "The Salt Road, Part 2 of the Trilogy", ""),
        ("The Salt Road, Part 2 of 3", "The Salt Road, Part 2 of 3", ""),
        ("Salt; Smoke", "Salt; Smoke", ""),
    ],
)
def test_a_place_in_the_middle_of_a_title(text: str, title: str, series: str):
    found = parse_title(text)
    assert (found.title, ", ".join(join_series(found.series))) == (title, series)
