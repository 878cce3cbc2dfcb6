"""Two books that differ in a number are never one, however the number is written, and no words stop the comparison."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.matching.match import VerdictKind, judge_match
from mamctl.domain.matching.records import BookQuery, CatalogueRecord
from mamctl.domain.matching.words import compare_words, unmatched
from mamctl.domain.metadata.observation import Source
from mamctl.domain.text.series import SeriesEntry

TITLES = st.sampled_from(["The Salt Road", "Lantern Cycle", "Winterlight", "A Song of the Mill"])
SHAPES = st.sampled_from(
    ["{title} {n}", "{title}, Book {n}", "{title}, Vol. {n}", "{title}: Volume {n}", "{title} #{n}", "{title} - {n}",
     "{title} (Lantern Cycle {n})", "{title} (Lantern Cycle, Book {n})", "{title} Part {n} of 9", "{title} ({n} of 9)",
     "Lantern Cycle {n}: {title}", "Book {n}: {title}"]
)  # fmt: skip
NUMBERS = st.integers(2, 9)
WORDS = st.lists(
    st.sampled_from(["ta", "tata", "the", "2", "two", "ii", "road", "roads", "of", "мир", "x"]), max_size=6
)


@pytest.mark.spec("META-8")
@given(TITLES, SHAPES, SHAPES, NUMBERS, NUMBERS)
def test_titles_that_differ_in_a_number_never_match(title: str, ours: str, theirs: str, one: int, other: int):
    if one == other:
        return
    query = BookQuery(
        title=ours.format(title=title, n=one), author="Mara Vell", narrator="Tom Asher", duration_s=36_000
    )
    record = CatalogueRecord(
        source=Source.AUDIBLE, id="1", title=theirs.format(title=title, n=other), authors=("Mara Vell",),
        narrators=("Tom Asher",), duration_s=36_000,
    )  # fmt: skip
    assert judge_match(query, [record]).kind is not VerdictKind.MATCH


@pytest.mark.spec("META-8")
@given(TITLES, NUMBERS, NUMBERS)
def test_volumes_of_one_name_never_match(name: str, one: int, other: int):
    def series(number: int) -> tuple[SeriesEntry, ...]:
        return (SeriesEntry(name, str(number)),)

    query = BookQuery(title=name, author="Mara Vell", series=series(one)[0])
    record = CatalogueRecord(source=Source.AUDIBLE, id="1", title=name, authors=("Mara Vell",), series=series(other))
    matched = judge_match(query, [record]).kind is VerdictKind.MATCH
    assert matched == (one == other)


@given(WORDS, WORDS)
def test_no_words_stop_a_comparison_and_its_amount_is_the_same_both_ways(left: list[str], right: list[str]):
    ours, theirs = tuple(left), tuple(right)
    unmatched(ours, theirs)
    amounts = [sorted(p.amount for p in compare_words(a, b)) for a, b in ((ours, theirs), (theirs, ours))]
    assert amounts[0] == amounts[1]
