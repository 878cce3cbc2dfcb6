"""`mamctl rules import`, and the same pages read from the site where a person allowed it."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from mamctl.domain.site.categories import KNOWN_CATEGORIES
from mamctl.practice.tracker import FaultKind
from tests.kit.dumps import dump
from tests.kit.member import Member
from tests.kit.practice_fixtures import Visitor
from tests.unit.adapters.tracker.readers import pages

PATHS = {
    "rules": "/rules.php",
    "faq": "/faq.php",
    "freeleech": "/freeleech.php",
    "store": "/store.php",
    "browse": "/tor/browse.php",
}
PAGE = {"source", "page", "outcome", "shown_at", "reader", "sha256"}


@pytest.fixture
def rules(mamctl, reader: Member):
    config = str(reader.config())
    return lambda *args: mamctl("rules", *map(str, args), "--json", "--config", config)


@pytest.fixture
def saved(reader: Member):
    """Saves a page as the member's browser shows it now: `saved("rules") -> Path`."""

    def save(kind: str, change=lambda html: html) -> Path:
        visitor = Visitor(reader.tracker, "browser")
        path = reader.home / f"{kind}.html"
        path.write_text(change(visitor.get(PATHS[kind]).text), encoding="utf-8")
        return path

    return save


def codes(done) -> list[str]:
    return [problem["code"] for problem in done.json["problems"]]


@pytest.mark.spec("CAT-1")
def test_the_five_pages_are_kept_and_tell_what_they_have(rules, reader: Member, saved) -> None:
    files = [saved(kind) for kind in PATHS]
    reader.tracker.journal.clear()
    done = rules("import", *files)
    assert (done.code, done.json["schema"]) == (0, "mamctl.rules.import/1")
    assert set(done.data) == {"pages", "categories", "events", "prices", "changes"}
    assert all(set(page) == PAGE for page in done.data["pages"])
    assert {page["page"]: page["outcome"] for page in done.data["pages"]} == dict.fromkeys(PATHS, "new")
    listed = len(KNOWN_CATEGORIES)
    assert done.data["categories"] == {"listed": listed, "new": [], "missing": [], "whole": True}
    assert done.data["prices"][0] == {"item": "1 GB Upload Credit", "cost": 500}
    assert [page["outcome"] for page in rules("import", *files).data["pages"]] == ["same"] * 5
    assert reader.tracker.journal.entries == []
    assert b"examplemouse" not in reader.store_path.read_bytes()


@pytest.mark.spec("CAT-1")
def test_a_changed_rule_is_shown_under_its_heading(mamctl, rules, reader: Member, saved) -> None:
    rules("import", saved("rules"))
    section = reader.tracker.world.pages["/rules.php"][-1]
    section.paragraphs.append("From now on: " + "be kind to every mouse. " * 12 + "And to cats.")
    assert rules("import", saved("rules")).data["pages"][0]["outcome"] == "changed"
    (text,) = rules("diff").data["texts"]
    assert set(text) == {"page", "before_at", "after_at", "sections"}
    (change,) = text["sections"]
    assert set(change) == {"title", "removed", "added"}
    assert (change["title"], change["removed"], len(change["added"])) == (section.title, [], 1)
    told = mamctl("rules", "diff", "--config", str(reader.config())).out
    assert f"  § {section.title}\n    + From now on: be kind" in told
    assert "And to cats." in told
    assert all(len(line) < 110 for line in told.splitlines())


def test_an_older_page_replaces_nothing(rules, reader: Member, saved) -> None:
    old = saved("rules").rename(reader.home / "old.html")
    reader.later(seconds=-3600)
    older = saved("rules", lambda html: html.replace("72", "71"))
    assert rules("import", old).data["pages"][0]["outcome"] == "new"
    assert rules("import", older).data["pages"][0]["outcome"] == "older"
    assert rules("diff").data["texts"] == []


@pytest.mark.spec("CAT-1")
def test_an_announced_event_begins_with_its_end_and_ends_when_it_is_no_longer_shown(rules, reader, saved) -> None:
    events = reader.tracker.world.events
    reader.later(seconds=-3600)
    rules("sync")
    events.freeleech, events.freeleech_until = True, reader.now() + timedelta(days=5)
    (news,) = rules("import", saved("freeleech")).data["events"]
    assert set(news) == {"kind", "step", "at", "until", "note", "event_id"}
    assert (news["kind"], news["step"]) == ("freeleech", "began")
    (event,) = rules("list").data["events"]
    assert (event["source"], event["ends_at"]) == ("page", news["until"])
    assert all("site_wide_freeleech" in c["promotions"] for c in rules("list").data["categories"])
    events.freeleech = False
    reader.later(seconds=1800)
    assert [e["step"] for e in rules("import", saved("freeleech")).data["events"]] == ["ended"]
    assert rules("list").data["events"] == []
    assert sum(c["freeleech_active"] for c in rules("list").data["categories"]) == 2


