"""Which trouble an answer means, and that each has its own remedy and no secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.adapters.http.policy import parse_retry_after
from mamctl.adapters.tracker.answers import Answer, check_answer, object_of
from mamctl.errors import ExitCode, MamctlError

LOGIN_PAGE = b"""<!DOCTYPE html><html><head><title>Login | My Anonamouse</title></head><body id="siteMain">
<div id="mainBody"><h1>Not logged in!</h1>Error: The page you tried to view can only be used when you're logged in.
</div></body></html>"""
CHALLENGE = b"""<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title></head>
<body><script>window._cf_chl_opt = {};</script>You need to be logged in to see this.</body></html>"""
NGINX = b"<html><head><title>403 Forbidden</title></head><body><center>"
NGINX += b"<h1>403 Forbidden</h1></center><hr><center>nginx</center>"


def answer(status=200, body=b"", location=None, retry_after=None, *, deleted=False):
    return Answer("/jsonLoad.php", status, body, location, retry_after, deleted)


TROUBLES = {
    "403 text": (answer(403, b"Invalid session"), "session_dead", ExitCode.SESSION_REFUSED),
    "403 json": (answer(403, b'{"Success":false,"msg":"Invalid session - Invalid Cookie"}'), "session_dead", 12),
    "401": (answer(401), "session_dead", 12),
    "redirect": (answer(302, b"", "/login.php?returnto=%2FjsonLoad.php"), "session_dead", 12),
    "login page": (answer(200, LOGIN_PAGE), "session_dead", 12),
    "empty": (answer(200, b""), "session_dead", 12),
    "blank": (answer(200, b" \r\n"), "session_dead", 12),
    "deleted": (answer(200, b"oops", deleted=True), "session_dead", 12),
    "ip": (answer(403, b"Invalid session - IP mismatch"), "session_ip_mismatch", 12),
    "asn": (answer(403, b'{"Success":false,"msg":"invalid SESSION - ASN mismatch"}'), "session_asn_mismatch", 12),
    "type": (answer(403, b"Incorrect session type - non-API session"), "session_wrong_type", 12),
    "permission": (
        answer(403, b"Incorrect session type - not allowed this function"),
        "session_wrong_type",
        12,
    ),
    "asn in a 200": (answer(200, b'{"error":"Invalid session - ASN mismatch"}'), "session_asn_mismatch", 12),
    "plain text": (answer(200, b"Error, you are not signed in"), "session_dead", 12),
    "plain text, cookie": (answer(200, b"Error, you are not signed in, Invalid/missing cookie\n"), "session_dead", 12),
    "plain text, other words": (answer(200, b"Error: You are not logged in."), "session_dead", 12),
    "small page": (answer(200, b"<p>Error, you are not signed in</p>"), "session_dead", 12),
    "plain text, asn": (answer(200, b"Invalid session - ASN mismatch"), "session_asn_mismatch", 12),
    "challenge 403": (answer(403, CHALLENGE), "challenge_page", 13),
    "challenge 503": (answer(503, CHALLENGE), "challenge_page", 13),
    "challenge 200": (answer(200, CHALLENGE), "challenge_page", 13),
    "challenge 429": (answer(429, b"<html><title>Attention Required! | Cloudflare</title>"), "challenge_page", 13),
    "407": (answer(407, b"Squid"), "proxy_failed", 13),
    "front server": (answer(403, NGINX), "front_server_refused", 13),
    "hurried": (answer(403, b"You are searching too fast"), "rate_limited", 13),
    "429": (answer(429, b"{}", retry_after=30.0), "rate_limited", 13),
    "503": (answer(503, b"down"), "tracker_down", 13),
    "502": (answer(502, b"<html>bad gateway"), "tracker_down", 13),
    "other redirect": (answer(302, b"", "https://elsewhere.example/"), "shape_changed", 14),
    "404": (answer(404, b"gone"), "shape_changed", 14),
    "other page": (answer(200, b"<html><h1>Hello</h1>"), "shape_changed", 14),
    "cut": (answer(200, b'{"uid": 1, "use'), "shape_changed", 14),
    "list": (answer(200, b"[1]"), "shape_changed", 14),
    "nested": (answer(200, b"[" * 100_000), "shape_changed", 14),
    "digits": (answer(200, b'{"uid": ' + b"9" * 5000 + b"}"), "shape_changed", 14),
    "binary": (answer(200, bytes(range(1, 256))), "shape_changed", 14),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_trouble(name):
    given_, slug, exit_code = TROUBLES[name]
    with pytest.raises(MamctlError) as trouble:
        object_of(given_)
    assert trouble.value.slug == slug
    assert trouble.value.exit_code == exit_code
    assert trouble.value.remedy
    assert trouble.value.subject == "/jsonLoad.php"


def test_each_kind_of_trouble_has_its_own_remedy():
    remedies = {}
    for given_, slug, _ in TROUBLES.values():
        with pytest.raises(MamctlError) as trouble:
            object_of(given_)
        remedies.setdefault(slug, trouble.value.remedy)
    assert len(set(remedies.values())) == len(remedies)


def test_a_dead_sessions_remedy_names_a_second_holder():
    with pytest.raises(MamctlError) as trouble:
        object_of(answer(403, b"Invalid session"))
    assert "another program or browser uses the same session" in trouble.value.remedy


def test_a_long_page_that_speaks_of_signing_in_is_no_dead_session():
    page = b"<html><h1>FAQ</h1>" + b"<p>Error, you are not signed in: what does it mean?</p>" * 100
    check_answer(answer(200, page))


def test_json_is_known_by_its_body():
    assert object_of(answer(200, b'\xef\xbb\xbf{"uid": 1}')) == {"uid": 1}
    assert object_of(answer(200, b'{"title": "Not logged in!"}', deleted=True)) == {"title": "Not logged in!"}


@given(st.integers(100, 599), st.binary(max_size=300), st.none() | st.text(max_size=30), st.booleans())
def test_every_answer_is_usable_or_a_known_error(status, body, location, deleted):
    found: MamctlError | None = None
    try:
        object_of(answer(status, body, location, deleted=deleted))
    except MamctlError as trouble:
        found = trouble
    assert found is None or (found.slug != "failed" and len(found.message) < 400)


def test_no_secret_of_a_body_reaches_the_message():
    body = b"Invalid session mam_id=abcdefgh of 203.0.113.7 key 0123456789abcdef0123456789abcdef a@example.org /u/4711"
    with pytest.raises(MamctlError) as trouble:
        object_of(answer(403, body))
    for secret in ("abcdefgh", "203.0.113.7", "0123456789abcdef", "a@example.org", "4711"):
        assert secret not in trouble.value.message


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("120", 120.0),
        ("soon", None),
        ("-5", None),
        ("Thu, 01 Jan 1970 00:20:00 GMT", 200.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
    ],
)
def test_retry_after(value, seconds):
    assert parse_retry_after(value, 1000.0) == seconds


@pytest.mark.parametrize(
    ("header", "seconds"), [("120", 120.0), (" 5 ", 5.0), ("12\x1e", None), ("\u0661\u0662", None), ("", None)]
)
def test_a_wait_is_read_or_unknown(header, seconds):
    assert parse_retry_after(header, 0.0) == seconds
