"""`meta match` from the command line, against the practice catalogue."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime

import pytest

from mamctl.domain.catalogues.observe import queries_of_path
from mamctl.domain.library.paths.observe import observe_path
from mamctl.domain.library.paths.reading import read_path
from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Source
from mamctl.practice.catalogue.faults import FaultKind
from mamctl.practice.catalogue.wire.goodreads import AUTHOR_NUMBER
from mamctl.practice.catalogue.wire.reply import PRACTICE_KEY
from mamctl.sqlite import transaction
from mamctl.store.database import open_store
from mamctl.store.library.agreed import replace_observations, save_agreed
from tests.kit.catalogue_world import config, library, server, world

__all__ = ["config", "library", "server", "world"]

WORKS = 60

CANDIDATE_KEYS = {
    "source", "id", "title", "subtitle", "authors", "narrators", "series", "duration", "published", "language",
    "abridged", "publisher", "asin", "isbn", "region", "url", "score", "penalties",
}  # fmt: skip


@pytest.fixture
def ask(mamctl, config):
    """`meta match` with this configuration, as JSON."""
    return lambda *words: mamctl("meta", "match", *words, "--config", str(config), "--json")


@pytest.fixture
def work(world):
    """A work with one recording, so that its title and author name it."""
    return next(one for one in world.works if len(one.recordings) == 1 and len(one.title.split()) > 2)


def test_a_script_may_ask_without_a_library(ask, work):
    done = ask("--title", work.title, "--author", work.authors[0])
    assert (done.code, done.json["schema"]) == (0, "mamctl.meta.match/1")
    assert done.data["verdict"] == "match"
    assert done.data["chosen"]["title"] == work.title
    assert done.data["chosen"] in done.data["candidates"]
    assert all(set(one) == CANDIDATE_KEYS for one in done.data["candidates"])
    assert all(
        set(part) == {"name", "amount", "detail", "hard"}
        for one in done.data["candidates"]
        for part in one["penalties"]
    )


def test_a_path_is_asked_about_with_all_its_readings(ask, work):
    author, length = work.authors[0], work.recordings[0].duration_s
    done = ask("--path", f"Fantasy/{author}/{work.title} (Unabridged)/mp3", "--duration", str(length))
    assert (done.code, done.data["verdict"]) == (0, "match")
    assert done.data["chosen"]["title"] == work.title
    first = done.data["readings"][0]
    assert (first["title"], first["authors"]) == (work.title, [author])
    assert set(first) == {
        "title", "subtitle", "authors", "narrators", "series", "year", "confidence", "likelihood", "reasons"
    }  # fmt: skip
    assert first["reasons"]
    assert done.data["answered"] == 0
    assert 0 < done.data["requests"] < 40


def test_the_second_reading_is_asked_where_the_first_finds_nothing(ask, work):
    """Two names in the wrong order: nobody is called as the work is, and nothing as its author."""
    done = ask("--path", f"{work.authors[0]} {work.title} A History of the Whole World")
    assert done.data["verdict"] in {"match", "ambiguous", "none"}
    assert len({one["title"] for one in done.data["readings"]}) > 1


def test_a_book_is_asked_about_with_its_other_readings_where_the_first_finds_nothing(ask, config, world):
    """The folder may name the author first or last, and no catalogue knows anybody called as the work is."""
    paths = {f"/library/{one.title} - {one.authors[0]}": one for one in world.works}
    named = {path: [query.title for query in queries_of_path(read_path(path), None)] for path in paths}
    path, work = next((p, one) for p, one in paths.items() if one.title in named[p][1:] and named[p][0] != one.title)
    now = datetime.now(UTC)
    with closing(open_store(config.parent / "mamctl.db")) as db, transaction(db):
        db.execute(
            "INSERT INTO books (path, root, stamp, size, added_at, scanned_at) VALUES (?, '/library', '', 1, 1, 1)",
            (path,),
        )
        said = observe_path(path.removeprefix("/library/"), now)
        replace_observations(db, 1, None, said, (Source.FOLDER,))
        save_agreed(db, 1, None, agree(said), now)
    data = ask("1").data
    assert (data["asked"]["title"], data["asked"]["author"]) == (work.title, work.authors[0])
    assert data["verdict"] != "none"
    assert data["candidates"][0]["title"] == work.title


def test_an_empty_path_is_wrong_usage(mamctl, config):
    for words in (("parse-path", ""), ("parse-path", "Mara Vell/The Salt Road", " "), ("match", "--path", "")):
        assert mamctl("meta", *words, "--config", str(config)).code == 2


def test_a_path_says_all_that_is_asked(ask):
    assert ask("--path", "A/B", "--title", "C").code == 2
    assert ask("--path", "").code == 2
    assert ask("--path", "A/B", "--duration", "long").code == 2


def test_a_file_s_title_is_seen_through(ask, work):
    recording = work.recordings[0]
    last_first = ", ".join(reversed(work.authors[0].rsplit(" ", 1)))
    for title in (
        f"{work.authors[0]} - {work.title} (Unabridged)",
        work.title.replace(" ", "_"),
        f"{work.title} [64k]",
        work.title.upper(),
    ):
        done = ask("--title", title, "--author", last_first, "--duration", str(recording.duration_s))
        assert done.data["verdict"] == "match", title
        assert done.data["chosen"]["title"] == work.title


def test_another_length_is_another_recording(ask, work):
    wrong = str(work.recordings[0].duration_s * 1.5)
    done = ask("--title", work.title, "--author", work.authors[0], "--duration", wrong)
    assert all(one["duration"] is None for one in [done.data["chosen"] or {"duration": None}])


def test_an_unknown_book_is_none(ask):
    done = ask("--title", "Nobody Wrote This One Ever", "--author", "Nemo Nescio")
    assert (done.code, done.data["verdict"], done.data["chosen"]) == (0, "none", None)


def test_the_length_may_be_written_as_people_do(ask, work):
    assert ask("--title", work.title, "--duration", "1:02:03").data["asked"]["duration"] == 3723
    assert ask("--title", work.title, "--duration", "long").code == 2


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--author", "Mara Vell"),
        ("1", "--title", "x"),
        ("--title", "x", "--none"),
        ("1", "--choose", "a:1", "--none"),
        ("--asin", "nonsense"),
        ("--title", "Salt", "--isbn", "123"),
    ],
)
def test_what_cannot_be_asked_is_wrong_usage(ask, library, words):
    assert ask(*words).code == 2


def test_a_silent_catalogue_is_told_and_the_rest_answers(ask, server, work):
    server.behaviour.plan(FaultKind.PAGE, "open_library")
    done = ask("--title", work.title, "--author", work.authors[0])
    assert (done.code, done.data["verdict"]) == (4, "match")
    assert any(problem["subject"] == "open_library" for problem in done.json["problems"])
    server.behaviour.plan(FaultKind.PAGE)
    done = ask("--title", "Something Else Entirely", "--author", "Nemo")
    assert done.code == 13


def test_a_person_chooses_and_the_book_follows_at_once(ask, mamctl, config, library, world):
    number = str(next(iter(library)))
    asin = world.works[1].recordings[0].asin()
    record = f"audible:{asin}"
    done = ask(number, "--choose", record)
    assert (done.code, done.data["chosen_by"], done.data["chosen"]["id"]) == (0, "person", asin)
    assert "description" in done.data["changed"]
    shown = mamctl("meta", "show", number, "--config", str(config))
    assert world.works[1].description[:30] in shown.out
    told = mamctl("meta", "enrich", number, "--config", str(config), "--json")
    assert (told.data["matched"], told.data["changes"]) == (1, 0)


def test_a_custom_provider_s_record_can_be_chosen_by_the_key_that_a_person_reads(ask, mamctl, config, library, server):
    config.write_text(
        config.read_text().replace("timeout = 60", 'timeout = 60\norder = ["abs-tract", "abs-agg"]')
        + "".join(
            f'\n[[catalogues.custom]]\nname = "{name}"\nbase_url = "{server.base_url("custom")}"\ninterval = 0\n'
            for name in ("abs-tract", "abs-agg")
        )
    )
    number = str(next(iter(library)))
    seen = mamctl("meta", "match", number, "--config", str(config))
    shown = next(word for word in seen.out.split() if word.startswith("abs-agg:"))
    listed = {f"{one['source']}:{one['id']}" for one in ask(number).data["candidates"]}
    assert any(one.startswith("abs-tract:") for one in listed)
    assert any(one.startswith(f"{shown} ") for one in listed)
    done = ask(number, "--choose", shown)
    assert (done.code, done.data["chosen"]["source"]) == (0, "abs-agg")
    assert ask(number, "--choose", next(iter(listed))).code == 0
    again = mamctl("meta", "enrich", number, "--config", str(config), "--json")
    assert (again.code, again.data["matched"]) == (0, 1)


def test_a_person_says_none_and_nobody_is_asked_again(ask, mamctl, config, library, server):
    number = str(next(iter(library)))
    mamctl("meta", "enrich", number, "--config", str(config), "--json")
    assert ask(number, "--none").data["verdict"] == "none"
    server.reset()
    mamctl("meta", "enrich", number, "--config", str(config), "--json")
    assert server.journal.entries == []


def test_a_dry_run_keeps_no_choice(ask, library, tmp_path):
    number = str(next(iter(library)))
    ask(number, "--none", "--dry-run")
    db = open_store(tmp_path / "mamctl.db")
    assert db.execute("SELECT count(*) FROM catalogue_answers").fetchone()[0] == 0
    db.close()


def test_a_choice_must_be_a_record_of_a_catalogue(ask, library):
    number = str(next(iter(library)))
    for wrong in ("audible", "nobody:1", "audible:B000000000"):
        assert ask(number, "--choose", wrong).code == 2


def test_a_person_reads_why(mamctl, config, work):
    done = mamctl("meta", "match", "--title", work.title, "--author", work.authors[0], "--config", str(config))
    assert done.out.startswith("match: ")
    assert re.search(r"^    [a-z ]+ −0\.\d\d \(.+\)", done.out, re.MULTILINE)


def test_the_configured_author_s_books_cost_one_question_to_goodreads(ask, config, server, world, monkeypatch):
    author = Counter(name for one in world.works for name in one.authors).most_common(1)[0][0]
    monkeypatch.setenv("GOODREADS_API_KEY", PRACTICE_KEY)
    monkeypatch.setenv("GOODREADS_AUTHOR_ID", f"{AUTHOR_NUMBER + world.authors[author]}.A_Name")
    text = config.read_text(encoding="utf-8").replace("timeout = 60", 'timeout = 60\norder = ["goodreads"]')
    config.write_text(text, encoding="utf-8")
    for one in (one for one in world.works if author in one.authors and server.shelves.knows("goodreads", one)):
        done = ask("--title", one.title, "--author", author)
        assert done.data["candidates"][0]["title"] == one.title
    assert len(server.asked("goodreads")) == 1
