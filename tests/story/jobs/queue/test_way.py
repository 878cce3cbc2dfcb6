"""A wanted book goes all the way: queued, released, whole, verified by decoding, filed by link, seeding, settled."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mamctl.domain.account.pending import Wanted
from mamctl.jobs.queue.add import add_torrent
from mamctl.jobs.queue.search import find_candidates
from mamctl.store.account.pending import add_pending, list_pending
from mamctl.store.queue.items import find_item
from mamctl.store.queue.records import filed_files, item_history, item_verdicts

ROAD = Wanted("The Salt Road", "Mara Vell")
DOWNLOAD = "/tor/download.php"


def add(desk, torrent):
    item, _ = desk.do(lambda context: add_torrent(context, torrent.id))
    return item


@pytest.mark.spec("QUE-1", "QUE-5", "QUE-6", "QUAL-3", "EVT-2")
def test_download_with_quality_checks(desk, book):
    torrent = desk.list_book(book, filetype="m4b epub")
    add(desk, torrent)
    assert [note.torrent_id for note in desk.run().done.released] == [torrent.id]
    assert desk.item.state == "handed_over"
    assert desk.item.info_hash in desk.seedbox.torrents
    held = desk.seedbox.torrents[desk.item.info_hash]
    assert (held.category, held.tags) == ("mamctl", {"mamctl-queue"})
    desk.run()
    assert desk.item.state == "downloading"
    desk.seedbox.download()
    before = {path: path.read_bytes() for path in desk.folder.rglob("*") if path.is_file()}
    found = desk.run()
    assert [note.state for note in found.done.filed] == ["filed"]
    place = desk.library / "Mara Vell" / "The Salt Road {Tom Asher}"
    assert sorted(path.name for path in place.iterdir()) == [
        "The Salt Road.epub", "The Salt Road.m4b", "metadata.json",
    ]  # fmt: skip
    assert {path: path.read_bytes() for path in before} == before
    with desk.member.store() as db:
        files = filed_files(db, desk.item.id)
        assert {file.method for file in files} <= {"reflink", "hardlink", "copy", "written"}
        measured = [one for one in item_verdicts(db, desk.item.id) if one.stage == "measured"]
        assert {rule.name: rule.holds for rule in measured[0].rules}["codec"] is True
        states = [step.to_state.value for step in item_history(db, desk.item.id)]
    assert states == ["waiting", "claimed", "handed_over", "downloading", "complete", "verified", "filed"]
    held.seeding_s = 75 * 3600
    desk.run()
    assert desk.item.state == "settled"
    assert desk.last.problems == []


@pytest.mark.spec("QUE-1")
def test_what_is_done_is_not_done_again(desk, book):
    add(desk, desk.list_book(book))
    for _ in range(3):
        desk.run()
        desk.seedbox.download()
    asked = len(desk.requests())
    desk.run()
    assert len(desk.seedbox.adds) == 1
    assert desk.requests()[asked:] == []
    assert desk.requests().count(DOWNLOAD) == 1


def test_an_empty_queue_asks_nobody(desk):
    desk.seedbox.trouble = pytest.fail
    desk.run()
    assert desk.requests() == []


def test_a_book_costs_two_requests_and_the_account_one_a_run(desk, book):
    add(desk, desk.list_book(book))
    before = len(desk.requests())
    desk.member.later(hours=1)
    desk.run()
    asked = desk.requests()[before:]
    assert sorted(asked) == ["/jsonLoad.php", DOWNLOAD, "/tor/js/loadSearchJSONbasic.php"]


@pytest.mark.spec("VIP-10")
def test_the_pending_list_feeds_the_queue_and_hears_of_the_end(desk, book):
    torrent = desk.list_book(book)
    with desk.member.store() as db:
        add_pending(db, ROAD, desk.member.now(), auto_download=True)
        add_pending(db, Wanted("A Winter Wood", "Mara Vell"), desk.member.now(), auto_download=True)
    desk.member.day()
    desk.run()
    assert desk.item.torrent_id == torrent.id
    with desk.member.store() as db:
        assert [one.status.value for one in list_pending(db)] == ["available_free", "pending"]
    desk.seedbox.download()
    desk.run()
    with desk.member.store() as db:
        assert [one.status.value for one in list_pending(db)] == ["downloaded", "pending"]


@pytest.mark.spec("VIP-10")
def test_a_wanted_title_without_its_flag_is_not_queued(desk, book):
    desk.list_book(book)
    desk.member.want("The Salt Road")
    desk.member.day()
    desk.run()
    assert desk.items() == ()


def test_a_dry_run_changes_nothing_anywhere(desk, book):
    add(desk, desk.list_book(book))
    desk.seedbox.trouble = lambda call: pytest.fail(call) if call == "add" else None
    found = desk.run(dry_run=True)
    assert [note.reason for note in found.done.released] == ["free (site)"]
    assert desk.states() == ["waiting"]
    assert DOWNLOAD not in desk.requests()


@pytest.mark.spec("QUAL-1", "QUAL-2")
def test_find_shows_every_verdict_and_downloads_nothing(desk, book):
    good = desk.list_book(book)
    desk.member.list_torrent("The Salt Road", filetype="ogg")
    found = desk.do(lambda context: find_candidates(context, ROAD))
    assert found.choice.chosen.row.id == good.id
    assert [one.accepted for one in found.choice.candidates] == [True, False]
    assert DOWNLOAD not in desk.requests()
    assert desk.items() == ()


def test_a_stop_by_you_is_yours_and_a_start_goes_on(desk, book):
    add(desk, desk.list_book(book))
    desk.run()
    (held,) = desk.seedbox.torrents.values()
    held.stopped = True
    desk.run()
    assert (desk.item.state, desk.item.hold_code) == ("held", "stopped_by_you")
    assert desk.problems() == []
    held.stopped = False
    desk.run()
    assert desk.item.state == "downloading"


def test_what_the_guard_froze_is_not_yours(desk, book):
    add(desk, desk.list_book(book))
    desk.run()
    (held,) = desk.seedbox.torrents.values()
    held.stopped = True
    held.tags.add("mamctl-frozen")
    desk.run()
    assert desk.item.state == "downloading"
    assert "frozen" in desk.item.reason


@pytest.mark.spec("QUE-7")
def test_a_stalled_download_is_left_and_the_next_candidate_taken(desk, book):
    first = desk.list_book(book, seeders=30)
    other = book.parent / "other"
    book.rename(other)
    second = desk.list_book(other, seeders=2)
    with desk.member.store() as db:
        add_pending(db, ROAD, desk.member.now(), auto_download=True)
    desk.member.day()
    desk.run()
    assert desk.item.torrent_id == first.id
    desk.run()
    desk.member.later(hours=25)
    desk.run()
    failed, waiting = desk.items()
    assert (failed.state, waiting.state) == ("failed", "handed_over")
    assert waiting.torrent_id == second.id
    assert len(desk.seedbox.torrents) == 2
    assert not any(held.stopped for held in desk.seedbox.torrents.values())


@pytest.mark.spec("QUE-7")
def test_a_torrent_that_was_removed_is_replaced_after_an_hour(desk, book):
    add(desk, desk.list_book(book))
    desk.run()
    desk.seedbox.torrents.clear()
    desk.run()
    assert desk.item.state == "handed_over"
    desk.member.later(minutes=61)
    desk.run()
    assert desk.states() == ["failed", "held"]  # the site has no other torrent of it
    assert desk.items()[1].hold_code == "no_candidate"


@pytest.mark.spec("QUE-7")
def test_a_torrent_that_you_named_is_replaced_by_another_of_its_book(desk, book):
    named = desk.list_book(book, seeders=2)
    other = book.parent / "other"
    book.rename(other)
    paid = desk.list_book(other, seeders=30, free=False)
    free = desk.list_book(other, seeders=3)
    add(desk, named)
    desk.run()
    desk.seedbox.torrents.clear()
    desk.run()
    desk.member.later(minutes=61)
    desk.run()
    failed, next_one = desk.items()
    assert (failed.state, next_one.torrent_id) == ("failed", free.id), next_one.reason
    assert paid.id not in {item.torrent_id for item in desk.items()}


@pytest.mark.spec("QUE-7")
def test_what_was_free_is_never_replaced_by_what_is_paid(desk, book):
    named = desk.list_book(book)
    other = book.parent / "other"
    book.rename(other)
    desk.list_book(other, free=False)
    add(desk, named)
    desk.run()
    desk.seedbox.torrents.clear()
    desk.run()
    desk.member.later(minutes=61)
    desk.run()
    assert [(item.state, item.hold_code) for item in desk.items()] == [("failed", None), ("held", "not_free")]
    assert len(desk.seedbox.adds) == 1


@pytest.mark.spec("QUE-7")
def test_without_an_author_the_next_candidate_is_yours_to_choose(desk, book):
    add(desk, desk.list_book(book, authors=[]))
    desk.run()
    desk.seedbox.torrents.clear()
    desk.run()
    desk.member.later(minutes=61)
    desk.run()
    assert desk.states() == ["failed"]
    assert desk.problems() == ["download_given_up"]


@pytest.mark.spec("QUE-5")
def test_a_file_that_is_not_selected_is_not_complete(desk, book):
    add(desk, desk.list_book(book, filetype="m4b epub"))
    desk.run()
    desk.seedbox.download()
    (held,) = desk.seedbox.torrents.values()
    held.unselected = frozenset({"Mara Vell - The Salt Road/The Salt Road.epub"})
    desk.run()
    assert desk.item.state == "downloading"
    assert "not selected" in desk.item.reason


@pytest.mark.spec("QUE-5")
def test_content_that_this_machine_cannot_see_is_held_and_never_filed(desk, book):
    add(desk, desk.list_book(book))
    desk.run()
    desk.seedbox.download()
    desk.path_map = {"/elsewhere": "/nowhere"}
    desk.run()
    assert (desk.item.state, desk.item.hold_code) == ("held", "content_not_reachable")
    assert desk.problems() == ["content_not_reachable"]
    assert list(desk.library.iterdir()) == []
    desk.path_map = {}
    desk.member.later(hours=2)
    desk.run()
    assert desk.item.state == "filed"


@pytest.mark.spec("QUAL-3")
def test_a_lie_is_blocked_and_the_next_candidate_taken_and_nothing_loops(desk, book, audio_kit):
    import shutil

    lie = book.parent / "lie"
    shutil.copytree(book, lie)
    shutil.copyfile(audio_kit / "mp3.mp3", lie / "The Salt Road.m4b")
    desk.quality = desk.quality.__class__(min_bitrate=16)
    first = desk.list_book(lie, seeders=30)
    second = desk.list_book(book, seeders=2)
    with desk.member.store() as db:
        add_pending(db, ROAD, desk.member.now(), auto_download=True)
    desk.member.day()
    for _ in range(6):
        desk.run()
        desk.seedbox.download()
        desk.member.later(minutes=10)
    refused, filed = desk.items()
    assert (refused.torrent_id, refused.state) == (first.id, "refused")
    assert "codec measured" in refused.reason
    assert (filed.torrent_id, filed.state) == (second.id, "filed"), filed.reason
    assert len(desk.seedbox.torrents) == 2
    with desk.member.store() as db:
        stages = {(one.torrent_id, one.stage) for one in item_verdicts(db, refused.id)}
    assert (first.id, "measured") in stages


@pytest.mark.spec("QUE-5")
def test_damaged_sound_is_never_filed(desk, book, audio_kit):
    import shutil

    shutil.copyfile(audio_kit / "cut_m4b.m4b", book / "The Salt Road.m4b")
    add(desk, desk.list_book(book))
    desk.run()
    desk.seedbox.download()
    desk.run()
    assert desk.first.state == "refused"
    assert list(desk.library.iterdir()) == []
    assert desk.problems() == ["download_refused"]


def test_names_that_are_not_agreed_are_asked_for(desk, book):
    torrent = desk.list_book(book, title="A Winter Wood")
    add(desk, torrent)
    desk.run()
    desk.seedbox.download()
    desk.run()
    assert (desk.item.state, desk.item.hold_code) == ("held", "name_not_agreed")
    assert list(desk.library.iterdir()) == []
    from mamctl.domain.queue.states import State
    from mamctl.store.queue.items import move_item, note_item

    with desk.member.store() as db:
        item = note_item(db, find_item(db, desk.item.id), named_title="The Salt Road", named_author="Mara Vell")
        move_item(db, item, State.VERIFIED, "tried again by you", desk.member.now() + timedelta(seconds=1))
    desk.run()
    assert desk.item.folder == "Mara Vell/The Salt Road {Tom Asher}"


@pytest.mark.spec("QUE-6")
def test_a_filed_book_that_is_removed_too_early_is_told_and_after_72_hours_is_settled(desk, book):
    add(desk, desk.list_book(book))
    desk.run()
    desk.seedbox.download()
    desk.run()
    (held,) = desk.seedbox.torrents.values()
    held.seeding_s = 71 * 3600
    desk.run()
    (info_hash,) = desk.seedbox.torrents
    desk.seedbox.torrents.clear()
    desk.run()
    desk.member.later(hours=2)
    desk.run()
    assert (desk.item.state, desk.problems()) == ("filed", ["seeding_ended"])
    held.seeding_s = 72 * 3600
    desk.seedbox.torrents[info_hash] = held
    desk.run()
    desk.seedbox.torrents.clear()
    desk.run()
    desk.member.later(hours=2)
    desk.run()
    assert desk.item.state == "settled"