@pytest.mark.spec("CAT-1")
@pytest.mark.spec("CAT-1")
def test_pages_saved_at_one_time_tell_the_same_in_any_order(rules, reader: Member) -> None:
    for name in ("FREELEECH", "STORE", "RULES"):
        (reader.home / f"{name.lower()}.html").write_text(getattr(pages, name).replace("2026-12-01", "2126-12-01"))
    files = [reader.home / f"{name}.html" for name in ("store", "freeleech", "rules")]
    for order in (files, files[::-1]):
        done = rules("import", *order, "-n")
        assert [(event["kind"], event["step"]) for event in done.data["events"]] == [("freeleech", "began")]


def test_categories_that_came_and_went(rules, saved) -> None:
    rules("sync")
    done = rules("import", saved("browse", lambda html: html.replace('"cat112"', '"cat300"').replace("112", "300")))
    assert (done.code, codes(done)) == (3, ["category_new", "category_gone"])
    assert (done.data["categories"]["new"], done.data["categories"]["missing"]) == ([300], [112])
    assert [change["category_id"] for change in done.data["changes"]] == [300]
    numbers = {category["id"] for category in rules("list").data["categories"]}
    assert 300 in numbers
    assert 112 not in numbers
    assert rules("sync").data["rules"]["categories"] == len(KNOWN_CATEGORIES)
    assert rules("import", saved("browse")).data["categories"]["new"] == [112]


def test_a_list_that_was_cut_off_takes_no_category_away(rules, reader: Member) -> None:
    path = reader.home / "browse.html"
    path.write_text(pages.BROWSE)
    done = rules("import", path)
    assert codes(done) == ["categories_cut_off"]
    assert rules("sync").data["rules"]["categories"] == len(KNOWN_CATEGORIES)


def test_a_page_that_no_longer_fits_is_told_and_a_redacted_copy_kept(rules, reader: Member, saved) -> None:
    changed = saved("store", lambda html: html.replace('class="cost"', 'class="neo"'))
    done = rules("import", changed)
    assert (done.code, codes(done)) == (14, ["page_changed"])
    (copy,) = (reader.home / "pages").iterdir()
    assert str(copy) in done.json["problems"][0]["remedy"]
    assert copy.stat().st_mode & 0o777 == 0o600
    assert "examplemouse" not in copy.read_text()
    assert 'class="neo"' in copy.read_text()
    partly = rules("import", changed, saved("rules"))
    assert (partly.code, codes(partly)) == (4, ["page_changed"])
    assert {page["page"]: page["outcome"] for page in partly.data["pages"]} == {None: "failed", "rules": "new"}
    assert len(list((reader.home / "pages").iterdir())) == 1


BAD = {
    "missing": (lambda path: None, 2, "page_missing"),
    "folder": (lambda path: path.mkdir(), 2, "usage"),
    "empty": (lambda path: path.write_bytes(b" \n"), 14, "page_empty"),
    "binary": (lambda path: path.write_bytes(b"\x89PNG\0\0" * 99), 14, "page_binary"),
    "huge": (lambda path: (path.touch(), os.truncate(path, 200_000_000)), 14, "page_too_large"),
    "latin": (lambda path: path.write_bytes("<p>Größe</p>".encode("latin-1")), 14, "page_not_utf8"),
    "archive": (lambda path: path.write_bytes(b"From: <Saved by Blink>\r\n<html>"), 14, "page_is_mhtml"),
    "text": (lambda path: path.write_text("no page at all"), 14, "page_unknown"),
    "other": (lambda path: path.write_text(pages.page("My torrents", "<p>none</p>")), 14, "page_unknown"),
    "login": (lambda path: path.write_text(pages.LOGIN), 12, "page_not_logged_in"),
}


@pytest.mark.parametrize("name", BAD)
def test_each_file_that_is_no_page_is_its_own_problem_and_the_rest_goes_on(rules, reader, saved, name: str) -> None:
    make, code, slug = BAD[name]
    path = reader.home / f"{name}.bad"
    make(path)
    alone = rules("import", path)
    assert (alone.code, codes(alone)) == (code, [slug])
    assert alone.json["problems"][0]["remedy"]
    assert alone.json["problems"][0]["subject"] == str(path)
    others = rules("import", saved("faq"), path, saved("rules"))
    assert (others.code, codes(others)) == (4, [slug])
    assert [page["outcome"] for page in others.data["pages"]].count("new") == 2


def test_a_file_that_may_not_be_read(rules, reader: Member, monkeypatch) -> None:
    path = reader.home / "rules.html"
    path.write_text(pages.RULES)

    def refuse(self) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)  # root may read everything, whatever the mode says
    assert codes(rules("import", path)) == ["page_unreadable"]


def test_a_dry_run_changes_nothing_and_keeps_no_copy(rules, reader: Member, saved) -> None:
    rules("sync")
    reader.tracker.world.events.freeleech = True
    files = [saved("freeleech"), saved("browse"), saved("store", lambda html: html.replace('"cost"', '"neo"'))]
    before = dump(reader.store_path)
    done = rules("import", *files, "-n")
    assert (done.code, [event["step"] for event in done.data["events"]]) == (4, ["began"])
    assert dump(reader.store_path) == before
    assert not (reader.home / "pages").exists()


