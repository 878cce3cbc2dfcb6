"""What was filed and downloaded, on your word: taken out of the library, filed again, its pieces hashed."""

from __future__ import annotations

import shutil

import pytest

from mamctl.errors import MamctlError, UsageError
from mamctl.jobs.queue.add import add_torrent
from mamctl.jobs.queue.filed import hash_item, unfile
from mamctl.store.queue.items import move_item
from mamctl.store.queue.records import filed_files


@pytest.fixture
def filed(desk, book):
    """A book that is in the library and seeds."""
    torrent = desk.list_book(book)
    desk.do(lambda context: add_torrent(context, torrent.id))
    desk.run()
    desk.seedbox.download()
    desk.run()
    assert desk.item.state == "filed"
    return desk


def seeded(desk):
    return {path: path.read_bytes() for path in desk.folder.rglob("*") if path.is_file()}


@pytest.mark.spec("QUE-5")
def test_taken_out_it_seeds_on_and_is_filed_again_on_your_word(filed):
    before, yours = seeded(filed), filed.library / "Mara Vell" / "notes.txt"
    yours.write_text("yours")
    done = filed.do(lambda context: unfile(context, filed.item))
    assert len(done.removed) == 3
    assert done.kept == ()
    assert [path for path in filed.library.rglob("*") if path.is_file()] == [yours]
    assert seeded(filed) == before
    assert (filed.item.state, filed.item.hold_code, filed.item.folder) == ("held", "unfiled_by_you", None)
    filed.member.later(hours=2)
    filed.run()
    assert filed.problems() == []
    assert filed.item.state == "held"
    with filed.member.store() as db:
        move_item(db, filed.item, filed.item.held_state, "tried again by you", filed.member.now())
    filed.run()
    assert filed.item.state == "filed"
    with filed.member.store() as db:
        assert len(filed_files(db, filed.item.id)) == 3


@pytest.mark.spec("QUE-5")
def test_what_has_changed_since_stays(filed):
    folder = filed.library / "Mara Vell" / "The Salt Road {Tom Asher}"
    (folder / "metadata.json").unlink()
    (folder / "metadata.json").write_text("by another program")
    done = filed.do(lambda context: unfile(context, filed.item))
    assert done.kept == (str(folder / "metadata.json"),)
    assert [path.name for path in folder.iterdir()] == ["metadata.json"]


@pytest.mark.spec("QUE-5")
@pytest.mark.parametrize("part", ["", "The Salt Road.m4b"])
def test_the_last_copy_stays(filed, part):
    place = filed.folder / "Mara Vell - The Salt Road" / part
    shutil.rmtree(place) if place.is_dir() else place.unlink()
    files = sorted(filed.library.rglob("*"))
    with pytest.raises(MamctlError, match="last copy"):
        filed.do(lambda context: unfile(context, filed.item))
    assert sorted(filed.library.rglob("*")) == files
    assert filed.item.state == "filed"


def test_after_its_time_nothing_is_fetched_in_place_of_what_you_took_out(filed):
    held = next(iter(filed.seedbox.torrents.values()))
    held.seeding_s = 80 * 3600
    filed.run()
    assert filed.item.state == "settled"
    filed.do(lambda context: unfile(context, filed.item))
    filed.seedbox.torrents.clear()
    for _ in range(3):
        filed.member.later(hours=2)
        filed.run()
    assert filed.states() == ["held"]


def test_what_is_not_filed_cannot_be_taken_out(desk, book):
    torrent = desk.list_book(book)
    desk.do(lambda context: add_torrent(context, torrent.id))
    for job in (unfile, hash_item):
        with pytest.raises(UsageError, match="waiting"):
            desk.do(lambda context, job=job: job(context, desk.item))


@pytest.mark.spec("QUE-5", "META-4")
def test_every_piece_is_hashed_on_request(filed):
    report = filed.do(lambda context: hash_item(context, filed.item))
    assert report.pieces > 0
    assert (report.bad, report.broken) == (0, ())
    sound = filed.folder / "Mara Vell - The Salt Road" / "The Salt Road.m4b"
    sound.unlink()  # never the linked bytes of the library
    sound.write_bytes(b"x" * 1000)
    (filed.folder / "Mara Vell - The Salt Road" / "The Salt Road.epub").unlink()
    report = filed.do(lambda context: hash_item(context, filed.item))
    assert [(one.path, one.there) for one in report.broken] == [
        ("The Salt Road.epub", False), ("The Salt Road.m4b", True),
    ]  # fmt: skip
    filed.seedbox.pieces.clear()
    with pytest.raises(MamctlError, match="no hashes"):
        filed.do(lambda context: hash_item(context, filed.item))


@pytest.mark.spec("QUE-5")
def test_with_hash_pieces_a_byte_that_differs_is_never_filed(desk, book):
    desk.allow(hash_pieces=True)
    torrent = desk.list_book(book)
    desk.do(lambda context: add_torrent(context, torrent.id))
    desk.run()
    desk.seedbox.download()
    words = desk.folder / "Mara Vell - The Salt Road" / "The Salt Road.epub"
    words.write_bytes(b"sword")
    desk.run()
    assert (desk.item.state, desk.item.hold_code) == ("held", "pieces_differ")
    assert "The Salt Road.epub" in desk.item.reason
    assert desk.problems() == ["pieces_differ"]
    words.write_bytes(b"words")
    with desk.member.store() as db:
        move_item(db, desk.item, desk.item.held_state, "tried again by you", desk.member.now())
    desk.run()
    assert desk.item.state == "filed"
