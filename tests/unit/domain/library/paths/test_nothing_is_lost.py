"""Every word of a path is in a field or reported as left over, however the path is written."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.library.paths.left_over import left_over
from mamctl.domain.library.paths.listing import read_listing
from mamctl.domain.library.paths.reading import ReadPath, read_path
from mamctl.domain.text.names.pieces import tidy_name
from mamctl.domain.text.normalize import fold
from mamctl.domain.text.numbers import as_number

# Made up, and written as programs and people write them.
PATHS = [
    "Mara Vell/Lantern Cycle/02 - The Salt Road",
    "Mara Vell/Lantern Cycle/Book 2 - The Salt Road {Tom Asher}",
    "Mara Vell/The Salt Road (2011) [Unabridged] 64k mp3",
    "Mara Vell - The Salt Road - Lantern Cycle, Book 2 [B0SALTROAD]",
    "Vell, Mara/[Lantern Cycle 02] - 2011 - The Salt Road (read by Tom Asher)",
    "Mara.Vell.-.Lantern.Cycle.02.-.The.Salt.Road.2011.UNABRIDGED.AUDIOBOOK-GRP",
    "Lantern Cycle/The Salt Road (Lantern Cycle #2) - Mara Vell [Audible]",
    "Fantasy/Mara Vell/Lantern Cycle 1-4 (Tom Asher)/02 The Salt Road/Unabridged/CD 1",
    "Mara Vell & Jo Penn - The Salt Road - A Lantern Mystery",
    "MaraVell-TheSaltRoad",
    "Bücher/Ina Quill/Die Salzstraße (Laternen 2)/gelesen von Tom Asher",
    "Ina Quill - Salzstraße, Teil 2 von 3 (ungekürzt)",
    "Мара Велл/Цикл Фонаря 2 - Соляная дорога (читает Иван Ивлев)",
    "马拉/灯笼 02 盐路",
    "Audiobooks/The Complete Lantern Collection Books 1-8/3. The Salt Road [Disc 2 of 9]",
    "Mara Vell/1984 Salt Roads and 7 Winters (1999) {Ann Roe} 128kbps",
    "Lantern Cycle, Vol. 2 (light novel) by Mara Vell {mb}[x]",
]

letters = st.text(alphabet="abcdeXYZäß -–_.,()[]{}#'&0123456789/", max_size=60)


def lost(path: str, read: ReadPath | None) -> set[str]:
    """The words that are in no field and not reported."""
    if read is None:
        return set()
    best, facts = read.readings[0], read.facts
    people = (*best.authors, *best.named_authors, *best.narrators)
    series = (text for entry in best.series for text in (entry.name, entry.position or ""))
    values = (
        best.title,
        best.subtitle,
        *people,
        *series,
        best.year,
        facts.asin,
        facts.isbn,
        facts.language,
        read.house,
    )
    held = fold(" ".join([*(str(value) for value in values if value), *left_over(read)]))
    joined = held.replace(" ", "")
    numbers = {as_number(word) for word in held.split()}
    return {
        word
        for segment in path.split("/")
        for text in re.findall(r"[^\W_]+", tidy_name(segment))
        for word in fold(text).split()
        if word not in joined and as_number(word) not in numbers and word not in UNDERSTOOD
    }


# They say what another word is: a position, a reader, an author, an abridged recording.
UNDERSTOOD = set("book books bk band teil vol von of read by gelesen читает and & unabridged ungekurzt".split())


@pytest.mark.spec("META-1")
@pytest.mark.parametrize("path", PATHS)
def test_every_word_of_a_path_is_in_a_field_or_left_over(path: str):
    assert lost(path, read_path(path)) == set()


@pytest.mark.spec("META-1")
@given(letters)
def test_every_word_of_any_path_is_in_a_field_or_left_over(path: str):
    assert lost(path, read_path(path)) == set()


AUTHORS = ["Mara Vell", "J. R. Penn", "Inés Quill", "Tom Asher & Ann Roe"]
SERIES = ["Lantern Cycle", "The Harbour Saga", "Winter's Gate Chronicles"]
TITLES = ["The Salt Road", "Under Copper Skies", "A Song of the Mill", "Winterlight"]
SHAPES = [
    "{author}/{series}/{place:02} - {title}",
    "{author}/{series}/Book {place} - {title} ({year})",
    "{author}/{series} {place:02} - {title}",
    "{author} - {series} {place:02} - {title}",
    "{author}/{title} ({series}, Book {place})",
    "{author} - {title} ({series} #{place}) ({year})",
    "{series}/{author} - {series} {place} - {title}",
]


@pytest.mark.spec("META-1")
@given(
    st.sampled_from(AUTHORS), st.sampled_from(SERIES), st.sampled_from(TITLES),
    st.integers(1, 30), st.integers(1950, 2025), st.sampled_from(SHAPES),
)  # fmt: skip
def test_usual_names_leave_nothing_over(author: str, series: str, title: str, place: int, year: int, shape: str):
    read = read_path(shape.format(author=author, series=series, title=title, place=place, year=year))
    assert read is not None
    assert left_over(read) == ()
    best = read.readings[0]
    assert best.title == title
    assert [(entry.name, entry.position) for entry in best.series] == [(series, str(place))]


@pytest.mark.spec("META-1")
@given(st.permutations(PATHS))
def test_the_order_of_a_listing_does_not_matter(paths: list[str]):
    read = {one.path: one.readings[0] for one in read_listing(paths) if one}
    assert read == {one.path: one.readings[0] for one in read_listing(PATHS) if one}


@pytest.mark.spec("META-1")
@given(st.sampled_from(TITLES), st.integers(1, 40), st.integers(1, 40), st.sampled_from(
    ["{title} {n}", "{title}, Vol. {n}", "{title} Part {n}", "{title} ({n} of 50)", "Book {n} - {title}",
     "{title} #{n}", "Mara Vell/{title}/{n}", "Mara Vell - {title} {n}", "{title} - Teil {n}", "{title} Band {n}"]
))  # fmt: skip
def test_names_that_differ_in_a_number_are_never_read_alike(title: str, one: int, other: int, shape: str):
    read = [read_path(shape.format(title=title, n=number)) for number in (one, other)]
    facts = [(r.readings[0].title, r.readings[0].series, r.readings[0].subtitle, left_over(r)) for r in read if r]
    assert (facts[0] == facts[1]) == (one == other)
