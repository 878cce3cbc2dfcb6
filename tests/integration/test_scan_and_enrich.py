"""From files to right metadata, over HTTP: searching catalogues, caching, enriching, drifting, and gaps in series."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from mamctl.practice.catalogue.faults import FaultKind
from mamctl.practice.catalogue.shelf_world import a_month_later
from tests.kit.catalogue_member import CatalogueMember, catalogue_member

__all__ = ["catalogue_member"]

PENALTY = {"name", "amount", "detail", "hard"}
CANDIDATE = {"source", "id", "title", "authors", "narrators", "duration", "score", "penalties"}
CHANGE = {"book", "field", "old", "new", "source", "kind", "reason"}


@pytest.fixture
def enriched(catalogue_member: CatalogueMember) -> CatalogueMember:
    """Scanned and enriched."""
    assert catalogue_member("meta", "scan", "--enrich").code == 3  # one file is broken
    return catalogue_member


def book(member: CatalogueMember, title: str) -> int:
    return member.rows("SELECT id FROM library WHERE title = ?", title)[0][0]


def agreed(member: CatalogueMember, title: str) -> dict[str, object]:
    rows = member.rows("SELECT field, value FROM agreed WHERE book_id = ?", book(member, title))
    return {field: json.loads(value) for field, value in rows}


@pytest.mark.spec("META-2")
def test_catalogue_search(catalogue_member: CatalogueMember):
    """A script asks about a title; neither a library nor a store is there, and none is made."""
    done = catalogue_member("meta", "match", "--title", "Lost World, The", "--author", "Doyle, Arthur Conan")
    assert (done.code, done.json["schema"]) == (0, "mamctl.meta.match/1")
    assert done.data["verdict"] == "match"
    assert done.data["chosen"]["title"] == "The Lost World"
    assert done.data["chosen"]["narrators"] == ["Tom Asher"]
    assert {one["source"] for one in done.data["candidates"]} >= {"audible", "open_library", "itunes"}
    assert all(set(one) >= CANDIDATE for one in done.data["candidates"])
    assert all(set(part) == PENALTY for one in done.data["candidates"] for part in one["penalties"])
    assert [one["score"] for one in done.data["candidates"]] == sorted(
        (one["score"] for one in done.data["candidates"]), reverse=True
    )
    other = catalogue_member("meta", "match", "--title", "The Lost World", "--author", "Jules Verne")
    assert (other.data["verdict"], other.data["chosen"]) == ("none", None)
    assert not (catalogue_member.home / "mamctl.db").exists()


def test_a_script_needs_no_configuration_either(catalogue_member: CatalogueMember, monkeypatch):
    """Without a configuration file the real catalogues would be asked; here the way to them is closed."""
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    monkeypatch.setattr("mamctl.adapters.catalogues.client._TRIES", 1)
    done = catalogue_member.run("meta", "match", "--title", "The Lost World", "--json")
    assert done.code == 13
    assert {problem["code"] for problem in done.json["problems"]} == {"catalogue_down"}
    assert not list(catalogue_member.home.rglob("mamctl.toml.*"))
    assert not (catalogue_member.home / "state/mamctl/mamctl.db").exists()


def test_caching(catalogue_member: CatalogueMember):
    """What was asked once is not asked again that day: neither what was found nor what was not."""
    questions = (("The Time Machine", "H. G. Wells"), ("Nobody Wrote This", "Nemo Nescio"))
    for title, author in questions:
        catalogue_member("meta", "match", "--title", title, "--author", author)
    assert catalogue_member.server.asked()
    catalogue_member.server.reset()
    for title, author in questions:
        again = catalogue_member("meta", "match", "--title", title, "--author", author)
        assert again.code == 0
    assert catalogue_member.server.asked() == []
    catalogue_member("meta", "scan", "--enrich")
    catalogue_member.server.reset()
    second = catalogue_member("meta", "enrich", "--all")
    assert (second.data["asked"], second.data["changes"], second.data["requests"]) == (5, 0, {})
    assert catalogue_member.server.asked() == []


@pytest.mark.spec("META-1")
@pytest.mark.spec("META-8")
@pytest.mark.real("ffmpeg")
def test_metadata_enrichment_full_flow(catalogue_member: CatalogueMember):
    """Files are scanned, a person names one that says nothing, and the catalogues complete the rest."""
    scanned = catalogue_member("meta", "scan", "--enrich")
    assert scanned.json["schema"] == "mamctl.meta.scan/1"
    assert scanned.data["enriched"]["matched"] == 4
    nameless = catalogue_member.rows("SELECT id FROM books WHERE path LIKE '%New Folder%'")[0][0]
    catalogue_member("meta", "set", str(nameless), "title", "The Lost World")
    catalogue_member("meta", "set", str(nameless), "authors", "Arthur Conan Doyle")
    done = catalogue_member("meta", "enrich", str(nameless))
    assert (done.code, done.data["matched"]) == (0, 1)
    for title in ("A Study in Scarlet", "The Time Machine", "A Princess of Mars", "The Lost World"):
        values = agreed(catalogue_member, title)
        assert values["authors"]
        assert values["narrators"]
        assert values["description"].startswith(title)
    assert agreed(catalogue_member, "The Lost World")["series"] == [{"name": "Professor Challenger", "position": "2"}]
    assert agreed(catalogue_member, "The Time Machine")["narrators"] == ["Tom Asher"]
    assert catalogue_member("meta", "enrich").data["asked"] == 0


def test_an_outage_takes_nothing_back_and_is_made_up_for(enriched: CatalogueMember):
    before = enriched.rows("SELECT book_id, field, value FROM agreed ORDER BY 1, 2")
    enriched.a_month_passes()
    for kind in (FaultKind.PAGE, FaultKind.OTHER_SHAPE, FaultKind.SOFT_BLOCK, FaultKind.TRUNCATED):
        enriched.server.behaviour.plan(kind)
        done = enriched("meta", "enrich", "--all")
        assert done.code == 13, kind
        assert enriched.rows("SELECT book_id, field, value FROM agreed ORDER BY 1, 2") == before
        enriched.server.reset()
    assert enriched("meta", "enrich", "--all").code == 0


@pytest.mark.spec("DRIFT-1")
@pytest.mark.spec("DRIFT-2")
@pytest.mark.spec("DRIFT-3")
@pytest.mark.spec("DRIFT-4")
def test_drift_correction_with_protected_fields(enriched: CatalogueMember):
    """A month later a place in a series and a text are corrected; title, narrator and a verified text stay."""
    lost = enriched.rows("SELECT id FROM books WHERE path LIKE '%New Folder%'")[0][0]
    enriched("meta", "set", str(lost), "title", "The Lost World")
    enriched("meta", "set", str(lost), "authors", "Arthur Conan Doyle")
    enriched("meta", "enrich", str(lost))
    enriched("meta", "verify", str(book(enriched, "A Study in Scarlet")), "description")
    enriched.a_month_passes()
    world = a_month_later(enriched.server.shelves.world)
    enriched.server.show(world)

    seen = enriched("drift", "check")
    assert (seen.code, seen.json["schema"]) == (3, "mamctl.drift.check/1")
    assert all(set(change) >= CHANGE for change in seen.data["changes"])
    kinds = {(change["field"], change["kind"]) for change in seen.data["changes"]}
    assert kinds == {
        ("series", "safe"), ("description", "safe"), ("title", "protected"), ("narrators", "protected"),
    }  # fmt: skip

    before = enriched.rows("SELECT * FROM agreed ORDER BY book_id, field")
    enriched("drift", "fix", "--dry-run")
    assert enriched.rows("SELECT * FROM agreed ORDER BY book_id, field") == before
    fixed = enriched("drift", "fix")
    assert fixed.data["made"] == 2
    assert agreed(enriched, "The Lost World")["series"] == [{"name": "Professor Challenger", "position": "1"}]
    assert agreed(enriched, "The Time Machine")["narrators"] == ["Tom Asher"]
    assert enriched("drift", "check", "--all").data["changes"] == []

    with (
        closing(sqlite3.connect(enriched.home / "mamctl.db")) as db,
        pytest.raises(sqlite3.IntegrityError, match="verified"),
    ):
        db.execute("UPDATE agreed SET value = '\"x\"' WHERE book_id = ? AND field = 'title'", (lost,))
    made = enriched("drift", "history", "--state", "made").data["changes"]
    assert {(one["field"], one["old"] != one["new"]) for one in made} == {("series", True), ("description", True)}
    assert set(enriched("drift", "undo", "r1").data["undone"]) == {one["ref"] for one in made}
    assert enriched.rows("SELECT * FROM agreed ORDER BY book_id, field") == before
    assert enriched("drift", "check", "--all").data["changes"] == []


def test_a_series_with_missing_volumes(enriched: CatalogueMember):
    """Of three Martian volumes one is here; the others are named, in their order."""
    done = enriched("meta", "series", "barsoom")
    (series,) = done.data["series"]
    assert (series["name"], series["catalogue"]) == ("Barsoom", "audible")
    assert [volume["title"] for volume in series["owned"]] == ["A Princess of Mars"]
    assert [(one["position"], one["title"]) for one in series["missing"]] == [
        ("2", "The Gods of Mars"), ("3", "The Warlord of Mars"),
    ]  # fmt: skip
    assert {one["name"] for one in enriched("meta", "series", "--incomplete").data["series"]} >= {"Barsoom"}


def _start(member: CatalogueMember, *words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "mamctl", *words, "--config", str(member.config)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ})


def _until_asked(member: CatalogueMember, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 180
    while not member.server.asked():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_killed_run_leaves_a_store_from_which_the_next_goes_on(catalogue_member: CatalogueMember):
    catalogue_member("meta", "scan")
    slow = catalogue_member.server.behaviour.plan(FaultKind.SLOW, delay=30.0)
    run = _start(catalogue_member, "meta", "enrich")
    try:
        _until_asked(catalogue_member, run)
        held = catalogue_member("meta", "enrich")
    finally:
        run.send_signal(signal.SIGKILL)
        run.wait()
    assert (held.code, held.json["problems"][0]["code"]) == (11, "locked")
    slow.times = 0
    assert catalogue_member.rows("SELECT count(*) FROM catalogue_answers") == [(0,)]
    done = catalogue_member("meta", "enrich")
    assert (done.data["asked"], done.data["matched"]) == (5, 4)
    assert catalogue_member.rows("PRAGMA integrity_check") == [("ok",)]


def test_no_key_gets_beyond_the_request(catalogue_member: CatalogueMember, monkeypatch):
    from mamctl.practice.catalogue.wire.reply import PRACTICE_KEY

    for name in ("GOODREADS_API_KEY", "GOOGLE_BOOKS_API_KEY", "HARDCOVER_TOKEN"):
        monkeypatch.setenv(name, PRACTICE_KEY)
    done = catalogue_member("meta", "scan", "--enrich", "--verbose")
    match = catalogue_member("meta", "match", "time machine")
    assert {"goodreads", "hardcover", "google_books"} <= {one["source"] for one in match.data["candidates"]}
    catalogue_member.server.behaviour.plan(FaultKind.REFUSED_KEY)
    refused = catalogue_member("meta", "match", "--title", "Something Else")
    assert refused.code == 13
    told = "".join(run.out + run.err for run in (done, match, refused))
    kept = b"".join(path.read_bytes() for path in _files(catalogue_member.home))
    assert PRACTICE_KEY not in told
    assert PRACTICE_KEY.encode() not in kept


def _files(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file() and path.stat().st_size < 10**8]
