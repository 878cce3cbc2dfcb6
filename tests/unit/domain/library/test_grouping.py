"""Folders become books as Audiobookshelf makes them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import PurePosixPath
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.library.files import BookFiles, FoundFile, Listing
from mamctl.domain.library.grouping import (
    fingerprint,
    group_books,
    holds_discs,
    is_disc,
    may_hide_a_change,
    quick_mark,
    titled_discs,
)
from mamctl.domain.library.parts import natural_key


def found(path: str, **more: int) -> FoundFile:
    return FoundFile(path, **{"size": 1, "mtime_ns": 2, "device": 3, "inode": 4, "links": 1, **more})


def listings(*paths: str, root: str = "/lib") -> list[Listing]:
    """The listings that a walk over these files gives, depth first."""
    folders: dict[str, list[str]] = {root: []}
    for path in paths:
        for parent in reversed(PurePosixPath(root, path).parents):
            if str(parent).startswith(root):
                folders.setdefault(str(parent), [])
        folders[str(PurePosixPath(root, path).parent)].append(str(PurePosixPath(root, path)))
    order = sorted(folders, key=lambda folder: [natural_key(part) for part in folder.split("/")])
    return [
        Listing(
            root,
            folder,
            tuple(found(path) for path in folders[folder] if path.endswith(("mp3", "m4b"))),
            tuple(found(path) for path in folders[folder] if path.endswith(("nfo", "jpg"))),
            tuple(PurePosixPath(other).name for other in order if str(PurePosixPath(other).parent) == folder),
        )
        for folder in order
    ]


def books(*paths: str) -> dict[str, list[str]]:
    return {
        book.path.removeprefix("/lib/"): [file.path.removeprefix(book.path + "/") for file in book.audio]
        for book in group_books(listings(*paths))
    }


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["Author/Title/a.m4b"], {"Author/Title": ["a.m4b"]}),
        (["Author/Series/Title/1.mp3", "Author/Series/Title/2.mp3"], {"Author/Series/Title": ["1.mp3", "2.mp3"]}),
        (["Title/a.mp3"], {"Title": ["a.mp3"]}),
        (["A/T/CD1/1.mp3", "A/T/CD 2/1.mp3"], {"A/T": ["CD1/1.mp3", "CD 2/1.mp3"]}),
        (["A/T/Disc 1/1.mp3", "A/T/disk2/1.mp3"], {"A/T": ["Disc 1/1.mp3", "disk2/1.mp3"]}),
        (["A/T/Part 1/1.mp3", "A/T/Part 2/1.mp3"], {"A/T": ["Part 1/1.mp3", "Part 2/1.mp3"]}),
        (["A/T/Part 1/1.mp3"], {"A/T/Part 1": ["1.mp3"]}),
        (["A/T/T CD 1/1.mp3", "A/T/T CD 2/1.mp3"], {"A/T": ["T CD 1/1.mp3", "T CD 2/1.mp3"]}),
        (["A/T1/1.mp3", "A/T2/1.mp3"], {"A/T1": ["1.mp3"], "A/T2": ["1.mp3"]}),
        (["A/x.mp3", "A/T/1.mp3"], {"A": ["x.mp3", "T/1.mp3"]}),
        (["one.m4b", "two.m4b"], {"one.m4b": ["/lib/one.m4b"], "two.m4b": ["/lib/two.m4b"]}),
        (["A/notes.nfo"], {}),
        ([], {}),
    ],
)
def test_folders_become_books(paths: list[str], expected: dict[str, list[str]]):
    assert books(*paths) == expected


def test_sidecars_come_with_their_book():
    (book,) = group_books(listings("A/T/1.mp3", "A/T/t.nfo", "A/T/art/c.jpg", "A/other.nfo"))
    assert [file.path for file in book.sidecars] == ["/lib/A/T/t.nfo", "/lib/A/T/art/c.jpg"]
    loose = list(group_books(listings("one.m4b", "one.nfo", "two.m4b", "one two.nfo")))
    assert [file.path for file in loose[0].sidecars] == ["/lib/one.nfo"]


def test_loose_audio_above_other_books_is_noticed():
    (book,) = group_books(listings("A/x.mp3", "A/T/1.mp3", "A/T/CD1/1.mp3"))
    assert book.nested == ("/lib/A/T",)
    (discs,) = group_books(listings("A/T/CD1/1.mp3", "A/T/CD2/1.mp3", "A/T/Extras/1.mp3"))
    assert discs.nested == ()


@given(st.lists(st.lists(st.sampled_from(["A", "B", "CD1", "Part 1", "x y"]), max_size=4), max_size=12))
def test_every_audio_file_is_in_exactly_one_book(folders: list[list[str]]):
    paths = ["/".join([*parts, f"{number}.mp3"]) for number, parts in enumerate(folders)]
    grouped = [file.path for book in group_books(listings(*paths)) for file in book.audio]
    assert sorted(grouped) == sorted(f"/lib/{path}" for path in paths)


@pytest.mark.parametrize(
    "name",
    [
        "CD1",
        "cd 01",
        "Disc 2",
        "Disk_03",
        "disc-4",
        "Disc 1 of 4",
        " CD2 ",
        "CD II",
        "Disc One",
        "Disque 1",
        "Disc1 - Salt",
    ],
)
def test_disc_names(name: str):
    assert is_disc(name)
    assert holds_discs([name])


@pytest.mark.parametrize("name", ["CD", "Discworld 3", "Disc 1234", "CD1 bonus", "The Disc 2 Book", "Part 1"])
def test_other_names(name: str):
    assert not is_disc(name)
    assert not holds_discs([name])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Salt (Disc 1 of 2)", "Salt (Disc 2 of 2)"),
        ("Salt - Disc 01 of 02", "Salt - Disc 02 of 02"),
        ("Salt [CD1of2]", "Salt [CD2of2]"),
        ("Salt CD I", "Salt CD II"),
        ("Salt Disc One", "Salt Disc Two"),
        ("Salt Disc 1a", "Salt Disc 1b"),
        ("Side A", "Side B"),
        ("Book Part 1", "Book Part 2"),
    ],
)
def test_discs_beside_each_other_are_one_book(one: str, other: str):
    assert holds_discs([one, other])
    assert len(books(f"Mara/Salt/{one}/1.mp3", f"Mara/Salt/{other}/1.mp3")) == 1


def test_a_book_knows_the_names_beside_it():
    (first, *_) = group_books(listings("Mara/Salt/01 - A/1.mp3", "Mara/Salt/02 - B/1.mp3", "Tom/C/1.mp3"))
    assert first.neighbours == (frozenset({"Mara", "Tom"}), frozenset({"Salt"}), frozenset({"01 - A", "02 - B"}))


@pytest.mark.parametrize("change", [{"size": 9}, {"mtime_ns": 9}, {"inode": 9}])
def test_a_changed_file_changes_the_stamp(change: dict[str, int]):
    book = BookFiles("/lib", "/lib/A", (found("/lib/A/1.mp3"),), ())
    other = BookFiles("/lib", "/lib/A", (found("/lib/A/1.mp3", **change),), ())
    linked = BookFiles("/lib", "/lib/A", (found("/lib/A/1.mp3", links=2),), ())
    assert fingerprint(book) != fingerprint(other)
    assert fingerprint(book) == fingerprint(linked)
    assert quick_mark(book) != quick_mark(other)
    assert quick_mark(book) == quick_mark(linked)
    touched = BookFiles("/lib", "/lib/A", (found("/lib/A/1.mp3", ctime_ns=9),), ())
    assert (quick_mark(book) == quick_mark(touched), fingerprint(book) == fingerprint(touched)) == (False, True)


_NAMES = st.sampled_from(["1.mp3", "2.mp3", "10.mp3", "a\udce9.mp3", "B.mp3", "Prologue.mp3", "x.nfo", "cover.jpg"])
_FILES = st.lists(
    st.tuples(st.sampled_from(["", "CD1/", "CD2/", "CD10/"]), _NAMES), min_size=1, max_size=12, unique=True
)


@given(_FILES, st.randoms(use_true_random=False))
def test_neither_mark_nor_books_depend_on_the_order_of_the_listing(files: list[tuple[str, str]], random: Random):
    def grouped(paths: list[str]) -> list[BookFiles]:
        return list(group_books(listings(*paths)))

    paths = [f"Mara/Salt/{folder}{name}" for folder, name in files]
    first = grouped(paths)
    random.shuffle(paths)
    assert grouped(paths) == first
    assert list(map(quick_mark, grouped(paths))) == list(map(quick_mark, first))


@given(_FILES, _FILES)
def test_marks_differ_where_fingerprints_do(one: list[tuple[str, str]], other: list[tuple[str, str]]):
    books = [
        BookFiles("/lib", "/lib/A", tuple(found(f"/lib/A/{folder}{name}") for folder, name in sorted(files)), ())
        for files in (one, other)
    ]
    assert (quick_mark(books[0]) == quick_mark(books[1])) == (fingerprint(books[0]) == fingerprint(books[1]))


@given(st.lists(st.text(), max_size=8))
def test_disc_names_never_raise(names: list[str]):
    holds_discs(names)


@pytest.mark.parametrize(
    "names",
    [
        ("The Long Winter (Disc 1 of 2)", "The Long Winter (Disc 2 of 2)"),
        ("The Long Winter - CD 01", "The Long Winter - CD 02"),
        ("The Long Winter [CD1of2]", "The Long Winter [CD2of2]"),
    ],
)
def test_disc_folders_of_one_title_give_the_book_its_name(names):
    assert titled_discs(names) == "The Long Winter"


def test_disc_folders_of_two_titles_give_none():
    assert titled_discs(("The Long Winter CD1", "The Salt Road CD2")) is None
    assert titled_discs(("The Long Winter CD1",)) is None
    assert titled_discs(("CD1", "CD2")) is None


def test_discs_beside_other_books_are_one_book():
    folders = ("Iron (Disc 1 of 2)", "Iron (Disc 2 of 2)", "Quiet", "Rain CD1")
    found = {book.path: book for book in group_books(listings(*(f"Ann/{folder}/a.mp3" for folder in folders)))}
    assert set(found) == {"/lib/Ann/Iron (Disc 1 of 2)", "/lib/Ann/Quiet", "/lib/Ann/Rain CD1"}
    iron = found["/lib/Ann/Iron (Disc 1 of 2)"]
    assert iron.read_as == "/lib/Ann/Iron"
    assert [file.path for file in iron.audio] == [f"/lib/Ann/{folder}/a.mp3" for folder in folders[:2]]


def test_folders_that_are_numbers_are_one_book_or_several_and_their_tags_decide():
    (book,) = group_books(listings("Ann/Salt/01/1.mp3", "Ann/Salt/02/1.mp3", "Ann/Salt/cover.jpg"))
    assert (book.path, [one.path for one in book.apart]) == ("/lib/Ann/Salt", ["/lib/Ann/Salt/01", "/lib/Ann/Salt/02"])
    assert [file.path for file in book.audio] == ["/lib/Ann/Salt/01/1.mp3", "/lib/Ann/Salt/02/1.mp3"]
    assert [file.path for file in book.sidecars] == ["/lib/Ann/Salt/cover.jpg"]
    assert len(book.neighbours) == 2


@pytest.mark.parametrize(
    "paths",
    [
        ["Ann/Salt/02/1.mp3", "Ann/Salt/03/1.mp3"],
        ["Ann/Salt/01/1.mp3", "Ann/Salt/1984/1.mp3"],
        ["Ann/Salt/01/Dawn/1.mp3", "Ann/Salt/02/1.mp3", "Ann/Salt/03/1.mp3"],
        ["Ann/Salt/01/1.mp3", "Ann/Salt/02/1.mp3", "Ann/Salt/Winter/1.mp3"],
        ["01/1.mp3", "02/1.mp3"],
    ],
)
def test_other_numbers_are_books_by_themselves(paths):
    assert [book.path for book in group_books(listings(*paths)) if book.apart] == []
    assert len(books(*paths)) == len(paths)


@pytest.mark.parametrize(
    ("changed", "doubtful"),
    [(-3, False), (-1, True), (0, True), (3600, True), (86_300, True), (86_500, False), (-(10**8), False)],
)
@pytest.mark.parametrize("which", ["mtime_ns", "ctime_ns"])
def test_a_file_changed_when_it_is_looked_at_may_hide_another_change(which: str, changed: int, doubtful: bool):
    looked_at = datetime(2026, 3, 1, tzinfo=UTC)
    at = int(looked_at.timestamp() + changed) * 10**9
    (book,) = group_books([Listing("/l", "/l/A", (found("/l/A/1.mp3"), found("/l/A/2.mp3", **{which: at})), (), ())])
    assert may_hide_a_change(book, looked_at) is doubtful
