"""`mamctl rules` as its user runs it: key sets, exit codes, dry runs, and nothing asked that is not documented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mamctl.domain.site.categories import KNOWN_CATEGORIES
from mamctl.practice.tracker import FaultKind, small
from tests.kit.dumps import dump
from tests.kit.member import Member

DOCUMENTED = {
    "/jsonLoad.php",
    "/json/bonusBuy.php",
    "/tor/js/loadSearchJSONbasic.php",
    "/json/jsonIp.php",
    "/json/dynamicSeedbox.php",
}
SUMMARY = {
    "categories", "freeleech_categories", "freeleech_torrents", "site_wide_freeleech", "bonus_event",
    "new_categories", "changes",
}  # fmt: skip
CATEGORY = {
    "id", "name", "main", "freeleech_active", "freeleech_count", "bonus_event_active", "promotions", "updated_at",
}  # fmt: skip
PAST = {"changed_at", "updated_at", "freeleech_active", "freeleech_count", "bonus_event_active", "promotions"}


@pytest.fixture
def rules(mamctl, reader: Member):
    """`rules("sync") -> Done`, with --json and the reader's configuration."""
    config = str(reader.config())
    return lambda *args: mamctl("rules", *args, "--json", "--config", config)


@pytest.mark.spec("CAT-1")
def test_the_json_has_the_promised_keys(rules, reader: Member) -> None:
    done = rules("sync")
    assert (done.code, done.json["schema"]) == (0, "mamctl.rules.sync/1")
    assert set(done.data) == {"rules", "pages", "requests"}
    assert set(done.data["rules"]) == SUMMARY
    assert done.data["pages"] is None
    assert done.data["requests"] == {"run": 2, "today": 2, "budget": 500}
    listed = rules("list").data
    assert set(listed) == {"categories", "events"}
    assert len(listed["categories"]) == len(KNOWN_CATEGORIES)
    assert all(set(category) == CATEGORY for category in listed["categories"])
    reader.tracker.world.torrents[small.PLAIN].free = True
    rules("sync")
    shown = rules("show", "41").data
    assert set(shown) == {"category", "history"}
    assert set(shown["category"]) == CATEGORY
    assert [set(past) for past in shown["history"]] == [PAST, PAST]
    diff = rules("diff").data
    assert set(diff) == {"changes", "texts"}
    (change,) = diff["changes"]
    assert set(change) == {"category_id", "category", "before", "after", "words"}
    assert (change["category"], change["before"]["freeleech_count"]) == ("AudioBooks · Fantasy", 0)


@pytest.mark.spec("CAT-1")
def test_a_person_reads_what_holds_and_what_changed(mamctl, rules, reader: Member) -> None:
    config = str(reader.config())
    rules("sync")
    reader.tracker.world.torrents[small.PLAIN].free = True
    assert "3 torrents" in mamctl("rules", "sync", "--config", config).out
    assert "Literary Classics" in mamctl("rules", "list", "--config", config).out
    assert "AudioBooks · Fantasy (41)" in mamctl("rules", "show", "audiobooks fantasy", "--config", config).out
    told = mamctl("rules", "diff", "--config", config)
    assert told.out == "AudioBooks · Fantasy: freeleech began; 0 → 1 free torrents\n"


def test_before_the_first_sync_each_command_says_what_to_do(mamctl, reader: Member) -> None:
    config = str(reader.config())
    assert "mamctl rules sync" in mamctl("rules", "list", "--config", config).out
    assert mamctl("rules", "diff", "--config", config).out == "Nothing has changed.\n"
    assert "mamctl rules sync" in mamctl("rules", "show", "41", "--config", config).err


@pytest.mark.parametrize(("asked", "hint"), [("Fantasy", "name the id"), ("Fantasi", "did you mean Fantasy?")])
def test_a_category_that_is_not_one(rules, asked: str, hint: str) -> None:
    rules("sync")
    done = rules("show", asked)
    assert (done.code, done.json["problems"][0]["remedy"]) == (2, hint)


@pytest.mark.spec("CAT-1")
def test_an_event_holds_at_once_and_is_one_line_of_what_changed(mamctl, rules, reader: Member) -> None:
    config = str(reader.config())
    rules("sync")
    categories = len(rules("list").data["categories"])
    rules("event", "add", "bonus")
    assert rules("show", "41").data["category"]["bonus_event_active"] is True
    reader.tracker.world.torrents[small.PLAIN].free = True
    rules("sync")
    assert mamctl("rules", "diff", "--config", config).out.splitlines() == [
        f"{categories} categories: bonus event began",
        "AudioBooks · Fantasy: freeleech began; 0 → 1 free torrents",
    ]


