"""Pages and the login form on the practice tracker: only with permission, and never twice after a refusal."""

from __future__ import annotations

import json

import pytest

from mamctl.adapters.tracker.api import TrackerApi
from mamctl.adapters.tracker.client import RequestPolicy, TrackerClient
from mamctl.adapters.tracker.hosts import Hosts
from mamctl.adapters.tracker.login import FormLogin, login_seed
from mamctl.adapters.tracker.pages import PAGE_PATHS, SitePages
from mamctl.adapters.tracker.readers.read import read_page
from mamctl.adapters.tracker.readers.redacted import redact_html
from mamctl.adapters.tracker.session import BROWSER_COOKIES, SessionFile, parse_seed
from mamctl.domain.secret import Secret
from mamctl.domain.site.categories import KNOWN_CATEGORIES
from mamctl.domain.site.pages import NoticeKind, PageKind
from mamctl.errors import SessionRefusedError, UsageError
from mamctl.practice.tracker import FaultKind, small
from tests.kit.practice_fixtures import tracker
from tests.kit.tracker_api import LIMITS, requests_of, slug_of
from tests.kit.tracker_loopback import client_for

__all__ = ["tracker"]


def browser(tracker, tmp_path):
    session = tracker.world.sessions["browser"]
    seed = parse_seed(f"mam_id={session.value}; uid={session.uid}", BROWSER_COOKIES)
    return TrackerClient(
        hosts=Hosts(tracker.url, tracker.url),
        session=SessionFile(tmp_path / "browser.json", seed),
        policy=RequestPolicy(min_interval=0),
    )


def test_pages_need_permission(tracker, tmp_path):
    with pytest.raises(UsageError) as refused:
        SitePages(browser(tracker, tmp_path), allowed=False)
    assert refused.value.slug == "pages_not_allowed"
    assert not tracker.journal.entries


@pytest.mark.parametrize("kind", PageKind)
def test_pages_by_browser_session(tracker, tmp_path, kind):
    tracker.world.events.freeleech = True
    pages = SitePages(browser(tracker, tmp_path), allowed=True)
    html = pages.fetch_page(kind)
    page = read_page(html, PAGE_PATHS[kind])
    assert page.kind is kind
    assert page.user.username == "examplemouse"
    kept = redact_html(html)
    assert "examplemouse" not in kept
    assert read_page(kept, "kept.html").kind is kind


@pytest.mark.spec("CAT-1")
def test_rule_scraping(tracker, tmp_path):
    tracker.world.events.freeleech = True
    pages = SitePages(browser(tracker, tmp_path), allowed=True)
    browse = read_page(pages.fetch_page(PageKind.BROWSE), "browse")
    assert {(found.id, found.name, found.main_id) for found in browse.categories} == {
        (known.id, known.name, known.main_id) for known in KNOWN_CATEGORIES
    }
    assert {row.id for row in browse.rows} == set(range(small.PLAIN, small.UNSEEDED + 1))
    freeleech = read_page(pages.fetch_page(PageKind.FREELEECH), "freeleech")
    assert {(pick.torrent_id, pick.category_id) for pick in freeleech.picks} == {
        (small.FREE, 47),
        (small.FREE_EBOOK, 68),
    }
    assert [notice.kind for notice in freeleech.notices] == [NoticeKind.FREELEECH]
    assert "## Seeding" in read_page(pages.fetch_page(PageKind.RULES), "rules").text
    assert read_page(pages.fetch_page(PageKind.STORE), "store").prices[0].cost == 500


def test_an_api_session_opens_no_page(tracker, tmp_path):
    pages = SitePages(client_for(tracker.url, tmp_path, seed=tracker.mam_id), allowed=True)
    assert slug_of(lambda: pages.fetch_page(PageKind.RULES)) == "browser_session_refused"


def test_a_changed_page(tracker, tmp_path):
    tracker.behaviour.plan(FaultKind.CHANGED_PAGE, "/tor/browse.php")
    html = SitePages(browser(tracker, tmp_path), allowed=True).fetch_page(PageKind.BROWSE)
    assert slug_of(lambda: read_page(html, "/tor/browse.php")) == "page_changed"


def login(tracker, tmp_path, password="practice", *, allowed=True):
    email = "member@example.invalid"
    client = TrackerClient(
        hosts=Hosts(tracker.url, tracker.url),
        session=SessionFile(tmp_path / "login.json", login_seed(email)),
        policy=RequestPolicy(min_interval=0),
        bounds=LIMITS,
    )
    return FormLogin(client, email, Secret(password), allowed=allowed)


@pytest.mark.spec("CFG-1")
def test_signing_in_by_the_form(tracker, tmp_path):
    form = login(tracker, tmp_path)
    form.ensure_session()
    form.ensure_session()
    assert requests_of(tracker) == [("GET", "/login.php"), ("POST", "/takelogin.php")]
    assert not form.marker.exists()
    assert TrackerApi(form.client).fetch_account().username == "examplemouse"
    assert read_page(SitePages(form.client, allowed=True).fetch_page(PageKind.RULES), "rules").kind is PageKind.RULES


@pytest.mark.spec("CFG-1")
def test_a_refused_login_is_never_tried_again_until_a_person_clears_it(tracker, tmp_path):
    assert slug_of(login(tracker, tmp_path, "wrong").sign_in) == "login_refused"
    before = len(tracker.journal.entries)
    assert slug_of(login(tracker, tmp_path).sign_in) == "login_refused_before"
    assert len(tracker.journal.entries) == before
    login(tracker, tmp_path).marker.unlink()
    login(tracker, tmp_path).sign_in()
    assert tracker.world.member.failed_logins == 0


def test_a_locked_login_is_told(tracker, tmp_path):
    tracker.world.member.failed_logins = 5
    assert slug_of(login(tracker, tmp_path).sign_in) == "login_locked"


def test_a_login_whose_end_was_not_seen_is_not_repeated(tracker, tmp_path):
    tracker.behaviour.plan(FaultKind.LOST_ANSWER, "/takelogin.php")
    assert slug_of(login(tracker, tmp_path).sign_in) == "tracker_down"
    assert slug_of(login(tracker, tmp_path).sign_in) == "login_refused_before"


def test_a_login_needs_permission(tracker, tmp_path):
    with pytest.raises(UsageError):
        login(tracker, tmp_path, allowed=False).sign_in()
    assert not tracker.journal.entries


def test_a_changed_login_page(tracker, tmp_path):
    tracker.behaviour.plan(FaultKind.HTML, "/login.php")
    assert slug_of(login(tracker, tmp_path).sign_in) == "site_maintenance"
    assert not login(tracker, tmp_path).marker.exists()


def test_no_secret_in_any_trouble(tracker, tmp_path):
    form = login(tracker, tmp_path, "hush-hush-password")
    with pytest.raises(SessionRefusedError) as refused:
        form.sign_in()
    error = refused.value
    shown = (
        f"{error!r} {error.message} {error.remedy} {form.marker.read_text()} {form!r} {json.dumps(str(form.client))}"
    )
    assert "hush-hush" not in shown
