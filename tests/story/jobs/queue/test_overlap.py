"""Two passes at once, without the lock between them: whatever the moment, a book is fetched and filed once."""

from __future__ import annotations

import contextlib

import pytest

from mamctl.errors import LockedError
from mamctl.jobs.queue.add import add_torrent
from mamctl.practice.tracker import PracticeTracker, small_world
from mamctl.store.queue.items import items_under_way
from tests.kit.bomb import Mined
from tests.kit.effort import EFFORT, chance
from tests.kit.member import Member
from tests.kit.practice_fixtures import NOW
from tests.kit.queue_desk import QueueDesk

STEPS = 34
"""As many moments before and after a request, or a look at the files, as both passes have."""


class Meeting:
    """At the nth of those moments in one pass another pass runs from its beginning to its end."""

    def __init__(self, desk: QueueDesk, at: int) -> None:
        self.desk, self.at, self.steps, self.within = desk, at, 0, False

    def step(self, *_: object) -> None:
        if self.within:  # the other pass
            return
        self.steps += 1
        if self.steps == self.at:
            self.within = True
            self.desk.run(job="queue elsewhere")
            self.within = False


def passes(desk: QueueDesk, meeting: Meeting) -> None:
    desk.seedbox.trouble = desk.seedbox.after = meeting.step
    desk.wrap = lambda adapter: Mined(adapter, meeting)
    with contextlib.suppress(LockedError):
        desk.run(api=Mined(desk.member.api(), meeting))
    desk.seedbox.trouble = desk.seedbox.after = lambda call: None
    desk.wrap = lambda adapter: adapter


@pytest.mark.long
@pytest.mark.spec("QUE-1")
@pytest.mark.parametrize("place", range(min(STEPS, 4 * EFFORT)))
def test_two_passes_at_once_fetch_and_file_once(tmp_path, book, place):
    points = range(1, STEPS + 1)
    at = points[place] if STEPS <= 4 * EFFORT else chance("overlap").sample(points, 4)[place]
    with PracticeTracker(small_world(NOW)) as site:
        site.world.torrents.clear()
        desk = QueueDesk(Member(site, tmp_path))
        torrent = desk.list_book(book)
        desk.do(lambda context: add_torrent(context, torrent.id))
        meeting = Meeting(desk, at)
        passes(desk, meeting)
        desk.seedbox.download()
        passes(desk, meeting)
        for _ in range(3):
            desk.member.later(minutes=31)
            desk.run()
            desk.seedbox.download()
        assert meeting.steps >= at
        where = f"met at step {at}: {desk.item.state}, {desk.item.reason}"
        assert len(desk.seedbox.adds) == 1, where
        assert desk.item.state == "filed", where
        assert [path.name for path in desk.library.rglob("*.m4b")] == ["The Salt Road.m4b"], where
        with desk.member.store() as db:
            assert items_under_way(db) == (), where


def test_the_second_of_two_runs_of_the_program_stands_back(desk, book):
    torrent = desk.list_book(book)
    desk.do(lambda context: add_torrent(context, torrent.id))
    refused = []

    def run_again(call: str) -> None:
        with pytest.raises(LockedError) as caught:
            desk.run()
        refused.append(caught.value)

    desk.seedbox.after = run_again
    desk.run()
    assert refused
    desk.seedbox.after = lambda call: None
    assert len(desk.seedbox.adds) == 1
