"""A correction reaches Audiobookshelf, and is kept whatever the server does."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mamctl.cli.clock import Clock, current_clock, use_clock
from mamctl.practice.audiobookshelf.server import FaultKind
from mamctl.practice.audiobookshelf.state import Item
from mamctl.practice.catalogue.server import PracticeCatalogue, catalogue_sections
from mamctl.practice.catalogue.shelf_world import a_month_later, shelf_world
from mamctl.practice.faults import Fault
from mamctl.store.runs import job_lock
from tests.story.cli.abs.conftest import Reader

pytestmark = pytest.mark.spec("OPS-5")
MARS = "A Princess of Mars"
SET = ("meta", "set", "princess of mars", "narrators", "Jo Penn")


@pytest.fixture
def run(reader: Reader) -> Callable[..., Any]:
    """`mamctl …` as JSON."""
    return lambda *words: reader.program(*words, "--json", "--config", str(reader.home / "mamctl.toml"))


@pytest.fixture
def item(reader: Reader) -> Item:
    return reader.item(MARS)


def test_it_is_sent_shown_and_can_be_taken_back(reader: Reader, run, item: Item) -> None:
    dry = run(*SET, "--dry-run")
    assert (dry.code, dry.data["audiobookshelf"]["sent"], dry.data["audiobookshelf"]["run"]) == (0, 1, None)
    assert reader.changes() == 0
    done = run(*SET)
    shown = done.data["audiobookshelf"]
    assert (done.code, done.json["problems"], shown["complete"]) == (0, [], True)
    assert (shown["sent"], shown["left"], shown["unmatched"]) == (1, 0, [])
    (field,) = shown["books"][0]["fields"]
    assert (field["field"], field["step"], field["ours"], field["theirs"]) == ("narrators", "send", ["Jo Penn"], [])
    assert item.metadata["narrators"] == ["Jo Penn"]
    words = reader.program(*SET, "--config", str(reader.home / "mamctl.toml")).out
    assert "Audiobookshelf: nothing to send" in words
    assert reader.mamctl("undo", shown["run"]).data["undone"] == 1
    assert item.metadata["narrators"] == []


def test_every_correction_by_hand_is_one(reader: Reader, run, item: Item) -> None:
    assert run("meta", "verify", "princess of mars", "narrators").data["audiobookshelf"]["sent"] == 1
    assert item.metadata["narrators"] == ["Una Fell"]
    run(*SET)
    assert item.metadata["narrators"] == ["Jo Penn"]
    assert run("meta", "unverify", "princess of mars").data["audiobookshelf"]["sent"] == 1
    assert item.metadata["narrators"] == ["Una Fell"]
    # Audiobookshelf has no such field.
    assert run("meta", "set", "princess of mars", "duration", "10:00:00").data["audiobookshelf"] is None


def test_somebodys_word_stays_there_and_you_are_shown_how_to_replace_it(reader: Reader, run, item: Item) -> None:
    item.metadata["narrators"] = ["Somebody Else"]
    words = reader.program(*SET, "--config", str(reader.home / "mamctl.toml")).out
    assert re.search(r"narrators left as someone set it there; mamctl abs push \d+ --over sends it", words)
    assert "nothing to send" not in words
    assert item.metadata["narrators"] == ["Somebody Else"]


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        ({"key_active": False}, "abs_key_refused"),
        ({"may_update": False}, "abs_not_allowed"),
        ({"libraries": {}}, "abs_library_missing"),
        ({"ended": True}, "abs_down"),
    ],
)
def test_a_server_that_declines_costs_nothing_but_a_word(
    reader: Reader, run, item: Item, trouble: dict[str, Any], code: str
) -> None:
    before = {name: getattr(reader.shelf.world, name) for name in trouble}
    for name, value in trouble.items():
        setattr(reader.shelf.world, name, value)
    done = run(*SET)
    (problem,) = done.json["problems"]
    assert (done.code, done.data["after"], problem["code"]) == (3, ["Jo Penn"], code)
    assert item.metadata["narrators"] == []
    for name, value in before.items():
        setattr(reader.shelf.world, name, value)
    assert reader.mamctl("push", "--all").code == 0
    assert item.metadata["narrators"] == ["Jo Penn"]


def test_beside_another_push_it_waits_for_the_next(reader: Reader, run, item: Item) -> None:
    with job_lock(reader.home / "mamctl.db", "abs.push"):
        done = run(*SET)
    (problem,) = done.json["problems"]
    assert (done.code, done.data["after"], done.data["audiobookshelf"]) == (3, ["Jo Penn"], None)
    assert re.fullmatch(r"wait for it to end; then mamctl abs push \d+, or the next .*", problem["remedy"])
    assert reader.mamctl("push", "--all").code == 0
    assert item.metadata["narrators"] == ["Jo Penn"]


def test_a_kill_before_it_is_sent_loses_no_correction(reader: Reader, item: Item) -> None:
    reader.shelf.faults.add(Fault(FaultKind.HOLD_AFTER, "GET /api/libraries"))
    words = [sys.executable, "-m", "mamctl", *SET, "--config", str(reader.home / "mamctl.toml")]
    running = subprocess.Popen(words)
    assert reader.shelf.wait_until_held(timeout=60)
    running.send_signal(signal.SIGKILL)
    running.wait()
    reader.shelf.release()
    assert reader.mamctl("push", "--all").code == 0
    assert item.metadata["narrators"] == ["Jo Penn"]
    assert reader.mamctl("undo", "princess of mars").data["undone"] >= 1
    assert item.metadata["narrators"] == []


def test_an_export_from_before_is_named(reader: Reader, run, item: Item) -> None:
    run("meta", "export", MARS)
    try:
        done = run(*SET)
        assert done.data["audiobookshelf"]["outdated_exports"] == [done.data["book"]]
        run("meta", "export", MARS)
        assert run(*SET).data["audiobookshelf"]["outdated_exports"] == []
    finally:
        for name in ("metadata.json", "metadata.opf"):
            (item.folder / name).unlink()


def test_without_a_server_nothing_is_said_of_it(reader: Reader, run) -> None:
    config = reader.home / "mamctl.toml"
    config.write_text(config.read_text().partition("[audiobookshelf]")[0])
    done = run(*SET)
    assert (done.code, done.data["audiobookshelf"]) == (0, None)


@pytest.fixture
def catalogue(reader: Reader) -> Iterator[PracticeCatalogue]:
    with PracticeCatalogue(shelf_world()) as served:
        config: Path = reader.home / "mamctl.toml"
        config.write_text(config.read_text() + catalogue_sections(served))
        yield served


def test_what_the_catalogues_correct_is_sent_and_taken_back_with_it(
    reader: Reader, run, item: Item, catalogue: PracticeCatalogue
) -> None:
    run("meta", "enrich")
    reader.mamctl("push", "--all")
    catalogue.show(a_month_later(catalogue.shelves.world))
    month = current_clock().now() + timedelta(days=31)
    with use_clock(Clock(now=lambda: month, sleep=lambda _: None)):
        fixed = run("drift", "fix")
        shown = fixed.data["audiobookshelf"]
        assert (fixed.data["made"] > 0, shown["complete"], shown["sent"] > 0) == (True, True, True)
        sent = {(book["book"], one["field"]) for book in shown["books"] for one in book["fields"]}
        assert sent <= {(one["book"], one["field"]) for one in fixed.data["changes"] if one["kind"] == "safe"}
        assert reader.mamctl("check").data["books"] == []
        undone = run("drift", "undo", "r1")
        assert undone.data["audiobookshelf"]["sent"] == shown["sent"]
        assert reader.mamctl("check").data["books"] == []


def test_a_chosen_record_reaches_it(reader: Reader, run, item: Item, catalogue: PracticeCatalogue) -> None:
    found = run("meta", "match", "princess of mars").data
    assert found["audiobookshelf"] is None
    record = found["candidates"][0]
    chosen = run("meta", "match", "princess of mars", "--choose", f"{record['source']}:{record['id']}")
    assert chosen.data["audiobookshelf"]["sent"] > 0
    assert item.metadata["asin"] == record["asin"]
    none = run("meta", "match", "princess of mars", "--none")
    assert none.data["audiobookshelf"]["complete"] is True