@pytest.mark.spec("CAT-1")
def test_a_person_begins_and_ends_an_event(rules) -> None:
    rules("sync")
    until = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    added = rules("event", "add", "bonus", "--until", until, "--note", "double points")
    assert set(added.data) == {"id", "kind", "ends_at"}
    assert added.data["ends_at"] == f"{until}T23:59:59Z"
    assert all(c["bonus_event_active"] for c in rules("list").data["categories"])
    assert rules("sync").data["rules"]["bonus_event"] is True
    assert all(c["bonus_event_active"] for c in rules("list").data["categories"])
    (event,) = rules("event", "list").data["events"]
    assert set(event) == {"id", "kind", "source", "active", "starts_at", "ends_at", "note"}
    assert (event["source"], event["active"]) == ("person", True)
    assert rules("event", "end", str(event["id"])).data == {"id": event["id"]}
    assert rules("event", "end", str(event["id"])).code == 2
    assert not any(c["bonus_event_active"] for c in rules("list").data["categories"])
    assert rules("sync").data["rules"]["bonus_event"] is False


@pytest.mark.parametrize("until", ["tomorrow", "2020-01-01", "2026-13-01"])
def test_an_end_that_cannot_be(rules, until: str) -> None:
    assert rules("event", "add", "freeleech", "--until", until).code == 2


@pytest.mark.parametrize("kind", ["sync", "event"])
def test_a_dry_run_changes_nothing(rules, reader: Member, kind: str) -> None:
    rules("sync")
    reader.tracker.world.torrents[small.PLAIN].free = True
    before = dump(reader.store_path)
    args = ("sync", "-n") if kind == "sync" else ("event", "add", "freeleech", "-n")
    done = rules(*args)
    assert (done.code, done.json["dry_run"]) == (0, True)
    assert dump(reader.store_path) == before
    if kind == "sync":
        assert len(done.data["rules"]["changes"]) == 1


@pytest.mark.parametrize(
    ("kind", "details", "code"),
    [
        (FaultKind.CHANGED_PAGE, {}, 14),
        (FaultKind.HTML, {}, 14),
        (FaultKind.DEAD_SESSION, {}, 12),
        (FaultKind.STATUS, {"status": 503}, 13),
        (FaultKind.THROTTLED, {"retry_after": "3600"}, 13),
    ],
)
def test_each_trouble_has_its_exit_code_and_remedy(rules, reader: Member, kind, details, code: int) -> None:
    reader.tracker.behaviour.plan(kind, "/", times=None, **details)
    done = rules("sync")
    assert done.code == code == done.json["exit_code"]
    assert done.json["problems"][0]["remedy"]
    if details.get("retry_after"):  # nobody asks again before the hour is over
        before = len(reader.tracker.journal.entries)
        assert rules("sync").code == 13
        assert len(reader.tracker.journal.entries) == before


def test_an_outage_exits_13(rules, reader: Member) -> None:
    with reader.tracker.unreachable():
        assert rules("sync").code == 13


def test_a_spent_budget_stops_before_the_request(mamctl, reader: Member) -> None:
    config = str(reader.config(tracker={"daily_budget": 1}))
    done = mamctl("rules", "sync", "--json", "--config", config)
    assert (done.code, done.json["problems"][0]["code"]) == (5, "budget_spent")
    assert len(reader.tracker.journal.entries) == 1


@pytest.mark.spec("SITE-1")
@pytest.mark.spec("CAT-1")
def test_with_the_defaults_only_documented_endpoints_are_ever_asked(mamctl, reader: Member, monkeypatch) -> None:
    from mamctl.adapters.tracker.pages import SitePages

    def never(self, client, *, allowed) -> None:
        raise AssertionError("pages are not to be read")

    monkeypatch.setattr(SitePages, "__init__", never)
    config = str(reader.config())
    for command in (
        ("rules", "sync"),
        ("vip", "pending", "add", "Emma", "--author", "Jane Austen"),
        ("vip", "check"),
        ("vip", "pending", "check"),
        ("doctor",),
    ):
        mamctl(*command, "--config", config)
    paths = set(reader.tracker.journal.paths())
    assert {"/jsonLoad.php", "/tor/js/loadSearchJSONbasic.php"} <= paths <= DOCUMENTED
    assert reader.tracker.journal.forbidden() == []
