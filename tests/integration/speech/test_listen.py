"""`meta listen` with the real engine, on books that are really spoken."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.kit.speech import STORY, human_recording, make_sound, model_folder, speak

pytestmark = [pytest.mark.real("espeak-ng", "ffmpeg"), pytest.mark.xdist_group("speech")]


@pytest.fixture(name="library")
def _library(tmp_path: Path) -> Path:
    library = tmp_path / "library"
    library.mkdir()
    config = tmp_path / "mamctl.toml"
    config.write_text(f'[library]\nfolders = ["{library}"]\n[speech]\nmodel = "{model_folder()}"\n')
    os.environ["MAMCTL_CONFIG"] = str(config)
    return library


def add_book(library: Path, title: str, text: str, *, author: str = "Mara Vell", reader: str = "Thomas Asher") -> Path:
    return speak(library / author / title, "book.mp3", text, title=title, artist=author, composer=reader)


def heard(mamctl, *arguments: str):
    done = mamctl("meta", "listen", "--json", *arguments)
    return done, {book["known_title"]: book for book in done.data["books"]}


@pytest.mark.spec("META-5")
@pytest.mark.spec("META-6")
def test_stt_extraction(library: Path, mamctl):
    add_book(
        library, "The Salt Road",
        f"This is Audible. The Salt Road. Written by Mara Vell. Narrated by Thomas Asher. Chapter one. {STORY}",
    )  # fmt: skip
    add_book(library, "A Winter Harbor", f"Chapter one. {STORY}")
    add_book(
        library, "Nine Quiet Rivers", f"Nine Quiet Rivers, by Mara Vell, read by Jonathan Hale. Chapter one. {STORY}"
    )
    make_sound(library / "Mara Vell" / "Silence", "book.mp3", "anullsrc=d=20", title="Silence", artist="Mara Vell")
    make_sound(library / "Mara Vell" / "Tones", "book.mp3", "sine=440:d=20", title="Tones", artist="Mara Vell")
    mamctl("meta", "scan")
    done, books = heard(mamctl)
    assert {title: book["heard"] for title, book in books.items()} == {
        "The Salt Road": "credits", "A Winter Harbor": "no_credits", "Nine Quiet Rivers": "credits",
        "Silence": "music_or_silence", "Tones": "music_or_silence",
    }  # fmt: skip
    said = books["The Salt Road"]["narrators"]
    assert [(one["name"], one["place"], one["method"]) for one in said] == [("Thomas Asher", "opening", "heard")]
    assert books["The Salt Road"]["agrees"] is True
    assert books["A Winter Harbor"]["agrees"] is None
    assert books["Nine Quiet Rivers"]["agrees"] is False
    assert done.code == 3
    assert [problem["code"] for problem in done.json["problems"]] == ["narrator_contradicted"]
    shown = mamctl("meta", "narrator", "salt road", "--json").data
    assert shown["agreed"]["source"] == "speech"
    assert {one["method"] for one in shown["sources"]} == {"speech", "tags"}
    assert "narrator_contradicted" in mamctl("meta", "problems", "--json").out


@pytest.mark.spec("META-5")
def test_a_human_voice_says_who_reads(library: Path, mamctl):
    """With the translator in the tags the recording contradicts them: it names him, but for something else."""
    for tagged in ("Lionel Giles", "Moira Fogarty"):
        folder = library / "Sun Tzu" / f"The Art of War {{{tagged}}}"
        human_recording(folder, "book.mp3", title="The Art of War", artist="Sun Tzu", composer=tagged)
    mamctl("meta", "scan")
    done, _ = heard(mamctl)
    books = sorted(done.data["books"], key=lambda book: book["path"])
    assert [book["agrees"] for book in books] == [False, True]
    for book in books:
        assert [one["name"] for one in book["narrators"]] == ["Moira Fogarty"]
        assert book["title"] == "The Art of War"


def test_what_was_heard_is_not_transcribed_again_wherever_it_lies(library: Path, mamctl):
    book = add_book(library, "The Salt Road", f"The Salt Road by Mara Vell, read by Thomas Asher. {STORY}")
    mamctl("meta", "scan")
    first, _ = heard(mamctl)
    assert first.data["transcribed"] > 0
    assert heard(mamctl)[0].data["books"] == []
    again, books = heard(mamctl, "--all")
    assert again.data["transcribed"] == 0
    assert books["The Salt Road"]["cached"] is True
    shutil.move(book.parent, library / "elsewhere")
    mamctl("meta", "scan")
    assert heard(mamctl, "--all")[0].data["transcribed"] == 0
    with sqlite3.connect(store_path()) as db:  # as an earlier version judged it
        db.execute("UPDATE book_speech SET engine = replace(engine, ', rules', ', other rules')")
    judged, books = heard(mamctl)
    assert (judged.data["transcribed"], books["The Salt Road"]["cached"]) == (0, True)


def test_a_budget_spreads_books_over_runs(library: Path, mamctl):
    """Each run listens to one book at least, and the next one goes on with the others."""
    for title in ("One", "Two"):
        add_book(library, title, f"{title} by Mara Vell, read by Thomas Asher.")
    mamctl("meta", "scan")
    with_limits = Path(os.environ["MAMCTL_CONFIG"])
    kept = with_limits.read_text()
    with_limits.write_text(f"{kept}timeout = 0\n")  # no book can be done in no time: each is left for the next run
    _, books = heard(mamctl)
    assert {(book["heard"], book["detail"]) for book in books.values()} == {
        ("unusable", "not listened to: 0 s were over")
    }
    with_limits.write_text(f"{kept}max_minutes = 0.0001\n")
    runs = [heard(mamctl) for _ in range(3)]
    assert [(len(books), done.data["left"]) for done, books in runs] == [(1, 1), (1, 0), (0, 0)]
    assert {title for _, books in runs for title in books} == {"One", "Two"}
    assert all(done.code == 0 for done, _ in runs)


def test_a_dry_run_keeps_nothing_nor_does_a_run_without_cache(library: Path, mamctl):
    add_book(library, "The Salt Road", f"The Salt Road by Mara Vell, read by Thomas Asher. {STORY}")
    mamctl("meta", "scan")
    assert mamctl("meta", "listen", "--dry-run", "--json").data["books"][0]["heard"] == "credits"
    assert mamctl("meta", "narrator", "salt", "--json").data["listened"] is None
    with Path(os.environ["MAMCTL_CONFIG"]).open("a") as config:
        config.write("cache = false\n")
    assert heard(mamctl)[0].data["transcribed"] > 0
    assert _count(store_path(), "transcripts") == 0
    assert mamctl("meta", "narrator", "salt", "--json").data["listened"] is not None


def test_an_english_model_is_unavailable_for_other_languages(library: Path, mamctl):
    speak(
        library / "Vell" / "Der Salzweg", "book.mp3", "Der Salzweg. Von Mara Vell. Gelesen von Tom Asher.", voice="de",
        title="Der Salzweg", artist="Mara Vell", language="ger",
    )  # fmt: skip
    mamctl("meta", "scan")
    _, books = heard(mamctl)
    book = books["Der Salzweg"]
    assert book["heard"] is None
    assert "de" in book["unavailable"]


@pytest.mark.spec("META-5")
def test_broken_and_missing_files_cost_one_book(library: Path, mamctl):
    broken = add_book(library, "Broken", f"Broken by Mara Vell, read by Thomas Asher. {STORY}")
    gone = add_book(library, "Gone", f"Gone by Mara Vell, read by Thomas Asher. {STORY}")
    add_book(library, "The Salt Road", f"The Salt Road by Mara Vell, read by Thomas Asher. {STORY}")
    mamctl("meta", "scan")
    broken.write_bytes(os.urandom(30_000))
    gone.unlink()
    done, books = heard(mamctl, "--all")
    assert done.code == 0
    assert books["Broken"]["heard"] == books["Gone"]["heard"] == "unusable"
    assert books["Broken"]["detail"]
    assert books["The Salt Road"]["heard"] == "credits"


@pytest.mark.parametrize(
    ("setting", "word"),
    [('model = "/nonexistent"', "not a model folder"), ('model_size = "large"', "large"),
     ('service = "azure"', "AZURE_SPEECH_KEY"), ('service = "google"', "GOOGLE_SPEECH_KEY")],
)  # fmt: skip
@pytest.mark.spec("META-5")
def test_a_missing_engine_is_unavailable_and_no_error(library: Path, mamctl, setting: str, word: str, tmp_path: Path):
    Path(os.environ["MAMCTL_CONFIG"]).write_text(f'[library]\nfolders = ["{library}"]\n[speech]\n{setting}\n')
    done = mamctl("meta", "listen", "--json")
    assert done.code == 3
    assert word in done.data["unavailable"]
    assert done.json["problems"][0]["remedy"]


def test_a_killed_run_goes_on_where_it_was(library: Path, mamctl, tmp_path: Path):
    for number in ("One", "Two", "Three", "Four"):
        add_book(library, f"Salt {number}", f"Salt {number} by Mara Vell, read by Thomas Asher. {STORY}")
    mamctl("meta", "scan")
    run = subprocess.Popen([sys.executable, "-m", "mamctl", "meta", "listen"], start_new_session=True)
    store = store_path()
    deadline = time.monotonic() + 120
    while _count(store, "book_speech") < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    kept = _count(store, "transcripts")
    done, _ = heard(mamctl, "--all")
    assert _count(store, "transcripts") == kept + done.data["transcribed"]
    assert len(done.data["books"]) == 4


def store_path() -> Path:
    return next(Path(os.environ["MAMCTL_CONFIG"]).parent.rglob("mamctl.db"))


def _count(store: Path, table: str) -> int:
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as db:
        return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
