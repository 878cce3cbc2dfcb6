"""A book in the hands of a person: shown with its evidence, corrected, locked, exported, scanned again."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

pytestmark = pytest.mark.real("ffmpeg")


@pytest.fixture
def library(audio_kit: Path, tmp_path: Path, mamctl) -> Path:
    root = tmp_path / "library"
    salt = root / "Mara Vell" / "Lantern Cycle" / "2 - The Salt Road"
    salt.mkdir(parents=True)
    shutil.copy(audio_kit / "m4b.m4b", salt / "The Salt Road.m4b")
    (salt / "book.nfo").write_text("Title: The Salt Road\nAuthor: Vell, Mara\nRead by: Ines Quill\nYear: 2011\n")
    winter = root / "Jo Penn" / "Winter Tales"
    winter.mkdir(parents=True)
    shutil.copy(audio_kit / "headerless.mp3", winter / "Winter Tales.mp3")
    shutil.copy(audio_kit / "headerless.mp3", root / "Loose.mp3")
    assert mamctl("meta", "scan", str(root), "--json").code in {0, 3}
    return root


def shown(mamctl, book: str, *more: str):
    return mamctl("meta", "show", book, "--json", *more).data


@pytest.mark.spec("META-1")
def test_evidence_shows_the_readings_of_the_path(library, mamctl):
    book = shown(mamctl, "salt road", "--evidence")
    first = book["readings"][0]
    assert (first["title"], first["authors"], first["series"]) == (
        "The Salt Road", ["Mara Vell"], [{"name": "Lantern Cycle", "position": "2"}],
    )  # fmt: skip
    assert first["likelihood"] > book["readings"][1]["likelihood"]
    assert "2 is a position" in first["reasons"]
    assert (book["doubtful"], book["dropped"]) == (False, [])
    assert shown(mamctl, "salt road")["readings"] is None
    assert "2 is a position" in mamctl("meta", "show", "salt road", "--evidence").out


@pytest.mark.spec("META-1")
def test_tags_names_and_nfo_come_together(library, mamctl):
    book = shown(mamctl, "salt road")
    assert (book["title"], book["authors"], book["year"]) == ("The Salt Road", ["Mara Vell"], 2011)
    assert book["series"] == [{"name": "Lantern Cycle", "position": "2"}]
    assert {said["source"] for said in book["evidence"]} == {"tags", "nfo", "folder", "file_name", "decoder"}


@pytest.mark.spec("META-1")
def test_the_cover_is_beside_the_audio_or_in_it(library, audio_kit, mamctl):
    assert shown(mamctl, "salt road")["cover"] == "The Salt Road.m4b"
    assert shown(mamctl, "winter tales")["cover"] is None
    salt = library / "Mara Vell/Lantern Cycle/2 - The Salt Road"
    shutil.copy(audio_kit / "cover.jpg", salt / "cover.jpg")
    shutil.copy(audio_kit / "cover.jpg", library / "Loose.jpg")
    odd = Path(os.fsdecode(os.fsencode(library) + b"/Jo Penn/Odd/caf\xe9.m4b"))
    odd.parent.mkdir()
    shutil.copy(audio_kit / "m4b.m4b", odd)
    mamctl("meta", "scan", str(library))
    assert shown(mamctl, str(salt))["cover"] == "cover.jpg"
    assert shown(mamctl, str(library / "Loose.mp3"))["cover"] == "Loose.jpg"
    assert shown(mamctl, str(odd))["cover"] == odd.name


def test_no_words_name_no_book(library, mamctl):
    for nothing in ("", "  "):
        assert mamctl("meta", "set", nothing, "title", "X").code == 2


@pytest.mark.spec("META-1")
def test_one_name_that_is_no_unicode_spoils_no_look_up(library, audio_kit, mamctl):
    odd = Path(os.fsdecode(os.fsencode(library) + b"/Lotte Gro\xdf - \xdcbung"))
    bad = library / "Kim Park" / "Sky"
    for folder in (odd, bad):
        folder.mkdir(parents=True)
        shutil.copy(audio_kit / "headerless.mp3", folder / "1.mp3")
    (bad / "metadata.json").write_text('{"title": "Sky\\ud800", "authors": ["Kim \\udfffPark"]}')
    mamctl("meta", "scan", str(library))
    assert shown(mamctl, "groß übung")["title"] == "Übung"
    mamctl("meta", "set", "groß übung", "title", "Practice")
    assert shown(mamctl, "übung")["title"] == "Practice"
    assert shown(mamctl, str(bad))["title"] == "Sky\ufffd"
    assert shown(mamctl, "salt road")["title"] == "The Salt Road"
    assert mamctl("meta", "export", "--all", "--dry-run", "--json").data["counts"]["create"] > 0


@pytest.mark.spec("META-7")
def test_the_evidence_tells_why_a_value_won(library, mamctl):
    fields = {field["field"]: field for field in shown(mamctl, "salt road", "--evidence")["fields"]}
    title = fields["title"]
    assert title["confidence"] == 0.95
    assert [candidate["won"] for candidate in title["candidates"]] == [True]
    narrators = fields["narrators"]
    assert [(c["value"], c["won"]) for c in narrators["candidates"]] == [(["Tom Asher"], True), (["Ines Quill"], False)]
    assert narrators["reason"] == "tags are trusted over nfo"
    assert "because tags are trusted over nfo" in mamctl("meta", "show", "salt road", "--evidence").out


@pytest.mark.spec("META-6")
def test_a_narrator_has_a_method_and_a_confidence_and_is_named_once(library, mamctl):
    nfo = library / "Jo Penn/Winter Tales/book.nfo"
    nfo.write_text("Author: Jo Penn\nRead by: Asher, Tom; TOM ASHER & Zoë Quill, Zoe Quill\n")
    (nfo.parent / "reader.txt").write_text("Tom Asher\n")
    mamctl("meta", "scan", str(library))
    book = shown(mamctl, "winter tales")
    assert book["narrators"] == ["Tom Asher", "Zoë Quill"]
    told = book["agreed"]["narrators"]
    assert (told["source"], 0.7 < told["confidence"] < 1) == ("nfo", True)
    assert {said["source"] for said in book["evidence"] if said["field"] == "narrators"} == {"nfo", "text_file"}


def test_a_book_is_found_by_id_path_file_and_words(library, mamctl):
    folder = library / "Jo Penn" / "Winter Tales"
    wanted = shown(mamctl, "winter")["id"]
    for text in (str(wanted), str(folder), f"{folder}/", str(folder / "Winter Tales.mp3"), "TALES winter", "penn"):
        assert shown(mamctl, text)["id"] == wanted


def test_a_folder_stands_for_the_books_below_it(library, mamctl):
    assert shown(mamctl, str(library / "Jo Penn"))["title"] == "Winter Tales"
    done = mamctl("meta", "show", str(library))
    assert (done.code, "may be any of 3 books" in done.err) == (2, True)


def test_several_candidates_are_shown(library, mamctl):
    done = mamctl("meta", "show", "library")
    assert done.code == 2
    assert "may be any of 3 books" in done.err
    assert "The Salt Road (Mara Vell)" in done.err
    assert mamctl("meta", "show", "nothing like it").code == 2


@pytest.mark.spec("META-7")
def test_a_persons_word_survives_scans_until_it_is_taken_back(library, mamctl):
    assert mamctl("meta", "set", "salt road", "narrator", "Ann Roe; Roe, Ann").code == 0
    (library / "Mara Vell" / "Lantern Cycle" / "2 - The Salt Road" / "reader.txt").write_text("Somebody Else")
    mamctl("meta", "scan", str(library))
    book = shown(mamctl, "salt road")
    assert (book["narrators"], book["verified"]) == (["Ann Roe"], ["narrators"])
    assert mamctl("meta", "unverify", "salt road", "--json").data["fields"] == ["narrators"]
    book = shown(mamctl, "salt road")
    assert (book["narrators"], book["verified"]) == (["Tom Asher"], [])


def test_verify_locks_what_has_a_value(library, mamctl):
    locked = mamctl("meta", "verify", "salt road", "title", "isbn", "--json").data
    assert (locked["fields"], locked["without_value"]) == (["title"], ["isbn"])
    assert mamctl("meta", "verify", "salt road", "--dry-run").code == 0
    assert shown(mamctl, "salt road")["verified"] == ["title"]


@pytest.mark.parametrize(("field", "value"), [("year", "soon"), ("titel", "x"), ("asin", "12")])
def test_wrong_words_are_refused(library, mamctl, field, value):
    assert mamctl("meta", "set", "salt road", field, value).code == 2


def test_export_writes_once_and_is_no_source(library, mamctl):
    folder = library / "Mara Vell" / "Lantern Cycle" / "2 - The Salt Road"
    audio = (folder / "The Salt Road.m4b").read_bytes()
    assert mamctl("meta", "export", "salt road", "--dry-run", "--json").data["counts"] == {"create": 2}
    assert not (folder / "metadata.json").exists()
    assert mamctl("meta", "export", "salt road", "--json").data["counts"] == {"create": 2}
    written = json.loads((folder / "metadata.json").read_text())
    assert (written["title"], written["series"], len(written["chapters"])) == ("The Salt Road", ["Lantern Cycle #2"], 2)
    assert mamctl("meta", "export", "salt road", "--json").data["counts"] == {"keep": 2}
    mamctl("meta", "scan", str(library))
    assert {said["source"] for said in shown(mamctl, "salt road")["evidence"]}.isdisjoint({"abs_json", "opf"})
    mamctl("meta", "set", "salt road", "year", "2012")
    assert mamctl("meta", "export", "salt road", "--json").data["counts"] == {"replace": 2}
    assert (folder / "The Salt Road.m4b").read_bytes() == audio
    assert not list(folder.glob(".*"))


def test_export_never_replaces_others_words(library, mamctl):
    folder = library / "Mara Vell" / "Lantern Cycle" / "2 - The Salt Road"
    mamctl("meta", "export", "salt road")
    edited = (folder / "metadata.json").read_text().replace('"The Salt Road"', '"The Pepper Road"')
    (folder / "metadata.json").write_text(edited)
    mamctl("meta", "set", "salt road", "year", "2012")
    done = mamctl("meta", "export", "salt road", "--json")
    assert done.code == 4
    assert done.data["counts"] == {"refuse": 1, "replace": 1}
    assert [problem["code"] for problem in done.json["problems"]] == ["foreign_sidecar"]
    assert (folder / "metadata.json").read_text() == edited
    mamctl("meta", "scan", str(library))
    assert shown(mamctl, str(folder))["title"] == "The Pepper Road"


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: path.symlink_to("/nowhere")])
def test_export_opens_nothing_but_files(library, mamctl, make):
    make(library / "Mara Vell" / "Lantern Cycle" / "2 - The Salt Road" / "metadata.json")
    assert mamctl("meta", "export", "salt road", "--json").data["counts"] == {"create": 1, "refuse": 1}


@pytest.mark.parametrize("killed", ["before the rename", "after the rename"])
def test_export_goes_on_after_a_kill_as_if_nothing_had_happened(library, mamctl, monkeypatch, killed):
    from mamctl.adapters.library import export_files

    folder = library / "Mara Vell" / "Lantern Cycle" / "2 - The Salt Road"
    mamctl("meta", "export", "salt road")
    mamctl("meta", "set", "salt road", "year", "2012")
    real = export_files._replace

    def dying(*args):
        if killed == "after the rename":
            real(*args)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(export_files, "_replace", dying)
        assert mamctl("meta", "export", "salt road").code == 130
    mamctl("meta", "scan", str(library))
    assert {said["source"] for said in shown(mamctl, "salt road")["evidence"]}.isdisjoint({"abs_json", "opf"})
    mamctl("meta", "set", "salt road", "year", "2013")
    done = mamctl("meta", "export", "salt road", "--json")
    assert (done.code, done.data["counts"]) == (0, {"replace": 2})
    assert json.loads((folder / "metadata.json").read_text())["publishedYear"] == "2013"


@pytest.mark.parametrize("linked", ["the book", "its author"])
def test_export_writes_nothing_through_a_folder_that_became_a_link(library, mamctl, tmp_path, linked):
    book = library / "Mara Vell" / "Lantern Cycle" / "2 - The Salt Road"
    moved = book if linked == "the book" else library / "Mara Vell"
    outside = tmp_path / "outside"
    moved.rename(outside)
    moved.symlink_to(outside)
    done = mamctl("meta", "export", "salt road", "--json")
    assert done.code == 4
    assert {problem["code"] for problem in done.json["problems"]} == {"folder_is_a_link"}
    assert not list(outside.rglob("metadata.*"))


def test_export_is_not_hindered_by_what_a_killed_process_left(library, mamctl):
    folder = library / "Mara Vell" / "Lantern Cycle" / "2 - The Salt Road"
    fresh, old = folder / f".metadata.json.mamctl-{os.getpid()}", folder / ".metadata.json.mamctl-abandoned"
    fresh.write_text("{")
    old.write_text("{")
    os.utime(old, (1, 1))
    assert mamctl("meta", "export", "salt road", "--json").data["counts"] == {"create": 2}
    assert fresh.exists()
    assert not old.exists()


def test_export_of_all_leaves_loose_files_alone(library, mamctl):
    done = mamctl("meta", "export", "--all", "--json")
    assert [problem["code"] for problem in done.json["problems"]] == ["loose_file"]
    assert not (library / "metadata.json").exists()
    assert mamctl("meta", "export").code == 2
    assert mamctl("meta", "export", "salt", "--all").code == 2


@pytest.mark.spec("META-3")
def test_the_parsers_alone(tmp_path, mamctl):
    said = mamctl("meta", "parse-path", "Mara Vell/Lantern Cycle/2 - The Salt Road {Tom Asher}", "--json").data
    assert (said["title"], said["narrators"]) == ("The Salt Road", ["Tom Asher"])
    assert said["readings"][0]["reasons"]
    paths = ("Lee Brand - Jack Rider/01 Killing Salt", "Lee Brand - Jack Rider/10 The Hard Salt")
    listed = mamctl("meta", "parse-path", *paths, "--json").data["paths"]
    assert [one["title"] for one in listed] == ["Killing Salt", "The Hard Salt"]
    lines = mamctl("meta", "parse-path", *paths, "--jsonl").out.splitlines()
    assert [json.loads(line)["path"] for line in lines] == list(paths)
    nfo = tmp_path / "a.nfo"
    nfo.write_bytes("╔════╗\n Artist......: Mara Müller\n Behaviour: dark\n".encode("cp437"))
    said = mamctl("meta", "parse-nfo", str(nfo), "--json").data
    assert said["authors"] == ["Mara Müller"]
    assert "Behaviour: dark" in said["remainder"]
    assert mamctl("meta", "parse-nfo", str(tmp_path / "none.nfo")).code == 2
    assert "Mara Müller" in mamctl("meta", "parse-nfo", str(nfo)).out
