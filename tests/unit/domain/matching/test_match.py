"""Matching: properties of the score and the verdict, and pairs that no single fuzzy score tells apart."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.matching.match import VerdictKind, judge_match
from mamctl.domain.matching.records import BookQuery, CatalogueRecord
from mamctl.domain.matching.scoring import same_recording, score
from mamctl.domain.metadata.observation import Source
from mamctl.domain.text.series import SeriesEntry

AUTHOR = "Mara Vell"
HOURS = 3600.0


def record(title: str, author: str = AUTHOR, ident: str = "1", **more: object) -> CatalogueRecord:
    """A record of Audible's, unless told otherwise."""
    facts = {"source": Source.AUDIBLE, "id": ident, "title": title, "authors": (author,), **more}
    return CatalogueRecord(**facts)  # type: ignore[arg-type]


def verdict(title: str, other: str, **more: object) -> VerdictKind:
    """The verdict when `other` by the same author is all that a catalogue has."""
    return judge_match(BookQuery(title=title, author=AUTHOR), [record(other, **more)]).kind


SAME = [
    ("The Salt Road", "The Salt Road"),
    ("Salt Road, The", "The Salt Road"),
    ("THE SALT ROAD", "The Salt Road (Unabridged)"),
    ("The Salt Rood", "The Salt Road"),
    ("The_Salt_Road", "The Salt Road"),
    ("The.Salt.Road", "The Salt Road"),
    ("The Sa1t R0ad", "The Salt Road"),
    ("The Salt Road by Mara Vell", "The Salt Road"),
    ("Mara Vell - The Salt Road", "The Salt Road"),
    ("The Salt Road (read by Tom Asher) [64k]", "The Salt Road"),
    ("The Salt Road: A Novel", "The Salt Road"),
    ("The Salt Road (2011)", "The Salt Road"),
    ("The Salt Road [B00TEST123]", "The Salt Road"),
    ("The Salt Road 10th Anniversary Edition", "The Salt Road"),
    ("The Salt Road (Lantern Cycle, #2)", "The Salt Road"),
    ("Lantern Cycle, Book Two - The Salt Road", "The Salt Road"),
    ("Book Two of the Lantern Cycle: The Salt Road", "The Salt Road"),
    ("Salt: The True Story of a Mineral", "Salt"),
    ("Nineteen Eighty-Four", "1984"),
    ("Slaughterhouse 5", "Slaughterhouse-Five"),
    ("11-22-63", "11/22/63"),
    ("2001 - A Space Odyssey", "2001: A Space Odyssey"),
    ("Vell's Law", "Vells Law"),
    ("Bread & Roses", "Bread and Roses"),
    ("Zoë's Café", "Zoes Cafe"),
    ("Nightwatch", "Night Watch"),
    ("Überland", "Uberland"),
    ("The Modem Sea", "The Modern Sea"),
]
OTHER = [
    ("The Salt Road", "The Salt Road 2"),
    ("The Salt Road", "The Salt Road II"),
    ("The Salt Road", "The Salt Road, Book Two"),
    ("The Salt Road", "The Salt Road: Part Two"),
    ("The Salt Road, Vol. 3", "The Salt Road, Vol. 4"),
    ("The Salt Road", "The Salt Road and Empire"),
    ("The Housemaid", "The Housemaid's Secret"),
    ("It", "It Ends with Us"),
    ("Dune", "Dune Messiah"),
    ("The Way of Kings", "The Way of Things"),
    ("Hunter", "Hunters"),
    ("Hunter", "Hunted"),
    ("Star Wars: Thrawn", "Star Wars: Ahsoka"),
    ("The Salt Road", "Summary of The Salt Road"),
    ("The Salt Road", "The Salt Road: A Study Guide"),
    ("The Salt Road", "The Salt Road Trilogy Box Set"),
    ("The Salt Road", "Lantern Cycle Omnibus: Books 1-3"),
    ("The Salt Road", "The Salt Road (Dramatized Adaptation)"),
    ("The Salt Road", "The Salt Road (Part 1 of 2)"),
    ("The Salt Road", "The Salt Road: The Complete Trilogy"),
    ("Second Foundation", "Foundation"),
    ("Seven Nights", "Eight Nights"),
]


@pytest.mark.parametrize(("ours", "theirs"), SAME)
def test_one_book_in_two_spellings_matches(ours: str, theirs: str) -> None:
    assert verdict(ours, theirs) is VerdictKind.MATCH
    assert verdict(theirs, ours) is VerdictKind.MATCH


