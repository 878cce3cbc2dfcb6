"""Exported sidecars beside Audiobookshelf: they erase nothing, come back as no source, and cost no second reading."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

pytestmark = pytest.mark.real("ffmpeg")


@pytest.fixture
def book(audio_kit: Path, tmp_path: Path, mamctl) -> Path:
    """The folder of one book, scanned; its audio has tags and two chapters."""
    folder = tmp_path / "library" / "Mara Vell" / "Lantern Cycle" / "2 - The Salt Road (Unabridged)"
    folder.mkdir(parents=True)
    shutil.copy(audio_kit / "m4b.m4b", folder / "The Salt Road.m4b")
    assert mamctl("meta", "scan", str(tmp_path / "library"), "--json").code == 0
    return folder


def scan(mamctl, book: Path) -> dict:
    return mamctl("meta", "scan", str(book.parents[2]), "--json").data


def sources(mamctl, field: str) -> set[str]:
    evidence = mamctl("meta", "show", "salt road", "--json").data["evidence"]
    return {said["source"] for said in evidence if said["field"] == field}


def test_a_run_of_exports_makes_no_scan_read_a_book_again(book, mamctl):
    assert scan(mamctl, book)["unchanged"] == 1
    mamctl("meta", "export", "--all")
    assert (book / "metadata.json").exists()
    assert scan(mamctl, book)["unchanged"] == 1
    mamctl("meta", "set", "salt road", "narrators", "Nora Reed")
    mamctl("meta", "export", "--all")
    assert scan(mamctl, book)["unchanged"] == 1
    (book / "metadata.json").write_text('{"title": "Another", "authors": ["Jo Penn"]}')
    assert scan(mamctl, book)["unchanged"] == 0


def test_what_is_unknown_is_left_out(book, mamctl):
    mamctl("meta", "export", "--all")
    written = json.loads((book / "metadata.json").read_text())
    assert {"title", "authors", "narrators", "series", "chapters"} <= written.keys()
    assert "explicit" not in written
    assert not [key for key, value in written.items() if value in (None, [], "")]
    assert written["abridged"] is False  # the folder says so


@pytest.mark.spec("META-1")
def test_a_file_that_audiobookshelf_wrote_over_ours_repeats_us(book, mamctl):
    mamctl("meta", "set", "salt road", "title", "The Road of Salt")
    mamctl("meta", "export", "--all")
    mamctl("meta", "unverify", "road of salt", "title")
    theirs = json.loads((book / "metadata.json").read_text())
    theirs |= {"tags": [], "publishedYear": "1999", "explicit": False, "title": "The Road of  Salt"}
    (book / "metadata.json").write_text(json.dumps(theirs))
    assert scan(mamctl, book)["unchanged"] == 0
    assert "abs_json" not in sources(mamctl, "title")
    assert "abs_json" not in sources(mamctl, "series")
    assert sources(mamctl, "year") >= {"abs_json"}  # somebody set it there


@pytest.mark.spec("META-1")
def test_a_first_scan_of_audiobookshelf_changes_nothing(book, mamctl):
    """ "Store metadata with item": its own reading of folder and tags lies beside the book."""
    before = mamctl("meta", "show", "salt road", "--json").data
    (book / "metadata.json").write_text(json.dumps({
        "tags": [], "chapters": [], "title": "The Salt Road (Unabridged)", "subtitle": None, "authors": ["Mara Vell"],
        "narrators": ["Tom Asher"], "series": ["Lantern Cycle #2"], "genres": [], "publishedYear": None,
        "description": None, "explicit": False, "abridged": False,
    }))  # fmt: skip
    assert scan(mamctl, book)["unchanged"] == 0
    after = mamctl("meta", "show", "salt road", "--json").data
    for field in ("title", "subtitle", "authors", "narrators", "series", "year"):
        assert after[field] == before[field]
    assert {said["source"] for said in after["evidence"]} == {said["source"] for said in before["evidence"]}


def test_files_that_audiobookshelf_keeps_are_one_line(book, mamctl, audio_kit):
    other = book.parent / "3 - The Tin Gate"
    other.mkdir()
    shutil.copy(audio_kit / "headerless.mp3", other / "1.mp3")
    scan(mamctl, book)
    texts = ("subtitle", "publishedYear", "publishedDate", "publisher", "description", "isbn", "asin", "language")
    written = dict.fromkeys(texts)
    for folder in (book, other):
        lists = {key: [] for key in ("tags", "chapters", "authors", "narrators", "series", "genres")}
        document = {**lists, **written, "title": "By hand", "explicit": False, "abridged": False}
        (folder / "metadata.json").write_text(json.dumps(document))
    done = mamctl("meta", "export", "--all", "--json")
    assert (done.code, done.data["counts"]) == (0, {"create": 2, "refuse": 2})  # the OPF is written
    assert (done.data["kept_by_abs"], done.json["problems"]) == (2, [])
    assert json.loads((book / "metadata.json").read_text())["title"] == "By hand"
    shown = mamctl("meta", "export", "--all")
    assert (shown.out.count("Audiobookshelf keeps them"), shown.err) == (1, "")
