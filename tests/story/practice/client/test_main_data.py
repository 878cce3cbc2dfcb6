"""Main data: whatever happens between two answers, the changes lead to what a whole answer says."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mamctl.adapters.qbittorrent.main_data import Mirror, is_next, merge_main_data
from mamctl.practice.client import ClientWorld, Torrent
from mamctl.practice.client.main_data import Session, changes, show_all
from mamctl.practice.clock import PracticeClock
from tests.kit.practice_fixtures import NOW

torrents = st.builds(
    Torrent,
    name=st.sampled_from("abcdef"),
    size=st.just(1000),
    left=st.sampled_from([0, 0, 300, 1000]),
    category=st.sampled_from(["", "books", "music"]),
    tags=st.sets(st.sampled_from(["kept", "later"])),
    trackers=st.lists(st.sampled_from(["http://a.example/1", "http://b.example/2"]), unique=True),
    stopped=st.booleans(),
    forced=st.booleans(),
    over=st.sampled_from(["", "", "checking", "moving"]),
    uploaded=st.integers(0, 9),
)
shelves = st.dictionaries(st.sampled_from("abcdef"), torrents).map(lambda found: list(found.values()))


def world_of(shelf: list[Torrent]) -> ClientWorld:
    world = ClientWorld(PracticeClock(NOW), uploaded=sum(torrent.uploaded for torrent in shelf))
    world.add(*shelf)
    return world


def mirrored(answer: dict[str, Any], before: Mirror | None = None) -> Mirror:
    return merge_main_data(before or Mirror(), answer)


@given(st.lists(st.tuples(shelves, st.booleans()), min_size=1, max_size=5))
def test_the_changes_lead_to_the_whole(days: list[tuple[list[Torrent], bool]]) -> None:
    """Answers get lost on the way: then the same number is sent again, and everything asked for once that is seen."""
    session, mirror = Session("one"), Mirror()
    for shelf, lost in days:
        world = world_of(shelf)
        answer = session.answer(mirror.rid, show_all(world))
        if lost:
            continue
        if mirror.rid and not is_next(answer["rid"], mirror.rid):
            answer = session.answer(0, show_all(world))
        mirror = mirrored(answer, mirror)
        whole = mirrored(Session("another").answer(0, show_all(world)))
        assert mirror.rows == whole.rows
        assert mirror.server == whole.server
        assert mirror.hosts() == whole.hosts()


def test_nothing_new_is_nothing_but_a_number() -> None:
    session, shown = Session("one"), show_all(world_of([Torrent("a", 1000)]))
    assert session.answer(0, shown)["full_update"] is True
    assert session.answer(1, shown) == {"rid": 2}
    assert session.answer(1, shown) == {"rid": 3}, "one behind is heard as well"
    assert session.answer(99_999, shown)["full_update"] is True


def test_of_what_was_lost_only_the_last_change_of_a_torrent_is_repeated() -> None:
    """As 5.1 has it: what the lost answer said of the tags is never said again."""
    torrent = Torrent("a", 1000)
    world = world_of([torrent])
    session = Session("one")
    session.answer(0, show_all(world))
    torrent.tags.add("kept")
    assert session.answer(1, show_all(world))["torrents"] == {torrent.hash: {"tags": "kept"}}
    assert session.answer(1, show_all(world))["torrents"] == {torrent.hash: {"tags": "kept"}}
    torrent.category = "books"
    assert session.answer(1, show_all(world))["torrents"] == {torrent.hash: {"category": "books"}}


def test_what_went_is_named() -> None:
    a, b = Torrent("a", 1000, tags={"kept"}, category="books"), Torrent("b", 1000)
    said = changes(show_all(world_of([a, b])), show_all(world_of([b])))
    assert said == {
        "torrents_removed": [a.hash],
        "categories_removed": ["books"],
        "tags_removed": ["kept"],
        "trackers": {b.trackers[0]: [b.hash]},
    }
