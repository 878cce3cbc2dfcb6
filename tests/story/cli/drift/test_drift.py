"""`mamctl drift` from the command line, against the practice catalogue."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mamctl.domain.timestamps import timestamp
from mamctl.store.database import open_store
from tests.kit.catalogue_world import config, server, world
from tests.kit.stocked_library import stock_library

__all__ = ["config", "server", "world"]

WORKS = 20
# Answers are forgotten at once: a month passes between two lines of a test.
CATALOGUES = ('cache_ttl = "1s"', "timeout = 60")

CHANGE_KEYS = {"book", "title", "field", "old", "new", "source", "kind", "reason"}


@pytest.fixture
def run(mamctl, config):
    """`mamctl …` with this configuration, as JSON."""
    return lambda *words: mamctl(*words, "--config", str(config), "--json")


@pytest.fixture
def enriched(run, config, tmp_path, world, server):
    """A library enriched forty days ago; the catalogues have other descriptions and one title by now."""
    db = open_store(tmp_path / "mamctl.db")
    stock_library(db, world, datetime.now(UTC))
    assert run("meta", "enrich").code in {0, 3}
    long_ago = timestamp(datetime.now(UTC) - timedelta(days=40))
    db.execute("UPDATE catalogue_answers SET asked_at = ?", (long_ago,))
    works = [
        replace(work, description=f"Told anew of number {work.id}, with a lighthouse in it.") for work in world.works
    ]
    works[0] = replace(works[0], title=f"{works[0].title} Retold")
    server.show(replace(world, works=tuple(works)))
    for old in (tmp_path / "catalogues").glob("*"):
        if old.is_file() and "pace" not in old.name:
            old.unlink()
    yield db
    db.close()


def test_check_fix_history_and_undo(run, enriched):
    seen = run("drift", "check")
    assert seen.json["schema"] == "mamctl.drift.check/1"
    assert all(set(change) == CHANGE_KEYS for change in seen.data["changes"])
    kinds = {change["kind"] for change in seen.data["changes"]}
    assert kinds == {"safe", "protected"}
    assert seen.code == 3
    dry = run("drift", "fix", "--dry-run")
    assert (dry.data["changes"], dry.data["made"] > 0) == (seen.data["changes"], True)
    assert run("drift", "history").data["changes"] == []
    fixed = run("drift", "fix")
    assert fixed.data["changes"] == seen.data["changes"]
    assert fixed.data["open"] == sum(change["kind"] != "safe" for change in seen.data["changes"])
    again = run("drift", "check", "--all")
    assert (again.code, again.data["changes"]) == (0, [])
    history = run("drift", "history", "--state", "made").data["changes"]
    assert len(history) == fixed.data["made"]
    undone = run("drift", "undo", history[0]["ref"])
    assert undone.data["undone"] == [history[0]["ref"]]
    rest = run("drift", "undo", history[0]["run"])
    assert len(rest.data["undone"]) == fixed.data["made"] - 1
    assert run("drift", "check", "--all").data["changes"] == []


def test_a_run_may_be_told_to_correct_little(run, enriched):
    few = run("drift", "fix", "--max-changes", "2")
    assert (few.data["made"], few.data["left"] > 0) == (2, True)


def test_nothing_known_to_catalogues_is_nothing_to_do(run, config):
    done = run("drift", "fix")
    assert (done.code, done.data["books"], done.data["changes"]) == (0, 0, [])


@pytest.mark.parametrize("number", ["x1", "12", "c", "r999", "c999"])
def test_what_does_not_stand_cannot_be_undone(run, config, number):
    assert run("drift", "undo", number).code == 2


def test_an_unknown_state_is_wrong_usage(run, config):
    assert run("drift", "history", "--state", "nonsense").code == 2


def test_a_person_reads_what_changed(mamctl, config, enriched):
    done = mamctl("drift", "fix", "--config", str(config))
    assert "books compared" in done.out
    assert "description" in done.out
    shown = mamctl("drift", "history", "--config", str(config))
    assert "c1" in shown.out