def test_a_person_sees_what_became_of_each_page(mamctl, reader: Member, saved) -> None:
    told = mamctl("rules", "import", str(saved("store")), str(saved("browse")), "--config", str(reader.config())).out
    assert "saved, the first of its kind" in told
    assert f"{len(KNOWN_CATEGORIES)} categories listed; 0 new, 0 gone" in told
    assert "25,000" in told


def allowed(reader: Member, **rules) -> str:
    session = reader.tracker.world.sessions["browser"]
    secret = reader.home / "browser_session"
    secret.write_text(f"mam_id={session.value}; uid={session.uid}\n")
    secret.chmod(0o600)
    return str(reader.config(rules={"read_pages": True, "browser_session_file": str(secret), **rules}))


@pytest.mark.spec("SITE-1")
@pytest.mark.spec("CAT-1")
def test_pages_are_read_once_a_day_where_a_person_allowed_it(mamctl, reader: Member) -> None:
    config = allowed(reader)
    done = mamctl("rules", "sync", "--json", "--config", config)
    assert done.code == 0
    assert [page["source"] for page in done.data["pages"]["pages"]] == list(PATHS.values())
    assert done.data["requests"]["run"] == 7
    again = mamctl("rules", "sync", "--json", "--config", config)
    assert again.data["pages"]["pages"] == []
    assert [path for path in reader.tracker.journal.paths() if path in PATHS.values()] == list(PATHS.values())
    assert (reader.home / "browser-session.json").stat().st_mode & 0o777 == 0o600
    assert mamctl("vip", "check", "--config", config).code == 0
    assert len([path for path in reader.tracker.journal.paths() if path in PATHS.values()]) == 5


def test_a_page_that_changed_leaves_the_sync_partial(mamctl, reader: Member) -> None:
    config = allowed(reader)
    reader.tracker.behaviour.plan(FaultKind.CHANGED_PAGE, "/tor/browse.php")
    done = mamctl("rules", "sync", "--json", "--config", config)
    assert (done.code, codes(done)) == (4, ["page_changed"])
    assert done.data["rules"]["categories"] == len(KNOWN_CATEGORIES)
    assert len(list((reader.home / "pages").iterdir())) == 1


def test_a_refused_browser_session_stops_the_reading_and_the_sync_goes_on(mamctl, reader: Member) -> None:
    config = allowed(reader)
    reader.tracker.world.sessions["browser"].alive = False
    done = mamctl("rules", "sync", "--json", "--config", config)
    assert (done.code, codes(done)) == (4, ["browser_session_refused"])
    assert sum(path in PATHS.values() for path in reader.tracker.journal.paths()) == 1
    assert done.data["rules"]["categories"] == len(KNOWN_CATEGORIES)


AWAY = [
    (FaultKind.RESET, {}, 13),
    (FaultKind.STATUS, {"status": 502}, 13),
    (FaultKind.THROTTLED, {"retry_after": 5}, 13),
    (FaultKind.BODY, {"text": "<html><title>Maintenance</title><h1>Be right back</h1></html>"}, 14),
]


@pytest.mark.spec("SITE-1")
@pytest.mark.parametrize(("kind", "details", "code"), AWAY)
def test_a_site_that_does_not_serve_its_pages_is_asked_once(mamctl, reader: Member, kind, details, code) -> None:
    config = allowed(reader)
    reader.tracker.behaviour.plan(kind, "/", times=None, **details)
    done = mamctl("rules", "sync", "--json", "--config", config)
    assert (done.code, len(codes(done))) == (code, 1)
    assert len(reader.tracker.journal.paths()) == 1
    assert done.data["rules"] is None
    assert not (reader.home / "unknown-answers").exists()


def test_a_page_that_only_a_browser_may_see_leaves_the_sync_to_the_api(mamctl, reader: Member) -> None:
    config = allowed(reader)
    challenge = "<html><title>Just a moment...</title></html>"
    reader.tracker.behaviour.plan(FaultKind.BODY, "/rules.php", text=challenge, times=None)
    done = mamctl("rules", "sync", "--json", "--config", config)
    assert (done.code, codes(done)) == (4, ["challenge_page"])
    assert done.data["rules"]["categories"] == len(KNOWN_CATEGORIES)


@pytest.mark.parametrize(
    ("text", "slug"), [(None, "session_cookie_missing"), ("mam_id=abc", "session_cookie_malformed")]
)
def test_reading_pages_needs_a_browser_session(mamctl, reader: Member, text: str | None, slug: str) -> None:
    allowed(reader)
    file = reader.home / "browser_session"
    rules = {"read_pages": True} | ({"browser_session_file": str(file)} if text else {})
    file.write_text(text or "")
    done = mamctl("rules", "sync", "--json", "--config", str(reader.config(rules=rules)))
    assert (done.code, codes(done)) == (10, [slug])
    assert "uid=" in done.json["problems"][0]["remedy"]
    assert reader.tracker.journal.entries == []
