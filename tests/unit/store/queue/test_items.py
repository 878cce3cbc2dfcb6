"""The queue's rows: added once, claimed once, moved by compare-and-set; a freeze and a thaw stamp and lift them."""

from __future__ import annotations

import sqlite3
import threading
from datetime import UTC, datetime, timedelta

import pytest

from mamctl.domain.account.pending import Wanted
from mamctl.domain.library.torrent_contents import ListedFile, TorrentListing
from mamctl.domain.queue.filing import FiledFile
from mamctl.domain.queue.quality import RuleAnswer
from mamctl.domain.queue.slots import SiteBlock
from mamctl.domain.queue.states import State
from mamctl.domain.ratio.reading import RatioReading, RatioSource
from mamctl.errors import LockedError
from mamctl.store.database import open_store
from mamctl.store.migrate import MIGRATIONS, migrate
from mamctl.store.queue.items import (
    AlreadyQueuedError,
    NewItem,
    add_item,
    claim_item,
    find_item,
    list_items,
    move_item,
    note_item,
    open_items,
    remove_item,
)
from mamctl.store.queue.records import (
    failures_in_row,
    filed_files,
    item_history,
    item_verdicts,
    mark_tried,
    read_block,
    record_files,
    record_verdict,
    released_since,
    remember_block,
    remember_saturated,
    tried_torrents,
    upload_speed,
    was_saturated,
)
from mamctl.store.ratio.guard import move_guard, read_guard

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
HASH = "ab" * 20
ROAD = Wanted("The Salt Road", "Mara Vell")


@pytest.fixture
def db(tmp_path):
    db = open_store(tmp_path / "mamctl.db")
    yield db
    db.close()


def queued(db, wanted=ROAD, **facts):
    return find_item(db, add_item(db, NewItem(wanted=wanted, reason="wanted", **facts), NOW))


def claimed(db, item, *, torrent=7, paid=False, most=3):
    return claim_item(
        db, item, NOW, run_id=None, torrent_id=torrent, torrent_title="The Salt Road", paid=paid, free=None,
        size_bytes=100, most_under_way=most, reason="a slot is free",
    )  # fmt: skip


def handed_over(db, item, info_hash=HASH, **facts):
    return move_item(db, claimed(db, item, **facts), State.HANDED_OVER, "seen", NOW, info_hash=info_hash, client="home")


@pytest.mark.spec("QUE-1")
@pytest.mark.parametrize("again", [ROAD, Wanted("Salt Road, The", "mara  VELL"), Wanted("the salt road", "Mara Vell")])
def test_a_book_is_in_the_queue_once(db, again):
    queued(db)
    with pytest.raises(AlreadyQueuedError):
        queued(db, again)
    assert len(list_items(db)) == 1


@pytest.mark.spec("QUE-1")
def test_a_torrent_and_an_info_hash_have_one_item(db):
    handed_over(db, queued(db))
    other = queued(db, Wanted("The Salt King", "Mara Vell"))
    with pytest.raises(AlreadyQueuedError):
        claimed(db, other, torrent=7)
    with pytest.raises(AlreadyQueuedError):
        move_item(db, claimed(db, other, torrent=8), State.HANDED_OVER, "seen", NOW, info_hash=HASH, client="home")


@pytest.mark.spec("QUE-1", "QUE-2")
def test_a_claim_reserves_slot_and_bytes_and_the_last_slot_is_taken_once(db):
    first, second = queued(db), queued(db, Wanted("The Salt King", "Mara Vell"))
    item = claimed(db, first, most=1)
    assert (item.state, item.reserved, item.paid, item.torrent_id) == (State.CLAIMED, 100, False, 7)
    with pytest.raises(LockedError):
        claimed(db, second, torrent=8, most=1)
    assert claimed(db, second, torrent=8, paid=True, most=1).state is State.CLAIMED


@pytest.mark.spec("QUE-1")
def test_two_runs_claim_one_item_once(db, tmp_path):
    item = queued(db)
    won: list[object] = []
    start = threading.Barrier(2)

    def run() -> None:
        own = open_store(tmp_path / "mamctl.db")
        start.wait()
        try:
            won.append(claimed(own, item))
        except LockedError:
            pass
        finally:
            own.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_who_read_an_older_state_changes_nothing(db):
    item = queued(db)
    move_item(db, item, State.HELD, "wait", LATER)
    with pytest.raises(LockedError):
        move_item(db, item, State.FAILED, "late", LATER)
    with pytest.raises(AssertionError):
        move_item(db, find_item(db, item.id), State.FILED, "no such step", LATER)


@pytest.mark.parametrize(
    "change",
    [
        "state = 'handed_over'",
        "state = 'claimed'",
        "state = 'held'",
        "held_state = 'waiting'",
        "state = 'blocked_ratio_emergency', held_state = 'waiting'",
        "state = 'filed', info_hash = 'x', client = 'home'",
        "state = 'wanted'",
        "size_bytes = -1",
    ],
)
def test_the_database_refuses_what_cannot_be(db, change):
    item = queued(db)
    with pytest.raises(sqlite3.IntegrityError):
        db.execute(f"UPDATE queue_items SET {change} WHERE id = {item.id}")


def test_every_change_of_state_is_in_the_history(db):
    item = handed_over(db, queued(db))
    note_item(db, item, progress=0.5)
    assert [(step.from_state, step.to_state, step.reason) for step in item_history(db, item.id)] == [
        (None, State.WAITING, "wanted"),
        (State.WAITING, State.CLAIMED, "a slot is free"),
        (State.CLAIMED, State.HANDED_OVER, "seen"),
    ]


