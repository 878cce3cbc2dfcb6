"""The walk sees every file of a library once, follows no link, and survives what it may not read."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from mamctl.adapters.library.walk import DiskLibrary, find_book_folder, walk_library
from mamctl.domain.library.files import Listing
from mamctl.domain.problem import Problem


def make(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"x")


def walk(root: Path, start: Path | None = None) -> tuple[list[str], list[Problem]]:
    """The audio files below the root, those of one folder in the order of their bytes, and the problems."""
    found = list(walk_library(str(root), str(start) if start else None))
    listings = [item for item in found if isinstance(item, Listing)]
    audio = [path for listing in listings for path in sorted(file.path for file in listing.audio)]
    return [os.path.relpath(path, root) for path in audio], [item for item in found if isinstance(item, Problem)]


def test_folders_come_before_what_is_below_them_in_natural_order(tmp_path: Path):
    make(tmp_path, "B 10/1.mp3", "B 9/9.mp3", "b 9/CD2/1.MP3", "loose.m4b")
    assert walk(tmp_path)[0] == ["loose.m4b", "B 9/9.mp3", "b 9/CD2/1.MP3", "B 10/1.mp3"]


def test_what_is_no_part_of_a_book_is_passed_over(tmp_path: Path):
    make(tmp_path, "A/._1.mp3", "A/.hidden/1.mp3", "@eaDir/1.mp3", "#recycle/x.mp3", "A/film.mkv", "A/1.mp3")
    make(tmp_path, "no/.ignore", "no/1.mp3", "no/deeper/1.mp3")
    os.mkfifo(tmp_path / "A" / "pipe.mp3")
    assert walk(tmp_path) == (["A/1.mp3"], [])


def test_links_are_not_followed(tmp_path: Path):
    library, outside = tmp_path / "lib", tmp_path / "outside"
    make(library, "A/1.mp3")
    make(outside, "x.mp3", "notes.txt")
    (library / "loop").symlink_to(library)
    (library / "A" / "same.mp3").symlink_to(library / "A" / "1.mp3")
    (library / "A" / "notes.txt").symlink_to(outside / "notes.txt")
    (library / "A" / "x.mp3").symlink_to(outside / "x.mp3")
    (library / "out").symlink_to(outside)
    (library / "broken.mp3").symlink_to(tmp_path / "nothing.mp3")
    audio, problems = walk(library)
    assert audio == ["A/1.mp3"]
    assert sorted((problem.code, Path(problem.subject or "").name) for problem in problems) == [
        ("broken_link", "broken.mp3"),
        ("link_outside", "out"),
        ("link_outside", "x.mp3"),
    ]


def test_a_link_to_itself_hides_nothing_beside_it(tmp_path: Path):
    make(tmp_path, "A/1.mp3")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "A" / "loop.mp3").symlink_to("loop.mp3")
    audio, problems = walk(tmp_path)
    assert audio == ["A/1.mp3"]
    assert [(problem.code, problem.subject) for problem in problems] == [
        ("broken_link", str(tmp_path / "A" / "loop.mp3"))
    ]


def test_a_library_may_itself_be_a_link(tmp_path: Path):
    make(tmp_path, "real/A/1.mp3")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert [Path(path).name for path in walk(tmp_path / "link")[0]] == ["1.mp3"]


def test_hard_links_are_known(tmp_path: Path):
    make(tmp_path, "A/1.mp3")
    os.link(tmp_path / "A/1.mp3", tmp_path / "seeded.mp3")
    files = [file for item in walk_library(str(tmp_path)) if isinstance(item, Listing) for file in item.audio]
    assert [file.links for file in files] == [2, 2]
    assert len({file.inode for file in files}) == 1


def test_a_folder_that_vanishes_is_a_problem(tmp_path: Path):
    make(tmp_path, "A/1.mp3", "B/1.mp3")
    steps = walk_library(str(tmp_path))
    next(steps)
    (tmp_path / "A" / "1.mp3").unlink()
    (tmp_path / "A").rmdir()
    kinds = [type(item).__name__ for item in steps]
    assert kinds == ["Problem", "Listing"]


def test_names_of_any_script_and_form_are_kept_as_they_are(tmp_path: Path):
    names = [
        unicodedata.normalize("NFC", "Zoë"),
        unicodedata.normalize("NFD", "Zoë"),
        "愛の本",
        "كتاب",
        "Книга",
        os.fsdecode(b"caf\xe9"),
        "new\nline",
    ]
    make(tmp_path, *(f"{name}/1.mp3" for name in names))
    assert sorted(walk(tmp_path)[0]) == sorted(f"{name}/1.mp3" for name in names)


def test_a_start_below_the_root(tmp_path: Path):
    make(tmp_path, "A/T/CD1/1.mp3", "A/T/CD2/1.mp3", "A/U/1.mp3", "loose.mp3")
    assert walk(tmp_path, tmp_path / "A" / "U")[0] == ["A/U/1.mp3"]
    assert find_book_folder(str(tmp_path), str(tmp_path / "A/T/CD2/1.mp3")) == str(tmp_path / "A/T")
    assert find_book_folder(str(tmp_path), str(tmp_path / "A")) == str(tmp_path / "A")
    assert find_book_folder(str(tmp_path), str(tmp_path / "loose.mp3")) == str(tmp_path / "loose.mp3")


def test_one_file_alone(tmp_path: Path):
    make(tmp_path, "A/1.mp3", "A/2.mp3")
    one = str(tmp_path / "A/1.mp3")
    (listing,) = DiskLibrary.walk(one, one)
    assert isinstance(listing, Listing)
    assert [file.path for file in listing.audio] == [one]


@pytest.mark.parametrize(
    ("names", "read", "reported"),
    [
        (["a.m4b.!qB", "b.m4b"], ["b.m4b"], ["a.m4b.!qB"]),
        (["a.m4b", "a.m4b.aria2"], [], ["a.m4b.aria2"]),
        (["a.mp3.part", "a.mp3", "b.mp3"], ["b.mp3"], ["a.mp3.part"]),
        (["a.M4B.CRDOWNLOAD"], [], ["a.M4B.CRDOWNLOAD"]),
        (["book.part", "a.pdf.part", "x.!qB", "c.mp3"], ["c.mp3"], []),
        ([".a.m4b.part"], [], []),
    ],
)
def test_unfinished_downloads_are_reported_and_not_read(tmp_path, names, read, reported):
    for name in names:
        (tmp_path / name).write_bytes(b"x")
    found = list(walk_library(str(tmp_path)))
    assert [Path(file.path).name for one in found if isinstance(one, Listing) for file in one.audio] == read
    problems = [one for one in found if isinstance(one, Problem)]
    assert [problem.code for problem in problems] == ["unfinished_download"] * bool(reported)
    assert all(name in problem.message for name, problem in zip(reported, problems, strict=True))
