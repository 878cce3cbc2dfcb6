"""Trouble of the site and the client, and hostile torrents: none is added twice, and the rest of the run goes on."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from bencode2 import bencode

from mamctl.adapters.library.filing import LibraryFiler
from mamctl.domain.ratio.client import TorrentState
from mamctl.errors import UnreachableError
from mamctl.jobs.queue.add import add_torrent
from mamctl.practice.tracker.behaviour import FaultKind
from mamctl.practice.tracker.contents import info_of_content
from mamctl.practice.tracker.state import Torrent
from mamctl.store.queue.records import filed_files
from tests.kit.full_disk import full_disk
from tests.kit.permits import may_hand_over
from tests.kit.queue_desk import Seedbox

DOWNLOAD = "/tor/download.php"
SEARCH = "/tor/js/loadSearchJSONbasic.php"


def add(desk, torrent):
    item, _ = desk.do(lambda context: add_torrent(context, torrent.id))
    return item


def unreachable():
    return UnreachableError("home cannot be reached", subject="home", remedy="start it")


class Breaks:
    """Raises at the nth call of a name, once."""

    def __init__(self, name: str, at: int = 1) -> None:
        self.name, self.left = name, at

    def __call__(self, call: str) -> None:
        if call == self.name:
            self.left -= 1
            if self.left == 0:
                raise unreachable()


@pytest.mark.parametrize(
    ("trouble", "details", "code"),
    [
        (FaultKind.RESET, {}, "tracker_down"),
        (FaultKind.STATUS, {"status": 503}, "tracker_down"),
        (FaultKind.THROTTLED, {}, "rate_limited"),
        (FaultKind.DEAD_SESSION, {}, "session_dead"),
        (FaultKind.EMPTY, {}, "session_dead"),
        (FaultKind.STATUS, {"status": 406}, "shape_changed"),
    ],
)
@pytest.mark.parametrize("path", [DOWNLOAD, SEARCH])
def test_trouble_of_the_site_leaves_the_item_waiting(desk, book, trouble, details, code, path):
    add(desk, desk.list_book(book))
    desk.member.tracker.behaviour.plan(trouble, path, **details)
    desk.run()
    assert desk.item.state == "waiting"
    assert code in desk.problems() or desk.problems()
    assert desk.seedbox.adds == []
    desk.member.later(minutes=31)
    desk.run()
    assert desk.item.state == "handed_over"


def test_words_in_place_of_a_torrent_are_held_for_a_while(desk, book):
    add(desk, desk.list_book(book))
    desk.member.tracker.behaviour.plan(
        FaultKind.BODY, DOWNLOAD, text="<h1>Error</h1><p>not today</p>", content_type="text/html"
    )
    desk.run()
    assert (desk.item.state, desk.item.hold_code) == ("held", "refused_by_site")
    assert "not today" in desk.item.reason
    desk.member.later(hours=7)
    desk.run()
    assert desk.item.state == "handed_over"


def test_a_torrent_that_is_gone_is_given_up(desk, book):
    torrent = desk.list_book(book)
    add(desk, torrent)
    del desk.world.torrents[torrent.id]
    desk.run()
    assert desk.first.state == "failed"
    assert "no longer on the site" in desk.first.reason


def hostile(**info):
    facts = {"name": "Book", "length": 10, "piece length": 16384, "pieces": b"x" * 20, "private": 1} | info
    return bencode(facts)


@pytest.mark.spec("QUE-1")
@pytest.mark.parametrize(
    "info",
    [
        hostile(private=0),
        hostile(length=10**12),
        hostile(name="../evil"),
        hostile(name=b"/etc"),
        bencode({"name": "B", "files": [{"length": 1, "path": [str(n)]} for n in range(10_000)], "private": 1}),
        bencode({"name": "B", "files": [{"length": 1, "path": ["..", "..", "evil"]}], "private": 1}),
        b"d6:lengthi10e4:name1:xe",
    ],
)
def test_a_hostile_torrent_never_reaches_the_client(desk, info):
    torrent = Torrent(910_001, "The Salt Road", ["Mara Vell"], 41, 10, desk.member.now(), free=True, info=info)
    desk.world.list_torrent(torrent)
    add(desk, torrent)
    desk.run()
    assert desk.first.state in ("refused", "failed")
    assert desk.seedbox.adds == []
    asked = desk.requests().count(DOWNLOAD)
    desk.member.later(days=1)
    desk.run()
    assert desk.requests().count(DOWNLOAD) == asked


def test_a_torrent_of_another_tracker_never_reaches_the_client(desk, book):
    desk.world.announce_url = "http://open.example/announce/{passkey}"
    add(desk, desk.list_book(book))
    desk.run()
    assert desk.first.state == "refused"
    assert "open.example" in desk.first.reason
    assert desk.seedbox.adds == []


def test_another_books_torrent_never_reaches_the_client(desk, book, audio_kit):
    torrent = desk.list_book(book)
    torrent.info = info_of_content(audio_kit / "flac.flac")
    add(desk, torrent)
    desk.run()
    assert desk.first.state == "refused"
    assert desk.seedbox.adds == []


@pytest.mark.spec("QUE-1")
@pytest.mark.parametrize("call", ["snapshot", "find", "youngest"])
def test_a_client_that_is_down_gets_nothing_and_nothing_is_asked_of_the_site(desk, book, call):
    add(desk, desk.list_book(book))
    asked = len(desk.requests())
    desk.seedbox.trouble = Breaks(call)
    desk.run()
    assert desk.item.state == "waiting"
    assert desk.requests()[asked:] == []
    assert desk.problems()
    desk.run()
    assert desk.item.state == "handed_over"


@pytest.mark.spec("QUE-1")
def test_an_answer_lost_after_the_add_took_effect_is_settled_by_looking(desk, book):
    add(desk, desk.list_book(book))
    desk.seedbox.after = Breaks("add")
    desk.run()
    assert desk.item.state == "handed_over"
    assert len(desk.seedbox.adds) == 1


@pytest.mark.spec("QUE-1")
def test_an_add_that_is_not_seen_is_never_repeated(desk, book):
    add(desk, desk.list_book(book))
    desk.seedbox.trouble = Breaks("add")
    desk.run()
    assert desk.item.state == "unclear"
    assert desk.problems() == ["handover_unclear"]
    assert desk.waited > 5
    for _ in range(3):
        desk.member.later(hours=9)
        desk.run()
    assert desk.item.state == "unclear"
    assert desk.seedbox.adds == []
    assert desk.requests().count(DOWNLOAD) == 1


@pytest.mark.spec("QUE-1")
def test_what_is_in_another_client_is_not_added_again(desk, book):
    other = Seedbox("attic", desk.folder, desk.member.now)
    desk.seedboxes.append(other)
    torrent = desk.list_book(book)
    add(desk, torrent)
    desk.do(
        lambda context: other.add_torrent(
            context.site().fetch_torrent(torrent.id).content, _request(desk), may_hand_over()
        )
    )
    desk.run()
    assert (desk.item.state, desk.item.client) == ("handed_over", "attic")
    assert desk.seedbox.adds == []


@pytest.mark.spec("QUE-1")
def test_a_client_that_cannot_be_read_may_have_it(desk, book):
    other = Seedbox("attic", desk.folder, desk.member.now)
    desk.seedboxes.append(other)
    add(desk, desk.list_book(book))

    def down(call):
        raise unreachable()

    other.trouble = down
    desk.run()
    assert desk.item.state == "waiting"
    assert desk.seedbox.adds == []


def test_one_bad_item_does_not_hold_up_the_others(desk, book):
    bad = desk.list_book(book, title="A Winter Wood", authors=["Ann Frost"])
    add(desk, bad)
    add(desk, desk.list_book(book, title="The Salt Road"))
    del desk.world.torrents[bad.id]
    desk.run()
    assert desk.states()[:2] == ["failed", "handed_over"]


def test_a_full_library_holds_the_book_and_the_next_pass_files_it(desk, book):
    add(desk, desk.list_book(book))
    desk.run()
    desk.seedbox.download()
    desk.library.rmdir()
    desk.run()
    assert (desk.item.state, desk.item.hold_code) == ("held", "not_filed")
    desk.library.mkdir()
    desk.member.later(hours=2)
    desk.run()
    assert desk.item.state == "filed"


def downloaded(desk, book):
    add(desk, desk.list_book(book))
    desk.run()
    desk.seedbox.download()


@pytest.mark.spec("QUE-5")
def test_a_disk_that_fills_up_while_filing_leaves_nothing_half_done(desk, book, tmp_path):
    downloaded(desk, book)
    with tempfile.TemporaryDirectory(dir="/dev/shm") as elsewhere:  # where only a copy works
        desk.library = Path(elsewhere)
        desk.wrap = in_a_full_disk
        desk.run()
        assert (desk.item.state, desk.item.hold_code) == ("held", "not_filed")
        assert list(desk.library.iterdir()) == []
        assert desk.problems() == ["not_filed"]
        desk.wrap = lambda adapter: adapter
        desk.member.later(hours=2)
        desk.run()
        assert desk.item.state == "filed"
        with desk.member.store() as db:
            assert {file.method for file in filed_files(db, desk.item.id)} == {"copy", "written"}


def in_a_full_disk(adapter):
    """The library's adapter on a disk on which no file can grow; the rest as it is."""
    if not isinstance(adapter, LibraryFiler):
        return adapter

    class Full:
        def file_book(self, *what):
            with full_disk():
                return adapter.file_book(*what)

    return Full()


