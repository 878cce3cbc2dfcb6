"""Several books in one folder: parted when certain, and a book of several files never."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.library.files import BookFiles
from mamctl.domain.library.multi_book import are_discs, is_another_book, may_hold_several, read_signs, split_books
from mamctl.domain.library.tags import Tag
from tests.unit.domain.library.test_grouping import found

WORDS = "salt road winter lantern glass harbour quiet stone ember hollow raven thistle marrow copper violet".split()
titles = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True).map(
    lambda words: " ".join(words).title()
)


def tags(**given: str | None) -> dict[Tag, tuple[str, ...]]:
    return {Tag[name.upper()]: (text,) for name, text in given.items() if text}


def are_several(files: dict[str, dict[Tag, tuple[str, ...]]]) -> bool:
    signs = [read_signs(f"/lib/A/{name}", own) for name, own in files.items()]
    return all(is_another_book(new, signs[:place]) for place, new in enumerate(signs))


def book(*names: str, beside: tuple[str, ...] = (), folder: str = "/lib/A") -> BookFiles:
    return BookFiles(
        "/lib", folder, tuple(found(f"/lib/A/{n}") for n in names), tuple(found(f"/lib/A/{n}") for n in beside)
    )


@pytest.mark.parametrize(
    "files",
    [
        {"Alpha Rising.mp3": tags(album="Alpha Rising", artist="Kit Moor"),
         "Omega Falling.mp3": tags(album="Omega Falling", artist="Kit Moor")},
        {"Kit Moor - Alpha Rising.m4b": {}, "Kit Moor - Omega Falling.m4b": {}},
        {"Alpha Rising [B00TEST123].mp3": {}, "Omega Falling [B00TEST456].mp3": {}},
        {"a.mp3": tags(album="Alpha Rising", asin="B00TEST123"), "b.mp3": tags(album="Omega", isbn="9780306406157")},
        {"1 - Alpha Rising.m4b": tags(album="Alpha Rising", artist="Kit Moor"),
         "2 - Omega Falling.m4b": tags(album="Omega Falling", artist="Kit Moor")},
        {"a.m4b": tags(album="Cycle 1: Alpha", asin="B00TEST123"),
         "b.m4b": tags(album="Cycle 2: Omega", asin="B00TEST456")},
    ],
)  # fmt: skip
def test_what_is_certainly_several_books(files):
    assert are_several(files)
    assert may_hold_several(book(*files))


@pytest.mark.parametrize(
    "files",
    [
        {"The Well.mp3": {}, "The House.mp3": {}},  # chapters may be called so
        {"The Well.m4b": {}, "The House.m4b": {}},
        {"Kit Moor - The Well.mp3": {}, "Kit Moor - The House.mp3": {}},
        {"a.mp3": tags(title="The Well", artist="Kit Moor"), "b.mp3": tags(title="The House", artist="Kit Moor")},
        {"a.mp3": tags(album="Foundation", artist="Kit Moor"),
         "b.mp3": tags(album="Foundation and Empire", artist="Kit Moor")},
        {"a.mp3": tags(album="Alpha CD 1", artist="Kit Moor"), "b.mp3": tags(album="Alpha CD 2", artist="Kit Moor")},
        {"a.mp3": tags(album="The Salt Road", artist="X Y"), "b.mp3": tags(album="The Slat Road", artist="X Y")},
        {"01 The Well.mp3": tags(album="The Well", artist="Kit Moor"),
         "02 The House.mp3": tags(album="The House", artist="Kit Moor")},
        {"a.m4b": tags(album="The Well", artist="X Y", track="1/2"),
         "b.m4b": tags(album="Omega", artist="X Y", track="2/2")},
        {"a.m4b": tags(album="Alpha"), "b.m4b": tags(album="Omega")},
        {"a.m4b": tags(album="1984", artist="X Y"), "b.m4b": tags(album="2001", artist="X Y")},
        {"Alpha.m4b": tags(album="Alpha", artist="X Y"), "Alpha.mp3": tags(album="Alpha", artist="X Y")},
        {"a.m4b": tags(album="Alpha", asin="B00TEST123"), "b.m4b": tags(album="Omega", asin="B00TEST123")},
        {"Kit Moor - Alpha.m4b": tags(album="Alpha"), "Kit Moor - Part Two.m4b": {}},
    ],
)  # fmt: skip
def test_what_may_be_one_book(files):
    assert not are_several(files)


ALBUMS = st.sampled_from([
    "{t}", "{t} CD {n}", "{t} (Disc {n})", "{t}, Part {n}", "{t} - Part {n}", "{t} ({n} of {m})", "{t}: Part {w}",
    "{t} - {c}", "{t}: {c}", "{c} ({t})", "{c} - {t}", "{n} - {t}", "{t} Volume {r}", "{t} [Unabridged] {n}",
])  # fmt: skip
NAMES = st.sampled_from([
    "{n:02} - {c}.mp3", "{t} - {n:02}.mp3", "{t} Part {n}.m4b", "{c}.mp3", "{c}.m4b", "Chapter {n}.mp3",
    "X Y - {t} - {c}.m4b", "Track {n}.m4a", "{t} {n} of {m}.opus", "1-{n:02} {c}.flac",
])  # fmt: skip
WORDED, ROMAN = ("One", "Two", "Three", "Four", "Five", "Six"), ("I", "II", "III", "IV", "V", "VI")


@given(titles, st.lists(titles, min_size=2, max_size=6, unique=True), ALBUMS, NAMES, st.booleans())
def test_a_book_of_several_files_is_never_parted(title: str, chapters: list[str], album: str, name: str, tracked: bool):
    """Whatever the chapters are called: its title stands in every album, or its parts count."""
    files = {}
    for n, chapter in enumerate(chapters, 1):
        words = {"t": title, "c": chapter, "n": n, "m": len(chapters), "w": WORDED[n - 1], "r": ROMAN[n - 1]}
        files[name.format(**words)] = tags(
            album=album.format(**words), artist="X Y", title=chapter, track=f"{n}/{len(chapters)}" if tracked else None
        )
    if len(files) > 1:
        assert not are_several(files)


@given(st.lists(titles, min_size=2, max_size=5, unique=True), st.sampled_from([".mp3", ".m4b"]), st.randoms())
def test_the_order_of_the_files_does_not_matter(names: list[str], suffix: str, chance):
    files = [(f"X Y - {name}{suffix}", tags(album=name, artist="X Y")) for name in names]
    shuffled = chance.sample(files, len(files))
    assert are_several(dict(files)) == are_several(dict(shuffled))


@given(st.permutations(WORDS))
def test_whole_books_with_nothing_in_common_are_parted(words: list[str]):
    names = [f"{one} {other}".title() for one, other in zip(words[::2], words[1::2], strict=False)]
    assert are_several({f"{name}.mp3": tags(album=name, album_artist="X Y") for name in names})


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=20))
def test_no_text_stops_the_reading(name: str, text: str, track: str):
    own = dict.fromkeys(Tag, (text,)) | {Tag.TRACK: (track,)}
    one = read_signs(f"/lib/A/{name}.mp3", own)
    is_another_book(one, [read_signs("/lib/A/x.mp3", {}), one])


@given(st.lists(st.sampled_from(WORDS), min_size=2, unique=True), st.lists(st.sampled_from(WORDS), unique=True))
def test_parting_keeps_every_file_once_and_each_sidecar_at_most_once(names: list[str], sidecars: list[str]):
    whole = book(*(f"{n}.mp3" for n in names), beside=tuple(f"{n}.nfo" for n in sidecars))
    parts = split_books(whole)
    assert [file for part in parts for file in part.audio] == list(whole.audio)
    assert all(part.path == part.audio[0].path and part.root == whole.root for part in parts)
    given_out = [file for part in parts for file in part.sidecars]
    assert len(given_out) == len(set(given_out))
    assert {file.path for file in given_out} == {f"/lib/A/{n}.nfo" for n in set(names) & set(sidecars)}


@pytest.mark.parametrize("name", ["metadata.json", "book.opf", "desc.txt", "reader.txt", "release.nfo"])
def test_a_sidecar_that_speaks_for_the_folder_keeps_it_whole(name: str):
    assert not may_hold_several(book("a.m4b", "b.m4b", beside=(name,)))
    assert may_hold_several(book("a.m4b", "b.m4b", beside=("a.nfo", "b.metadata.json", "cover.jpg")))


def test_discs_folders_below_and_single_files_are_left_alone():
    assert not may_hold_several(book("a.m4b"))
    assert not may_hold_several(book("CD1/a.mp3", "CD2/b.mp3"))
    assert not may_hold_several(book("a.m4b", "T/b.m4b"))


@pytest.mark.parametrize(
    ("first", "second", "one_book"),
    [
        ({"album": "Salt", "disc": "1/2", "track": "1"}, {"album": "Salt", "disc": "2/2", "track": "1"}, True),
        ({"album": "Salt", "disc": "1"}, {"album": "salt", "disc": "2"}, True),
        ({"album": "Salt", "track": "1"}, {"album": "Salt", "track": "1"}, False),
        ({"album": "Salt", "disc": "1/2"}, {"album": "Salt"}, False),
        ({"album": "Salt", "disc": "1/1"}, {"album": "Salt", "disc": "1/1"}, False),
        ({"album": "Salt", "disc": "1/2"}, {"album": "Winter", "disc": "2/2"}, False),
        ({"disc": "1/2"}, {"disc": "2/2"}, False),
        (
            {"album": "Salt", "disc": "1", "asin": "B0TESTSALT"},
            {"album": "Salt", "disc": "2", "asin": "B0TESTROAD"},
            False,
        ),
    ],
)
def test_folders_are_discs_where_one_album_counts_them(first, second, one_book):
    signs = [read_signs(f"/lib/A/{place}/01.mp3", tags(**own)) for place, own in enumerate((first, second), 1)]
    assert are_discs(signs) is one_book
    assert are_discs(signs[::-1]) is one_book
