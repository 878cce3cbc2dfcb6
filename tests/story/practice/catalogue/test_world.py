"""The made-up world is the same for the same seed, and hangs together."""

from mamctl.domain.text.identifiers import parse_asin, parse_isbn
from mamctl.practice.catalogue.make_world import make_world
from mamctl.practice.catalogue.world import Kinship


def test_one_seed_makes_one_world():
    assert make_world(200, seed=3).works == make_world(200, seed=3).works
    assert make_world(200, seed=3).works != make_world(200, seed=4).works


def test_the_world_has_the_asked_number_of_distinct_books():
    world = make_world(1000)
    assert len(world.works) == 1000
    assert len({(work.title, work.authors) for work in world.works}) == 1000
    assert {work.kinship for work in world.works} == set(Kinship)


def test_identifiers_are_well_formed_and_unique():
    world = make_world(500)
    asins = [asin for recording in world.recordings for _, asin in recording.asins]
    assert len(set(asins)) == len(asins)
    assert all(parse_asin(asin) == asin for asin in asins)
    assert all(parse_isbn(work.isbn) == work.isbn for work in world.works)


def test_series_and_their_works_point_at_each_other():
    world = make_world(500)
    for series in world.series:
        for number in series.work_ids:
            assert series.id in world.by_id[number].series_ids
    assert all(work.twin_of in world.by_id for work in world.works if work.kinship is not Kinship.NONE)
