"""`meta enrich`, `meta catalogues` and `meta series` from the command line, against the practice catalogue."""

from __future__ import annotations

import pytest

from mamctl.practice.catalogue.faults import FaultKind
from mamctl.practice.catalogue.wire.reply import PRACTICE_KEY
from mamctl.store.database import open_store
from tests.kit.catalogue_world import config, library, server, world

__all__ = ["config", "library", "server", "world"]

WORKS = 30


@pytest.fixture
def key(monkeypatch):
    for name in ("GOODREADS_API_KEY", "GOOGLE_BOOKS_API_KEY", "HARDCOVER_TOKEN"):
        monkeypatch.setenv(name, PRACTICE_KEY)


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch):
    for name in ("GOODREADS_API_KEY", "GOOGLE_BOOKS_API_KEY", "HARDCOVER_TOKEN"):
        monkeypatch.delenv(name, raising=False)


def test_enrich_asks_about_what_was_never_asked_about(mamctl, config, library, key):
    done = mamctl("meta", "enrich", "--config", str(config), "--json")
    assert done.json["schema"] == "mamctl.meta.enrich/1"
    assert done.data["asked"] == len(library)
    assert done.data["matched"] >= 0.95 * len(library)
    assert done.data["requests"]["goodreads"] > 0
    assert {change["field"] for book in done.data["books"] for change in book["changes"]} >= {"description", "cover"}
    again = mamctl("meta", "enrich", "--config", str(config), "--json")
    assert (again.code, again.data["asked"], again.data["requests"]) == (0, 0, {})


def test_a_dry_run_tells_the_same_and_keeps_nothing(mamctl, config, library):
    dry = mamctl("meta", "enrich", "--all", "--config", str(config), "--json", "--dry-run")
    wet = mamctl("meta", "enrich", "--all", "--config", str(config), "--json")
    assert dry.json["dry_run"] is True
    assert dry.data["books"] == wet.data["books"]
    assert dry.data["changes"] == wet.data["changes"] > 0


def test_one_book_by_number_or_path(mamctl, config, library):
    number = str(next(iter(library)))
    assert mamctl("meta", "enrich", number, "--config", str(config), "--json").data["asked"] == 1
    missing = mamctl("meta", "enrich", "/no/such/book", "--config", str(config), "--json")
    assert missing.code == 2
    assert missing.json["problems"][0]["subject"] == "/no/such/book"


def test_choices_exclude_each_other(mamctl, config, library):
    assert mamctl("meta", "enrich", "1", "--all", "--config", str(config)).code == 2
    assert mamctl("meta", "enrich", "--missing", "nonsense", "--config", str(config)).code == 2


def test_missing_picks_the_books_that_lack_a_field(mamctl, config, library):
    first = mamctl("meta", "enrich", "--missing", "narrators", "--config", str(config), "--json")
    assert 0 < first.data["asked"] < len(library)
    second = mamctl("meta", "enrich", "--missing", "narrators", "--config", str(config), "--json")
    assert second.data["asked"] < first.data["asked"]


def test_an_outage_of_one_is_partial_and_of_all_unreachable(mamctl, config, library, server):
    server.behaviour.plan(FaultKind.PAGE, "audible")
    done = mamctl("meta", "enrich", "--config", str(config), "--json")
    assert (done.code, done.json["status"]) == (4, "partial")
    assert {(one["code"], one["subject"]) for one in done.json["problems"]} >= {("catalogue_changed", "audible")}
    server.behaviour.plan(FaultKind.PAGE)
    for path in (config.parent / "catalogues").glob("answers.db*"):
        path.unlink()
    gone = mamctl("meta", "enrich", "--all", "--config", str(config), "--json")
    assert gone.code == 13
    assert gone.data["unavailable"] == gone.data["asked"]


def test_catalogues_shows_state_and_counters(mamctl, config, server):
    server.behaviour.plan(FaultKind.PAGE, "itunes")
    done = mamctl("meta", "catalogues", "--config", str(config), "--json")
    states = {one["name"]: one for one in done.data["catalogues"]}
    assert list(states) == [
        "audible", "audnexus", "goodreads", "hardcover", "open_library", "google_books", "librivox", "itunes",
    ]  # fmt: skip
    assert states["audible"]["reachable"] is True
    assert states["audible"]["requests_today"] > 0
    assert states["audible"]["answered"] == 1.0
    assert (states["goodreads"]["configured"], states["goodreads"]["reachable"]) == (False, None)
    assert states["itunes"]["reachable"] is False
    assert (done.code, done.json["problems"][0]["code"]) == (3, "catalogue_changed")
    again = mamctl("meta", "catalogues", "--config", str(config), "--json")
    state = next(one for one in again.data["catalogues"] if one["name"] == "audible")
    assert state["requests_today"] == states["audible"]["requests_today"]
    assert state["cached"] > 0


def test_catalogues_can_be_shown_without_asking_anybody(mamctl, config, server):
    done = mamctl("meta", "catalogues", "--offline", "--config", str(config))
    assert done.code == 0
    assert "open_library" in done.out
    assert server.asked() == []


def test_a_key_may_lie_in_a_private_file(mamctl, config, server, tmp_path):
    secret = tmp_path / "goodreads-key"
    secret.write_text(PRACTICE_KEY)
    secret.chmod(0o600)
    text = config.read_text().replace("timeout = 60", f'timeout = 60\ngoodreads_key_file = "{secret}"')
    config.write_text(text)
    done = mamctl("meta", "catalogues", "--config", str(config), "--json")
    assert next(one for one in done.data["catalogues"] if one["name"] == "goodreads")["reachable"] is True
    assert PRACTICE_KEY not in done.out + done.err
    secret.chmod(0o644)
    assert mamctl("meta", "catalogues", "--config", str(config), "--json").code == 10


def test_a_custom_provider_is_asked_in_its_place(mamctl, config, library, server):
    custom = f'\n[[catalogues.custom]]\nname = "abs-tract"\nbase_url = "{server.base_url("custom")}"\ninterval = 0\n'
    text = config.read_text().replace("timeout = 60", 'timeout = 60\norder = ["abs-tract"]')
    config.write_text(text + custom)
    done = mamctl("meta", "enrich", "--config", str(config), "--json")
    assert done.data["requests"].keys() == {"abs-tract"}
    assert done.data["matched"] > 0


def test_an_unknown_name_in_the_order_is_a_fault_of_the_configuration(mamctl, config):
    config.write_text(config.read_text().replace("timeout = 60", 'timeout = 60\norder = ["audibel"]'))
    done = mamctl("meta", "catalogues", "--config", str(config), "--json")
    assert done.code == 10
    assert "audibel" in done.json["problems"][0]["message"]


def test_series_shows_the_missing_volumes(mamctl, config, library, world, tmp_path):
    series = next(one for one in world.series if len(one.work_ids) >= 3)
    lost = world.by_id[series.work_ids[1]]
    db = open_store(tmp_path / "mamctl.db")
    for book_id, recording in library.items():
        if recording.work_id == lost.id:
            db.execute("UPDATE books SET gone_at = '2026-01-01T00:00:00Z' WHERE id = ?", (book_id,))
    db.close()
    mamctl("meta", "enrich", "--config", str(config))
    done = mamctl("meta", "series", series.name, "--incomplete", "--config", str(config), "--json")
    (shown,) = [one for one in done.data["series"] if one["name"] == series.name]
    assert [volume["title"] for volume in shown["missing"]] == [lost.title]
    assert "missing: #" in mamctl("meta", "series", series.name, "--config", str(config)).out
