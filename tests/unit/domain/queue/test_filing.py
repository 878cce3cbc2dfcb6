"""Filing: the path as Audiobookshelf reads it, names that every system takes, files that keep apart and in order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.queue.filing import FiledBook, file_path, plan_filing, safe_name, template_fault

BOOK = FiledBook(author="Mara Vell", title="The Salt Road", series="Lantern Cycle", position="2", narrator="Ann Reader")


def test_the_default_is_audiobookshelfs():
    assert file_path(BOOK) == "Mara Vell/Lantern Cycle/2 - The Salt Road {Ann Reader}"


@pytest.mark.parametrize(
    ("lacking", "path"),
    [
        ({"series": None, "position": None}, "Mara Vell/The Salt Road {Ann Reader}"),
        ({"series": None}, "Mara Vell/The Salt Road {Ann Reader}"),
        ({"position": None}, "Mara Vell/Lantern Cycle/The Salt Road {Ann Reader}"),
        ({"narrator": None}, "Mara Vell/Lantern Cycle/2 - The Salt Road"),
        ({"series": "", "narrator": " "}, "Mara Vell/The Salt Road"),
    ],
)
def test_an_empty_part_leaves_nothing_behind(lacking, path):
    values = {name: getattr(BOOK, name) for name in ("author", "title", "series", "position", "narrator")} | lacking
    assert file_path(FiledBook(**values)) == path


def test_a_template_of_your_own():
    assert file_path(BOOK, "{series}/{title} ({year}) [{language}]/{{narrator}}") == (
        "Lantern Cycle/The Salt Road/{Ann Reader}"
    )
    assert file_path(BOOK, "{author} - {title}") == "Mara Vell - The Salt Road"


@pytest.mark.parametrize(
    ("template", "faulty"),
    [
        ("{author}/{title}", False),
        ("{author}/{name}/{title}", True),
        ("/srv/{title}", True),
        ("../{title}", True),
        ("{author}", True),
    ],
)
def test_a_template_is_checked(template, faulty):
    assert bool(template_fault(template)) is faulty


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("AC/DC: A Life?", "AC-DC - A Life"),
        ("...And Then", "And Then"),
        ("CON", "_CON"),
        ("nul.m4b", "_nul.m4b"),
        ("Title. ", "Title"),
        ("..", ""),
        ("a\x00b\x1fc", "a b c"),
        ("Pipi\udce9", "Pipié"),
        ("Book #2", "Book #2"),
    ],
)
def test_a_name_that_every_system_takes(name, safe):
    assert safe_name(name) == safe


def test_a_long_name_keeps_its_suffix_and_its_letters():
    name = safe_name("ё" * 300 + ".m4b")
    assert name.endswith(".m4b")
    assert len(name.encode()) <= 240


@given(st.text(max_size=400))
def test_no_name_is_hostile(text):
    name = safe_name(text)
    assert "/" not in name
    assert name not in (".", "..")
    assert len(name.encode()) <= 241
    assert name == name.strip(". ")


@given(
    st.builds(
        FiledBook, author=st.text(max_size=60), title=st.text(max_size=60), series=st.none() | st.text(max_size=9)
    )
)
def test_no_path_leads_out_of_the_library(book):
    parts = file_path(book).split("/")
    assert all(part not in (".", "..") for part in parts)
    assert not file_path(book).startswith("/")


def test_discs_and_tracks_stay_together_and_in_order():
    files = ["Book/Disc 1/Track 01.mp3", "Book/Disc 1/Track 02.mp3", "Book/Disc 2/Track 01.mp3", "Book/cover.jpg"]
    plan = plan_filing(BOOK, "/data", files)
    assert plan.folder == file_path(BOOK)
    assert {link.source: link.target for link in plan.links} == {
        "/data/Book/Disc 1/Track 01.mp3": "Disc 1/Track 01.mp3",
        "/data/Book/Disc 1/Track 02.mp3": "Disc 1/Track 02.mp3",
        "/data/Book/Disc 2/Track 01.mp3": "Disc 2/Track 01.mp3",
        "/data/Book/cover.jpg": "cover.jpg",
    }


def test_a_single_file_lies_in_the_books_folder():
    plan = plan_filing(BOOK, "/data", ["The Salt Road.m4b"])
    assert [(link.source, link.target) for link in plan.links] == [("/data/The Salt Road.m4b", "The Salt Road.m4b")]


def test_an_ebook_beside_the_audio_is_filed_with_it():
    plan = plan_filing(BOOK, "/data", ["Book/book.m4b", "Book/book.epub"])
    assert [link.target for link in plan.links] == ["book.epub", "book.m4b"]


@given(st.lists(st.text(st.characters(exclude_characters="/\x00"), min_size=1, max_size=8), max_size=8, unique=True))
def test_two_files_never_fall_together(names):
    plan = plan_filing(BOOK, "/data", [f"Book/{name}" for name in names])
    targets = [link.target.casefold() for link in plan.links]
    assert len(set(targets)) == len(targets) == len(names)
