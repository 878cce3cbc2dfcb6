"""Missing volumes: by position or title, omnibuses, announced and side volumes."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.catalogues.series_gaps import OwnedVolume, covered, find_gaps
from mamctl.domain.matching.records import SeriesRecord, SeriesVolume
from mamctl.domain.metadata.observation import Source

TODAY = date(2026, 3, 1)


def series(*places, published="2011"):
    volumes = (SeriesVolume(position=place, title=f"Title {place}", published=published) for place in places)
    return SeriesRecord(source=Source.AUDIBLE, id="S", name="Lantern Cycle", volumes=tuple(volumes))


def own(*places):
    return [OwnedVolume(number, f"Mine {place}", place) for number, place in enumerate(places)]


def test_what_is_not_here_is_missing_in_order():
    gaps = find_gaps("audible", series("10", "1", "2", "3"), own("2"), TODAY)
    assert [volume.position for volume in gaps.missing] == ["1", "3", "10"]


def test_an_omnibus_covers_what_is_in_it():
    assert find_gaps("audible", series("1", "2", "3", "4"), own("1-3"), TODAY).missing[0].position == "4"
    assert covered("1-3") == {"1-3", "1", "2", "3"}


def test_an_omnibus_of_volumes_that_are_here_is_not_missing():
    gaps = find_gaps("audible", series("1", "2", "1-2"), own("1", "2"), TODAY)
    assert gaps.missing == gaps.side == ()


def test_a_title_counts_where_the_position_is_unknown():
    owned = [OwnedVolume(1, "title 2", None)]
    assert [volume.position for volume in find_gaps("audible", series("1", "2"), owned, TODAY).missing] == ["1"]


def test_novellas_and_announced_volumes_are_told_apart():
    assert find_gaps("audible", series("0.5", "1"), own("1"), TODAY).side[0].position == "0.5"
    coming = find_gaps("audible", series("2", published="2027-01-01"), own("1"), TODAY)
    assert (coming.missing, coming.announced[0].position) == ((), "2")


PLACES = st.sampled_from(["1", "2", "3", "4", "0.5", "1-3", None])


@given(st.lists(PLACES, unique=True, max_size=6), st.lists(PLACES, max_size=6))
def test_owning_more_never_means_missing_more(listed, owned):
    record = series(*listed)
    few, many = find_gaps("a", record, own(*owned[:2]), TODAY), find_gaps("a", record, own(*owned), TODAY)
    assert set(many.missing) <= set(few.missing)
    assert {volume.position for volume in many.missing}.isdisjoint(owned)
