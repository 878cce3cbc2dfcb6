"""Filing: by link or copy, as one step, recognised after a kill, undone by identity; the seeded bytes stay."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from mamctl.adapters.library.filing import FilingError, LibraryFiler
from mamctl.domain.queue.filing import FileLink, FilingPlan
from tests.kit.full_disk import full_disk
from tests.kit.permits import may_file, may_unfile


@pytest.fixture
def places(tmp_path):
    seeded, library = tmp_path / "seeded" / "Book", tmp_path / "library"
    (seeded / "Disc 1").mkdir(parents=True)
    library.mkdir()
    (seeded / "Disc 1" / "a.m4b").write_bytes(b"sound" * 1000)
    (seeded / "cover.jpg").write_bytes(b"picture")
    links = (
        FileLink(str(seeded / "Disc 1" / "a.m4b"), "Disc 1/a.m4b"),
        FileLink(str(seeded / "cover.jpg"), "cover.jpg"),
    )
    return seeded, library, FilingPlan("Mara Vell/The Salt Road", links)


def content(folder: Path):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.spec("QUE-5")
def test_a_book_is_linked_with_its_sidecar_beside(places):
    seeded, library, plan = places
    before = content(seeded)
    made = LibraryFiler(library).file_book(plan, '{"title": "The Salt Road"}', may_file())
    book = library / "Mara Vell" / "The Salt Road"
    assert content(book) == {**before, "metadata.json": b'{"title": "The Salt Road"}'}
    assert content(seeded) == before
    assert {file.method for file in made} <= {"reflink", "hardlink", "written"}
    for file in made:
        found = Path(file.path).stat()
        assert (file.device, file.inode, file.size) == (found.st_dev, found.st_ino, found.st_size)
    assert [path.name for path in library.iterdir()] == ["Mara Vell"]


@pytest.fixture
def elsewhere():
    """A library on another file system."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


@pytest.mark.spec("QUE-5")
def test_where_no_link_works_it_is_copied_and_the_source_stays(places, elsewhere):
    seeded, library, plan = places
    assert elsewhere.stat().st_dev != library.stat().st_dev, "this test needs two file systems"
    made = LibraryFiler(elsewhere).file_book(plan, None, may_file())
    assert [file.method for file in made] == ["copy", "copy"]
    assert content(elsewhere / plan.folder) == content(seeded)
    assert (seeded / "cover.jpg").stat().st_nlink == 1
    assert [file.method for file in LibraryFiler(elsewhere).file_book(plan, None, may_file())] == ["copy", "copy"]


def test_a_run_that_was_killed_before_recording_is_recognised(places):
    _, library, plan = places
    first = LibraryFiler(library).file_book(plan, None, may_file())
    again = LibraryFiler(library).file_book(plan, None, may_file())
    assert {(file.path, file.inode) for file in again} == {(file.path, file.inode) for file in first}


def test_what_a_killed_run_left_half_done_is_cleared(places):
    _, library, plan = places
    import hashlib

    left = library / f".mamctl-{hashlib.sha256(plan.folder.encode()).hexdigest()[:16]}.part"
    (left / "Disc 1").mkdir(parents=True)
    (left / "Disc 1" / "a.m4b").write_bytes(b"half")
    LibraryFiler(library).file_book(plan, None, may_file())
    assert not left.exists()
    assert (library / plan.folder / "Disc 1" / "a.m4b").read_bytes() == b"sound" * 1000


def test_a_folder_with_something_else_is_left_unchanged(places):
    _, library, plan = places
    taken = library / plan.folder
    taken.mkdir(parents=True)
    (taken / "other.txt").write_text("yours")
    with pytest.raises(FilingError) as caught:
        LibraryFiler(library).file_book(plan, None, may_file())
    assert caught.value.slug == "target_exists"
    assert content(taken) == {"other.txt": b"yours"}


def test_a_full_disk_leaves_nothing_half_done(places, elsewhere):
    seeded, _, plan = places
    with full_disk(), pytest.raises(FilingError, match="not filed"):
        LibraryFiler(elsewhere).file_book(plan, None, may_file())
    assert list(elsewhere.iterdir()) == []
    assert (seeded / "cover.jpg").exists()


def test_a_missing_library_and_a_link_out_of_it_are_refused(places, tmp_path):
    _, library, plan = places
    with pytest.raises(FilingError, match="does not exist"):
        LibraryFiler(tmp_path / "nowhere").file_book(plan, None, may_file())
    (tmp_path / "elsewhere").mkdir()
    (library / "Mara Vell").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FilingError, match="leads out"):
        LibraryFiler(library).file_book(plan, None, may_file())


def test_a_sidecar_of_the_torrent_is_never_written(places):
    seeded, library, plan = places
    (seeded / "metadata.json").write_text("theirs")
    plan = FilingPlan(plan.folder, (*plan.links, FileLink(str(seeded / "metadata.json"), "metadata.json")))
    LibraryFiler(library).file_book(plan, "ours", may_file())
    assert (library / plan.folder / "metadata.json").read_text() == "theirs"
    assert (seeded / "metadata.json").read_text() == "theirs"


def test_an_undo_removes_only_what_was_made(places):
    seeded, library, plan = places
    made = LibraryFiler(library).file_book(plan, None, may_file())
    book = library / plan.folder
    (book / "cover.jpg").unlink()
    (book / "cover.jpg").write_bytes(b"yours")
    removed = LibraryFiler(library).take_out(made, may_unfile())
    assert removed == (str(book / "Disc 1" / "a.m4b"),)
    assert content(book) == {"cover.jpg": b"yours"}
    assert (seeded / "Disc 1" / "a.m4b").exists()
