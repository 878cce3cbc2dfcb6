"""A kept copy tells how a page is built and nothing about whose it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.adapters.tracker.readers.read import read_page
from mamctl.adapters.tracker.readers.redacted import redact_html
from mamctl.domain.redaction import excerpt, redact
from tests.unit.adapters.tracker.readers import pages

EXTRA = """<!-- cached for examplemouse --><a href="/getrss.php?uid=123456&passkey=feedc0de">feed</a> from
203.0.113.7 and
2001:db8::ff00:42:8329 <a href='/tor/download.php/ZyXw987?tid=1'>x</a> me@example.org
<input type="hidden" name="a" value="short"><input value="41"> document.cookie="mam_id=abc%3D; uid=123456" """
SECRETS = (
    "examplemouse", "123456", "UploaderMouse", "4711", "0123456789abcdef", "feedc0de", "AbCdEf012345", "ZyXw987",
    "203.0.113.7", "2001:db8", "me@example.org", "my private wish", "c0ffee", "short", "abc%3D",
)  # fmt: skip


@pytest.mark.parametrize("secret", SECRETS)
def test_nothing_of_the_member_stays(secret):
    html = pages.BROWSE.replace("</table></div>", f"</table></div>{EXTRA}")
    assert secret in html
    assert secret not in redact_html(html)


@pytest.mark.parametrize("html", [pages.RULES, pages.FREELEECH, pages.STORE, pages.BROWSE])
def test_a_redacted_copy_can_still_be_read(html):
    kept = read_page(redact_html(html), "kept.html")
    original = read_page(html, "saved.html")
    assert kept.kind is original.kind
    assert (kept.categories, kept.picks, kept.prices) == (original.categories, original.picks, original.prices)


@given(st.text(max_size=300))
def test_redaction_takes_any_text_and_is_done_once(text):
    assert redact(redact(text)) == redact(text)
    assert len(excerpt(text)) <= 120
    redact_html(text)


def test_prose_is_left_alone():
    prose = "Seed for 72 hours at 12:30:45; incomprehensibilities are long. 3.14 GiB on 2026-11-25, see /t/900001"
    assert redact(prose) == prose
