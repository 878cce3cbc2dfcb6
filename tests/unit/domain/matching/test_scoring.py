"""What is ruled out early is refused by the whole comparison too, and scores no more than was said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.matching.people import compare_authors
from mamctl.domain.matching.records import BookQuery, CatalogueRecord
from mamctl.domain.matching.scoring import Candidate, score
from mamctl.domain.metadata.observation import Source
from mamctl.domain.text.series import SeriesEntry

WORDS = (
    "the a of and to on by der la salt salty road roads rood night watch nightwatch doctor dr hunter two twelve "
    "twellve book novel part one it prince princess summary mara vell king ring toy teh ubermut uebermut "
    "forty fourty 40 hundred second 7"
).split()
NAMES = ("Mara Vell", "M. Vell", "Vell, Mara", "Mara Bell", "Mara Mueller", "Mara Müller", "Bob Stone", "Robert Stone",
         "Ursula K. Le Guin", "Ursula LeGuin", "Dante", "Dante Alighieri", "JRR Quill", "J. R. R. Quill",
         "Фёдор Достоевский", "Fyodor Dostoevsky")  # fmt: skip
titles = st.lists(st.sampled_from([*WORDS, *map(str.title, WORDS), ":", "-", "(", ")", ",", "2"]), max_size=7).map(
    " ".join
)
names = st.sampled_from(NAMES)
series = st.none() | st.builds(SeriesEntry, titles.filter(bool), st.sampled_from([None, "1", "2", "1-3"]))


@given(
    st.builds(BookQuery, title=titles, author=st.none() | names, narrator=st.none() | names, series=series,
              duration_s=st.sampled_from([None, 600.0, 36000.0]), language=st.sampled_from([None, "English"])),
    st.builds(CatalogueRecord, source=st.just(Source.AUDIBLE), id=st.just("B000000001"), title=titles.filter(bool),
              subtitle=st.none() | titles.filter(bool), authors=st.lists(names, max_size=2).map(tuple),
              narrators=st.lists(names, max_size=2).map(tuple), duration_s=st.sampled_from([None, 620.0, 36100.0]),
              series=st.lists(series.filter(bool), max_size=1).map(tuple),
              language=st.sampled_from([None, "German"])),
)  # fmt: skip
def test_what_is_ruled_out_is_refused_and_scores_no_more_than_its_ceiling(asked, record) -> None:
    candidate, whole = Candidate(asked, record), score(asked, record)
    assert whole.score <= candidate.ceiling
    assert not candidate.ruled_out or whole.refused
    assert (candidate.match, candidate.other_work) == (whole, whole.other_work)


@given(names, names)
def test_names_without_a_related_word_are_two_persons(one, other) -> None:
    first, second = compare_authors((one,), (other,)), compare_authors((other,), (one,))
    assert [penalty.amount for penalty in first] == [penalty.amount for penalty in second]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("Mara Mueller", "Mara Müller"), ("Bob Stone", "Robert Stone"), ("Ursula K. Le Guin", "Ursula LeGuin"),
     ("Dante", "Dante Alighieri"), ("JRR Quill", "J. R. R. Quill"), ("Mara Vell", "Mara Bell"),
     ("Fyodor Dostoevsky", "Фёдор Достоевский")],
)  # fmt: skip
def test_spellings_of_one_name_are_not_ruled_out(ours, theirs) -> None:
    record = CatalogueRecord(source=Source.GOODREADS, id="1", title="The Salt Road", authors=(theirs,))
    assert not Candidate(BookQuery(title="The Salt Road", author=ours), record).ruled_out


def test_another_author_or_no_word_in_common_rules_out() -> None:
    asked = BookQuery(title="The Salt Road", author="Mara Vell")
    record = CatalogueRecord(source=Source.GOODREADS, id="1", title="The Salt Road", authors=("Orla Penn",))
    assert Candidate(asked, record).ruled_out
    assert Candidate(asked, replace(record, title="A Quiet Harbour", authors=("Mara Vell",))).ruled_out
    assert not Candidate(asked, replace(record, title="Saltroad", authors=("Mara Vell",))).ruled_out


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("The Salt Road", "The Winter Key"), ("Road 7", "Winter Key 7"), ("Forty Hunters", "The Winter Key")],
)
def test_another_book_of_the_series_is_ruled_out(ours, theirs) -> None:
    asked = BookQuery(title=ours, author="Mara Vell", series=SeriesEntry("Lantern Cycle", "2"))
    entry = SeriesEntry("Lantern Cycle", "3")
    record = CatalogueRecord(source=Source.AUDIBLE, id="B1", title=theirs, authors=("Mara Vell",), series=(entry,))
    assert Candidate(asked, record).ruled_out


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("The Salt Road", "Lantern Cycle, Book 2"), ("Forty Hunters", "40 Hunters"), ("Night 2 Watch", "Nightwatch 2"),
     ("Twellve Roads", "Twelve Roads"), ("1984", "The Winter Key")],
)  # fmt: skip
def test_what_may_be_named_by_its_series_or_number_is_left_to_the_comparison(ours, theirs) -> None:
    asked = BookQuery(title=ours, author="Mara Vell", series=SeriesEntry("Lantern Cycle", "2"))
    record = CatalogueRecord(source=Source.AUDIBLE, id="B1", title=theirs, authors=("Mara Vell",))
    assert not Candidate(asked, record).ruled_out
