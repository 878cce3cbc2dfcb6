"""No crash point of a pass ever fetches a book twice, files it twice, or loses a reservation."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mamctl.domain.queue.policy import WedgePolicy
from mamctl.domain.queue.states import State
from mamctl.jobs.queue.add import add_torrent
from mamctl.practice.tracker import PracticeTracker, small_world
from mamctl.store.queue.items import find_item, items_under_way, move_item
from mamctl.store.queue.records import filed_files
from tests.kit.bomb import Bomb, Killed, Mined, mined_store
from tests.kit.effort import EFFORT, chance
from tests.kit.member import Member
from tests.kit.practice_fixtures import NOW
from tests.kit.queue_desk import QueueDesk

WEDGE = WedgePolicy(enabled=True, min_size=0, reserve=0)


def make_desk(site: PracticeTracker, home: Path, book: Path, **facts) -> QueueDesk:
    home.mkdir()
    site.world.torrents.clear()
    desk = QueueDesk(Member(site, home))
    torrent = desk.list_book(book, **facts)
    desk.do(lambda context: add_torrent(context, torrent.id))
    return desk


def killed_pass(desk: QueueDesk, bomb: Bomb) -> None:
    """One pass in a process that the bomb may kill."""
    desk.seedbox.trouble = desk.seedbox.after = bomb.step
    try:
        with mined_store(desk.member.store_path, bomb) as db:
            desk.run(db=db, api=Mined(desk.member.api(), bomb))
    finally:
        desk.seedbox.trouble = desk.seedbox.after = lambda call: None


def whole_way(desk: QueueDesk, bomb: Bomb) -> None:
    """Release, download, finish; killed where the bomb says."""
    killed_pass(desk, bomb)
    desk.seedbox.download()
    killed_pass(desk, bomb)


def go_on(desk: QueueDesk, *, download: bool = True) -> None:
    """The next runs; what is unclear and certainly in no client is tried again by you."""
    for _ in range(4):
        desk.member.later(minutes=31)
        desk.run()
        if download:
            desk.seedbox.download()
        if desk.item.state is State.UNCLEAR:
            assert desk.seedbox.adds == []
            with desk.member.store() as db:
                item, later = find_item(db, desk.item.id), desk.member.now() + timedelta(seconds=1)
                move_item(db, item, State.WAITING, "tried again by you", later, info_hash=None, add_sent_at=None)


def check(desk: QueueDesk, at: int) -> None:
    where = f"killed at step {at}: {desk.item.state} {desk.item.reason}"
    assert len(desk.seedbox.adds) == 1, where
    assert desk.item.state == "filed", where
    folders = [path for path in desk.library.rglob("*") if path.is_dir()]
    assert len(folders) == 2, where  # the author and the book
    assert not list(desk.library.glob(".mamctl*")), where
    with desk.member.store() as db:
        assert items_under_way(db) == (), where
        assert len(filed_files(db, desk.item.id)) >= 2, where


def sampled(name: str, share: int) -> range:
    """Every step in `make test-long`, one in `share` of them in CI."""
    stride = 1 if EFFORT > 1 else share
    return range(1 + chance(name).randrange(stride), 1000, stride)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.spec("QUE-1", "QUE-5")
def test_every_crash_point_fetches_and_files_once(tmp_path, book):
    for at in sampled("queue crash", 9):
        with PracticeTracker(small_world(NOW)) as site:
            desk, bomb = make_desk(site, tmp_path / str(at), book), Bomb(at)
            with contextlib.suppress(Killed):
                whole_way(desk, bomb)
            go_on(desk)
            check(desk, at)
        if not bomb.dead:
            break
    assert bomb.steps > 60


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.spec("QUE-1", "QUE-4")
def test_every_crash_point_spends_one_wedge(tmp_path, book):
    for at in sampled("wedge crash", 6):
        with PracticeTracker(small_world(NOW)) as site:
            desk, bomb = make_desk(site, tmp_path / str(at), book, free=False), Bomb(at)
            desk.queue = replace(desk.queue, wedge=WEDGE)
            before = site.world.member.wedges
            with contextlib.suppress(Killed):
                killed_pass(desk, bomb)
            go_on(desk, download=False)
            where = f"killed at step {at}: {desk.item.state} {desk.item.reason}"
            assert site.world.member.wedges >= before - 1, where
            assert len(desk.seedbox.adds) == 1, where
        if not bomb.dead:
            break
    assert bomb.steps > 30