@pytest.mark.parametrize(("ours", "theirs"), OTHER)
def test_a_near_twin_is_another_book_whatever_else_agrees(ours: str, theirs: str) -> None:
    known = BookQuery(title=ours, author=AUTHOR, narrator="Tom Asher", duration_s=10 * HOURS)
    twin = record(theirs, narrators=("Tom Asher",), duration_s=10 * HOURS)
    assert judge_match(known, [twin]).kind is not VerdictKind.MATCH
    assert score(replace(known, title=theirs), replace(twin, title=ours)).refused


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("Vell, Mara", "Mara Vell", True),
        ("M. Vell", "Mara Vell", True),
        ("Mara J. Vell", "Mara Vell", True),
        ("J.R.R. Tolkien", "J. R. R. Tolkien", True),
        ("JRR Tolkien", "J. R. R. Tolkien", True),
        ("Zoe Bronte", "Zoë Brontë", True),
        ("Juergen Mueller", "Jürgen Müller", True),
        ("Mara Velll", "Mara Vell", True),
        ("Vell", "Mara Vell", True),
        ("Mara Vell, Tom Asher", "Mara Vell", True),
        ("Rob Vell", "Robert Vell", True),
        ("Mona Vell", "Mara Vell", False),
        ("Robert Jordan", "Robert Jackson", False),
        ("Brian Herbert", "Frank Herbert", False),
    ],
)
def test_authors_are_compared_as_names(ours: str, theirs: str, same: bool) -> None:
    found = judge_match(BookQuery(title="The Salt Road", author=ours), [record("The Salt Road", theirs)])
    assert (found.kind is VerdictKind.MATCH) is same


def test_a_pen_name_list_matches_by_one_of_its_names() -> None:
    listed = replace(record("The Salt Road"), authors=("Rob Galt", "Mara Vell"))
    assert judge_match(BookQuery(title="The Salt Road", author="Mara Vell"), [listed]).kind is VerdictKind.MATCH


def test_a_shared_first_part_is_not_enough_when_it_is_the_series() -> None:
    later = record("Mistborn: Secret History", series=(SeriesEntry("Mistborn", "3.5"),))
    first = record("Mistborn: The Final Empire", series=(SeriesEntry("Mistborn", "1"),))
    asked = BookQuery(title="Mistborn", author=AUTHOR)
    assert judge_match(asked, [later]).kind is VerdictKind.AMBIGUOUS
    assert judge_match(asked, [first]).kind is VerdictKind.MATCH


def test_a_book_may_be_called_by_its_place_in_the_series() -> None:
    second = record("The Salt Road", series=(SeriesEntry("Lantern Cycle", "2"),))
    first = record("The Iron Gate", ident="2", series=(SeriesEntry("Lantern Cycle", "1"),))
    found = judge_match(BookQuery(title="Lantern Cycle 2", author=AUTHOR), [first, second])
    assert found.chosen is not None
    assert found.chosen.record is second


def test_recordings_of_one_work_are_kept_apart() -> None:
    asher = record("The Salt Road", narrators=("Tom Asher",), duration_s=10 * HOURS)
    quill = record("The Salt Road", ident="2", narrators=("Ines Quill",), duration_s=12 * HOURS)
    asked = BookQuery(title="The Salt Road", author=AUTHOR)
    assert judge_match(asked, [asher, quill]).kind is VerdictKind.AMBIGUOUS
    for told in (replace(asked, narrator="Ines Quill"), replace(asked, duration_s=12.1 * HOURS)):
        found = judge_match(told, [asher, quill])
        assert found.chosen is not None
        assert found.chosen.record is quill


def test_the_same_recording_in_two_regions_is_no_rival() -> None:
    us = record("The Salt Road", narrators=("Tom Asher",), duration_s=10 * HOURS, asin="B00TEST123", region="us")
    uk = replace(us, id="2", asin="B00TEST999", region="uk")
    assert same_recording(us, uk)
    assert judge_match(BookQuery(title="The Salt Road", author=AUTHOR), [uk, us]).kind is VerdictKind.MATCH


def test_two_books_that_fit_alike_are_left_to_a_person() -> None:
    one = record("Salt", subtitle="The Long Road to the Sea")
    two = record("Salt", ident="2", subtitle="How a Mineral Built the World")
    found = judge_match(BookQuery(title="Salt", author=AUTHOR), [one, two])
    assert found.kind is VerdictKind.AMBIGUOUS
    assert found.chosen is None


def test_an_abridged_recording_is_not_taken_for_the_book() -> None:
    short = record("The Salt Road", abridged=True, duration_s=3 * HOURS)
    asked = BookQuery(title="The Salt Road", author=AUTHOR)
    assert judge_match(asked, [short]).kind is VerdictKind.AMBIGUOUS
    assert judge_match(replace(asked, duration_s=10 * HOURS), [short]).kind is VerdictKind.NONE
    assert judge_match(replace(asked, title="The Salt Road (Abridged)"), [short]).kind is VerdictKind.MATCH


