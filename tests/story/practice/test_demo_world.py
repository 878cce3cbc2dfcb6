"""The demo site is believable, complete and always the same."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from mamctl.domain.site.categories import CATEGORY_BY_ID
from mamctl.practice.tracker import PracticeTracker, demo_world
from mamctl.practice.tracker.memory import freeze
from tests.kit.practice_fixtures import NOW, Visitor


def test_the_shelves():
    world = demo_world(NOW)
    torrents = list(world.torrents.values())
    free = Counter(torrent.category for torrent in torrents if torrent.free)
    assert len(torrents) > 300
    assert {torrent.category for torrent in torrents} == set(CATEGORY_BY_ID)
    assert free.total() > 100
    assert len(free) > 50
    assert any(torrent.vip_expire for torrent in torrents)
    assert not any(torrent.free and torrent.vip for torrent in torrents)
    assert any(not torrent.free and not torrent.vip for torrent in torrents)
    assert all(torrent.added < NOW for torrent in torrents)


def test_the_member():
    member = demo_world(NOW).member
    assert member.vip_until == NOW + timedelta(days=40)
    assert member.points == 12_500
    assert member.uploaded / member.downloaded == 1.9


def test_it_is_the_same_every_time():
    assert freeze(demo_world(NOW)) == freeze(demo_world(NOW))


def test_one_broad_search_finds_every_pick():
    with PracticeTracker(demo_world(NOW)) as tracker:
        answer = Visitor(tracker).search(root={"perpage": 1000}, searchType="fl", cat=["0"])
    assert answer["found"] == len(answer["data"]) > 100
