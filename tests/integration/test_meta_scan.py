"""The library scan as a person runs it: what it finds, what it does not read again, how it may be stopped."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mamctl.domain.library.problem_kinds import KINDS

pytestmark = pytest.mark.real("ffmpeg")

KEYS = {
    "id", "path", "files", "title", "subtitle", "authors", "narrators", "series", "year", "published", "publisher",
    "language", "asin", "isbn", "abridged", "genres", "description", "cover", "evidence", "problems",
}  # fmt: skip
FILE_KEYS = {
    "path", "size", "container", "codec", "bitrate", "channels", "sample_rate", "duration", "header_duration", "sound",
    "detail",
}  # fmt: skip


def put(kit: Path, name: str, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(kit / name, target)
    return target


@pytest.fixture
def library(audio_kit: Path, tmp_path: Path) -> Path:
    root = tmp_path / "library"
    put(audio_kit, "m4b.m4b", root / "Mara Vell/Lantern Cycle/2 - The Salt Road/The Salt Road.m4b")
    put(audio_kit, "opus.opus", root / "Jo Penn/Winter/CD1/01.opus")
    put(audio_kit, "cut_mp3.mp3", root / "Jo Penn/Winter/CD2/02.mp3")
    put(audio_kit, "text.mp3", root / "Una Fell/Spring/spring.mp3")
    put(audio_kit, "flac.flac", root / "Loose.flac")
    return root


def lines(done) -> list[dict]:
    return [json.loads(line) for line in done.out.splitlines()]


def sounds(books: list[dict]) -> dict[str, str]:
    return {Path(file["path"]).name: file["sound"] for book in books for file in book["files"]}


@pytest.mark.spec("META-1")
@pytest.mark.spec("META-3")
@pytest.mark.spec("META-4")
def test_one_line_a_book_with_everything_known(library: Path, mamctl):
    done = mamctl("meta", "scan", str(library), "--jsonl")
    books = lines(done)
    assert done.code == 3  # a broken file needs a person
    assert all(set(book) >= KEYS for book in books)
    assert all(set(file) >= FILE_KEYS for book in books for file in book["files"])
    assert sorted(os.path.relpath(book["path"], library) for book in books) == [
        "Jo Penn/Winter", "Loose.flac", "Mara Vell/Lantern Cycle/2 - The Salt Road", "Una Fell/Spring",
    ]  # fmt: skip
    assert sounds(books) == {
        "The Salt Road.m4b": "good", "01.opus": "good", "02.mp3": "damaged", "spring.mp3": "unreadable",
        "Loose.flac": "good",
    }  # fmt: skip
    salt = next(book for book in books if "Salt" in book["path"])
    assert (salt["title"], salt["authors"], salt["narrators"]) == ("The Salt Road", ["Mara Vell"], ["Tom Asher"])
    assert salt["series"] == [{"name": "Lantern Cycle", "position": "2"}]
    (file,) = salt["files"]
    assert (file["size"], file["chapters"]) == (Path(file["path"]).stat().st_size, 2)
    assert round(file["duration"]) == 40
    winter = next(book for book in books if "Winter" in book["path"])
    assert winter["problems"][0]["code"] == "damaged_file"


def test_one_document_has_the_figures(library: Path, mamctl):
    data = mamctl("meta", "scan", str(library), "--json").data
    assert (data["books"], data["files"], data["unchanged"]) == (4, 5, 0)
    assert data["sound"] == {"damaged": 1, "good": 3, "unreadable": 1}


def test_what_has_not_changed_is_not_read_again(library: Path, mamctl):
    mamctl("meta", "scan", str(library))
    assert lines(mamctl("meta", "scan", str(library), "--jsonl", "--changed-only")) == []
    assert mamctl("meta", "scan", str(library), "--json").data["unchanged"] == 4
    salt = library / "Mara Vell/Lantern Cycle/2 - The Salt Road/The Salt Road.m4b"
    with salt.open("r+b") as file:
        file.write(b"garbage!" * 100)
    os.utime(salt)
    (changed,) = lines(mamctl("meta", "scan", str(library), "--jsonl", "--changed-only"))
    assert changed["files"][0]["sound"] == "unreadable"


def test_a_tag_is_read_again_though_its_editor_kept_the_size_and_the_time(library: Path, mamctl):
    salt = library / "Mara Vell/Lantern Cycle/2 - The Salt Road/The Salt Road.m4b"
    mamctl("meta", "scan", str(library))
    before = salt.stat()
    salt.write_bytes(salt.read_bytes().replace(b"Tom Asher", b"Ned Quill"))
    os.utime(salt, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (salt.stat().st_size, salt.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    (changed,) = lines(mamctl("meta", "scan", str(library), "--jsonl", "--changed-only"))
    assert (changed["narrators"], changed["files"][0]["sound"]) == (["Ned Quill"], "good")
    assert mamctl("meta", "scan", str(library), "--json").data["unchanged"] == 4


def test_a_change_that_the_file_system_does_not_date_is_seen_where_the_file_was_new(
    library: Path, mamctl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """As on FAT, whose times are two seconds apart: the mark of the changed file is the one that was recorded."""
    salt = library / "Mara Vell/Lantern Cycle/2 - The Salt Road/The Salt Road.m4b"
    now = time.time() + 600  # new for both scans, however slow they are
    os.utime(salt, (now, now))
    mamctl("meta", "scan", str(library))
    salt.write_bytes(salt.read_bytes().replace(b"Tom Asher", b"Ned Quill"))
    os.utime(salt, (now, now))
    with monkeypatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path / "other"))
        mamctl("meta", "scan", str(library))
    store, other = (tmp_path / name / "mamctl/mamctl.db" for name in ("state", "other"))
    with contextlib.closing(sqlite3.connect(store)) as db, db:
        db.execute("ATTACH ? AS other", (str(other),))
        new = "(SELECT substr(o.mark, 1, 16) FROM other.books o WHERE o.path = books.path)"
        db.execute(f"UPDATE books SET mark = CAST({new} || substr(mark, 17) AS BLOB)")
    (changed,) = lines(mamctl("meta", "scan", str(library), "--jsonl", "--changed-only"))
    assert (changed["narrators"], changed["files"][0]["sound"]) == (["Ned Quill"], "good")
    assert mamctl("meta", "scan", str(library), "--json").data["unchanged"] == 4


def test_a_store_without_marks_gets_them_and_nothing_is_read_again(library: Path, mamctl, tmp_path: Path):
    mamctl("meta", "scan", str(library))
    store, marks = tmp_path / "state/mamctl/mamctl.db", "SELECT path, substr(mark, 1, 16) FROM books ORDER BY path"
    with contextlib.closing(sqlite3.connect(store)) as db, db:
        before = db.execute(marks).fetchall()
        db.execute("UPDATE books SET mark = NULL")
    assert mamctl("meta", "scan", str(library), "--json").data["unchanged"] == 4
    with contextlib.closing(sqlite3.connect(store)) as db:
        assert db.execute(marks).fetchall() == before


def test_a_new_sidecar_is_read_without_decoding_again(library: Path, mamctl, tmp_path: Path):
    mamctl("meta", "scan", str(library))
    store, long_ago = tmp_path / "state/mamctl/mamctl.db", "2020-01-01T00:00:00Z"
    with contextlib.closing(sqlite3.connect(store)) as db, db:
        db.execute("UPDATE files SET checked_at = ?", (long_ago,))
    (library / "Una Fell/Spring/book.nfo").write_text("Title: Spring\nAuthor: Una Fell\nRead by: Ines Quill\n")
    (book,) = lines(mamctl("meta", "scan", str(library), "--jsonl", "--changed-only"))
    assert book["narrators"] == ["Ines Quill"]
    with contextlib.closing(sqlite3.connect(store)) as db:
        assert set(db.execute("SELECT checked_at FROM files")) == {(long_ago,)}


def test_a_full_decode_goes_beyond_the_edges_once(library: Path, mamctl, audio_kit: Path):
    put(audio_kit, "overwritten_mp3.mp3", library / "A/B/scratched.mp3")
    assert sounds(lines(mamctl("meta", "scan", str(library), "--jsonl")))["scratched.mp3"] == "good"
    full = lines(mamctl("meta", "scan", str(library), "--jsonl", "--full-decode"))
    assert sounds(full)["scratched.mp3"] == "damaged"
    assert "at 0:00:19" in next(f["detail"] for b in full for f in b["files"] if f["path"].endswith("scratched.mp3"))
    assert lines(mamctl("meta", "scan", str(library), "--jsonl", "--full-decode", "--changed-only")) == []
    assert sounds(lines(mamctl("meta", "scan", str(library), "--jsonl")))["scratched.mp3"] == "damaged"


def test_what_a_full_decode_found_stays_when_the_library_folder_becomes_another(
    audio_kit: Path, tmp_path: Path, mamctl
):
    put(audio_kit, "overwritten_mp3.mp3", tmp_path / "all/lib/A/B/scratched.mp3")
    mamctl("meta", "scan", str(tmp_path / "all/lib"), "--full-decode")
    for root in ("all", "all/lib/A", "all/lib"):
        (tmp_path / "all/lib/A/B/info.nfo").write_text(f"Publisher: {root}")  # so that the book is read again
        found = sounds(lines(mamctl("meta", "scan", str(tmp_path / root), "--jsonl")))
        assert found == {"scratched.mp3": "damaged"}


def test_a_full_decode_keeps_the_order_of_the_files_and_what_they_looked_like(audio_kit: Path, tmp_path: Path, mamctl):
    names = [f"{number}.opus" for number in range(1, 13)]
    for name in sorted(names, key=lambda name: hashlib.sha256(name.encode()).hexdigest()):
        put(audio_kit, "opus.opus", tmp_path / "lib/A/B" / name)
    store, stamp = tmp_path / "state/mamctl/mamctl.db", "SELECT stamp, substr(mark, 1, 16) FROM books"
    looks = []
    for more in ([], ["--full-decode"]):
        (book,) = lines(mamctl("meta", "scan", str(tmp_path / "lib"), "--jsonl", *more))
        assert [Path(file["path"]).name for file in book["files"]] == names
        with contextlib.closing(sqlite3.connect(store)) as db:
            looks += db.execute(stamp).fetchall()
            assert db.execute("SELECT decoded FROM books").fetchone() == (("whole" if more else "edges"),)
    assert looks[0] == looks[1]


def test_audio_is_never_modified(library: Path, mamctl):
    def state() -> dict[str, tuple[str, int, int]]:
        files = (path for path in library.rglob("*") if path.is_file())
        return {
            str(path): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns, path.stat().st_ino)
            for path in files
        }

    before = state()
    mamctl("meta", "scan", str(library), "--full-decode")
    mamctl("meta", "check", str(library))
    assert state() == before


def test_a_moved_book_keeps_its_id_and_what_a_person_decided(library: Path, mamctl):
    mamctl("meta", "scan", str(library))
    mamctl("meta", "set", "winter", "title", "Winter Tales")
    old = next(book for book in lines(mamctl("meta", "scan", str(library), "--jsonl")) if "Winter" in book["path"])
    (library / "Jo Penn/Winter").rename(library / "Jo Penn/Winter Tales")
    data = mamctl("meta", "scan", str(library), "--json").data
    assert (data["books"], data["gone"]) == (1, 0)
    books = lines(mamctl("meta", "scan", str(library), "--jsonl"))
    assert {book["title"]: book["id"] for book in books}["Winter Tales"] == old["id"]


def test_a_book_that_vanished_is_gone_and_may_come_back(library: Path, mamctl, tmp_path: Path):
    mamctl("meta", "scan", str(library))
    (library / "Una Fell").rename(tmp_path / "away")
    assert mamctl("meta", "scan", str(library), "--json").data["gone"] == 1
    assert len(lines(mamctl("meta", "scan", str(library), "--jsonl"))) == 3
    (tmp_path / "away").rename(library / "Una Fell")
    assert len(lines(mamctl("meta", "scan", str(library), "--jsonl"))) == 4


def test_a_book_that_vanished_is_gone_in_a_library_folder_around_the_former(audio_kit: Path, tmp_path: Path, mamctl):
    first, *_ = [put(audio_kit, "text.mp3", tmp_path / f"all/lib/Una Fell/{name}/1.mp3").parent for name in "AB"]
    mamctl("meta", "scan", str(tmp_path / "all/lib"))
    assert mamctl("meta", "scan", str(tmp_path / "all"), "--json").data["unchanged"] == 2
    shutil.rmtree(first)
    assert mamctl("meta", "scan", str(tmp_path / "all"), "--json").data["gone"] == 1


def test_a_scan_of_a_part_leaves_the_rest(library: Path, mamctl):
    mamctl("meta", "scan", str(library))
    data = mamctl("meta", "scan", str(library / "Jo Penn/Winter/CD2"), "--json").data
    assert (data["books"], data["unchanged"], data["gone"]) == (0, 1, 0)


def test_a_library_that_is_not_mounted_loses_nothing(library: Path, mamctl, tmp_path: Path):
    mamctl("meta", "scan", str(library))
    library.rename(tmp_path / "away")
    assert mamctl("meta", "scan", str(library)).code == 2
    library.mkdir()  # the empty mount point
    done = mamctl("meta", "scan", str(library), "--json")
    assert (done.code, done.data["gone"]) == (3, 0)
    assert "empty_library" in {problem["code"] for problem in done.json["problems"]}


def test_a_folder_named_by_a_person_may_be_one_book(audio_kit: Path, tmp_path: Path, mamctl):
    for number in (1, 2, 3):
        put(audio_kit, "opus.opus", tmp_path / f"Salt/{number:02}.opus")
    (book,) = lines(mamctl("meta", "scan", str(tmp_path / "Salt"), "--jsonl"))
    assert (Path(book["path"]).name, len(book["files"])) == ("Salt", 3)


def test_a_loose_file_named_by_a_person_is_all_that_is_scanned(library: Path, audio_kit: Path, mamctl):
    put(audio_kit, "text.mp3", library / "Other.mp3")
    assert mamctl("meta", "scan", str(library / "Loose.flac")).code == 0
    (book,) = lines(mamctl("meta", "scan", str(library / "Loose.flac"), "--jsonl"))
    assert book["path"] == str(library / "Loose.flac")


@pytest.mark.parametrize("what", ["scan", "check"])
def test_a_file_that_is_no_audio_is_refused(library: Path, mamctl, what: str):
    (library / "notes.txt").write_text("buy milk")
    done = mamctl("meta", what, str(library / "notes.txt"))
    assert (done.code, done.err.splitlines()[0]) == (2, f"mamctl: {library}/notes.txt: no audio file")
    os.mkfifo(library / "pipe.mp3")
    assert mamctl("meta", what, str(library / "pipe.mp3")).code == 2


def test_names_that_are_no_utf8(audio_kit: Path, tmp_path: Path, mamctl):
    folder = os.fsdecode(os.fsencode(tmp_path) + b"/lib/Jos\xe9/Title")
    put(audio_kit, "opus.opus", Path(folder) / "a.opus")
    for _ in range(2):
        (book,) = lines(mamctl("meta", "scan", str(tmp_path / "lib"), "--jsonl"))
        assert book["path"] == folder
        assert book["files"][0]["sound"] == "good"
    assert mamctl("meta", "scan", str(tmp_path / "lib"), "--json").data["unchanged"] == 1


def test_a_dry_run_sees_the_same_and_records_nothing(library: Path, mamctl):
    assert mamctl("meta", "scan", str(library), "--json", "--dry-run").data["books"] == 4
    assert mamctl("meta", "scan", str(library), "--json").data["books"] == 4


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="setpriv takes root's way past permissions")
def test_an_unreadable_folder_is_told_and_its_books_stay(library: Path, mamctl):
    mamctl("meta", "scan", str(library))
    (library / "Jo Penn").chmod(0)
    # Root may read everything, unless it gives that up.
    drop = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"] if os.geteuid() == 0 else []
    command = [*drop, sys.executable, "-m", "mamctl", "meta", "scan", str(library), "--json"]
    try:
        scan = subprocess.run(command, capture_output=True, text=True, check=False)
    finally:
        (library / "Jo Penn").chmod(0o700)
    done = json.loads(scan.stdout)
    assert (scan.returncode, done["data"]["gone"], done["data"]["unchanged"]) == (3, 0, 3)
    assert ("unreadable_folder", str(library / "Jo Penn")) in {(p["code"], p["subject"]) for p in done["problems"]}


def test_problems_are_listed_until_they_are_mended(library: Path, mamctl, audio_kit: Path):
    for name in ("01.mp3", "02.mp3", "04.mp3", "05.mp3"):
        put(audio_kit, "headerless.mp3", library / "Jo Penn/Gaps" / name)
    os.link(library / "Loose.flac", library / "Una Fell/Spring/same.flac")
    mamctl("meta", "scan", str(library))
    found = mamctl("meta", "problems", "--json")
    assert found.code == 3
    assert {"damaged_file", "unreadable_file", "missing_parts", "shared_file"} <= set(found.data["kinds"])
    assert set(found.data["kinds"]) <= set(KINDS)
    broken = [problem for problem in found.json["problems"] if (problem["subject"] or "").endswith("spring.mp3")]
    assert len(broken) == 1  # that a file without sound has no tags is not said again
    gap = next(problem for problem in found.json["problems"] if problem["code"] == "missing_parts")
    assert "no part 3" in gap["message"]
    put(audio_kit, "mp3.mp3", library / "Jo Penn/Winter/CD2/02.mp3")
    mamctl("meta", "scan", str(library))
    assert "damaged_file" not in mamctl("meta", "problems", "--json").data["kinds"]


def test_only_known_kinds_of_problems_can_be_asked_for(library: Path, mamctl):
    mamctl("meta", "scan", str(library))
    assert mamctl("meta", "problems", "--kind", "damaged_file", "--json").data["kinds"] == {"damaged_file": 1}
    assert mamctl("meta", "problems", "--kind", "missing_parts").code == 0
    done = mamctl("meta", "problems", "--kind", "gaps")
    assert (done.code, "missing_parts" in done.err) == (2, True)


def test_a_book_that_is_there_twice_is_noticed_in_any_spelling(audio_kit: Path, tmp_path: Path, mamctl):
    for folder in ("Zoë Vell/The Émigrée", "ZOE VELL/Emigree, The"):
        put(audio_kit, "headerless.mp3", tmp_path / "lib" / folder / "a.mp3")
    mamctl("meta", "scan", str(tmp_path / "lib"))
    (twice,) = mamctl("meta", "problems", "--kind", "duplicate_books", "--json").json["problems"]
    assert "ZOE VELL" in twice["message"]
    assert "Zoë Vell" in twice["message"]


def test_volumes_and_parts_are_never_told_as_duplicates(audio_kit: Path, tmp_path: Path, mamctl):
    names = [f"Alpha Time, Vol. {n}" for n in (1, 2, 3)] + [
        f"The Hero ({n} of 2) [Dramatized Adaptation]" for n in (1, 2)
    ]
    for name in names:
        put(audio_kit, "headerless.mp3", tmp_path / "lib/Oki Bab" / name / "a.mp3")
    mamctl("meta", "scan", str(tmp_path / "lib"))
    assert "duplicate_books" not in mamctl("meta", "problems", "--json").data["kinds"]
    volumes = mamctl("meta", "show", str(tmp_path / "lib/Oki Bab" / names[1]), "--json").data["series"]
    assert volumes == [{"name": "Alpha Time", "position": "2"}]


def test_names_beside_a_book_tell_how_its_own_is_read(audio_kit: Path, tmp_path: Path, mamctl):
    for name in ("01 Killing Salt", "02 Salt Trying", "10 The Hard Salt"):
        put(audio_kit, "headerless.mp3", tmp_path / "lib/Lee Brand - Jack Rider" / name / "a.mp3")
    mamctl("meta", "scan", str(tmp_path / "lib"))
    book = mamctl("meta", "show", "hard salt", "--json").data
    assert (book["title"], book["authors"]) == ("The Hard Salt", ["Lee Brand"])
    assert book["series"] == [{"name": "Jack Rider", "position": "10"}]


def test_a_doubt_ends_with_a_persons_word(audio_kit: Path, tmp_path: Path, mamctl):
    put(audio_kit, "headerless.mp3", tmp_path / "lib/New Folder/track01.mp3")
    mamctl("meta", "scan", str(tmp_path / "lib"))
    assert "doubtful_authors" in mamctl("meta", "problems", "--json").data["kinds"]
    mamctl("meta", "set", "1", "authors", "Mara Vell")
    assert "doubtful_authors" not in mamctl("meta", "problems", "--json").data["kinds"]


def put_album(kit: Path, title: str, target: Path) -> Path:
    import mutagen

    path = put(kit, "flac.flac", target)
    file = mutagen.File(path)
    file["album"] = title
    file.save()
    return path


def ids(done) -> dict[str, int]:
    return {Path(book["path"]).name: book["id"] for book in lines(done)}


@pytest.mark.spec("META-1")
def test_several_books_in_one_folder_are_parted_and_keep_their_ids(audio_kit: Path, tmp_path: Path, mamctl):
    root, folder = tmp_path / "lib", tmp_path / "lib/Mara Vell"
    put_album(audio_kit, "Alpha", folder / "Alpha.flac")
    alone = ids(mamctl("meta", "scan", str(root), "--jsonl"))
    mamctl("meta", "set", "alpha", "year", "2011")
    put_album(audio_kit, "Omega", folder / "Omega.flac")
    (folder / "Omega.nfo").write_text("Read by: Ines Quill\n")
    parted = ids(mamctl("meta", "scan", str(root), "--jsonl"))
    assert parted == {"Alpha.flac": alone["Mara Vell"], "Omega.flac": parted["Omega.flac"]}
    assert ids(mamctl("meta", "scan", str(root), "--jsonl")) == parted
    assert lines(mamctl("meta", "scan", str(root), "--jsonl", "--changed-only")) == []
    put_album(audio_kit, "Delta", folder / "Delta.flac")
    (new,) = lines(mamctl("meta", "scan", str(root), "--jsonl", "--changed-only"))
    assert (new["title"], new["problems"]) == ("Delta", [])
    omega = mamctl("meta", "show", "omega", "--json").data
    assert (omega["title"], omega["authors"]) == ("Omega", ["Mara Vell"])
    for name in ("Omega.flac", "Delta.flac", "Omega.nfo"):
        (folder / name).unlink()
    assert ids(mamctl("meta", "scan", str(root), "--jsonl")) == alone
    assert mamctl("meta", "show", "alpha", "--json").data["year"] == 2011


def test_a_folder_that_is_parted_later_is_not_decoded_again(audio_kit: Path, tmp_path: Path, mamctl):
    alpha = put_album(audio_kit, "Alpha", tmp_path / "lib/Mara Vell/Alpha.flac")
    omega = put_album(audio_kit, "Alpha", tmp_path / "lib/Mara Vell/Omega.flac")
    assert len(lines(mamctl("meta", "scan", str(tmp_path / "lib"), "--jsonl"))) == 1
    before = alpha.stat()
    with alpha.open("r+b") as file:  # decoded again, it would be found damaged
        file.seek(before.st_size // 20)
        file.write(b"garbage!" * 1000)
    os.utime(alpha, ns=(before.st_atime_ns, before.st_mtime_ns))
    put_album(audio_kit, "Omega", omega)
    found = mamctl("meta", "scan", str(tmp_path / "lib"), "--json").data
    assert (found["books"], found["gone"], found["sound"]) == (2, 1, {"good": 2})


def test_track_tags_order_files_whose_names_do_not(audio_kit: Path, tmp_path: Path, mamctl):
    import mutagen

    for number, title in enumerate(("The Old House", "A Stranger", "Storm"), 1):
        path = put(audio_kit, "flac.flac", tmp_path / "lib/Jo Penn/House" / f"{title}.flac")
        file = mutagen.File(path)
        file["tracknumber"] = f"{number}/3"
        file.save()
    (book,) = lines(mamctl("meta", "scan", str(tmp_path / "lib"), "--jsonl"))
    assert [Path(file["path"]).stem for file in book["files"]] == ["The Old House", "A Stranger", "Storm"]
    assert book["problems"] == []


def put_tagged(kit: Path, target: Path, **tags: str) -> Path:
    import mutagen

    path = put(kit, "flac.flac", target)
    file = mutagen.File(path)
    file.tags.clear()
    for key, value in tags.items():
        file[key] = value
    file.save()
    return path


@pytest.mark.parametrize(
    ("stray", "tags", "books"),
    [
        ("Gamma.flac", {"album": "Gamma", "artist": "Ivy Poe"}, {"Alpha": 2, "Winter Road": 1, "Gamma.flac": 1}),
        ("trailer.flac", {}, {"Alpha": 2, "Winter Road": 1, "Ivy Poe": 1}),
        ("03.flac", {"album": "Alpha", "artist": "Ivy Poe"}, {"Ivy Poe": 4}),
    ],
)
def test_a_stray_file_swallows_no_books_below_it(audio_kit: Path, tmp_path: Path, mamctl, stray, tags, books):
    author = tmp_path / "lib/Ivy Poe"
    for number in (1, 2):
        put_tagged(audio_kit, author / f"Alpha/{number}.flac", album="Alpha", artist="Ivy Poe", tracknumber=str(number))
    put_tagged(audio_kit, author / "Winter Road/1.flac", album="Winter Road", artist="Ivy Poe", tracknumber="1")
    put_tagged(audio_kit, author / stray, **tags)
    found = lines(mamctl("meta", "scan", str(tmp_path / "lib"), "--jsonl"))
    assert {Path(book["path"]).name: len(book["files"]) for book in found} == books
    again = mamctl("meta", "scan", str(tmp_path / "lib"), "--json").data
    assert (again["books"], again["unchanged"], again["gone"]) == (0, len(books), 0)


def test_disc_tags_order_files_whose_names_do_not(audio_kit: Path, tmp_path: Path, mamctl):
    import mutagen

    order = ("The Old House", "A Stranger", "Storm", "Dawn")
    for index, title in enumerate(order):
        path = put(audio_kit, "m4b.m4b", tmp_path / "lib/Jo Penn/House" / f"{title}.m4b")
        file = mutagen.File(path)
        file["disk"], file["trkn"] = [(index // 2 + 1, 2)], [(index % 2 + 1, 0)]
        file.save()
    (book,) = lines(mamctl("meta", "scan", str(tmp_path / "lib"), "--jsonl"))
    assert [Path(file["path"]).stem for file in book["files"]] == list(order)
    assert book["problems"] == []


def test_the_same_length_in_two_formats_is_noticed(audio_kit: Path, tmp_path: Path, mamctl):
    for name, target in (("m4b.m4b", "Winter.m4b"), ("mp3.mp3", "Winter - 00.mp3")):
        put(audio_kit, name, tmp_path / "lib/Mara Vell/Winter" / target)
    (book,) = lines(mamctl("meta", "scan", str(tmp_path / "lib"), "--jsonl"))
    assert [problem["code"] for problem in book["problems"]] == ["several_formats"]


def test_an_unfinished_download_is_reported_until_it_is_whole(library: Path, audio_kit: Path, mamctl):
    part = put(audio_kit, "m4b.m4b", library / "Kim Park/Sky/Sky.m4b.!qB")
    assert len(lines(mamctl("meta", "scan", str(library), "--jsonl"))) == 4
    mamctl("meta", "scan", str(library / "Jo Penn"))  # a scan elsewhere knows nothing of it
    (problem,) = mamctl("meta", "problems", "--kind", "unfinished_download", "--json").json["problems"]
    assert "Sky.m4b.!qB" in problem["message"]
    part.rename(part.with_suffix(""))
    assert len(lines(mamctl("meta", "scan", str(library), "--jsonl"))) == 5
    assert mamctl("meta", "problems", "--kind", "unfinished_download", "--json").json["problems"] == []


def test_a_bad_verdict_of_an_older_version_is_tried_again(library: Path, mamctl, tmp_path: Path):
    mamctl("meta", "scan", str(library))
    store = tmp_path / "state/mamctl/mamctl.db"
    with contextlib.closing(sqlite3.connect(store)) as db, db:
        db.execute("UPDATE books SET stamp = '1-' || stamp")
        db.execute("UPDATE files SET sound = 'damaged', detail = 'a tag', checked_at = '2020-01-01T00:00:00Z'"
                   " WHERE path LIKE '%01.opus'")  # fmt: skip
        db.execute("UPDATE files SET checked_at = '2020-01-01T00:00:00Z' WHERE path LIKE '%Loose.flac'")
    assert mamctl("meta", "scan", str(library), "--json").data["sound"] == {"good": 3, "damaged": 1, "unreadable": 1}
    with contextlib.closing(sqlite3.connect(store)) as db:
        kept = db.execute("SELECT path FROM files WHERE checked_at LIKE '2020%'").fetchall()
    assert [Path(path).name for (path,) in kept] == ["Loose.flac"]


def test_one_book_in_two_formats_is_noticed(audio_kit: Path, tmp_path: Path, mamctl):
    for name in ("mp3.mp3", "m4b.m4b"):
        put(audio_kit, name, tmp_path / "lib/Mara Vell/The Salt Road" / f"salt.{name[-3:]}")
    (book,) = lines(mamctl("meta", "scan", str(tmp_path / "lib"), "--jsonl"))
    assert [problem["code"] for problem in book["problems"]] == ["several_formats"]
    assert "m4b and mp3" in book["problems"][0]["message"]


def test_chapter_titles_in_tags_are_no_several_books(audio_kit: Path, tmp_path: Path, mamctl):
    import mutagen

    for number, title in enumerate(("The Old House", "A Stranger", "Storm"), 1):
        path = put(audio_kit, "flac.flac", tmp_path / "lib/Jo Penn/House" / f"{number:02} {title}.flac")
        file = mutagen.File(path)
        file.tags.clear()
        file["title"] = title
        file.save()
    (book,) = lines(mamctl("meta", "scan", str(tmp_path / "lib"), "--jsonl"))
    assert (book["title"], [problem["code"] for problem in book["problems"]]) == ("House", [])


def test_files_whose_names_do_not_count_may_be_several_books(audio_kit: Path, tmp_path: Path, mamctl):
    for title in ("The Deep Well", "Cold Harbour"):
        put(audio_kit, "headerless.mp3", tmp_path / "lib/Val Dorn/Collection" / f"{title}.mp3")
    (book,) = lines(mamctl("meta", "scan", str(tmp_path / "lib"), "--jsonl"))
    (problem,) = (problem for problem in book["problems"] if problem["code"] == "several_books")
    assert "“Cold Harbour”, “The Deep Well”" in problem["message"]


@pytest.mark.spec("META-4")
def test_check_looks_at_any_folder_and_records_nothing(library: Path, mamctl):
    done = mamctl("meta", "check", str(library), "--json")
    assert done.code == 3
    assert done.data["sound"] == {"damaged": 1, "good": 3, "unreadable": 1}
    assert "02.mp3" in mamctl("meta", "check", str(library)).out
    assert mamctl("meta", "check", str(library / "Loose.flac")).code == 0
    assert len(lines(mamctl("meta", "check", str(library), "--jsonl"))) == 5
    assert mamctl("meta", "problems", "--json").data["kinds"] == {}


def test_without_any_decoder_nothing_is_condemned(library: Path, mamctl, monkeypatch: pytest.MonkeyPatch):
    from mamctl.adapters.audio import pool as audio

    bare = "from mamctl.adapters.audio import worker as w; w.find_spec = lambda name: None; w.main()"
    with monkeypatch.context() as change:
        change.setattr(audio, "worker_command", lambda ffmpeg: (sys.executable, "-c", bare, "no-such-ffmpeg"))
        books = lines(mamctl("meta", "scan", str(library), "--jsonl"))
    assert set(sounds(books).values()) == {"unchecked"}
    assert next(book for book in books if "Salt" in book["path"])["title"] == "The Salt Road"
    # Once a decoder is there, what was left unchecked is checked.
    assert sounds(lines(mamctl("meta", "scan", str(library), "--jsonl")))["02.mp3"] == "damaged"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_scan_that_is_stopped_goes_on_where_it_was(
    audio_kit: Path, tmp_path: Path, mamctl_process, how: signal.Signals
):
    library, state, count = tmp_path / "lib", tmp_path / "state", 450
    shutil.copy(audio_kit / "opus.opus", tmp_path)  # a link that another test makes of the kit's would change it here
    for number in range(count):
        (library / f"Author/Book {number}").mkdir(parents=True)
        os.link(tmp_path / "opus.opus", library / f"Author/Book {number}/a.opus")
    command = [sys.executable, "-m", "mamctl", "meta", "scan", str(library), "--jsonl"]
    env = {**os.environ, "XDG_STATE_HOME": str(state)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env) as scan:
        assert scan.stdout is not None
        first = scan.stdout.readline()  # a batch is recorded
        scan.send_signal(how)
        rest = scan.stdout.read()
    assert scan.returncode == (-signal.SIGKILL if how is signal.SIGKILL else 130)
    told = {json.loads(line)["path"] for line in (first + rest).splitlines() if line.endswith(b"}")}
    with contextlib.closing(sqlite3.connect(state / "mamctl" / "mamctl.db")) as db:
        recorded = db.execute("SELECT count(*) FROM books").fetchone()[0]
    assert 0 < recorded < count
    assert len(told) <= recorded
    done = mamctl_process("meta", "scan", str(library), "--json", env={"XDG_STATE_HOME": str(state)})
    assert (done.data["unchanged"], done.data["books"]) == (recorded, count - recorded)


def test_an_interrupt_while_a_class_is_made_ends_with_the_same_code(tmp_path: Path):
    """`python -m` remembers an interrupt in text that ran as code, and would end by the signal."""
    program = "import mamctl.cli.app as cli\ncli.app = lambda *_, **__: exec('raise KeyboardInterrupt')\ncli.main()\n"
    (tmp_path / "interrupted.py").write_text(program)
    done = subprocess.run([sys.executable, "-m", "interrupted"], cwd=tmp_path, check=False)
    assert done.returncode == 130


PEAK = """
import resource, sys
sys.argv = ["mamctl", "meta", "scan", {!r}, "--jsonl"]
from mamctl.cli.app import main
try:
    main()
