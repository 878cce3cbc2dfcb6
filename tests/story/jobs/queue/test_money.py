"""Money: the guard's word, the ratio after it, wedges, the site's limit and its block."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta

import pytest

from mamctl.domain.account.pending import Wanted
from mamctl.domain.queue.policy import WedgePolicy
from mamctl.domain.ratio.reading import RatioReading, RatioSource
from mamctl.errors import UsageError
from mamctl.jobs.queue.add import add_torrent
from mamctl.practice.tracker.behaviour import FaultKind
from mamctl.store.account.pending import add_pending
from mamctl.store.queue.items import note_item
from mamctl.store.queue.records import item_history, read_block
from mamctl.store.ratio.guard import move_guard, read_guard

GIB = 1024**3
DOWNLOAD = "/tor/download.php"


def add(desk, torrent):
    item, _ = desk.do(lambda context: add_torrent(context, torrent.id))
    return item


def add_another(desk, book, number):
    """Another book with the same sound, and so another torrent."""
    folder = book.parent / f"book {number}"
    shutil.copytree(book, folder)
    (folder / "note.txt").write_text(str(number))
    name = "ABCD"[number]
    add(desk, desk.list_book(folder, title=f"The Book of {name}", authors=[f"{name}nna Vell"]))


def emergency(desk, ratio):
    with desk.member.store() as db:
        move_guard(
            db, read_guard(db), f"the ratio is {ratio}", RatioReading(ratio, RatioSource.TRACKER), desk.member.now()
        )


@pytest.mark.spec("QUE-3", "RAT-6")
def test_a_paid_download_shows_the_ratio_after_it(desk, book):
    add(desk, desk.list_book(book, free=False))
    desk.run()
    assert (desk.item.state, desk.item.paid, desk.item.ratio_after) == ("handed_over", True, "19.999")
    with desk.member.store() as db:
        asked = db.execute("SELECT subject, answer FROM paid_answers").fetchall()
    assert [tuple(row) for row in asked] == [("The Salt Road", "allowed")]


@pytest.mark.spec("RAT-4", "RAT-5", "RAT-6", "QUE-3")
def test_an_emergency_holds_paid_and_lets_free_go(desk, book, tmp_path):
    paid = add(desk, desk.list_book(book, free=False))
    emergency(desk, 0.97)
    other = tmp_path / "source" / "other"
    book.rename(other)
    add(desk, desk.list_book(other, title="A Winter Wood", authors=["Ann Frost"]))
    found = desk.run()
    held, free = desk.items()
    assert (held.id, held.state, held.frozen_ratio) == (paid.id, "blocked_ratio_emergency", 0.97)
    assert free.state == "handed_over"
    assert [note.id for note in found.done.held] == [paid.id]
    desk.member.later(minutes=40)
    emergency(desk, 1.06)
    desk.run()
    assert [item.state for item in desk.items()] == ["handed_over", "downloading"]


@pytest.mark.spec("RAT-6")
def test_the_gate_stamps_what_turns_out_to_be_paid(desk, book):
    add(desk, desk.list_book(book, free=False))
    with desk.member.store() as db:
        note_item(db, desk.item, paid=None)
    emergency(desk, 0.97)
    assert desk.item.state == "waiting"
    desk.run()
    assert desk.item.state == "blocked_ratio_emergency"
    assert DOWNLOAD not in desk.requests()


@pytest.mark.spec("VIP-10")
def test_what_was_queued_as_free_is_never_paid_for_by_itself(desk, book):
    torrent = desk.list_book(book)
    add(desk, torrent)
    torrent.free = False
    desk.run()
    assert (desk.item.state, desk.item.hold_code) == ("held", "not_free")
    assert DOWNLOAD not in desk.requests()
    desk.member.later(hours=25)
    asked = len(desk.member.tracker.journal.paths())
    desk.run()
    assert len(desk.member.tracker.journal.paths()) == asked  # it is searched for once a week
    torrent.free = True
    desk.member.day()  # the rules sync sees it among the freeleech rows
    assert (desk.item.state, desk.item.reason) == ("waiting", "the site lists it as free again")
    desk.run()
    assert (desk.item.state, desk.item.paid) == ("handed_over", False)


@pytest.mark.spec("VIP-10")
def test_a_title_of_the_pending_list_takes_the_free_torrent(desk, book):
    free = desk.list_book(book, seeders=1)
    desk.member.list_torrent("The Salt Road", narrators=["Tom Asher"], filetype="m4b", seeders=50, size=10)
    with desk.member.store() as db:
        add_pending(db, Wanted("The Salt Road", "Mara Vell"), desk.member.now(), auto_download=True)
    desk.member.day()
    free.filetype = "mp3"  # the other one is a better format, and would cost ratio
    desk.run()
    assert (desk.item.torrent_id, desk.item.paid) == (free.id, False)


@pytest.mark.spec("QUE-1")
def test_two_listings_of_the_same_content_come_once(desk, book):
    first = desk.list_book(book, title="The Book of A", authors=["Anna Vell"])
    second = desk.list_book(book, title="The Book of B", authors=["Berta Vell"])
    add(desk, first)
    add(desk, second)
    desk.run()
    assert desk.states() == ["handed_over", "failed"]
    assert "contents" in desk.items()[1].reason
    assert len(desk.seedbox.adds) == 1


@pytest.mark.spec("QUE-3")
def test_what_would_cost_too_much_ratio_is_held_with_the_forecast(desk, book):
    desk.world.member.uploaded, desk.world.member.downloaded = 201 * GIB, 100 * GIB
    torrent = desk.list_book(book, free=False)
    torrent.size, torrent.info, torrent.numfiles = 5 * GIB, None, 1
    add(desk, torrent)
    desk.run()
    assert (desk.item.state, desk.item.hold_code) == ("held", "ratio")
    assert "the ratio after it would be 1.914; at least 2 is kept" in desk.item.reason
    desk.world.member.uploaded = 500 * GIB
    desk.member.later(minutes=31)
    desk.run()
    assert desk.item.state == "handed_over"


@pytest.mark.spec("QUE-2")
def test_the_sites_limit_is_never_crossed_and_its_lag_is_counted(desk, book):
    desk.world.member.unsatisfied_limit = 12
    desk.world.member.unsatisfied = 5
    desk.allow(unsat_reserve=5, per_run=9)
    for number in range(4):
        add_another(desk, book, number)
    desk.run()
    assert desk.states() == ["handed_over", "handed_over", "waiting", "waiting"]
    desk.run()
    assert desk.states().count("waiting") == 2
    assert len(desk.seedbox.adds) == 2


@pytest.mark.spec("QUE-2")
def test_a_block_is_kept_over_restarts_and_nothing_is_asked_until_it_ends(desk, book):
    add(desk, desk.list_book(book))
    desk.world.member.downloads_blocked_until = desk.member.now() + timedelta(hours=26)
    desk.world.member.downloads_blocked_at = desk.member.now()
    desk.run()
    assert desk.item.state == "waiting"
    assert desk.problems() == ["site_block"]
    with desk.member.store() as db:
        assert read_block(db).until == desk.member.now() + timedelta(hours=26)
    asked = len(desk.requests())
    desk.member.later(hours=25)
    desk.run()
    assert len(desk.requests()) == asked
    desk.member.later(hours=2)
    desk.run()
    assert desk.item.state == "handed_over"


@pytest.mark.spec("QUE-4")
def test_no_wedge_is_spent_by_default(desk, book):
    desk.world.member.wedges = 9
    add(desk, desk.list_book(book, free=False))
    desk.run()
    assert desk.world.member.wedges == 9


WEDGES = WedgePolicy(enabled=True, min_size=0, reserve=2)


@pytest.mark.spec("QUE-4")
def test_a_wedge_is_spent_on_what_is_not_free_and_confirmed(desk, book):
    desk.world.member.wedges = 9
    desk.queue = replace(desk.queue, wedge=WEDGES)
    torrent = desk.list_book(book, free=False)
    add(desk, torrent)
    desk.member.later(hours=1)
    before = len(desk.requests())
    desk.run()
    assert (desk.item.state, desk.item.free, desk.item.paid) == ("handed_over", "personal", False)
    assert (desk.item.wedges_before, desk.item.wedges_after, desk.world.member.wedges) == (9, 8, 8)
    assert len(desk.requests()) - before == 4
    assert torrent.id in desk.world.member.personal_freeleech
    assert desk.problems() == []


@pytest.mark.spec("QUE-4")
@pytest.mark.parametrize(
    ("facts", "wedges", "policy"),
    [
        ({"free": True}, 9, WEDGES),
        ({"vip": True, "free": False}, 9, WEDGES),
        ({"free": False}, 2, WEDGES),
        ({"free": False}, 9, replace(WEDGES, min_size=10 * GIB)),
    ],
)
def test_no_wedge_where_it_is_wasted_or_kept(desk, book, facts, wedges, policy):
    desk.world.member.wedges = wedges
    desk.queue = replace(desk.queue, wedge=policy)
    add(desk, desk.list_book(book, **facts))
    desk.run()
    assert desk.item.state == "handed_over"
    assert desk.world.member.wedges == wedges


@pytest.mark.spec("QUE-4")
def test_no_wedge_in_an_emergency(desk, book):
    desk.world.member.wedges = 9
    desk.queue = replace(desk.queue, wedge=WEDGES)
    add(desk, desk.list_book(book, free=False))
    emergency(desk, 0.9)
    desk.run()
    assert desk.world.member.wedges == 9
    assert desk.item.state == "blocked_ratio_emergency"


@pytest.mark.spec("QUE-4")
def test_a_lost_answer_never_spends_a_second_wedge(desk, book):
    desk.world.member.wedges = 9
    desk.queue = replace(desk.queue, wedge=WEDGES)
    add(desk, desk.list_book(book, free=False))
    desk.member.tracker.behaviour.plan(FaultKind.LOST_ANSWER, DOWNLOAD)
    desk.run()
    assert (desk.item.state, desk.world.member.wedges) == ("waiting", 8)
    desk.member.later(minutes=31)
    desk.run()
    assert (desk.item.state, desk.item.free) == ("handed_over", "personal")
    assert desk.world.member.wedges == 8
    assert len(desk.seedbox.adds) == 1


@pytest.mark.spec("QUE-2")
def test_announces_that_are_refused_hold_everything(desk, book, tmp_path):
    add(desk, desk.list_book(book))
    desk.run()
    (held,) = desk.seedbox.torrents.values()
    held.messages = ("Unrecognized host/PassKey. See the site",)
    other = tmp_path / "source" / "other"
    book.rename(other)
    add(desk, desk.list_book(other, title="A Winter Wood", authors=["Ann Frost"]))
    found = desk.run()
    assert found.slots.limiting == "announce"
    assert desk.states() == ["downloading", "waiting"]
    held.messages = ()
    desk.run()
    assert desk.states() == ["downloading", "handed_over"]


@pytest.mark.spec("QUE-7")
def test_a_run_and_a_day_are_bounded_over_restarts(desk, book):
    desk.allow(per_run=1, per_day=2, free_slots=9)
    for number in range(3):
        add_another(desk, book, number)
    desk.run()
    assert desk.states().count("waiting") == 2
    desk.run()
    assert desk.states().count("waiting") == 1
    found = desk.run()
    assert (desk.states().count("waiting"), found.slots.limiting) == (1, "per_day")
    desk.seedbox.download()
    desk.member.later(hours=25)
    desk.run()
    assert desk.states().count("waiting") == 0


def test_a_torrent_that_a_rule_refuses_is_not_queued(desk, book):
    torrent = desk.list_book(book, filetype="ogg")
    item, candidate = desk.do(lambda context: add_torrent(context, torrent.id))
    assert item is None
    assert [rule.name for rule in candidate.refusals] == ["codec"]
    with pytest.raises(UsageError):
        desk.do(lambda context: add_torrent(context, 1))


def test_what_is_no_longer_acceptable_at_its_turn_is_refused(desk, book):
    torrent = desk.list_book(book)
    add(desk, torrent)
    torrent.filetype = "ogg"
    desk.run()
    assert desk.first.state == "refused"
    with desk.member.store() as db:
        assert "codec" in item_history(db, desk.first.id)[-1].reason


@pytest.mark.spec("QUE-4")
def test_wedges_that_the_site_spent_by_itself_are_noticed(desk, book):
    desk.world.member.wedges, desk.world.member.automatic_wedges = 9, True
    add(desk, desk.list_book(book, free=False))
    desk.run()
    assert (desk.item.state, desk.world.member.wedges) == ("handed_over", 8)
    add_another(desk, book, 0)
    desk.member.later(hours=1)
    desk.run()
    assert "wedges_spent" in desk.problems()
