"""Pages that a person saved: known, read, compared, told apart from what they are not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.adapters.tracker.readers.read import read_page
from mamctl.domain.site.pages import ListedCategory, NoticeKind, PageKind, Pick, Price
from mamctl.domain.site.search import SeriesEntry
from mamctl.errors import MamctlError, SessionRefusedError, ShapeChangedError
from tests.unit.adapters.tracker.readers import pages

ALL = {
    PageKind.RULES: pages.RULES,
    PageKind.FAQ: pages.FAQ,
    PageKind.FREELEECH: pages.FREELEECH,
    PageKind.STORE: pages.STORE,
    PageKind.BROWSE: pages.BROWSE,
}


@pytest.mark.parametrize("kind", ALL)
def test_each_page_is_known(kind):
    page = read_page(ALL[kind], "saved.html")
    assert page.kind is kind
    assert page.reader == f"{kind.value}/1"
    assert page.shown_at == datetime(2026, 11, 25, 12, tzinfo=UTC)
    assert len(page.sha256) == 64


def test_the_user_bar():
    bar = read_page(pages.RULES, "rules.html").user
    assert bar.uid == "123456"
    assert bar.username == "examplemouse"
    assert (bar.user_class, bar.ratio, bar.points, bar.wedges, bar.unsatisfied) == ("VIP", 3.141593, 61250, 7, 3)
    assert bar.uploaded_bytes == round(1.234 * 1024**4)
    assert bar.downloaded_bytes == round(402.1 * 1024**3)


@pytest.mark.spec("CAT-1")
def test_rules_are_lines_under_headings():
    page = read_page(pages.RULES, "rules.html")
    assert page.text == (
        "Read all of this, [name].\n"
        "\n## General\nOne account per person.\nBe kind.\n"
        "\n## Seeding\n- Seed for 72 hours within 30 days.\n- Keep the ratio above 1.0.\nUser\n50\n"
        "Write to [name] or [email].\n"
    )
    assert [part.anchor for part in page.sections] == [None, "gen", "seed"]


def test_the_faq_keeps_its_anchors():
    assert read_page(pages.FAQ, "x").sections[0].anchor == "id_22"


def test_only_a_real_change_changes_the_text():
    other_day = pages.RULES.replace("Bonus: 61250", "Bonus: 1").replace("12:00:00", "13:00:00").replace("  ", " \n")
    other_member = other_day.replace("examplemouse", "othermouse").replace("123456", "654321")
    changed = pages.RULES.replace("72 hours", "96 hours")
    before = read_page(pages.RULES, "rules.html").sha256
    assert read_page(other_member, "rules.html").sha256 == before
    assert read_page(changed, "rules.html").sha256 != before


@pytest.mark.spec("CAT-1")
def test_the_freeleech_page():
    page = read_page(pages.FREELEECH, "freeleech.html")
    assert page.picks == (Pick(900001, "Example Saga", 41), Pick(900002, "1984 & more", None))
    (notice,) = page.notices
    assert notice.kind is NoticeKind.FREELEECH
    assert notice.until == datetime(2026, 12, 1, tzinfo=UTC)


def test_a_freeleech_page_without_picks():
    assert read_page(pages.page("Freeleech", "<h1>Freeleech picks</h1>"), "f").picks == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Bonus event: double points all week", NoticeKind.BONUS),
        ("Sitewide freeleech until 2026-12-01!", NoticeKind.FREELEECH),
        ("The freeleech event has ended", None),
        ("What is a freeleech week?", None),
        ("Freeleech picks", None),
    ],
)
def test_notices(text, kind):
    found = read_page(pages.page("Rules", f'<a class="tmn">{text}</a>' + "<p>word</p>" * 12), "rules.html").notices
    assert [notice.kind for notice in found] == ([kind] if kind else [])


def test_the_store():
    page = read_page(pages.STORE, "store.html")
    assert page.prices == (Price("1 GB upload credit", 500), Price("4 weeks of VIP", 5000))
    poorer = pages.STORE.replace("61,250.5", "12").replace("3.21 weeks", "2.21 weeks")
    assert read_page(poorer, "store.html").text == page.text


@pytest.mark.spec("CAT-1")
def test_the_categories_that_the_site_lists():
    page = read_page(pages.BROWSE, "browse.html")
    assert page.categories == (
        ListedCategory(39, "Action/Adventure", 13, "AudioBooks"),
        ListedCategory(41, "Fantasy", 13, "AudioBooks"),
        ListedCategory(63, "Fantasy", 14, "E-Books"),
    )


def test_result_rows():
    (row,) = read_page(pages.BROWSE, "browse.html").rows
    assert (row.id, row.title, row.category_id) == (900001, "Example Saga", 41)
    assert (row.authors, row.narrators) == (("Jane Doe",), ("John Roe",))
    assert row.series == (SeriesEntry("Saga", "", None),)
    assert row.size_bytes == round(1.3 * 1024**3)
    assert (row.seeders, row.leechers, row.times_completed) == (42, 1, 310)
    assert (row.free, row.vip, row.personal_freeleech) == (True, True, False)
    assert row.vip_expires_at == datetime(2025, 12, 18, tzinfo=UTC)
    assert row.added_at == datetime(2026, 10, 1, 10, tzinfo=UTC)
    assert row.file_types == ("m4b", "mp3")


def test_the_login_page_is_told_apart():
    with pytest.raises(SessionRefusedError) as refused:
        read_page(pages.LOGIN, "rules.html")
    assert refused.value.slug == "page_not_logged_in"
    assert refused.value.subject == "rules.html"


TORRENT = pages.page("Tor: The Rules of Magic", '<div class="torDetRow">a book</div>')


@pytest.mark.parametrize("html", ["", "plain text", TORRENT, pages.page("Forum", "<h1>Chat</h1>"), "<html></html>"])
def test_no_known_page(html):
    with pytest.raises(ShapeChangedError) as unknown:
        read_page(html, "x.html")
    assert unknown.value.slug == "page_unknown"


@pytest.mark.parametrize(
    ("title", "body", "reader"),
    [
        ("Rules", "<p>Moved.</p>", "rules/1"),
        ("FAQ", "", "faq/1"),
        ("Freeleech", '<div class="new"><a href="/t/1">Example Saga</a></div>', "freeleech/1"),
        ("Store", '<div class="bonusRow">1 GB for 500</div>', "store/1"),
        ("Browse", '<form id="torSearch"><div class="cat-41">Fantasy</div></form>', "browse/1"),
        ("Browse", "<table><tr><td>Fantasy</td></tr></table>", "browse/1"),
    ],
)
def test_a_changed_page_names_itself_and_its_reader(title, body, reader):
    with pytest.raises(ShapeChangedError) as changed:
        read_page(pages.page(title, body), "saved.html")
    assert changed.value.slug == "page_changed"
    assert reader in changed.value.message
    assert "saved.html" in changed.value.message


def test_the_browser_notes_where_it_saved_from():
    html = "<!-- saved from url=(0040)https://www.myanonamouse.net/rules.php#x -->" + pages.page(
        "Something else", "<p>words and words</p>" * 5
    )
    assert read_page(html, "a.html").kind is PageKind.RULES


@pytest.mark.parametrize("name", ["my_rules.html", "rules.php", "in/Rules _ My Anonamouse.htm"])
def test_the_file_name_helps_where_the_title_does_not(name):
    assert read_page(pages.page("Page", "<p>words and words</p>" * 5), name).kind is PageKind.RULES


@given(st.sampled_from(list(ALL.values())), st.data())
def test_damaged_pages_are_read_or_told(html, data):
    cut = data.draw(st.integers(0, len(html)))
    to = data.draw(st.integers(cut, len(html)))
    junk = data.draw(st.text(alphabet="<>/\"'=& adivtrp1#-", max_size=20))
    try:
        page = read_page(html[:cut] + junk + html[to:], "saved.html")
    except MamctlError:
        return
    assert page.text


def test_a_page_nested_beyond_reason():
    deep = pages.page("Rules", "<div>" * 20_000 + "word " * 20 + "</div>" * 20_000)
    assert "word" in read_page(deep, "rules.html").text