def test_the_contents_are_kept_as_listed(db):
    listing = TorrentListing("B\udce9", (ListedFile("a.m4b", 1), ListedFile("x/b.m4b", 2)))
    item = move_item(db, claimed(db, queued(db)), State.HANDED_OVER, "seen", NOW, info_hash=HASH, client="home", contents=listing)  # fmt: skip # noqa: E501
    assert item.contents.files == listing.files
    assert item.contents.name == "B\\udce9"


def test_a_removed_item_lets_the_book_in_again(db):
    remove_item(db, queued(db), NOW)
    assert list_items(db) == ()
    assert queued(db).state is State.WAITING


def test_a_given_up_book_may_be_replaced_once(db):
    item = move_item(db, queued(db), State.FAILED, "gone", LATER)
    new = NewItem(wanted=ROAD, reason="next", attempt=2, replaces=item.id, book_key=item.book_key)
    add_item(db, new, LATER)
    with pytest.raises(AlreadyQueuedError):
        add_item(db, new, LATER)
    assert [one.attempt for one in open_items(db)] == [2]


@pytest.mark.spec("RAT-4", "RAT-5", "RAT-6")
def test_a_freeze_stamps_paid_downloads_and_the_thaw_lifts_exactly_those(db):
    waiting = queued(db, paid=True)
    running = handed_over(db, queued(db, Wanted("The Salt King", "Mara Vell")), torrent=8, paid=True)
    free = handed_over(db, queued(db, Wanted("A Winter Wood", "Mara Vell")), torrent=9, info_hash="cd" * 20)
    held = move_item(db, queued(db, Wanted("Other", "Mara Vell"), paid=True), State.HELD, "yours", NOW)
    reading = RatioReading(0.97, RatioSource.TRACKER, uploaded=97, downloaded=100)
    move_guard(db, read_guard(db), "the ratio 0.9700 is below the floor 1.00", reading, LATER)
    for item, before in ((waiting, State.WAITING), (running, State.HANDED_OVER)):
        stamped = find_item(db, item.id)
        assert (stamped.state, stamped.held_state) == (State.BLOCKED, before)
        assert (stamped.frozen_at, stamped.frozen_ratio) == (LATER, 0.97)
        assert "below the floor" in stamped.reason
    assert find_item(db, free.id).state is State.HANDED_OVER
    assert find_item(db, held.id).state is State.HELD
    move_guard(db, read_guard(db), "recovered", RatioReading(1.06, RatioSource.TRACKER), LATER + timedelta(hours=1))
    assert find_item(db, waiting.id).state is State.WAITING
    assert find_item(db, running.id).state is State.HANDED_OVER
    assert find_item(db, held.id).state is State.HELD
    assert [step.to_state for step in item_history(db, waiting.id)] == [State.WAITING, State.BLOCKED, State.WAITING]


def test_verdicts_are_kept_by_torrent_and_stage(db):
    item = queued(db)
    rules = (RuleAnswer("codec", False, "mp3", "aac", "mp3 is not among"), RuleAnswer("rating", None, None, "4", "-"))
    record_verdict(db, item.id, 7, "claimed", rules, NOW)
    record_verdict(db, item.id, 7, "claimed", rules[:1], LATER)
    record_verdict(db, item.id, 7, "measured", rules, LATER)
    assert [(v.torrent_id, v.stage, v.rules) for v in item_verdicts(db, item.id)] == [
        (7, "claimed", rules[:1]),
        (7, "measured", rules),
    ]
    mark_tried(db, 7, item.id, "measured mp3", NOW)
    mark_tried(db, 7, item.id, "another word", NOW)
    assert tried_torrents(db) == {7: "measured mp3"}


def test_releases_and_failures_are_counted_from_the_history(db):
    assert (released_since(db, NOW), failures_in_row(db).count) == ((), 0)
    first = handed_over(db, queued(db))
    second = claimed(db, queued(db, Wanted("The Salt King", "Mara Vell")), torrent=8)
    assert released_since(db, NOW) == (NOW, NOW)
    move_item(db, second, State.UNCLEAR, "the answer was lost", LATER)
    move_item(db, first, State.FAILED, "stalled", LATER)
    assert (failures_in_row(db).count, failures_in_row(db).last_at) == (2, LATER)
    move_item(db, find_item(db, second.id), State.WAITING, "tried again by you", LATER)
    assert failures_in_row(db).count == 0


@pytest.mark.spec("QUE-2")
def test_a_block_is_kept_and_not_shortened(db):
    block = SiteBlock(NOW + timedelta(hours=26), "past the limit")
    remember_block(db, block, NOW)
    remember_block(db, SiteBlock(NOW + timedelta(hours=1), "shorter"), NOW)
    assert read_block(db) == block
    remember_block(db, None, NOW)
    assert read_block(db) is None
    remember_saturated(db, True, NOW)
    assert was_saturated(db)


def test_filed_files_are_known_by_their_identity(db):
    item = queued(db)
    files = (FiledFile("/lib/a.m4b", 1, 2, 3, "hardlink"), FiledFile("/lib/metadata.json", 1, 3, 4, "written"))
    record_files(db, item.id, files, NOW)
    assert filed_files(db, item.id) == files
    assert upload_speed(db, NOW) is None


def test_up_and_down_and_up_again(db):
    names = "SELECT name FROM sqlite_master WHERE name LIKE 'queue_%' ORDER BY name"
    before = db.execute(names).fetchall()
    migrate(db, None, MIGRATIONS.index("m0034_queue"))
    assert db.execute(names).fetchall() == []
    migrate(db, None)
    assert db.execute(names).fetchall() == before