def test_another_language_is_another_recording() -> None:
    german = record("Momo", language="German")
    assert judge_match(BookQuery(title="Momo", author=AUTHOR, language="English"), [german]).kind is VerdictKind.NONE


def test_an_id_decides_between_recordings_but_does_not_make_another_book_the_right_one() -> None:
    asher = record("The Salt Road", narrators=("Tom Asher",), asin="B00TEST123")
    quill = record("The Salt Road", ident="2", narrators=("Ines Quill",), asin="B00TEST999")
    asked = BookQuery(title="The Salt Road", author=AUTHOR, asin="B00TEST999")
    found = judge_match(asked, [asher, quill])
    assert found.chosen is not None
    assert found.chosen.record is quill
    wrong = record("Another Thing Entirely", "Una Fell", asin="B00TEST999")
    assert judge_match(asked, [wrong]).kind is VerdictKind.AMBIGUOUS


def test_isbn_10_and_13_are_one() -> None:
    text = record("The Salt Road", isbn="9780306406157")
    assert score(BookQuery(title="Salt Road", isbn="0306406152"), text).certain


def test_nothing_asked_or_nothing_found_is_no_match() -> None:
    assert judge_match(BookQuery(title="The Salt Road"), []).kind is VerdictKind.NONE
    assert judge_match(BookQuery(), [record("The Salt Road")]).kind is VerdictKind.NONE
    assert judge_match(BookQuery(title="!!!", author=AUTHOR), [record("???")]).kind is VerdictKind.NONE


words = st.sampled_from(
    ["Salt", "Road", "Iron", "Gate", "the", "of", "and", "Two", "2", "Book", "(", ")", ":", "-", ","]
)
titles = st.lists(words, min_size=1, max_size=7).map(" ".join) | st.text(max_size=30)
names = st.sampled_from(["Mara Vell", "Vell, Mara", "Tom Asher", "Una Fell", "M. Vell"])
lengths = st.none() | st.floats(60, 200 * HOURS)
records = st.builds(
    CatalogueRecord,
    source=st.sampled_from([Source.AUDIBLE, Source.GOODREADS, Source.OPEN_LIBRARY]),
    id=st.integers(0, 9).map(str),
    title=titles,
    subtitle=st.none() | titles,
    authors=st.lists(names, max_size=2).map(tuple),
    narrators=st.lists(names, max_size=2).map(tuple),
    series=st.lists(st.builds(SeriesEntry, titles, st.none() | st.sampled_from(["1", "2", "1-3"])), max_size=1).map(
        tuple
    ),
    duration_s=lengths,
    abridged=st.none() | st.booleans(),
    asin=st.none() | st.sampled_from(["B00TEST123", "B00TEST999"]),
)
book_queries = st.builds(
    BookQuery, title=titles, author=st.none() | names, narrator=st.none() | names, duration_s=lengths
)


@given(book_queries, records)
def test_the_score_is_one_less_its_penalties(asked: BookQuery, found: CatalogueRecord) -> None:
    match = score(asked, found)
    taken = sum(penalty.amount for penalty in match.penalties)
    assert match.score == pytest.approx(min(1.0, max(0.0, 1 - taken)), abs=1e-3)


@given(book_queries, st.lists(records, max_size=5), st.randoms())
def test_the_verdict_does_not_depend_on_the_order(asked, found, dice) -> None:
    shuffled = list(found)
    dice.shuffle(shuffled)
    one, other = judge_match(asked, found), judge_match(asked, shuffled)
    assert (one.kind, one.chosen, one.reason) == (other.kind, other.chosen, other.reason)


@given(book_queries, records)
def test_agreeing_evidence_never_lowers_the_score(asked: BookQuery, found: CatalogueRecord) -> None:
    silent = replace(asked, narrator=None, duration_s=None, asin=None, abridged=None)
    agreeing = replace(
        silent,
        narrator=found.narrators[0] if found.narrators else None,
        duration_s=found.duration_s,
        asin=found.asin,
    )
    assert score(agreeing, found).score >= score(silent, found).score


@given(titles, titles, lengths)
def test_a_length_alone_never_makes_a_match(ours: str, theirs: str, length: float | None) -> None:
    asked = BookQuery(title=ours, author=AUTHOR, duration_s=length)
    if judge_match(replace(asked, duration_s=None), [record(theirs)]).kind is VerdictKind.NONE:
        assert judge_match(asked, [record(theirs, duration_s=length)]).kind is not VerdictKind.MATCH


@given(records, records)
def test_being_the_same_recording_is_symmetric(one: CatalogueRecord, other: CatalogueRecord) -> None:
    assert same_recording(one, other) == same_recording(other, one)


@given(records)
def test_a_record_is_the_same_recording_as_itself(one: CatalogueRecord) -> None:
    if one.authors and score(BookQuery(title=one.title, author=one.authors[0]), one).score > 0:
        assert same_recording(one, one)
