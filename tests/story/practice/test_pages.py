"""The login form and the HTML pages."""

from __future__ import annotations

import httpx
import pytest
from selectolax.lexbor import LexborHTMLParser

from mamctl.domain.site.categories import KNOWN_CATEGORIES
from mamctl.practice.tracker import DeadForm
from mamctl.practice.tracker.answers.signin import FAILURES_ALLOWED
from tests.kit.practice_fixtures import Visitor, new_cookies, set_cookies

PATHS = ["/", "/rules.php", "/faq.php", "/freeleech.php", "/store.php", "/tor/browse.php"]


@pytest.fixture
def browser(tracker):
    return Visitor(tracker, "browser")


def page_of(visitor, path):
    return LexborHTMLParser(visitor.get(path).text)


def post_form(tracker, **fields):
    hidden = {"t": "practice-t", "j": "practice-j", "a": "practice-a"}
    member = {"email": "member@example.invalid", "password": "practice", "rememberMe": "yes"}
    data = {**hidden, **member, **fields}
    return httpx.post(f"{tracker.url}/takelogin.php", data=data, trust_env=False, verify=False)


@pytest.mark.parametrize("path", PATHS)
def test_pages_open_for_a_browser_with_both_cookies(browser, path):
    before = browser.cookies["mam_id"]
    page = page_of(browser, path)
    assert page.css_first("body#siteMain #mainTable > #mainRight .blockCon #mainBody.blockBodyCon")
    assert page.css_first(".footRow .tP").text() == "2026-11-25 12:00:00 UTC"
    assert page.css_first("#userStat #tmBP").text() == "Bonus: 61250"
    assert page.css_first("#tmUN").text() == "3 Unsat(s)"
    assert browser.cookies["mam_id"] != before


@pytest.mark.parametrize("path", PATHS)
def test_an_api_session_and_a_browser_without_uid_are_not_logged_in(tracker, member, browser, path):
    del browser.cookies["uid"]
    for visitor in (member, browser):
        page = page_of(visitor, path)
        assert page.css_first("title").text() == "Login | My Anonamouse"
        assert page.css_first("#mainBody h1").text() == "Not logged in!"
        assert page.css_first("meta[http-equiv=refresh]").attributes["content"] == "570"
        assert page.css_first(f'a[href="/login.php?returnto={path.replace("/", "%2F")}"]')
    assert {entry.refused for entry in tracker.journal.entries} == {"Not logged in!"}


def test_a_dead_browser_session_sees_the_login_page_or_a_redirect(tracker, browser):
    tracker.world.sessions["browser"].alive = False
    assert "Not logged in!" in browser.get("/rules.php").text
    tracker.behaviour.dead_form = DeadForm.REDIRECT
    assert browser.get("/rules.php").headers["location"] == "/login.php?returnto=%2Frules.php"


def test_the_rules_have_headings_that_can_be_pointed_at(tracker, browser):
    page = page_of(browser, "/rules.php")
    assert page.css_first("h2#seeding").text() == "Seeding"
    tracker.world.pages["/rules.php"][0].paragraphs.append("No shouting <here>.")
    assert "No shouting &lt;here&gt;." in browser.get("/rules.php").text
    assert page_of(browser, "/faq.php").css_first("h2#id_22")


def test_the_freeleech_page_lists_picks_by_category_and_the_event(tracker, browser):
    page = page_of(browser, "/freeleech.php")
    assert page.css_first("#fl_cat47 .torrent a.torTitle").attributes["href"] == "/t/900002"
    assert page.css_first("#siteFreeleech") is None
    tracker.world.events.freeleech = True
    tracker.world.events.bonus = True
    page = page_of(browser, "/freeleech.php")
    assert "Site-wide freeleech is active" in page.css_first("#siteFreeleech").text()
    assert page.css_first("#bonusEvent")


def test_the_store_has_the_balance_the_prices_and_the_buttons(browser):
    page = page_of(browser, "/store.php")
    assert page.css_first("#currentBonusPoints").text() == "61,250.1"
    assert [cell.text() for cell in page.css(".storeTable td.cost")][:2] == ["500", "25,000"]
    assert [button.attributes["value"] for button in page.css(".vipStatusContent button")] == ["4", "8", "12", "max"]
    assert "VIP expires in 2.86 weeks" in page.css_first(".vipStatusContent").text()


def test_the_browse_form_has_every_category(browser):
    page = page_of(browser, "/tor/browse.php")
    values = {int(box.attributes["value"]) for box in page.css("form#torSearch .torCatSel input[name='tor[cat][]']")}
    assert values == {category.id for category in KNOWN_CATEGORIES}
    assert page.css_first("#mainCat13.torMainCatSel").text() == "AudioBooks"
    assert page.css_first("#ssr table.newTorTable tr#tdr-900001 a.torTitle").text() == "Example Saga"
    assert page.css_first('tr#tdr-900004 img[title^="VIP expires 2026-12-02"]')


def test_the_form_opens_a_browser_session(tracker, browser):
    answer = post_form(tracker)
    assert (answer.status_code, answer.headers["location"]) == (302, "/")
    browser.cookies = new_cookies(answer)
    assert "Not logged in!" not in browser.get("/store.php").text


@pytest.mark.parametrize("fields", [{"t": ""}, {"j": "other"}])
def test_the_form_needs_its_hidden_values(tracker, fields):
    text = post_form(tracker, **fields).text
    assert "<h1>Login failed!</h1>" in text
    assert "Error: Required fields are missing, please go back to Login page and try again" in text
    assert tracker.world.member.failed_logins == 0


def test_a_wrong_password_fails_and_repeated_ones_lock(tracker):
    for _ in range(FAILURES_ALLOWED):
        answer = post_form(tracker, password="wrong")
        assert "Login failed!" in answer.text
        assert set_cookies(answer) == []
    assert "Login Locked!" in post_form(tracker).text
    assert "Login failed!" in post_form(tracker, email="nobody@example.invalid").text


def test_the_login_page_carries_the_form(tracker):
    page = LexborHTMLParser(httpx.get(f"{tracker.url}/login.php", trust_env=False, verify=False).text)
    names = {field.attributes["name"] for field in page.css("form[action='/takelogin.php'] input[name]")}
    assert names == {"email", "password", "rememberMe", "t", "j", "a"}


def test_no_password_is_journaled(tracker):
    post_form(tracker)
    assert tracker.journal.entries[-1].fields["password"] == "***"
    assert "practice" not in str(dict(tracker.journal.entries[-1].fields))


def test_an_unknown_path_is_not_found(browser):
    assert browser.get("/millionaires/donate.php").status_code == 404
