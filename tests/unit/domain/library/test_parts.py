"""Parts of a book: the order in which they are heard, and the gaps between them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.library.parts import (
    are_ordered_by,
    find_gaps,
    has_a_place,
    in_order,
    missing_parts,
    names_count,
    natural_key,
    part_numbers,
)
from tests.unit.domain.library.test_grouping import found


@pytest.mark.parametrize(
    ("names", "missing"),
    [
        ([f"{n:02} - x.mp3" for n in (1, 2, 4, 5)], (3,)),
        ([f"Book 7 - {n}.mp3" for n in (2, 3, 4, 5, 6)], (1,)),
        ([f"{n:02}_of_09.mp3" for n in range(1, 10)], ()),
        ([f"{n} {title}.mp3" for n, title in enumerate("abcdefg", 1) if n != 4], (4,)),
        ([f"Track {n}.mp3" for n in range(14, 20)], ()),
        (["1 - x.mp3", "2 - x.mp3", f"{10**15} - x.mp3"], ()),
        (["0 - x.mp3", "1 - x.mp3", "2 - x.mp3", "4 - x.mp3"], (3,)),
        ([f"{n:05} - x.mp3" for n in range(1, 10_002) if n != 7], (7,)),
        ([f"{n:05} - x.mp3" for n in range(1, 10_003) if n != 7], ()),
        (["1984.mp3", "2001.mp3", "2010.mp3"], ()),
        (["a.mp3", "b.mp3"], ()),
        ([], ()),
    ],
)
def test_gaps_between_parts(names: list[str], missing: tuple[int, ...]):
    assert missing_parts(names) == missing


@given(st.lists(st.text(), max_size=8))
def test_gaps_and_sorting_never_raise(names: list[str]):
    missing_parts(names)
    sorted(names, key=natural_key)


def test_names_sort_as_people_count():
    assert sorted(["10.mp3", "9.mp3", "1.mp3", "a2", "A10"], key=natural_key) == [
        "1.mp3",
        "9.mp3",
        "10.mp3",
        "a2",
        "A10",
    ]


def plain_key(name: str) -> tuple[object, str]:
    """The same order in more memory: a pair for each number and each text between them."""
    parts = re.split(r"(\d+)", name.casefold())
    return tuple((0, int(part)) if part.isascii() and part.isdecimal() else (1, part) for part in parts if part), name


@given(st.lists(st.text("aAB 01290٣é.-", max_size=8)))
def test_numbers_sort_as_they_do_in_pairs(names: list[str]):
    assert sorted(names, key=natural_key) == sorted(names, key=plain_key)


def heard(*names: str) -> list[str]:
    files = [found(f"/lib/A/{name}") for name in sorted(names, key=natural_key)]
    return [file.path.removeprefix("/lib/A/") for file in in_order(files)]


@pytest.mark.parametrize(
    "names",
    [
        ["Winter - Part 1.mp3", "Autumn - Part 2.mp3", "Spring - Part 10.mp3"],
        ["x CD1 Track 02.mp3", "a CD2 Track 01.mp3"],
        ["01 - Chapter 9.mp3", "02 - Chapter 8.mp3"],
        ["Prologue.mp3", "Epilogue.mp3"],
        ["Prologue.mp3", "Chapter 2.mp3"],
        [
            "Opening Credits.mp3",
            "Prologue.mp3",
            "Chapter One.mp3",
            "Chapter Two.mp3",
            "Chapter Three.mp3",
            "Epilogue.mp3",
            "End Credits.mp3",
        ],
        ["Salt Road - Intro.mp3", "Salt Road - Zwei.mp3", "Salt Road - Drei.mp3", "Salt Road - Nachwort.mp3"],
        ["Chapter V.mp3", "Chapter IX.mp3", "Chapter X.mp3"],
        ["dw05_01 - Storm.mp3", "dw05_02 - Autumn.mp3"],
        ["ER09 Storm.mp3", "ER10 Autumn.mp3"],
        ["Small Road 1a.mp3", "Small Road 1b.mp3", "Small Road 2a.mp3"],
        ["Pyra Road A.mp3", "Pyra Road B.mp3", "Pyra Road C.mp3"],
    ],
)
def test_files_are_heard_by_their_numbers_where_each_has_one(names: list[str]):
    assert heard(*names) == names


def test_tags_order_what_names_do_not():
    paths = ["/lib/A/Storm.mp3", "/lib/A/The Old House.mp3"]
    assert are_ordered_by({paths[0]: (None, 2), paths[1]: (None, 1)}, paths)
    assert are_ordered_by({paths[0]: (2, 1), paths[1]: (1, 1)}, paths)  # two discs, each counted from 1
    assert not are_ordered_by({paths[0]: (None, 1), paths[1]: (None, 1)}, paths)
    assert not are_ordered_by({paths[0]: (1, 1), paths[1]: (None, 1)}, paths)
    assert not are_ordered_by({paths[0]: (None, 1)}, paths)
    assert not are_ordered_by({"/lib/A/1.mp3": (None, 2), "/lib/A/2.mp3": (None, 1)}, ["/lib/A/1.mp3", "/lib/A/2.mp3"])
    assert has_a_place("/lib/A/Prologue.mp3")
    assert has_a_place("/lib/A/CD2/Storm.mp3")
    assert not has_a_place("/lib/A/Storm.mp3")


@pytest.mark.parametrize(
    ("names", "count"),
    [
        (["dw05_01 - Storm.mp3", "dw05_02 - Autumn.mp3"], True),
        (["Road A.mp3", "Road B.mp3"], True),
        (["Road A.mp3", "Road C.mp3"], False),
        (["Storm.mp3", "Autumn.mp3"], False),
        (["Storm 2a.mp3", "Autumn 2b.mp3"], False),
        (["The One.mp3", "The Many.mp3"], False),
    ],
)
def test_names_of_several_books_do_not_count(names: list[str], count: bool):
    assert names_count([f"/lib/A/{name}" for name in names]) is count


@given(st.lists(st.text(st.characters(blacklist_characters="/\0"), min_size=1), unique=True, max_size=8))
def test_no_file_is_lost_in_the_order(names: list[str]):
    files = [found(f"/lib/A/{name}") for name in names]
    assert sorted(in_order(files), key=repr) == sorted(files, key=repr)


@pytest.mark.parametrize(
    ("paths", "gaps"),
    [
        (["A/T/1.mp3", "A/T/2.mp3", "A/T/4.mp3"], [("A/T", "part", (3,))]),
        (["A/T/CD1/1.mp3", "A/T/CD3/1.mp3"], [("A/T", "disc", (2,))]),
        (["A/T/CD1/1.mp3", "A/T/CD2/1.mp3"], []),
        (["A/T/CD1/01.mp3", "A/T/CD1/02.mp3", "A/T/CD1/04.mp3"], [("A/T/CD1", "part", (3,))]),
        ([f"A/T/{disc}-{n:02} x.mp3" for disc in (1, 2) for n in (1, 2, 4)],
         [("A/T", "disc 1, part", (3,)), ("A/T", "disc 2, part", (3,))]),
        ([f"A/T/{disc}-01 x.mp3" for disc in (1, 3)], [("A/T", "disc", (2,))]),
        ([f"A/T/Title {n} of 5.mp3" for n in (1, 2, 3)], [("A/T", "part", (4, 5))]),
        (["A/T/Title.m4b"], []),
        (["A/T/Title (1 of 3).m4b"], []),  # the others may be books of their own
    ],
)  # fmt: skip
def test_gaps_are_found_in_folders_and_between_discs(paths: list[str], gaps: list):
    assert list(find_gaps(paths)) == gaps


@given(st.sets(st.integers(1, 300), min_size=3), st.sampled_from(["{:03} - x.mp3", "Part {}.mp3", "x {:02}.mp3"]))
def test_parts_count_by_the_number_in_their_names(numbers: set[int], shape: str):
    assert part_numbers([shape.format(number) for number in numbers]) == numbers


@given(st.integers(4, 60), st.data())
def test_a_part_that_was_lost_is_missed(count: int, data: st.DataObject):
    lost = data.draw(st.integers(1, count - 1))
    names = [f"Title - Part {number:02}.mp3" for number in range(1, count + 1) if number != lost]
    assert missing_parts(names) == (lost,)
