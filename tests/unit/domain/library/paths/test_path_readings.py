"""Each habit of naming is read right: folders that hold more than an author, numbers in every place, readers, forms."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.library.files import BookFiles
from mamctl.domain.library.paths.listing import read_listing
from mamctl.domain.library.paths.observe import observe_path, observe_readings
from mamctl.domain.library.paths.reading import Known, read_path
from mamctl.domain.library.problems import judge_book
from mamctl.domain.metadata.merge import agree
from mamctl.domain.text.normalize import fold

NOW = datetime(2026, 11, 25, tzinfo=UTC)
NOTHING = {"title": None, "authors": None, "narrators": None, "series": None}


def read(path: str, among: tuple[str, ...] = ()) -> dict:
    """The likeliest value of each field, alone or among other paths; series as (name, position)."""
    said = observe_path(path, NOW)
    if among:
        found = read_listing([path, *among])[0]
        said = observe_readings(found, NOW, place=path)
    values = {value.field.value: value.value for value in agree(said)}
    series = values.get("series")
    return {**NOTHING, **values, "series": (series[0].name, series[0].position) if series else None}


@pytest.mark.parametrize(
    ("path", "title", "authors", "series"),
    [
        # the folder above holds author and series
        (
            "Mara Vell - Lantern Cycle Books 01 - 08/Mara Vell - Lantern Cycle 03 - Salt War",
            "Salt War",
            "Mara Vell",
            "3",
        ),
        ("Mara Vell - Lantern Cycle/08 The Enemy Within", "The Enemy Within", "Mara Vell", "8"),
        ("Mara Vell - Lantern Cycle Series/Mara Vell - 02 - The Salt Road", "The Salt Road", "Mara Vell", "2"),
        ("Mara Vell - Lantern Cycle [Series]/02-The Salt Road", "The Salt Road", "Mara Vell", "2"),
        ("Lantern Cycle by Mara Vell/Book 1 - The Salt Road", "The Salt Road", "Mara Vell", "1"),
        ("Lantern Cycle (Mara Vell) 01-04/Lantern Cycle 02 - The Salt Road", "The Salt Road", "Mara Vell", "2"),
        ("Lantern Cycle - Mara Vell/03. The Salt Road", "The Salt Road", "Mara Vell", "3"),
        ("Collection - M. J. Vell/Lantern Cycle Series/Book 2 - The Salt Road", "The Salt Road", "M. J. Vell", "2"),
        (
            "Vell, Mara - Lantern Cycle/Vell, Mara - Lantern Cycle 2.0 - The Salt Road",
            "The Salt Road",
            "Mara Vell",
            "2",
        ),
        ("Mara Vell Collection/Mara Vell-Lantern Cycle[1-3]/Mara Vell-Lantern Cycle-#2-Salt", "Salt", "Mara Vell", "2"),
        ("Mara Vell - Lantern Cycle/SW2 - The Salt Road", "The Salt Road", "Mara Vell", None),
        # the series begins the name
        ("Mara Vell/Lantern Cycle/Lantern Cycle 01 Salt Wakes", "Salt Wakes", "Mara Vell", "1"),
        ("Lantern Cycle/Lantern Cycle 01 Prince of Salt", "Prince of Salt", None, "1"),
        ("Mara Vell/Lantern Cycle/Lantern Cycle I - The Gunner", "The Gunner", "Mara Vell", "1"),
        ("Mara Vell/Lantern Cycle/LC 4 - The Salt Road", "The Salt Road", "Mara Vell", "4"),
        ("Lantern Cycle/Book 5 Salt", "Salt", None, "5"),
        ("Lantern Cycle [06] Dead Endless", "Dead Endless", None, "6"),
        # the first book shares its series' name
        ("Mara Vell/Dusk/01 - Dusk", "Dusk", "Mara Vell", "1"),
        ("Mara Vell/Dusk/Book 1 - Dusk", "Dusk", "Mara Vell", "1"),
        # the place in other words
        ("Mara Vell/Lantern Cycle/Book Twenty-One - The Salt Road", "The Salt Road", "Mara Vell", "21"),
        ("Mara Vell/Lantern Cycle/Tom 3 - Salz", "Salz", "Mara Vell", "3"),
        ("Mara Vell/Lantern Cycle/Tome 1 - Les Sels", "Les Sels", "Mara Vell", "1"),
        ("Mara Vell/Lantern Cycle/Band Zwei - Salz", "Salz", "Mara Vell", "2"),
        ("Mara Vell/Lantern Cycle/Bd03 - Salz", "Salz", "Mara Vell", "3"),
        ("Mara Vell/Lantern Cycle/#9-Salt", "Salt", "Mara Vell", "9"),
        ("Mara Vell/Lantern Cycle/[02] Salt", "Salt", "Mara Vell", "2"),
        ("Mara Vell/Lantern Cycle/1-3 - Salt", "Salt", "Mara Vell", "1-3"),
        ("Mara Vell/Lantern Cycle/7,5 - Salt", "Salt", "Mara Vell", "7.5"),
        ("Mara Vell/Lantern Cycle/Book 04 and 05 - Salt", "Salt", "Mara Vell", "4-5"),
    ],
)
def test_author_series_and_place_are_parted(path, title, authors, series):
    values = read(path)
    assert values["title"] == title
    assert values["authors"] == ((authors,) if authors else None)
    if series is not None:
        assert values["series"] is not None
        assert fold(values["series"][0]).startswith("lantern cycle") or values["series"][0] == "Dusk"
        assert values["series"][1] == series


@pytest.mark.parametrize(
    ("path", "title", "author"),
    [
        ("Salt Quest (Star Realm, Book 4) - Lena Vell", "Salt Quest", "Lena Vell"),
        ("1 - Salt's Game - Jonas Scott Vell - 1985", "Salt's Game", "Jonas Scott Vell"),
        ("Dark Salt (2016) [Blake Vell]", "Dark Salt", "Blake Vell"),
        ("Mythical by Stephen Vell (Audiobook)", "Mythical", "Stephen Vell"),
        ("AdamVell-SaltShrugged", "Salt Shrugged", "Adam Vell"),
        ("Gregory Vell/Gregory Vell-Timescape", "Timescape", "Gregory Vell"),
        ("Romance/Heather Vell/For Money or Salt", "For Money or Salt", "Heather Vell"),
        ("Jonas_Vell-The_Eye_of_the_Salt-AUDIOBOOK-UNABRIDGED-GRP", "The Eye of the Salt", "Jonas Vell"),
        ("Shirtamoon - He Who Walks with Salt", "He Who Walks with Salt", "Shirtamoon"),
        ("Top 100 Salt Books - 1-25/15 - Hyperbole - Dan Vell - 1989", "Hyperbole", "Dan Vell"),
    ],
)
def test_the_author_is_found_wherever_they_stand(path, title, author):
    values = read(path)
    assert (values["title"], values["authors"]) == (title, (author,))


def test_a_list_of_books_is_no_series():
    assert read("Top 100 Salt Books - 1-25/15 - Hyperbole - Dan Vell - 1989")["series"] is None


@pytest.mark.parametrize("folder", ["Top 100 Salt Books - 1-25", "Short Stories, Tales, Misc", "40+ ABY", "Unsorted"])
def test_a_folder_that_is_no_person_is_no_author(folder):
    assert read(f"{folder}/The Salt Road")["authors"] is None


@pytest.mark.parametrize(
    "ending",
    ["Unabridged", "Audiobook", "AudioBook", "mp3 (Chapterized)", "Audio", "CD1", "Disc 2", "Read by Tom Asher",
     "Audiobook/Read by Tom Asher", "mp3"],
)  # fmt: skip
def test_a_last_folder_that_is_a_form_is_no_title(ending):
    values = read(f"Mara Vell/The Salt Road/{ending}")
    assert (values["title"], values["authors"]) == ("The Salt Road", ("Mara Vell",))
    assert values["narrators"] == (("Tom Asher",) if "Asher" in ending else None)


@pytest.mark.parametrize(
    ("name", "reader"),
    [
        ("The Salt Road [Robin Asher]", "Robin Asher"),
        ("The Salt Road (read by Tom Asher)", "Tom Asher"),
        ("The Salt Road {Tom Asher}", "Tom Asher"),
        ("The Salt Road (Tom Asher, 2013)", "Tom Asher"),
        ("2011 - The Salt Road (Asher) 64k 16.18.10 {448mb}", "Asher"),
        ("The Salt Road (new version - Scott Asher)", "Scott Asher"),
        ("The Salt Road (Read by Tom Asher- clear sound)", "Tom Asher"),
        ("The Salt Road - read by Tom Asher", "Tom Asher"),
    ],
)
def test_the_reader_is_found(name, reader):
    values = read(f"Mara Vell/{name}")
    assert (values["title"], values["authors"], values["narrators"]) == ("The Salt Road", ("Mara Vell",), (reader,))


@pytest.mark.parametrize(
    "note",
    ["(Chapterized)", "(50th Anniversary Edition)", "(version 4)", "(light novel)", "[64kbps]", "(MP3-64)",
     "[m4b 64k 12h]", "(Audible 2013)", "(Unabridged 2013)", "[Audible Studios - 2013]", "(first published 1999)",
     "( U 96.22 AR DL )", "(read by the author)", "(trans. Ann Fell)", "- mp3", "mp3 format"],
)  # fmt: skip
def test_a_note_is_neither_title_nor_series(note):
    values = read(f"Mara Vell/The Salt Road {note}")
    assert (values["title"], values["series"]) == ("The Salt Road", None)


def test_a_bracket_that_ends_in_a_year_does_not_replace_the_series_folder():
    values = read("Boris Okun/Adventures/03. Leviathan (Alex Klyu, Serge Choni. 2008)")
    assert values["series"] == ("Adventures", "3")
    assert values["narrators"] == ("Alex Klyu", "Serge Choni")
    assert values["year"] == 2008


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alpha Time, Vol. 1", "Alpha Time, Vol. 2"),
        ("Alpha Time: Book One", "Alpha Time: Book Two"),
        ("Henry IV, Part 1", "Henry IV, Part 2"),
        ("Dustlands: Part One", "Dustlands: Part Two"),
        ("The Hero (1 of 3) [Dramatized Adaptation]", "The Hero (2 of 3) [Dramatized Adaptation]"),
        ("The Hero (Part 1 of 2)", "The Hero (Part 2 of 2)"),
        ("Road Days, Book 1 (Unabridged)", "Road Days, Book 2 (Unabridged)"),
        ("Spider Time, Vol. 1 (light novel)", "Spider Time, Vol. 2 (light novel)"),
        ("Moss Days", "Moss Days 2"),
        ("Henry IV", "Henry V"),
        ("2061", "2062"),
    ],
)
def test_two_books_that_differ_in_a_number_are_never_one(one, other):
    mine, theirs = read(f"Oki Bab/{one}"), read(f"Oki Bab/{other}")
    assert (fold(mine["title"]), mine["series"]) != (fold(theirs["title"]), theirs["series"])


@given(
    st.integers(1, 99),
    st.integers(1, 99),
    st.sampled_from([", Vol. {}", ", Book {}", " {}", ": Book {}", " ({} of 99)"]),
)
def test_numbers_tell_books_apart(one, other, form):
    mine, theirs = (read(f"Oki Bab/Salt and Iron{form.format(n)}") for n in (one, other))
    same = (fold(mine["title"]), mine["series"]) == (fold(theirs["title"]), theirs["series"])
    assert same == (one == other)


LISTING = (
    "Lena Vell - Death Salt Undying Roads, Book 5",
    "Lena Vell - Edge World Undying Roads, Book 14",
    "Lee Brand - Jack Rider/01 Killing Salt",
    "Lee Brand - Jack Rider/02 Salt Trying",
    "Lee Brand - Jack Rider/10 The Hard Salt",
    "Mara Vell/Lantern Cycle/01 - The Salt Road",
    "Mara Vell/Lantern Cycle/02 - The Salt Sea",
)


def test_siblings_vote_on_a_numbered_set_and_on_a_series_without_separator():
    assert read(LISTING[4], LISTING)["title"] == "The Hard Salt"
    values = read(LISTING[0], LISTING)
    assert (values["title"], values["series"]) == ("Death Salt", ("Undying Roads", "5"))


@given(st.randoms(use_true_random=False))
def test_the_order_of_siblings_does_not_count(dice: random.Random):
    shuffled = list(LISTING)
    dice.shuffle(shuffled)
    expected = {one.path: one.readings for one in read_listing(LISTING)}
    assert {one.path: one.readings for one in read_listing(shuffled)} == expected


_PATHS = st.sampled_from([*LISTING, "Mara Vell/The Salt Road (Tom Asher)", "Vell, Mara - The Salt Road (2014) [64k]"])


@given(_PATHS, st.sampled_from([str.upper, str.lower, lambda text: text.replace(" ", "  "), lambda text: f" {text} "]))
def test_reading_is_stable_under_case_and_blanks(path, change):
    def folded(text: str) -> tuple:
        best = read_path(text).readings[0]
        return (
            fold(best.title),
            tuple(map(fold, best.authors)),
            tuple((fold(s.name), s.position) for s in best.series),
        )

    assert folded(change(path)) == folded(path)


def test_known_authors_and_series_decide_where_the_name_alone_cannot():
    assert read_path("Cinna Moon - Salt Road").readings[0].authors == ("Cinna Moon",)
    known = read_path("Salt Road - Cinna Moon", known=Known(authors=frozenset({"cinna moon"}))).readings[0]
    assert (known.title, known.authors) == ("Salt Road", ("Cinna Moon",))


def test_every_reading_has_its_reasons_and_the_shares_sum_to_one():
    found = read_path("Salt Road - Iron Gate")
    assert all(one.reasons for one in found.readings)
    assert sum(one.likelihood for one in found.readings) == pytest.approx(1, abs=0.01)


def test_two_readings_that_are_near_are_a_problem_and_no_guess():
    path = "Lantern Cycle - Winterlight"
    found, said = read_path(path), observe_path(path, NOW)
    assert found is not None
    assert found.is_doubtful
    agreed = {value.field: value for value in agree(said)}
    book = BookFiles("/lib", f"/lib/{path}", (), (), ())
    problems = {problem.code: problem for problem in judge_book(7, book, (), agreed, said, {})}
    doubtful = problems["doubtful_title"]
    assert "40% sure of the title: “Lantern Cycle” or “Winterlight”" in doubtful.message
    assert doubtful.remedy == "mamctl meta set 7 title VALUE"  # as short for every book, whatever its path holds


def test_a_folder_s_family_name_before_a_title_is_the_author():
    found = read("Mara Vell/Vell - The Salt Road")
    assert (found["title"], found["authors"], found["series"]) == ("The Salt Road", ("Mara Vell",), None)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        # as Audible has titles, and programs name its downloads
        (
            "The Salt Road, Lantern Cycle, Book 2 (Unabridged)",
            {"title": "The Salt Road", "series": ("Lantern Cycle", "2")},
        ),
        ("The Salt Road_ Lantern Cycle, Book 2", {"title": "The Salt Road", "series": ("Lantern Cycle", "2")}),
        ("Salt Online 3: A LitRPG Adventure", {"title": "Salt Online 3", "series": ("Salt Online", "3")}),
        ("Salt Online - Book 3 - A LitRPG Adventure", {"title": "Salt Online", "series": ("Salt Online", "3")}),
        ("Salt Online Book Three by Mara Vell", {"title": "Salt Online", "series": ("Salt Online", "3")}),
        # a bracket is never cut at a number
        ("Mara Vell/The Salt Road (Part 2 of 3)", {"title": "The Salt Road (Part 2 of 3)", "series": None}),
        ("Mara Vell/Salt [Dramatized Adaptation] (2 of 3)", {"title": "Salt [Dramatized Adaptation] (2 of 3)"}),
        # pieces that are nobody
        ("Penguin Audio - The Salt Road - Mara Vell", {"title": "The Salt Road", "authors": ("Mara Vell",)}),
        ("Various Authors - Salt Stories", {"title": "Salt Stories", "authors": None}),
        ("Mara Vell (editor) - Salt Stories", {"title": "Salt Stories", "authors": ("Mara Vell",)}),
        # the reader as the last piece
        ("The Salt Road - Mara Vell - Tom Asher", {"authors": ("Mara Vell",), "narrators": ("Tom Asher",)}),
        ("Mara Vell - The Salt Road - 2011 - Tom Asher", {"narrators": ("Tom Asher",), "year": 2011}),
        # inside a series
        ("Mara Vell/Lantern Cycle/Prequel - Salt", {"title": "Salt", "series": ("Lantern Cycle", None)}),
        ("Mara Vell/Lantern Cycle/Two - Salt", {"title": "Salt", "series": ("Lantern Cycle", "2")}),
        ("Mara Vell-Lantern Cycle 02-Salt", {"title": "Salt", "series": ("Lantern Cycle", "2")}),
        ("Lantern Cycle T02 - Salt", {"title": "Salt", "series": ("Lantern Cycle", "2")}),
        # names of other languages
        ("Ludwig van der Berg/Winterlicht", {"title": "Winterlicht", "authors": ("Ludwig van der Berg",)}),
        ("Hanna Berg - Winterlicht (Hörbuch, ungekürzt)", {"title": "Winterlicht", "abridged": False}),
        ("Jan Nowak - Droga soli (czyta Piotr Zima)", {"title": "Droga soli", "narrators": ("Piotr Zima",)}),
        ("Jan Nowak - Droga soli [audiobook PL]", {"title": "Droga soli", "language": "Polish", "narrators": None}),
        ("Мара Велл - Соль [читает Иван Ивлев, 2015 г., 96 kbps]", {"narrators": ("Иван Ивлев",), "year": 2015}),
        ("Мара Велл - Фонарь. Книга 2. Соль", {"title": "Соль", "series": ("Фонарь", "2")}),
        # written for a web address
        ("Mara%20Vell%20-%20Salt", {"title": "Salt", "authors": ("Mara Vell",)}),
        ("Mara+Vell+-+Salt", {"title": "Salt", "authors": ("Mara Vell",)}),
    ],
)
def test_names_of_other_programs_and_languages(path: str, expected: dict):
    found = read(path)
    assert {key: found.get(key) for key in expected} == expected
