"""A finished download, checked against its torrent and against what is said of its length; with real audio."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from bencode2 import bencode

pytestmark = [pytest.mark.real("ffmpeg"), pytest.mark.spec("META-4")]


@pytest.fixture
def download(audio_kit: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "done/Salt Road"
    for number in (1, 2, 3):
        (folder / f"CD{number}").mkdir(parents=True)
        shutil.copy(audio_kit / "headerless.mp3", folder / f"CD{number}/01.mp3")
    (folder / "book.nfo").write_text("Title: The Salt Road\nDuration: 2 minutes, 1 second\n")
    files = [
        {"length": path.stat().st_size, "path": list(path.relative_to(folder).parts)}
        for path in sorted(folder.rglob("*")) if path.is_file()
    ]  # fmt: skip
    (tmp_path / "t.torrent").write_bytes(
        bencode({"announce": "http://x.test/KEY", "info": {"name": folder.name, "files": files}})
    )
    return folder


def check(mamctl, download: Path, *more: str):
    return mamctl("meta", "check", "--torrent", str(download.parent.parent / "t.torrent"), *more, "--json")


def codes(done) -> dict[str, str]:
    return {problem["code"]: problem["message"] for problem in done.json["problems"]}


def test_a_whole_download_agrees(download: Path, mamctl):
    for place in (download, download.parent):
        done = check(mamctl, download, str(place))
        assert (done.code, done.json["problems"]) == (0, [])
        assert done.data["download"]["files"] == 4
        (book,) = done.data["download"]["books"]
        assert abs(book["duration"] - 120) < 1.2
        assert (book["expected_duration"], book["said_by"]) == (121, "nfo")
    assert "KEY" not in done.out


def test_a_file_cut_without_a_trace_is_found_by_size_and_by_length(download: Path, mamctl):
    cut = download / "CD2/01.mp3"
    os.truncate(cut, cut.stat().st_size // 2)
    # Nothing in the file itself tells.
    assert mamctl("meta", "check", str(cut)).code == 0
    done = check(mamctl, download, str(download))
    assert done.code == 3
    found = codes(done)
    assert set(found) == {"size_differs", "length_differs"}
    assert str(cut) in found["size_differs"]
    assert "where nfo says 0:02:01" in found["length_differs"]


def test_a_lost_file_is_missing_and_one_that_was_renamed_is_not(download: Path, mamctl):
    (download / "CD1/01.mp3").unlink()
    (download / "book.nfo").rename(download / "info.nfo")
    done = check(mamctl, download, str(download))
    assert "CD1/01.mp3" in codes(done)["files_missing"]
    assert done.data["download"]["compared"]["renamed"] == [["book.nfo", "info.nfo"]]
    assert (
        "under other names"
        in mamctl("meta", "check", "--torrent", str(download.parent.parent / "t.torrent"), str(download)).out
    )


def test_the_length_that_the_library_knows_counts_for_another_link_of_the_file(download: Path, tmp_path: Path, mamctl):
    home = tmp_path / "library/Mara Vell/The Salt Road"
    for disc in ("CD1", "CD2", "CD3"):
        (home / disc).mkdir(parents=True)
        os.link(download / disc / "01.mp3", home / disc / "01.mp3")
    (home / "info.json").write_text('{"title": "The Salt Road", "duration": 7210.5}')
    mamctl("meta", "scan", str(tmp_path / "library"))
    told = mamctl("meta", "problems", "--kind", "length_differs", "--json").json["problems"]
    assert [problem["subject"] for problem in told] == [str(home)]
    (download / "book.nfo").write_text("Title: The Salt Road\n")
    done = check(mamctl, download, str(download))
    assert "where sidecar says 2:00:10" in codes(done)["length_differs"]


def test_lines_tell_of_the_files_and_stderr_of_the_rest(download: Path, mamctl):
    (download / "CD1/01.mp3").unlink()
    torrent = str(download.parent.parent / "t.torrent")
    done = mamctl("meta", "check", "--torrent", torrent, str(download), "--jsonl")
    assert (done.code, len(done.out.splitlines())) == (3, 2)
    assert "listed files missing: CD1/01.mp3" in done.err


@pytest.mark.parametrize("words", [[], ["."], ["a", "b"]])
def test_wrong_usage_is_refused(download: Path, mamctl, monkeypatch, words):
    monkeypatch.chdir(download)
    for name in ("a", "b"):
        (download / name).mkdir()
    bad = download / "book.nfo"
    done = mamctl("meta", "check", "--torrent", str(bad), *words)
    assert done.code == 2


def test_a_torrent_of_one_file(download: Path, audio_kit: Path, tmp_path: Path, mamctl):
    one = tmp_path / "done/one.mp3"
    shutil.copy(audio_kit / "mp3.mp3", one)
    info = {"name": "one.mp3", "length": one.stat().st_size}
    (tmp_path / "t.torrent").write_bytes(bencode({"info": info}))
    assert check(mamctl, download, str(one)).code == 0
    assert check(mamctl, download, str(one.parent)).code == 0
    one.unlink()
    assert "files_missing" in codes(check(mamctl, download, str(one.parent)))
