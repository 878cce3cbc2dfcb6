"""TitleVariant titles: what is the name, what stands beside it; and that no text breaks it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.matching.queries import search_forms
from mamctl.domain.matching.records import BookQuery
from mamctl.domain.matching.title_markers import EditionMarker
from mamctl.domain.matching.title_variants import _read_title, read_title
from mamctl.domain.matching.words import compare_words
from mamctl.domain.text.numbers import as_number, split_numbers
from mamctl.domain.text.title_words import words_of


@pytest.mark.parametrize(
    ("text", "main_titles", "position"),
    [
        ("The Salt Road (Lantern Cycle, #2)", {"the salt road"}, "2"),
        ("The Salt Road (Lantern Cycle #0.1 - 0.4)", {"the salt road"}, "0.1-0.4"),
        ("02 - The Salt Road", {"the salt road"}, "2"),
        ("2. The Salt Road", {"the salt road"}, "2"),
        ("Book Two of the Lantern Cycle: The Salt Road", {"the salt road", "lantern cycle"}, "2"),
        ("Lantern Cycle, Band Zwei - The Salt Road", {"the salt road", "lantern cycle"}, "2"),
        ("The Jungle Book", {"the jungle book"}, None),
        ("The No. 1 Ladies' Detective Agency", {"the no 1 ladies detective agency"}, None),
        ("Mistborn: The Final Empire", {"mistborn", "the final empire"}, None),
    ],
)
def test_name_and_place_in_the_series(text: str, main_titles: set[str], position: str | None) -> None:
    variants = read_title(text).variants
    assert main_titles <= {" ".join(variant.main_title) for variant in variants}
    assert variants[0].position == position


@pytest.mark.parametrize(
    ("text", "markers"),
    [
        ("The Salt Road (Unabridged)", {EditionMarker.UNABRIDGED}),
        ("The Salt Road [Abridged]", {EditionMarker.ABRIDGED}),
        ("The Salt Road (Dramatized Adaptation)", {EditionMarker.DRAMATIZED}),
        ("Lantern Cycle Box Set: Books 1-3", {EditionMarker.OMNIBUS}),
        ("Summary of The Salt Road", {EditionMarker.ABOUT}),
        ("The Salt Road", set()),
    ],
)
def test_what_kind_of_thing_it_is(text: str, markers: set[EditionMarker]) -> None:
    assert read_title(text).markers == markers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Nineteen Eighty-Four", ("1984",)),
        ("Catch Twenty-Two", ("22",)),
        ("One Hundred Years", ("100",)),
        ("Twenty Thousand Leagues", ("20000",)),
        ("The Third Man", ("3",)),
        ("Henry VIII", ("8",)),
        ("11/22/63", ("11", "22", "63")),
        ("Vol. 1.50", ("1.5",)),
        ("Mix and Civil", ()),
    ],
)
def test_numbers_in_every_spelling(text: str, numbers: tuple[str, ...]) -> None:
    assert split_numbers(words_of(text)).numbers == numbers


@given(st.text(max_size=80), st.frozensets(st.sampled_from(["mara", "vell"])))
def test_any_text_can_be_read(text: str, people: frozenset[str]) -> None:
    found = read_title(text, people)
    assert found.variants
    assert found == read_title(text, people)


pieces = st.lists(
    st.sampled_from(["Salt Road", "Mara", "Vell", "Mara Vell", " by ", " of ", " - ", ": ", "(", ")", "&"])
)


@given(pieces.map(" ".join), st.frozensets(st.sampled_from(["mara", "vell", "and", "road", "salt"])))
def test_a_title_without_these_names_is_read_once_for_all(text: str, people: frozenset[str]) -> None:
    assert read_title(text, people) == _read_title(text, people).found


@given(st.text(max_size=60))
def test_a_name_is_like_itself_in_any_case(text: str) -> None:
    words = words_of(text)
    if words:
        assert compare_words(words, words_of(text.swapcase())) == () or text.swapcase().swapcase() != text


names = st.lists(
    st.sampled_from(["salt", "road", "roads", "rood", "the", "of", "two", "2", "night", "watch", "nightwatch"])
)


@given(names.map(tuple), names.map(tuple))
def test_comparing_names_is_symmetric(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert sum(p.amount for p in compare_words(one, other)) == pytest.approx(
        sum(p.amount for p in compare_words(other, one))
    )


@given(st.text(max_size=12))
def test_no_word_breaks_the_search_for_numbers(word: str) -> None:
    number = as_number(word)
    assert number is None or float(number) >= 0


@given(st.none() | st.text(max_size=60), st.none() | st.text(max_size=40))
def test_a_question_has_a_few_wordings_and_none_without_a_title(title: str | None, author: str | None) -> None:
    forms = tuple(search_forms(BookQuery(title=title, author=author)))
    assert 1 <= len(forms) <= 5
    assert len(set(forms)) == len(forms)
    wordless = not any(char.isalnum() for char in title or "")
    assert all(form.title or wordless for form in forms)


def test_a_file_name_is_asked_for_by_the_name_in_it() -> None:
    forms = tuple(search_forms(BookQuery(title="Vell, Mara - The Salt Road (Unabridged)", author="Vell, Mara")))
    assert (forms[0].title, forms[0].author) == ("the salt road", "Mara Vell")


@pytest.mark.parametrize(
    "title",
    ["02 The Salt Road", "Lantern Cycle 02 The Salt Road", "The Salt Road, Lantern Cycle Book 2"],
)
def test_a_series_without_a_separator_is_taken_off_a_question(title: str) -> None:
    assert "the salt road" in {(form.title or "").lower() for form in search_forms(BookQuery(title=title))}