@pytest.mark.spec("QUE-5")
def test_a_disk_that_fills_up_while_downloading_holds_it_until_the_client_goes_on(desk, book):
    add(desk, desk.list_book(book))
    desk.run()
    held = desk.seedbox.torrents[desk.item.info_hash]
    held.state = TorrentState.ERROR
    desk.run()
    assert (desk.item.state, desk.item.hold_code) == ("held", "download_broken")
    assert desk.problems() == ["download_broken"]
    desk.member.later(days=3)
    desk.run()
    assert desk.states() == ["held"]  # not replaced: nothing would come either
    held.state = None
    desk.seedbox.download()
    desk.run()
    assert desk.item.state == "filed"


@pytest.mark.spec("QUE-5")
def test_names_that_the_client_is_still_changing_are_waited_for(desk, book):
    downloaded(desk, book)
    sound = desk.folder / "Mara Vell - The Salt Road" / "The Salt Road.m4b"
    unfinished = sound.rename(sound.with_name(sound.name + ".!qB"))
    desk.run()
    assert (desk.item.state, desk.problems()) == ("complete", [])
    unfinished.rename(sound)
    desk.run()
    assert desk.item.state == "filed"


@pytest.mark.spec("QUE-5")
def test_a_file_that_stays_away_is_told_and_looked_for_again(desk, book):
    downloaded(desk, book)
    sound = desk.folder / "Mara Vell - The Salt Road" / "The Salt Road.m4b"
    away = sound.rename(desk.folder / "away")
    desk.run()
    desk.member.later(minutes=10)
    desk.run()
    assert (desk.item.state, desk.item.hold_code) == ("held", "files_missing")
    assert "The Salt Road.m4b" in desk.item.reason
    away.rename(sound)
    desk.member.later(hours=2)
    desk.run()
    assert desk.item.state == "filed"


def test_a_folder_that_exists_is_left_unchanged_and_told(desk, book):
    add(desk, desk.list_book(book))
    desk.run()
    desk.seedbox.download()
    taken = desk.library / "Mara Vell" / "The Salt Road {Tom Asher}"
    taken.mkdir(parents=True)
    (taken / "yours.txt").write_text("yours")
    desk.run()
    assert (desk.item.state, desk.item.hold_code) == ("held", "target_exists")
    assert [path.name for path in taken.iterdir()] == ["yours.txt"]


def _request(desk):
    from mamctl.domain.queue.watching import AddRequest

    return AddRequest(str(desk.folder))