except SystemExit:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


def test_memory_does_not_grow_with_the_library(tmp_path: Path):
    peaks = []
    for count in (200, 2000):
        library, state = tmp_path / f"lib{count}", tmp_path / f"state{count}"
        for number in range(count):
            (library / f"Author {number % 50}/Book {number}").mkdir(parents=True)
            (library / f"Author {number % 50}/Book {number}/a.mp3").touch()
        env = {**os.environ, "XDG_STATE_HOME": str(state)}
        done = subprocess.run(
            [sys.executable, "-c", PEAK.format(str(library))], capture_output=True, text=True, env=env, check=True
        )
        assert len(done.stdout.splitlines()) == count
        peaks.append(int(done.stderr.split()[-1]))
    assert peaks[1] < peaks[0] * 1.25


def test_numbered_folders_are_one_book_where_their_tags_count_discs(audio_kit: Path, tmp_path: Path, mamctl):
    for name, tags in {"Discs": ("1/2", "2/2"), "Sharing": ("", "")}.items():
        for number, disc in enumerate(tags, 1):
            for track in (1, 2):
                put_tagged(
                    audio_kit, tmp_path / f"lib/Jo Penn/{name}/0{number}/{track:02}.flac", album=name,
                    artist="Jo Penn", tracknumber=str(track), **({"discnumber": disc} if disc else {}),
                )  # fmt: skip
    scan = ("meta", "scan", str(tmp_path / "lib"))
    found = {Path(book["path"]).relative_to(tmp_path / "lib/Jo Penn"): book for book in lines(mamctl(*scan, "--jsonl"))}
    assert {str(path): len(book["files"]) for path, book in found.items()} == {
        "Discs": 4, "Sharing/01": 2, "Sharing/02": 2
    }  # fmt: skip
    assert [file["path"][-10:] for file in found[Path("Discs")]["files"]] == [
        "01/01.flac", "01/02.flac", "02/01.flac", "02/02.flac"
    ]  # fmt: skip
    assert (found[Path("Discs")]["title"], found[Path("Discs")]["problems"]) == ("Discs", [])
    assert mamctl(*scan, "--json").data["unchanged"] == 3


@pytest.mark.spec("META-1")
def test_nothing_is_taken_from_a_sidecar_of_another_book(audio_kit: Path, tmp_path: Path, mamctl):
    book = tmp_path / "lib/Mara Vell/The #1 Salt Road"
    put_tagged(audio_kit, book / "a.flac", album="The #1 Salt Road", artist="Mara Vell")
    sidecar = book / "metadata.json"
    sidecar.write_text('{"title": "Winter Harbour", "authors": ["Robert Gale"], "asin": "B0TESTBBB2"}')
    done = mamctl("meta", "scan", str(tmp_path / "lib"), "--json")
    assert [(one["code"], one["subject"]) for one in done.json["problems"]] == [("foreign_sidecar", str(sidecar))]
    shown = mamctl("meta", "show", "1", "--json").data
    assert (shown["title"], shown["authors"], shown["asin"]) == ("The #1 Salt Road", ["Mara Vell"], None)
    sidecar.unlink()
    assert mamctl("meta", "scan", str(tmp_path / "lib"), "--json").json["problems"] == []
